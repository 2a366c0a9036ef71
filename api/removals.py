"""Documents taken out with time to think again, and read anew: the file is kept aside while they are."""

from __future__ import annotations

import shutil
import threading
import uuid
from pathlib import Path

from api.running import Running
from api.uploads import FOLDER
from rag.errors import CancuError
from rag.record.kept import hold, let_go, release
from rag.record.model import Document, Job

UNDO_S = 600.0  # ten minutes: longer than it takes to notice, short enough that deleted means deleted


def remove(parts: Running, document_id: str) -> Job | None:
    """Out of every answer at once; its file is kept for ``UNDO_S``. None when there is no sound file to keep. Raises
    NotFound, Denied."""
    parts.check_writable(document_id)
    document = parts.record.document(document_id)
    copy = _copy(parts, document)
    held = hold(parts.store.record, document, copy) if copy else None
    parts.delete(document_id, keep_review=held is not None)
    _let_go_later(parts)
    return held


def bring_back(parts: Running, job_id: str) -> Job:
    """Undo: the file is taken in again. Raises NotFound when the time is over."""
    return release(parts.record, job_id)


def read_again(parts: Running, document_id: str) -> Job | None:
    """Read the document's file once more, as a newer reader would; corrections stay. Raises NotFound, Denied."""
    held = remove(parts, document_id)
    return release(parts.record, held.id) if held else None


def let_go_at_start(parts: Running) -> None:
    """What a process before this one held is let go in time."""
    let_go(parts.store.record, UNDO_S)
    _let_go_later(parts)


def _copy(parts: Running, document: Document) -> Path | None:
    try:
        original = parts.record.original(document.id)
    except (CancuError, OSError):  # nothing of it was kept, or its bytes are no longer what they were
        return None
    folder = parts.settings.data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / str(uuid.uuid4())
    shutil.copyfile(original, copy)
    return copy


def _let_go_later(parts: Running) -> None:
    timer = threading.Timer(UNDO_S + 1, let_go, (parts.store.record, UNDO_S))
    timer.daemon = True
    timer.start()
