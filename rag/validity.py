"""Whether a provision was in force on a day: intervals ``[effective_from, effective_to)``, each bound with its source.

The law's own rule (Law 63/2025/QH15 on promulgation of legal documents, chapter on effect; before it Law
80/2015/QH13, articles 151 to 154): an act takes effect on the day it states, and loses it when it says so, when a later
act replaces or repeals it. Only what a document of the record says counts; what none says is ``unknown``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from rag.errors import BadInput
from rag.law.identifier import relative_citation
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
    """Provision ``eid`` of document ``source`` ends another act or a part of it on ``on`` (None: the day is not known)."""

    on: str | None
    source: Document
    eid: str


def today() -> str:
    """Today in Vietnam, ISO 8601."""
    return datetime.now(UTC).astimezone(_VIETNAM).date().isoformat()


def read_day(typed: str) -> str:
    """The day somebody typed, ISO 8601. Raises BadInput."""
    try:
        return date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        raise BadInput("day_wrong", value=typed[:40]) from None


def judge_validity(document: Document, endings: Sequence[tuple[str, Ending]], as_of: str, eid: str = "") -> Validity:
    """The status of provision ``eid`` of ``document`` on the day ``as_of``; ``endings`` are what the record says against
    the document: (the eid it ends, "" for the whole act; the ending)."""
    own = Validity(ForceStatus.UNKNOWN, document.effective_from, document.effective_to)
    ending = min((e for part, e in endings if _ends(part, eid)), key=lambda e: e.on or "9999", default=None)
    by: tuple[str | None, str, str | None] = (document.number or document.title, document.id, None)
    if ending and (own.effective_to is None or (ending.on or "9999") < own.effective_to):
        own = replace(own, effective_to=ending.on)
        by = (_citation(ending), ending.source.id, ending.eid)
    else:
        ending = None
    said = replace(own, source=by[0], source_document_id=by[1], source_eid=by[2])
    if own.effective_from and as_of < own.effective_from:
        return replace(said, status=ForceStatus.NOT_IN_FORCE)
    if own.effective_to and own.effective_to <= as_of:
        return replace(said, status=ForceStatus.NOT_IN_FORCE)
    if ending and ending.on is None:
        return said  # somebody ends it, on a day nobody states
    return replace(said, status=ForceStatus.IN_FORCE) if own.effective_from else own


def _ends(part: str, eid: str) -> bool:
    """Whether ending ``part`` ends ``eid``: the whole act, the provision itself or what holds it."""
    path = eid[eid.find("art_") :] if "art_" in eid else eid
    return not part or path == part or path.startswith(f"{part}__")


def _citation(ending: Ending) -> str:
    source = ending.source
    act = f"{source.type or ''} số {source.number}".strip() if source.number else source.title or source.file_name
    return f"{relative_citation(ending.eid)} {act}".strip()
