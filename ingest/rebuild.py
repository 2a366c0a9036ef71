"""The index made again from the record alone, and the two compared."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rag.errors import Damaged, NotFound
from rag.index.points import IndexFilter, StoredPoint
from rag.locking import own_folder
from rag.record.model import Document, StoredPassage
from rag.record.objects import check_object
from rag.settings import Settings
from rag.store import Store
from rag.vectorise import Vectorised

VERIFY_BATCH = 500  # points compared at a time
SAME_DIRECTION = 0.99  # least cosine of a stored dense vector: quantisation turns it by less, another text by more


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. ``kind``: missing_points, stray_points, changed_vectors,
    damaged_passage, damaged_act, damaged_original, unfinished_document."""

    kind: str
    document_id: str | None
    detail: str


def rebuild(settings: Settings, progress: Callable[[int, int], None] | None = None) -> int:
    """Throw the embedded index away and make it again; returns the number of passages. Documents that were committed
    but never shown (an attempt that died) stay hidden. A passage whose text is damaged is left
    out, as it may not be quoted; ``verify`` names it. Raises FolderInUse, DiskFull."""
    with own_folder(settings.data_dir):
        if not settings.qdrant_url:
            shutil.rmtree(settings.data_dir / "index", ignore_errors=True)
    with Store.open(settings, progress=progress) as store:
        if settings.qdrant_url:
            store.index_again(progress)
        return store.lexicon.statistics.passages


def verify(store: Store) -> list[Difference]:
    """Everything in which record, originals and index differ; empty when all is well."""
    documents = {d.id: d for d in store.record.documents()}
    found = [one for document in documents.values() for one in _document_differences(store, document)]
    unfinished = store.record.unfinished()
    found += [Difference("unfinished_document", d, "") for d in sorted(unfinished)]
    known = {p for d in [*documents, *unfinished] for p in store.record.passage_ids(d)}
    stray = sum(p not in known for p in store.index.passage_ids())
    if stray:
        found.append(Difference("stray_points", None, str(stray)))
    return found + _changed_vectors(store, documents)


def _document_differences(store: Store, document: Document) -> Iterator[Difference]:
    if document.status not in {"secret_marked", "too_large"}:
        yield from _original(store, document.id, document.sha256)
    try:
        store.record.act(document.id)
    except NotFound:
        pass  # nothing could be read of it
    except Damaged as error:
        yield Difference("damaged_act", document.id, str(error))
    try:
        store.record.document_passages(document.id)
    except Damaged as error:
        yield Difference("damaged_passage", document.id, str(error))
        return
    indexed = store.index.count(IndexFilter(document_ids=(document.id,)))
    if indexed != document.passages:
        yield Difference("missing_points", document.id, f"{indexed}/{document.passages}")


def _changed_vectors(store: Store, documents: dict[str, Document]) -> list[Difference]:
    """Documents with points whose vectors are not what their texts give, each with how many."""
    changed: Counter[str] = Counter()
    for batch in _batches(p for p in store.index.stored_points() if p.document_id in documents):
        passages = _sound(store, documents, batch)
        for point in batch:
            stored = passages.get(point.passage_id)
            if stored and not _same_vectors(point, store.vectoriser.vectorise(stored.document, [stored.passage])):
                changed[point.document_id] += 1
    return [Difference("changed_vectors", document, str(count)) for document, count in sorted(changed.items())]


def _sound(store: Store, documents: dict[str, Document], batch: list[StoredPoint]) -> dict[str, StoredPassage]:
    try:
        return store.record.passages([point.passage_id for point in batch])
    except Damaged:  # named already; the others are still compared
        owners = {point.document_id for point in batch}
        return {p.id: StoredPassage(p, documents[d]) for d in owners for p in store.record.sound_passages(d)}


def _same_vectors(point: StoredPoint, made: Vectorised) -> bool:
    (wanted,) = made.points
    if point.sparse is None or not np.array_equal(point.sparse.indices, wanted.sparse.indices):
        return False
    if not np.array_equal(point.sparse.values, wanted.sparse.values):
        return False
    if wanted.dense is None or point.dense is None:
        return wanted.dense is None and point.dense is None
    lengths = float(np.linalg.norm(wanted.dense) * np.linalg.norm(point.dense)) or 1.0
    return float(wanted.dense @ point.dense) / lengths >= SAME_DIRECTION


def _batches(points: Iterator[StoredPoint]) -> Iterator[list[StoredPoint]]:
    while batch := list(itertools.islice(points, VERIFY_BATCH)):
        yield batch


def _original(store: Store, document_id: str, sha256: str) -> list[Difference]:
    try:
        check_object(store.record.objects, sha256)
    except Damaged as error:
        return [Difference("damaged_original", document_id, str(error))]
    return []
