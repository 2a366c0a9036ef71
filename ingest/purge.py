"""Deletion to the last byte (S6): rows, free pages, write-ahead log, index, uploads. For a folder that nobody serves."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import sqlalchemy as sa

from ingest.rebuild import rebuild
from rag.record import schema
from rag.record.record import Record
from rag.settings import Settings
from rag.store import Progress, Store

LEFT_BEHIND = (
    "uploads",
    "ocr",
)  # folders of work under way; nothing is under way while a purge holds the data folder


def purge(settings: Settings, document_ids: Sequence[str] = (), progress: Progress | None = None) -> int:
    """Remove these documents, all older versions and unfinished attempts; returns how many went. Then nothing of what
    was ever deleted is left in the data folder: the record is rewritten and the index made again, which takes as long
    as ``rebuild``. Raises NotFound, FolderInUse, DiskFull."""
    with Store.open(settings) as store:
        for document_id in document_ids:
            store.record.document(document_id)
        for document_id in document_ids:
            store.withdraw(document_id)
        hidden = store.record.unfinished()
        for document_id in hidden:
            store.record.purge_document(document_id)
        _forget_jobs(store.record)
        _rewrite(store.record)
    for name in LEFT_BEHIND:
        shutil.rmtree(settings.data_dir / name, ignore_errors=True)
    rebuild(settings, progress)
    return len(document_ids) + len(hidden)


def _forget_jobs(record: Record) -> None:
    """Jobs keep file names and paths: those of documents that are gone go too, and what waited for a lost upload."""
    known = sa.select(schema.documents.c.id)
    with record.engine.begin() as connection:
        connection.execute(
            schema.jobs.delete().where(
                schema.jobs.c.document_id.is_not(None), schema.jobs.c.document_id.not_in(known)
            )
        )
        connection.execute(
            schema.jobs.delete().where(schema.jobs.c.kind == "upload", schema.jobs.c.state.in_(("queued", "running")))
        )


def _rewrite(record: Record) -> None:
    """Leave no free page and no log: ``secure_delete`` zeroes pages, but the log and the page cache keep old ones."""
    with record.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        connection.execute(sa.text("VACUUM"))
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
