"""Office and web files as blocks of text in reading order, and blocks as the pages that the layout stages read.

Such files have no pages of their own: each paragraph is one printed line on pages laid out here only so that letterhead,
body and signatures stand where the stages look for them. ``to_paragraphs`` afterwards replaces every place by the number
of its paragraph (page 0, box top = paragraph, from 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.lines import CleanDocument, CleanLine, PrintedLine, PrintedPage, Span
from ingest.repair import repair_text
from ingest.tables import Cell, TableRow
from rag.law.act import Box, Diagnostic

WIDTH_PT, HEIGHT_PT = 595.0, 842.0  # A4
TOP_PT, BOTTOM_PT = 130.0, 740.0  # lines stand between the zones of running heads and footers
LEFT_PT, MIDDLE_PT, RIGHT_PT = 70.0, 297.5, 540.0
SIZE_PT, NOTE_SIZE_PT = 13.0, 9.0
LINE_PT = 15.0  # height of a line
STEP_PT = 40.0  # from one paragraph to the next: too far apart to be one wrapped paragraph
PAIR_STEP_PT = 16.0  # between the lines of a letterhead or signature, which stand together
LETTER_PT = 6.0  # width of a letter, for centred and right-hand lines


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one font. ``font`` tells capital fonts of TCVN3 apart."""

    text: str
    bold: bool = False
    font: str = ""
    superscript: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]
    centered: bool = False
    note: bool = False  # a footnote's text

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Letterhead or signature: two columns of lines that belong beside each other."""

    left: tuple[Paragraph, ...]
    right: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class TableLine:
    """Row ``number`` (from 0) of a table: its cells as a reader sees them. ``table`` counts the tables."""

    cells: tuple[str, ...]
    table: int
    number: int


Block = Paragraph | SideBySide | TableLine


def plain(text: str, centered: bool = False) -> Paragraph:
    return Paragraph((Run(text),), centered)


def pages_of(blocks: Iterable[Block], diagnostics: Sequence[Diagnostic] = ()) -> Iterator[PrintedPage]:
    """The blocks on as many pages as they need; diagnostics with the first."""
    page = _Page(1)
    notes = tuple(diagnostics)
    for block in blocks:
        if page.y > BOTTOM_PT:
            yield page.printed(notes)
            page, notes = _Page(page.number + 1), ()
        page.put(block)
    if page.number == 1 or page.lines or page.tables:
        yield page.printed(notes)


class _Page:
    """A page being filled from the top."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.y = TOP_PT
        self.lines: list[PrintedLine] = []
        self.tables: list[TableRow] = []

    def put(self, block: Block) -> None:
        if isinstance(block, SideBySide):
            self._put_pair(block)
        elif isinstance(block, TableLine):
            if any(block.cells):
                self.tables.append(_row(block, self.y))
                self.y += STEP_PT
        elif block.text.strip():
            middle = (LEFT_PT + RIGHT_PT) / 2
            self._line(block, middle if block.centered else None, self.y)
            self.y += STEP_PT

    def _put_pair(self, pair: SideBySide) -> None:
        quarter = (MIDDLE_PT - LEFT_PT) / 2
        for at, paragraph in enumerate(pair.left):
            self._line(paragraph, LEFT_PT + quarter, self.y + at * PAIR_STEP_PT)
        for at, paragraph in enumerate(pair.right):
            self._line(paragraph, MIDDLE_PT + quarter, self.y + at * PAIR_STEP_PT)
        self.y += max(len(pair.left), len(pair.right)) * PAIR_STEP_PT + STEP_PT

    def _line(self, paragraph: Paragraph, middle: float | None, y: float) -> None:
        """One line, around ``middle`` or from the left margin."""
        size = NOTE_SIZE_PT if paragraph.note else SIZE_PT
        room = (
            (RIGHT_PT - LEFT_PT) if middle is None or middle == (LEFT_PT + RIGHT_PT) / 2 else MIDDLE_PT - LEFT_PT - 30
        )
        wide = min(max(len(paragraph.text) * LETTER_PT, 8.0), room - 60 if middle is not None else room)
        x0 = LEFT_PT if middle is None else middle - wide / 2
        box = Box(x0, y, x0 + wide, y + (NOTE_SIZE_PT + 2 if paragraph.note else LINE_PT))
        spans = tuple(Span(run.text, box, run.font, size, run.bold, False, run.superscript) for run in paragraph.runs)
        self.lines.append(PrintedLine(self.number, box, spans))

    def printed(self, diagnostics: tuple[Diagnostic, ...]) -> PrintedPage:
        return PrintedPage(
            self.number, WIDTH_PT, HEIGHT_PT, tuple(self.lines), tables=tuple(self.tables), diagnostics=diagnostics
        )


def _row(line: TableLine, y: float) -> TableRow:
    """The row over the width of the page, its columns of equal width."""
    count = len(line.cells)
    cells = tuple(Cell(at, at + 1, repair_text(text), True, line.number) for at, text in enumerate(line.cells))
    edges = tuple(LEFT_PT + (RIGHT_PT - LEFT_PT) * at / count for at in range(count + 1))
    return TableRow(LEFT_PT, y, RIGHT_PT, y + LINE_PT, line.table, line.number, cells, edges)


def to_paragraphs(document: CleanDocument) -> CleanDocument:
    """``document`` with each line's place as the number of its paragraph: page 0, ``Box(0, n, 0, n)``."""
    lines = tuple(_numbered(line, number) for number, line in enumerate(document.lines, 1))
    return replace(document, lines=lines, furniture=(), page_count=0, missing_pages=())


def _numbered(line: CleanLine, number: int) -> CleanLine:
    return replace(line, page=0, box=Box(0, number, 0, number))
