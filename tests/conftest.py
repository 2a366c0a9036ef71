"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real documents and questions; tests that need it are skipped where it is missing."""
    root = Path(os.environ.get("CANCU_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not root.is_dir():
        pytest.skip(f"no shared data at {root} (set CANCU_SHARED)")
    return root


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regen", action="store_true", help="write golden files anew; read their difference like code")


@pytest.fixture(scope="session")
def regen(pytestconfig: pytest.Config) -> bool:
    """Whether golden files are written instead of compared."""
    return bool(pytestconfig.getoption("--regen"))
