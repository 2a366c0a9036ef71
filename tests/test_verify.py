"""Sentences held against provisions: what stands, and what each kind of fault is."""

from __future__ import annotations

import pytest

from eval.mutations import Case, cases, in_words, judge, reword, table, truths
from rag.assertions import read_tokens
from rag.numerals import words_value
from rag.verify import FaultKind, Ground, verify_sentence

ARTICLES = 9000  # of the corpus read here: enough for 150 sentences
LAND = Ground(
    number="31/2024/QH15",
    title="Luật Đất đai",
    eid="art_8__cl_2",
    lead="Điều 8. Thời hạn giải quyết hồ sơ",
    text=(
        "2. Trong thời hạn 15 ngày làm việc kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp huyện phải cấp Giấy chứng nhận; "
        "không được thu quá 2.000.000 đồng. Người sử dụng đất có thể nộp hồ sơ trước ngày 01 tháng 7 năm 2025 "
        "theo quy định tại khoản 3 Điều 12 Nghị định số 101/2024/NĐ-CP."
    ),
)
FINES = Ground(
    number="168/2024/NĐ-CP",
    title="Nghị định quy định xử phạt vi phạm hành chính về trật tự, an toàn giao thông",
    eid="art_6__cl_5",
    lead="Điều 6. Xử phạt người điều khiển xe ô tô",
    text=(
        "5. Phạt tiền từ 4.000.000 đồng đến 6.000.000 đồng đối với người điều khiển xe thực hiện một trong các hành vi sau đây:\n"
        "a) Không nhường đường cho xe xin vượt khi có đủ điều kiện an toàn;\n"
        "b) Chở người trên buồng lái quá số lượng quy định trong thời gian 10 ngày;\n"
        "c) Dừng xe trên cầu quá 05 phút."
    ),
)


@pytest.mark.parametrize(
    ("ground", "text"),
    [
        (LAND, "Trong thời hạn 15 ngày làm việc kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp huyện phải cấp Giấy chứng nhận."),
        (LAND, "Trong thời hạn mười lăm ngày làm việc kể từ ngày nhận đủ hồ sơ, UBND cấp huyện phải cấp Giấy chứng nhận."),
        (LAND, "Theo khoản 2 Điều 8 Luật Đất đai, không được thu quá 2 triệu đồng."),
        (LAND, "Người sử dụng đất có thể nộp hồ sơ trước ngày 1/7/2025."),
        (FINES, "Phạt tiền từ 4.000.000 đồng đến 6.000.000 đồng đối với người điều khiển xe dừng xe trên cầu quá 5 phút."),
        (FINES, "Theo điểm a khoản 5 Điều 6 Nghị định số 168/2024/NĐ-CP, không nhường đường cho xe xin vượt khi có đủ điều kiện an toàn"),
    ],
)  # fmt: skip
def test_true_sentences_stand(ground: Ground, text: str) -> None:
    assert verify_sentence(text, [ground]) == ()


