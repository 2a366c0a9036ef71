"""Reads files in worker processes with limits on memory, processor time and wall time (P1, P3).

A file may crash, hang or bloat the process that reads it; that process alone dies and the file gets its status.
Workers are forked from a small server process that has the reading modules loaded, so that a new one costs
milliseconds, and are replaced after ``FILES_PER_WORKER`` files. Results cross as msgpack bytes.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from pebble import ProcessExpired, ProcessPool

from ingest.intake import FileKind, FileStatus
from ingest.limits import DEFAULT_LIMITS, ReadLimits
from ingest.read import ReadDocument
from rag.law.act import Box

WORKERS = 2  # one a core of the smallest machine supported
FILES_PER_WORKER = 50  # then a fresh process: what a library leaks is given back
GRACE_S = 0.5  # between SIGTERM and SIGKILL for a hung worker
PRELOADED = [
    "ingest.pdf",
    "ingest.layout",
    "ingest.structure",
    "ingest.metadata",
    "ingest.split",
    "rag.record.record",
]

T = TypeVar("T")


class ReaderPool:
    """Reads and draws in worker processes. A context manager; each future ends in a value whatever the file does."""

    def __init__(self, limits: ReadLimits = DEFAULT_LIMITS, workers: int = WORKERS) -> None:
        self.limits = limits
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

    def submit(self, path: Path) -> Future[ReadDocument]:
        """Reads ``path``; crash, hang and memory end as the file's status, a vanished file as OSError."""
        task = self._pool.schedule(_read_in_worker, args=[str(path), self.limits], timeout=self.limits.wall_s)
        done: Future[ReadDocument] = Future()
        task.add_done_callback(lambda ended: _settle(done, lambda: _outcome(ended, self.limits)))
        return done

    def render(self, path: Path, page: int, boxes: Iterable[Box] = (), dpi: int = 110) -> Future[bytes]:
        """The page as PNG with boxes drawn. The future raises ``RenderError`` when the page cannot be drawn."""
        arguments = [str(path), page, [(b.x0, b.y0, b.x1, b.y1) for b in boxes], dpi, self.limits]
        task = self._pool.schedule(_render_in_worker, args=arguments, timeout=self.limits.wall_s)
        done: Future[bytes] = Future()
        task.add_done_callback(lambda ended: _settle(done, lambda: _image(ended)))
        return done


class RenderError(Exception):
    """The page could not be drawn: it is not there, damaged, or beyond the limits."""


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


def _read_in_worker(path: str, limits: ReadLimits) -> bytes:
    from ingest.read import read_document

    limit_this_process(limits)
    return msgspec.msgpack.encode(read_document(Path(path), limits))


def _render_in_worker(
    path: str, page: int, boxes: list[tuple[float, float, float, float]], dpi: int, limits: ReadLimits
) -> bytes:
    from ingest.pdf import render_page

    limit_this_process(limits)
    return render_page(Path(path), page, [Box(*box) for box in boxes], dpi, limits)


_DECODER = msgspec.msgpack.Decoder(ReadDocument)
