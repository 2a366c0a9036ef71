"""A real service that asks for keys: documents of three departments, keys made by its administrator's command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
LIMIT_S = 90
PASSWORD = "mật khẩu dài và khó"


@dataclass(frozen=True)
class Closed:
    """``address`` of the service, its folder, the key printed at its first start."""

    address: str
    data: Path
    admin_key: str

    def client(self, key: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.address, headers=headers, timeout=LIMIT_S, trust_env=False)

    def cancu(self, *arguments: str, text: str | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments, "--data-dir", str(self.data)],
            capture_output=True, text=True, check=True, timeout=LIMIT_S, input=text,
        )  # fmt: skip
        return done.stdout

    def key(self, *options: str) -> str:
        return str(json.loads(self.cancu("keys", "make", "thử", "--json", *options))["key"])


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    data = tmp_path_factory.mktemp("closed")
    places = {
        "1-": ("Tài chính", "1"),
        "2-": ("Tài chính", "0"),
        "3-": ("Nội vụ", "0"),
        "4-": ("", "2"),
        "5-": ("", "0"),
    }
    for start, (department, clearance) in places.items():
        file = str(next(SAMPLES.glob(f"{start}*.pdf")))
        command = [sys.executable, "-m", "api.cli", "ingest", file, "--data-dir", str(data)]
        command += ["--department", department, "--clearance", clearance]
        subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_S)
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--json", "--data-dir", str(data)],
        stdout=subprocess.PIPE, env={**os.environ, "CANCU_AUDIT_TEXT": "false"},
    )  # fmt: skip
    assert process.stdout
    said = json.loads(process.stdout.readline())
    yield Closed(said["address"], data, said["admin_key"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT_S) == 0


@pytest.fixture(scope="session")
def as_finance(closed: Closed) -> Iterator[httpx.Client]:
    """Reads and writes for one department, clearance 0."""
    key = closed.key("--scope", "read", "--scope", "write", "--scope", "eval", "--department", "Tài chính")
    with closed.client(key) as client:
        yield client


@pytest.fixture(scope="session")
def as_admin(closed: Closed) -> Iterator[httpx.Client]:
    with closed.client(closed.admin_key) as client:
        yield client


Ask = Callable[[str], httpx.Response]
