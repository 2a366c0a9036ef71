"""Reads ruled tables from ruling lines and word positions: cells, with those printed over several rows or columns.

PyMuPDF's own finder takes 0.8 to 1.4 s a page on Vietnamese gazettes and scrambles accents; here words keep the text
layer's letters and only their centres are looked up in the grid. All rules of a table give the finest grid; two neighbouring
places of it with no rule between them are one cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.repair import repair_text

Rule = tuple[float, float, float, float]
Word = tuple[float, float, float, float, str]

SNAP_PT = 3.0  # rules nearer than this are one
MIN_COLUMNS = 2  # a frame of one column is a box around text, not a table
MIN_ROWS = 2
DRAWN_SHARE = 0.5  # of a place's side that a rule must cover to part it from its neighbour
MOST_PLACES = 20_000  # of one grid; the finest real one met has 1,100
CELL_SEPARATOR = " | "
BASELINE_SHARE = 0.5  # of a word's height: words nearer than this stand on one baseline
_BROKEN = re.compile(
    r"[\w)\]][-‐]$|\d/$"
)  # a line that ends inside "TT-BLĐTBXH", "64/2008/QĐ-BCA" or a chemical name


class Cell(NamedTuple):
    """``text`` of the places from column ``left`` up to, not including, ``right``. ``begins``: its first row is this one; ``last_row`` the
    number of its last."""

    left: int
    right: int
    text: str
    begins: bool
    last_row: int


class TableRow(NamedTuple):
    """Row ``number`` of table number ``table`` of a page. ``edges``: the x of the table's columns, left to right."""

    x0: float
    y0: float
    x1: float
    y1: float
    table: int
    number: int
    cells: tuple[Cell, ...]
    edges: tuple[float, ...]

    @property
    def text(self) -> str:
        """The cells that begin here and hold words, in order."""
        return CELL_SEPARATOR.join(cell.text for cell in self.cells if cell.begins and cell.text)


class Grid(NamedTuple):
    """The finest grid of one table: x and y of its edges, and the cell number of each place, row by row."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]


def _snapped(values: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > SNAP_PT:
            kept.append(value)
    return kept


def _split(rules: Iterable[Rule]) -> tuple[list[Rule], list[Rule]]:
    across: list[Rule] = []
    down: list[Rule] = []
    for rule in rules:
        (across if rule[2] - rule[0] >= rule[3] - rule[1] else down).append(rule)
    return across, down


def find_grids(rules: Iterable[Rule]) -> list[Grid]:
    """The ruled tables of a page, top to bottom. Tables are apart where no vertical rule crosses."""
    across, down = _split(rules)
    grids = (_grid(stretch, across) for stretch in _stretches(_touched(down, across)))
    return [grid for grid in grids if grid]


def _touched(down: list[Rule], across: list[Rule]) -> list[Rule]:
    """The vertical rules that horizontal ones meet at two heights at least, those of one x taken together: others frame
    a page or divide its columns."""
    across = sorted(across, key=lambda rule: rule[1])
    heights = [rule[1] for rule in across]
    xs = _snapped(rule[0] for rule in down)
    met: list[set[int]] = [set() for _ in xs]
    for rule in down:
        first, last = bisect_left(heights, rule[1] - SNAP_PT), bisect_right(heights, rule[3] + SNAP_PT)
        meeting = (r[1] for r in across[first:last] if r[0] - SNAP_PT <= rule[0] <= r[2] + SNAP_PT)
        met[bisect_right(xs, rule[0]) - 1] |= {round(height / (2 * SNAP_PT)) for height in meeting}
    return [rule for rule in down if len(met[bisect_right(xs, rule[0]) - 1]) >= MIN_ROWS]


def _stretches(down: list[Rule]) -> list[list[Rule]]:
    """Vertical rules grouped by overlapping heights."""
    groups: list[list[Rule]] = []
    bottom = float("-inf")
    for rule in sorted(down, key=lambda rule: rule[1]):
        if rule[1] <= bottom + SNAP_PT:
            groups[-1].append(rule)
        else:
            groups.append([rule])
        bottom = max(bottom, rule[3])
    return groups


def _grid(down: list[Rule], across: Iterable[Rule]) -> Grid | None:
    top, bottom = min(rule[1] for rule in down), max(rule[3] for rule in down)
    left, right = min(rule[0] for rule in down) - SNAP_PT, max(rule[2] for rule in down) + SNAP_PT
    edges = [r for r in across if top - SNAP_PT <= r[1] <= bottom + SNAP_PT and r[2] > left and r[0] < right]
    xs = _snapped(rule[0] for rule in down)
    ys = _snapped([top, bottom, *(r[1] for r in edges)])
    if len(ys) <= MIN_ROWS or len(xs) <= MIN_COLUMNS or len(xs) * len(ys) > MOST_PLACES:
        return None
    return Grid(tuple(xs), tuple(ys), _cells(xs, ys, edges, down))


def _drawn(lines: Sequence[float], spans: Iterable[tuple[float, float, float]]) -> list[list[tuple[float, float]]]:
    """For each of ``lines`` the stretches that rules (place, begin, end) draw of it."""
    found: list[list[tuple[float, float]]] = [[] for _ in lines]
    for place, begin, end in spans:
        at = min(max(bisect_right(lines, place + 0.01) - 1, 0), len(lines) - 1)
        nearest = min((at, at + 1), key=lambda i: abs(lines[i] - place) if i < len(lines) else float("inf"))
        if abs(lines[nearest] - place) <= SNAP_PT:
            found[nearest].append((begin, end))
    return found


def _covered(stretches: Iterable[tuple[float, float]], begin: float, end: float) -> bool:
    """Whether rules draw at least ``DRAWN_SHARE`` of the side from ``begin`` to ``end``."""
    length = sum(max(0.0, min(stop, end) - max(start, begin)) for start, stop in stretches)
    return length >= DRAWN_SHARE * (end - begin)


def _cells(
    xs: Sequence[float], ys: Sequence[float], across: Iterable[Rule], down: Iterable[Rule]
) -> tuple[tuple[int, ...], ...]:
    """Numbers the places so that those with no rule between them share a number."""
    columns, rows = list(pairwise(xs)), list(pairwise(ys))
    vertical = _drawn(xs, ((r[0], r[1], r[3]) for r in down))
    horizontal = _drawn(ys, ((r[1], r[0], r[2]) for r in across))
    same = list(range(len(columns) * len(rows)))

    def root(place: int) -> int:
        while same[place] != place:
            same[place] = same[same[place]]
            place = same[place]
        return place

    for r, (high, low) in enumerate(rows):
        for c, (left, right) in enumerate(columns):
            place = r * len(columns) + c
            if c and not _covered(vertical[c], high, low):
                same[root(place)] = root(place - 1)
            if r and not _covered(horizontal[r], left, right):
                same[root(place)] = root(place - len(columns))
    return tuple(tuple(root(r * len(columns) + c) for c in range(len(columns))) for r in range(len(rows)))


def read_tables(rules: Iterable[Rule], words: Iterable[Word]) -> list[TableRow]:
    """The rows of all tables of a page, top to bottom, those without words as well: they say what the tables cover."""
    grids = find_grids(rules)
    if not grids:
        return []
    held: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        if place := _place(word, grids):
            held.setdefault(place, []).append(word)
    texts = {place: _cell_text(found) for place, found in held.items()}
    return [row for number, grid in enumerate(grids) for row in _rows(number, grid, texts)]


def _place(word: Word, grids: list[Grid]) -> tuple[int, int] | None:
    """Table and cell that hold the word's centre."""
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    for table, grid in enumerate(grids):
        if grid.ys[0] <= y <= grid.ys[-1] and grid.xs[0] - SNAP_PT <= x <= grid.xs[-1] + SNAP_PT:
            row = min(bisect_right(grid.ys, y) - 1, len(grid.ys) - 2)
            column = max(0, min(bisect_right(grid.xs, x) - 1, len(grid.xs) - 2))
            return table, grid.cells[row][column]
    return None


