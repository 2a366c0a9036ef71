"""Tables from ruling lines and words: cells, spans, frames, heads over pages, rows read out."""

from __future__ import annotations

from ingest.table_heads import TableHeads, head_length, row_sentence
from ingest.tables import TableRow, read_tables

Rule = tuple[float, float, float, float]
Word = tuple[float, float, float, float, str]


def grid(xs: list[float], ys: list[float]) -> list[Rule]:
    across = [(xs[0], y, xs[-1], y) for y in ys]
    return across + [(x, ys[0], x, ys[-1]) for x in xs]


def word(x: float, y: float, text: str) -> Word:
    return (x, y, x + 6.0 * len(text), y + 12.0, text)


def words(y: float, *placed: tuple[float, str]) -> list[Word]:
    return [word(x + 36.0 * at, y, one) for x, text in placed for at, one in enumerate(text.split())]


def texts(rows: list[TableRow]) -> list[list[str]]:
    return [[cell.text if cell.begins else "" for cell in row.cells] for row in rows if row.text]


def test_each_row_reads_as_its_cells() -> None:
    rows = read_tables(
        grid([10, 50, 200], [0, 20, 40]), words(4, (12, "STT"), (60, "Tên chất")) + words(24, (12, "1"))
    )
    assert [row.text for row in rows] == ["STT | Tên chất", "1"]
    assert texts(rows)[1] == ["1", ""]  # an empty cell keeps its column
    assert rows[1][:4] == (10, 20, 200, 40)


def test_a_wrapped_cell_is_read_line_by_line() -> None:
    placed = words(18, (60, "đặc"), (84, "biệt")) + words(4, (60, "Nghề nghiệp")) + words(10, (12, "7"))
    assert read_tables(grid([10, 50, 200], [0, 40, 60]), placed)[0].text == "7 | Nghề nghiệp đặc biệt"


def test_a_word_broken_after_its_hyphen_is_one() -> None:
    placed = (
        words(4, (60, "08/2012/TTLT-"))
        + words(18, (60, "BTC số 64/2008/"))
        + words(30, (60, "QĐ-BCA -"))
        + words(44, (60, "a"))
    )
    assert read_tables(grid([10, 50, 200], [0, 60, 80]), placed)[0].text == "08/2012/TTLT-BTC số 64/2008/QĐ-BCA - a"


def test_cells_over_columns_and_rows() -> None:
    rules = [(0.0, 0.0, 300.0, 0.0), (100.0, 20.0, 300.0, 20.0), (0.0, 40.0, 300.0, 40.0), (0.0, 60.0, 300.0, 60.0)]
    rules += [(0.0, 0.0, 0.0, 60.0), (300.0, 0.0, 300.0, 60.0), (100.0, 0.0, 100.0, 60.0), (200.0, 20.0, 200.0, 60.0)]
    placed = words(14, (10, "Tên")) + words(4, (180, "Mức")) + words(24, (110, "a"), (210, "b"))
    placed += words(44, (10, "Xe"), (110, "1"), (210, "2"))
    rows = read_tables(rules, placed)
    assert texts(rows) == [["Tên", "Mức"], ["", "a", "b"], ["Xe", "1", "2"]]
    assert rows[1].cells[0].text == "Tên"  # the cell goes on in the second row
    assert head_length(rows) == 2
    (placed_row,) = [p for p in TableHeads().place(rows) if not p.head]
    assert row_sentence(placed_row.named) == "Tên: Xe; Mức – a: 1; Mức – b: 2"


def test_a_frame_around_text_is_no_table() -> None:
    assert read_tables(grid([10, 500], [0, 400]), [word(20, 20, "Điều"), word(50, 20, "1.")]) == []


def test_text_outside_the_rules_stays_outside() -> None:
    rows = read_tables(grid([10, 50, 200], [0, 20, 40]), [word(12, 4, "A"), word(60, 24, "B"), word(12, 90, "ngoài")])
    assert [row.text for row in rows] == ["A", "B"]


def test_the_frame_of_a_page_adds_no_column() -> None:
    frame = [(230.0, -50.0, 230.0, 200.0), (233.0, -50.0, 233.0, 200.0)]
    placed = words(4, (12, "A"), (60, "B")) + [word(60, -30, "Tên"), word(60, 150, "sau")]
    rows = read_tables(grid([10, 50, 200], [0, 20, 40]) + frame, placed)
    assert texts(rows) == [["A", "B"]]


HEAD = words(4, (12, "STT"), (60, "Tên chất"))


def page(first: int, *names: str, head: bool = True, xs: tuple[float, ...] = (10, 50, 200)) -> list[TableRow]:
    placed = list(HEAD) if head else []
    for at, name in enumerate(names):
        placed += words(4 + 20 * (at + head), (12, str(first + at)), (60, name))
    return read_tables(grid(list(xs), [20.0 * n for n in range(len(names) + head + 1)]), placed)


def test_a_head_printed_again_is_dropped_and_goes_on_ruling() -> None:
    heads = TableHeads()
    one, two = heads.place(page(1, "Heroin")), heads.place(page(2, "Codein", "Morphin"))
    assert [p.repeated for p in one + two] == [False, False, True, False, False]
    assert row_sentence(two[1].named) == "STT: 2; Tên chất: Codein"


def test_a_table_that_goes_on_without_its_head_keeps_it() -> None:
    heads = TableHeads()
    heads.place(page(1, "Heroin"))
    (row,) = heads.place(page(2, "Codein", "Morphin", head=False))[:1]
    assert row_sentence(row.named) == "STT: 2; Tên chất: Codein"
    (other,) = heads.place(page(3, "Khác", "Nữa", head=False, xs=(10, 120, 200)))[:1]
    assert "STT" not in row_sentence(other.named)  # other columns: another table


def test_a_heading_inside_the_table_stands_alone() -> None:
    rules = [(10.0, y, 200.0, y) for y in (0.0, 20.0, 40.0, 60.0)] + [(x, 0.0, x, 60.0) for x in (10.0, 200.0)]
    rules += [(50.0, 0.0, 50.0, 20.0), (50.0, 40.0, 50.0, 60.0)]
    placed = HEAD + words(24, (90, "NHÓM I")) + words(44, (12, "1"), (60, "Heroin"))
    found = TableHeads().place(read_tables(rules, placed))
    assert [row_sentence(p.named) for p in found if not p.head] == ["NHÓM I", "STT: 1; Tên chất: Heroin"]


def test_the_line_of_column_numbers_is_part_of_the_head() -> None:
    placed = HEAD + words(24, (12, "(1)"), (60, "(2)")) + words(44, (12, "1"), (60, "Heroin"))
    found = TableHeads().place(read_tables(grid([10, 50, 200], [0, 20, 40, 60]), placed))
    assert [p.head for p in found] == [True, True, False]
    assert row_sentence(found[2].named) == "STT: 1; Tên chất: Heroin"
