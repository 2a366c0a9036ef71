"""The last look before a sentence is shown as fact: its quote stands in the passage, its numbers in the quote."""

from __future__ import annotations

import re

from rag.law.passage import Passage, text_sha256
from rag.law.text import nfc

_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


def quote_stands(quote: str, passage: Passage) -> bool:
    """Whether ``quote`` is verbatim (NFC, white space folded) in a passage whose text still has its SHA-256."""
    return text_sha256(passage.text) == passage.sha256 and _folded(quote) in _folded(passage.text)


def numbers_stand(text: str, quotes: list[str]) -> bool:
    """Whether every number of ``text`` (amounts, dates, durations, shares, references) is in one of ``quotes``."""
    given = {number for quote in quotes for number in _NUMBER.findall(quote)}
    return all(number in given for number in _NUMBER.findall(text))


def _folded(text: str) -> str:
    return " ".join(nfc(text).split())
