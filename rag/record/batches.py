"""Questions handed in together and answered one after the other; they survive a restart."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag.access import Access, Bearer
from rag.errors import NotFound
from rag.record.access_schema import batch_items, batches
from rag.record.record import Record, now

READ_AHEAD = 100  # replies read at a time


@dataclass(frozen=True, slots=True)
class Batch:
    """``state``: queued, running, done."""

    id: str
    state: str
    total: int
    done: int
    created_at: str
    finished_at: str | None


def submit(record: Record, bearer: Bearer, requests: Sequence[dict[str, Any]]) -> Batch:
    """Queue the requests for ``bearer``, who sees later what may be seen now."""
    batch = Batch(str(uuid.uuid4()), "queued", len(requests), 0, now(), None)
    values = {name: getattr(batch, name) for name in Batch.__dataclass_fields__} | _access_values(bearer.access)
    items = [{"batch_id": batch.id, "ordinal": n, "request": one} for n, one in enumerate(requests)]
    with record.engine.begin() as connection:
        connection.execute(batches.insert(), values | {"bearer": bearer.id})
        connection.execute(batch_items.insert(), items)
    return batch


def batch_of(record: Record, bearer: Bearer, batch_id: str) -> Batch:
    """A batch of this bearer, handed in with the access it has now. Raises NotFound for any other."""
    with record.engine.connect() as connection:
        row = connection.execute(sa.select(batches).where(batches.c.id == batch_id)).first()
    if row is None or row.bearer != bearer.id or _access(row) != bearer.access:
        raise NotFound("batch_not_found", batch_id=batch_id)
    return _batch(row)


def replies(record: Record, batch_id: str) -> Iterator[str]:
    """The replies so far, in the order of the questions, one JSON text each."""
    after = -1
    while True:
        query = (
            sa.select(batch_items.c.ordinal, batch_items.c.reply)
            .where(
                batch_items.c.batch_id == batch_id, batch_items.c.ordinal > after, batch_items.c.reply.is_not(None)
            )
            .order_by(batch_items.c.ordinal)
            .limit(READ_AHEAD)
        )
        with record.engine.connect() as connection:
            rows = connection.execute(query).all()
        yield from (row.reply for row in rows)
        if len(rows) < READ_AHEAD:
            return
        after = rows[-1].ordinal


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A question that waits, and who asks it."""

    batch_id: str
    bearer: str
    access: Access
    ordinal: int
    request: dict[str, Any]


def next_item(record: Record) -> BatchItem | None:
    """The oldest question without a reply; None when all have one."""
    query = (
        sa.select(batches, batch_items.c.ordinal, batch_items.c.request)
        .join(batch_items, batch_items.c.batch_id == batches.c.id)
        .where(batches.c.state != "done", batch_items.c.reply.is_(None))
        .order_by(batches.c.created_at, batches.c.id, batch_items.c.ordinal)
        .limit(1)
    )
    with record.engine.connect() as connection:
        row = connection.execute(query).first()
    return BatchItem(row.id, row.bearer, _access(row), row.ordinal, row.request) if row else None


def keep_reply(record: Record, batch_id: str, ordinal: int, reply: str) -> None:
    """Keep the reply to one question; with the last one the batch is done."""
    item = sa.and_(batch_items.c.batch_id == batch_id, batch_items.c.ordinal == ordinal)
    mine = batches.update().where(batches.c.id == batch_id)
    with record.engine.begin() as connection:
        connection.execute(batch_items.update().where(item).values(reply=reply))
        connection.execute(mine.values(done=batches.c.done + 1, state="running"))
        connection.execute(mine.where(batches.c.done >= batches.c.total).values(state="done", finished_at=now()))


def forget_replies_about(connection: sa.Connection, document_id: str) -> None:
    """Empty the replies that speak of a document that is deleted (S6)."""
    about = batch_items.update().where(batch_items.c.reply.contains(document_id))
    connection.execute(about.values(reply='{"error": "document_deleted"}'))


def _access_values(access: Access) -> dict[str, Any]:
    return {
        "departments": None if access.departments is None else list(access.departments),
        "clearance": access.clearance,
    }


def _access(row: Any) -> Access:
    return Access(None if row.departments is None else tuple(row.departments), row.clearance)


def _batch(row: Any) -> Batch:
    return Batch(**{name: row._mapping[name] for name in Batch.__dataclass_fields__})
