"""A table of questions (CSV or XLSX) becomes a suite, refused with file and line when a row is wrong.

Columns by heading, in Vietnamese or English: question, expected provisions (``45/2025/QĐ-UBND#art_5``, several parted
by ";"), facts (parted by ";"), whether a refusal is expected, date, note, id.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.suites import Problem, SuiteWrong, load_questions, load_suite
from rag.law.text import fold_case_and_tone

_HEADINGS = {
    "id": ("id", "mã"),
    "question": ("question", "câu hỏi"),
    "expected": ("expected", "điều khoản", "căn cứ"),
    "facts": ("facts", "ý cần có"),
    "expects_refusal": ("expects_refusal", "phải từ chối"),
    "as_of": ("as_of", "ngày"),
    "note": ("note", "ghi chú"),
}
_YES = frozenset({"1", "x", "có", "yes", "true"})
_TOML = """name = {name}
measures = "Questions imported from {source}"
licence = "of whoever wrote the questions"
corpus = "documents"
{documents}unit = "clause"
layout = "jsonl"
questions = "questions.jsonl"
splits = ["all"]
answers = true
"""


def import_questions(table: Path, out: Path, documents: str = "") -> int:
    """Write the suite into ``out`` (which must not hold one) and return its number of questions. Raises SuiteWrong."""
    if (out / "suite.toml").exists():
        raise SuiteWrong([Problem(out / "suite.toml", 0, "there is a suite here already")])
    rows = list(_rows(table))
    with tempfile.TemporaryDirectory() as held:
        draft = Path(held) / "suite"
        _write_suite(draft, table, rows, documents)
        try:
            count = len(load_questions(load_suite(draft)))
        except SuiteWrong as error:  # lines of the draft are rows of the table
            lines = [0, *(number for number, _ in rows)]
            raise SuiteWrong([Problem(table, lines[p.line], p.text) for p in error.problems]) from None
        shutil.copytree(draft, out, dirs_exist_ok=True)
    return count


def _write_suite(folder: Path, table: Path, rows: list[tuple[int, dict[str, str]]], documents: str) -> None:
    folder.mkdir()
    place = f"documents = {json.dumps(str(Path(documents).resolve()))}\n" if documents else ""
    toml = _TOML.format(name=json.dumps(table.stem), source=json.dumps(table.name)[1:-1], documents=place)
    (folder / "suite.toml").write_text(toml, "utf-8")
    lines = [json.dumps(_record(number, row), ensure_ascii=False) + "\n" for number, row in rows]
    (folder / "questions.jsonl").write_text("".join(lines), "utf-8")


def _record(number: int, row: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.get("id") or f"row-{number}",
        "question": row.get("question", ""),
        "expected": [{"provision": name} for name in _parts(row.get("expected", ""))],
        "facts": _parts(row.get("facts", "")),
        "expects_refusal": fold_case_and_tone(row.get("expects_refusal", "")) in _YES,
        "as_of": row.get("as_of") or None,
        "note": row.get("note", ""),
    }


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line in the table from 1, cells by known column)."""
    lines = _xlsx_lines(table) if table.suffix.lower() == ".xlsx" else _csv_lines(table)
    columns: list[str | None] | None = None
    for number, cells in enumerate(lines, 1):
        if not any(cells):
            continue
        if columns is None:
            columns = [_column(cell) for cell in cells]
            if "question" not in columns:
                raise SuiteWrong([Problem(table, number, "no column 'question' (câu hỏi)")])
        else:
            yield number, {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}


def _column(heading: str) -> str | None:
    folded = fold_case_and_tone(heading).strip()
    return next((name for name, known in _HEADINGS.items() if folded in known), None)


def _csv_lines(table: Path) -> Iterator[list[str]]:
    try:
        text = table.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = table.read_bytes()[: error.start].count(b"\n") + 1
        raise SuiteWrong([Problem(table, line, "not UTF-8: save the table as CSV UTF-8")]) from error
    first = text.partition("\n")[0]
    yield from csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")


def _xlsx_lines(table: Path) -> Iterator[list[str]]:
    import openpyxl

    book = openpyxl.load_workbook(table, read_only=True, data_only=True)
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if cell is None else str(cell) for cell in row]
    finally:
        book.close()
