"""Qdrant Edge in this process: one shard in a generation folder, ``CURRENT`` naming the one in use.

The caller holds the folder's lock (``rag.locking``) before anything here is opened. ``optimize()`` keeps the GIL to
its end (18.9 s measured at 166,517 points), so a serving process never calls it: ``rag.index.reorganise`` does, in a
child process, on a copy.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe
from numpy.typing import NDArray

from rag.disk import require_space
from rag.errors import Damaged
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.fusion import Scored, by_score, fuse
from rag.index.points import IndexFilter, IndexHit, IndexPoint, SparseVector

LEXICAL, DENSE = "lexical", "dense"
KEYWORDS = ("document_id", "number_key", "type", "issuer")
_UPSERT_BATCH = 100  # points an update: 500 hold the GIL for some 60 ms, a search must not notice
_SCROLL_PAGE = 1000
_FIRST_GENERATION = "gen-000001"


class EdgeIndex:
    """The embedded index under ``root``. Searches run in parallel with one writer."""

    def __init__(self, root: Path, fingerprint: Fingerprint) -> None:
        root.mkdir(parents=True, exist_ok=True)
        check_fingerprint(root / "fingerprint.json", fingerprint)
        self.root = root
        self.dense_size = fingerprint.dense_size
        self.write_lock = threading.RLock()
        self.journal: list[Any] | None = None  # operations since a copy was taken
        self._readers = threading.Condition()
        self._reading: dict[int, int] = {}
        self._drop_abandoned()
        self._shard = open_shard(self.folder, self.dense_size)

    @property
    def folder(self) -> Path:
        """The generation in use."""
        pointer = self.root / "CURRENT"
        return self.root / (pointer.read_text("utf-8").strip() if pointer.exists() else _FIRST_GENERATION)

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        require_space(self.root)
        for start in range(0, len(points), _UPSERT_BATCH):
            operation = qe.UpdateOperation.upsert_points(
                [_edge_point(p) for p in points[start : start + _UPSERT_BATCH]]
            )
            self._write(operation)

    def delete(self, document_id: str) -> None:
        where = _filter(IndexFilter(document_ids=(document_id,)))
        self._write(qe.UpdateOperation.delete_points_by_filter(where))

    def delete_points(self, passage_ids: Sequence[str]) -> None:
        """Remove points by id (stray ones that the record does not know)."""
        ids: list[Any] = list(passage_ids)
        self._write(qe.UpdateOperation.delete_points(ids))

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        condition = _filter(where)
        requests = []
        if sparse is not None and len(sparse.indices):
            requests.append(_request(LEXICAL, _edge_sparse(sparse), condition, limit))
        if dense is not None and self.dense_size:
            requests.append(_request(DENSE, dense.tolist(), condition, limit))
        if not requests:
            return []
        answers = self._read(lambda shard: shard.query_batch(qe.QueryBatchRequest(requests)))
        sides = [by_score([_scored(point) for point in answer]) for answer in answers]
        if len(sides) == 1:
            return fuse(sides[0], []) if sparse is not None and len(sparse.indices) else fuse([], sides[0])
        return fuse(sides[0], sides[1])

    def count(self, where: IndexFilter) -> int:
        return int(self._read(lambda shard: shard.count(qe.CountRequest(exact=True, filter=_filter(where)))))

    def passage_ids(self) -> Iterator[str]:
        offset: Any = None
        while True:
            request = qe.ScrollRequest(offset=offset, limit=_SCROLL_PAGE, with_payload=False, with_vector=False)
            records, offset = self._read(partial(_scroll, request))
            yield from (str(record.id) for record in records)
            if offset is None:
                return

    def flush(self) -> None:
        with self.write_lock:
            self._shard.flush()

    def optimize(self) -> None:
        """Merge and index in place. Only for a process that serves nobody (see the module's text)."""
        require_space(self.root)
        with self.write_lock:
            self._shard.optimize()
            self._shard.flush()

    def swap(self, folder: Path, replay: Sequence[Any]) -> None:
        """Serve from ``folder`` from now on, after ``replay`` brought it up to date; the old generation is deleted
        once its last search is done. Call with ``write_lock`` held."""
        old_shard, old_folder = self._shard, self.folder
        shard = open_shard(folder, self.dense_size)
        for operation in replay:
            shard.update(operation)
        shard.flush()
        draft = self.root / "CURRENT.new"
        draft.write_text(folder.name, "utf-8")
        draft.replace(self.root / "CURRENT")
        self._shard = shard
        with self._readers:
            self._readers.wait_for(lambda: not self._reading.get(id(old_shard)))
        old_shard.close()
        shutil.rmtree(old_folder, ignore_errors=True)

    def close(self) -> None:
        with self.write_lock:
            self._shard.flush()
            self._shard.close()

    def _write(self, operation: Any) -> None:
        with self.write_lock:
            self._shard.update(operation)
            if self.journal is not None:
                self.journal.append(operation)

    def _read(self, question: Callable[[Any], Any]) -> Any:
        with self._readers:
            shard = self._shard
            self._reading[id(shard)] = self._reading.get(id(shard), 0) + 1
        try:
            return question(shard)
        finally:
            with self._readers:
                self._reading[id(shard)] -= 1
                self._readers.notify_all()

    def _drop_abandoned(self) -> None:
        for folder in self.root.glob("gen-*"):
            if folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)


