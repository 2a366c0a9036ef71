"""Puts the printed lines of a page into rows in reading order: pieces of one baseline joined, column after column.

PDF writers cut a line at wide gaps, draw number and date of a signed document last, and print letterhead and
signature in two columns; all of that is undone here by geometry alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.lines import PrintedLine, Span
from ingest.repair import repair_text

JOIN_GAP = 1.2  # of the letter size: pieces of a baseline nearer than this are one line
MARKER_GAP = 5.0  # of the letter size: the same after "1.", "a)", "-", which are followed by a tab
SHARED_HEIGHT = 0.4  # share of the lower piece's height that two pieces of one baseline share
CENTERED_WITHIN = 1.0  # of the letter size: middle of a line and middle of the page
SIGNATURE_GAP = 12.0  # of the letter size: room for the hand-written signature above the signer's name
LEFT_GAP = 1.5  # of the letter size: the next line of a column is nearer than this
COLUMN_SLACK = 6.0  # of the letter size that a right column's lines, centered among themselves, vary to the left
APART_GAP = 2.5  # of the letter size: pieces of one baseline nearer than this are one line
NO_MARKS: tuple[tuple[int, str], ...] = ()
BLANK_RUN = re.compile(r" {3,}")
PLACE_AND_DATE = re.compile(r"[^\W\d][\w\s.-]{1,40},\s*ngày\b")
MARKER = re.compile(r"(?:[-+*•▪●○–]|\(?(?:\d{1,3}|[a-zđ]{1,2}|[IVX]{1,5})[.)]|(?:\d{1,2}\.){1,4}\d{0,2})$")
FOOTNOTE_MARK = re.compile(r"\s*[\[(]?(\d{1,3}|\*{1,3})[\])]?\s*$")
UNIT_BEFORE = re.compile(
    r"(?:^|[\s\d/(.])(?:[kcdmhµμ]?m|ha|10|[A-Z][a-z]?)$"
)  # m², km³, 10⁶, CO₂: an exponent, not a footnote


class Row(NamedTuple):
    """A line of text on its baseline. ``left`` and ``right`` are the margins of the column it stands in."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    size: float
    bold: bool
    italic: bool
    marks: tuple[tuple[int, str], ...] = ()
    left: float = 0.0
    right: float = 0.0
    band: int = 0  # which two-column stretch of the page it belongs to; 0 is none


def row_of(line: PrintedLine) -> Row:
    """One printed line as a row: spans joined and repaired, footnote marks taken out."""
    spans = line.spans
    if len(spans) == 1:
        text, marks = repair_text(spans[0].text), NO_MARKS
    else:
        text, marks = _without_marks(spans)
    main = spans[0] if len(spans) == 1 else max(spans, key=lambda span: len(span.text.strip()))
    bold = main.bold and all(span.bold or span.text.isspace() for span in spans)
    x0, x1 = _ink_edges(line)
    return Row(line.page, x0, line.box.y0, x1, line.box.y1, text, main.size, bold, main.italic, marks)


def _ink_edges(line: PrintedLine) -> tuple[float, float]:
    """Left and right edge without the blanks that Word leaves at both ends (estimated by share of characters)."""
    first, last = line.spans[0], line.spans[-1]
    x0, x1 = line.box.x0, line.box.x1
    for span in line.spans:
        if not span.text.isspace():
            break
        x0 = span.box.x1
    for span in reversed(line.spans):
        if not span.text.isspace():
            last = span
            x1 = span.box.x1
            break
    blanks = len(last.text) - len(last.text.rstrip())
    x1 -= blanks * 0.25 * last.size if blanks else 0.0
    lead = len(first.text) - len(first.text.lstrip()) if not first.text.isspace() else 0
    x0 += lead * 0.25 * first.size if lead else 0.0
    return (x0, x1) if x0 < x1 else (line.box.x0, line.box.x1)


def _without_marks(spans: tuple[Span, ...]) -> tuple[str, tuple[tuple[int, str], ...]]:
    text, marks = "", []
    for span in spans:
        part = repair_text(span.text)
        if span.superscript and (mark := FOOTNOTE_MARK.match(part)) and not UNIT_BEFORE.search(text):
            marks.append((len(text), mark.group(1)))
            text += " " if part.endswith(" ") else ""
        else:
            text += part
    return text, tuple(marks)


def tidy(row: Row) -> Row:
    """The row with single spaces and none at the ends; marks move with their place."""
    text = " ".join(row.text.split())
    if text == row.text:
        return row
    marks = tuple((min(len(" ".join(row.text[:at].split())), len(text)), mark) for at, mark in row.marks)
    return row._replace(text=text, marks=marks)


def _join(left: Row, right: Row, glue: str) -> Row:
    at = len(left.text) + len(glue)
    longer = left if len(left.text.strip()) >= len(right.text.strip()) else right
    return left._replace(
        x1=max(left.x1, right.x1), y0=min(left.y0, right.y0), y1=max(left.y1, right.y1),
        text=left.text + glue + right.text,
        size=longer.size, bold=left.bold and right.bold, italic=longer.italic,
        marks=left.marks + tuple((at + offset, mark) for offset, mark in right.marks),
    )  # fmt: skip


