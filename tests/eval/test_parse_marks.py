"""The reader of hand mark-ups: good files become values, each fault is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.parse_marks import GOLD, Kind, MarkedProvision, MarkedReference, MarkedTable, MarksWrong, load_marks

HEAD = "document: a.pdf\npages: 2-3, 7\nchecked: page images\n---\n"


def write(folder: Path, kind: Kind, text: str) -> Path:
    (folder / kind).mkdir(parents=True, exist_ok=True)
    path = folder / kind / "a.txt"
    path.write_text(text, "utf-8")
    return path


def test_provisions(tmp_path: Path) -> None:
    write(tmp_path, Kind.PROVISIONS, HEAD + "# a remark\nart_5__cl_2__point_đ\tđ) Người\tkhác.\natt_I__art_1\n")
    (marks,) = load_marks(tmp_path)
    assert marks.provisions == (
        MarkedProvision("art_5__cl_2__point_đ", "đ) Người", "khác."),
        MarkedProvision("att_I__art_1", "", ""),
    )
    assert (marks.pages, marks.checked, marks.held_out) == ({2, 3, 7}, "page images", False)


def test_references(tmp_path: Path) -> None:
    lines = "7\tĐiều 5 và 6 #2\tthis\tart_5 art_6\n2\tLuật Đất đai\t~ Luật Đất đai\t-\n"
    write(tmp_path, Kind.REFERENCES, HEAD.replace("checked:", "held_out: yes\nchecked:") + lines)
    (marks,) = load_marks(tmp_path, "a.pdf")
    assert marks.held_out and marks.references == (
        MarkedReference(7, "Điều 5 và 6", 2, "this", ("art_5", "art_6")),
        MarkedReference(2, "Luật Đất đai", 1, "~ Luật Đất đai", ("",)),
    )
    assert load_marks(tmp_path, "b.pdf") == []


def test_tables(tmp_path: Path) -> None:
    write(tmp_path, Kind.TABLES, HEAD + "table: page 2\n| TT | Tên |\n| 1 |  |\ntable: page 3\n| a | b |\n")
    (marks,) = load_marks(tmp_path)
    assert marks.tables == (MarkedTable(2, (("TT", "Tên"), ("1", ""))), MarkedTable(3, (("a", "b"),)))


@pytest.mark.parametrize(
    ("kind", "text", "line", "said"),
    [
        (Kind.PROVISIONS, "pages: 1\n---\nart_1\n", 1, "'document:' is missing"),
        (Kind.PROVISIONS, "document: a.pdf\n---\nart_1\n", 1, "'checked:' is missing"),
        (Kind.PROVISIONS, "document: a.pdf\npages: two\nchecked: x\n---\n", 2, "wrong header"),
        (Kind.PROVISIONS, "document: a.pdf\ncolour: red\nchecked: x\n---\n", 2, "unknown"),
        (Kind.PROVISIONS, HEAD + "Điều 5\n", 5, "wanted: eid"),
        (Kind.PROVISIONS, HEAD + "art_5\nart_6\nart_5\n", 7, "marked twice"),
        (Kind.PROVISIONS, HEAD + "art_5\tĐie\u0302\u0300u\n", 5, "not NFC"),
        (Kind.PROVISIONS, HEAD + "art_5\t" + "a" * 500 + "\n", 5, "longer than 400"),
        (Kind.REFERENCES, HEAD + "2\tĐiều 5\tthis\n", 5, "wanted: page"),
        (Kind.REFERENCES, HEAD + "2\tĐiều 5\tthis\tĐiều 5\n", 5, "no eid: Điều"),
        (Kind.REFERENCES, HEAD + "4\tĐiều 5\tthis\tart_5\n", 5, "page 4 is not among"),
        (Kind.TABLES, HEAD + "| a | b |\n", 5, "wanted: 'table: page N'"),
        (Kind.TABLES, HEAD + "table: page 2\ntable: page 3\n| a |\n", 5, "a table without rows"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, kind: Kind, text: str, line: int, said: str) -> None:
    path = write(tmp_path, kind, text)
    with pytest.raises(MarksWrong) as caught:
        load_marks(tmp_path)
    assert any(p.path == path and p.line == line and said in p.text for p in caught.value.problems), (
        caught.value.problems
    )
    assert f"{path}:" in caught.value.text()


def test_the_mark_ups_kept_here_are_sound() -> None:
    load_marks(GOLD)
