"""A document's name as somebody types it: without case, without diacritics."""

from __future__ import annotations

import re

from rag.law.act_mention import LONGEST_AMENDING_NAME, STATUTES, fold_name
from rag.law.text import fold_case_and_tone, strip_diacritics

CONSOLIDATED = "văn bản hợp nhất"
LONGEST_NAME = LONGEST_AMENDING_NAME
_SEPARATORS = re.compile(r"[^\w/.-]+")
_STATUTES = tuple(strip_diacritics(fold_name(kind)) for kind in STATUTES)
# What is said of a name beside it: its number, its date or year.
_IDENTITY = re.compile(r" (?:so \d+ .*|ngay \d+ .*|nam (?:19|20)\d\d.*|(?:19|20)\d\d)$")


def folded_name(number: str | None, type_: str | None, title: str | None) -> str:
    """What suggestions match: number, type and title without case and diacritics, each word after a space."""
    return folded(" ".join(part for part in (number, type_, title) if part))


def folded(text: str) -> str:
    """Words in lower case without diacritics, each after a space; "/", "." and "-" stay inside numbers."""
    bare = strip_diacritics(fold_case_and_tone(text))
    return "".join(f" {word}" for word in _SEPARATORS.split(bare) if word)


def name_key(type_: str | None, title: str | None = None) -> str:
    """The name by which a statute is cited, folded: ("Luật", "ĐẤT ĐAI") or "Luật Đất đai 2024" → "luat dat dai".

    A consolidated text goes by the name of the act it consolidates. "" for what is cited by number.
    """
    name = " ".join(part for part in (type_, title) if part)
    if type_ and type_.lower() == CONSOLIDATED:
        name = title or ""
    words = strip_diacritics(fold_name(name)).split()[:LONGEST_NAME]
    if words[:1] and words[0] in _STATUTES and words[:2] == [words[0]] * 2:
        words = words[1:]  # "Luật" + "Luật Dân quân tự vệ"
    if not words or not any(" ".join(words).startswith(f"{kind} ") for kind in _STATUTES):
        return ""
    return _IDENTITY.sub("", " ".join(words))
