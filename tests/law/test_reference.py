"""The grammar of viện dẫn: a table of texts and what they refer to."""

from __future__ import annotations

import re
from re._parser import parse as parse_pattern

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.law import act_mention, mention, reading, reference
from rag.law.act_mention import fold_name, prefixes
from rag.law.reference import count_steps, find_references

# (text, [(eid, number, name)]); the mention stands in khoản 3 Điều 9.
CASES = [
    ("quy định tại khoản 2 Điều 14", [("art_14__cl_2", None, None)]),
    (
        "các điểm a, b và d khoản 2 Điều 14 của Luật này",
        [(f"art_14__cl_2__point_{p}", None, None) for p in "abd"],
    ),
    ("khoản 1 Điều này", [("art_9__cl_1", None, None)]),
    ("điểm a khoản này", [("art_9__cl_3__point_a", None, None)]),
    ("Điều 5 đến 7", [("art_5", None, None), ("art_6", None, None), ("art_7", None, None)]),
    ("các điểm c, d và đ khoản 1 Điều 2", [(f"art_2__cl_1__point_{p}", None, None) for p in "cdđ"]),
    (
        "điểm a khoản 1 và điểm b khoản 2 Điều 5 Nghị định số 100/2019/NĐ-CP",
        [("art_5__cl_1__point_a", "100/2019/NĐ-CP", None), ("art_5__cl_2__point_b", "100/2019/NĐ-CP", None)],
    ),
    ("Nghị định số 100/2019/NĐ-CP", [("", "100/2019/NĐ-CP", None)]),
    ("Điều 12 Nghị định 100/2019/NĐ-CP", [("art_12", "100/2019/NĐ-CP", None)]),
    ("theo Luật Đất đai năm 2024, ", [("", None, "Luật Đất đai 2024")]),
    ("Điều 3 của Bộ luật Dân sự.", [("art_3", None, "Bộ luật Dân sự")]),
    ("Luật Đất đai số 31/2024/QH15", [("", "31/2024/QH15", "Luật Đất đai")]),
    ("Điều 14 và Luật Đất đai 2024", [("art_14", None, None), ("", None, "Luật Đất đai 2024")]),
    ("điểm A khoản 1 Điều 2", [("art_2__cl_1__point_a", None, None)]),
    ("Luật này quy định", [("", None, None)]),
    ("từ Điều 5 đến Điều 7 của Luật này", [("art_5", None, None), ("art_6", None, None), ("art_7", None, None)]),
    ("các khoản 1, 2 và 3 Điều 5, Điều 7", [(f"art_5__cl_{n}", None, None) for n in "123"] + [("art_7", None, None)]),
    ("khoản 1, 3a Điều 26", [("art_26__cl_1", None, None), ("art_26__cl_3a", None, None)]),
    (
        "các điểm a, b khoản 4, các điểm b, d khoản 5 Điều 30, khoản 1 Điều 36, Điều 96",
        [(f"art_30__cl_{p}", None, None) for p in ("4__point_a", "4__point_b", "5__point_b", "5__point_d")]
        + [("art_36__cl_1", None, None), ("art_96", None, None)],
    ),
    (
        "khoản 6 và điểm b, điểm c khoản 7 Điều 36 Luật Chứng khoán",
        [(f"art_36__cl_{p}", None, "Luật Chứng khoán") for p in ("6", "7__point_b", "7__point_c")],
    ),
    ("Điều 12 khoản 2 điểm đ Nghị định 100/2019", [("art_12__cl_2__point_đ", "100/2019", None)]),
    ("khoản 1 và khoản 2 của Điều này", [("art_9__cl_1", None, None), ("art_9__cl_2", None, None)]),
    ("quy định chi tiết Điều này", [("art_9", None, None)]),
    ("quy định tại khoản 5", [("art_9__cl_5", None, None)]),
    ("bổ sung điểm p1 vào sau điểm p khoản 2 Điều 5", [(f"art_5__cl_2__point_{p}", None, None) for p in ("p1", "p")]),
    ("Chương II Phần thứ hai của Luật này", [("part_thứ-hai__chp_II", None, None)]),
    ("Mục 2 Chương III Nghị định này", [("chp_III__sec_2", None, None)]),
    ("Phụ lục IV của Luật Đầu tư số 143/2025/QH15", [("att_IV", "143/2025/QH15", "Luật Đầu tư")]),
    ("Phụ lục số 2 và Phụ lục số 3 ban hành kèm theo Thông tư này", [("att_2", None, None), ("att_3", None, None)]),
    ("Mẫu số 04 tại Phụ lục ban hành kèm theo Nghị định này", [("att_1__att_04", None, None)]),
    ("Mẫu số 07 Phụ lục I Nghị định số 131/2021/NĐ-CP", [("att_I__att_07", "131/2021/NĐ-CP", None)]),
    ("Nghị định số 66.17/2026/NQ-CP.", [("", "66.17/2026/NQ-CP", None)]),
    ("Thông tư số 07/2023/TT- BLĐTBXH ngày 28/8/2023", [("", "07/2023/TT-BLĐTBXH", None)]),
    ("Kết luận số 210-KL/TW ngày 12 tháng 11 năm 2025", [("", "210-KL/TW", None)]),
    ("Luật Phòng, chống ma túy quy định", [("", None, "Luật Phòng, chống ma túy")]),
    (
        "Luật Ban hành văn bản quy phạm pháp luật ngày 22 tháng 6 năm 2015",
        [("", None, "Luật Ban hành văn bản quy phạm pháp luật 2015")],
    ),
    (
        "Luật sửa đổi, bổ sung một số điều của Luật Thống kê ngày 12/11/2021;",
        [("", None, "Luật sửa đổi, bổ sung một số điều của Luật Thống kê 2021")],
    ),
    ("Bộ luật Hình sự, có hiệu lực kể từ ngày 01 tháng 01", [("", None, "Bộ luật Hình sự")]),
    # What only looks like one.
    ("Điều 14. Phối hợp\nĐiều 15. Tên", []),
    ("đạt điểm A, B, C hoặc D; thời điểm a; tài khoản 112", []),
    ("pháp luật Việt Nam, luật sư, quyết định này", []),
    ("Phụ lục I Công ước về buôn bán; Điều 5 của Hợp đồng", []),
    ("ngày 01/7/2024 giá 15.000/m2 là 1.000.000 đồng", []),
    ("Phụ lục và biểu mẫu", []),
    ("một số điều, phụ lục của Nghị định số 94/2016/NĐ-CP", [("", "94/2016/NĐ-CP", None)]),
    ("Chương IV XỬ LÝ VI PHẠM ....... 14", []),
    ("mức 5, 10 ngày theo Điều 5, 10 ngày sau", [("art_5", None, None)]),
    ("điều kiện khoản tiền điểm thi", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_references_of(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    found = find_references(text, "art_9__cl_3")
    assert [(r.eid, r.number, r.name) for r in found] == expected


def test_without_a_place_the_path_is_what_is_said() -> None:
    assert [r.eid for r in find_references("điểm a khoản 2")] == ["cl_2__point_a"]
    assert find_references("điểm a khoản 2", {}) == []  # a place without a Điều: it cannot be told


def test_names_known_end_where_they_end() -> None:
    names = prefixes([fold_name("Luật Quản lý, sử dụng vốn nhà nước tại doanh nghiệp")])
    (found,) = find_references("theo Luật quản lý, sử dụng vốn nhà nước tại doanh nghiệp và thuế", None, names)
    assert found.name == "Luật quản lý, sử dụng vốn nhà nước tại doanh nghiệp"


_PIECES = [
    "điểm",
    "khoản",
    "Điều",
    "a",
    "đ",
    "1",
    "12a",
    "A",
    "đến",
    ",",
    "và",
    "Luật này",
    "của",
    "Phụ lục",
    "số",
    "2/2020/NĐ-CP",
]


@settings(deadline=None)  # a busy machine is no fault of the text
@given(st.lists(st.sampled_from(_PIECES)))
def test_offsets_are_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for found in find_references(text, "art_1__cl_1"):
        assert text[found.start : found.end] == found.text
        assert found.eid or found.act.type or found.number


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    find_references(text)


_UNITS = [
    "Điều 1, ", "khoản 1 ", "Luật ", "Luật Đất ", "các điểm a, ", "1/", "Nghị định số 1/2", "đến ", "Điều 1 đến ",
    "Luật sửa đổi ", "từ ", "Điều 1, 2, ", "Phụ lục ", "Luật a, ", "1.", "1/2019/A-", "khoản 1, điểm a ", "Mẫu 1-", "Điều " + "1" * 40,
    "x" * 5000 + " Luật ",
]  # fmt: skip


@pytest.mark.parametrize("unit", _UNITS)
def test_work_grows_with_length_not_with_its_square(unit: str) -> None:
    """Counted in tokens read, so that the speed of the machine says nothing: eight times the text, eight times the work."""
    short, long = (count_steps(unit * (size // len(unit))) for size in (12_000, 96_000))
    assert long <= 8.5 * short + 500
    assert long <= 30 * 96_000  # and a bounded number of tokens a character, however unlucky the text


def test_every_pattern_of_the_grammar_is_bounded() -> None:
    """A pattern that can match without end could be tried from every place: work that no count of tokens shows."""
    for module in (act_mention, mention, reading, reference):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                assert parse_pattern(value.pattern).getwidth()[1] < 1_000, (module.__name__, name)
