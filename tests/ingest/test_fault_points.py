"""kill -9 at the N-th write, sync or rename of an ingestion, and the order of the calls (D1, D3). Needs strace.

The suite tries the middle and the last of each call; ``python -m tests.ingest.test_fault_points`` tries every one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from ingest.rebuild import verify
from rag.store import Store
from tests.ingest.test_run import CHILD
from tests.samples import ingest, settings_for

CALLS = ("pwrite64", "fsync", "fdatasync", "rename", "msync")
REPOSITORY = Path(__file__).parents[2]
FILES = 2  # enough for one document to be acknowledged while another is under way

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
_CALL = re.compile(r"^(\d+) +(\w+)\((.*)$")


def traced(folder: Path, trace: Path, *options: str) -> set[str]:
    """Ingest under strace; the ids acknowledged."""
    code = CHILD.replace("run(SAMPLES)", f"run(SAMPLES[:{FILES}])")
    command = ["strace", "-f", "-y", "-s", "64", "-o", str(trace), "-e", f"trace={','.join(CALLS)},write", *options]
    ended = subprocess.run(
        [*command, sys.executable, "-c", code, str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return {line for line in ended.stdout.splitlines() if len(line) == 36}


def calls_of_main(trace: Path) -> list[tuple[str, str]]:
    """(call, arguments) of the process that commits, all its threads, in order."""
    lines = [
        match for line in trace.read_text("utf-8", errors="replace").splitlines() if (match := _CALL.match(line))
    ]
    return [
        (match[2], match[3]) for match in lines if "pipe:" not in match[3].split(",")[0] or match[3].startswith("1<")
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[str, str]], set[str], Path]:
    """A traced ingestion that nobody disturbs: its calls, the ids it acknowledged, its folder."""
    root = tmp_path_factory.mktemp("whole")
    acknowledged = traced(root / "data", root / "trace")
    assert len(acknowledged) == FILES
    return calls_of_main(root / "trace"), acknowledged, root / "data"


def test_acknowledged_means_synced(whole: tuple[list[tuple[str, str]], set[str], Path]) -> None:
    calls, acknowledged, _ = whole
    for document in acknowledged:
        said = next(
            n
            for n, (name, rest) in enumerate(calls)
            if name == "write" and rest.startswith("1<") and document in rest
        )
        for file in ("record.sqlite-wal", "/objects/"):
            written = [n for n in range(said) if calls[n][0] in {"pwrite64", "write"} and file in calls[n][1]]
            synced = [n for n in range(said) if calls[n][0] in {"fsync", "fdatasync"} and file in calls[n][1]]
            assert written, f"nothing was written to {file}"
            assert synced[-1] > written[-1], f"{file} was written and not synced before {document} was acknowledged"


def points(calls: list[tuple[str, str]], every: bool) -> list[tuple[str, int]]:
    counted = Counter(name for name, _ in calls if name in CALLS)
    chosen = []
    for name, count in sorted(counted.items()):
        chosen += [(name, n) for n in (range(1, count + 1) if every else sorted({(count + 1) // 2, count}))]
    return chosen


def killed_at(root: Path, name: str, number: int) -> None:
    """Kill at that call, open again, check; then finish the ingestion and check once more."""
    acknowledged = traced(root / "data", root / "trace", "-e", f"inject={name}:signal=KILL:when={number}")
    with Store.open(settings_for(root / "data")) as store:
        visible = {d.id for d in store.record.documents()}
        assert acknowledged <= visible, f"lost {acknowledged - visible} at {name} {number}"
        kinds = {difference.kind for difference in verify(store)}
        assert kinds <= {"unfinished_document", "stray_points"}, f"{kinds} at {name} {number}"


def test_a_kill_at_chosen_calls_loses_nothing(
    whole: tuple[list[tuple[str, str]], set[str], Path], tmp_path: Path
) -> None:
    calls, acknowledged, _ = whole
    hits = 0
    for name, number in points(calls, every=False):
        root = tmp_path / f"{name}-{number}"
        root.mkdir()
        killed_at(root, name, number)
        hits += "+++ killed by SIGKILL +++" in (root / "trace").read_text("utf-8", errors="replace")
    assert hits > len(CALLS), "the kills came too late to prove anything"
    ingest(root / "data")
    with Store.open(settings_for(root / "data")) as store:
        assert acknowledged <= {d.id for d in store.record.documents()}
        assert verify(store) == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        traced(Path(folder) / "whole", Path(folder) / "trace")
        every = points(calls_of_main(Path(folder) / "trace"), every=True)
        for done, (call, number) in enumerate(every, 1):
            (Path(folder) / "one").mkdir()
            killed_at(Path(folder) / "one", call, number)
            shutil.rmtree(Path(folder) / "one")
            print(f"{done}/{len(every)} {call} {number}", flush=True)
