"""Quoted structures of amending acts: which lines stand inside quotation marks that began at the start of a line.

An amending act prints the new wording between quotation marks, beginning on a line of its own (Decree
78/2025/NĐ-CP on amending documents). What is inside is another act's text and never part of this act's hierarchy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPENING = '“"«'
_CLOSED = re.compile(r"[”\"»]\s?[.;,:]?(?:\s(?:và|hoặc))?$")
# Lines; the longest quoted chapter seen in an amending law has some 400. Beyond this the mark was never closed.
LONGEST_QUOTE_LINES = 1500


def _balance(text: str) -> int:
    return text.count("“") + text.count("«") - text.count("”") - text.count("»")


def _closing_line(texts: Sequence[str], first: int) -> int | None:
    """Index of the line on which the quotation opened by ``texts[first]`` ends, None when it never does."""
    straight = texts[first][0] == '"'
    depth = 0
    for at in range(first, min(len(texts), first + LONGEST_QUOTE_LINES)):
        depth += texts[at].count('"') if straight else _balance(texts[at])
        closed = depth % 2 == 0 if straight else depth <= 0
        if closed and (at > first or _CLOSED.search(texts[at])):
            return at
        if closed:
            return None
    return None


def quoted_lines(texts: Sequence[str]) -> dict[int, int]:
    """First line → last line (both inclusive) of each quoted structure, by index into ``texts``."""
    found: dict[int, int] = {}
    at = 0
    while at < len(texts):
        last = _closing_line(texts, at) if texts[at][:1] and texts[at][0] in _OPENING else None
        if last is not None:
            found[at] = last
            at = last
        at += 1
    return found
