"""A nearly full disk refuses writes early (D6): the engine dies of SIGBUS on a full one, and reading must go on."""

from __future__ import annotations

import shutil
from pathlib import Path

from rag.errors import DiskFull

MIN_FREE_BYTES = 1 << 30  # 1 GiB: one optimised generation of some 100,000 passages
MIN_FREE_SHARE = 0.05  # of the file system, as file systems themselves reserve


def require_space(folder: Path) -> None:
    """Raises DiskFull when less than max(1 GiB, 5 %) of the file system is free."""
    usage = shutil.disk_usage(folder)
    needed = least_free_bytes(usage.total)
    if usage.free < needed:
        raise DiskFull("disk_full", folder=folder, free_mb=usage.free >> 20, needed_mb=needed >> 20)


def least_free_bytes(total_bytes: int) -> int:
    """What must be free on a file system of ``total_bytes``."""
    return max(MIN_FREE_BYTES, int(total_bytes * MIN_FREE_SHARE))
