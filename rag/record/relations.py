"""What the documents of the record say of each other's effect: read when a document is committed, asked for when one is cited.

An act that was read gives its tree to ``rag.law.amendment``; a document without one (articles taken from elsewhere) its
passages, each as a provision of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from rag.law.act import Act, ActMetadata, Level, Provision
from rag.law.amendment import Amendment, find_repeals
from rag.law.identifier import number_key
from rag.record import schema
from rag.record.answer_schema import relations
from rag.record.model import Document
from rag.record.record import Record
from rag.validity import Ending

_SPEAKS_OF_ENDS = re.compile(r"bãi bỏ|thay thế|hết hiệu lực", re.IGNORECASE)
_LOCAL = re.compile(r"(?:ubnd|hđnd)$")  # numbers that every province gives
_LEVELS = {"cl": Level.CLAUSE, "art": Level.ARTICLE}
_ACT = msgspec.msgpack.Decoder(Act)


def relation_rows(
    document_id: str, act: Act | None, passages: Sequence[tuple[str, str, str]]
) -> list[dict[str, Any]]:
    """Rows of ``relations`` for a document. ``passages`` are (eid, level, text), used when there is no ``act``."""
    if not any(_SPEAKS_OF_ENDS.search(text) for _, _, text in passages):
        return []
    found = find_repeals(act if act is not None else _flat_act(passages))
    return [_row(document_id, one) for one in found if one.number]


def relation_rows_of(connection: sa.Connection, document_id: str) -> list[dict[str, Any]]:
    """The same for a document that is stored already."""
    columns = schema.passages.c
    query = sa.select(columns.eid, columns.level, columns.text).where(columns.document_id == document_id)
    passages = [(row.eid, row.level, row.text) for row in connection.execute(query.order_by(columns.ordinal))]
    if not any(_SPEAKS_OF_ENDS.search(text) for _, _, text in passages):
        return []
    blob = connection.execute(sa.select(schema.documents.c.act).where(schema.documents.c.id == document_id)).scalar()
    try:
        act = _ACT.decode(blob) if blob else None
    except msgspec.ValidationError:  # an act of an older layout: its passages say the same
        act = None
    return relation_rows(document_id, act, passages)


def _row(document_id: str, one: Amendment) -> dict[str, Any]:
    return {
        "source_document_id": document_id,
        "source_eid": one.source,
        "change": str(one.change),
        "target_key": number_key(one.number),
        "target_eid": one.eid,
        "from_date": one.from_date,
    }


def _flat_act(passages: Sequence[tuple[str, str, str]]) -> Act:
    """The passages that may end something, as provisions without anything above them."""
    provisions: list[Provision] = []
    texts: list[str] = []
    at = 0
    for eid, level, text in passages:
        if not _SPEAKS_OF_ENDS.search(text):
            continue
        provisions.append(
            Provision(_LEVELS.get(level, Level.PARAGRAPH), eid, "", "", at, at + len(text), at + len(text))
        )
        texts.append(text)
        at += len(text) + 1
    return Act("\n".join(texts), (), ActMetadata(), tuple(provisions))


def endings_of(record: Record, documents: Iterable[Document]) -> dict[str, list[tuple[str, Ending]]]:
    """Document id → (eid ended, "" for the whole act; what ends it), as far as the reader of ``record`` sees it."""
    ended = {document.number_key: document for document in documents if document.number_key}
    if not ended:
        return {}
    with record.engine.connect() as connection:
        rows = connection.execute(sa.select(relations).where(relations.c.target_key.in_(ended))).all()
    sources = {d.id: d for d in record.documents_by_id({row.source_document_id for row in rows})}
    found: dict[str, list[tuple[str, Ending]]] = {}
    for row in rows:
        source, target = sources.get(row.source_document_id), ended[row.target_key]
        if source is not None and source.id != target.id and _means(source, target):
            ending = Ending(row.from_date or source.effective_from, source, row.source_eid)
            found.setdefault(target.id, []).append((row.target_eid, ending))
    return found


def _means(source: Document, target: Document) -> bool:
    """A province's number is given by every province: the issuer must be the same. An older act ends no younger one."""
    if _LOCAL.search(target.number_key or "") and source.issuer != target.issuer:
        return False
    return not (source.date and target.date and source.date < target.date)
