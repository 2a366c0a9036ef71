"""Column heads of tables: which rows are the head, where it is printed again, and what each cell stands under.

A table that goes on over the page keeps its head, whether it is printed again there or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.tables import SNAP_PT, Cell, TableRow

LONGEST_HEAD = 160  # characters of one head cell; longer cells are text
MOST_HEAD_ROWS = 4  # rows of one head without its line of column numbers; the deepest met has 3
EDGE_PT = 2 * SNAP_PT  # columns of two pages nearer than this are the same
_COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-ZĐ]|[IVX]{1,4})\)?(?:\s?=\s?[\d()+\-x/ ]+)?")
_STARTS_DATA = re.compile(r"(?:\d{1,4}|[IVX]{1,4}|[A-Z]|[a-zđ])[.)]?")

Heads = tuple[tuple[int, int, str], ...]
"""(first column, column behind the last, text) of each head."""


class Placed(NamedTuple):
    """A row with what its cells stand under. ``repeated``: a head printed again on a later page."""

    row: TableRow
    head: bool
    repeated: bool
    named: tuple[tuple[str, str], ...]  # (head, text) of each cell with words, those from rows above included


class TableHeads:
    """Reads the tables of a document page by page and remembers the head of the last one."""

    def __init__(self) -> None:
        self._edges: tuple[float, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._heads: Heads = ()

    def place(self, rows: Iterable[TableRow]) -> list[Placed]:
        """The rows of one page that hold words."""
        tables: dict[int, list[TableRow]] = {}
        for row in rows:
            if row.text:
                tables.setdefault(row.table, []).append(row)
        return [placed for table in tables.values() for placed in self._table(table)]

    def _table(self, rows: list[TableRow]) -> list[Placed]:
        length = head_length(rows)
        texts = tuple(row.text for row in rows[:length])
        same_columns = _same_edges(self._edges, rows[0].edges)
        repeated = bool(texts) and texts == self._texts
        if length:
            self._texts, self._heads = texts, heads_of(rows[:length])
        elif not same_columns:
            self._texts, self._heads = (), ()
        self._edges = rows[0].edges
        head = [Placed(row, True, repeated, _named(row, ())) for row in rows[:length]]
        return head + [Placed(row, False, False, _named(row, self._heads)) for row in rows[length:]]


def _same_edges(before: Sequence[float], now: Sequence[float]) -> bool:
    return len(before) == len(now) and all(abs(b - n) <= EDGE_PT for b, n in zip(before, now, strict=True))


def head_length(rows: Sequence[TableRow]) -> int:
    """How many of the first rows are the head: all that the cells of the first one reach down to, and the line of
    column numbers below. 0 when the first row is text of the table."""
    if not rows or not _may_be_head(rows[0]):
        return 0
    deepest = max(cell.last_row for cell in rows[0].cells)
    length = min(sum(row.number <= deepest for row in rows), MOST_HEAD_ROWS)
    if length < len(rows) and _numbers_columns(rows[length]):
        length += 1
    return length if length < len(rows) or length == 1 else 0


def _may_be_head(row: TableRow) -> bool:
    held = [cell for cell in row.cells if cell.text]
    if len(held) < 2 or any(len(cell.text) > LONGEST_HEAD for cell in held):
        return False
    return not _STARTS_DATA.fullmatch(held[0].text) and not any(cell.text[0].isdigit() for cell in held)


def _numbers_columns(row: TableRow) -> bool:
    held = [cell.text for cell in row.cells if cell.text]
    return len(held) >= 2 and all(_COLUMN_NUMBER.fullmatch(text) for text in held)


def heads_of(rows: Sequence[TableRow]) -> Heads:
    """The head over each column: the cells above it from top to bottom, a line of column numbers left out."""
    named = [row for row in rows if not _numbers_columns(row)]
    columns = len(rows[0].edges) - 1
    over = [_over(named, column) for column in range(columns)]
    return tuple((column, column + 1, text) for column, text in enumerate(over))


def _over(rows: Iterable[TableRow], column: int) -> str:
    texts = [cell.text for row in rows for cell in row.cells if cell.begins and cell.left <= column < cell.right]
    return " – ".join(dict.fromkeys(text for text in texts if text))


def _named(row: TableRow, heads: Heads) -> tuple[tuple[str, str], ...]:
    return tuple((_head_over(cell, heads), cell.text) for cell in row.cells if cell.text)


def _head_over(cell: Cell, heads: Heads) -> str:
    """The heads of the cell's columns; none over a cell that runs over the whole row (a heading inside the table)."""
    inside = [text for left, right, text in heads if left >= cell.left and right <= cell.right and text]
    return "" if len(heads) > 1 and cell.right - cell.left == len(heads) else " / ".join(dict.fromkeys(inside))


def row_sentence(named: Sequence[tuple[str, str]]) -> str:
    """A row as it is read out: "Tên chất: Heroin; Công thức: …"."""
    return "; ".join(f"{head}: {text}" if head else text for head, text in named)
