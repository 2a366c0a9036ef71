"""Files of documents that were taken out but may come back: jobs that wait in the state "held".

A held job owns a copy of the file among the uploads. Released, it is an upload like any other; let go, it is gone with its
file and with what people had put right in the document.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rag.errors import NotFound
from rag.record.jobs import job
from rag.record.model import Document, Job
from rag.record.record import Record, now
from rag.record.review import forget_review
from rag.record.schema import jobs

HELD = "held"


def hold(record: Record, document: Document, copy: Path) -> Job:
    """Keep ``copy``, the file of ``document``, until it is released or let go."""
    values: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "kind": "upload",
        "state": HELD,
        "source": str(copy),
        "document_id": document.id,
    }
    values |= {"file_name": document.file_name, "created_at": now(), "done_pages": 0, "total_pages": 0}
    values |= {"department": document.holding.department, "clearance": document.holding.clearance}
    with record.engine.begin() as connection:
        connection.execute(jobs.insert(), values)
    return job(record, str(values["id"]))


def release(record: Record, job_id: str) -> Job:
    """Take the file in again. Raises NotFound when nothing is held under that id."""
    held = job(record, job_id)  # only what the reader of the record sees
    change = jobs.update().where(jobs.c.id == job_id, jobs.c.state == HELD).values(state="queued", created_at=now())
    with record.engine.begin() as connection:
        if not connection.execute(change).rowcount:
            raise NotFound("job_not_found", job_id=job_id)
    return held


def let_go(record: Record, older_than_s: float) -> int:
    """Drop what has been held that long, its files and corrections too; returns how many."""
    before = (datetime.now(UTC) - timedelta(seconds=older_than_s)).isoformat(timespec="seconds")
    with record.engine.begin() as connection:
        query = sa.select(jobs.c.id, jobs.c.source, jobs.c.document_id)
        rows = connection.execute(query.where(jobs.c.state == HELD, jobs.c.created_at <= before)).all()
        for row in rows:
            connection.execute(jobs.delete().where(jobs.c.id == row.id))
            if record.state(row.document_id) is None:
                forget_review(connection, row.document_id)
    for row in rows:
        Path(row.source).unlink(missing_ok=True)
    return len(rows)
