"""Passages become points: vectors, ids and the fields that searches filter by. The same in every process (D11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.access import COMMON
from rag.index.points import IndexPoint
from rag.law.passage import Passage
from rag.lexical import LexicalEncoder, TermCounts, count_terms
from rag.record.model import Document
from rag.record.record import Record


@dataclass(frozen=True, slots=True)
class Vectorised:
    """A document as the index and the term statistics take it."""

    points: list[IndexPoint]
    terms: TermCounts


class Vectoriser:
    """Makes points. Needs nothing but the texts: no statistics, no index."""

    def __init__(self) -> None:
        self.encoder = LexicalEncoder()

    def vectorise(self, document: Document, passages: Sequence[Passage]) -> Vectorised:
        """Each passage's text under its headings and the document's title."""
        title = document.title or ""
        vectors = self.encoder.encode_passages(f"{title}\n{p.searched_text}" for p in passages)
        fields = filter_fields(document)
        points = [
            IndexPoint(passage.id, document.id, vector, None, fields)
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        return Vectorised(points, count_terms(vectors))

    def stored(self, record: Record, document: Document) -> Vectorised:
        """A document of the record; passages whose text is damaged are left out, as they may not be quoted."""
        return self.vectorise(document, record.sound_passages(document.id))


def filter_fields(document: Document) -> dict[str, str | int]:
    """What searches filter by."""
    fields: dict[str, str | int] = {}
    for name in ("number_key", "type", "issuer", "year"):
        value = getattr(document, name)
        if value is not None:
            fields[name] = value
    if document.department != COMMON:  # what lacks these fields is common and open to all
        fields["department"] = document.department
    if document.clearance:
        fields["clearance"] = document.clearance
    return fields