def _rows(table: int, grid: Grid, texts: dict[tuple[int, int], str]) -> Iterator[TableRow]:
    last_rows = {cell: r for r, row in enumerate(grid.cells) for cell in row}
    open_cells = _not_rectangular(grid)
    seen: set[int] = set()
    for r, row in enumerate(grid.cells):
        cells = tuple(c for c in _drawn_cells(row, seen, last_rows, table, texts) if row[c.left] not in open_cells)
        seen |= set(row)
        if cells:
            left, right = grid.xs[cells[0].left], grid.xs[cells[-1].right]
            yield TableRow(left, grid.ys[r], right, grid.ys[r + 1], table, r, cells, grid.xs)


def _not_rectangular(grid: Grid) -> frozenset[int]:
    """Places around a table that no rule encloses come together in a shape that no cell has."""
    places: dict[int, list[tuple[int, int]]] = {}
    for r, row in enumerate(grid.cells):
        for c, cell in enumerate(row):
            places.setdefault(cell, []).append((r, c))
    return frozenset(cell for cell, held in places.items() if len(held) != _box_size(held))


def _box_size(places: Sequence[tuple[int, int]]) -> int:
    rows, columns = [r for r, _ in places], [c for _, c in places]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)


def _drawn_cells(
    row: Sequence[int], seen: set[int], last_rows: dict[int, int], table: int, texts: dict[tuple[int, int], str]
) -> Iterator[Cell]:
    left = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at] != row[left]:
            cell = row[left]
            yield Cell(left, at, texts.get((table, cell), ""), cell not in seen, last_rows[cell])
            left = at


def _cell_text(words: list[Word]) -> str:
    """The words of a cell in reading order: by baseline, then left to right; nothing is put in after a hyphen that
    breaks a word at the end of a line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word[1] + word[3]):
        last = lines[-1][-1] if lines else None
        if last and abs(word[1] + word[3] - last[1] - last[3]) / 2 < BASELINE_SHARE * (word[3] - word[1]):
            lines[-1].append(word)
        else:
            lines.append([word])
    text = ""
    for line in lines:
        printed = " ".join(repair_text(word[4]) for word in sorted(line))
        text += printed if not text or _BROKEN.search(text) else f" {printed}"
    return text
