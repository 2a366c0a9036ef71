"""What search and answers give out: frozen values with everything the JSON over HTTP and command line shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from rag.law.passage import Passage, PassageLine
from rag.record.model import Document
from rag.validity import UNKNOWN, Validity


class Immutable:
    """A frozen value made of frozen values: a copy of it is itself. Haystack deep-copies all that travels between
    components, which took a sixth of an answer's time."""

    __slots__ = ()

    def __deepcopy__(self, memo: object) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class Hit(Immutable):
    """A passage found. ``score`` is the ranker's chance (0 to 1) that its article answers; ``exact`` says that the question
    named this very provision; ``parts``, on demand: (feature, its value, its part in the article's raw score);
    ``validity``: was it in force on ``SearchResult.as_of``?"""

    rank: int
    score: float
    passage: Passage
    document: Document
    citation: str
    exact: bool = False
    parts: tuple[tuple[str, float, float], ...] = ()
    validity: Validity = UNKNOWN


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``evidence``: how many of the best provisions are worth taking as evidence (``rag.rank.evidence_size``). ``as_of``: the
    day (ISO 8601) on which the hits' validity was judged; None when it was not."""

    query: str
    hits: tuple[Hit, ...]
    took_ms: float
    evidence: int = 0
    as_of: str | None = None


class AnswerStatus(StrEnum):
    ANSWERED = "answered"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why there is no answer. Each has a message ``refusal_<value>``."""

    NO_EVIDENCE = "no_evidence"  # nothing indexed speaks of what was asked
    OUT_OF_SCOPE = "out_of_scope"  # no question of law
    AMBIGUOUS = "ambiguous"  # two or three readings: ``Answer.readings`` asks back
    NOT_IN_FORCE = "not_in_force"  # only provisions that are not in force on the day asked about speak of it
    ACCESS = "access"  # the asker may see no document at all
    DOCUMENT_MISSING = "document_missing"  # the question names a document that is not indexed
    PROVISION_MISSING = "provision_missing"  # the document is there, the provision is not


class Origin(StrEnum):
    """Who worded the answer."""

    EXTRACTIVE = "extractive"  # sentences of the provisions, word for word
    GENERATED = "generated"  # a language model, each sentence verified
    EXTRACTIVE_FALLBACK = "extractive_fallback"  # extractive because the language model failed or was not believed


@dataclass(frozen=True, slots=True)
class Citation:
    """The ground of a sentence: ``quote`` is verbatim in the passage; ``lines`` are the printed lines it covers;
    ``validity`` says whether it was in force on ``Answer.as_of``."""

    n: int
    citation: str
    passage: Passage
    document: Document
    quote: str
    page: int
    lines: tuple[PassageLine, ...]
    validity: Validity = UNKNOWN


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand an ambiguous question: ``question`` can be asked as it stands."""

    question: str
    citation: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``reason`` is the text shown when refused; ``nearest`` are the passages to look at then.

    ``notes`` are sentences for the reader about this answer (the model failed, sentences were left out).
    ``as_of`` is the day (ISO 8601) whose law was asked for. ``trace_id`` names the stored trace, None when not stored.
    ``confidence`` is what refusal is decided on, 0 to 1.
    """

    question: str
    status: AnswerStatus
    reason_code: RefusalReason | None
    reason: str | None
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    took_ms: float
    origin: Origin = Origin.EXTRACTIVE
    readings: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: str | None = None
    trace_id: str | None = None
    confidence: float | None = None


class Stage(StrEnum):
    """What is being done now. Each has a message ``stage_<value>``."""

    SEARCHING = "searching"
    COMPOSING = "composing"  # sentences are taken from the provisions
    GENERATING = "generating"  # the language model writes
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class StatusEvent:
    stage: Stage


@dataclass(frozen=True, slots=True)
class EvidenceEvent:
    """The provisions the answer will rest on, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """A piece of the answer's text. ``verified`` False is a draft of the language model: shown as such or not at all,
    and replaced by the sentences of the ``DoneEvent``."""

    text: str
    verified: bool


@dataclass(frozen=True, slots=True)
class CitationEvent:
    citation: Citation


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """Always the last, and the only one that counts."""

    answer: Answer


AnswerEvent = StatusEvent | EvidenceEvent | DeltaEvent | CitationEvent | DoneEvent
