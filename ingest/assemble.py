"""Cleaned lines become one text with an anchor for each line: the text every provision is a span of."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.lines import CleanLine
from rag.law.act import Anchor


def assemble_text(lines: Iterable[CleanLine]) -> tuple[str, tuple[Anchor, ...]]:
    """The lines joined by a space (``joins``) or a line feed, and where each stands in the text and on paper."""
    pieces: list[str] = []
    anchors: list[Anchor] = []
    at = 0
    for line in lines:
        if pieces:
            pieces.append(" " if line.joins else "\n")
            at += 1
        anchors.append(Anchor(at, at + len(line.text), line.page, line.box))
        pieces.append(line.text)
        at += len(line.text)
    return "".join(pieces), tuple(anchors)
