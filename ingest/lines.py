"""What travels between the ingest stages: printed lines with their boxes, then cleaned lines with their class."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ingest.tables import TableRow
from rag.law.act import Box, Diagnostic


@dataclass(frozen=True, slots=True)
class Span:
    """A run of one font inside a line. ``size`` in points."""

    text: str
    box: Box
    font: str
    size: float
    bold: bool
    italic: bool
    superscript: bool


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line as the PDF draws it, top left origin, in PDF points."""

    page: int
    box: Box
    spans: tuple[Span, ...]
    across: bool = True  # runs from left to right; a running head beside a page of sideways tables does not


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """``number`` counts from 1; ``width`` and ``height`` in points as displayed (rotation applied)."""

    number: int
    width: float
    height: float
    lines: tuple[PrintedLine, ...]
    image_cover: float = 0.0  # share of the page area under images, 0 to 1
    rules: tuple[
        tuple[float, float, float, float], ...
    ] = ()  # ruling lines (x0, y0, x1, y1), pages that may hold tables
    words: tuple[tuple[float, float, float, float, str], ...] = ()  # with ``rules`` only: words in their boxes
    scanned: bool = False  # an image with no trustworthy text layer: the page needs OCR
    broken: bool = False  # the page could not be read (P4): no lines, listed as missing
    torn: bool = False  # its fonts lost letters and spaces: read by OCR where there is one, else as it stands
    damaged: bool = False  # its drawing instructions are damaged: what is read of it is not all, listed as missing
    turned: int = 0  # degrees clockwise the page was turned to read its lines; its boxes are those of the turned page
    diagnostics: tuple[Diagnostic, ...] = ()
    tables: tuple[TableRow, ...] = ()  # rows of tables known without ruling lines (office files)
    slant_deg: float = 0.0  # degrees a scan's lines fall to the right; its boxes are those of the page laid straight
    doubts: tuple[Doubt, ...] = ()  # words of a scan that may be misread


@dataclass(frozen=True, slots=True)
class Doubt:
    """A word of a scan, as it stands in the text, that may be misread. ``box`` on the page as displayed."""

    text: str
    page: int
    box: Box


class LineClass(StrEnum):
    BODY = "body"
    TABLE = "table"
    NOTE = "note"
    LETTERHEAD = "letterhead"  # issuer, national motto, number, place and date
    SIGNATURE = "signature"  # signature block and nơi nhận
    FURNITURE = "furniture"  # running heads, gazette frames, page numbers: kept apart, never in the text


@dataclass(frozen=True, slots=True)
class CleanLine:
    """One line of the cleaned document. ``joins`` says that it continues the line before it (wrapped prose), so the
    two are joined by a space instead of a line break. ``text`` is repaired, NFC, without footnote marks."""

    text: str
    page: int
    box: Box
    line_class: LineClass
    size: float
    bold: bool
    italic: bool
    centered: bool
    joins: bool = False
    note_marks: tuple[tuple[int, str], ...] = ()  # (offset in text, mark) of footnote marks taken out
    cells: tuple[tuple[str, str], ...] = ()  # of a table row: (column head, text) of each cell with words


@dataclass(frozen=True, slots=True)
class CleanDocument:
    """All pages cleaned: ``lines`` in reading order (every class but furniture), furniture beside them."""

    lines: tuple[CleanLine, ...]
    furniture: tuple[CleanLine, ...]
    page_count: int
    missing_pages: tuple[int, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
