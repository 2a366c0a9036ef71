"""An act laid out once is laid out no more while it is read; one that is deleted or read anew is not kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.pages.readings import KEPT, Readings
from rag.errors import NotFound
from rag.record.record import Record
from tests.samples import SAMPLES, ingest


def test_kept_while_read_and_gone_with_the_document(tmp_path: Path) -> None:
    ingest(tmp_path, SAMPLES)
    record, readings = Record.open(tmp_path), Readings()
    documents = record.documents()
    first = readings.of(record, documents[0])
    assert readings.of(record, documents[0]) is first
    assert readings.of(record, replace(documents[0], added_at="2030-01-01T00:00:00+00:00")) is not first
    for one in documents[1 : KEPT + 1]:
        readings.of(record, one)
    assert readings.of(record, documents[0]) is not first, "the one not read for longest goes"
    record.purge_document(documents[0].id)
    readings.forget(documents[0].id)
    with pytest.raises(NotFound):
        readings.of(record, documents[0])
    record.close()
