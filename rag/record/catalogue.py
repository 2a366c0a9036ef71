"""The catalogue of documents, browsed: pages of it, counts of its fields, suggestions while somebody types.

All within the access of the record that is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from rag.record import schema
from rag.record.model import Document
from rag.record.names import folded
from rag.record.record import DOCUMENT_COLUMNS, Record

FACETS = ("type", "issuer", "year", "status")
MOST_VALUES = 200  # of one facet, the most frequent first
MOST_WORDS = 12  # of what is typed; more narrow nothing
_YEAR = sa.func.substr(schema.documents.c.date, 1, 4)


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int


def count_facets(record: Record) -> dict[str, list[FacetValue]]:
    """How many visible documents have each value of type, issuer, year and status; what could not be read is left
    out."""
    return {name: _count(record, _column(name)) for name in FACETS}


def suggest(record: Record, typed: str, limit: int) -> list[Document]:
    """Documents whose number, type or title has every word of ``typed`` at the beginning of a word, diacritics or not;
    those whose number begins so come first, then the newest."""
    words = folded(typed).split()[:MOST_WORDS]
    if not words:
        return []
    name = schema.documents.c.folded
    query = sa.select(*DOCUMENT_COLUMNS).where(
        record.seen(), *(name.contains(f" {w}", autoescape=True) for w in words)
    )
    numbered = sa.or_(
        *(name.startswith(f" {word}", autoescape=True) for word in words if word[0].isdigit()), sa.false()
    )
    order = (sa.case((numbered, 0), else_=1), schema.documents.c.date.desc(), schema.documents.c.id)
    return record.select_documents(query.order_by(*order).limit(limit))


def document_page(record: Record, after: tuple[str, str] | None, limit: int, skip: int = 0) -> list[Document]:
    """Up to ``limit`` documents, newest first; ``after`` is (added_at, id) of the last one seen."""
    columns = schema.documents.c
    query = sa.select(*DOCUMENT_COLUMNS).where(record.seen())
    if after:
        added, identity = after
        earlier = sa.and_(columns.added_at == added, columns.id > identity)
        query = query.where(sa.or_(columns.added_at < added, earlier))
    return record.select_documents(query.order_by(columns.added_at.desc(), columns.id).limit(limit).offset(skip))


def count_documents(record: Record) -> int:
    """How many documents the record's access sees."""
    with record.engine.connect() as connection:
        query = sa.select(sa.func.count()).select_from(schema.documents).where(record.seen())
        return int(connection.execute(query).scalar() or 0)


def _column(name: str) -> sa.ColumnElement[str]:
    return _YEAR if name == "year" else schema.documents.c[name]


def _count(record: Record, column: sa.ColumnElement[str]) -> list[FacetValue]:
    count = sa.func.count()
    query = (
        sa.select(column, count)
        .where(record.seen(), column.is_not(None))
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(MOST_VALUES)
    )
    with record.engine.connect() as connection:
        return [FacetValue(str(value), number) for value, number in connection.execute(query)]
