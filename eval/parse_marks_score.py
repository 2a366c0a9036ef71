"""Parsed acts against hand mark-ups: what was found, missed and made up. Pure functions.

Every item has a name, so that two runs can be compared item by item (gains and losses).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eval.parse_marks import THIS_ACT, UNRESOLVED, MarkedProvision, MarkedReference, MarkedTable, Marks
from rag.law.act import Act, Level, Provision
from rag.law.identifier import number_key
from rag.law.text import fold_case_and_tone, nfc

LEVELS = {"art": "article", "cl": "clause", "point": "point", "hcontainer": "section"}
_LEVEL_OF = {Level.ARTICLE: "article", Level.CLAUSE: "clause", Level.POINT: "point", Level.HEADING: "section"}
_BEYOND = 400  # characters read past the end of a page: a mention may run on over the break
_DD = "đ"


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as read: the rows of cells on one page, empty cells included."""

    page: int
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadReference:
    """A reference as found in ``Act.text[start:end]``. ``act`` as in the mark-ups: "this", a number, or "~ name"."""

    start: int
    end: int
    act: str
    eid: str


@dataclass(frozen=True, slots=True)
class Tally:
    """``right`` of ``wanted`` marked items found, ``extra`` found that nobody marked; ``wrong`` names both kinds."""

    right: int = 0
    wanted: int = 0
    extra: int = 0
    wrong: tuple[str, ...] = field(default=())

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.right + other.right, self.wanted + other.wanted, self.extra + other.extra, self.wrong + other.wrong
        )

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """2PR / (P + R), from the counts."""
        total = 2 * self.right + self.extra + self.wanted - self.right
        return 2 * self.right / total if total else 1.0


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", nfc(text)).strip()


# --- provisions -------------------------------------------------------------------------------------------------


def score_provisions(act: Act, marks: Marks) -> dict[str, Tally]:
    """By level (article, clause, point, section), and ``point_đ``: the points whose letter is đ. Sections are those of
    an outline without Điều; where none is marked, those found (lists of an appendix) are not counted.

    A provision is right when its eid is there and its text begins and ends with the words marked.
    """
    pages = _start_pages(act)
    read = {node.eid: node for node in act.walk() if node.level in _LEVEL_OF and _on(pages, node, marks.pages)}
    if not any("section" in _names(mark.eid) for mark in marks.provisions):
        read = {eid: node for eid, node in read.items() if node.level is not Level.HEADING}
    tallies = dict.fromkeys(("article", "clause", "point", "point_đ", "section"), Tally())
    wanted = set()
    for mark in marks.provisions:
        wanted.add(mark.eid)
        tally = _provision_tally(act, read.get(mark.eid), mark)
        for name in _names(mark.eid):
            tallies[name] += tally
    for eid, node in read.items():
        if eid not in wanted:
            tallies[_LEVEL_OF[node.level]] += Tally(extra=1, wrong=(f"+{eid}",))
    return {name: tally for name, tally in tallies.items() if tally.wanted or tally.extra}


def _names(eid: str) -> Iterator[str]:
    prefix, _, number = eid.rpartition("__")[2].partition("_")
    if prefix in LEVELS:
        yield LEVELS[prefix]
    if prefix == "point" and number.startswith(_DD):
        yield "point_đ"


def _start_pages(act: Act) -> dict[int, int]:
    return {anchor.start: anchor.page for anchor in act.anchors}


def _on(pages: Mapping[int, int], node: Provision, marked: frozenset[int]) -> bool:
    return not marked or pages.get(node.start, 0) in marked


def _provision_tally(act: Act, node: Provision | None, mark: MarkedProvision) -> Tally:
    if node is None:
        return Tally(wanted=1, wrong=(f"-{mark.eid}",))
    text = _folded(act.text[node.start : node.end])
    if text.startswith(_folded(mark.begins)) and text.endswith(_folded(mark.ends)):
        return Tally(1, 1)
    return Tally(wanted=1, extra=1, wrong=(f"≠{mark.eid}",))


# --- references -------------------------------------------------------------------------------------------------


