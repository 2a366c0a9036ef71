"""Passages: what is searched, quoted and cited. A Khoản, a Điều without Khoản, an outline section, a table row.

A passage's text is verbatim. Headings and lead-ins of what encloses it are its context: searched, never quoted.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.table_heads import row_sentence
from rag.law.act import Act, Anchor, Level, Provision
from rag.law.identifier import relative_citation
from rag.law.passage import Passage, PassageLine, passage_id, text_sha256

# Characters; a longer provision is cut at points or sentences. About 400 syllables: one screen, and what the
# embedding was measured to carry without blurring.
LONGEST_PASSAGE = 2000
# Characters of one enclosing lead-in that go into the context; longer ones are passages of their own as well.
LONGEST_LEAD_IN = 300
_SENTENCE_END = re.compile(r"(?<=[.;:!?])\s+|\n")
_SPACE = re.compile(r"\s+")
_LABEL = re.compile(
    r"(?:Điều|Chương|Mục|Tiểu mục|Phần|Phụ lục|Mẫu số)\s+\S+|"
    r"\d{1,3}[a-zđ]?\d?\s?[.)]|[a-zđ]\d?\s?\)|[IVXLC]+\s?\.|\W+",
    re.IGNORECASE,
)
_UNITS = frozenset({Level.CLAUSE, Level.HEADING})  # always a passage of their own, with the points below them
_ENCLOSING = frozenset({Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION, Level.ATTACHMENT, Level.ARTICLE})
_APART = frozenset({Level.NOTE, Level.TABLE})  # inside a unit, yet passages of their own


@dataclass(frozen=True, slots=True)
class _Unit:
    """Spans of one provision's own words (what is set apart is left out), and what encloses it."""

    provision: Provision
    spans: tuple[tuple[int, int], ...]
    ancestors: tuple[Provision, ...]


def _own_spans(provision: Provision, apart: Sequence[Provision]) -> tuple[tuple[int, int], ...]:
    spans, at = [], provision.start
    for hole in apart:
        spans.append((at, hole.start))
        at = hole.end
    spans.append((at, provision.end))
    return tuple((start, end) for start, end in spans if start < end)


def _set_apart(provision: Provision) -> list[Provision]:
    return [node for node in provision.walk() if node is not provision and node.level in _APART]


def _units(provision: Provision, ancestors: tuple[Provision, ...]) -> Iterator[_Unit]:
    inner = (*ancestors, provision)
    divides = any(child.level in _ENCLOSING or child.level in _UNITS for child in provision.children)
    if not divides:
        apart = _set_apart(provision)
        yield _Unit(provision, _own_spans(provision, apart), ancestors)
        for node in apart:
            yield _Unit(node, ((node.start, node.end),), inner)
        return
    yield _Unit(provision, ((provision.start, provision.intro_end),), ancestors)
    for child in provision.children:
        yield from _units(child, inner)


def _says_more_than_heading(text: str, provision: Provision) -> bool:
    """Whether an enclosing provision's own words hold more than its label and heading (and so are worth quoting)."""
    bare = _SPACE.sub(" ", _LABEL.sub("", text, count=1)).strip(" .:")
    return bool(bare) and bare != _SPACE.sub(" ", provision.heading).strip(" .:")


def _label_and_heading(act: Act, provision: Provision) -> str:
    """First words of an enclosing provision, short: "Điều 8. Nguyên tắc"."""
    return _SPACE.sub(" ", act.text[provision.start : provision.intro_end]).strip()[:LONGEST_LEAD_IN]


def _context(act: Act, unit: _Unit) -> str:
    return "\n".join(_label_and_heading(act, provision) for provision in unit.ancestors)


def _cut_points(act: Act, unit: _Unit, span: tuple[int, int]) -> list[int]:
    """Where a long provision may be cut, in text order: before points, else at sentence ends."""
    points = [n.start for n in unit.provision.walk() if n.level is Level.POINT and span[0] < n.start < span[1]]
    return sorted({*points, *(m.end() for m in _SENTENCE_END.finditer(act.text, *span) if m.end() < span[1])})


