"""Scores of reading: marks on letters, words in order, numbers, metadata, twins."""

from __future__ import annotations

import pytest

from eval.reading_align import Share, marked_letters, numbers_right, words_in_order
from eval.reading_score import Label, ReadFile, is_tuned, read_words, score_metadata, score_twin_articles
from eval.reading_search import heading_questions, hits_at_five
from rag.law.act import Act, ActMetadata, Anchor, Box, Certainty, Level, Provision, Read
from rag.law.passage import Passage, text_sha256


@pytest.mark.parametrize(
    ("read", "right", "share"),
    [
        ("Căn cứ Luật", "Căn cứ Luật", Share(3, 3)),
        ("Can cứ Luât", "Căn cứ Luật", Share(1, 3)),
        ("th ẩm quyền", "thẩm qu yền", Share(2, 2)),
        ("CHÍNH PHỦ", "Chính phủ", Share(2, 2)),
        ("hoà", "hòa", Share(1, 1)),
        ("đường", "dường", Share(2, 2)),
        ("dường", "đường", Share(2, 3)),
        ("", "Luật", Share(0, 1)),
        ("abc", "abc", Share(0, 0)),
    ],
)
def test_marked_letters(read: str, right: str, share: Share) -> None:
    assert marked_letters(read, right) == share


def test_words_in_order() -> None:
    assert words_in_order("một hai bốn ba", "một hai ba bốn") == Share(3, 4)
    assert words_in_order("x một hai", "một hai") == Share(2, 2)


def test_numbers_marked_doubtful_are_set_apart() -> None:
    read = [
        ("phạt", False),
        ("5", False),
        ("đến", False),
        ("9", True),
        ("triệu", False),
        ("trang", False),
        ("77", False),
    ]
    sure, every = numbers_right(read, "phạt 5 đến 8 triệu")
    assert (sure, every) == (Share(1, 1), Share(1, 2))


def act_of(*articles: tuple[str, str, str]) -> Act:
    text, nodes, at = "", [], 0
    for number, heading, body in articles:
        part = f"Điều {number}. {heading}\n{body}\n"
        nodes.append(Provision(Level.ARTICLE, f"art_{number}", number, heading, at, at + len(part), at + len(part)))
        text, at = text + part, at + len(part)
    return Act(text, (Anchor(0, len(text), 1, Box(0, 0, 1, 1), ((0, 4),)),), ActMetadata(), tuple(nodes))


def test_twins_article_by_article() -> None:
    twin = act_of(("1", "Phạm vi", "Luật này quy định."), ("2", "Đối tượng", "Cá nhân."))
    assert score_twin_articles(twin, twin) == [1.0, 1.0]
    assert score_twin_articles(act_of(("1", "Phạm vi", "Luật này quy định.")), twin) == [1.0, 0.0]
    assert read_words(twin)[:2] == [("Điều", True), ("1", False)]


def test_metadata_right_guessed_wrong_or_missing() -> None:
    meta = ActMetadata(number=Read("15/2026/NĐ-CP"), date=Read("2026-01-02", Certainty.GUESSED))
    read = ReadFile("a", "indexed", Act("", (), meta, ()), 1, 1.0)
    label = Label("a", "scanned", "15/2026/NĐ-CP", "Nghị định", "2026-01-03", "", False)
    assert score_metadata(read, label) == {"number": "right", "date": "guessed", "type": "missing"}
    by_hand = Label("a", "scanned", "15/2026/NĐ-CP", "Nghị định", "2026-01-03", "", True)
    assert score_metadata(read, by_hand) == {"type": "missing"}


def test_files_looked_at_are_named() -> None:
    assert is_tuned("135_2026_ND-CP__VanBanGoc.pdf")
    assert not is_tuned("68_2020_QH14__01.pdf")


def passage(number: str, text: str) -> Passage:
    return Passage(number, "d", 0, f"art_{number}", f"art_{number}", "art", "", "", "", text, text_sha256(text), ())


def test_headings_find_their_articles() -> None:
    twin = act_of(("1", "Mức thu phí chợ hạng ba", "x"), ("2", "Thời hạn nộp hồ sơ đăng ký", "y"), ("3", "Ngắn", "z"))
    questions = heading_questions(twin)
    assert questions == [("Mức thu phí chợ hạng ba", "1"), ("Thời hạn nộp hồ sơ đăng ký", "2")]
    good = [
        passage("1", "Mức thu phí chợ hạng ba là 5.000 đồng"),
        passage("2", "Thời hạn nộp hồ sơ đăng ký là 5 ngày"),
    ]
    others = [passage(str(n), f"Quy định khác số {n} về đất đai") for n in range(10, 20)]
    assert hits_at_five(questions, good, others) == 1.0
    assert (
        hits_at_five(questions, [passage("1", "Khong doc duoc"), passage("2", "Thời hạn nộp hồ sơ")], others) == 0.5
    )
