"""Content-addressed originals: ``objects/ab/<sha256>``. A file name never reaches the disk (P8)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from rag.disk import require_space
from rag.errors import Damaged

_CHUNK_BYTES = 1 << 20


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def object_path(root: Path, sha256: str) -> Path:
    return root / sha256[:2] / sha256


def store_object(root: Path, source: Path) -> str:
    """Copy ``source`` into the store and return its SHA-256. On disk (fsync of file and folder) when this returns.
    Raises DiskFull."""
    digest = hashlib.sha256()
    root.mkdir(parents=True, exist_ok=True)
    require_space(root)
    draft = root / f".{os.getpid()}.{os.urandom(8).hex()}.new"
    try:
        with source.open("rb") as reader, draft.open("wb") as writer:
            while chunk := reader.read(_CHUNK_BYTES):
                digest.update(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        target = object_path(root, digest.hexdigest())
        target.parent.mkdir(exist_ok=True)
        draft.replace(target)
        _sync_folder(target.parent)
        _sync_folder(root)
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest()


def check_object(root: Path, sha256: str) -> Path:
    """The path of an original whose bytes still have their SHA-256; raises Damaged otherwise (D4)."""
    path = object_path(root, sha256)
    if not path.exists() or file_sha256(path) != sha256:
        raise Damaged("object_damaged", sha256=sha256)
    return path


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
