"""The queue worked off inside a running service: one thread, reading in worker processes, merging in a child.

The thread only commits and upserts in small batches; a short switch interval keeps it from holding searches up.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import structlog

from ingest.run import REORGANISE_POINTS, Ingestor, limits_of
from ingest.worker import ReaderPool
from rag.errors import CancuError
from rag.record.jobs import claim, finish, requeue_running
from rag.settings import Settings
from rag.store import Store

POLL_S = 0.2  # between looks at an empty queue: other processes enqueue in the record
RETRY_S = 5.0  # after something failed that was no file's fault
SWITCH_INTERVAL_S = 0.0005  # Python's default of 5 ms would add that to each step of a search while we work

log = structlog.get_logger()


class JobWorker:
    """Works off the queue of a store until stopped."""

    def __init__(self, store: Store, settings: Settings, pool: ReaderPool | None = None) -> None:
        self.store = store
        self.settings = settings
        self._own_pool = pool is None
        self.pool = pool or ReaderPool(limits_of(settings), settings.workers)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)
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
        if self._own_pool:
            self.pool.close()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                idle = not self._work_one()
                if idle:
                    self._reorganise()
            except Exception:  # a full disk or a locked catalogue passes; a queue that nobody works off does not
                log.exception("ingest.interrupted")
                self._stop.wait(RETRY_S)
                continue
            if idle:
                self._stop.wait(POLL_S)

    def _work_one(self) -> bool:
        claimed = claim(self.store.record)
        if claimed is None:
            return False
        job, source = claimed
        path = Path(source)
        upload = job.kind == "upload"
        try:
            result = Ingestor(self.store, self.settings, self.pool).run_one(
                path, None if upload else str(path.resolve()), job.file_name
            )
        except CancuError as error:
            log.warning("ingest.refused", job=job.id, error=error.key)
            finish(self.store.record, job.id, document_id=None, status="crashed", reason=str(error), pages=0)
            return True
        except Exception:
            log.exception("ingest.failed", job=job.id)
            finish(self.store.record, job.id, document_id=None, status="crashed", reason="", pages=0)
            return True
        self._new_points += result.passages if result.added else 0
        finish(
            self.store.record,
            job.id,
            document_id=result.document_id,
            status=str(result.status),
            reason=result.reason or "",
            pages=result.pages,
        )
        if upload:
            path.unlink(missing_ok=True)
        return True

    def _reorganise(self) -> None:
        if self._new_points < REORGANISE_POINTS or self.settings.qdrant_url:
            return
        from rag.index.edge import EdgeIndex
        from rag.index.reorganise import reorganise

        self.store.lexicon.save()
        if isinstance(self.store.index, EdgeIndex):
            reorganise(self.store.index)
        self._new_points = 0
