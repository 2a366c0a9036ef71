"""Files become published documents: read in worker processes, committed, indexed, shown; one result a file.

Idempotent by content, resumable: what was acknowledged is skipped, what an attempt left behind is written anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.intake import FileStatus, hash_file
from ingest.limits import DEFAULT_LIMITS, MIB, ReadLimits
from ingest.read import ReadDocument
from ingest.worker import ReaderPool
from rag.access import SHARED, Holding
from rag.law.act import ActMetadata, Read
from rag.law.identifier import number_key
from rag.law.passage import Passage, placed_in
from rag.messages import message
from rag.record.model import Document
from rag.record.record import Record, SeenFile, document_id, now
from rag.record.review import corrected
from rag.settings import Settings

AHEAD = 2  # files in work for each worker: one being read, one waiting, so that no worker idles while we commit
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "rtf": "application/rtf",
    "html": "text/html",
    "image": "image/*",
}
DOCUMENT_SUFFIXES = frozenset(  # what is taken from a folder; what a file is, its bytes decide
    [".pdf", ".doc", ".docx", ".rtf", ".odt", ".html", ".htm", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".zip"]
)
NOT_KEPT = frozenset({FileStatus.SECRET_MARKED, FileStatus.TOO_LARGE})  # nothing of these is stored


@dataclass(frozen=True, slots=True)
class IngestResult:
    """How one file ended. ``added`` is False when there was nothing to do."""

    file: str
    status: FileStatus
    reason: str | None
    document_id: str | None
    number: str | None
    pages: int
    passages: int
    seconds: float
    added: bool = True


@dataclass(frozen=True, slots=True)
class _Work:
    path: Path
    source: str | None
    seen: SeenFile
    sha256: str
    name: str
    started: float


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Every file named, and the documents (by suffix) below every folder named; sorted, each once."""
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found |= {p for p in path.rglob("*") if p.suffix.lower() in DOCUMENT_SUFFIXES and p.is_file()}
        else:
            found.add(path)
    return sorted(found)


class Shelf(Protocol):
    """Where documents end up: an open store, or the way to one in another process."""

    @property
    def record(self) -> Record: ...

    def publish(
        self, document: Document, passages: Sequence[Passage], source: str | None, seen: SeenFile | None
    ) -> None: ...

    def show(self, document_id: str, source: str | None, seen: SeenFile | None) -> None: ...


