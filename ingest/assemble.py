"""Cleaned lines become one text with an anchor for each line: the text every provision is a span of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.lines import CleanLine
from rag.law.act import Anchor

_ENDS_INSIDE_WORD = re.compile(r"\w-$")


def assemble_text(lines: Iterable[CleanLine]) -> tuple[str, tuple[Anchor, ...]]:
    """The lines joined by a space (``joins``) or a line feed, and where each stands in the text and on paper.

    After a hyphen inside a word nothing is put in: "ki-" + "lô-gam", "TTLT-" + "TANDTC".
    """
    pieces: list[str] = []
    anchors: list[Anchor] = []
    at = 0
    for line in lines:
        if pieces:
            gap = "\n" if not line.joins else "" if _ENDS_INSIDE_WORD.search(pieces[-1]) else " "
            pieces.append(gap)
            at += len(gap)
        anchors.append(Anchor(at, at + len(line.text), line.page, line.box, cells=line.cells))
        pieces.append(line.text)
        at += len(line.text)
    return "".join(pieces), tuple(anchors)
