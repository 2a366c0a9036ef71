"""The record, the index and the lexicon as one: what is published is in all three, what is withdrawn in none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from rag.index import open_index
from rag.index.lexicon import Lexicon
from rag.index.points import Index, IndexPoint, SparseVector
from rag.law.passage import Passage
from rag.locking import own_folder
from rag.record.model import Document
from rag.record.record import Record, SeenFile
from rag.settings import Settings


class Store:
    """Owns a data folder from ``open`` to ``close``. Raises FolderInUse when another process does."""

    def __init__(self, record: Record, index: Index, lexicon: Lexicon, held: ExitStack) -> None:
        self.record = record
        self.index = index
        self.lexicon = lexicon
        self._held = held

    @classmethod
    def open(cls, settings: Settings) -> Store:
        with ExitStack() as stack:
            stack.enter_context(own_folder(settings.data_dir))
            record = Record.open(settings.data_dir)
            stack.callback(record.close)
            index = open_index(settings)
            stack.callback(index.close)
            lexicon = Lexicon.open(settings.data_dir / "index", record)
            return cls(record, index, lexicon, stack.pop_all())

    def close(self) -> None:
        self.lexicon.save()
        self._held.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def publish(
        self,
        document: Document,
        passages: Sequence[Passage],
        source: str | None = None,
        seen: SeenFile | None = None,
    ) -> None:
        """Index a committed document and show it. On disk when this returns: that is the acknowledgement (D1, D3)."""
        vectors = self.lexicon.encode(document, passages)
        self.index.upsert(points_of(document, passages, vectors))
        self.index.flush()
        before = self._held_by(source)
        replaced = self.record.show_document(document.id, source, seen)
        self.lexicon.add(document.id, vectors)
        if replaced and before:
            self._forget(before)

    def _held_by(self, source: str | None) -> Document | None:
        seen = self.record.seen_file(source) if source else None
        state = self.record.state(seen.document_id) if seen else None
        return self.record.document(seen.document_id) if seen and state and state[2] else None

    def withdraw(self, document_id: str) -> None:
        """Take a document out of every answer, then out of the index and the record. Raises NotFound."""
        document = self.record.document(document_id)
        self.record.hide_document(document_id)
        self._forget(document)
        self.record.purge_document(document_id)

    def _forget(self, document: Document) -> None:
        document_id = document.id
        passages = self.record.sound_passages(document_id)
        self.lexicon.remove(document_id, self.lexicon.encode(document, passages))
        self.index.delete(document_id)
        self.index.flush()


def points_of(document: Document, passages: Sequence[Passage], vectors: Sequence[SparseVector]) -> list[IndexPoint]:
    """The points of a document: vectors, ids and the fields that searches filter by."""
    fields: dict[str, str | int] = {}
    for name in ("number_key", "type", "issuer", "year"):
        value = getattr(document, name)
        if value is not None:
            fields[name] = value
    return [
        IndexPoint(passage.id, document.id, vector, None, fields)
        for passage, vector in zip(passages, vectors, strict=True)
    ]
