"""The audit: who did what and what was shown, as a chain of hashes in the record (I7).

Each entry is canonical JSON that holds the hash of the entry before it; its own hash is SHA-256 of that text. A changed,
removed or inserted line breaks the chain. What retention removes leaves an entry that names the last hash removed. Who
cuts off the newest entries cannot be seen from inside: keep the head that ``verify`` prints elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag.record.access_schema import audit
from rag.record.record import Record, now

GENESIS = "0" * 64
PRUNED = "audit.pruned"
_READ_AHEAD = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """``broken_at``: the first entry that does not fit; None when all do. ``head``: the newest hash."""

    entries: int
    head: str
    broken_at: int | None
    why: str


def append(record: Record, entries: Sequence[dict[str, Any]]) -> None:
    """Add entries in order, in one transaction: on disk when this returns."""
    if not entries:
        return
    with record.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE audit SET seq = seq WHERE 0")
        )  # takes the write lock before reading the head
        _append(connection, entries)


def verify(record: Record) -> Verdict:
    """Walk the chain."""
    count, head, expected = 0, GENESIS, 1
    started = False
    for row in _rows(record):
        entry = _parsed(row.entry)
        if entry is None or hashlib.sha256(row.entry.encode()).hexdigest() != row.hash:
            return Verdict(count, head, row.seq, "altered")
        if not started:
            started, expected, head = True, row.seq, entry.get("previous", "")
            if not _begins_rightly(record, row.seq, head):
                return Verdict(count, head, row.seq, "beginning removed")
        if row.seq != expected or entry.get("previous") != head or entry.get("seq") != row.seq:
            return Verdict(count, head, row.seq, "removed or inserted before it")
        count, head, expected = count + 1, row.hash, expected + 1
    return Verdict(count, head, None, "")


def has_hash(record: Record, head: str) -> bool:
    """Whether an entry with this hash is still there."""
    with record.engine.connect() as connection:
        return connection.execute(sa.select(audit.c.seq).where(audit.c.hash == head)).first() is not None


def export(record: Record, since: str | None = None) -> Iterator[str]:
    """Entries as JSON lines, oldest first, each with its hash; ``since``: ISO 8601."""
    for row in _rows(record):
        if since is None or row.at >= since:
            yield json.dumps(json.loads(row.entry) | {"hash": row.hash}, ensure_ascii=False)


def prune(record: Record, before: str) -> int:
    """Remove entries older than ``before`` (ISO 8601) and say so in the chain; returns how many."""
    with record.engine.begin() as connection:
        old = sa.select(audit.c.seq, audit.c.hash).where(audit.c.at < before).order_by(audit.c.seq.desc()).limit(1)
        last = connection.execute(old).first()
        if last is None:
            return 0
        gone = connection.execute(audit.delete().where(audit.c.seq <= last.seq)).rowcount
        entry = {"who": "cancu", "action": PRUNED, "last_seq": last.seq, "last_hash": last.hash, "removed": gone}
        _append(connection, [entry], (last.seq, last.hash))
    return int(gone)


def _append(
    connection: sa.Connection, entries: Sequence[dict[str, Any]], after: tuple[int, str] = (0, GENESIS)
) -> None:
    newest = sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    last = connection.execute(newest).first()
    seq, previous = (last.seq, last.hash) if last else after
    rows = []
    for entry in entries:
        seq += 1
        filled = {"at": now()} | entry | {"seq": seq, "previous": previous}
        text = json.dumps(filled, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        rows.append({"seq": seq, "at": filled["at"], "entry": text, "hash": previous})
    connection.execute(audit.insert(), rows)


def _begins_rightly(record: Record, seq: int, previous: str) -> bool:
    """The chain begins at 1, or where an entry of retention says that it was cut."""
    if seq == 1:
        return previous == GENESIS
    cuts = (json.loads(row.entry) for row in _rows(record) if f'"{PRUNED}"' in row.entry)
    return any((cut.get("last_seq"), cut.get("last_hash")) == (seq - 1, previous) for cut in cuts)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _rows(record: Record) -> Iterator[Any]:
    after = -1
    while True:
        query = sa.select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(_READ_AHEAD)
        with record.engine.connect() as connection:
            rows = connection.execute(query).all()
        yield from rows
        if len(rows) < _READ_AHEAD:
            return
        after = rows[-1].seq
