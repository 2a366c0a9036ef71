"""Whether what a page shows is in force, by what the reader's documents say of each other."""

from __future__ import annotations

from collections.abc import Sequence

from rag.record.model import Document
from rag.record.record import Record
from rag.record.relations import endings_of
from rag.validity import Validity, judge_validity, today


def validities(record: Record, provisions: Sequence[tuple[Document, str]], day: str) -> list[Validity]:
    """Of each (document, eid; "" for the whole act) on ``day`` (ISO 8601), in their order."""
    endings = endings_of(record, {d.id: d for d, _ in provisions}.values())
    return [judge_validity(document, endings.get(document.id, ()), day, eid) for document, eid in provisions]


def validity_today(record: Record, document: Document, eid: str = "") -> Validity:
    """Of one provision, or the whole act, today."""
    return validities(record, [(document, eid)], today())[0]
