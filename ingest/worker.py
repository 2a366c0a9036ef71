"""Reads files in worker processes with limits on memory, processor time and wall time (P1, P3).

A file may crash, hang or bloat the process that reads it; that process alone dies and the file gets its status.
Workers are forked from a small server process that has the reading modules loaded, so that a new one costs
milliseconds, and are replaced after ``FILES_PER_WORKER`` files. Results cross as msgpack bytes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from pebble import ProcessExpired, ProcessPool

from ingest.intake import FileKind, FileStatus
from ingest.limits import DEFAULT_LIMITS, ReadLimits
from ingest.ocr import has_tesseract
from ingest.ocr_folder import forget
from ingest.read import ReadDocument
from rag.law.act import Box

WORKERS = 2  # one a core of the smallest machine supported
FILES_PER_WORKER = 50  # then a fresh process: what a library leaks is given back
MOST_CRASHING_PAGES = 3  # left out of one file; a file with more of them is beyond repair
GRACE_S = 0.5  # between SIGTERM and SIGKILL for a hung worker
RETIRED = 75  # exit code of a worker that ended itself (EX_TEMPFAIL)
BLOATED_SHARE = 0.75  # of the address space allowed; a worker needs a third before its first page
PRELOADED = [
    "ingest.pdf",
    "ingest.layout",
    "ingest.structure",
    "ingest.metadata",
    "ingest.split",
    "ingest.ocr_pages",
    "rag.record.record",
    "rag.restore",
]

T = TypeVar("T")
PageProgress = Callable[[int, int], None]  # pages done, pages to do


class ReaderPool:
    """Reads and draws in worker processes. A context manager; each future ends in a value whatever the file does."""

    def __init__(
        self, limits: ReadLimits = DEFAULT_LIMITS, workers: int = WORKERS, ocr_folder: Path | None = None
    ) -> None:
        """``ocr_folder``: where pages of scans are kept until their document is read whole; None leaves scans unread."""
        self.limits = limits
        self.ocr_folder = ocr_folder
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._pool = ProcessPool(max_workers=workers, max_tasks=FILES_PER_WORKER, context=context)

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the workers; what is under way is given up."""
        self._pool.stop()
        self._pool.join()

    def submit(self, path: Path, on_page: PageProgress | None = None) -> Future[ReadDocument]:
        """Reads ``path``; crash, hang and memory end as the file's status, a vanished file as OSError. A page over
        which the worker crashes is left out and the file read again (P4).

        Scanned pages are read one task each, so that two are under way at a time; ``on_page`` is called with pages done
        and pages to do (in another thread).
        """
        done: Future[ReadDocument] = Future()
        first = self._read(path, None)
        first.add_done_callback(lambda ended: self._go_on(path, ended, done, on_page))
        return done

    def _read(self, path: Path, ocr_folder: Path | None) -> Future[bytes]:
        read: Future[bytes] = Future()
        self._attempt(path, ocr_folder, frozenset(), read)
        return read

    def _attempt(self, path: Path, ocr_folder: Path | None, skip: frozenset[int], read: Future[bytes]) -> None:
        handle, progress = tempfile.mkstemp(prefix="cancu-page-")
        os.close(handle)
        arguments = [str(path), self.limits, str(ocr_folder) if ocr_folder else None, sorted(skip), progress]
        task = self._pool.schedule(_read_in_worker, args=arguments, timeout=self.limits.wall_s)

        def ended(task: Any) -> None:
            page = int.from_bytes(Path(progress).read_bytes(), "little")
            Path(progress).unlink()
            if _retired(task):
                with suppress(RuntimeError):
                    self._attempt(path, ocr_folder, skip, read)
                    return
            if page and page not in skip and len(skip) < MOST_CRASHING_PAGES and _crashed(task):
                with suppress(RuntimeError):  # the pool is being closed: the file ends as it is
                    self._attempt(path, ocr_folder, skip | {page}, read)
                    return
            _settle(read, task.result)

        task.add_done_callback(ended)

    def _go_on(self, path: Path, ended: Any, done: Future[ReadDocument], on_page: PageProgress | None) -> None:
        """Hands the document over, or has its scanned pages read first."""
        try:
            read = _outcome(ended, self.limits)
        except Exception:
            read = None
        folder = self.ocr_folder
        if read is None or folder is None or not read.scanned_pages or not has_tesseract():
            _settle(done, lambda: _outcome(ended, self.limits))
        elif done.set_running_or_notify_cancel():
            ScanRun(self, path, read, folder, done, on_page).start()

    def read_page(self, path: Path, page: int, sha256: str) -> Any:
        """Reads one scanned page into the folder; the task's result is the degree of a secrecy mark on it, or ""."""
        arguments = [str(path), page, sha256, str(self.ocr_folder), self.limits]
        return self._pool.schedule(_ocr_in_worker, args=arguments, timeout=self.limits.wall_s)

    def read_again(self, path: Path) -> Any:
        """Reads the file with what the folder holds of its scanned pages."""
        return self._read(path, self.ocr_folder)

    def render(self, path: Path, page: int, boxes: Iterable[Box] = (), dpi: int = 110) -> Future[bytes]:
        """The page as PNG with boxes drawn. The future raises ``RenderError`` when the page cannot be drawn."""
        arguments = [str(path), page, [(b.x0, b.y0, b.x1, b.y1) for b in boxes], dpi, self.limits]
        task = self._pool.schedule(_render_in_worker, args=arguments, timeout=self.limits.wall_s)
        done: Future[bytes] = Future()
        task.add_done_callback(lambda ended: _settle(done, lambda: _image(ended)))
        return done


