"""What the ways in (HTTP, page, command line) ask for: search and answers over one open store."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rag.access import Access
from rag.conversation import stand_alone
from rag.index.points import IndexFilter
from rag.messages import message
from rag.question import check_question
from rag.results import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    EvidenceEvent,
    RefusalReason,
    SearchResult,
    Stage,
    StatusEvent,
)
from rag.retrieve import DEFAULT_HITS, search
from rag.settings import Settings
from rag.store import Store
from rag.validity import judge_validity, today

KEPT_VIEWS = 64  # answer pipelines kept, one for each set of departments and clearance that asks; some kilobytes each


class Service:
    """One open data folder that answers. Safe to use from several threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._pipeline: Any = None
        self._building = threading.Lock()
        self._views: dict[Access, Service] = {}  # least recently used first

    @classmethod
    def open(cls, settings: Settings, serving: bool = False) -> Service:
        """``serving``: for a process that answers many while files come in. Raises FolderInUse, IndexMismatch,
        Unavailable."""
        return cls(Store.open(settings, serving), settings)

    def close(self) -> None:
        self.store.close()

    def seen_by(self, access: Access) -> Service:
        """This service for somebody who sees ``access``: answers are those of a collection that never held the rest."""
        if access.unlimited:
            return self
        with self._building:
            seen = self._views.pop(access, None) or Service(self.store.seen_by(access), self.settings)
            self._views[access] = seen
            while len(self._views) > KEPT_VIEWS:
                del self._views[next(iter(self._views))]
            return seen

    def search(self, question: str, where: IndexFilter | None = None, k: int = DEFAULT_HITS) -> SearchResult:
        """Up to ``k`` passages. Raises BadInput, Unavailable, Damaged."""
        return search(self.store, question, where, k)

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
        started = time.perf_counter()
        check_question(question)
        asked = stand_alone(question, history)
        as_of = as_of or today()
        from rag.pipeline import run_pipeline

        yield StatusEvent(Stage.SEARCHING)
        parts = run_pipeline(self.pipeline(), asked, where or IndexFilter())
        code = RefusalReason(parts["reason"]) if parts["reason"] else None
        yield EvidenceEvent(tuple(parts["nearest"]))
        yield StatusEvent(Stage.COMPOSING)
        citations = tuple(replace(c, validity=judge_validity(c.document, (), as_of)) for c in parts["citations"])
        for sentence in parts["sentences"]:
            yield DeltaEvent(sentence.text, verified=True)
        for citation in citations:
            yield CitationEvent(citation)
        answer = Answer(
            question=question,
            status=AnswerStatus.REFUSED if code else AnswerStatus.ANSWERED,
            reason_code=code,
            reason=message(f"refusal_{code}", self.settings.language) if code else None,
            sentences=tuple(parts["sentences"]),
            citations=citations,
            nearest=tuple(parts["nearest"]),
            took_ms=(time.perf_counter() - started) * 1000,
            as_of=as_of,
        )
        yield DoneEvent(answer)

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
