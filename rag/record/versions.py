"""A document among its own: what its file held before, its other copies, what it ends and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from rag.record.answer_schema import relations
from rag.record.model import Document
from rag.record.record import DOCUMENT_COLUMNS, Record
from rag.record.relations import endings_of
from rag.record.schema import documents
from rag.validity import Ending

MOST_VERSIONS = 50  # followed back: a file that was changed more often tells nothing more


@dataclass(frozen=True, slots=True)
class Ended:
    """Provision ``source_eid`` of the document ends ``eid`` ("" for all) of the act with ``number_key``; ``target`` is that act,
    None when none here, or more than one, bears the number. ``on`` is ISO 8601, None when no day is stated."""

    source_eid: str
    number_key: str
    eid: str
    on: str | None
    target: Document | None


@dataclass(frozen=True, slots=True)
class Versions:
    """``older``: earlier contents of the same file, newest first; they answer nothing and cannot be opened. ``copies``: other
    documents here with the same number and issuer. ``ended_by``: (eid, "" for the whole; what ends it)."""

    older: tuple[Document, ...]
    copies: tuple[Document, ...]
    ends: tuple[Ended, ...]
    ended_by: tuple[tuple[str, Ending], ...]

    def __bool__(self) -> bool:
        return bool(self.older or self.copies or self.ends or self.ended_by)


def versions_of(record: Record, document: Document) -> Versions:
    """As the reader of ``record`` sees them."""
    return Versions(
        tuple(_older(record, document)),
        tuple(_copies(record, document)),
        tuple(_ends(record, document)),
        tuple(endings_of(record, [document]).get(document.id, ())),
    )


def _older(record: Record, document: Document) -> Iterator[Document]:
    seen = {document.id}
    before = document.replaces
    while before and before not in seen and len(seen) <= MOST_VERSIONS:
        seen.add(before)
        found = record.any_document(before)
        if found is None:
            return
        yield found
        before = found.replaces


def _copies(record: Record, document: Document) -> list[Document]:
    if not document.number_key:
        return []
    same = _numbered(record, [document.number_key])
    return [
        d
        for d in same
        if d.id != document.id and (not d.issuer or not document.issuer or d.issuer == document.issuer)
    ]


def _ends(record: Record, document: Document) -> Iterator[Ended]:
    with record.engine.connect() as connection:
        rows = connection.execute(sa.select(relations).where(relations.c.source_document_id == document.id)).all()
    held: dict[str | None, list[Document]] = {}
    for one in _numbered(record, [row.target_key for row in rows]):
        held.setdefault(one.number_key, []).append(one)
    for row in rows:
        fitting = held.get(row.target_key, [])
        target = fitting[0] if len(fitting) == 1 else None
        yield Ended(row.source_eid, row.target_key, row.target_eid, row.from_date or document.effective_from, target)


def _numbered(record: Record, keys: list[str]) -> list[Document]:
    query = sa.select(*DOCUMENT_COLUMNS).where(documents.c.number_key.in_(keys), record.seen())
    return record.select_documents(query.order_by(documents.c.date.desc())) if keys else []
