"""Typing variants: known spellings, and the same seed gives the same slips."""

from __future__ import annotations

import pytest

from eval.typing import Typing, retype
from rag.law.text import strip_diacritics

QUESTION = "Người được thuê lại đất có quyền và nghĩa vụ gì theo Nghị định 100/2019/NĐ-CP?"


def test_no_diacritics() -> None:
    typed = retype(QUESTION, Typing.NO_DIACRITICS, 1)
    assert typed == "Nguoi duoc thue lai dat co quyen va nghia vu gi theo Nghi dinh 100/2019/ND-CP?"


@pytest.mark.parametrize(
    ("word", "keys"), [("được", "dduwowcj"), ("đất", "ddaats"), ("Nghị", "Nghij"), ("ăn", "awn"), ("luật", "luaatj")]
)
def test_telex_keys(word: str, keys: str) -> None:
    assert retype(word, Typing.TELEX, 1) == keys


def test_half_loses_some_words_only() -> None:
    typed = retype(QUESTION, Typing.HALF_DIACRITICS, 1)
    assert typed not in (QUESTION, strip_diacritics(QUESTION))
    assert strip_diacritics(typed) == strip_diacritics(QUESTION)


def test_typos_keep_numbers_and_change_something() -> None:
    typed = [retype(QUESTION, Typing.TYPOS, seed) for seed in range(20)]
    assert len(set(typed)) > 10
    assert all("100/2019/" in text for text in typed)


@pytest.mark.parametrize("typing", list(Typing))
def test_same_seed_same_text_other_seed_may_differ(typing: Typing) -> None:
    assert retype(QUESTION, typing, 7) == retype(QUESTION, typing, 7)
    assert retype(QUESTION, Typing.AS_WRITTEN, 7) == QUESTION
