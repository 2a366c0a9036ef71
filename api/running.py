"""What a serving process holds open: the service, the page images, the metrics and the ingest side.

Routes get it through ``running``, as their bearer sees it: reading beyond that is not within their reach.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request

from api.batch_worker import BatchWorker
from api.identify import Identifier
from api.limits import Limits
from api.metrics import Metrics
from api.page_images import PageImages, SeenPages
from api.uploads import queue_upload
from api.watch import AuditWriter, Notes, Watch, WatchedService
from rag.access import NOBODY, Bearer, Holding
from rag.errors import Denied
from rag.locking import LOCAL_KEY
from rag.service import Service
from rag.settings import Settings
from rag.store import Store

if TYPE_CHECKING:
    from api.pages.readings import Readings
    from ingest.serving import JobWorker
    from rag.record.model import Job
    from rag.record.record import Record


@dataclass(frozen=True)
class Running:
    """Open parts of one process; ``close`` ends them in reverse order. ``store`` is whole, ``service`` and ``pages``
    are as the bearer sees them."""

    settings: Settings
    store: Store
    service: Service | WatchedService
    images: PageImages
    readings: Readings
    jobs: JobWorker
    metrics: Metrics
    identifier: Identifier
    limits: Limits
    audit: AuditWriter
    watch: Watch
    batches: BatchWorker
    bearer: Bearer = NOBODY

    @classmethod
    def open(cls, settings: Settings, is_open: bool = False, serving: bool = True) -> Running:
        """Everything open, nothing started. Raises FolderInUse, IndexMismatch, Unavailable."""
        from api.pages.readings import Readings
        from ingest.serving import JobWorker

        service = Service.open(settings, serving=serving)
        store, metrics = service.store, Metrics()
        audit = AuditWriter(store.record, settings.audit_days)
        watch = Watch(audit, metrics, settings.audit_text)
        return cls(
            settings=settings,
            store=store,
            service=service,
            images=PageImages(),
            readings=Readings(),
            jobs=JobWorker(store, settings),
            metrics=metrics,
            identifier=Identifier(store.record, is_open),
            limits=Limits(settings.rate_per_minute, settings.max_in_flight, settings.max_in_flight_each),
            audit=audit,
            watch=watch,
            batches=BatchWorker(service, settings.language, watch),
        )

    def start(self) -> None:
        """Work off what waits, note what happens, load what answers need."""
        assert isinstance(self.service, Service)
        _keep_local_key(self.settings, self.identifier.local_key)
        self.audit.start()
        self.jobs.start()
        self.batches.start()
        # The answer pipeline takes two seconds to import: loaded beside, so that searches need not wait for it.
        threading.Thread(target=self.service.warm, name="warm", daemon=True).start()

    @property
    def record(self) -> Record:
        return self.service.store.record

    @property
    def pages(self) -> SeenPages:
        return SeenPages(self.images, self.record)

    @property
    def max_file_bytes(self) -> int:
        return self.settings.max_file_mb << 20

    def seen_by(self, bearer: Bearer, notes: Notes) -> Running:
        """These parts for ``bearer``; what is asked and shown goes into ``notes``."""
        assert isinstance(self.service, Service)
        return replace(self, service=WatchedService(self.service.seen_by(bearer.access), notes), bearer=bearer)

    def take_in(self, file_name: str | None, content: BinaryIO, holding: Holding | None = None) -> Job:
        """Queue an upload for ``holding``, by default the bearer's own department. Raises Denied, BadInput."""
        place = holding or own_holding(self.bearer)
        if not self.bearer.access.may_write(place):
            raise Denied("holding_denied", department=place.department, clearance=place.clearance)
        return queue_upload(
            self.record, self.settings.data_dir, file_name, content, self.max_file_bytes, place
        )  # fmt: skip

    def delete(self, document_id: str, keep_review: bool = False) -> None:
        """Out of every answer at once, then out of index, record and cache. Raises NotFound, Denied."""
        self.check_writable(document_id)
        self.store.withdraw(document_id, keep_review)
        self.images.forget(document_id)
        self.readings.forget(document_id)

    def check_writable(self, document_id: str) -> None:
        """Raises NotFound, Denied."""
        place = self.record.document(document_id).holding
        if not self.bearer.access.may_write(place):
            raise Denied("holding_denied", department=place.department, clearance=place.clearance)

    def correct(self, document_id: str, typed: Mapping[str, str]) -> None:
        """What a person put right of a document. Raises NotFound, Denied, BadInput."""
        self.check_writable(document_id)
        self.store.correct(document_id, typed, self.bearer.name)

    def close(self) -> None:
        self.batches.stop()
        self.jobs.stop()
        self.audit.stop()
        self.images.close()
        self.store.close()


def own_holding(bearer: Bearer) -> Holding:
    """Where a bearer's documents go when it does not say: its first department, or what all read."""
    departments = bearer.access.departments
    return Holding(departments[0]) if departments else Holding()


def running(request: Request) -> Running:
    """The parts of this process as the bearer of ``request`` sees them; who was not let in sees nothing."""
    found = request.app.state.running
    assert isinstance(found, Running)
    state = request.state
    return found.seen_by(getattr(state, "bearer", NOBODY), getattr(state, "notes", None) or found.watch.notes())


def _keep_local_key(settings: Settings, key: str) -> None:
    """For the command line on this machine: readable only by who can read the data folder anyway."""
    path = settings.data_dir / LOCAL_KEY
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
