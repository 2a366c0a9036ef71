"""Whether a provision was in force on a day: intervals ``[effective_from, effective_to)``, each bound with its source.

The law's own rule (Law 63/2025/QH15 on promulgation of legal documents, chapter on effect; before it Law
80/2015/QH13, articles 151 to 154): an act takes effect on the day it states, and loses it when it says so, when a later
act replaces or repeals it. Only what a document of the record says counts; what none says is ``unknown``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from rag.record.model import Document

_VIETNAM = timezone(timedelta(hours=7))  # "today" is the day in Hanoi


class ForceStatus(StrEnum):
    """Each has a message ``force_<value>``."""

    IN_FORCE = "in_force"
    NOT_IN_FORCE = "not_in_force"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Validity:
    """``source`` is the citation that says so ("khoản 2 Điều 35 Nghị định số 1/2026/NĐ-CP"), None when none does."""

    status: ForceStatus = ForceStatus.UNKNOWN
    effective_from: str | None = None
    effective_to: str | None = None
    source: str | None = None
    source_document_id: str | None = None
    source_eid: str | None = None


UNKNOWN = Validity()


@dataclass(frozen=True, slots=True)
class Ending:
    """A provision of another document that ends this one on ``on`` (None: its day is not known)."""

    on: str | None
    source: str
    document_id: str
    eid: str


def today() -> str:
    """Today in Vietnam, ISO 8601."""
    return datetime.now(UTC).astimezone(_VIETNAM).date().isoformat()


def judge_validity(document: Document, endings: Sequence[Ending], as_of: str) -> Validity:
    """The status of ``document`` on the day ``as_of``; ``endings`` are what the record says against it."""
    begins, ends = document.effective_from, document.effective_to
    ending = min(endings, key=lambda e: e.on or "9999", default=None)
    if ending and (ends is None or (ending.on or "9999") < ends):
        ends = ending.on
    if begins and as_of < begins:
        return Validity(ForceStatus.NOT_IN_FORCE, begins, ends, document.number, document.id)
    said_by = (ending.source, ending.document_id, ending.eid) if ending else (document.number, document.id, None)
    if ends and ends <= as_of:
        return Validity(ForceStatus.NOT_IN_FORCE, begins, ends, *said_by)
    if begins is None or (ending and ending.on is None):
        return Validity(ForceStatus.UNKNOWN, begins, ends, *(said_by if ending else (None, None, None)))
    return Validity(ForceStatus.IN_FORCE, begins, ends, document.number, document.id)
