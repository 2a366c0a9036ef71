"""The scorer of parsing: agreement of labels, counting, similarity, failures counted as zero."""

from __future__ import annotations

import pytest

from eval.parse_gold import (
    Label,
    article_body,
    load_corrections,
    same_issuer,
    same_type,
    score_act,
    score_articles,
    similarity,
)
from rag.law.act import Act, ActMetadata, Level, Provision, Read

TEXT = "Điều 1. Phạm vi\nLuật này quy định.\n“Điều 5. Trích”\nĐiều 2. Hiệu lực\nTừ hôm nay."


def act() -> Act:
    second = TEXT.index("Điều 2.")
    quoted = Provision(Level.QUOTED, "art_1__qstr_1", "", "", TEXT.index("“"), second, second)
    one = Provision(Level.ARTICLE, "art_1", "1", "Phạm vi", 0, second, quoted.start, (quoted,))
    two = Provision(Level.ARTICLE, "art_2", "2", "Hiệu lực", second, len(TEXT), len(TEXT))
    meta = ActMetadata(number=Read("05/2030/QH16"), type=Read("Luật"), issuer=Read("Quốc hội"))
    return Act(TEXT, (), meta, (one, two))


def test_fields_agree_or_not() -> None:
    label = Label("a.pdf", "5/2030/QH16", "Luật", "QUỐC HỘI", "2030-01-01", 2, 1)
    right = score_act(act(), label).right
    assert right == {
        "number": True, "type": True, "issuer": True, "date": False, "articles": True, "chapters": False,
    }  # fmt: skip


def test_unknown_labels_are_not_scored() -> None:
    assert score_act(act(), Label("a.pdf", "", "", "", "", None, None)).right == {}


@pytest.mark.parametrize(
    ("read", "label", "same"),
    [
        ("BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Bộ LĐTBXH", True),
        ("UỶ BAN NHÂN DÂN", "Ủy ban nhân dân", True),
        ("BỘ TÀI CHÍNH", "Bộ Tư pháp", False),
        ("", "Chính phủ", False),
    ],
)
def test_issuers(read: str, label: str, same: bool) -> None:
    assert same_issuer(read, label) is same


def test_type_of_the_carrier_counts() -> None:
    assert same_type("Quyết định", "Quyết định + Quy chế") and same_type("Văn bản hợp nhất", "VBHN")
    assert not same_type("Quy chế", "Quyết định")


def test_article_text_against_the_corpus() -> None:
    one = act().provisions[1]
    assert article_body(act(), one) == "Từ hôm nay."
    scores = score_articles(act(), "a.pdf", {"2": "Từ  hôm\nnay.", "3": "Thiếu"})
    assert [(s.eid, s.similarity) for s in scores] == [("art_2", 1.0), ("art_3", 0.0)]
    assert 0 < similarity("hoá học", "hóa học") < 1


def test_every_correction_states_its_evidence_for_a_known_field() -> None:
    assert load_corrections()
    assert {field for _, field in load_corrections()} <= {"number", "type", "issuer", "date", "articles", "chapters"}