def _strips(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that share a baseline, top to bottom, each strip left to right."""
    strips: list[list[Row]] = []
    top = bottom = 0.0
    for row in sorted(rows, key=lambda row: (row.y0 + row.y1, row.x0)):
        shared = min(bottom, row.y1) - max(top, row.y0)
        if (
            strips
            and shared > SHARED_HEIGHT * min(row.y1 - row.y0, bottom - top)
            and abs(row.y0 + row.y1 - top - bottom) < row.size
        ):
            strips[-1].append(row)
        else:
            strips.append([row])
            top, bottom = row.y0, row.y1
    for strip in strips:
        if len(strip) > 1:
            strip.sort(key=lambda row: row.x0)
    return strips


def _joined(strip: list[Row]) -> list[Row]:
    """The pieces of one strip with those of one line joined, and those printed over blanks put into them."""
    whole = strip[0]
    done: list[Row] = []
    for row in strip[1:]:
        gap = row.x0 - whole.x1
        if row.x1 <= whole.x1 + 2 and (filled := _fill_blank(whole, row)):
            whole = filled
        elif gap < JOIN_GAP * row.size or (gap < MARKER_GAP * row.size and MARKER.match(whole.text.strip())):
            glued = gap < 0.15 * row.size and not whole.text.endswith(" ") and not row.text.startswith(" ")
            whole = _join(whole, row, "" if glued and gap > -row.size else " ")
        else:
            done.append(whole)
            whole = row
    return [*done, whole]


def _fill_blank(line: Row, piece: Row) -> Row | None:
    """``line`` with ``piece`` in its nearest run of blanks: signing tools print the number over "Số:    /QĐ"."""
    runs = list(BLANK_RUN.finditer(line.text))
    if not runs:
        return None
    width = max(line.x1 - line.x0, 1.0)
    at = (piece.x0 + piece.x1) / 2 - line.x0
    run = min(runs, key=lambda run: abs((run.start() + run.end()) / 2 / len(line.text) * width - at))
    filled = f"{line.text[: run.start()]} {piece.text.strip()} {line.text[run.end() :]}"
    return line._replace(text=filled)


def order_rows(rows: list[Row]) -> list[Row]:
    """The rows of one page in reading order, tidy, with the margins of their column."""
    strips = [_joined(strip) if len(strip) > 1 else strip for strip in _strips(rows)]
    singles = [strip[0] for strip in strips if len(strip) == 1]
    left, right = _margins(singles or [row for strip in strips for row in strip])
    ordered: list[Row] = []
    for band, stretch in enumerate(_bands(strips, (left + right) / 2), 1):
        if max(map(len, stretch)) == 1:
            ordered += [row._replace(left=left, right=right) for strip in stretch for row in strip]
        elif len(stretch) == 1 and not _stand_apart(stretch[0]):
            ordered.append(_one_line(stretch[0])._replace(left=left, right=right))
        else:
            ordered += _columns(stretch, band)
    return [tidy(row) for row in ordered]


def _stand_apart(strip: list[Row]) -> bool:
    """Whether two pieces of one baseline are two things printed side by side: two signers' names, a number and the
    place and date, a recipient and an office."""
    left, right = strip[0], strip[-1]
    if len(strip) != 2 or right.x0 - left.x1 < APART_GAP * right.size:
        return False
    return (left.bold and right.bold) or right.text.isupper() or PLACE_AND_DATE.match(right.text.strip()) is not None


def _one_line(strip: list[Row]) -> Row:
    whole = strip[0]
    for row in strip[1:]:
        whole = _join(whole, row, " ")
    return whole


def _margins(rows: list[Row]) -> tuple[float, float]:
    """Where most lines begin and end: the commonest left edge and the right edge that few lines pass."""
    if not rows:
        return 0.0, 0.0
    lefts, rights = sorted(row.x0 for row in rows), sorted(row.x1 for row in rows)
    return lefts[len(lefts) // 8], rights[-1 - len(rights) // 8]


def _bands(strips: list[list[Row]], middle: float) -> Iterator[list[list[Row]]]:
    """Stretches of strips: each either all of one piece, or a run of strips that one gutter cuts."""
    position = 0
    while position < len(strips):
        end = position + 1
        if len(strips[position]) == 1:
            while end < len(strips) and len(strips[end]) == 1:
                end += 1
            yield strips[position:end]
        else:
            end = _band_end(strips, position, middle)
            yield strips[position:end]
        position = end


def _band_end(strips: list[list[Row]], start: int, middle: float) -> int:
    """The end of the two-column stretch that begins at ``start``: as long as a gutter stays free.

    A line alone on its baseline belongs to it only as the next line of the left column or anywhere below in the right
    one (a signer's name); a line centered on the page (``middle``) begins the text below a letterhead.
    """
    low, high = strips[start][0].x1, strips[start][1].x0
    end = start + 1
    while end < len(strips):
        strip, above = strips[end], strips[end - 1]
        gap = strip[0].y0 - max(row.y1 for row in above)
        alone = strip[0] if len(strip) == 1 else None
        if alone and abs(alone.x0 + alone.x1 - 2 * middle) < 2 * CENTERED_WITHIN * alone.size:
            return end
        if (
            gap
            > (SIGNATURE_GAP if alone and alone.x0 >= high - COLUMN_SLACK * alone.size else LEFT_GAP) * strip[0].size
        ):
            return end
        for row in strip:
            if row.x1 <= high - 1:
                low = max(low, row.x1)
            elif row.x0 >= low + 1:
                high = min(high, row.x0)
            else:
                return end
        if high - low < 2:
            return end
        end += 1
    return end


def _columns(stretch: list[list[Row]], band: int) -> list[Row]:
    """The left column, then the right one."""
    gutter = max((strip[1].x0 + strip[0].x1) / 2 for strip in stretch if len(strip) > 1)
    rows = [row for strip in stretch for row in strip]
    columns = [[row for row in rows if row.x0 < gutter], [row for row in rows if row.x0 >= gutter]]
    ordered: list[Row] = []
    for column in columns:
        if column:
            left, right = min(row.x0 for row in column), max(row.x1 for row in column)
            ordered += [row._replace(left=left, right=right, band=band) for row in column]
    return ordered
