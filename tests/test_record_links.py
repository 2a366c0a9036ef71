"""Dẫn chiếu and được dẫn chiếu bởi, asked of the record: one document that fits, or none; nothing of what is not seen."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from rag.law.links import Link
from rag.record.links import StoredLink, links_from, links_to
from rag.record.model import Document
from rag.record.record import Record


def document(at: int, number: str, kind: str = "Nghị định", title: str = "Tên") -> Document:
    return Document(
        id=f"{at:036}", sha256="0" * 64, file_name=f"{at}.pdf", media_type="application/pdf", status="indexed",
        number=number, number_key=number.lower(), type=kind, issuer=None, date="2024-01-01", title=title, pages=1, passages=0,
        missing_pages=(), added_at="2026-01-01", replaces=None,
    )  # fmt: skip


def link(source: str, number: str = "", eid: str = "", name: str = "", own: bool = False) -> Link:
    return Link(source, 0, 5, own, number, name, eid)


CITING = [
    link("art_1__cl_1", "31/2024/QH15", "art_8__cl_2"),
    link("art_2", name="Luật Đất đai"),
    link("art_2", "9/2030/NĐ-CP"),
    link("art_20", own=True, eid="art_1"),
]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    opened = Record.open(tmp_path)
    opened.commit_document(document(1, "1/2024/NĐ-CP"), "", None, [], visible=True, links=CITING)
    opened.commit_document(document(2, "31/2024/QH15", "Luật", "ĐẤT ĐAI"), "", None, [], visible=True)
    return opened


def shown(found: list[StoredLink]) -> list[tuple[str | None, str, str | None]]:
    return [(s.source.number, s.link.eid, s.target.number if s.target else None) for s in found]


def test_from_and_to(record: Record) -> None:
    decree, law = f"{1:036}", f"{2:036}"
    assert shown(links_from(record, decree)) == [
        ("1/2024/NĐ-CP", "art_8__cl_2", "31/2024/QH15"),
        ("1/2024/NĐ-CP", "", "31/2024/QH15"),
        ("1/2024/NĐ-CP", "", None),  # not here
        ("1/2024/NĐ-CP", "art_1", "1/2024/NĐ-CP"),
    ]
    assert [s.link.source for s in links_from(record, decree, "art_2")] == ["art_2", "art_2"]  # not art_20
    assert shown(links_to(record, law)) == [("1/2024/NĐ-CP", "art_8__cl_2", "31/2024/QH15")]
    assert len(links_to(record, law, "art_8")) == 1 and links_to(record, law, "art_80") == []
    assert [s.link.own for s in links_to(record, decree)] == [True]


def test_two_that_fit_are_none(record: Record) -> None:
    record.commit_document(document(3, "31/2024/QH15", "Luật", "Đất đai"), "", None, [], visible=True)
    assert [s.target for s in links_from(record, f"{1:036}")][:2] == [None, None]


def test_hidden_documents_cite_nobody_and_deleted_ones_leave_nothing(record: Record) -> None:
    record.hide_document(f"{1:036}")
    assert links_to(record, f"{2:036}") == []
    record.purge_document(f"{1:036}")
    with record.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM links")).scalar() == 0
