"""The queue worked off beside a running service: one thread, everything heavy in child processes (``ingest.preparer``,
``rag.reorganise``). The thread hands finished points to the index in small batches and shows the document."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import structlog

from ingest.preparer import (
    Answer,
    Ended,
    Publish,
    Refused,
    Show,
    Shown,
    Take,
    receive_answer,
    send,
    unpack_terms,
    unpack_vectorised,
)
from rag.children import start_child
from rag.errors import CancuError
from rag.record.jobs import claim, finish, requeue, requeue_running
from rag.record.model import Job
from rag.settings import Settings
from rag.store import Store

POLL_S = 0.2  # between looks at an empty queue: other processes enqueue in the record
RETRY_S = 5.0  # after something failed that was no file's fault
KEEP_PREPARER_S = 60.0  # without work; starting one takes a second, keeping one 100 MB
ATTEMPTS = 2  # a preparer that dies twice over one file: the file is to blame
SWITCH_INTERVAL_S = 0.0005  # Python's default of 5 ms would add that to each step of a search while we work

log = structlog.get_logger()


class JobWorker:
    """Works off the queue of a store until stopped."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)
        self._preparer: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._last_work = 0.0
        self._new_points = 0

    def start(self) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        requeue_running(self.store.record)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the file under way; what is queued stays queued."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._end_preparer()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                idle = not self._work_one()
                if idle:
                    self._reorganise()
            except Exception:  # a full disk or a locked catalogue passes; a queue that nobody works off does not
                log.exception("ingest.interrupted")
                self._end_preparer()
                self._stop.wait(RETRY_S)
                continue
            if idle:
                if self._preparer and time.monotonic() - self._last_work > KEEP_PREPARER_S:
                    self._end_preparer()
                self._stop.wait(POLL_S)

    def _work_one(self) -> bool:
        claimed = claim(self.store.record)
        if claimed is None:
            return False
        job, source = claimed
        try:
            answer = self._taken_in(job, source)
        except CancuError as error:
            self._end_preparer()
            answer = Refused(error.text(self.settings.language), error.retryable)
        except BaseException:
            requeue(self.store.record, job.id)
            raise
        self._last_work = time.monotonic()
        self._settle(job, source, answer)
        return True

    def _taken_in(self, job: Job, source: str) -> Ended | Refused:
        path = str(Path(source).resolve())
        asked = Take(path, None if job.kind == "upload" else path, job.file_name, job.holding)
        for _ in range(ATTEMPTS):
            connection = self._prepared()
            try:
                send(connection, asked)
                while not isinstance(answer := receive_answer(connection), Ended | Refused):
                    self._publish(answer)
                    send(connection, Shown())
                return answer
            except (EOFError, OSError):
                log.warning("ingest.preparer_died", job=job.id)
                self._end_preparer()
        return Refused("", retryable=False)

    def _publish(self, answer: Answer) -> None:
        if isinstance(answer, Publish):
            made = unpack_vectorised(answer)
            replaced = unpack_terms(answer.replaced) if answer.replaced else None
            self.store.publish_vectorised(
                answer.document_id, made, answer.source, answer.seen, replaced, answer.holding
            )
        elif isinstance(answer, Show):
            replaced = unpack_terms(answer.replaced) if answer.replaced else None
            self.store.show(answer.document_id, answer.source, answer.seen, replaced)

    def _settle(self, job: Job, source: str, answer: Ended | Refused) -> None:
        record = self.store.record
        if isinstance(answer, Refused):
            log.warning("ingest.refused", job=job.id, why=answer.text)
            if answer.retryable:  # a full disk passes: the file waits in the queue
                requeue(record, job.id)
                self._stop.wait(RETRY_S)
            else:
                finish(record, job.id, document_id=None, status="crashed", reason=answer.text, pages=0)
            return
        result = answer.result
        self._new_points += result.passages if result.added else 0
        reason = result.reason or ""
        finish(
            record,
            job.id,
            document_id=result.document_id,
            status=str(result.status),
            reason=reason,
            pages=result.pages,
        )
        if job.kind == "upload":
            Path(source).unlink(missing_ok=True)

    def _prepared(self) -> Connection:
        """The way to a living preparer."""
        if self._preparer is None:
            process, (connection,) = start_child("ingest.preparer", [], 1, self.store.lock)
            connection.send_bytes(msgspec.json.encode(self.settings.model_dump(mode="json")))
            self._preparer = process, connection
        return self._preparer[1]

    def _end_preparer(self) -> None:
        if self._preparer is None:
            return
        process, connection = self._preparer
        self._preparer = None
        connection.close()
        try:
            process.wait(RETRY_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _reorganise(self) -> None:
        if self._new_points < self.settings.reorganise_points or self.settings.qdrant_url:
            return
        from rag.index.served import ServedIndex
        from rag.reorganise import reorganise

        self.store.lexicon.save()
        if isinstance(self.store.index, ServedIndex):
            reorganise(self.store.index, self.settings.data_dir)
        self._new_points = 0
