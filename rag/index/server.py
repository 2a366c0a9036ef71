"""A Qdrant server (or cluster) by address: same points, filters and fusion as the embedded engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

from rag.access import COMMON, Access
from rag.errors import IndexMismatch, Unavailable
from rag.index.fingerprint import Fingerprint
from rag.index.fusion import Scored, by_score, fuse
from rag.index.points import IndexFilter, IndexHit, IndexPoint, SparseVector, StoredPoint

LEXICAL, DENSE = "lexical", "dense"
PREFIX = "cancu_"  # the collection's name ends with the fingerprint's digest
_UPSERT_BATCH = 256
_SCROLL_PAGE = 1000


class ServerIndex:
    """The index as one collection of a Qdrant server. Every write waits until the server has applied it."""

    def __init__(self, client: QdrantClient, fingerprint: Fingerprint) -> None:
        self.client = client
        self.dense_size = fingerprint.dense_size
        self.collection = PREFIX + fingerprint.digest()
        with _reachable():
            self._make_collection()

    def held(self) -> set[str] | None:
        """None: a write is on the server's disk before its document is shown."""
        return None

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        for start in range(0, len(points), _UPSERT_BATCH):
            with _reachable():
                batch = [_server_point(p) for p in points[start : start + _UPSERT_BATCH]]
                self.client.upsert(self.collection, batch, wait=True)

    def delete(self, document_id: str) -> None:
        selector = models.FilterSelector(filter=_filter(IndexFilter(document_ids=(document_id,))) or models.Filter())
        with _reachable():
            self.client.delete(self.collection, selector, wait=True)

    def delete_points(self, passage_ids: Sequence[str]) -> None:
        with _reachable():
            self.client.delete(self.collection, models.PointIdsList(points=list(passage_ids)), wait=True)

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        condition = _filter(where)
        lexical_side: list[Scored] = []
        dense_side: list[Scored] = []
        if sparse is not None and len(sparse.indices):
            lexical_side = self._side(LEXICAL, _server_sparse(sparse), condition, limit)
        if dense is not None and self.dense_size:
            dense_side = self._side(DENSE, dense.tolist(), condition, limit)
        return fuse(lexical_side, dense_side)

    def count(self, where: IndexFilter) -> int:
        with _reachable():
            return int(self.client.count(self.collection, _filter(where), exact=True).count)

    def passage_ids(self) -> Iterator[str]:
        return (str(record.id) for record in self._records(with_vectors=False))

    def stored_points(self) -> Iterator[StoredPoint]:
        return map(_stored, self._records(with_vectors=True))

    def _records(self, with_vectors: bool) -> Iterator[Any]:
        offset: Any = None
        while True:
            with _reachable():
                records, offset = self.client.scroll(
                    self.collection,
                    limit=_SCROLL_PAGE,
                    offset=offset,
                    with_payload=["document_id"],
                    with_vectors=with_vectors,
                )
            yield from records
            if offset is None:
                return

    def flush(self) -> None:
        """Nothing to do: ``wait=True`` returns after the server's write-ahead log has the operation."""

    def close(self) -> None:
        self.client.close()

    def _side(self, name: str, vector: Any, condition: models.Filter | None, limit: int) -> list[Scored]:
        with _reachable():
            found = self.client.query_points(
                self.collection,
                query=vector,
                using=name,
                query_filter=condition,
                limit=limit,
                with_payload=False,
            )
        return by_score([(str(p.id), float(p.score)) for p in found.points])

    def _make_collection(self) -> None:
        names = {c.name for c in self.client.get_collections().collections}
        if self.collection in names:
            return
        if any(name.startswith(PREFIX) for name in names):
            raise IndexMismatch("index_mismatch", index=self.collection)
        dense = {DENSE: models.VectorParams(size=self.dense_size, distance=models.Distance.COSINE)}
        self.client.create_collection(
            self.collection,
            vectors_config=dense if self.dense_size else {},
            sparse_vectors_config={LEXICAL: models.SparseVectorParams()},
        )
        for field in ("document_id", "number_key", "type", "issuer", "department"):
            self.client.create_payload_index(self.collection, field, models.PayloadSchemaType.KEYWORD)
        self.client.create_payload_index(self.collection, "year", models.PayloadSchemaType.INTEGER)


def connect(url: str, timeout_s: float) -> QdrantClient:
    return QdrantClient(url=url, timeout=max(1, round(timeout_s)), check_compatibility=False)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (ApiException, ResponseHandlingException, OSError) as error:
        raise Unavailable("vector_store_unavailable") from error


def _server_point(point: IndexPoint) -> models.PointStruct:
    vector: dict[str, Any] = {LEXICAL: _server_sparse(point.sparse)}
    if point.dense is not None:
        vector[DENSE] = point.dense.tolist()
    return models.PointStruct(
        id=point.passage_id, vector=vector, payload={"document_id": point.document_id, **point.fields}
    )


def _server_sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())


def _stored(record: Any) -> StoredPoint:
    vectors = record.vector or {}
    sparse, dense = vectors.get(LEXICAL), vectors.get(DENSE)
    return StoredPoint(
        str(record.id),
        str((record.payload or {}).get("document_id", "")),
        SparseVector(np.array(sparse.indices, np.uint32), np.array(sparse.values, np.float32)) if sparse else None,
        np.array(dense, np.float32) if dense is not None else None,
    )


def _filter(where: IndexFilter) -> models.Filter | None:
    must: list[Any] = [
        models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))
        for key, values in where.keywords()
        if values
    ]
    if where.year_from is not None or where.year_to is not None:
        must.append(models.FieldCondition(key="year", range=models.Range(gte=where.year_from, lte=where.year_to)))
    must_not = _unseen(where.access)
    return models.Filter(must=must, must_not=must_not) if must or must_not else None


def _unseen(access: Access) -> list[Any]:
    """What the asker may not see; the same conditions as in ``rag.index.shard``."""
    if access.unlimited:
        return []
    above: list[Any] = [models.FieldCondition(key="clearance", range=models.Range(gt=access.clearance))]
    if access.clearance < 0:
        is_empty = models.IsEmptyCondition(is_empty=models.PayloadField(key="document_id"))
        above.append(models.Filter(must_not=[is_empty]))
    if access.departments is not None:
        others = models.MatchExcept(**{"except": [COMMON, *access.departments]})
        above.append(models.FieldCondition(key="department", match=others))
    return above
