"""What search and answers give out: frozen values with everything the JSON over HTTP and command line shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.law.passage import Passage, PassageLine
from rag.record.model import Document


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. ``score`` is BM25's; ``exact`` says that the question named this very provision."""

    rank: int
    score: float
    passage: Passage
    document: Document
    citation: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    query: str
    hits: tuple[Hit, ...]
    took_ms: float


class AnswerStatus(StrEnum):
    ANSWERED = "answered"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why there is no answer. Each has a message ``refusal_<value>``."""

    NO_EVIDENCE = "no_evidence"  # nothing indexed speaks of what was asked
    DOCUMENT_MISSING = "document_missing"  # the question names a document that is not indexed
    PROVISION_MISSING = "provision_missing"  # the document is there, the provision is not


@dataclass(frozen=True, slots=True)
class Citation:
    """The ground of a sentence: ``quote`` is verbatim in the passage; ``lines`` are the printed lines it covers."""

    n: int
    citation: str
    passage: Passage
    document: Document
    quote: str
    page: int
    lines: tuple[PassageLine, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """``reason`` is the text shown when refused; ``nearest`` are the passages to look at then."""

    question: str
    status: AnswerStatus
    reason_code: RefusalReason | None
    reason: str | None
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    took_ms: float
