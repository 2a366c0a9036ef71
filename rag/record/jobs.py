"""The queue of files to read, in the record: it survives a crash and is followed from other processes."""

from __future__ import annotations

import uuid
from dataclasses import astuple
from typing import Any

import sqlalchemy as sa

from rag.access import SHARED, Holding
from rag.errors import NotFound
from rag.record.model import Job
from rag.record.record import HoldingColumns, Record, held_where, now
from rag.record.schema import jobs


def enqueue(record: Record, source: str, file_name: str, kind: str = "ingest", holding: Holding = SHARED) -> Job:
    """Queue one file. ``kind`` "upload": ``source`` is our own copy and is removed when done."""
    job = Job(str(uuid.uuid4()), kind, "queued", file_name, None, None, None, 0, 0, now(), None, *astuple(holding))
    with record.engine.begin() as connection:
        connection.execute(jobs.insert(), _row(job) | {"source": source})
    return job


def claim(record: Record) -> tuple[Job, str] | None:
    """The oldest queued job, now running, and its source; None when the queue is empty."""
    with record.engine.begin() as connection:
        found = connection.execute(
            sa.select(jobs).where(jobs.c.state == "queued").order_by(jobs.c.created_at, sa.text("rowid")).limit(1)
        ).first()
        if found is None:
            return None
        connection.execute(jobs.update().where(jobs.c.id == found.id).values(state="running"))
    return _job(found), found.source


def requeue_running(record: Record) -> None:
    """Queue again what a process that died was working on."""
    with record.engine.begin() as connection:
        connection.execute(jobs.update().where(jobs.c.state == "running").values(state="queued"))


def requeue(record: Record, job_id: str) -> None:
    """Queue again a job that failed through no fault of its file."""
    with record.engine.begin() as connection:
        connection.execute(jobs.update().where(jobs.c.id == job_id).values(state="queued"))


def finish(record: Record, job_id: str, *, document_id: str | None, status: str, reason: str, pages: int) -> None:
    """The job ended with that file status."""
    values: dict[str, Any] = {"state": "done", "document_id": document_id, "status": status, "reason": reason}
    values |= {"done_pages": pages, "total_pages": pages, "finished_at": now()}
    with record.engine.begin() as connection:
        connection.execute(jobs.update().where(jobs.c.id == job_id).values(**values))


def job(record: Record, job_id: str) -> Job:
    """One job. Raises NotFound."""
    with record.engine.connect() as connection:
        found = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, _seen(record))).first()
    if found is None:
        raise NotFound("job_not_found", job_id=job_id)
    return _job(found)


def recent_jobs(record: Record, limit: int = 100) -> list[Job]:
    """The newest jobs first."""
    with record.engine.connect() as connection:
        query = sa.select(jobs).where(_seen(record)).order_by(jobs.c.created_at.desc(), jobs.c.id)
        rows = connection.execute(query.limit(limit)).all()
    return [_job(row) for row in rows]


def waiting_jobs(record: Record) -> tuple[int, str | None]:
    """How many files wait or are being read, and since when the oldest does (ISO 8601)."""
    query = sa.select(sa.func.count(), sa.func.min(jobs.c.created_at)).where(
        _seen(record), jobs.c.state.in_(("queued", "running"))
    )
    with record.engine.connect() as connection:
        count, oldest = connection.execute(query).one()
    return int(count), oldest


def _seen(record: Record) -> sa.ColumnElement[bool]:
    """Jobs whose documents go where the record's access sees."""
    return held_where(HoldingColumns(jobs.c.department, jobs.c.clearance), record.access)


def _row(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in Job.__dataclass_fields__}


def _job(row: Any) -> Job:
    return Job(**{name: row._mapping[name] for name in Job.__dataclass_fields__})
