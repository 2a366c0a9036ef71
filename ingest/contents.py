"""Tables of contents: labels with dot leaders that are no provisions."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Paragraphs: a long entry of a table of contents wraps over at most this many before its dots.
LONGEST_ENTRY = 3
_HEADING = re.compile(r"MỤC LỤC\W*$", re.IGNORECASE)
_LEADER = re.compile(r"(?:\.\s?){5,}|…\s?…|_{5,}")
_PAGE_NUMBER = re.compile(r"\d{1,4}$")
_LEADING_DOTS = 5  # full stops, or two ellipses, between an entry and its page


def contents_paragraphs(texts: Sequence[str]) -> frozenset[int]:
    """Indexes of the paragraphs that are entries of a table of contents."""
    found = {at for at, text in enumerate(texts) if _leads_to_page(text)}
    for at, text in enumerate(texts):
        if _HEADING.match(text):
            found.update(range(at + 1, _last_entry(texts, at) + 1))
    return frozenset(found)


def _last_entry(texts: Sequence[str], heading: int) -> int:
    last = heading
    for at in range(heading + 1, len(texts)):
        if at - last > LONGEST_ENTRY:
            break
        if _LEADER.search(texts[at]):
            last = at
    return last


def _leads_to_page(text: str) -> bool:
    """Whether dots lead to a number at the end. Cut from the end, in linear time: forms have lines of many dots."""
    page = _PAGE_NUMBER.search(text[-5:])
    if page is None:
        return False
    before = text[: len(text) - len(page.group())]
    leader = before[len(before.rstrip(".… \t\n")) :]
    return leader.count(".") >= _LEADING_DOTS or leader.count("…") >= 2
