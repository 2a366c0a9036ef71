"""What is seen of each request: counted for /metrics, noted for the audit (I7).

Entries are written by one thread, many in a transaction: a reader does not wait for the disk. A kill may lose those of
the last tenth of a second; a queue that is full makes requests wait rather than go unnoted.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from api.metrics import Metrics
from rag.check_text import Claim
from rag.index.points import IndexFilter
from rag.record import audit
from rag.record.record import Record
from rag.results import Answer, AnswerEvent, DoneEvent, SearchResult
from rag.retrieve import DEFAULT_HITS
from rag.service import Service
from rag.store import Store

WAITING_ENTRIES = 10_000
LONGEST_PATH = 500  # characters
SHED = 429
FLUSH_S = 0.1
PRUNE_EVERY_S = 3600.0
MOST_NOTED = 100  # passages shown that an entry names
log = structlog.get_logger()


@dataclass(slots=True)
class Notes:
    """What a request asked and was shown; one a request. ``with_text``: the question itself, else its SHA-256."""

    metrics: Metrics
    with_text: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    def searched(self, found: SearchResult) -> None:
        self.metrics.count_search(found.took_ms / 1000)
        self.asked(found.query)
        self._shown(hit.passage.id for hit in found.hits)

    def answered(self, answer: Answer) -> None:
        outcome = answer.reason_code.value if answer.reason_code else answer.status.value
        self.metrics.count_answer(outcome, answer.origin.value, answer.took_ms / 1000)
        self.asked(answer.question)
        self.fields["outcome"] = outcome
        self._shown(citation.passage.id for citation in answer.citations)
        self._shown(hit.passage.id for hit in answer.nearest)

    def asked(self, question: str) -> None:
        if self.with_text:
            self.fields["question"] = question
        else:
            self.fields["question_sha256"] = hashlib.sha256(question.encode()).hexdigest()

    def _shown(self, ids: Iterator[str]) -> None:
        shown = dict.fromkeys([*self.fields.get("shown", []), *ids])
        self.fields["shown"] = list(shown)[:MOST_NOTED]


class WatchedService:
    """A service whose every question and answer is noted: no way in can forget to."""

    def __init__(self, service: Service, notes: Notes) -> None:
        self._service = service
        self._notes = notes

    @property
    def store(self) -> Store:
        return self._service.store

    def search(
        self,
        question: str,
        where: IndexFilter | None = None,
        k: int = DEFAULT_HITS,
        explain: bool = False,
        *,
        as_of: str | None = None,
    ) -> SearchResult:
        found = self._service.search(question, where, k, explain, as_of=as_of)
        self._notes.searched(found)
        return found

    def ask(
        self,
        question: str,
        where: IndexFilter | None = None,
        *,
        as_of: str | None = None,
        history: Sequence[str] = (),
    ) -> Answer:
        answer = self._service.ask(question, where, as_of=as_of, history=history)
        self._notes.answered(answer)
        return answer

    def stream_answer(
        self,
        question: str,
        where: IndexFilter | None = None,
        *,
        as_of: str | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[AnswerEvent]:
        for event in self._service.stream_answer(question, where, as_of=as_of, history=history):
            if isinstance(event, DoneEvent):
                self._notes.answered(event.answer)
            yield event

    def verify_text(self, text: str, as_of: str | None = None) -> tuple[Claim, ...]:
        claims = self._service.verify_text(text, as_of)
        self._notes.asked(text)
        return claims


class Watch:
    """What this process notes of requests. ``with_text``: questions themselves stand in the audit."""

    def __init__(self, writer: AuditWriter, metrics: Metrics, with_text: bool) -> None:
        self._writer = writer
        self._metrics = metrics
        self._with_text = with_text

    def notes(self) -> Notes:
        return Notes(self._metrics, self._with_text)

    def request(self, scope: Mapping[str, Any], status: int, address: str) -> None:
        """Note a request that ended, with what its notes hold."""
        state = scope["state"]
        if status == SHED:
            self._metrics.count_shed()
            return  # refusing must cost less than serving
        bearer = state["bearer"]
        head = {"who": bearer.id, "name": bearer.name, "address": address, "method": scope["method"]}
        head |= {"path": scope["path"][:LONGEST_PATH], "status": status, "request_id": state.get("request_id")}
        self._writer.note(head | state["notes"].fields)

    def batch(self, bearer: str, batch_id: str, notes: Notes) -> None:
        """Note a question of a batch."""
        self._writer.note({"who": bearer, "method": "BATCH", "path": f"/v1/batches/{batch_id}"} | notes.fields)


class AuditWriter:
    """Writes entries in order. ``keep_days`` None keeps all."""

    def __init__(self, record: Record, keep_days: int | None = None) -> None:
        self._record = record
        self._keep_days = keep_days
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(WAITING_ENTRIES)
        self._thread = threading.Thread(target=self._work, name="audit", daemon=True)

    def start(self) -> None:
        self._prune()
        self._thread.start()

    def note(self, entry: dict[str, Any]) -> None:
        self._waiting.put(entry)

    def stop(self) -> None:
        """Everything noted is on disk when this returns."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()

    def _work(self) -> None:
        going = True
        pruned = datetime.now(UTC)
        while going:
            entries = self._some()
            going = None not in entries
            self._write([entry for entry in entries if entry is not None])
            if (datetime.now(UTC) - pruned).total_seconds() > PRUNE_EVERY_S:
                pruned = datetime.now(UTC)
                self._prune()

    def _some(self) -> list[dict[str, Any] | None]:
        entries = [self._waiting.get()]
        threading.Event().wait(FLUSH_S if entries[0] is not None else 0)
        while True:
            try:
                entries.append(self._waiting.get_nowait())
            except queue.Empty:
                return entries

    def _write(self, entries: list[dict[str, Any]]) -> None:
        try:
            audit.append(self._record, entries)
        except Exception:
            log.exception("audit.not_written", entries=len(entries))

    def _prune(self) -> None:
        if self._keep_days is not None:
            before = datetime.now(UTC) - timedelta(days=self._keep_days)
            audit.prune(self._record, before.isoformat(timespec="seconds"))
