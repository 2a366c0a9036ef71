"""An act laid out for reading: blocks in text order, cut into parts that load one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from api.pages.marking import find_phrase
from rag.law.act import Act, Level, Provision
from rag.law.identifier import relative_citation

PART_CHARACTERS = (
    24_000  # of text a part: some 90 kB of page with its mark-up, under the page's weight limit of 150 kB
)
FOUND_SHOWN = 100  # places a search inside one document lists
AROUND = 60  # characters on each side of a place found
_TITLED = {Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION, Level.ATTACHMENT, Level.ARTICLE}
_IN_CONTENTS = _TITLED | {Level.HEADING}


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, which begins at ``start`` of the act's text, on ``page``; ``turns`` when it is the first there."""

    text: str
    start: int
    page: int
    turns: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A provision's own words (its children are blocks of their own). ``kind`` is its level, for the style; ``titled``
    when its first line is a heading."""

    eid: str
    kind: str
    depth: int
    start: int
    titled: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents; ``part`` is the part of the text that holds it, from 1."""

    depth: int
    eid: str
    label: str
    heading: str
    page: int
    part: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a searched word stands."""

    before: str
    word: str
    after: str
    eid: str
    citation: str
    part: int


class Reading:
    """One act cut into parts. Making it walks the text once."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self._starts = [anchor.start for anchor in act.anchors]
        self._page = 0
        self.blocks = tuple(self._blocks(act.provisions, 0))
        self._begins = self._cut()

    @property
    def eids(self) -> frozenset[str]:
        """Every provision the act has."""
        return frozenset(p.eid for p in self.act.walk())

    @property
    def parts(self) -> int:
        return max(1, len(self._begins))

    def part(self, number: int) -> tuple[Block, ...]:
        """The blocks of part ``number``, from 1; the nearest part when there is none such."""
        at = min(max(number, 1), self.parts)
        begin = self._begins[at - 1] if self._begins else 0
        return self.blocks[begin : self._begins[at] if at < len(self._begins) else len(self.blocks)]

    def part_of(self, start: int) -> int:
        """The part that holds the character at ``start`` of the text."""
        starts = [self.blocks[i].start for i in self._begins]
        return max(1, bisect_right(starts, start))

    def page_of(self, start: int) -> int:
        """The page on which the character at ``start`` is printed."""
        at = bisect_right(self._starts, start)
        return self.act.anchors[max(0, at - 1)].page if self.act.anchors else 1

    def contents(self) -> list[Entry]:
        """From the top to Điều, with numbered headings of acts that have none."""
        return list(self._entries(self.act.provisions, 0))

    def start_of(self, eid: str) -> int | None:
        """Where the provision begins; None when the act has none such."""
        return next((p.start for p in self.act.walk() if p.eid == eid), None)

    def part_of_page(self, page: int) -> int:
        """The part in which ``page`` begins."""
        start = next((a.start for a in self.act.anchors if a.page >= page), 0)
        return self.part_of(start)

    def find(self, words: str) -> list[Place]:
        """Where ``words`` stand, case aside; typed without diacritics, they are found with any. Empty when nothing is
        asked."""
        spans = islice(find_phrase(self.act.text, words), FOUND_SHOWN)
        return [self._place(start, end) for start, end in spans]

    def _place(self, start: int, end: int) -> Place:
        block = self.blocks[bisect_right([b.start for b in self.blocks], start) - 1]
        text = self.act.text
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        citation = relative_citation(block.eid)
        return Place(before, text[start:end], after, block.eid, citation, self.part_of(start))

    def _blocks(self, level: tuple[Provision, ...], depth: int) -> Iterator[Block]:
        for node in level:
            own_end = node.intro_end if node.children else node.end
            yield self._block(node, node.start, own_end, depth)
            yield from self._blocks(node.children, depth + 1)
            last = node.children[-1].end if node.children else own_end
            if last < node.end and self.act.text[last : node.end].strip():
                yield self._block(node, last, node.end, depth)

    def _block(self, node: Provision, start: int, end: int, depth: int) -> Block:
        return Block(node.eid, str(node.level), depth, start, bool(node.heading), tuple(self._lines(start, end)))

    def _lines(self, start: int, end: int) -> Iterator[Line]:
        at = start
        for text in self.act.text[start:end].split("\n"):
            if text.strip():
                page = self.page_of(at)
                begin = at + len(text) - len(text.lstrip())
                yield Line(text.strip(), begin, page, page != self._page)
                self._page = page
            at += len(text) + 1

    def _cut(self) -> list[int]:
        begins, size = [0] if self.blocks else [], 0
        for at, block in enumerate(self.blocks):
            length = sum(len(line.text) for line in block.lines)
            if size and size + length > PART_CHARACTERS and block.kind not in {"cl", "point", "note", "qstr"}:
                begins.append(at)
                size = 0
            size += length
        return begins

    def _entries(self, level: tuple[Provision, ...], depth: int) -> Iterator[Entry]:
        for node in level:
            if node.level not in _IN_CONTENTS or not (node.number or node.heading):
                continue
            page, part = self.page_of(node.start), self.part_of(node.start)
            label = (
                relative_citation(node.eid) if node.heading else ""
            )  # without a heading its first line says it all
            heading = node.heading or self.act.text[node.start : node.intro_end].strip().split("\n")[0]
            yield Entry(depth, node.eid, label, heading, page, part)
            if node.level not in {Level.ARTICLE, Level.HEADING}:
                yield from self._entries(node.children, depth + 1)