class RenderError(Exception):
    """The page could not be drawn: it is not there, damaged, or beyond the limits."""


class ScanRun:
    """The scanned pages of one document under way: a task a page, then the document read again with them."""

    def __init__(
        self, pool: ReaderPool, path: Path, read: ReadDocument, folder: Path, done: Future[ReadDocument],
        on_page: PageProgress | None,
    ) -> None:  # fmt: skip
        self._pool, self._path, self._first, self._folder, self._done = pool, path, read, folder, done
        self._on_page = on_page
        self._lock = threading.Lock()
        self._tasks: list[Any] = []
        self._left = len(read.scanned_pages)
        self._degree = ""

    def start(self) -> None:
        self._tell()
        try:
            self._tasks = [
                self._pool.read_page(self._path, page, self._first.sha256) for page in self._first.scanned_pages
            ]
        except RuntimeError as error:  # the pool is closing
            self._done.set_exception(error)
            return
        for task in self._tasks:
            task.add_done_callback(self._page_ended)

    def _page_ended(self, task: Any) -> None:
        """A page that could not be read stays missing (P4); a secrecy mark ends the run."""
        degree = ""
        if not task.cancelled() and task.exception() is None:
            degree = task.result()
        with self._lock:
            self._left -= 1
            self._degree = self._degree or degree
            last = self._left == 0
        self._tell()
        if degree:
            for other in self._tasks:
                other.cancel()
        if last:
            self._finish()

    def _tell(self) -> None:
        if self._on_page:
            total = len(self._first.scanned_pages)
            self._on_page(total - self._left, total)

    def _finish(self) -> None:
        if self._degree:
            forget(self._folder, self._first.sha256)
            self._done.set_result(_secret(self._first, self._degree))
            return
        try:
            last = self._pool.read_again(self._path)
        except RuntimeError as error:
            self._done.set_exception(error)
            return
        last.add_done_callback(self._read_whole)

    def _read_whole(self, ended: Any) -> None:
        forget(self._folder, self._first.sha256)
        try:
            self._done.set_result(_after_ocr(_outcome(ended, self._pool.limits)))
        except Exception as error:
            self._done.set_exception(error)


def _after_ocr(read: ReadDocument) -> ReadDocument:
    """A scan of which no page could be read says so instead of asking for OCR."""
    failed = read.status is FileStatus.NEEDS_OCR and read.reason == "file_needs_ocr"
    return replace(read, reason="file_ocr_failed") if failed else read


def _secret(read: ReadDocument, degree: str) -> ReadDocument:
    """Nothing of the content, not even its diagnostics."""
    return ReadDocument(
        FileStatus.SECRET_MARKED, read.kind, read.size_bytes, read.sha256, reason="file_secret_marked",
        details={"degree": degree}, page_count=read.page_count,
    )  # fmt: skip


