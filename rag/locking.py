"""One owner of the data folder (D8): a lock taken before any engine file is opened; the kernel frees it at death."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rag.errors import FolderInUse

_LOCK = "owner.lock"
LOCAL_KEY = "owner.key"  # the key of the owning service for commands on this machine
_ADDRESS = "owner.json"  # beside the lock and not inside: replaced in one step, so a reader never sees half of it


@contextmanager
def own_folder(data_dir: Path) -> Iterator[int]:
    """Hold ``data_dir`` for this process, and for children that inherit the file descriptor handed out. Raises
    FolderInUse at once when another process holds it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / _LOCK).open("a") as file:
        _lock(file, data_dir)
        announce(data_dir, None)
        try:
            yield file.fileno()
        finally:
            announce(data_dir, None)


def announce(data_dir: Path, address: str | None) -> None:
    """Tell other processes where the owning service answers (``http://127.0.0.1:8620``)."""
    path = data_dir / _ADDRESS
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"address": address, "pid": os.getpid()}), "utf-8")
    draft.replace(path)


def owner_address(data_dir: Path) -> str | None:
    """The address of the service that owns the folder now, None when nobody does or the owner is no service."""
    if not is_owned(data_dir):
        return None
    try:
        address = json.loads((data_dir / _ADDRESS).read_text("utf-8"))["address"]
    except (OSError, ValueError, KeyError):
        return None
    return str(address) if address else None


def local_key(data_dir: Path) -> str | None:
    """The key with which the commands of this machine ask the owning service."""
    try:
        return (data_dir / LOCAL_KEY).read_text("utf-8").strip() or None
    except OSError:
        return None


def is_owned(data_dir: Path) -> bool:
    """Whether a living process holds the folder."""
    path = data_dir / _LOCK
    if not path.exists():
        return False
    status = path.stat()
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    locks = Path("/proc/locks").read_text("ascii")  # looking takes no lock that could refuse a starting owner
    return any(device in line.split() for line in locks.splitlines())


def _lock(file: IO[str], data_dir: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderInUse("folder_in_use", folder=data_dir) from None
