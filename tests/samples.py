"""The project's own sample documents, and a data folder made of them, for tests that need the whole way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.run import Ingestor, IngestResult
from rag.settings import Settings, load_settings
from rag.store import Store

SAMPLES = sorted((Path(__file__).parent.parent / "docs" / "samples").glob("*.pdf"))


def settings_for(folder: Path) -> Settings:
    return load_settings(data_dir=folder)


def ingest(folder: Path, paths: Iterable[Path] = SAMPLES) -> list[IngestResult]:
    settings = settings_for(folder)
    with Store.open(settings) as store:
        return list(Ingestor(store, settings).run(list(paths)))
