"""Folding, stripping and cleaning of Vietnamese text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.law.text import clean_controls, fold_case_and_tone, nfc, strip_diacritics, syllables


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("HOÀ GIẢI", "hòa giải"),
        ("thuỷ lợi", "thủy lợi"),
        ("uỷ ban", "ủy ban"),
        ("khoẻ", "khỏe"),
        ("\u00d0iều", "điều"),  # Icelandic Eth for Đ
        (unicodedata.normalize("NFD", "Nghị định"), "nghị định"),
    ],
)
def test_spellings_of_one_word_fold_to_one_form(one: str, other: str) -> None:
    assert fold_case_and_tone(one) == fold_case_and_tone(other) == other


@pytest.mark.parametrize("word", ["quý", "quỹ", "hoàn", "toán", "thuyền", "huỳnh", "oán"])
def test_placement_is_left_alone_where_it_does_not_vary(word: str) -> None:
    assert fold_case_and_tone(word) == word


def test_d_and_dd_stay_apart_unless_stripped() -> None:
    assert fold_case_and_tone("điểm đ") != fold_case_and_tone("điểm d")
    assert strip_diacritics("Điểm đ của Nghị định") == "Diem d cua Nghi dinh"


def test_syllables_are_in_searched_form() -> None:
    assert syllables("Khoản 2, Điều 8 (HOÀ giải)") == ["khoản", "2", "điều", "8", "hòa", "giải"]


def test_invisible_characters_are_dropped_and_words_kept() -> None:
    assert clean_controls("a\u202eb\u200bc\x00d\ue000e\tf\ng\ud800") == "abcd\ue000e\tf\ng"


@given(st.text())
def test_cleaned_text_is_encodable_nfc_without_controls(text: str) -> None:
    cleaned = clean_controls(text)
    cleaned.encode("utf-8")
    assert cleaned == nfc(cleaned) == clean_controls(cleaned)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in cleaned if c not in "\n\t")


@given(st.text(alphabet="aăâbcdđeêghoơôuưyàáảãạòóỏõọùúủũụỳýỷỹỵ \u0300\u0301\u0323QquU"))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_case_and_tone(fold_case_and_tone(text)) == fold_case_and_tone(text)
