"""What the ways in (HTTP, page, command line) ask for: search and answers over one open store."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from rag.access import Access
from rag.answer import Findings
from rag.answering import Worded, quote_answer, word_answer
from rag.check_text import Claim, check_text
from rag.conversation import stand_alone
from rag.index.points import IndexFilter
from rag.messages import message
from rag.question import check_question
from rag.record.relations import endings_of
from rag.replay import Difference, Trace, differences, make_trace, read_trace, store_trace
from rag.results import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Citation,
    CitationEvent,
    DoneEvent,
    EvidenceEvent,
    Origin,
    RefusalReason,
    SearchResult,
    Stage,
    StatusEvent,
)
from rag.retrieve import DEFAULT_HITS, MAX_HITS, count_evidence, search
from rag.settings import Settings
from rag.settle import settle
from rag.standing import judged, step_back
from rag.store import Store
from rag.validity import ForceStatus, judge_validity, today

if TYPE_CHECKING:
    from rag.generate import Generator

KEPT_VIEWS = 64  # answer pipelines kept, one for each set of departments and clearance that asks; some kilobytes each
NEAREST = 3  # provisions offered with a refusal
SPARE_HITS = 20  # hits looked at beyond those wanted on a day, to take the place of what is not in force
SHOWN_EVIDENCE = 5  # provisions named before the answer is there


class Service:
    """One open data folder that answers. Safe to use from several threads."""

    def __init__(self, store: Store, settings: Settings, whole: Service | None = None) -> None:
        self.store = store
        self.settings = settings
        self._pipeline: Any = None
        self._generator: Generator | None = None
        self._whole = whole  # the service that this one is a view of: all views share its language model
        self._building = threading.Lock()
        self._views: dict[Access, Service] = {}  # least recently used first

    @classmethod
    def open(cls, settings: Settings, serving: bool = False) -> Service:
        """``serving``: for a process that answers many while files come in. Raises FolderInUse, IndexMismatch,
        Unavailable."""
        return cls(Store.open(settings, serving), settings)

    def close(self) -> None:
        if self._generator:
            self._generator.close()
        self.store.close()

    def seen_by(self, access: Access) -> Service:
        """This service for somebody who sees ``access``: answers are those of a collection that never held the rest."""
        if access.unlimited:
            return self
        with self._building:
            seen = self._views.pop(access, None) or Service(self.store.seen_by(access), self.settings, self)
            self._views[access] = seen
            while len(self._views) > KEPT_VIEWS:
                del self._views[next(iter(self._views))]
            return seen

    def search(
        self,
        question: str,
        where: IndexFilter | None = None,
        k: int = DEFAULT_HITS,
        explain: bool = False,
        *,
        as_of: str | None = None,
    ) -> SearchResult:
        """Up to ``k`` passages with their validity on ``as_of`` (ISO 8601; today when None). With a day asked for, what is not
        in force on it steps back behind what is; without one the order is the ranker's alone. Raises BadInput, Unavailable,
        Damaged."""
        started = time.perf_counter()
        wanted = k if as_of is None else min(k + SPARE_HITS, MAX_HITS)
        found = search(self.store, question, where, wanted, explain)
        hits = judged(self.store.record, found.hits, as_of or today())
        if as_of:
            hits = step_back(hits)[:k]
            standing = [hit for hit in hits if hit.exact or hit.validity.status is not ForceStatus.NOT_IN_FORCE]
            found = replace(found, evidence=count_evidence(standing))
        took_ms = (time.perf_counter() - started) * 1000
        return replace(found, hits=hits, took_ms=took_ms, as_of=as_of or today())

    def ask(
        self,
        question: str,
        where: IndexFilter | None = None,
        *,
        as_of: str | None = None,
        history: Sequence[str] = (),
    ) -> Answer:
        """An answer whose every sentence is cited and verified, or a refusal. ``as_of`` is the day (ISO 8601) whose
        law is asked for, today by default; ``history`` the questions before this one. Raises as ``search`` does."""
        for event in self.stream_answer(question, where, as_of=as_of, history=history):
            if isinstance(event, DoneEvent):
                return event.answer
        raise AssertionError("a stream ends with its answer")

    def stream_answer(
        self,
        question: str,
        where: IndexFilter | None = None,
        *,
        as_of: str | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[AnswerEvent]:
        """The same answer as it comes about: where it stands, the evidence, pieces of text, citations, and last the
        whole. Bad questions raise BadInput at the first event."""
        return self._stream(question, where or IndexFilter(), as_of or today(), history, keep=True)

    def _stream(
        self, question: str, where: IndexFilter, as_of: str, history: Sequence[str], *, keep: bool
    ) -> Iterator[AnswerEvent]:
        started = time.perf_counter()
        check_question(question)
        asked = stand_alone(question, history)
        yield StatusEvent(Stage.SEARCHING)
        findings = self._findings(asked, where, as_of)
        hits = [c.hit for c in findings.candidates]
        yield EvidenceEvent((findings.evidence or tuple(hits))[:SHOWN_EVIDENCE])
        worded = Worded((), (), Origin.EXTRACTIVE)
        for event in self._words(findings):
            if isinstance(event, Worded):
                worded = event
            else:
                yield event
        code = findings.reason or (None if worded.sentences else RefusalReason.NO_EVIDENCE)
        citations = self._judged(worded.citations, as_of)
        yield from map(CitationEvent, citations)
        answer = Answer(
            question=question,
            status=AnswerStatus.REFUSED if code else AnswerStatus.ANSWERED,
            reason_code=code,
            reason=message(f"refusal_{code}", self.settings.language) if code else None,
            sentences=worded.sentences,
            citations=citations,
            nearest=tuple(hits[:NEAREST]),
            took_ms=(time.perf_counter() - started) * 1000,
            origin=worded.origin,
            readings=findings.readings,
            notes=worded.notes,
            as_of=as_of,
            confidence=findings.confidence,
        )
        if keep and self.settings.trace_days:
            trace = make_trace(answer, asked, where, hits, self.settings)
            answer = replace(answer, trace_id=store_trace(self.store.record, trace, self.settings.trace_days))
        yield DoneEvent(answer)

    def _findings(self, asked: str, where: IndexFilter, as_of: str) -> Findings:
        from rag.pipeline import run_pipeline

        found = run_pipeline(self.pipeline(), asked, where)
        return settle(self.store, found, as_of, quoted=self.generator() is None)

    def _judged(self, citations: Sequence[Citation], as_of: str) -> tuple[Citation, ...]:
        """The citations with their status on the day."""
        endings = endings_of(self.store.record, [c.document for c in citations])
        return tuple(
            replace(c, validity=judge_validity(c.document, endings.get(c.document.id, ()), as_of, c.passage.eid))
            for c in citations
        )

    def _words(self, findings: Findings) -> Iterator[AnswerEvent | Worded]:
        if findings.reason:
            return iter(())
        generator = self.generator()
        return word_answer(findings, generator, self.settings.language) if generator else quote_answer(findings)

    def generator(self) -> Generator | None:
        """The language model configured, made once at first use; None when none is."""
        if self._whole:
            return self._whole.generator()
        with self._building:
            if self._generator is None and self.settings.llm_url:
                from rag.generate import Generator

                self._generator = Generator(self.settings)
            return self._generator

    def verify_text(self, text: str, as_of: str | None = None) -> tuple[Claim, ...]:
        """What the record says to each sentence of any text. Raises BadInput."""
        return check_text(self.store.record, text, as_of or today())

    def replay(self, trace_id: str) -> tuple[Trace, Answer, tuple[Difference, ...]]:
        """The stored trace, the extractive answer to its question as it would be given now, and what differs. Raises
        NotFound."""
        before = read_trace(self.store.record, trace_id)
        where = msgspec.convert(before.where, IndexFilter)
        again = Service(self.store, self.settings.model_copy(update={"llm_url": None}))
        *_, last = again._stream(before.asked, where, before.as_of, (), keep=False)
        assert isinstance(last, DoneEvent)
        findings = again._findings(before.asked, where, before.as_of)
        hits = [c.hit for c in findings.candidates]
        after = make_trace(last.answer, before.asked, where, hits, self.settings)
        return before, last.answer, tuple(differences(before, after))

    def warm(self) -> None:
        """Load what answers need. What is loaded stays: the collector need not walk it again while people wait."""
        self.pipeline()
        gc.collect()
        gc.freeze()

    def pipeline(self) -> Any:
        """The answer pipeline, built once at first use."""
        with self._building:
            if self._pipeline is None:
                from rag.pipeline import build_pipeline

                self._pipeline = build_pipeline(self.store)
            return self._pipeline
