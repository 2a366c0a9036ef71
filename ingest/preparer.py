"""The process that takes files in for a service: ``python -m ingest.preparer FD``, at low priority.

It reads (in worker processes of its own), commits to the record and makes the points; the service only indexes what is
ready and shows it. So nothing of an ingestion but small batches of finished points happens where questions are
answered.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import numpy as np

from ingest.run import Ingestor, IngestResult, limits_of, ocr_folder_of
from ingest.worker import ReaderPool
from rag.access import SHARED, Holding
from rag.children import connection_of, step_back
from rag.embed import open_embedder
from rag.errors import CancuError
from rag.forms import open_forms
from rag.index.wire import PackedPoints, pack_points, unpack_points
from rag.law.passage import Passage
from rag.lexical import TermCounts
from rag.record.model import Document
from rag.record.record import Record, SeenFile
from rag.settings import Settings, load_settings
from rag.vectorise import Vectorised, Vectoriser


class Take(msgspec.Struct, frozen=True, tag=True):
    """One file to take in. ``source`` None: it replaces nothing (an upload)."""

    path: str
    source: str | None
    name: str
    holding: Holding = SHARED


class Terms(msgspec.Struct, frozen=True, array_like=True):
    """Term counts: ``ids`` uint32, ``counts`` int64."""

    ids: bytes
    counts: bytes
    passages: int


class Publish(msgspec.Struct, frozen=True, tag=True):
    """A committed document with its points; ``replaced``: the terms of the version that goes."""

    document_id: str
    points: PackedPoints
    terms: Terms
    source: str | None
    seen: SeenFile | None
    replaced: Terms | None
    holding: Holding


class Show(msgspec.Struct, frozen=True, tag=True):
    """A known document is what ``source`` holds now."""

    document_id: str
    source: str | None
    seen: SeenFile | None
    replaced: Terms | None


class Shown(msgspec.Struct, frozen=True, tag=True):
    """The service has published or shown it."""


class Ended(msgspec.Struct, frozen=True, tag=True):
    result: IngestResult


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The file could not be taken in; ``retryable``: later it may."""

    text: str
    retryable: bool


Question = Take | Shown
Answer = Publish | Show | Ended | Refused

_ENCODER = msgspec.msgpack.Encoder()
_QUESTION: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_ANSWER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def send(connection: Connection, message: Question | Answer) -> None:
    connection.send_bytes(_ENCODER.encode(message))


def receive_answer(connection: Connection) -> Answer:
    """Raises EOFError when the preparer is gone."""
    return _ANSWER.decode(connection.recv_bytes())


def pack_terms(terms: TermCounts) -> Terms:
    return Terms(terms.ids.tobytes(), terms.counts.tobytes(), terms.passages)


def unpack_terms(terms: Terms) -> TermCounts:
    return TermCounts(np.frombuffer(terms.ids, np.uint32), np.frombuffer(terms.counts, np.int64), terms.passages)


def unpack_vectorised(message: Publish) -> Vectorised:
    return Vectorised(unpack_points(message.points), unpack_terms(message.terms))


class RemoteShelf:
    """The service's store as this process reaches it: the record directly, the rest by messages."""

    def __init__(self, record: Record, connection: Connection, settings: Settings) -> None:
        self.record = record
        self._connection = connection
        self._vectoriser = Vectoriser(open_embedder(settings.embedder))
        self._forms = open_forms(settings.data_dir)

    def publish(
        self, document: Document, passages: Sequence[Passage], source: str | None, seen: SeenFile | None
    ) -> None:
        made = self._vectoriser.vectorise(document, passages)
        self._forms.put(document.id, made.forms or ())  # here, not in the service, which answers meanwhile
        replaced = self._replaced(source, document.id)
        points, terms = pack_points(made.points), pack_terms(made.terms)
        self._tell(Publish(document.id, points, terms, source, seen, replaced, document.holding))

    def show(self, document_id: str, source: str | None, seen: SeenFile | None) -> None:
        self._tell(Show(document_id, source, seen, self._replaced(source, document_id)))

    def _replaced(self, source: str | None, document_id: str) -> Terms | None:
        """The terms of what ``source`` held before, counted here so that the service need not."""
        seen = self.record.seen_file(source) if source else None
        if seen is None or seen.document_id == document_id:
            return None
        before = self.record.any_document(seen.document_id)
        return pack_terms(self._vectoriser.stored(self.record, before).terms) if before else None

    def _tell(self, message: Publish | Show) -> None:
        send(self._connection, message)
        _QUESTION.decode(self._connection.recv_bytes())


def take_in(shelf: RemoteShelf, settings: Settings, pool: ReaderPool, asked: Take) -> Answer:
    try:
        return Ended(
            Ingestor(shelf, settings, pool, asked.holding).run_one(Path(asked.path), asked.source, asked.name)
        )
    except CancuError as error:
        return Refused(error.text(settings.language), error.retryable)


def main(fd: str) -> None:
    step_back()
    connection = connection_of(fd)
    settings = load_settings(**msgspec.json.decode(connection.recv_bytes()))
    shelf = RemoteShelf(Record.open(settings.data_dir), connection, settings)
    with ReaderPool(limits_of(settings), settings.workers, ocr_folder_of(settings)) as pool:
        try:
            while True:
                asked = _QUESTION.decode(connection.recv_bytes())
                assert isinstance(asked, Take)
                send(connection, take_in(shelf, settings, pool, asked))
        except (EOFError, OSError):
            return  # the service is gone, or done with us; what is half done is done again


if __name__ == "__main__":
    main(sys.argv[1])
