"""References between documents as the record keeps them: dẫn chiếu (from a document) and được dẫn chiếu bởi (to it).

A link is written with its document and points to a number or a name, not to another document: which document bears that
number is asked when the link is read, so that an act taken in later is found by the acts that cited it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag.law.identifier import number_key
from rag.law.links import Link
from rag.record.model import Document
from rag.record.names import name_key
from rag.record.record import DOCUMENT_COLUMNS, Record
from rag.record.schema import documents, links

MOST_LINKS = 500  # given out at once; the Penal Code has 2,100 from and some 300 to it in a full library


@dataclass(frozen=True, slots=True)
class StoredLink:
    """``link`` stands in document ``source``; ``target`` is the one document here that it points to, None when there is
    none or more than one."""

    source: Document
    link: Link
    target: Document | None


def write_links(connection: sa.Connection, document_id: str, found: Iterable[Link]) -> None:
    """Replace the document's links, inside the transaction that writes the document."""
    connection.execute(links.delete().where(links.c.document_id == document_id))
    rows = [_row(document_id, at, link) for at, link in enumerate(found)]
    if rows:
        connection.execute(links.insert(), rows)


def _row(document_id: str, ordinal: int, link: Link) -> dict[str, Any]:
    key = number_key(link.number) if link.number else None
    fields = {name: getattr(link, name) for name in Link.__dataclass_fields__}
    return fields | {"document_id": document_id, "ordinal": ordinal, "number_key": key}


def links_from(record: Record, document_id: str, eid: str = "") -> list[StoredLink]:
    """What the document (or its provision ``eid`` and all below) refers to, in text order. Raises NotFound."""
    source = record.document(document_id)
    inside = sa.true() if not eid else _inside(links.c.source, eid)
    rows = _rows(record, sa.and_(links.c.document_id == document_id, inside))
    targets = _targets(record, rows)
    return [StoredLink(source, _link(row), source if row.own else targets.get(_named(row))) for row in rows]


def links_between(record: Record, document_id: str, start: int, end: int) -> list[StoredLink]:
    """What the stretch ``[start, end)`` of the document's text refers to, in text order. Raises NotFound."""
    source = record.document(document_id)
    rows = _rows(record, sa.and_(links.c.document_id == document_id, links.c.start >= start, links.c.start < end))
    targets = _targets(record, rows)
    return [StoredLink(source, _link(row), source if row.own else targets.get(_named(row))) for row in rows]


def links_to(record: Record, document_id: str, eid: str = "") -> list[StoredLink]:
    """What refers to the document (or to its provision ``eid`` and all below): other visible documents by its number,
    then the document itself. Raises NotFound."""
    target = record.document(document_id)
    where = sa.and_(links.c.own, links.c.document_id == document_id)
    if target.number_key:
        where = sa.or_(sa.and_(links.c.number_key == target.number_key, links.c.document_id != document_id), where)
    rows = _rows(record, sa.and_(where, _inside(links.c.eid, eid)) if eid else where)
    sources = {d.id: d for d in _documents(record, documents.c.id.in_({row.document_id for row in rows}))}
    found = [StoredLink(sources[row.document_id], _link(row), target) for row in rows if row.document_id in sources]
    return sorted(found, key=lambda stored: stored.link.own)


def documents_named(record: Record, keys: Sequence[str]) -> list[Document]:
    """Visible statutes whose `name_key` is one of ``keys``."""
    return _documents(record, documents.c.name_key.in_([key for key in keys if key])) if keys else []


def _inside(column: sa.ColumnElement[str], eid: str) -> sa.ColumnElement[bool]:
    return sa.or_(column == eid, column.startswith(f"{eid}__", autoescape=True))


def _rows(record: Record, where: sa.ColumnElement[bool]) -> Sequence[Any]:
    with record.engine.connect() as connection:
        query = sa.select(links).where(where).order_by(links.c.document_id, links.c.ordinal).limit(MOST_LINKS)
        return connection.execute(query).all()


def _documents(record: Record, where: sa.ColumnElement[bool]) -> list[Document]:
    return record.select_documents(sa.select(*DOCUMENT_COLUMNS).where(where, record.seen()))


def _link(row: Any) -> Link:
    return Link(**{name: getattr(row, name) for name in Link.__dataclass_fields__})


def _named(row: Any) -> str:
    return row.number_key or name_key(row.name)


def _targets(record: Record, rows: Sequence[Any]) -> dict[str, Document]:
    """Number or name key → the one document that bears it."""
    keys = {_named(row) for row in rows if not row.own} - {""}
    found: dict[str, list[Document]] = {}
    if keys:
        for document in _documents(record, documents.c.number_key.in_(keys)):
            found.setdefault(document.number_key or "", []).append(document)
        for document in documents_named(record, list(keys)):
            found.setdefault(name_key(document.type, document.title), []).append(document)
    return {key: held[0] for key, held in found.items() if len(held) == 1}
