"""Takes a file in: what it is by its first bytes, how large, its SHA-256, and the one status it may end in (P2).

The file's name is data (P8): it is never parsed, and its suffix decides nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingest.limits import DEFAULT_LIMITS, ReadLimits

SNIFFED_BYTES = 1024  # ISO 32000-1, annex H: readers look for the header in the first 1,024 bytes
HASHED_BYTES = 1 << 20  # read at a time


class FileStatus(StrEnum):
    """How the intake of one file ended: exactly one of these (P2)."""

    INDEXED = "indexed"
    INDEXED_PARTIAL = "indexed_partial"
    NEEDS_OCR = "needs_ocr"
    NEEDS_PASSWORD = "needs_password"
    EMPTY = "empty"
    ZERO_PAGES = "zero_pages"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    UNSUPPORTED = "unsupported"
    CORRUPT = "corrupt"
    SECRET_MARKED = "secret_marked"
    DUPLICATE = "duplicate"


class FileKind(StrEnum):
    """What the first bytes say the file is."""

    PDF = "pdf"
    WORD_BINARY = "doc"
    ZIP = "docx"
    RTF = "rtf"
    HTML = "html"
    IMAGE = "image"
    UNKNOWN = "unknown"


READ_KINDS = frozenset({FileKind.PDF, FileKind.WORD_BINARY, FileKind.ZIP, FileKind.RTF, FileKind.HTML})


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as it arrived. ``status`` is None when it is worth reading; else ``reason`` is a message key."""

    kind: FileKind
    size_bytes: int
    sha256: str
    status: FileStatus | None = None
    reason: str = ""
    details: tuple[tuple[str, str], ...] = ()


_SIGNATURES: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xd0\xcf\x11\xe0", FileKind.WORD_BINARY),
    (b"PK\x03\x04", FileKind.ZIP),
    (b"{\\rtf", FileKind.RTF),
    (b"\xff\xd8\xff", FileKind.IMAGE),
    (b"\x89PNG", FileKind.IMAGE),
    (b"II*\x00", FileKind.IMAGE),
    (b"MM\x00*", FileKind.IMAGE),
)
_HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body")


def sniff_kind(head: bytes) -> FileKind:
    """The kind of a file from its first ``SNIFFED_BYTES``. A PDF header anywhere in them wins (polyglots are read as
    PDF, which runs nothing of the rest)."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if b"%PDF-" in head:
        return FileKind.PDF
    lowered = head.lower()
    return FileKind.HTML if any(mark in lowered for mark in _HTML_MARKS) else FileKind.UNKNOWN


def hash_file(path: Path) -> str:
    """SHA-256 (hex) of the file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASHED_BYTES):
            digest.update(block)
    return digest.hexdigest()


def take_in(path: Path, limits: ReadLimits = DEFAULT_LIMITS) -> Intake:
    """Sniff, measure and hash ``path``. OSError when it cannot be opened: that is the caller's to report."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        mib = (("limit_mb", str(limits.file_bytes >> 20)), ("size_mb", str(size >> 20)))
        return Intake(FileKind.UNKNOWN, size, "", FileStatus.TOO_LARGE, "file_too_large_bytes", mib)
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    kind, digest = sniff_kind(head), hash_file(path)
    if not size:
        return Intake(kind, size, digest, FileStatus.EMPTY, "file_empty")
    if kind not in READ_KINDS:
        return Intake(kind, size, digest, FileStatus.UNSUPPORTED, f"file_unsupported_{kind.value}")
    return Intake(kind, size, digest)