def open_shard(folder: Path, dense_size: int) -> Any:
    """Open the shard of a generation folder, made when it does not exist yet. Raises Damaged."""
    if not folder.exists():
        _make_shard(folder, dense_size)
    try:
        return qe.EdgeShard.load(str(folder))
    except Exception as error:  # the engine has one exception for everything
        raise Damaged("index_damaged", index=folder, why=error) from error


def _make_shard(folder: Path, dense_size: int) -> None:
    """Made aside and renamed when it is whole: a process killed in between leaves a draft that is swept away."""
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    vectors = {DENSE: qe.EdgeVectorParams(size=dense_size, distance=qe.Distance.Cosine)} if dense_size else {}
    config = qe.EdgeConfig(vectors=vectors, sparse_vectors={LEXICAL: qe.EdgeSparseVectorParams()})
    shard = qe.EdgeShard.create(str(draft), config)
    for name in KEYWORDS:
        shard.update(qe.UpdateOperation.create_field_index(name, qe.PayloadSchemaType.Keyword))
    shard.update(qe.UpdateOperation.create_field_index("year", qe.PayloadSchemaType.Integer))
    shard.flush()
    shard.close()
    draft.replace(folder)


def _scroll(request: Any, shard: Any) -> Any:
    return shard.scroll(request)


def _request(name: str, vector: Any, condition: Any, limit: int) -> Any:
    return qe.QueryRequest(
        query=qe.Query.Nearest(vector, using=name), limit=limit, filter=condition, with_payload=["document_id"]
    )


def _edge_point(point: IndexPoint) -> Any:
    vector: dict[str, Any] = {LEXICAL: _edge_sparse(point.sparse)}
    if point.dense is not None:
        vector[DENSE] = point.dense.tolist()
    return qe.Point(point.passage_id, vector, {"document_id": point.document_id, **point.fields})


def _edge_sparse(vector: SparseVector) -> Any:
    return qe.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())


def _scored(point: Any) -> Scored:
    return str(point.id), point.payload["document_id"], float(point.score)


def _filter(where: IndexFilter) -> Any:
    """The filter inside the store query; None when there is no condition."""
    must: list[Any] = [
        qe.FieldCondition(key=key, match=qe.MatchAny(list(values))) for key, values in where.keywords() if values
    ]
    if where.year_from is not None or where.year_to is not None:
        years = qe.RangeFloat(gte=where.year_from, lte=where.year_to)
        must.append(qe.FieldCondition(key="year", range=years))
    return qe.Filter(must=must) if must else None
