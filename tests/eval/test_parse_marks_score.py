"""Scores against mark-ups: what is found, missed, made up; references by overlap; cells by row and column."""

from __future__ import annotations

from pathlib import Path

from eval.parse_marks import Item, Kind, MarkedProvision, MarkedReference, MarkedTable, Marks
from eval.parse_marks_score import (
    ReadReference,
    ReadTable,
    Tally,
    score_provisions,
    score_references,
    score_tables,
)
from rag.law.act import Act, ActMetadata, Anchor, Box, Level, Provision

LINES = ["Điều 1. Phạm vi", "1. Theo Điều 2 và Điều 2.", "đ) Khác.", "Điều 2. Hiệu lực theo Luật", "Đất đai."]
TEXT = "\n".join(LINES)


def marks(kind: Kind, *items: Item, pages: tuple[int, ...] = ()) -> Marks:
    return Marks(Path("a.txt"), kind, "a.pdf", frozenset(pages), "made up", False, items)


def act() -> Act:
    starts = [TEXT.index(line) for line in LINES]
    anchors = tuple(
        Anchor(start, start + len(line), 1 + (start >= starts[3]), Box(0, 0, 1, 1))
        for start, line in zip(starts, LINES, strict=True)
    )
    point = Provision(Level.POINT, "art_1__cl_1__point_đ", "đ", "", starts[2], starts[3], starts[3])
    clause = Provision(Level.CLAUSE, "art_1__cl_1", "1", "", starts[1], starts[3], starts[2], (point,))
    one = Provision(Level.ARTICLE, "art_1", "1", "Phạm vi", 0, starts[3], starts[1], (clause,))
    two = Provision(Level.ARTICLE, "art_2", "2", "Hiệu lực", starts[3], len(TEXT), len(TEXT))
    return Act(TEXT, anchors, ActMetadata(), (one, two))


def test_provisions_by_level() -> None:
    found = score_provisions(
        act(),
        marks(
            Kind.PROVISIONS,
            MarkedProvision("art_1", "Điều 1. Phạm vi", "Khác."),
            MarkedProvision("art_1__cl_1", "1. Theo", "anders."),
            MarkedProvision("art_1__cl_1__point_đ", "đ) Khác.", ""),
        ),
    )
    assert found["article"] == Tally(1, 1, 1, ("+art_2",))
    assert found["clause"] == Tally(0, 1, 1, ("≠art_1__cl_1",))
    assert found["point"] == found["point_đ"] == Tally(1, 1)


def test_only_marked_pages_count() -> None:
    found = score_provisions(act(), marks(Kind.PROVISIONS, MarkedProvision("art_2", "", ""), pages=(2,)))
    assert found == {"article": Tally(1, 1)}


def test_references_by_place_and_target() -> None:
    second = TEXT.index("Điều 2") + len("Điều 2 và ")
    law = TEXT.index("Luật")
    marked = marks(
        Kind.REFERENCES,
        MarkedReference(1, "Điều 2", 1, "this", ("art_2",)),
        MarkedReference(1, "Điều 2", 2, "this", ("art_2",)),
        MarkedReference(2, "Luật Đất đai", 1, "~ Luật Đất đai", ("",)),
        MarkedReference(2, "không có", 1, "this", ("",)),
    )
    found = [
        ReadReference(second, second + 6, "this", "art_2"),
        ReadReference(law, law + 12, "~ luật  đất đai", ""),
        ReadReference(0, 6, "this", "art_1"),
    ]
    tally = score_references(act(), found, marked)
    assert (tally.right, tally.wanted, tally.extra) == (2, 4, 1)
    assert tally.wrong == ("-1:Điều 2:this#art_2", "-2:không có:this#", "+1:Điều 1:this#art_1")
    assert round(tally.precision, 3) == 0.667 and tally.recall == 0.5


def test_cells_by_row_and_column() -> None:
    marked = marks(Kind.TABLES, MarkedTable(1, (("TT", "Tên"), ("1", "Đất"), ("2", "Nhà"))))
    read = [ReadTable(1, (("TT", "Tên"), ("thừa", ""), ("1", "Đất  "), ("Nhà", "2")))]
    tally = score_tables(read, marked)
    assert (tally.right, tally.wanted) == (4, 6)
    assert tally.wrong == ("-p1 #1 2", "-p1 #1 Nhà")
    assert score_tables([], marked).right == 0
