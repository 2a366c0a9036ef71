"""One real service over the sample documents, on a loopback port of its own, for all tests of this folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
LONGEST_WAIT_S = 60


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the running service; its data folder holds the samples, taken in over HTTP."""
    data = tmp_path_factory.mktemp("data")
    environment = {**os.environ, "CANCU_DATA_DIR": str(data), "CANCU_MAX_FILE_MB": "2"}
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--open", "--port", "0", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    try:
        address = json.loads(process.stdout.readline())["address"]
        with httpx.Client(base_url=address, timeout=LONGEST_WAIT_S, trust_env=False) as client:
            for path in sorted(SAMPLES.glob("*.pdf")):
                assert upload(client, path.name, path.read_bytes())["status"] == "indexed"
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LONGEST_WAIT_S) == 0


def upload(client: httpx.Client, name: str, content: bytes) -> dict[str, object]:
    """Send a file and follow its job to the end."""
    queued = client.post("/v1/documents", files={"file": (name, content)})
    assert queued.status_code == 202, queued.text
    for _ in range(LONGEST_WAIT_S * 20):
        job = client.get(queued.headers["location"]).json()
        if job["state"] == "done":
            return dict(job)
        time.sleep(0.05)
    raise AssertionError(f"the job did not end: {job}")


@pytest.fixture(scope="session")
def send(service: httpx.Client):  # type: ignore[no-untyped-def]
    return lambda name, content: upload(service, name, content)
