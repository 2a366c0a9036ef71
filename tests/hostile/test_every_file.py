"""Every file ends in exactly one status, pinned for each in ``expected.tsv`` (P1, P2, P9, P10).

The pins were read off one run and then read through against the manifests' notes, doubtful files one by one; a change of one is a change of
what users are told, and belongs in a commit that says why.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.intake import FileStatus
from ingest.read import ReadDocument
from ingest.worker import ReaderPool
from rag.messages import catalogue

EXPECTED = Path(__file__).with_name("expected.tsv")
FOLDERS = {
    "born-digital": "pdfs/born-digital",
    "odd": "pdfs/odd",
    "scanned": "pdfs/scanned",
    "office": "pdfs/office",
    "legacy-encoding": "pdfs/legacy-encoding",
    "hostile": "hostile/pdf",
}


def expected_of(name: str) -> dict[str, tuple[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["file"]: (row["status"], row["reason"]) for row in rows if row["set"] == name}


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool() as readers:
        yield readers


@pytest.fixture(scope="module")
def synthetic(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, pool: ReaderPool
) -> dict[str, ReadDocument]:
    folder = tmp_path_factory.mktemp("synthetic")
    subprocess.run([sys.executable, str(shared_data / "hostile/make_synthetic.py"), str(folder)], check=True)
    return read_folder(pool, folder)


def read_folder(pool: ReaderPool, folder: Path) -> dict[str, ReadDocument]:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != "manifest.csv"]
    tasks = [(path.name, pool.submit(path)) for path in files]
    return {name: task.result() for name, task in tasks}


def told(read: dict[str, ReadDocument]) -> dict[str, tuple[str, str]]:
    return {name: (str(document.status), document.reason) for name, document in read.items()}


def assert_explained(read: dict[str, ReadDocument]) -> None:
    """Whatever did not end well is said in Vietnamese, with every field filled."""
    for name, document in read.items():
        text = document.text()
        assert bool(text) == (document.status is not FileStatus.INDEXED), name
        assert "{" not in text, name
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} for c in text), name


def assert_clean(document: ReadDocument, name: str) -> None:
    """No control, format, surrogate or private character, and NFC, in what is indexed (P9)."""
    for text in [document.act.text if document.act else "", *(passage.text for passage in document.passages)]:
        assert unicodedata.is_normalized("NFC", text), name
        bad = {c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}}
        assert not bad, (name, bad)
        text.encode("utf-8")


@pytest.mark.parametrize("name", FOLDERS)
def test_each_real_file_ends_in_its_status(name: str, shared_data: Path, pool: ReaderPool) -> None:
    read = read_folder(pool, shared_data / FOLDERS[name])
    assert told(read) == expected_of(name)
    assert_explained(read)
    for file, document in read.items():
        assert_clean(document, file)


def test_each_synthetic_file_ends_in_its_status(synthetic: dict[str, ReadDocument]) -> None:
    assert told(synthetic) == expected_of("synthetic")
    assert_explained(synthetic)
    for file, document in synthetic.items():
        assert_clean(document, file)


@pytest.mark.parametrize("how", ["white", "tiny", "invisible", "off_page"])
def test_hidden_text_is_flagged_and_kept_out(how: str, synthetic: dict[str, ReadDocument]) -> None:
    file = {"white": "white_text", "tiny": "tiny_font", "invisible": "render_mode3", "off_page": "off_page"}[how]
    document = synthetic[f"inj_{file}.pdf"]
    assert document.act is not None
    assert "5.000.000" in document.act.text
    assert "Điều 999" not in document.act.text
    assert [d.details["how"] for d in document.diagnostics if d.code == "hidden_text"] == [how]


def test_every_reason_is_in_the_catalogue() -> None:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        reasons = {row["reason"] for row in csv.DictReader(file, delimiter="\t")} - {""}
    assert reasons <= catalogue().keys()
