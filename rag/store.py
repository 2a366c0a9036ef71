"""The record, the index and the lexicon as one: what is published is in all three, what is withdrawn in none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import ExitStack
from pathlib import Path

from rag.access import SHARED, Access, Holding
from rag.embed import open_embedder
from rag.forms import Form, FormStore, open_forms
from rag.index import open_index
from rag.index.lexicon import Lexicon
from rag.index.points import Index, IndexHit
from rag.index.seen import SeenIndex
from rag.law.passage import Passage
from rag.lexical import TermCounts
from rag.locking import own_folder
from rag.record.model import Document
from rag.record.record import Record, SeenFile, now
from rag.record.review import check_changes, correct_document
from rag.settings import Settings
from rag.vectorise import Vectorised, Vectoriser

Progress = Callable[[int, int], None]  # documents done, of how many

FLUSH_DOCUMENTS = 200  # between flushes while an index catches up with the record


class Store:
    """Owns a data folder from ``open`` to ``close``. Raises FolderInUse when another process does."""

    def __init__(
        self,
        record: Record,
        index: Index,
        lexicon: Lexicon,
        held: ExitStack,
        lock: int,
        vectoriser: Vectoriser,
        forms: FormStore,
    ) -> None:
        self.record = record
        self.index = index
        self.lexicon = lexicon
        self.vectoriser = vectoriser
        self.forms = forms
        self.lock = lock  # file descriptor of the folder's lock, for children that write
        self._held = held

    @classmethod
    def open(cls, settings: Settings, serving: bool = False, progress: Progress | None = None) -> Store:
        """``serving``: the embedded index lives in a process of its own (``rag.index.served``). ``progress`` follows
        what an index that lacks documents has to catch up."""
        with ExitStack() as stack:
            lock = stack.enter_context(own_folder(settings.data_dir))
            record = Record.open(settings.data_dir)
            stack.callback(record.close)
            vectoriser = Vectoriser(open_embedder(settings.embedder))
            index = open_index(settings, vectoriser.fingerprint, serving=serving, lock=lock)
            stack.callback(index.close)
            lexicon = Lexicon.open(settings.data_dir / "index")
            forms = open_forms(settings.data_dir)
            stack.callback(forms.close)
            store = cls(record, index, lexicon, stack, lock, vectoriser, forms)
            store.catch_up(progress)
            if hasattr(index, "on_revival"):
                index.on_revival = store.catch_up
            store._held = stack.pop_all()
            return store

    @property
    def data_dir(self) -> Path:
        return self.lexicon.folder.parent

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring index and lexicon to what the record shows: after a kill either may lack what was shown last."""
        self._bring(self.index.held(), progress)

    def index_again(self, progress: Progress | None = None) -> None:
        """Index everything once more, into a store that vouches for itself."""
        self._bring(set(), progress)

    def _bring(self, indexed: set[str] | None, progress: Progress | None) -> None:
        visible = {d.id: d for d in self.record.documents() if d.passages}
        self._drop_gone(visible.keys(), indexed or set())
        unindexed = visible.keys() - indexed if indexed is not None else set()
        uncounted = visible.keys() - self.lexicon.documents
        missing = sorted(unindexed | uncounted)
        for done, new in enumerate(missing, 1):
            made = self.vectoriser.stored(self.record, visible[new])
            if new in unindexed:
                self.index.upsert(made.points)
                self.forms.put(new, made.forms or ())
            if new in uncounted:
                self.lexicon.add(new, made.terms, visible[new].holding)
            if done % FLUSH_DOCUMENTS == 0:
                self.index.flush()
            if progress:
                progress(done, len(missing))
        self.index.flush()

    def _drop_gone(self, visible: Set[str], indexed: Set[str]) -> None:
        for gone in sorted(indexed - visible):
            self.index.delete(gone)
        for gone in sorted(self.lexicon.documents - visible):
            known = self.record.any_document(gone)
            if known is None:  # its texts are gone, so it cannot be subtracted: count everything anew
                self.lexicon.forget_all()
                return
            self.lexicon.remove(gone, self.vectoriser.stored(self.record, known).terms)

    def close(self) -> None:
        self.lexicon.save()
        self._held.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def seen_by(self, access: Access) -> Store:
        """This store as ``access`` sees it, for reading: condition in the index query, in the record, in the counts."""
        if access.unlimited:
            return self
        index = SeenIndex(self.index, access)
        record, lexicon = self.record.seen_by(access), self.lexicon.seen_by(access)
        return Store(record, index, lexicon, ExitStack(), self.lock, self.vectoriser, self.forms)

    def forms_of(self, hits: Sequence[IndexHit]) -> list[Form]:
        """Forms of the articles that the hits lie in, in the order of their first hit; made where they are missing."""
        names = [hit.passage_id for hit in hits]
        found, missing = self.forms.of_passages(names)
        if not missing:
            return found
        for document_id in self.record.owners(missing):
            document = self.record.any_document(document_id)
            if document:
                self.forms.put(document_id, self.vectoriser.stored(self.record, document).forms or ())
        return self.forms.of_passages(names)[0]

    def publish(
        self,
        document: Document,
        passages: Sequence[Passage],
        source: str | None = None,
        seen: SeenFile | None = None,
    ) -> None:
        """Index a committed document and show it. The record has it on disk when this returns: that is the
        acknowledgement (D1, D3)."""
        made = self.vectoriser.vectorise(document, passages)
        self.publish_vectorised(document.id, made, source, seen, holding=document.holding)

    def publish_vectorised(
        self,
        document_id: str,
        made: Vectorised,
        source: str | None,
        seen: SeenFile | None,
        replaced: TermCounts | None = None,
        holding: Holding = SHARED,
    ) -> None:
        """``publish`` for who has the points already. ``replaced`` as in ``show``."""
        self.index.upsert(made.points)
        self.index.flush()
        if made.forms is not None:
            self.forms.put(document_id, made.forms)
        self.show(document_id, source, seen, replaced)
        self.lexicon.add(document_id, made.terms, holding)

    def show(
        self, document_id: str, source: str | None, seen: SeenFile | None, replaced: TermCounts | None = None
    ) -> None:
        """Show a document as what ``source`` holds now; the version it held before goes, out of index and lexicon too.
        ``replaced``: the terms of that version, counted by who had the time."""
        gone = self.record.show_document(document_id, source, seen)
        if gone and (before := self.record.any_document(gone)):
            self._forget(before, replaced)

    def correct(self, document_id: str, typed: Mapping[str, str], by: str) -> Document:
        """Put what a person typed in place of what was read, in record, index and lexicon. The document is out of
        searches for the moment between; a kill there is caught up when the store opens. Raises NotFound, BadInput."""
        document = self.record.document(document_id)
        changes = check_changes(document, typed)
        self._forget(document)
        self.lexicon.save()
        correct_document(self.record.engine, document, changes, by, now())
        after = self.record.document(document_id)
        made = self.vectoriser.stored(self.record, after)
        self.forms.put(document_id, made.forms or ())
        self.index.upsert(made.points)
        self.index.flush()
        self.lexicon.add(document_id, made.terms, after.holding)
        return after

    def withdraw(self, document_id: str, keep_review: bool = False) -> None:
        """Take a document out of every answer, then out of the index and the record (``keep_review`` as there). Raises
        NotFound."""
        document = self.record.document(document_id)
        self.record.hide_document(document_id)
        self._forget(document)
        self.lexicon.save()  # once the texts are purged nobody could subtract them any more
        self.record.purge_document(document_id, keep_review)

    def _forget(self, document: Document, terms: TermCounts | None = None) -> None:
        self.lexicon.remove(document.id, terms or self.vectoriser.stored(self.record, document).terms)
        self.forms.remove(document.id)
        self.index.delete(document.id)
        self.index.flush()
