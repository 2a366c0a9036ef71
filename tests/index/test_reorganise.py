"""The index of a running service: generations change while it serves, a dead keeper is replaced, nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.rebuild import verify
from rag.errors import Damaged, Unavailable
from rag.index.edge import EdgeIndex
from rag.index.fingerprint import Fingerprint
from rag.index.generation import read_documents
from rag.index.points import IndexFilter
from rag.index.served import ServedIndex
from rag.reorganise import reorganise
from rag.retrieve import search
from rag.store import Store
from tests.samples import SAMPLES, ingest, settings_for

QUESTION = "Hồ sơ nộp trực tuyến sau 16 giờ được tính tiếp nhận khi nào"
REVIVAL_S = 20.0  # a new keeper needs half a second here


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ingested")
    ingest(folder, SAMPLES[:4])
    return folder


@pytest.fixture
def folder(ingested: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ingested, tmp_path / "data"))


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(settings_for(folder), serving=True) as opened:
        yield opened


def served(store: Store) -> ServedIndex:
    assert isinstance(store.index, ServedIndex)
    return store.index


def top(store: Store) -> list[str]:
    return [hit.passage.id for hit in search(store, QUESTION, k=20).hits]


def publish_another(store: Store, other: Path, settings_folder: Path) -> str:
    """A document that another folder holds already, committed and published here; its id."""
    ingest(settings_folder, [other])
    with Store.open(settings_for(settings_folder)) as theirs:
        (document,) = theirs.record.documents()
        act, passages = theirs.record.act(document.id), theirs.record.document_passages(document.id)
        store.record.store_original(theirs.record.original(document.id))
    store.record.commit_document(document, "", act, passages)
    store.publish(document, passages)
    return document.id


def test_searches_and_writes_go_on_and_meet_in_the_new_generation(store: Store, folder: Path, tmp_path: Path) -> None:
    before, expected = served(store).shard_folder, top(store)
    stop, failures, searches = threading.Event(), [], [0]

    def ask() -> None:
        while not stop.is_set():
            searches[0] += 1
            found = top(store)
            if set(expected[:3]) - set(found):
                failures.append(found)

    reader = threading.Thread(target=ask)
    reader.start()
    worker = threading.Thread(target=reorganise, args=(served(store), folder))
    worker.start()
    new = publish_another(store, SAMPLES[5], tmp_path / "other")
    kept = {hit.document.id for hit in search(store, QUESTION).hits[:3]} | {new}
    gone = next(d.id for d in store.record.documents() if d.id not in kept)
    store.withdraw(gone)
    worker.join()
    stop.set()
    reader.join()
    assert not failures
    assert searches[0] > 0
    assert served(store).shard_folder != before
    assert not before.exists()
    assert gone not in served(store).held()
    assert new in served(store).held()
    assert verify(store) == []


def test_what_came_since_is_merged_at_the_end_and_found_after_a_kill(folder: Path, tmp_path: Path) -> None:
    with Store.open(settings_for(folder), serving=True) as store:
        first = publish_another(store, SAMPLES[5], tmp_path / "other")
        generation = served(store).shard_folder
        assert first not in (read_documents(generation) or set())
    assert first in (read_documents(generation) or set())
    killed = Store.open(settings_for(folder), serving=True)
    second = publish_another(killed, SAMPLES[6], tmp_path / "another")
    expected = top(killed)
    os.kill(served(killed).pid, signal.SIGKILL)
    shutil.copytree(folder, tmp_path / "after")  # this process still holds the lock: look at the bytes elsewhere
    killed.close()
    with Store.open(settings_for(tmp_path / "after")) as store:
        assert {first, second} <= store.index.held()
        assert top(store) == expected
        assert verify(store) == []


def test_a_dead_keeper_is_replaced_and_what_it_held_is_there_again(store: Store, tmp_path: Path) -> None:
    publish_another(store, SAMPLES[5], tmp_path / "other")
    expected, dead = top(store), served(store).pid
    os.kill(dead, signal.SIGKILL)
    with pytest.raises(Unavailable):
        top(store)
    deadline = time.monotonic() + REVIVAL_S
    while time.monotonic() < deadline:
        try:
            if top(store) == expected:
                break
        except Unavailable:
            time.sleep(0.05)
    assert served(store).pid != dead
    assert top(store) == expected
    assert verify(store) == []


def test_a_child_that_fails_leaves_the_old_generation_in_use(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, expected = served(store).shard_folder, top(store)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(subprocess.CalledProcessError):
        reorganise(served(store), folder)
    assert served(store).shard_folder == before
    assert [p.name for p in (folder / "index").glob("gen-*")] == [before.name]
    assert top(store) == expected


def test_a_half_made_generation_is_swept_away_and_a_damaged_one_names_the_command(tmp_path: Path) -> None:
    half = tmp_path / "gen-000001.new"
    half.mkdir()
    (half / "edge_config.json").write_text("{", "utf-8")
    EdgeIndex(tmp_path, Fingerprint()).close()
    assert not half.exists()
    folder = tmp_path / "gen-000001"
    for path in list(folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for kind in (EdgeIndex, ServedIndex):
        with pytest.raises(Damaged, match="cancu rebuild"):
            kind(tmp_path, Fingerprint())


def test_counts_do_not_double_when_a_document_comes_again(store: Store) -> None:
    document = store.record.documents()[0]
    before = store.index.count(IndexFilter())
    store.publish(document, store.record.document_passages(document.id))
    assert store.index.count(IndexFilter()) == before
