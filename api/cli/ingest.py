"""``cancu ingest``: works the files off itself when the folder is free; else queues them and follows the service."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.cli.ask import print_json
from api.errors import EXIT_DIFFERENCES
from api.schema import IngestLine
from rag.access import Holding
from rag.errors import FolderInUse
from rag.locking import is_owned
from rag.settings import Settings

FOLLOW_POLL_S = 0.1  # between looks at the jobs
WHOLE = {"indexed", "duplicate"}  # what --strict is content with


def run_ingest(
    paths: list[Path], settings: Settings, as_json: bool, strict: bool, place: tuple[str, int] = ("", 0)
) -> int:
    """One line a file; the exit code. ``place``: department and clearance of the documents."""
    from ingest.run import find_files

    files = find_files(paths)
    counts: dict[str, int] = {}
    with _progress(len(files), shown=not as_json and sys.stderr.isatty()) as step:
        for line in _lines(files, settings, Holding(*place)):
            counts[line.status] = counts.get(line.status, 0) + 1
            if as_json:
                print_json(line.model_dump(mode="json"))
                sys.stdout.flush()
            else:
                _print_line(line)
            step()
    if not as_json:
        print(", ".join(f"{status}: {count}" for status, count in sorted(counts.items())) or "Không có tệp nào.")
    return EXIT_DIFFERENCES if strict and counts.keys() - WHOLE else 0


def _lines(files: list[Path], settings: Settings, holding: Holding) -> Iterator[IngestLine]:
    if not files:
        return
    if is_owned(settings.data_dir):
        yield from _queue_and_follow(files, settings, holding)
        return
    try:
        yield from _work_off(files, settings, holding)
    except FolderInUse:  # a service started between the look and the lock
        yield from _queue_and_follow(files, settings, holding)


def _work_off(files: list[Path], settings: Settings, holding: Holding) -> Iterator[IngestLine]:
    from ingest.run import Ingestor
    from rag.store import Store

    with Store.open(settings) as store:
        for result in Ingestor(store, settings, holding=holding).run(files):
            fields: dict[str, Any] = {name: getattr(result, name) for name in IngestLine.model_fields}
            yield IngestLine(**fields | {"status": str(result.status), "seconds": round(result.seconds, 3)})


def _queue_and_follow(files: list[Path], settings: Settings, holding: Holding) -> Iterator[IngestLine]:
    """Jobs go through the record, so this needs no network; they survive us when we are interrupted."""
    from rag.record.jobs import enqueue, job
    from rag.record.record import Record

    record = Record.open(settings.data_dir)
    try:
        waiting = [enqueue(record, str(path.resolve()), path.name, holding=holding).id for path in files]
        started = time.perf_counter()
        while waiting:
            ended = [one for one in (job(record, job_id) for job_id in waiting) if one.finished_at]
            for one in ended:
                yield _line_of_job(record, one, time.perf_counter() - started)
            waiting = [job_id for job_id in waiting if job_id not in {one.id for one in ended}]
            if waiting and not ended:
                _still_served(settings)
                time.sleep(FOLLOW_POLL_S)
    finally:
        record.close()


def _still_served(settings: Settings) -> None:
    """Raises Unavailable when the owner of the folder is gone: nobody would work the queue off."""
    from rag.errors import Unavailable

    if not is_owned(settings.data_dir):
        raise Unavailable("service_not_answering", address=settings.data_dir)


def _line_of_job(record: Any, job: Any, seconds: float) -> IngestLine:
    from rag.errors import NotFound

    try:
        document = record.document(job.document_id) if job.document_id else None
    except NotFound:  # replaced or deleted meanwhile
        document = None
    return IngestLine(
        file=job.file_name,
        status=job.status or job.state,
        reason=job.reason or None,
        document_id=job.document_id,
        number=document.number if document else None,
        pages=job.done_pages,
        passages=document.passages if document and job.status != "duplicate" else 0,
        seconds=round(seconds, 3),
    )


def _print_line(line: IngestLine) -> None:
    about = line.reason or f"{line.number or ''} {line.pages} trang, {line.passages} đoạn".strip()
    print(f"{line.status:16} {line.file}: {about}")


@contextmanager
def _progress(total: int, shown: bool) -> Iterator[Any]:
    """A function to call once a file; draws a bar on a terminal."""
    if not shown:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Đang nạp", total=total)
        yield lambda: bar.advance(task)
