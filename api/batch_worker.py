"""Batches answered beside the requests of people: one thread, one question at a time."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import structlog

from api.errors import problem
from api.schema import AnswerRequest
from api.shapes import answer_shape, index_filter
from api.watch import Watch, WatchedService
from rag.errors import CancuError
from rag.record.batches import keep_reply, next_item

if TYPE_CHECKING:
    from rag.service import Service

POLL_S = 0.5  # between looks when nothing waits; a batch handed in wakes the thread
log = structlog.get_logger()


class BatchWorker:
    """Answers what waits in the record until stopped; what is left is answered after the next start."""

    def __init__(self, service: Service, language: str, watch: Watch) -> None:
        self._service = service
        self._language = language
        self._watch = watch
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """Ends after the question under way."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stopping:
            try:
                idle = not self.answer_next()
            except Exception:  # a locked catalogue passes; a queue that nobody works off does not
                log.exception("batch.interrupted")
                idle = True
            if idle:
                self._wake.wait(POLL_S)
                self._wake.clear()

    def answer_next(self) -> bool:
        """Answer one question; False when none waits."""
        record = self._service.store.record
        found = next_item(record)
        if found is None:
            return False
        notes = self._watch.notes()
        seen = WatchedService(self._service.seen_by(found.access), notes)
        reply = json.dumps(self._reply(seen, found.request), ensure_ascii=False)
        keep_reply(record, found.batch_id, found.ordinal, reply)
        self._watch.batch(found.bearer, found.batch_id, notes)
        return True

    def _reply(self, service: WatchedService, request: dict[str, Any]) -> dict[str, Any]:
        asked = AnswerRequest.model_validate({k: v for k, v in request.items() if k != "id"})
        head = {"id": request.get("id")}
        try:
            as_of = asked.as_of.isoformat() if asked.as_of else None
            where = index_filter(asked.filters)
            answer = service.ask(asked.question, where, as_of=as_of, history=asked.history)
        except CancuError as error:
            return head | {"answer": None, "error": problem(error, self._language)}
        return head | {"answer": answer_shape(answer).model_dump(mode="json"), "error": None}
