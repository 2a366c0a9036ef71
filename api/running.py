"""What a serving process holds open: the service, the page images, the metrics and the ingest side. Routes get it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request

from api.metrics import Metrics
from api.page_images import PageImages
from rag.service import Service
from rag.settings import Settings

if TYPE_CHECKING:
    from ingest.serving import JobWorker
    from rag.record.record import Record


@dataclass(frozen=True)
class Running:
    """Open parts of one process; ``close`` ends them in reverse order."""

    settings: Settings
    service: Service
    images: PageImages
    jobs: JobWorker
    metrics: Metrics

    @classmethod
    def start(cls, settings: Settings) -> Running:
        """Open the data folder and work off its queue. Raises FolderInUse, IndexMismatch, Unavailable."""
        from ingest.serving import JobWorker

        service = Service.open(settings, serving=True)
        images, jobs = PageImages(service.store.record), JobWorker(service.store, settings)
        parts = cls(settings, service, images, jobs, Metrics())
        parts.jobs.start()
        # The answer pipeline takes two seconds to import: loaded beside, so that searches need not wait for it.
        threading.Thread(target=service.pipeline, name="warm", daemon=True).start()
        return parts

    @property
    def record(self) -> Record:
        return self.service.store.record

    @property
    def max_file_bytes(self) -> int:
        return self.settings.max_file_mb << 20

    def delete(self, document_id: str) -> None:
        """Out of every answer at once, then out of index, record and cache. Raises NotFound."""
        self.service.store.withdraw(document_id)
        self.images.forget(document_id)

    def close(self) -> None:
        self.jobs.stop()
        self.images.close()
        self.service.close()


def running(request: Request) -> Running:
    """The parts of the process that answers ``request``."""
    found = request.app.state.running
    assert isinstance(found, Running)
    return found
