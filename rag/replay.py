"""Traces of answers: what an answer was made of, stored by id, so that it can be asked again and compared.

A trace holds the question, ids and SHA-256 of the passages weighed, hashes of the sentences shown, and what shaped them (index
fingerprint, models, prompt version, settings). It holds no text of a document, so that a purged one leaves nothing here (S6).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from rag.errors import NotFound
from rag.index.fingerprint import Fingerprint
from rag.index.points import IndexFilter
from rag.prompt import PROMPT_VERSION
from rag.record.answer_schema import traces
from rag.record.record import Record, now
from rag.restore import MODEL_SHA256
from rag.results import Answer, Hit
from rag.settings import Settings

KEPT_SETTINGS = ("llm_model", "llm_max_tokens", "llm_evidence_characters", "language")


class Weighed(msgspec.Struct, frozen=True):
    """A passage that the answer was chosen from."""

    passage_id: str
    sha256: str


class Trace(msgspec.Struct, frozen=True):
    """Everything that decides an extractive answer. ``models``: name → version or SHA-256."""

    question: str
    asked: str
    as_of: str
    where: dict[str, Any]
    weighed: tuple[Weighed, ...]
    status: str
    reason: str | None
    origin: str
    sentences: tuple[str, ...]  # SHA-256 of each
    cited: tuple[str, ...]  # passage ids
    models: dict[str, str]
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """``what`` names a message ``replay_<what>``."""

    what: str
    before: str
    after: str


def make_trace(answer: Answer, asked: str, where: IndexFilter, hits: Sequence[Hit], settings: Settings) -> Trace:
    """The trace of an answer just given."""
    return Trace(
        question=answer.question,
        asked=asked,
        as_of=answer.as_of or "",
        where=msgspec.to_builtins(where),
        weighed=tuple(Weighed(h.passage.id, h.passage.sha256) for h in hits),
        status=answer.status.value,
        reason=answer.reason_code.value if answer.reason_code else None,
        origin=answer.origin.value,
        sentences=tuple(hashlib.sha256(s.text.encode()).hexdigest() for s in answer.sentences),
        cited=tuple(c.passage.id for c in answer.citations),
        models=_models(),
        settings={name: getattr(settings, name) for name in KEPT_SETTINGS},
    )


def _models() -> dict[str, str]:
    return {"index": Fingerprint().digest(), "restorer": MODEL_SHA256, "prompt": PROMPT_VERSION}


def store_trace(record: Record, trace: Trace, keep_days: int) -> str:
    """Write it; returns its id. Traces older than ``keep_days`` are forgotten on the way."""
    name = str(uuid.uuid4())
    oldest = (datetime.now(UTC) - timedelta(days=keep_days)).isoformat(timespec="seconds")
    with record.engine.begin() as connection:
        connection.execute(sa.delete(traces).where(traces.c.created_at < oldest))
        connection.execute(traces.insert(), {"id": name, "created_at": now(), "trace": msgspec.to_builtins(trace)})
    return name


def read_trace(record: Record, name: str) -> Trace:
    """The trace with this id. Raises NotFound."""
    with record.engine.connect() as connection:
        found = connection.execute(sa.select(traces.c.trace).where(traces.c.id == name)).scalar()
    if found is None:
        raise NotFound("trace_not_found", trace_id=name)
    return msgspec.convert(found, Trace)


def differences(before: Trace, after: Trace) -> Iterator[Difference]:
    """What is not the same in the answer given now."""
    for name in sorted(before.models.keys() | after.models.keys()):
        old, new = before.models.get(name, ""), after.models.get(name, "")
        if old != new:
            yield Difference("model", f"{name} {old[:12]}", f"{name} {new[:12]}")
    changed = {w.passage_id: w.sha256 for w in before.weighed}
    now_there = {w.passage_id: w.sha256 for w in after.weighed}
    for passage_id, sha256 in changed.items():
        if passage_id not in now_there:
            yield Difference("passage_gone", passage_id, "")
        elif now_there[passage_id] != sha256:
            yield Difference("passage_changed", passage_id, now_there[passage_id][:12])
    for passage_id in now_there.keys() - changed.keys():
        yield Difference("passage_new", "", passage_id)
    if (before.status, before.reason) != (after.status, after.reason):
        yield Difference("status", f"{before.status} {before.reason or ''}", f"{after.status} {after.reason or ''}")
    if before.sentences != after.sentences:
        yield Difference("sentences", str(len(before.sentences)), str(len(after.sentences)))
