"""kill -9 at random moments of an ingestion: nothing acknowledged is lost, nothing is half visible (D1, D2).

Ten kills in the suite; ``python -m tests.ingest.test_kill 50`` does as many as you like.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from ingest.rebuild import verify
from rag.store import Store
from tests.ingest.test_run import kill_while_ingesting
from tests.samples import SAMPLES, ingest, settings_for

KILLS = 10
SEED = 20260101


def kill_again_and_again(root: Path, kills: int, seed: int) -> tuple[int, int]:
    """(acknowledged documents checked, kills that hit a running ingestion). Asserts after every kill."""
    rng = random.Random(seed)
    started = time.perf_counter()
    ingest(root / "whole")
    whole_s = time.perf_counter() - started
    checked = hits = 0
    folder = root / "data"
    for _ in range(kills):
        acknowledged = kill_while_ingesting(folder, rng.uniform(0.5, whole_s + 1.0))
        hits += len(acknowledged) < len(SAMPLES)
        with Store.open(settings_for(folder)) as store:
            visible = {d.id for d in store.record.documents()}
            assert acknowledged <= visible, f"lost {acknowledged - visible} (seed {seed})"
            differences = [d for d in verify(store) if d.kind not in {"unfinished_document", "stray_points"}]
            assert not differences, f"{differences} (seed {seed})"
        checked += len(acknowledged)
        if len(acknowledged) == len(SAMPLES) or rng.random() < 0.3:
            shutil.rmtree(folder)
    ingest(folder)
    with Store.open(settings_for(folder)) as store:
        assert len(store.record.documents()) == len(SAMPLES)
        assert verify(store) == []
    return checked, hits


def test_ten_kills(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    _, hits = kill_again_and_again(tmp_path, KILLS, SEED)
    assert hits > KILLS // 3, "the kills came too late to prove anything"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as root:
        print(kill_again_and_again(Path(root), int(sys.argv[1]), SEED))