def score_references(act: Act, found: Iterable[ReadReference], marks: Marks) -> Tally:
    """Each provision a mention refers to counts once. A find is right when it overlaps the marked words and names the
    marked provision of the marked act."""
    spans = _page_spans(act)
    places = [_place(act, spans, mark) for mark in marks.references]
    wanted = {
        (at, act_key(mark.act), eid): f"{mark.page}:{mark.quote}:{mark.act}#{eid}"
        for at, mark in enumerate(marks.references)
        for eid in mark.eids
    }
    got: dict[tuple[int, str, str], str] = {}
    for reference in found:
        page = _page_of(spans, reference.start)
        if page is None or (marks.pages and page not in marks.pages):
            continue
        at = _overlapping(places, wanted, reference)
        key = (-1 - reference.start if at is None else at, act_key(reference.act), reference.eid)
        got[key] = f"{page}:{_folded(act.text[reference.start : reference.end])}:{reference.act}#{reference.eid}"
    right = wanted.keys() & got.keys()
    wrong = [f"-{name}" for key, name in wanted.items() if key not in right]
    extra = [f"+{name}" for key, name in got.items() if key not in right]
    return Tally(len(right), len(wanted), len(extra), (*wrong, *extra))


def act_key(act: str) -> str:
    """Comparable form of the act column."""
    if act == THIS_ACT:
        return act
    if act.startswith(UNRESOLVED):
        return UNRESOLVED + " ".join(fold_case_and_tone(act.lstrip(UNRESOLVED)).split())
    return number_key(act)


def _page_spans(act: Act) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for anchor in act.anchors:
        start, end = spans.get(anchor.page, (anchor.start, anchor.end))
        spans[anchor.page] = (min(start, anchor.start), max(end, anchor.end))
    return spans


def _page_of(spans: Mapping[int, tuple[int, int]], at: int) -> int | None:
    return next((page for page, (start, end) in spans.items() if start <= at < end), None)


def _place(act: Act, spans: Mapping[int, tuple[int, int]], mark: MarkedReference) -> tuple[int, int] | None:
    """Where the marked words stand in ``act.text``, blanks apart; None where they do not."""
    if mark.page not in spans:
        return None
    start, end = spans[mark.page]
    held = [at for at in range(start, min(end + _BEYOND, len(act.text))) if not act.text[at].isspace()]
    text, quote = "".join(act.text[at] for at in held), re.sub(r"\s", "", mark.quote)
    found = -1
    for _ in range(mark.nth):
        found = text.find(quote, found + 1)
        if found < 0:
            return None
    return held[found], held[found + len(quote) - 1] + 1


def _overlapping(
    places: Sequence[tuple[int, int] | None], wanted: Mapping[tuple[int, str, str], str], reference: ReadReference
) -> int | None:
    """The marked mention that the find overlaps: one that refers to the same, else the one that shares most of it."""
    shared = [(min(p[1], reference.end) - max(p[0], reference.start), at) for at, p in enumerate(places) if p]
    overlapping = [(most, at) for most, at in shared if most > 0]
    same = [(most, at) for most, at in overlapping if (at, act_key(reference.act), reference.eid) in wanted]
    return max(same or overlapping)[1] if overlapping else None


# --- tables -----------------------------------------------------------------------------------------------------


def score_tables(read: Iterable[ReadTable], marks: Marks) -> Tally:
    """Cells with words in them: right in the row and the column they stand in. Rows are aligned in order."""
    tables = list(read)
    total = Tally()
    for number, mark in enumerate(marks.tables, 1):
        on_page = [table.rows for table in tables if table.page == mark.page]
        best = max((_cells_right(mark, rows) for rows in on_page), key=len, default=set())
        wanted = {(row, column) for row, cells in enumerate(mark.rows) for column, cell in enumerate(cells) if cell}
        wrong = tuple(f"-p{mark.page} #{number} {mark.rows[r][c][:40]}" for r, c in sorted(wanted - best))
        total += Tally(len(best), len(wanted), 0, wrong)
    return total


def _cells_right(mark: MarkedTable, rows: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """(row, column) of the marked cells that ``rows`` hold, under the alignment of rows that holds most."""
    gold = [[_folded(cell) for cell in row] for row in mark.rows]
    same = [[_same_cells(wanted, row) for row in rows] for wanted in gold]
    best: list[list[tuple[int, tuple[tuple[int, int], ...]]]] = [[(0, ())] * (len(rows) + 1)]
    for r, matches in enumerate(same):
        line = [best[r][0]]
        for c, columns in enumerate(matches):
            taken = (best[r][c][0] + len(columns), (*best[r][c][1], (r, c)))
            line.append(max(best[r][c + 1], line[c], taken, key=lambda value: value[0]))
        best.append(line)
    return {(r, column) for r, c in best[-1][-1][1] for column in same[r][c]}


def _same_cells(wanted: Sequence[str], row: Sequence[str]) -> frozenset[int]:
    return frozenset(
        at for at, (cell, read) in enumerate(zip(wanted, row, strict=False)) if cell and cell == _folded(read)
    )
