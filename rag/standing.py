"""Whether what was found is in force on a day, by what the reader's documents say of each other; what is not steps back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.record.model import Document
from rag.record.record import Record
from rag.record.relations import endings_of
from rag.results import Hit
from rag.validity import ForceStatus, Validity, judge_validity, today


def validities(record: Record, provisions: Sequence[tuple[Document, str]], day: str) -> list[Validity]:
    """Of each (document, eid; "" for the whole act) on ``day`` (ISO 8601), in their order."""
    endings = endings_of(record, {d.id: d for d, _ in provisions}.values())
    return [judge_validity(document, endings.get(document.id, ()), day, eid) for document, eid in provisions]


def validity_today(record: Record, document: Document, eid: str = "") -> Validity:
    """Of one provision, or the whole act, today."""
    return validities(record, [(document, eid)], today())[0]


def judged(record: Record, hits: Sequence[Hit], day: str) -> tuple[Hit, ...]:
    """The hits, each with its validity on ``day``."""
    found = validities(record, [(hit.document, hit.passage.eid) for hit in hits], day)
    return tuple(replace(hit, validity=validity) for hit, validity in zip(hits, found, strict=True))


def step_back(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Those that are not in force behind the others, each group in the order it had; a provision that the question names
    itself stays where it is, as in answers (``rag.settle``). Ranks are counted anew."""
    behind = [not hit.exact and hit.validity.status is ForceStatus.NOT_IN_FORCE for hit in hits]
    ordered = [hits[n] for n in sorted(range(len(hits)), key=behind.__getitem__)]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, 1))
