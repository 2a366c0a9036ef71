"""Replies kept for writes that may be sent again, for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from rag.record.access_schema import idempotency
from rag.record.record import Record, now

KEPT_HOURS = 24
KEPT_BODY_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class KeptReply:
    """``request_sha256``: of method, path, query and body."""

    request_sha256: str
    status: int
    headers: dict[str, str]
    body: bytes


def find_reply(record: Record, bearer: str, key: str) -> KeptReply | None:
    """What this bearer was told for this key, None when it is new."""
    mine = sa.and_(idempotency.c.bearer == bearer, idempotency.c.key == key, idempotency.c.created_at > _oldest())
    with record.engine.connect() as connection:
        row = connection.execute(sa.select(idempotency).where(mine)).first()
    return KeptReply(row.request_sha256, row.status, row.headers, row.body) if row else None


def keep_reply(record: Record, bearer: str, key: str, reply: KeptReply) -> None:
    """Keep a reply; those that are too old go."""
    values = {name: getattr(reply, name) for name in KeptReply.__dataclass_fields__}
    with record.engine.begin() as connection:
        connection.execute(idempotency.delete().where(idempotency.c.created_at <= _oldest()))
        connection.execute(idempotency.insert(), values | {"bearer": bearer, "key": key, "created_at": now()})


def forget_bodies_about(connection: sa.Connection, document_id: str) -> None:
    """Drop the replies that speak of a document that is deleted (S6)."""
    connection.execute(idempotency.delete().where(sa.cast(idempotency.c.body, sa.Text).contains(document_id)))


def _oldest() -> str:
    return (datetime.now(UTC) - timedelta(hours=KEPT_HOURS)).isoformat(timespec="seconds")
