"""What has been read of a scan so far, page by page, so that a killed run goes on where it stopped.

One folder a document (its SHA-256), one msgpack file a page, renamed into place when whole; gone once the document is
read. A page that bears a secrecy mark is never written.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from ingest.lines import PrintedPage

_DECODER = msgspec.msgpack.Decoder(PrintedPage)


def page_file(folder: Path, sha256: str, page: int) -> Path:
    return folder / sha256 / f"{page}.msgpack"


def store_page(folder: Path, sha256: str, page: PrintedPage) -> None:
    """Write ``page`` whole or not at all."""
    target = page_file(folder, sha256, page.number)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.msgpack.encode(page))
    draft.replace(target)


def stored_page(folder: Path, sha256: str, page: int) -> PrintedPage | None:
    """The page as read before, None when it was not, or not whole."""
    try:
        return _DECODER.decode(page_file(folder, sha256, page).read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def forget(folder: Path, sha256: str) -> None:
    """Remove all that was read of the document."""
    shutil.rmtree(folder / sha256, ignore_errors=True)
