"""The index made again from the record alone, and the two compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from rag.errors import Damaged
from rag.index.points import IndexFilter
from rag.locking import own_folder
from rag.record.objects import check_object
from rag.settings import Settings
from rag.store import Store


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. ``kind``: missing_points, stray_points, damaged_passage,
    damaged_original, unfinished_document."""

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
    found: list[Difference] = []
    expected: set[str] = set()
    for document in store.record.documents():
        if document.status not in {"secret_marked", "too_large"}:
            found += _original(store, document.id, document.sha256)
        try:
            expected |= {p.id for p in store.record.document_passages(document.id)}
        except Damaged as error:
            found.append(Difference("damaged_passage", document.id, str(error)))
            expected |= store.record.passage_ids(document.id)
            continue
        indexed = store.index.count(IndexFilter(document_ids=(document.id,)))
        if indexed != document.passages:
            found.append(Difference("missing_points", document.id, f"{indexed}/{document.passages}"))
    stray = [p for p in store.index.passage_ids() if p not in expected]
    unfinished = set(store.record.unfinished())
    accounted = {p for d in unfinished for p in store.record.passage_ids(d)}
    found += [Difference("unfinished_document", d, "") for d in sorted(unfinished)]
    stray = [p for p in stray if p not in accounted]
    if stray:
        found.append(Difference("stray_points", None, str(len(stray))))
    return found


def _original(store: Store, document_id: str, sha256: str) -> list[Difference]:
    try:
        check_object(store.record.objects, sha256)
    except Damaged as error:
        return [Difference("damaged_original", document_id, str(error))]
    return []
