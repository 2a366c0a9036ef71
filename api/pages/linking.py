"""References in the text of a document as links: to its own provisions, to other documents that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from api.pages.marking import mark_phrase
from api.pages.reading import Block, Line
from rag.record.links import StoredLink, links_between
from rag.record.model import Document
from rag.record.record import Record


@dataclass(frozen=True, slots=True)
class Anchor:
    """``text[start:end]`` of the document leads to ``href``."""

    start: int
    end: int
    href: str


def anchors_of(record: Record, document: Document, blocks: Sequence[Block], known: frozenset[str]) -> list[Anchor]:
    """The links of a part of the text, in order and without overlap. ``known`` are the document's own eids."""
    lines = [line for block in blocks for line in block.lines]
    if not lines:
        return []
    stored = links_between(record, document.id, lines[0].start, lines[-1].start + len(lines[-1].text))
    found = [Anchor(one.link.start, one.link.end, href) for one in stored if (href := _href(one, known))]
    return list(_apart(found))


def linked(line: Line, anchors: Sequence[Anchor], searched: str) -> Markup:
    """The line with its links, and the words searched for marked."""
    pieces: list[Markup] = []
    at, end = line.start, line.start + len(line.text)
    for anchor in anchors:
        if not line.start <= anchor.start < end:
            continue
        stop = min(anchor.end, end)
        pieces.append(mark_phrase(line.text[at - line.start : anchor.start - line.start], searched))
        words = mark_phrase(line.text[anchor.start - line.start : stop - line.start], searched)
        pieces.append(Markup('<a class="ref" href="{}">{}</a>').format(anchor.href, words))
        at = stop
    return Markup("").join([*pieces, mark_phrase(line.text[at - line.start :], searched)])


def _href(stored: StoredLink, known: frozenset[str]) -> str | None:
    link, target = stored.link, stored.target
    if target is None or (link.own and (link.eid not in known or link.eid == link.source)):
        return None
    return f"/van-ban/{target.id}?dieu={link.eid}#{link.eid}" if link.eid else f"/van-ban/{target.id}"


def _apart(anchors: Iterable[Anchor]) -> Iterable[Anchor]:
    """The mentions of a list share their end ("Điều 1, Điều 2 của Luật …"): each ends where the next begins."""
    ordered = sorted(anchors, key=lambda a: (a.start, -a.end))
    for at, anchor in enumerate(ordered):
        if at and anchor.start == ordered[at - 1].start:
            continue
        after = next((a.start for a in ordered[at + 1 :] if a.start > anchor.start), anchor.end)
        yield Anchor(anchor.start, min(anchor.end, after), anchor.href)
