"""Taking files in: kind by content, size limit, names as data (P3, P8)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.intake import FileKind, FileStatus, sniff_kind, take_in
from ingest.limits import ReadLimits


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"<html><!--\n%PDF-1.4", FileKind.PDF),
        (b"PK\x03\x04....", FileKind.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", FileKind.WORD_BINARY),
        (b"{\\rtf1\\ansi", FileKind.RTF),
        (b"\n<!DOCTYPE HTML>", FileKind.HTML),
        (b"\xff\xd8\xff\xe0", FileKind.IMAGE),
        (b"\x7fELF\x02", FileKind.UNKNOWN),
        (b"", FileKind.UNKNOWN),
    ],
)
def test_the_first_bytes_decide(head: bytes, kind: FileKind) -> None:
    assert sniff_kind(head) is kind


def test_the_suffix_decides_nothing(tmp_path: Path) -> None:
    file = tmp_path / "văn bản.pdf"
    file.write_bytes(b"\xd0\xcf\x11\xe0 old Word file")
    intake = take_in(file)
    assert (intake.status, intake.kind) == (None, FileKind.WORD_BINARY)
    assert intake.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.touch()
    assert take_in(file).status is FileStatus.EMPTY


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    with file.open("wb") as sparse:
        sparse.truncate(3 << 20)
    intake = take_in(file, ReadLimits(file_bytes=2 << 20))
    assert intake.status is FileStatus.TOO_LARGE
    assert intake.sha256 == ""
    assert dict(intake.details) == {"limit_mb": "2", "size_mb": "3"}


@pytest.mark.parametrize("name", ["\u202efdp.exe", "a\nb.pdf", "$(touch x).pdf", "..%2f..%2fpasswd.pdf", "x" * 200])
def test_names_are_data(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"%PDF-1.7\n")
    assert take_in(file).kind is FileKind.PDF
    assert [path.name for path in tmp_path.iterdir()] == [name]
