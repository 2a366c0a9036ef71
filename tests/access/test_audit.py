"""The chain of the audit: any altered, removed or inserted line is found; retention leaves its mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from rag.record import audit
from rag.record.record import Record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = Record.open(tmp_path)
    for n in range(5):
        audit.append(opened, [{"who": "key:1", "path": f"/{n}", "at": f"2026-01-0{n + 1}T00:00:00+00:00"}])
    yield opened
    opened.close()


def run(record: Record, statement: str) -> None:
    with record.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_an_untouched_chain_holds(record: Record) -> None:
    verdict = audit.verify(record)
    assert (verdict.entries, verdict.broken_at) == (5, None)
    assert len(list(audit.export(record))) == 5


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE audit SET entry = replace(entry, 'key:1', 'key:2') WHERE seq = 3",
        "UPDATE audit SET hash = '00' || substr(hash, 3) WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE audit SET seq = 9 WHERE seq = 5",
        "INSERT INTO audit SELECT 6, at, entry, hash FROM audit WHERE seq = 5",
    ],
)
def test_what_is_tampered_with_is_found(record: Record, tamper: str) -> None:
    run(record, tamper)
    assert audit.verify(record).broken_at is not None


def test_rewriting_a_line_with_its_hash_breaks_the_next(record: Record) -> None:
    import hashlib

    with record.engine.begin() as connection:
        text = connection.execute(sa.text("SELECT entry FROM audit WHERE seq = 2")).scalar().replace("/1", "/9")
        values = {"entry": text, "hash": hashlib.sha256(text.encode()).hexdigest()}
        connection.execute(sa.text("UPDATE audit SET entry = :entry, hash = :hash WHERE seq = 2"), values)
    assert audit.verify(record).broken_at == 3


def test_retention_cuts_the_beginning_and_says_so(record: Record) -> None:
    assert audit.prune(record, "2026-01-03T12:00:00+00:00") == 3
    verdict = audit.verify(record)
    assert (verdict.entries, verdict.broken_at) == (3, None)
    run(record, "DELETE FROM audit WHERE seq = 4")
    assert audit.verify(record).broken_at == 5
