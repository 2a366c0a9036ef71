"""Repaired text is clean Unicode, and only faults are changed (P9)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.repair import lost_letters, repair_text


@pytest.mark.parametrize(
    ("printed", "repaired", "why"),
    [
        ("Điều 1. Phạm vi", "Điều 1. Phạm vi", "nothing to do"),
        ("\u00d0iều 5", "Điều 5", "Icelandic Eth typed for Đ"),
        (unicodedata.normalize("NFD", "Nghị định"), "Nghị định", "combining marks"),
        ("Mức\u200b ph\u200dạt\u2060 5\u200c.000\ufeff", "Mức phạt 5.000", "zero-width characters"),
        ("là \u202e000.5\u202c đồng", "là 000.5 đồng", "bidi override"),
        ("a\U000e0041b", "ab", "tag character"),
        ("Điều\x00 1\x1b\x85\ufffe", "Điều 1", "controls and noncharacters"),
        ("một\u00a0số\u202fđiều", "một số điều", "no-break spaces"),
        ("\uf0b7 gạch", "• gạch", "bullet of the Symbol font"),
        ("1\uf0b0C", "1°C", "degree of the Symbol font"),
        ("x \ud83d y", "x  y", "lone surrogate"),
        ("điều hoà, điều hòa", "điều hoà, điều hòa", "both tone placements stay as printed"),
        ("quy\u00adđịnh", "quyđịnh", "soft hyphen"),
    ],
)
def test_repairs(printed: str, repaired: str, why: str) -> None:
    assert repair_text(printed) == repaired, why


@given(st.text(alphabet=st.characters(codec=None, min_codepoint=0, max_codepoint=0x10FFFF)))
def test_whatever_comes_in_comes_out_clean(text: str) -> None:
    repaired = repair_text(text)
    assert unicodedata.is_normalized("NFC", repaired)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} for c in repaired)
    assert not any(c in "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\ufeff\u00ad" for c in repaired)
    assert repair_text(repaired) == repaired


def test_lost_letters() -> None:
    whole = "Quy chế đào tạo trình độ đại học, ban hành theo Thông tư ngày 18 tháng 03 năm 2021. " * 20
    latin1 = "".join(c for c in whole if ord(c) < 0x100)
    assert lost_letters(latin1)
    assert not lost_letters(whole)
    assert not lost_letters("La présente loi règle la procédure pénale à l'étranger. " * 40)
