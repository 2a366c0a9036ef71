"""Hand mark-ups of real documents: provisions, references and tables as a reader of the paper sees them.

One text file a document and kind below ``eval/gold/<kind>/``; the format is described in docs/evaluation.md. Only
identifiers, page numbers and short quotations are kept. A file with anything wrong in it is refused whole, each fault
with file and line, before anything is scored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.errors import BadInput

GOLD = Path(__file__).with_name("gold")
MOST_PROBLEMS_SHOWN = 20
MOST_QUOTED = 400  # characters of one quotation or cell: mark-ups are no copies of documents
THIS_ACT = "this"  # in the act column: the document itself
UNRESOLVED = "~"  # before a name in the act column: named, but no single act can be told
WHOLE_ACT = "-"  # in the eid column
_EID = re.compile(r"[a-z]+_[\w.đ-]+(?:__[a-z]+_[\w.đ-]+)*|preamble|conclusions")
_PAGES = re.compile(r"\d+(?:-\d+)?(?:,\s*\d+(?:-\d+)?)*")
_NTH = re.compile(r"(.*\S)\s+#(\d+)")
_TABLE = re.compile(r"table: page (\d+)(?: #(\d+))?")


class Kind(StrEnum):
    """What a file marks up. The value is its folder."""

    PROVISIONS = "provisions"
    REFERENCES = "references"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class MarkedProvision:
    """A provision whose printed text, label included, begins and ends with these words ("" = not marked)."""

    eid: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class MarkedReference:
    """The ``nth`` place on ``page`` where ``quote`` stands, and the provisions it refers to ("" = the whole act)."""

    page: int
    quote: str
    nth: int
    act: str
    eids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkedTable:
    """Some rows of one table of ``page``, in order. A cell printed over several rows stands in the first of them."""

    page: int
    rows: tuple[tuple[str, ...], ...]


Item = MarkedProvision | MarkedReference | MarkedTable


@dataclass(frozen=True, slots=True)
class Marks:
    """One file. ``pages`` are those marked completely (empty: all of the document). ``held_out``: not looked at while
    the rules were written."""

    path: Path
    kind: Kind
    document: str
    pages: frozenset[int]
    checked: str
    held_out: bool
    items: tuple[Item, ...]

    @property
    def references(self) -> tuple[MarkedReference, ...]:
        return tuple(item for item in self.items if isinstance(item, MarkedReference))

    @property
    def provisions(self) -> tuple[MarkedProvision, ...]:
        return tuple(item for item in self.items if isinstance(item, MarkedProvision))

    @property
    def tables(self) -> tuple[MarkedTable, ...]:
        return tuple(item for item in self.items if isinstance(item, MarkedTable))


@dataclass(frozen=True, slots=True)
class MarkProblem:
    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class MarksWrong(BadInput):
    """Mark-ups that must not be scored; ``problems`` says what to mend."""

    def __init__(self, problems: list[MarkProblem]) -> None:
        self.problems = problems
        shown = "\n".join(map(str, problems[:MOST_PROBLEMS_SHOWN]))
        super().__init__("gold_wrong", count=len(problems), problems=shown)


class _Bad(Exception):
    """A line that is not as it must be."""


def load_marks(folder: Path = GOLD, document: str | None = None) -> list[Marks]:
    """All mark-ups below ``folder``, or those of one document. Raises MarksWrong."""
    problems: list[MarkProblem] = []
    found: list[Marks] = []
    for kind in Kind:
        for path in sorted((folder / kind).glob("*.txt")):
            marks = read_marks(path, kind, problems)
            if marks and document in (None, marks.document):
                found.append(marks)
    if problems:
        raise MarksWrong(problems)
    return found


def read_marks(path: Path, kind: Kind, problems: list[MarkProblem]) -> Marks | None:
    """The file at ``path``; what is wrong in it is added to ``problems``, and then None is returned."""
    before = len(problems)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.append(MarkProblem(path, 1, "not UTF-8"))
        return None
    lines = [(number, line.rstrip()) for number, line in enumerate(text.split("\n"), 1)]
    problems += [MarkProblem(path, n, "not NFC") for n, line in lines if not unicodedata.is_normalized("NFC", line)]
    head, body = _parted([(number, line) for number, line in lines if line and not line.startswith("#")])
    header = _header(path, head, problems)
    items = list(_items(path, kind, body, header.get("pages", ""), problems))
    if len(problems) > before:
        return None
    pages = _page_set(header.get("pages", ""))
    return Marks(
        path, kind, header["document"], pages, header["checked"], header.get("held_out", "no") == "yes", tuple(items)
    )


_Lines = list[tuple[int, str]]


def _parted(lines: _Lines) -> tuple[_Lines, _Lines]:
    """The lines before and after "---"."""
    at = next((i for i, (_, line) in enumerate(lines) if line == "---"), len(lines))
    return lines[:at], lines[at + 1 :]


_HEADER: dict[str, Callable[[str], bool]] = {
    "document": bool,
    "pages": lambda value: bool(_PAGES.fullmatch(value)),
    "checked": bool,
    "held_out": lambda value: value in ("yes", "no"),
}


def _header(path: Path, lines: _Lines, problems: list[MarkProblem]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in lines:
        name, _, value = (part.strip() for part in line.partition(":"))
        if name not in _HEADER or name in found or not _HEADER[name](value):
            problems.append(MarkProblem(path, number, f"unknown, repeated or wrong header '{line}'"))
        found[name] = value
    problems += [
        MarkProblem(path, 1, f"'{name}:' is missing") for name in ("document", "checked") if name not in found
    ]
    return found


def _page_set(written: str) -> frozenset[int]:
    pages: set[int] = set()
    for part in filter(None, re.split(r",\s*", written)):
        first, _, last = part.partition("-")
        pages |= set(range(int(first), int(last or first) + 1))
    return frozenset(pages)


def _items(path: Path, kind: Kind, lines: _Lines, pages: str, problems: list[MarkProblem]) -> Iterator[Item]:
    marked = _page_set(pages) if _PAGES.fullmatch(pages) else frozenset()
    seen: set[Item] = set()
    reader = {Kind.PROVISIONS: _provisions, Kind.REFERENCES: _references, Kind.TABLES: _tables}[kind]
    for number, item in reader(lines):
        if isinstance(item, _Bad):
            problems.append(MarkProblem(path, number, str(item)))
        elif item in seen:
            problems.append(MarkProblem(path, number, "marked twice"))
        elif not isinstance(item, MarkedProvision) and marked and item.page not in marked:
            problems.append(MarkProblem(path, number, f"page {item.page} is not among 'pages:'"))
        else:
            seen.add(item)
            yield item


_Read = Iterator[tuple[int, Item | _Bad]]


def _provisions(lines: _Lines) -> _Read:
    for number, line in lines:
        cells = line.split("\t")
        if not 1 <= len(cells) <= 3 or not _EID.fullmatch(cells[0]):
            yield number, _Bad("wanted: eid <tab> first words <tab> last words")
        elif len(line) > MOST_QUOTED:
            yield number, _Bad(f"longer than {MOST_QUOTED} characters")
        else:
            eid, begins, ends = (*cells, "", "")[:3]
            yield number, MarkedProvision(eid, begins.strip(), ends.strip())


def _references(lines: _Lines) -> _Read:
    for number, line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        try:
            yield number, _reference(cells)
        except _Bad as bad:
            yield number, bad


def _reference(cells: list[str]) -> MarkedReference:
    if len(cells) != 4 or not all(cells) or not cells[0].isdecimal():
        raise _Bad("wanted: page <tab> quotation <tab> act <tab> eids")
    page, quote, act, eids = cells
    if len(quote) > MOST_QUOTED:
        raise _Bad(f"quotation longer than {MOST_QUOTED} characters")
    wrong = [eid for eid in eids.split() if eid != WHOLE_ACT and not _EID.fullmatch(eid)]
    if wrong:
        raise _Bad(f"no eid: {wrong[0]}")
    again = _NTH.fullmatch(quote)
    quote, nth = (again[1], int(again[2])) if again else (quote, 1)
    return MarkedReference(int(page), quote, nth, act, tuple("" if e == WHOLE_ACT else e for e in eids.split()))


def _tables(lines: _Lines) -> _Read:
    page, at, rows = 0, 0, list[tuple[str, ...]]()
    for number, line in lines:
        head = _TABLE.fullmatch(line)
        if head:
            if page:
                yield at, MarkedTable(page, tuple(rows)) if rows else _Bad("a table without rows")
            page, at, rows = int(head[1]), number, []
        elif not page or not (line.startswith("|") and line.endswith("|") and len(line) > 1):
            yield number, _Bad("wanted: 'table: page N' or a row '| cell | cell |'")
        else:
            cells = tuple(cell.strip() for cell in line[1:-1].split("|"))
            rows.append(cells)
            if max(map(len, cells)) > MOST_QUOTED:
                yield number, _Bad(f"cell longer than {MOST_QUOTED} characters")
    if page:
        yield at, MarkedTable(page, tuple(rows)) if rows else _Bad("a table without rows")
