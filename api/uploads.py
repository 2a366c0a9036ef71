"""An uploaded file becomes a queued job: our own copy under a random name, its given name only data (P8)."""

from __future__ import annotations

import shutil
import unicodedata
import uuid
from pathlib import Path
from typing import BinaryIO

from rag.access import Holding
from rag.disk import require_space
from rag.errors import BadInput
from rag.record.jobs import enqueue
from rag.record.model import Job
from rag.record.record import Record

FOLDER = "uploads"
LONGEST_NAME = 200  # characters kept of a file name, for display
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, bidirectional overrides, surrogates: never shown


def queue_upload(
    record: Record, data_dir: Path, file_name: str | None, content: BinaryIO, max_bytes: int, holding: Holding
) -> Job:
    """Store ``content`` and queue it. Raises BadInput when it is empty or larger than ``max_bytes``, DiskFull."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    require_space(folder)
    path = folder / str(uuid.uuid4())
    try:
        with path.open("wb") as target:
            shutil.copyfileobj(content, target, 1 << 20)
    except OSError:  # a full disk: half a file is of no use to anybody
        path.unlink(missing_ok=True)
        raise
    size = path.stat().st_size
    if 0 < size <= max_bytes:
        return enqueue(record, str(path), shown_name(file_name), kind="upload", holding=holding)
    path.unlink()
    raise BadInput("upload_too_large", limit_mb=max_bytes >> 20) if size else BadInput("upload_empty")


def shown_name(file_name: str | None) -> str:
    """The last part of the name, NFC, without characters that are not seen."""
    name = unicodedata.normalize("NFC", file_name or "").replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in name if unicodedata.category(c) not in _HIDDEN).strip()
    return seen[:LONGEST_NAME] or "tep-khong-ten"
