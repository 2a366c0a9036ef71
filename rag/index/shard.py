"""One Qdrant Edge shard in a folder: vectors in, candidates out. The only module that touches the engine.

Every call of the engine holds the GIL to its end (measured on 302,874 points: a query 6 to 15 ms, an update of 25
points 6 ms, ``flush`` as long as the disk needs to sync, ``count`` 70 ms, opening 2 to 5 s, ``optimize`` 20 s and
more), so a serving process keeps shards in a child process (``rag.index.keeper``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe
from numpy.typing import NDArray

from rag.access import COMMON, Access
from rag.errors import Damaged
from rag.index.fusion import Scored, by_score
from rag.index.points import IndexFilter, IndexPoint, SparseVector, StoredPoint

LEXICAL, DENSE = "lexical", "dense"
KEYWORDS = ("document_id", "number_key", "type", "issuer", "department")
UPSERT_BATCH = 100  # points an update: more saves nothing, and a search beside it waits for the whole batch
_SCROLL_PAGE = 1000
# KiB of vectors in a merged segment. Merging holds what it merges in memory: 302,874 passages in one segment took
# 4.1 GB, in segments of this size 2.6 GB (1.6 GB of it not mapped files).
LARGEST_SEGMENT_KIB = 150_000

Sides = tuple[list[Scored], list[Scored]]  # lexical, dense; best first


class Shard:
    """An open shard. Searches and one writer may run in parallel; the engine serialises them."""

    def __init__(self, folder: Path, dense_size: int) -> None:
        """Open the shard of ``folder``, made when it does not exist yet. Raises Damaged."""
        self.folder = folder
        self.dense_size = dense_size
        if not folder.exists():
            _make_shard(folder, dense_size)
        try:
            self._shard = qe.EdgeShard.load(str(folder))
        except Exception as error:  # the engine has one exception for everything
            raise Damaged("index_damaged", index=folder, why=error) from error

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        for start in range(0, len(points), UPSERT_BATCH):
            batch = [_edge_point(p) for p in points[start : start + UPSERT_BATCH]]
            self._shard.update(qe.UpdateOperation.upsert_points(batch))

    def delete(self, document_id: str) -> None:
        where = _filter(IndexFilter(document_ids=(document_id,)))
        self._shard.update(qe.UpdateOperation.delete_points_by_filter(where))

    def delete_points(self, passage_ids: Sequence[str]) -> None:
        ids: list[Any] = list(passage_ids)
        self._shard.update(qe.UpdateOperation.delete_points(ids))

    def sides(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> Sides:
        """Up to ``limit`` candidates of each side."""
        condition = _filter(where)
        requests, names = [], []
        if sparse is not None and len(sparse.indices):
            requests.append(_request(LEXICAL, _edge_sparse(sparse), condition, limit))
            names.append(LEXICAL)
        if dense is not None and self.dense_size:
            requests.append(_request(DENSE, dense.tolist(), condition, limit))
            names.append(DENSE)
        if not requests:
            return [], []
        answers = self._shard.query_batch(qe.QueryBatchRequest(requests))
        found = {name: by_score(map(_scored, answer)) for name, answer in zip(names, answers, strict=True)}
        return found.get(LEXICAL, []), found.get(DENSE, [])

    def count(self, where: IndexFilter) -> int:
        return int(self._shard.count(qe.CountRequest(exact=True, filter=_filter(where))))

    def points(self, with_vectors: bool = False) -> Iterator[StoredPoint]:
        """Every point; its vectors on demand."""
        offset: Any = None
        while True:
            request = qe.ScrollRequest(
                offset=offset, limit=_SCROLL_PAGE, with_payload=["document_id"], with_vector=with_vectors
            )
            records, offset = self._shard.scroll(request)
            yield from map(_stored, records)
            if offset is None:
                return

    def flush(self) -> None:
        self._shard.flush()

    def optimize(self) -> None:
        self._shard.optimize()

    def close(self) -> None:
        self._shard.close()


def _make_shard(folder: Path, dense_size: int) -> None:
    """Made aside and renamed when it is whole: a process killed in between leaves a draft that is swept away."""
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    vectors = {DENSE: qe.EdgeVectorParams(size=dense_size, distance=qe.Distance.Cosine)} if dense_size else {}
    config = qe.EdgeConfig(
        vectors=vectors,
        sparse_vectors={LEXICAL: qe.EdgeSparseVectorParams()},
        optimizers=qe.EdgeOptimizersConfig(max_segment_size=LARGEST_SEGMENT_KIB),
    )
    shard = qe.EdgeShard.create(str(draft), config)
    for name in KEYWORDS:
        shard.update(qe.UpdateOperation.create_field_index(name, qe.PayloadSchemaType.Keyword))
    shard.update(qe.UpdateOperation.create_field_index("year", qe.PayloadSchemaType.Integer))
    shard.flush()
    shard.close()
    draft.replace(folder)


def _request(name: str, vector: Any, condition: Any, limit: int) -> Any:
    # no payload: reading it for 400 candidates took as long as finding them, and the record knows the rest
    return qe.QueryRequest(
        query=qe.Query.Nearest(vector, using=name), limit=limit, filter=condition, with_payload=False
    )


def _edge_point(point: IndexPoint) -> Any:
    vector: dict[str, Any] = {LEXICAL: _edge_sparse(point.sparse)}
    if point.dense is not None:
        vector[DENSE] = point.dense.tolist()
    return qe.Point(point.passage_id, vector, {"document_id": point.document_id, **point.fields})


def _edge_sparse(vector: SparseVector) -> Any:
    return qe.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())


def _scored(point: Any) -> Scored:
    return str(point.id), float(point.score)


def _stored(record: Any) -> StoredPoint:
    vectors = record.vector if isinstance(record.vector, dict) else {}
    sparse, dense = vectors.get(LEXICAL), vectors.get(DENSE)
    return StoredPoint(
        str(record.id),
        str((record.payload or {}).get("document_id", "")),
        SparseVector(np.array(sparse.indices, np.uint32), np.array(sparse.values, np.float32)) if sparse else None,
        np.array(dense, np.float32) if dense is not None else None,
    )


def _filter(where: IndexFilter) -> Any:
    """The filter inside the store query; None when there is no condition."""
    must: list[Any] = [
        qe.FieldCondition(key=key, match=qe.MatchAny(list(values))) for key, values in where.keywords() if values
    ]
    if where.year_from is not None or where.year_to is not None:
        years = qe.RangeFloat(gte=where.year_from, lte=where.year_to)
        must.append(qe.FieldCondition(key="year", range=years))
    must_not = _unseen(where.access)
    return qe.Filter(must=must, must_not=must_not) if must or must_not else None


def _unseen(access: Access) -> list[Any]:
    """What the asker may not see. A point without these fields is common and open to all (``rag.vectorise``)."""
    if access.unlimited:
        return []
    above: list[Any] = [qe.FieldCondition(key="clearance", range=qe.RangeFloat(gt=access.clearance))]
    if access.clearance < 0:
        above.append(qe.Filter(must_not=[qe.IsEmptyCondition("document_id")]))
    if access.departments is not None:
        others = qe.MatchExcept([COMMON, *access.departments])
        above.append(qe.FieldCondition(key="department", match=others))
    return above
