"""The open parts of a service in this process, over any data folder, without its queue's worker running."""

from __future__ import annotations

from pathlib import Path

from api.identify import Identifier
from api.metrics import Metrics
from api.page_images import PageImages
from api.running import Running
from ingest.serving import JobWorker
from rag.service import Service
from rag.settings import load_settings


def parts_over(data: Path, is_open: bool = False, **settings: object) -> Running:
    chosen = load_settings(data_dir=data, **settings)
    service = Service.open(chosen)
    store = service.store
    identifier = Identifier(store.record, is_open)
    return Running(chosen, store, service, PageImages(), JobWorker(store, chosen), Metrics(), identifier)
