"""The data folder itself: a nearly full disk (D6) and one owner, also after a kill (D8)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import DiskFull, FolderInUse
from rag.retrieve import search
from rag.store import Store
from tests.samples import SAMPLES, ingest, settings_for

QUESTION = "Hồ sơ nộp trực tuyến sau 16 giờ được tính tiếp nhận khi nào"
SMALL = "900m"  # far below the free space that must stay
OWNER = """
import sys, time
from pathlib import Path
from rag.settings import load_settings
from rag.store import Store
if __name__ == "__main__":
    store = Store.open(load_settings(data_dir=Path(sys.argv[1])), serving=True)
    print(store.index.pid, flush=True)
    time.sleep(600)
"""
FREE_AGAIN_S = 2.0  # D8's own figure


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made")
    ingest(made, SAMPLES[:2])
    return made


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mounted = tmp_path / "small"
    mounted.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(mounted)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("mounting a small file system needs root")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_full_disk_refuses_every_write_and_goes_on_answering(folder: Path, small_disk: Path) -> None:
    data = Path(shutil.copytree(folder, small_disk / "data"))
    with Store.open(settings_for(data), serving=True) as store:
        before = [hit.passage.id for hit in search(store, QUESTION).hits]
        document = store.record.documents()[0]
        passages = store.record.document_passages(document.id)
        for write in (
            lambda: store.record.store_original(SAMPLES[3]),
            lambda: store.record.commit_document(document, "", None, passages),
            lambda: store.publish(document, passages),
        ):
            with pytest.raises(DiskFull, match="gần đầy"):
                write()
        assert [hit.passage.id for hit in search(store, QUESTION).hits] == before
    with pytest.raises(DiskFull):
        ingest(data, [SAMPLES[3]])


def test_a_killed_owner_and_its_children_free_the_folder_in_two_seconds(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        keeper = int(owner.stdout.readline())
        held = {str(fd.readlink()) for fd in Path(f"/proc/{keeper}/fd").iterdir()}
        assert str(folder / "owner.lock") in held  # the lock goes only when the keeper does
        with pytest.raises(FolderInUse):
            Store.open(settings_for(folder))
        owner.kill()
        owner.wait()
        began = time.monotonic()
        while time.monotonic() - began < FREE_AGAIN_S:
            try:
                Store.open(settings_for(folder)).close()
                return
            except FolderInUse:
                time.sleep(0.05)
    pytest.fail("the folder was not free again")
