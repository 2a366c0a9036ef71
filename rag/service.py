"""What the ways in (HTTP, page, command line) ask for: search and answers over one open store."""

from __future__ import annotations

import threading
import time
from typing import Any

from rag.index.points import IndexFilter
from rag.messages import message
from rag.question import check_question
from rag.results import Answer, AnswerStatus, RefusalReason, SearchResult
from rag.retrieve import DEFAULT_HITS, search
from rag.settings import Settings
from rag.store import Store


class Service:
    """One open data folder that answers. Safe to use from several threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._pipeline: Any = None
        self._building = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Service:
        """Raises FolderInUse, IndexMismatch, Unavailable."""
        return cls(Store.open(settings), settings)

    def close(self) -> None:
        self.store.close()

    def search(self, question: str, where: IndexFilter | None = None, k: int = DEFAULT_HITS) -> SearchResult:
        """Up to ``k`` passages. Raises BadInput, Unavailable, Damaged."""
        return search(self.store, question, where, k)

    def ask(self, question: str, where: IndexFilter | None = None) -> Answer:
        """An answer whose every sentence is cited and verified, or a refusal. Raises as ``search`` does."""
        started = time.perf_counter()
        check_question(question)
        from rag.pipeline import run_pipeline

        parts = run_pipeline(self.pipeline(), question, where or IndexFilter())
        code = RefusalReason(parts["reason"]) if parts["reason"] else None
        return Answer(
            question=question,
            status=AnswerStatus.REFUSED if code else AnswerStatus.ANSWERED,
            reason_code=code,
            reason=message(f"refusal_{code}", self.settings.language) if code else None,
            sentences=tuple(parts["sentences"]),
            citations=tuple(parts["citations"]),
            nearest=tuple(parts["nearest"]),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def pipeline(self) -> Any:
        """The answer pipeline, built once at first use."""
        with self._building:
            if self._pipeline is None:
                from rag.pipeline import build_pipeline

                self._pipeline = build_pipeline(self.store)
            return self._pipeline
