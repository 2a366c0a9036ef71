"""A table of questions becomes a suite, or is refused with the table's own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.suites import SuiteWrong, load_questions, load_suite
from eval.tables import import_questions

HEADINGS = ["Câu hỏi", "Điều khoản", "Ý cần có", "Phải từ chối"]
ROWS = [
    ["Mấy giờ mở cửa?", "45/2025/QĐ-UBND#art_5; 45/2025/QĐ-UBND#art_6", "07 giờ; 11 giờ", ""],
    ["Ai thắng trận?", "", "", "có"],
]


def write_csv(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    import csv

    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[list[str]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    return path


@pytest.mark.parametrize("kind", ["comma", "semicolon", "xlsx"])
def test_table_becomes_a_suite(tmp_path: Path, kind: str) -> None:
    rows = [HEADINGS, *ROWS]
    path = tmp_path / f"hỏi.{'xlsx' if kind == 'xlsx' else 'csv'}"
    table = write_xlsx(path, rows) if kind == "xlsx" else write_csv(path, rows, ";" if kind == "semicolon" else ",")
    assert import_questions(table, tmp_path / "suite") == 2
    first, second = load_questions(load_suite(tmp_path / "suite"))
    assert first.expected == {"45/2025/QĐ-UBND#art_5": 2, "45/2025/QĐ-UBND#art_6": 2}
    assert first.facts == ("07 giờ", "11 giờ") and second.expects_refusal


def test_wrong_row_is_named_by_its_line_in_the_table(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", [HEADINGS, ROWS[0], ["", "", "", ""], ["Không có căn cứ?", "", "", ""]])
    with pytest.raises(SuiteWrong, match=r"t\.csv:4: either expect"):
        import_questions(table, tmp_path / "suite")
    assert not (tmp_path / "suite").exists()


def test_other_encodings_and_missing_columns_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes("question\nok\nđất".encode("utf-16"))
    with pytest.raises(SuiteWrong, match=r"t\.csv:1: not UTF-8"):
        import_questions(table, tmp_path / "suite")
    with pytest.raises(SuiteWrong, match="no column 'question'"):
        import_questions(write_csv(table, [["x"], ["y"]]), tmp_path / "suite")
