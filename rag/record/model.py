"""What the record hands out: plain frozen values, no database types."""

from __future__ import annotations

from dataclasses import dataclass

from rag.access import COMMON, Holding
from rag.law.passage import Passage


@dataclass(frozen=True, slots=True)
class Document:
    """A document as catalogued. ``date`` is ISO 8601. ``status`` is one of ``ingest`` P2's names."""

    id: str
    sha256: str
    file_name: str
    media_type: str
    status: str
    number: str | None
    number_key: str | None  # rag.law.identifier.number_key(number): comparable in any spelling
    type: str | None
    issuer: str | None
    date: str | None
    title: str | None
    pages: int
    passages: int
    missing_pages: tuple[int, ...]
    added_at: str  # ISO 8601 UTC
    replaces: str | None  # id of the version this one replaced
    effective_from: str | None = None
    effective_to: str | None = None
    department: str = COMMON  # who may read it: rag.access
    clearance: int = 0

    @property
    def holding(self) -> Holding:
        return Holding(self.department, self.clearance)

    @property
    def year(self) -> int | None:
        """Year of issue."""
        return int(self.date[:4]) if self.date else None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its document, its text checked against its SHA-256 when it was read (D4)."""

    passage: Passage
    document: Document


@dataclass(frozen=True, slots=True)
class StoredProvision:
    """A provision read back from the record: ``text`` is ``Act.text[start:end]``."""

    document: Document
    eid: str
    level: str
    number: str
    heading: str
    text: str
    citation: str
    ancestors: tuple[tuple[str, str, str], ...]  # (eid, label, heading) from the root
    previous_eid: str | None
    next_eid: str | None
    passage_ids: tuple[str, ...]
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of queued work: read a file, delete a document, rebuild. ``state``: queued, running, done, failed."""

    id: str
    kind: str
    state: str
    file_name: str
    document_id: str | None
    status: str | None  # P2 status when done
    reason: str | None
    done_pages: int
    total_pages: int
    created_at: str
    finished_at: str | None
    department: str = COMMON  # where the document goes
    clearance: int = 0

    @property
    def holding(self) -> Holding:
        return Holding(self.department, self.clearance)
