"""What people say of answers: right or wrong, and why; kept for evaluation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag.access import Access, Bearer
from rag.record.access_schema import feedback
from rag.record.record import Record, now


@dataclass(frozen=True, slots=True)
class Feedback:
    """``provisions`` are "number#eid" of what is right, as suites name them; ``document_ids`` all that it speaks of."""

    id: str
    created_at: str
    bearer: str
    question: str
    verdict: str
    why: str
    passage_ids: tuple[str, ...]
    document_ids: tuple[str, ...]
    provisions: tuple[str, ...]


def keep_feedback(
    record: Record, bearer: Bearer, question: str, verdict: str, why: str, passage_ids: Sequence[str],
    document_ids: Sequence[str], provisions: Sequence[str],
) -> Feedback:  # fmt: skip
    """Keep one word on an answer."""
    kept = Feedback(
        str(uuid.uuid4()), now(), bearer.id, question, verdict, why, tuple(passage_ids), tuple(document_ids),
        tuple(provisions),
    )  # fmt: skip
    departments = bearer.access.departments
    values: dict[str, Any] = {name: getattr(kept, name) for name in Feedback.__dataclass_fields__}
    values |= {name: list(values[name]) for name in ("passage_ids", "document_ids", "provisions")}
    values |= {
        "departments": None if departments is None else list(departments),
        "clearance": bearer.access.clearance,
    }
    with record.engine.begin() as connection:
        connection.execute(feedback.insert(), values)
    return kept


def read_feedback(record: Record) -> list[Feedback]:
    """Oldest first; only what was given by bearers who see no more than this record's access."""
    with record.engine.connect() as connection:
        rows = connection.execute(sa.select(feedback).order_by(feedback.c.created_at, sa.text("rowid"))).all()
    return [_feedback(row) for row in rows if covers(record.access, row.departments, row.clearance)]


def forget_feedback_about(connection: sa.Connection, document_id: str) -> None:
    """Drop the words that speak of a document that is deleted (S6)."""
    connection.execute(feedback.delete().where(sa.cast(feedback.c.document_ids, sa.Text).contains(document_id)))


def covers(access: Access, departments: Sequence[str] | None, clearance: int) -> bool:
    """Whether ``access`` sees all that somebody with these departments and this clearance sees."""
    if clearance > access.clearance:
        return False
    return access.departments is None or (departments is not None and set(departments) <= set(access.departments))


def _feedback(row: Any) -> Feedback:
    values = {name: row._mapping[name] for name in Feedback.__dataclass_fields__}
    return Feedback(**values | {name: tuple(values[name]) for name in ("passage_ids", "document_ids", "provisions")})
