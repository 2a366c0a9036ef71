"""Documents and passages as rows of the record and back; a row whose seal is broken is given to nobody (D4)."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from rag.errors import Damaged
from rag.law.passage import Passage, PassageLine
from rag.record.model import Document
from rag.record.names import folded_name, name_key
from rag.record.seal import seal_passage

_LINES = msgspec.msgpack.Decoder(tuple[PassageLine, ...])


def document_row(document: Document) -> dict[str, Any]:
    """Its columns, with those that it is looked up by."""
    fields = {name: getattr(document, name) for name in Document.__dataclass_fields__}
    return fields | {
        "missing_pages": list(document.missing_pages),
        "folded": folded_name(document.number, document.type, document.title),
        "name_key": name_key(document.type, document.title),
    }


def stored_document(row: Any) -> Document:
    """The document of a row of ``DOCUMENT_COLUMNS``."""
    return Document(**{**row._mapping, "missing_pages": tuple(row.missing_pages)})


def passage_row(passage: Passage) -> dict[str, Any]:
    """Its columns, sealed."""
    fields = {name: getattr(passage, name) for name in Passage.__dataclass_fields__}
    row = fields | {"lines": msgspec.msgpack.encode(passage.lines)}
    return row | {"seal": seal_passage(row)}


def stored_passage(row: Any) -> Passage:
    """The passage of a whole row. Raises Damaged when its seal is broken."""
    values = dict(row._mapping)
    if values.pop("seal") != seal_passage(values):
        raise Damaged("passage_damaged", passage_id=row.id, citation=row.citation)
    return Passage(**values | {"lines": _LINES.decode(row.lines)})


def sha256_of(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
