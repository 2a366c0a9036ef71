"""Tables of contents: labels with dot leaders that are no provisions."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Paragraphs: a long entry of a table of contents wraps over at most this many before its dots.
LONGEST_ENTRY = 3
_HEADING = re.compile(r"MỤC LỤC\W*$", re.IGNORECASE)
_LEADER = re.compile(r"(?:\.\s?){5,}|…\s?…|_{5,}")
_LEADER_TO_PAGE = re.compile(r"(?:(?:\.\s?){5,}|…\s?…)[.…\s]*\d{1,4}$")


def contents_paragraphs(texts: Sequence[str]) -> frozenset[int]:
    """Indexes of the paragraphs that are entries of a table of contents."""
    found = {at for at, text in enumerate(texts) if _LEADER_TO_PAGE.search(text)}
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
