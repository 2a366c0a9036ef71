"""Opens ZIP packages (DOCX and plain archives) without trusting them: counted, named and sized before a byte is inflated.

The directory's sizes may lie, so inflating stops at the limit too. XML with a document type is refused: entities are the
only use such files would have for one (bombs, XXE).
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.intake import FileStatus
from ingest.limits import DEFAULT_LIMITS, ReadLimits


class UnsafeError(Exception):
    """The package or one of its parts is refused: ``status`` and the message key that says why."""

    def __init__(self, status: FileStatus, reason: str, **details: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.details = status, reason, details


def open_package(path: Path, limits: ReadLimits = DEFAULT_LIMITS) -> zipfile.ZipFile:
    """The archive at ``path``. UnsafeError when it is damaged, locked, too large once inflated, or names places outside."""
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnsafeError(FileStatus.CORRUPT, "file_office_corrupt") from error
    entries = package.infolist()
    if len(entries) > limits.package_entries:
        count, limit = str(len(entries)), str(limits.package_entries)
        raise UnsafeError(FileStatus.TOO_LARGE, "file_package_entries", count=count, limit=limit)
    if any(_leads_outside(entry.filename) for entry in entries):
        raise UnsafeError(FileStatus.CORRUPT, "file_package_paths")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnsafeError(FileStatus.NEEDS_PASSWORD, "file_needs_password")
    if sum(entry.file_size for entry in entries) > limits.package_inflated_bytes:
        raise UnsafeError(
            FileStatus.TOO_LARGE, "file_package_bomb", limit_mb=str(limits.package_inflated_bytes >> 20)
        )
    return package


def _leads_outside(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/"))
    return parts.is_absolute() or ".." in parts.parts or ":" in name


def read_part(package: zipfile.ZipFile, name: str, limits: ReadLimits = DEFAULT_LIMITS) -> bytes | None:
    """The part inflated, None when it is not there. UnsafeError when it is larger than it says or damaged."""
    try:
        with package.open(name) as part:
            data = part.read(limits.package_inflated_bytes + 1)
    except KeyError:
        return None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise UnsafeError(FileStatus.CORRUPT, "file_office_corrupt") from error
    if len(data) > limits.package_inflated_bytes:
        raise UnsafeError(
            FileStatus.TOO_LARGE, "file_package_bomb", limit_mb=str(limits.package_inflated_bytes >> 20)
        )
    return data


def parse_xml(data: bytes) -> Any:
    """The root element. UnsafeError for a document type, for nesting beyond libxml2's limit and for damage."""
    from lxml import etree

    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or "<!DOCTYPE".encode("utf-16-le") in data:
        raise UnsafeError(FileStatus.CORRUPT, "file_xml_doctype")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnsafeError(FileStatus.CORRUPT, "file_office_corrupt") from error
