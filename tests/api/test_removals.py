"""A held file comes back whole, or is gone with everything people wrote about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import NotFound
from rag.record.jobs import claim, recent_jobs
from rag.record.kept import hold, let_go, release
from rag.record.review import corrections_of
from rag.store import Store
from tests.samples import SAMPLES, ingest, settings_for


@pytest.fixture
def store(tmp_path: Path):
    ingest(tmp_path, SAMPLES[:1])
    with Store.open(settings_for(tmp_path)) as opened:
        yield opened


def held(store: Store) -> tuple[str, str, Path]:
    document = store.record.documents()[0]
    store.correct(document.id, {"number": "46/2025/QĐ-UBND"}, "hoa")
    copy = store.data_dir / "copy"
    copy.write_bytes(store.record.original(document.id).read_bytes())
    job = hold(store.record, document, copy)
    store.withdraw(document.id, keep_review=True)
    return document.id, job.id, copy


def test_what_is_held_is_not_worked_off_until_it_is_released_once(store: Store) -> None:
    _, job_id, copy = held(store)
    assert claim(store.record) is None
    release(store.record, job_id)
    claimed = claim(store.record)
    assert claimed and claimed[1] == str(copy) and copy.exists()
    with pytest.raises(NotFound):
        release(store.record, job_id)


def test_what_is_let_go_leaves_nothing(store: Store) -> None:
    document_id, job_id, copy = held(store)
    assert let_go(store.record, older_than_s=600) == 0 and copy.exists()
    assert corrections_of(store.record.engine, document_id)
    assert let_go(store.record, older_than_s=0) == 1
    assert (
        not copy.exists() and not recent_jobs(store.record) and not corrections_of(store.record.engine, document_id)
    )
    with pytest.raises(NotFound):
        release(store.record, job_id)
