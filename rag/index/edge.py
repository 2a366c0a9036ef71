"""Qdrant Edge in this process, for commands that serve nobody. The caller holds the folder's lock (``rag.locking``)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.disk import require_space
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.fusion import fuse
from rag.index.generation import Generation, current, sweep
from rag.index.points import IndexFilter, IndexHit, IndexPoint, SparseVector, StoredPoint


class EdgeIndex:
    """The embedded index under ``root``. Searches run in parallel with one writer."""

    def __init__(self, root: Path, fingerprint: Fingerprint) -> None:
        root.mkdir(parents=True, exist_ok=True)
        check_fingerprint(root / "fingerprint.json", fingerprint)
        self.root = root
        self._writing = threading.RLock()
        sweep(root)
        self.generation = Generation(current(root), fingerprint.dense_size)

    @property
    def shard_folder(self) -> Path:
        return self.generation.folder

    def held(self) -> set[str]:
        return set(self.generation.documents)

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        require_space(self.root)
        with self._writing:
            self.generation.upsert(points)

    def delete(self, document_id: str) -> None:
        with self._writing:
            self.generation.delete(document_id)

    def delete_points(self, passage_ids: Sequence[str]) -> None:
        """Remove points by id (stray ones that the record does not know)."""
        with self._writing:
            self.generation.shard.delete_points(passage_ids)

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        return fuse(*self.generation.shard.sides(sparse, dense, where, limit))

    def count(self, where: IndexFilter) -> int:
        return self.generation.shard.count(where)

    def passage_ids(self) -> Iterator[str]:
        return (point.passage_id for point in self.generation.shard.points())

    def stored_points(self) -> Iterator[StoredPoint]:
        return self.generation.shard.points(with_vectors=True)

    def flush(self) -> None:
        with self._writing:
            self.generation.flush()

    def optimize(self) -> None:
        """Merge and index in place."""
        require_space(self.root)
        with self._writing:
            self.generation.shard.optimize()
            self.generation.flush()

    def close(self) -> None:
        with self._writing:
            self.generation.close()
