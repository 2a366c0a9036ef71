"""Reorganising while serving: nothing is lost, writes of the meantime are in the new generation."""

from __future__ import annotations

import shutil
import subprocess
import threading
import uuid
from pathlib import Path

import pytest

from rag.errors import Damaged
from rag.index.edge import EdgeIndex
from rag.index.fingerprint import Fingerprint
from rag.index.points import IndexFilter, IndexPoint
from rag.index.reorganise import reorganise
from rag.lexical import LexicalEncoder


def _points(document: str, count: int) -> list[IndexPoint]:
    encoder = LexicalEncoder()
    return [
        IndexPoint(
            str(uuid.uuid5(uuid.NAMESPACE_OID, f"{document}{i}")),
            document,
            encoder.encode_passage(f"khoản {i} của văn bản {document}"),
            None,
            {"type": "Luật", "issuer": "Quốc hội", "number_key": document, "year": 2020},
        )
        for i in range(count)
    ]


def test_searches_and_writes_go_on_and_meet_in_the_new_generation(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path, Fingerprint())
    index.upsert(_points("a", 2000))
    before = index.folder
    query = LexicalEncoder().encode_passage("văn bản a")
    stop, failures, searches = threading.Event(), [], [0]

    def search() -> None:
        while not stop.is_set():
            searches[0] += 1
            if len(index.search(query, None, IndexFilter(), 10)) != 10:
                failures.append("short answer")

    reader = threading.Thread(target=search)
    reader.start()
    worker = threading.Thread(target=reorganise, args=(index,))
    worker.start()
    while worker.is_alive() and index.journal is None:
        pass
    index.upsert(_points("b", 300))
    index.delete("nobody")
    worker.join()
    stop.set()
    reader.join()
    assert not failures
    assert searches[0] > 0
    assert index.folder != before
    assert not before.exists()
    assert index.count(IndexFilter()) == 2300
    index.close()
    again = EdgeIndex(tmp_path, Fingerprint())
    assert again.count(IndexFilter(document_ids=("b",))) == 300
    again.close()


def test_a_child_that_dies_leaves_the_old_generation_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = EdgeIndex(tmp_path, Fingerprint())
    index.upsert(_points("a", 20))
    before = index.folder
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(subprocess.CalledProcessError):
        reorganise(index)
    assert index.folder == before
    assert [p.name for p in tmp_path.glob("gen-*")] == [before.name]
    assert index.count(IndexFilter()) == 20
    index.close()


def test_a_half_made_generation_is_swept_away_and_a_damaged_one_names_the_command(tmp_path: Path) -> None:
    half = tmp_path / "gen-000001.new"
    half.mkdir()
    (half / "edge_config.json").write_text("{", "utf-8")
    EdgeIndex(tmp_path, Fingerprint()).close()
    assert not half.exists()
    folder = tmp_path / "gen-000001"
    for path in list(folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(Damaged, match="cancu rebuild"):
        EdgeIndex(tmp_path, Fingerprint())