@pytest.mark.parametrize(
    ("ground", "text", "kind", "why"),
    [
        (LAND, "Trong thời hạn 20 ngày làm việc kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp huyện phải cấp Giấy chứng nhận.", FaultKind.NUMBER, "another number"),
        (LAND, "Trong thời hạn 15 ngày kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp huyện phải cấp Giấy chứng nhận.", FaultKind.NUMBER, "days are not working days"),
        (LAND, "Trong thời hạn 15 ngày làm việc kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp tỉnh phải cấp Giấy chứng nhận.", FaultKind.ACTOR, "another level"),
        (LAND, "Trong thời hạn 15 ngày làm việc kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp huyện có thể cấp Giấy chứng nhận.", FaultKind.MODALITY, "may for must"),
        (LAND, "Trong thời hạn 15 ngày làm việc kể từ ngày nhận đủ hồ sơ, Ủy ban nhân dân cấp huyện không phải cấp Giấy chứng nhận.", FaultKind.MODALITY, "need not for must"),
        (LAND, "Ủy ban nhân dân cấp huyện được thu quá 2.000.000 đồng.", FaultKind.MODALITY, "may for must not"),
        (LAND, "Người sử dụng đất có thể nộp hồ sơ trước ngày 01 tháng 8 năm 2025.", FaultKind.DATE, "another month"),
        (LAND, "Người sử dụng đất có thể nộp hồ sơ sau ngày 01 tháng 7 năm 2025.", FaultKind.BOUND, "after for before"),
        (LAND, "Người sử dụng đất có thể nộp hồ sơ theo quy định tại khoản 4 Điều 12 Nghị định số 101/2024/NĐ-CP.", FaultKind.REFERENCE, "another clause"),
        (LAND, "Theo khoản 2 Điều 9 Luật Đất đai, không được thu quá 2.000.000 đồng.", FaultKind.REFERENCE, "not this article"),
        (LAND, "Luật nói “miễn toàn bộ lệ phí cho mọi người”, không được thu quá 2.000.000 đồng.", FaultKind.QUOTE, "invented"),
        (LAND, "Cá nhân nhập khẩu pháo hoa bị tịch thu tang vật.", FaultKind.CONTENT, "another subject"),
        (FINES, "Phạt tiền từ 4.000.000 đồng đến 6.000.000 đồng đối với người điều khiển xe dừng xe trên cầu quá 10 ngày.", FaultKind.NUMBER, "a number of another point"),
        (FINES, "Nhường đường cho xe xin vượt khi có đủ điều kiện an toàn bị phạt tiền.", FaultKind.NEGATION, "a không is lost"),
        (FINES, "Theo điểm c khoản 5 Điều 6 Nghị định số 168/2024/NĐ-CP, không nhường đường cho xe xin vượt khi có đủ điều kiện an toàn", FaultKind.CONTENT, "the words of điểm a under điểm c"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_found(ground: Ground, text: str, kind: FaultKind, why: str) -> None:
    assert kind in {fault.kind for fault in verify_sentence(text, [ground])}, why


def test_nothing_cited_is_a_fault() -> None:
    assert [fault.kind for fault in verify_sentence("Không được thu phí.", [])] == [FaultKind.KEY]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mười lăm ngày", "15 (mười lăm) ngày"),
        ("2 triệu đồng", "2.000.000 đồng"),
        ("ngày 01 tháng 7 năm 2025", "1/7/2025"),
        ("hai năm", "02 năm"),
        ("không quá", "tối đa"),
        ("Uỷ ban nhân dân", "UBND"),
        ("mười phần trăm", "10%"),
    ],
)
def test_two_spellings_of_one_assertion(one: str, other: str) -> None:
    assert [t.value for t in read_tokens(one)] == [t.value for t in read_tokens(other)]


def test_number_words_are_read_as_they_are_written() -> None:
    assert [words_value(in_words(n).split()) for n in range(1, 100)] == list(range(1, 100))
    assert words_value("hai triệu năm trăm nghìn".split()) == 2_500_000
    assert words_value("một trăm lẻ năm".split()) == 105 and words_value("ngày".split()) is None


def test_mutations_of_the_law_are_caught_and_its_own_words_stand(shared_data: object) -> None:
    """The suite's own targets (L1) on 150 sentences of the test fold; ``cancu eval mutations`` runs it whole."""
    outcomes = judge(case for truth in truths("test", 150, ARTICLES) for case in cases(truth))
    classes = table(outcomes)["classes"]
    assert classes["true"]["share"] <= 0.02 and classes["reworded"]["share"] <= 0.04  # type: ignore[index]
    caught = [o for o in outcomes if o.case.kind not in ("true", "reworded")]
    assert sum(bool(o.faults) for o in caught) / len(caught) >= 0.95 and len(classes) >= 10  # type: ignore[arg-type]


def test_a_suite_is_the_same_every_time(shared_data: object) -> None:
    def made() -> list[Case]:
        return [case for truth in truths("test", 5, ARTICLES) for case in cases(truth)]

    assert made() == made() and callable(reword)
