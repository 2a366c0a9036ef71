"""S1: no packet leaves. The demo's run (ingest, ask, serve) in a network namespace that has only loopback, traced."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN_LIMIT_S = 150  # two ingestions of seven small files take a few seconds; tracing triples that
OUTSIDE = re.compile(r"sa_family=AF_INET6?,")
LOOPBACK = re.compile(r'inet_addr\("127\.|"::1"')
# The demo's commands in order; then the service answers one question over loopback and is ended.
DEMO = r"""
set -eu
ip link set lo up 2>/dev/null || true
cancu() { "$PYTHON" -m api.cli "$@"; }
cancu ingest docs/samples
cancu ask "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"
"$PYTHON" -m api.cli serve --host 127.0.0.1 --port 8765 & service=$!
trap 'kill $service' EXIT
"$PYTHON" - <<'CHECK'
import time, urllib.request
for _ in range(300):
    try:
        assert urllib.request.urlopen("http://127.0.0.1:8765/readyz").status == 200
        break
    except OSError:
        time.sleep(0.1)
else:
    raise SystemExit("the service was not ready")
CHECK
"""


def outside_connects(trace: str) -> list[str]:
    """Calls that name an internet address other than loopback; Unix sockets stay on the machine."""
    return [line for line in trace.splitlines() if OUTSIDE.search(line) and not LOOPBACK.search(line)]


def run_traced(script: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """The script in a namespace of its own; its output and every address that it and its children call."""
    trace = folder / "trace"
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "CANCU_DATA_DIR": str(folder / "data"),
        "HOME": str(folder),
    }
    command = [
        "unshare",
        "-rn",
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=connect,sendto,sendmsg",
        "-o",
        str(trace),
        "sh",
        "-c",
        script,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=RUN_LIMIT_S
    )
    return done, trace.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="module")
def tracing() -> None:
    """Skips with the reason where the machine cannot cut the network or trace."""
    for program in ("unshare", "strace"):
        if not shutil.which(program):
            pytest.skip(f"{program} is missing: apt-get install util-linux strace")
    trial = ["unshare", "-rn", "strace", "-qq", "-o", os.devnull, "true"]
    if subprocess.run(trial, capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no network namespace or no tracing")


def test_the_trap_catches_a_connect_to_the_outside(tracing: None, tmp_path: Path) -> None:
    """Without this the next test could pass because it sees nothing."""
    call = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect_ex(('192.0.2.1', 53))"
    _, trace = run_traced(f'"$PYTHON" -c "{call}"', tmp_path)
    assert len(outside_connects(trace)) == 1


@pytest.mark.slow
def test_the_demo_runs_without_a_network_and_tries_none(tracing: None, tmp_path: Path) -> None:
    done, trace = run_traced(DEMO, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert outside_connects(trace) == []
