"""The index: a cache of vectors over the record, behind one seam with two implementations."""

from __future__ import annotations

from rag.index.fingerprint import Fingerprint
from rag.index.points import Index
from rag.settings import Settings


def open_index(
    settings: Settings, fingerprint: Fingerprint | None = None, serving: bool = False, lock: int | None = None
) -> Index:
    """The store the settings ask for: a Qdrant server by address, else Qdrant Edge under the data folder, whose lock
    (a file descriptor) the caller holds. ``serving``: in a process of its own. Raises IndexMismatch, Unavailable."""
    fingerprint = fingerprint or Fingerprint()
    if settings.qdrant_url:
        from rag.index.server import ServerIndex, connect

        return ServerIndex(connect(settings.qdrant_url, settings.qdrant_timeout_s), fingerprint)
    root = settings.data_dir / "index"
    if serving:
        from rag.index.served import ServedIndex

        return ServedIndex(root, fingerprint, lock)
    from rag.index.edge import EdgeIndex

    return EdgeIndex(root, fingerprint)
