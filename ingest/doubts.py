"""Carries the words that a scan's reading may have got wrong from the page into the act: its text and its metadata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from ingest.lines import Doubt
from rag.law.act import Act, ActMetadata, Anchor, Box, Certainty, Read


def mark_doubts(act: Act, doubts: Sequence[Doubt]) -> Act:
    """``act`` with its anchors' ``doubtful`` offsets filled, and metadata read where a doubt stands marked as guessed."""
    if not doubts:
        return act
    on_page: dict[int, list[Doubt]] = {}
    for doubt in doubts:
        on_page.setdefault(doubt.page, []).append(doubt)
    anchors = tuple(_marked(act.text, anchor, on_page.get(anchor.page, ())) for anchor in act.anchors)
    return replace(act, anchors=anchors, metadata=_guessed(act.metadata, on_page))


def _marked(text: str, anchor: Anchor, doubts: Iterable[Doubt]) -> Anchor:
    """The doubts inside the anchor's box, found one after the other in its text."""
    found: list[tuple[int, int]] = []
    at = anchor.start
    for doubt in sorted((d for d in doubts if _inside(d.box, anchor.box)), key=lambda d: d.box.x0):
        start = text.find(doubt.text, at, anchor.end)
        if start >= 0:
            at = start + len(doubt.text)
            found.append((start, at))
    return replace(anchor, doubtful=tuple(found)) if found else anchor


def _inside(inner: Box, outer: Box) -> bool:
    x, y = (inner.x0 + inner.x1) / 2, (inner.y0 + inner.y1) / 2
    return outer.x0 - 1 <= x <= outer.x1 + 1 and outer.y0 - 1 <= y <= outer.y1 + 1


def _guessed(metadata: ActMetadata, doubts: dict[int, list[Doubt]]) -> ActMetadata:
    changed: dict[str, Any] = {}
    for field in fields(metadata):
        read = getattr(metadata, field.name)
        if isinstance(read, Read) and read.box and any(_inside(d.box, read.box) for d in doubts.get(read.page, ())):
            changed[field.name] = replace(read, certainty=Certainty.GUESSED)
    return replace(metadata, **changed) if changed else metadata