def _settle(done: Future[T], outcome: Callable[[], T]) -> None:
    """Hands the outcome over; a cancelled future stays cancelled."""
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(outcome())
    except Exception as error:
        done.set_exception(error)


def _outcome(ended: Any, limits: ReadLimits) -> ReadDocument:
    """The value of a finished task, or the status its death stands for."""
    try:
        return _DECODER.decode(ended.result())
    except TimeoutError:
        return _died(FileStatus.TIMEOUT, "file_timeout", seconds=f"{limits.wall_s:g}")
    except MemoryError:
        return _died(FileStatus.MEMORY, "file_memory", limit_mb=str(limits.memory_bytes >> 20))
    except ProcessExpired as error:
        if error.exitcode in {-signal.SIGXCPU, signal.SIGXCPU}:
            return _died(FileStatus.TIMEOUT, "file_timeout", seconds=f"{limits.cpu_s:g}")
        return _died(FileStatus.CRASHED, "file_crashed")
    except OSError:
        raise
    except Exception:
        return _died(FileStatus.CRASHED, "file_crashed")


def _crashed(ended: Any) -> bool:
    """Whether the worker died of the file itself, and not of a limit."""
    error = None if ended.cancelled() else ended.exception()
    return isinstance(error, ProcessExpired) and error.exitcode not in {-signal.SIGXCPU, signal.SIGXCPU}


def _retired(ended: Any) -> bool:
    """Whether the worker ended itself before it touched the file."""
    error = None if ended.cancelled() else ended.exception()
    return isinstance(error, ProcessExpired) and error.exitcode == RETIRED


def _died(status: FileStatus, reason: str, **details: str) -> ReadDocument:
    return ReadDocument(status, FileKind.PDF, reason=reason, details=details)


def _image(ended: Any) -> bytes:
    try:
        return bytes(ended.result())
    except Exception as error:
        raise RenderError(str(error)) from error


def limit_this_process(limits: ReadLimits) -> None:
    """Sets the memory and processor-time limits of the task that begins now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _retire_if_bloated(limits: ReadLimits) -> None:
    """Ends a worker in which an earlier file left so much memory (MuPDF gives none back after running into the limit) that
    the next one would fail by no fault of its own."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    if pages * resource.getpagesize() > BLOATED_SHARE * limits.memory_bytes:
        os._exit(RETIRED)


def _read_in_worker(path: str, limits: ReadLimits, ocr_folder: str | None, skip: list[int], progress: str) -> bytes:
    from ingest.read import read_document

    _retire_if_bloated(limits)
    limit_this_process(limits)
    folder = Path(ocr_folder) if ocr_folder else None
    with Path(progress).open("r+b", buffering=0) as file:  # what it says last is what we died over

        def begin(page: int) -> None:
            os.pwrite(file.fileno(), page.to_bytes(4, "little"), 0)

        return msgspec.msgpack.encode(read_document(Path(path), limits, folder, skip, begin))


def _ocr_in_worker(path: str, page: int, sha256: str, folder: str, limits: ReadLimits) -> str:
    """The degree of a secrecy mark on the page, in print or stamped; "" when there is none and the page is stored."""
    from ingest.ocr_folder import page_file, store_page
    from ingest.ocr_pages import read_scanned_page, read_stamps
    from ingest.secrecy import find_mark, find_stamp

    if page_file(Path(folder), sha256, page).exists():
        return ""
    limit_this_process(limits)
    read = read_scanned_page(Path(path), page, limits)
    if page == 1 and not limits.secret_marks_allowed:
        printed = [span.text for line in read.lines for span in line.spans]
        if degree := find_mark(printed) or find_stamp(*read_stamps(Path(path), page, limits)):
            return degree
    store_page(Path(folder), sha256, read)
    return ""


def _render_in_worker(
    path: str, page: int, boxes: list[tuple[float, float, float, float]], dpi: int, limits: ReadLimits
) -> bytes:
    from ingest.pdf import render_page

    limit_this_process(limits)
    return render_page(Path(path), page, [Box(*box) for box in boxes], dpi, limits)


_DECODER = msgspec.msgpack.Decoder(ReadDocument)
