"""Tables from ruling lines and words: cells, rows, spans, frames."""

from __future__ import annotations

from ingest.tables import read_tables

Rule = tuple[float, float, float, float]
Word = tuple[float, float, float, float, str]


def grid(xs: list[float], ys: list[float]) -> list[Rule]:
    across = [(xs[0], y, xs[-1], y) for y in ys]
    return across + [(x, ys[0], x, ys[-1]) for x in xs]


def word(x: float, y: float, text: str) -> Word:
    return (x, y, x + 6.0 * len(text), y + 12.0, text)


def test_each_row_reads_as_its_cells() -> None:
    words = [word(12, 4, "STT"), word(60, 4, "Tên"), word(84, 4, "chất"), word(12, 24, "1"), word(60, 24, "Heroin")]
    rows = read_tables(grid([10, 50, 200], [0, 20, 40]), words)
    assert [row.text for row in rows] == ["STT | Tên chất", "1 | Heroin"]
    assert [row.top for row in rows] == [True, False]
    assert (rows[1].x0, rows[1].y0, rows[1].x1, rows[1].y1) == (10, 20, 200, 40)


def test_a_wrapped_cell_is_read_line_by_line() -> None:
    words = [word(60, 18, "đặc"), word(60, 4, "Nghề"), word(96, 4, "nghiệp"), word(84, 18, "biệt"), word(12, 10, "7")]
    assert read_tables(grid([10, 50, 200], [0, 40, 60]), words)[0].text == "7 | Nghề nghiệp đặc biệt"


def test_a_merged_head_cell_spans_columns() -> None:
    rules = [(0.0, 0.0, 300.0, 0.0), (0.0, 20.0, 300.0, 20.0), (0.0, 40.0, 300.0, 40.0)]
    rules += [
        (0.0, 0.0, 0.0, 40.0),
        (300.0, 0.0, 300.0, 40.0),
        (100.0, 20.0, 100.0, 40.0),
        (200.0, 20.0, 200.0, 40.0),
    ]
    words = [word(120, 4, "Mức"), word(144, 4, "phạt"), word(10, 24, "a"), word(110, 24, "b"), word(210, 24, "c")]
    assert [row.text for row in read_tables(rules, words)] == ["Mức phạt", "a | b | c"]


def test_a_frame_around_text_is_no_table() -> None:
    assert read_tables(grid([10, 500], [0, 400]), [word(20, 20, "Điều"), word(50, 20, "1.")]) == []


def test_text_outside_the_rules_stays_outside() -> None:
    rows = read_tables(grid([10, 50, 200], [0, 20, 40]), [word(12, 4, "A"), word(60, 24, "B"), word(12, 90, "ngoài")])
    assert [row.text for row in rows] == ["A", "B"]
