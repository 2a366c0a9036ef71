"""Numbers of acts in every form, keys, IRIs and citations."""

from __future__ import annotations

import pytest

from rag.law.identifier import format_citation, number_key, parse_act_number, relative_citation, work_iri


@pytest.mark.parametrize(
    ("text", "printed", "year"),
    [
        ("31/2024/QH15", "31/2024/QH15", 2024),
        ("Số: 100 / 2019 / NĐ-CP", "100/2019/NĐ-CP", 2019),
        ("47/VBHN-VPQH", "47/VBHN-VPQH", None),
        ("66.17/2026/NQ-CP", "66.17/2026/NQ-CP", 2026),
        ("5445/QĐ-ĐHBK", "5445/QĐ-ĐHBK", None),
        ("78/2025/UBTVQH15", "78/2025/UBTVQH15", 2025),
        ("11/2020/TT-BL\u00d0TBXH", "11/2020/TT-BLĐTBXH", 2020),
        ("01/2022/TTLT-VKSNDTC-TANDTC-BCA", "01/2022/TTLT-VKSNDTC-TANDTC-BCA", 2022),
        ("1566/QĐ\u2011ĐHNT", "1566/QĐ-ĐHNT", None),
    ],
)
def test_forms_of_numbers(text: str, printed: str, year: int | None) -> None:
    number = parse_act_number(text)
    assert number is not None
    assert (number.printed, number.year) == (printed, year)


@pytest.mark.parametrize("text", ["", "Không số", "ngày 29/6/2024", "1/2", "24/24 giờ", "km/h"])
def test_what_is_no_number(text: str) -> None:
    assert parse_act_number(text) is None


def test_key_keeps_dd_and_drops_leading_zeros() -> None:
    assert number_key("Số: 05/2020/NĐ-CP") == "5/2020/nđ-cp"
    assert number_key("1/QĐ-ĐT") != number_key("1/QD-DT")


def test_work_iri() -> None:
    assert work_iri("34/2016/NĐ-CP", "Nghị định") == "/akn/vn/act/nghi-dinh/2016/34-2016-nđ-cp"


@pytest.mark.parametrize(
    ("eid", "words"),
    [
        ("art_8__cl_2__point_đ", "điểm đ khoản 2 Điều 8"),
        ("chp_II__sec_1", "Mục 1 Chương II"),
        ("att_1__art_3", "Điều 3 Phụ lục 1"),
        ("art_12a", "Điều 12a"),
        ("", ""),
    ],
)
def test_relative_citation(eid: str, words: str) -> None:
    assert relative_citation(eid) == words


def test_citation_with_and_without_number() -> None:
    assert (
        format_citation("art_8__cl_2", "100/2019/NĐ-CP", "Nghị định", "x")
        == "khoản 2 Điều 8 Nghị định số 100/2019/NĐ-CP"
    )
    assert format_citation("art_1", "", "Luật", "Đất đai") == "Điều 1 Luật Đất đai"