def _cut(act: Act, unit: _Unit, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    start, end = span
    if end - start <= LONGEST_PASSAGE:
        yield span
        return
    cuts = [*_cut_points(act, unit, span), end]
    while end - start > LONGEST_PASSAGE:
        at = bisect_right(cuts, start + LONGEST_PASSAGE) - 1
        cut = cuts[at] if at >= 0 and cuts[at] > start else _hard_cut(act.text, start)
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _hard_cut(text: str, start: int) -> int:
    """No sentence ends within the limit: cut at the last space, else in the middle of a word."""
    space = text.rfind(" ", start + 1, start + LONGEST_PASSAGE)
    return space if space > 0 else start + LONGEST_PASSAGE


def _parts(act: Act, unit: _Unit) -> Iterator[list[tuple[int, int]]]:
    """The passages of one unit, each as the spans it is made of."""
    if unit.provision.level is Level.TABLE:
        start, end = unit.spans[0]
        at = start
        for line in act.text[start:end].split("\n"):
            yield from ([part] for part in _cut(act, unit, (at, at + len(line))))
            at += len(line) + 1
        return
    pieces = [piece for span in unit.spans for piece in _cut(act, unit, span)]
    part: list[tuple[int, int]] = []
    for piece in pieces:
        if part and sum(e - s for s, e in part) + piece[1] - piece[0] > LONGEST_PASSAGE:
            yield part
            part = []
        part.append(piece)
    if part:
        yield part


def _stripped(text: str, span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


class _Lines:
    """Finds the printed lines of a span."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._anchors = anchors
        self._ends = [anchor.end for anchor in anchors]

    def row_at(self, span: tuple[int, int]) -> Anchor | None:
        """The table row that ``span`` is, whole."""
        at = bisect_left(self._ends, span[0] + 1)
        anchor = self._anchors[at] if at < len(self._anchors) else None
        return anchor if anchor and anchor.cells and (anchor.start, anchor.end) == span else None

    def within(self, span: tuple[int, int], shift: int) -> Iterator[PassageLine]:
        at = bisect_left(self._ends, span[0] + 1)
        while at < len(self._anchors) and self._anchors[at].start < span[1]:
            anchor = self._anchors[at]
            start, end = max(anchor.start, span[0]), min(anchor.end, span[1])
            if start < end:
                move = shift - span[0]
                doubts = tuple(
                    (max(a, start) + move, min(b, end) + move) for a, b in anchor.doubtful if a < end and b > start
                )
                yield PassageLine(start + move, end + move, anchor.page, anchor.box, doubts)
            at += 1


def _article_of(unit: _Unit) -> Provision | None:
    return next((p for p in reversed((*unit.ancestors, unit.provision)) if p.level is Level.ARTICLE), None)


def _join(act: Act, lines: _Lines, spans: Sequence[tuple[int, int]]) -> tuple[str, tuple[PassageLine, ...]]:
    texts: list[str] = []
    found: list[PassageLine] = []
    length = 0
    for span in (s for s in (_stripped(act.text, span) for span in spans) if s[0] < s[1]):
        if texts:
            length += 1
        texts.append(act.text[span[0] : span[1]])
        found.extend(lines.within(span, length))
        length += span[1] - span[0]
    return "\n".join(texts), tuple(found)


def _read_out(lines: _Lines, spans: Sequence[tuple[int, int]]) -> tuple[str, tuple[PassageLine, ...]] | None:
    """A table row read out under its column heads; None for what is no whole row, or too long so."""
    row = lines.row_at(spans[0]) if len(spans) == 1 else None
    text = row_sentence(row.cells) if row else ""
    if (
        row is None or row.doubtful or len(text) > LONGEST_PASSAGE
    ):  # doubts are told by their place in the printed row
        return None
    return text, (PassageLine(0, len(text), row.page, row.box),)


def _is_quoted_alone(unit: _Unit, text: str) -> bool:
    if unit.provision.children and unit.provision.level in _ENCLOSING:
        return _says_more_than_heading(text, unit.provision)
    return True


def split_passages(document_id: str, act: Act) -> tuple[Passage, ...]:
    """The passages of ``act`` in text order. Same act, same passages and ids (D11)."""
    lines = _Lines(act.anchors)
    found: list[Passage] = []
    for provision in act.provisions:
        for unit in _units(provision, ()):
            context, article = _context(act, unit), _article_of(unit)
            heading = unit.provision.heading or (article.heading if article else "")
            for part, spans in enumerate(_parts(act, unit)):
                text, printed = _read_out(lines, spans) or _join(act, lines, spans)
                if not any(c.isalnum() for c in text) or not _is_quoted_alone(unit, text):
                    continue
                eid = unit.provision.eid
                found.append(
                    Passage(
                        id=passage_id(document_id, eid, part),
                        document_id=document_id,
                        ordinal=len(found),
                        eid=eid,
                        article_eid=article.eid if article else "",
                        level=str(unit.provision.level),
                        citation=relative_citation(eid),
                        heading=heading,
                        context=context,
                        text=text,
                        sha256=text_sha256(text),
                        lines=printed,
                    )
                )
    return tuple(found)
