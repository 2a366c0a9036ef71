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

from api.identify import Identifier
from api.metrics import Metrics
from api.page_images import PageImages, SeenPages
from api.uploads import queue_upload
from rag.access import NOBODY, Bearer, Holding
from rag.errors import Denied
from rag.locking import LOCAL_KEY
from rag.service import Service
from rag.settings import Settings
from rag.store import Store

if TYPE_CHECKING:
    from ingest.serving import JobWorker
    from rag.record.model import Job
    from rag.record.record import Record


@dataclass(frozen=True)
class Running:
    """Open parts of one process; ``close`` ends them in reverse order. ``store`` is whole, ``service`` and ``pages``
    are as the bearer sees them."""

    settings: Settings
    store: Store
    service: Service
    images: PageImages
    jobs: JobWorker
    metrics: Metrics
    identifier: Identifier
    bearer: Bearer = NOBODY

    @classmethod
    def start(cls, settings: Settings, is_open: bool = False) -> Running:
        """Open the data folder and work off its queue. Raises FolderInUse, IndexMismatch, Unavailable."""
        from ingest.serving import JobWorker

        service = Service.open(settings, serving=True)
        store = service.store
        identifier = Identifier(store.record, is_open)
        parts = cls(
            settings, store, service, PageImages(), JobWorker(store, settings), Metrics(), identifier
        )  # fmt: skip
        _keep_local_key(settings, identifier.local_key)
        parts.jobs.start()
        # The answer pipeline takes two seconds to import: loaded beside, so that searches need not wait for it.
        threading.Thread(target=service.warm, name="warm", daemon=True).start()
        return parts

    @property
    def record(self) -> Record:
        return self.service.store.record

    @property
    def pages(self) -> SeenPages:
        return SeenPages(self.images, self.record)

    @property
    def max_file_bytes(self) -> int:
        return self.settings.max_file_mb << 20

    def seen_by(self, bearer: Bearer) -> Running:
        """These parts for ``bearer``."""
        return replace(self, service=self.service.seen_by(bearer.access), bearer=bearer)

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
        self.jobs.stop()
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
    return found.seen_by(getattr(request.state, "bearer", NOBODY))


def _keep_local_key(settings: Settings, key: str) -> None:
    """For the command line on this machine: readable only by who can read the data folder anyway."""
    path = settings.data_dir / LOCAL_KEY
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
