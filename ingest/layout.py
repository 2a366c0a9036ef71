"""Cleans the layout: printed pages become one document of lines in reading order, each with its class.

pages → rows in reading order → furniture and tables apart → classes → wrapped lines marked as joined.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from ingest.furniture import is_furniture, repeated_keys
from ingest.lines import CleanDocument, CleanLine, LineClass, PrintedPage
from ingest.regions import MOTTO, NOTE_START, classify, find_letterhead, is_unfinished
from ingest.rows import Row, order_rows, row_of, tidy
from ingest.table_heads import TableHeads
from ingest.tables import TableRow, read_tables
from rag.law.act import Box, Diagnostic

FULL_LINE_SLACK = 4.0  # letter sizes: a line ending nearer than this to the right margin is full (long words wrap)
INDENT = 0.8  # letter sizes: a line that begins further right than this begins a paragraph
LINE_GAP = 1.6  # letter sizes between two lines of one paragraph, at most
LIKE_SIZE_PT = 1.6  # letter sizes within one paragraph differ less than this
CENTER_SLACK = 1.5  # letter sizes between the middles of line and column
COMMON_MARGIN = 0.7  # quantile of the pages' right margins that is the document's: most pages hold prose
TABLE_SIZE_PT = 11.0  # letter size given to table rows, whose words come without fonts

STARTS_UNIT = re.compile(
    r"^[“\"'«]?(?:(?:Điều|Khoản|Chương|Mục|Phần|Tiểu mục|Phụ lục|CHƯƠNG|PHẦN|MỤC|PHỤ LỤC|ĐIỀU)\s+"
    r"[\dIVXLA-Zthứ]+[a-z]?\s*(?:[.:]|$)"
    r"|\d{1,3}[a-zđ]?[.)]\s|[a-zđ]{1,2}\)\s|[-+•▪–]\s"
    r"|[IVXL]{1,5}\.\s|\(\d{1,2}\)\s|(?:\d{1,2}\.){2,4}\s|Căn cứ\s)"
)
MOTTO_CELL = re.compile(r"\|\s*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
ENDS_SENTENCE = re.compile(r"[.;:!?…/][”\"')\]]?$")


class Sheet(NamedTuple):
    """A page on its way: rows in reading order and its tables."""

    number: int
    width: float
    height: float
    rows: list[Row]
    tables: list[TableRow]
    turned: int
    beside: list[Row]  # running heads of a turned page
    slant_deg: float = 0.0


def clean_layout(pages: Iterable[PrintedPage]) -> CleanDocument:
    """All pages cleaned. Pages are read once, one after the other; only rows are kept of them."""
    sheets: list[Sheet] = []
    missing: list[int] = []
    diagnostics: list[Diagnostic] = []
    count = 0
    for page in pages:
        count += 1
        diagnostics += page.diagnostics
        if page.broken or page.scanned or page.damaged:
            missing.append(page.number)
        sheets.append(_sheet(page))
    lines, furniture = _clean_sheets(sheets)
    turns = {sheet.number: sheet for sheet in sheets if sheet.turned or sheet.slant_deg}
    if turns:
        lines = [_turned_back(line, turns) for line in lines]
        furniture = [_turned_back(line, turns) for line in furniture]
    return CleanDocument(tuple(lines), tuple(furniture), count, tuple(missing), tuple(diagnostics))


def _sheet(page: PrintedPage) -> Sheet:
    """Rows of the page, those inside tables left out."""
    lines = () if page.scanned else page.lines  # a scan's few printed words are not its text
    beside: list[Row] = []
    if page.turned:  # what runs across the upright page is its running head, sideways beside the turned text
        beside = [row_of(line) for line in lines if not line.across]
        lines = tuple(line for line in lines if line.across)
    tables = read_tables(page.rules, page.words) if page.rules and lines else list(page.tables)
    tables = _without_letterhead(tables)
    if tables:
        areas = [row[:4] for row in tables]
        lines = tuple(line for line in lines if not _inside(line.box, areas))
    rows = order_rows([row_of(line) for line in lines])
    rows = [row for row in rows if row.text]
    return Sheet(page.number, page.width, page.height, rows, tables, page.turned, beside, page.slant_deg)


def _without_letterhead(tables: list[TableRow]) -> list[TableRow]:
    """The tables but those drawn only to place letterhead and signature (Decree 30/2020/NĐ-CP prints no frame)."""
    frames = {row.table for row in tables if MOTTO.search(row.text) or MOTTO_CELL.search(row.text)}
    return [row for row in tables if row.table not in frames] if frames else tables


def _turned_back(line: CleanLine, turns: dict[int, Sheet]) -> CleanLine:
    """The line with its box on the page as displayed, not as it was turned for reading."""
    sheet = turns.get(line.page)
    if sheet is None:
        return line
    return replace(line, box=place_back(line.box, sheet.width, sheet.height, sheet.turned, sheet.slant_deg))


def place_back(box: Box, width: float, height: float, turned: int, slant_deg: float = 0.0) -> Box:
    """``box`` of a page of that size, laid straight and turned for reading, on the page as displayed."""
    if slant_deg:
        box = _slanted(box, width / 2, height / 2, math.radians(slant_deg))
    if turned == 90:
        return Box(box.y0, width - box.x1, box.y1, width - box.x0)
    if turned == 180:
        return Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
    if turned == 270:
        return Box(height - box.y1, box.x0, height - box.y0, box.x1)
    return box


def _slanted(box: Box, x: float, y: float, angle: float) -> Box:
    """The box moved so that its middle turns by ``angle`` about (x, y); its sides stay level."""
    dx, dy = (box.x0 + box.x1) / 2 - x, (box.y0 + box.y1) / 2 - y
    moved_x = dx * math.cos(angle) - dy * math.sin(angle) - dx
    moved_y = dx * math.sin(angle) + dy * math.cos(angle) - dy
    return Box(box.x0 + moved_x, box.y0 + moved_y, box.x1 + moved_x, box.y1 + moved_y)


def _inside(box: Box, areas: list[tuple[float, float, float, float]]) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return any(a[0] - 2 <= x <= a[2] + 2 and a[1] - 1 <= y <= a[3] + 1 for a in areas)


def _clean_sheets(sheets: list[Sheet]) -> tuple[list[CleanLine], list[CleanLine]]:
    sheets = _with_common_margin(sheets)
    repeated = repeated_keys((sheet.height, sheet.rows) for sheet in sheets)
    furniture: list[CleanLine] = []
    kept: list[list[Row]] = []
    for sheet in sheets:
        apart = [is_furniture(row, sheet.height, repeated) for row in sheet.rows]
        furniture += [_clean(tidy(row), LineClass.FURNITURE) for row in sheet.beside]
        furniture += [_clean(row, LineClass.FURNITURE) for row, out in zip(sheet.rows, apart, strict=True) if out]
        kept.append([row for row, out in zip(sheet.rows, apart, strict=True) if not out])
    letterhead = find_letterhead([(sheet.height, rows) for sheet, rows in zip(sheets, kept, strict=True)])
    body_size = _body_size(kept)
    lines: list[CleanLine] = []
    last: dict[LineClass, Row] = {}  # the last row of text and of notes, which go on over the page break
    note = ""  # the footnote that the page before ends with
    heads = TableHeads()
    for at, (sheet, rows) in enumerate(zip(sheets, kept, strict=True)):
        head_rows = frozenset(row for page, row in letterhead if page == at)
        classes = classify(rows, sheet.width, body_size, head_rows, is_unfinished(note))
        note = _open_note(note, rows, classes)
        flow = _flow(rows, classes, last)
        tables, dropped = _table_lines(sheet, heads)
        furniture += dropped
        lines += _merged(flow, tables)
    return lines, furniture


def _with_common_margin(sheets: list[Sheet]) -> list[Sheet]:
    """Rows on pages of short lines (forms, lists of bold headings) get the right margin of the other pages of the same
    width: no line there is full merely because all are short."""
    rights: dict[int, list[float]] = {}
    for sheet in sheets:
        if margin := max((row.right for row in sheet.rows if not row.band), default=0.0):
            rights.setdefault(round(sheet.width), []).append(margin)
    common = {width: sorted(found)[round(COMMON_MARGIN * (len(found) - 1))] for width, found in rights.items()}
    return [_with_margin(sheet, common.get(round(sheet.width), 0.0)) for sheet in sheets]


def _with_margin(sheet: Sheet, right: float) -> Sheet:
    if all(row.band or row.right >= right - INDENT * row.size for row in sheet.rows):
        return sheet
    rows = [row if row.band or row.right >= right else row._replace(right=right) for row in sheet.rows]
    return sheet._replace(rows=rows)


def _body_size(pages: list[list[Row]]) -> float:
    """The letter size in which most characters are printed, in half points."""
    sizes: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            sizes[round(row.size * 2) / 2] += len(row.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _flow(rows: list[Row], classes: list[LineClass], last: dict[LineClass, Row]) -> list[CleanLine]:
    """Rows as lines. Wrapped text and notes go on over the page break (``last`` is kept); other classes end with it."""
    for other in last.keys() - {LineClass.BODY, LineClass.NOTE}:
        del last[other]
    lines = []
    heads = False  # the paragraph so far is bold from its beginning
    for row, line_class in zip(rows, classes, strict=True):
        previous = last.get(line_class)
        joins = previous is not None and continues(previous, row, line_class)
        if joins and line_class is LineClass.BODY and previous and _leaves_heading(previous, row, heads):
            joins = False
        heads = row.bold and (heads or not joins) if line_class is LineClass.BODY else heads
        lines.append(_clean(row, line_class, joins))
        last[line_class] = row
    return lines


def _leaves_heading(previous: Row, row: Row, heads: bool) -> bool:
    """Whether print changes between a bold heading and its text: the two are never one paragraph."""
    if heads and previous.bold and not row.bold:
        return not row.text[0].islower()
    return (
        row.bold and not previous.bold and ENDS_SENTENCE.search(previous.text) is not None and row.text[0].isupper()
    )


def _open_note(note: str, rows: list[Row], classes: list[LineClass]) -> str:
    """The text of the footnote that the page ends with, with what the page before held of it; "" when there is none."""
    found = [row for row, c in zip(rows, classes, strict=True) if c is LineClass.NOTE]
    for row in found:
        note = row.text if _starts_note(row) else f"{note} {row.text}"
    return note if found else ""


def continues(previous: Row, row: Row, line_class: LineClass) -> bool:
    """Whether ``row`` goes on with the paragraph of ``previous``."""
    if line_class is LineClass.LETTERHEAD or (line_class is LineClass.NOTE and _starts_note(row)):
        return False
    return _may_follow(previous, row) and _goes_on(previous, row)


def _starts_note(row: Row) -> bool:
    return (bool(row.marks) and row.marks[0][0] == 0) or NOTE_START.match(row.text) is not None


def _may_follow(previous: Row, row: Row) -> bool:
    """Whether place and print allow it: same column, near, like letters, the line above full, neither centered."""
    same_page = previous.page == row.page
    if same_page and (previous.band != row.band or row.y0 - previous.y1 > LINE_GAP * row.size):
        return False
    if abs(previous.size - row.size) > LIKE_SIZE_PT or _is_centered(previous) or _is_centered(row):
        return False
    return previous.right - previous.x1 < FULL_LINE_SLACK * row.size


def _goes_on(previous: Row, row: Row) -> bool:
    """Whether indent and words agree. A wrapped citation ("… quy định tại / Điều 5 …") stands at the margin below an
    indented line that does not end a sentence."""
    indented = row.x0 - row.left > INDENT * row.size
    was_indented = previous.x0 - previous.left > INDENT * row.size
    ended = ENDS_SENTENCE.search(previous.text) is not None
    if STARTS_UNIT.match(row.text):
        return not indented and was_indented and not ended
    return not indented or (was_indented and not ended)


def _is_centered(row: Row) -> bool:
    """Whether the row stands in the middle of its column with room on both sides."""
    room = row.x0 - row.left
    return (
        room > 2.5 * row.size
        and row.right - row.x1 > 2 * row.size
        and abs(room - (row.right - row.x1)) < 2 * CENTER_SLACK * row.size
    )


def _clean(row: Row, line_class: LineClass, joins: bool = False) -> CleanLine:
    text, marks = row.text, row.marks
    if (
        line_class is LineClass.NOTE
        and not (marks and marks[0][0] == 0)
        and not joins
        and (number := NOTE_START.match(text))
    ):
        text, marks = (
            text[number.end() :],
            ((0, number.group(1) or number.group(2)), *((at - number.end(), mark) for at, mark in marks)),
        )
    return CleanLine(
        text,
        row.page,
        Box(row.x0, row.y0, row.x1, row.y1),
        line_class,
        row.size,
        row.bold,
        row.italic,
        _is_centered(row),
        joins,
        marks,
    )


def _table_lines(sheet: Sheet, heads: TableHeads) -> tuple[list[CleanLine], list[CleanLine]]:
    """Table rows as lines; a head that returns on a later page is furniture there. ``heads`` remembers the last one."""
    lines: list[CleanLine] = []
    dropped: list[CleanLine] = []
    for placed in heads.place(sheet.tables):
        row = placed.row
        box = Box(row.x0, row.y0, row.x1, row.y1)
        line_class = LineClass.FURNITURE if placed.repeated else LineClass.TABLE
        cells = () if placed.head else placed.named
        line = CleanLine(row.text, sheet.number, box, line_class, TABLE_SIZE_PT, False, False, False, cells=cells)
        (dropped if placed.repeated else lines).append(line)
    return lines, dropped


def _merged(flow: list[CleanLine], tables: list[CleanLine]) -> list[CleanLine]:
    """Table rows put between the lines above and below them; the order of ``flow`` stays."""
    if not tables:
        return flow
    merged: list[CleanLine] = []
    waiting = 0
    for line in flow:
        while waiting < len(tables) and tables[waiting].box.y0 < line.box.y0:
            merged.append(tables[waiting])
            waiting += 1
        merged.append(line)
    return merged + tables[waiting:]
