"""What the index stores and answers: vectors, the passage id and filter fields. Never text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.access import EVERYTHING, Access


@dataclass(frozen=True, slots=True)
class SparseVector:
    """``indices`` uint32 term ids, strictly increasing; ``values`` float32 weights, same length."""

    indices: NDArray[np.uint32]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """One passage as the index holds it. ``fields``: number_key, type, issuer, year, department, clearance."""

    passage_id: str
    document_id: str
    sparse: SparseVector
    dense: NDArray[np.float32] | None
    fields: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class StoredPoint:
    """A point read back, to be compared with what the record would give. A dense vector comes back normalised."""

    passage_id: str
    document_id: str
    sparse: SparseVector | None
    dense: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class IndexFilter:
    """All given conditions must hold; each tuple means "any of". Empty means no condition."""

    document_ids: tuple[str, ...] = ()
    number_keys: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    access: Access = EVERYTHING  # set by the store's view (``Store.seen_by``), never by who asks

    def keywords(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(payload field, allowed values) of the keyword conditions."""
        return (
            ("document_id", self.document_ids),
            ("number_key", self.number_keys),
            ("type", self.types),
            ("issuer", self.issuers),
        )


@dataclass(frozen=True, slots=True)
class IndexHit:
    """A candidate. A side that did not return it is None."""

    passage_id: str
    lexical: float | None
    dense: float | None


class Index(Protocol):
    """The seam over the vector store; implementations: Qdrant Edge in-process, a Qdrant server by URL."""

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        """All points of one or more documents; what the index held of these documents before is replaced."""
        ...

    def delete(self, document_id: str) -> None: ...

    def delete_points(self, passage_ids: Sequence[str]) -> None: ...

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        """Up to ``limit`` candidates of each side, merged by passage; ordered by fused rank."""
        ...

    def count(self, where: IndexFilter) -> int: ...

    def passage_ids(self) -> Iterator[str]: ...

    def stored_points(self) -> Iterator[StoredPoint]:
        """Every point with its vectors."""
        ...

    def held(self) -> set[str] | None:
        """The documents whose points are there for certain; None when the store vouches for all it acknowledged."""
        ...

    def flush(self) -> None:
        """All that was written before is on disk when this returns, or will be indexed again from the record."""
        ...

    def close(self) -> None: ...
