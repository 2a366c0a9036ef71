"""A document's name as somebody types it: without case, without diacritics."""

from __future__ import annotations

import re

from rag.law.text import fold_case_and_tone, strip_diacritics

_SEPARATORS = re.compile(r"[^\w/.-]+")


def folded_name(number: str | None, type_: str | None, title: str | None) -> str:
    """What suggestions match: number, type and title without case and diacritics, each word after a space."""
    return folded(" ".join(part for part in (number, type_, title) if part))


def folded(text: str) -> str:
    """Words in lower case without diacritics, each after a space; "/", "." and "-" stay inside numbers."""
    bare = strip_diacritics(fold_case_and_tone(text))
    return "".join(f" {word}" for word in _SEPARATORS.split(bare) if word)