class Ingestor:
    """Works files off against one shelf."""

    def __init__(
        self, shelf: Shelf, settings: Settings, pool: ReaderPool | None = None, holding: Holding = SHARED
    ) -> None:
        self.shelf = shelf
        self.settings = settings
        self._pool = pool
        self._holding = holding  # where the documents go

    def run(self, paths: Sequence[Path]) -> Iterator[IngestResult]:
        """One result a file, in the order they end. The source of each is its absolute path: a file that changed
        there is a new version of the document."""
        works = (self._begin(path, str(path.resolve()), path.name) for path in paths)
        pool = self._pool or ReaderPool(limits_of(self.settings), self.settings.workers, ocr_folder_of(self.settings))
        try:
            yield from self._work_off(pool, works)
        finally:
            if self._pool is None:
                pool.close()

    def run_one(self, path: Path, source: str | None, name: str) -> IngestResult:
        """One file by itself. ``source`` None: it replaces nothing (an upload)."""
        work = self._begin(path, source, name)
        if isinstance(work, IngestResult):
            return work
        assert self._pool is not None, "run_one needs the caller's pool"
        return self._finish(work, self._read(self._pool.submit(path)))

    def _work_off(self, pool: ReaderPool, works: Iterator[_Work | IngestResult]) -> Iterator[IngestResult]:
        pending: dict[Future[ReadDocument], _Work] = {}
        begun: set[str] = set()
        for work in works:
            if isinstance(work, IngestResult):
                yield work
                continue
            if work.sha256 in begun:  # the same bytes are being read now: wait, then it is a duplicate
                yield from self._drain(pending, 0)
                yield self._duplicate(work, document_id(work.sha256, self._holding))
                continue
            begun.add(work.sha256)
            pending[pool.submit(work.path)] = work
            yield from self._drain(pending, self.settings.workers * AHEAD - 1)
        yield from self._drain(pending, 0)

    def _drain(self, pending: dict[Future[ReadDocument], _Work], leave: int) -> Iterator[IngestResult]:
        while len(pending) > leave:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield self._finish(pending.pop(future), self._read(future))

    def _read(self, future: Future[ReadDocument]) -> ReadDocument | OSError:
        try:
            return future.result()
        except OSError as error:
            return error

    def _begin(self, path: Path, source: str | None, name: str) -> _Work | IngestResult:
        """What is to be done for a file: nothing when it is known, unchanged and shown."""
        started = time.perf_counter()
        try:
            stat = path.stat()
            seen = self.shelf.record.seen_file(source) if source else None
            if seen and (seen.size, seen.mtime_ns) == (stat.st_size, _changed_ns(stat)):
                known = self._known(name, seen.document_id, started, self._holding)
                if known:
                    return known
            sha256 = hash_file(path)
        except OSError as error:
            return self._unreadable(name, error, started)
        identity = document_id(sha256, self._holding)
        work = _Work(path, source, SeenFile(stat.st_size, _changed_ns(stat), identity), sha256, name, started)
        state = self.shelf.record.state(identity)
        if state is None or not state[2]:
            return work
        if seen and seen.document_id == identity:
            self.shelf.show(identity, source, work.seen)
            return self._known(name, identity, started) or work
        return self._duplicate(work, identity)

    def _known(self, name: str, identity: str, started: float, holding: Holding | None = None) -> IngestResult | None:
        state = self.shelf.record.state(identity)
        if state is None or not state[2]:
            return None
        d = self.shelf.record.document(identity)
        if holding is not None and d.holding != holding:
            return None  # the file is to move to another department
        seconds = time.perf_counter() - started
        return IngestResult(
            name, FileStatus(d.status), state[1] or None, d.id, d.number, d.pages, d.passages, seconds, added=False
        )

    def _duplicate(self, work: _Work, identity: str) -> IngestResult:
        state = self.shelf.record.state(identity)
        if state is None or not state[2]:
            return self._changed_meanwhile(work)
        document = self.shelf.record.document(identity)
        if work.source:
            self.shelf.show(identity, work.source, work.seen)
        reason = message("file_duplicate", self.settings.language, other=document.file_name)
        seconds = time.perf_counter() - work.started
        return IngestResult(
            work.name,
            FileStatus.DUPLICATE,
            reason,
            identity,
            document.number,
            document.pages,
            0,
            seconds,
            added=False,
        )

    def _finish(self, work: _Work, read: ReadDocument | OSError) -> IngestResult:
        if isinstance(read, OSError):
            return self._unreadable(work.name, read, work.started)
        catalogued = _catalogued(work, read, self._holding)
        document = corrected(self.shelf.record.engine, catalogued)  # what people put right stays right
        passages = [placed_in(document.id, passage) for passage in read.passages]
        reason = read.text(self.settings.language)
        record = self.shelf.record
        if read.status not in NOT_KEPT and record.store_original(work.path) != work.sha256:
            return self._changed_meanwhile(work)
        if read.sha256 not in ("", work.sha256):  # a reader that died has hashed nothing
            return self._changed_meanwhile(work)
        record.commit_document(document, reason, read.act, passages, links=read.links)
        self.shelf.publish(document, passages, work.source, work.seen)
        seconds = time.perf_counter() - work.started
        return IngestResult(
            work.name,
            read.status,
            reason or None,
            document.id,
            document.number,
            document.pages,
            document.passages,
            seconds,
        )

    def _changed_meanwhile(self, work: _Work) -> IngestResult:
        """The file was written while it was read: what was read is not what is there. Nothing is acknowledged."""
        reason = message("file_changing", self.settings.language)
        seconds = time.perf_counter() - work.started
        return IngestResult(work.name, FileStatus.CORRUPT, reason, None, None, 0, 0, seconds, added=False)

    def _unreadable(self, name: str, error: OSError, started: float) -> IngestResult:
        reason = message("file_not_opened", self.settings.language, why=error.strerror or type(error).__name__)
        return IngestResult(
            name, FileStatus.CORRUPT, reason, None, None, 0, 0, time.perf_counter() - started, added=False
        )


def _changed_ns(stat: os.stat_result) -> int:
    """When the file last changed: the later of both times, because a program may set mtime but not ctime."""
    return max(stat.st_mtime_ns, stat.st_ctime_ns)


def limits_of(settings: Settings) -> ReadLimits:
    """The limits of reading with the settings' values in."""
    return ReadLimits(
        file_bytes=settings.max_file_mb * MIB,
        pages=settings.max_pages,
        wall_s=settings.read_timeout_s,
        cpu_s=int(settings.read_timeout_s) or DEFAULT_LIMITS.cpu_s,
        memory_bytes=settings.read_memory_mb * MIB,
        secret_marks_allowed=settings.independent_lan,
    )


def ocr_folder_of(settings: Settings) -> Path | None:
    """Where pages of scans are kept until their document is read; None when scans are not to be read."""
    return settings.data_dir / "ocr" if settings.ocr else None


def _catalogued(work: _Work, read: ReadDocument, holding: Holding) -> Document:
    found = read.act.metadata if read.act else ActMetadata()
    number = _value(found.number)
    return Document(
        id=document_id(work.sha256, holding),
        sha256=work.sha256,
        file_name=work.name,
        media_type=MEDIA_TYPES.get(read.kind.value, "application/octet-stream"),
        status=str(read.status),
        number=number,
        number_key=number_key(number) if number else None,
        type=_value(found.type),
        issuer=_value(found.issuer),
        date=_value(found.date),
        title=_value(found.title),
        pages=read.page_count,
        passages=len(read.passages),
        missing_pages=read.missing_pages,
        added_at=now(),
        replaces=None,
        effective_from=_value(found.effective_from),
        department=holding.department,
        clearance=holding.clearance,
    )


def _value(read: Read | None) -> str | None:
    return read.value if read else None
