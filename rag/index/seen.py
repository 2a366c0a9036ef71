"""The index as one access sees it: every query carries the access condition, and nothing can be written (I2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.access import Access
from rag.index.points import Index, IndexFilter, IndexHit, IndexPoint, SparseVector, StoredPoint


class SeenIndex:
    """A view of ``whole``."""

    def __init__(self, whole: Index, access: Access) -> None:
        self._whole = whole
        self._access = access

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        return self._whole.search(sparse, dense, replace(where, access=self._access), limit)

    def count(self, where: IndexFilter) -> int:
        return self._whole.count(replace(where, access=self._access))

    def passage_ids(self) -> Iterator[str]:
        raise TypeError("a view answers questions only")

    def held(self) -> set[str] | None:
        raise TypeError("a view answers questions only")

    def stored_points(self) -> Iterator[StoredPoint]:
        raise TypeError("a view answers questions only")

    def upsert(self, points: Sequence[IndexPoint]) -> None:  # noqa: ARG002
        raise TypeError("a view only reads")

    def delete(self, document_id: str) -> None:  # noqa: ARG002
        raise TypeError("a view only reads")

    def delete_points(self, passage_ids: Sequence[str]) -> None:  # noqa: ARG002
        raise TypeError("a view only reads")

    def flush(self) -> None:
        raise TypeError("a view only reads")

    def close(self) -> None:
        """The whole index is closed by its owner."""
