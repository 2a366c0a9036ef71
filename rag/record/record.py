"""The record: the truth about documents. SQLite with WAL and ``synchronous=FULL``; the index is only its cache.

A document is committed invisible with its whole tree and all its passages, and shown by ``show_document`` once the
index holds its points on disk: that one transaction is the acknowledgement (D1 to D3). Everything that is read for a
user goes through ``passages``, which gives out visible documents only and checks each text's SHA-256 (D2, D4).
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from rag.access import COMMON, EVERYTHING, SHARED, Access, Holding
from rag.disk import require_space
from rag.errors import Damaged, NotFound
from rag.law.act import Act
from rag.law.links import Link
from rag.law.passage import Passage
from rag.record import schema
from rag.record.migrate import migrate
from rag.record.model import Document, StoredPassage
from rag.record.objects import check_object, store_object
from rag.record.review import find_doubts, forget_review, write_doubts
from rag.record.rows import document_row, passage_row, sha256_of, stored_document, stored_passage


class HoldingColumns(NamedTuple):
    """The two columns that say where a row belongs."""

    department: sa.ColumnElement[str]
    clearance: sa.ColumnElement[int]


_NOT_LISTED = {"act", "act_sha256", "visible", "reason", "folded", "name_key"}
DOCUMENT_COLUMNS = [c for c in schema.documents.c if c.name not in _NOT_LISTED]
_HOLDING = HoldingColumns(schema.documents.c.department, schema.documents.c.clearance)
_NEAR_PASSAGES = 60  # Khoản before and after one in which the rest of its Điều is looked for
_MAX_VARIABLES = 500  # ids a query; SQLite's own limit is far above, plans stay small
_ACT = msgspec.msgpack.Decoder(Act)
DOCUMENT_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:cancu,2026:document")


def document_id(sha256: str, holding: Holding = SHARED) -> str:
    """A document's id: a UUID made of its content, the same on every machine and in any order (D11). The same bytes in
    two departments are two documents: neither hears of the other (I1)."""
    if holding == SHARED:
        return str(uuid.uuid5(DOCUMENT_NAMESPACE, sha256))
    return str(uuid.uuid5(DOCUMENT_NAMESPACE, f"{sha256}|{holding.department}|{holding.clearance}"))


def now() -> str:
    """ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class SeenFile:
    """What a source path held when it was last read."""

    size: int
    mtime_ns: int
    document_id: str


class Record:
    """One catalogue and its originals. Safe to use from several threads and processes."""

    def __init__(self, engine: sa.Engine, objects: Path, access: Access = EVERYTHING) -> None:
        self.engine = engine
        self.objects = objects
        self.access = access

    @classmethod
    def open(cls, data_dir: Path) -> Record:
        """Open (or make) the record of a data folder and bring it to the newest schema."""
        data_dir.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{data_dir / 'record.sqlite'}", connect_args={"timeout": 30})
        sa.event.listen(engine, "connect", _configure)
        migrate(engine)
        return cls(engine, data_dir / "objects")

    def close(self) -> None:
        self.engine.dispose()

    def seen_by(self, access: Access) -> Record:
        """This record as ``access`` sees it: what reads for a user never hears of the rest (I1). Ids of documents
        that are not seen are unknown ids."""
        return Record(self.engine, self.objects, access)

    # --- writing -------------------------------------------------------------------------------------------------

    def store_original(self, path: Path) -> str:
        """Keep the file's bytes; returns their SHA-256."""
        return store_object(self.objects, path)

    def commit_document(
        self,
        document: Document,
        reason: str,
        act: Act | None,
        passages: Sequence[Passage],
        visible: bool = False,
        links: Iterable[Link] = (),
    ) -> None:
        """Write a document whole, replacing what an unfinished attempt may have left of it."""
        from rag.record.links import write_links

        encoded = msgspec.msgpack.encode(act) if act else None
        row = document_row(document) | {
            "visible": visible,
            "reason": reason,
            "act": encoded,
            "act_sha256": sha256_of(encoded) if encoded else "",
        }
        require_space(self.objects.parent)
        with self.engine.begin() as connection:
            _delete_rows(connection, document.id)
            connection.execute(schema.documents.insert(), row)
            if passages:
                connection.execute(schema.passages.insert(), [passage_row(p) for p in passages])
            write_doubts(connection, document.id, find_doubts(document, act))
            _write_relations(connection, document.id, act, passages)
            write_links(connection, document.id, links)

    def show_document(self, document_id: str, source: str | None = None, seen: SeenFile | None = None) -> str | None:
        """Make a document visible and remember its source; the version that the source held before is hidden in the
        same transaction. Returns the id of the version replaced, None when there was none."""
        with self.engine.begin() as connection:
            replaced = self._replaced(connection, source, document_id)
            connection.execute(
                schema.documents.update()
                .where(schema.documents.c.id == document_id)
                .values(visible=True, replaces=replaced)
            )
            if replaced:
                _set_visible(connection, replaced, False)
            if source and seen:
                connection.execute(
                    sa.text(
                        "INSERT INTO files(source, size, mtime_ns, document_id) VALUES (:source, :size, :mtime, :id) "
                        "ON CONFLICT(source) DO UPDATE SET size=:size, mtime_ns=:mtime, document_id=:id"
                    ),
                    {"source": source, "size": seen.size, "mtime": seen.mtime_ns, "id": document_id},
                )
        return replaced

    def hide_document(self, document_id: str) -> None:
        """Take a document out of every answer at once. Raises NotFound."""
        with self.engine.begin() as connection:
            if not _set_visible(connection, document_id, False):
                raise NotFound("document_not_found", document_id=document_id)

    def purge_document(self, document_id: str, keep_review: bool = False) -> None:
        """Remove all rows of a hidden document, and its original when no other document has the same bytes.
        ``keep_review``: what people put right stays for when the file is taken in again."""
        with self.engine.begin() as connection:
            sha256 = connection.execute(
                sa.select(schema.documents.c.sha256).where(schema.documents.c.id == document_id)
            ).scalar()
            _delete_rows(connection, document_id)
            if not keep_review:
                forget_review(connection, document_id)
            _forget_leavings(connection, document_id)
            connection.execute(schema.files.delete().where(schema.files.c.document_id == document_id))
            others = connection.execute(
                sa.select(sa.func.count()).select_from(schema.documents).where(schema.documents.c.sha256 == sha256)
            ).scalar()
        if sha256 and not others:
            (self.objects / sha256[:2] / sha256).unlink(missing_ok=True)

    # --- reading -------------------------------------------------------------------------------------------------

    def documents(self, visible_only: bool = True) -> list[Document]:
        """All documents, newest first."""
        query = sa.select(*DOCUMENT_COLUMNS).order_by(schema.documents.c.added_at.desc(), schema.documents.c.id)
        return self.select_documents(query.where(self.seen() if visible_only else held_where(_HOLDING, self.access)))

    def document(self, document_id: str) -> Document:
        """One visible document. Raises NotFound."""
        found = self.select_documents(
            sa.select(*DOCUMENT_COLUMNS).where(schema.documents.c.id == document_id, self.seen())
        )
        if not found:
            raise NotFound("document_not_found", document_id=document_id)
        return found[0]

    def any_document(self, document_id: str) -> Document | None:
        """A document, visible or not; None when unknown."""
        found = self.select_documents(
            sa.select(*DOCUMENT_COLUMNS).where(
                schema.documents.c.id == document_id, held_where(_HOLDING, self.access)
            )
        )
        return found[0] if found else None

    def documents_numbered(self, ordinal: str) -> list[Document]:
        """Visible documents whose number begins with ``ordinal`` ("100" of 100/2019/NĐ-CP)."""
        columns = schema.documents.c
        return self.select_documents(
            sa.select(*DOCUMENT_COLUMNS).where(columns.number_key.startswith(f"{ordinal}/"), self.seen())
        )

    def state(self, document_id: str) -> tuple[str, str, bool] | None:
        """(status, reason, visible) of a document, visible or not; None when unknown."""
        columns = schema.documents.c
        with self.engine.connect() as connection:
            row = connection.execute(
                sa.select(columns.status, columns.reason, columns.visible).where(
                    columns.id == document_id, held_where(_HOLDING, self.access)
                )
            ).first()
        return (row.status, row.reason, bool(row.visible)) if row else None

    def unfinished(self) -> list[str]:
        """Ids of documents committed but never shown: an attempt that died before its acknowledgement."""
        with self.engine.connect() as connection:
            return list(
                connection.execute(
                    sa.select(schema.documents.c.id).where(sa.not_(schema.documents.c.visible))
                ).scalars()
            )

    def passages(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        """The passages with these ids whose documents are visible. Raises Damaged when a text fails its SHA-256."""
        rows: list[Any] = []
        for start in range(0, len(ids), _MAX_VARIABLES):
            rows += self._passage_rows(schema.passages.c.id.in_(ids[start : start + _MAX_VARIABLES]))
        documents = {d.id: d for d in self._documents_of({row.document_id for row in rows})}
        return {
            row.id: StoredPassage(stored_passage(row), documents[row.document_id])
            for row in rows
            if row.document_id in documents
        }

    def document_passages(self, document_id: str) -> list[Passage]:
        """Passages of a document in text order, visible or not. Raises Damaged."""
        return [stored_passage(row) for row in self._passage_rows(schema.passages.c.document_id == document_id)]

    def parts_before(self, passage: Passage) -> list[Passage]:
        """The earlier passages of the same provision, which was cut because it is long. Raises Damaged."""
        table = schema.passages.c
        same = sa.and_(table.document_id == passage.document_id, table.eid == passage.eid)
        return [stored_passage(row) for row in self._passage_rows(sa.and_(same, table.ordinal < passage.ordinal))]

    def article_passages(self, passage: Passage) -> list[Passage]:
        """The passages of the Điều that ``passage`` lies in, in text order, as far as they stand near it. Raises Damaged."""
        table = schema.passages.c
        place = passage.ordinal
        same = sa.and_(
            table.document_id == passage.document_id,
            table.ordinal.between(place - _NEAR_PASSAGES, place + _NEAR_PASSAGES),
            table.article_eid == passage.article_eid,
        )
        return [stored_passage(row) for row in self._passage_rows(same)]

    def sound_passages(self, document_id: str) -> list[Passage]:
        """Those passages of a document whose bytes still have their SHA-256: what may be indexed and counted."""
        found = []
        for row in self._passage_rows(schema.passages.c.document_id == document_id):
            try:
                found.append(stored_passage(row))
            except Damaged:
                continue
        return found

    def owners(self, passage_ids: Iterable[str]) -> set[str]:
        """Ids of the documents that these passages belong to."""
        query = sa.select(schema.passages.c.document_id).where(schema.passages.c.id.in_(passage_ids))
        with self.engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def passage_ids(self, document_id: str) -> set[str]:
        """Ids of a document's passages, without looking at their texts."""
        with self.engine.connect() as connection:
            query = sa.select(schema.passages.c.id).where(schema.passages.c.document_id == document_id)
            return set(connection.execute(query).scalars())

    def act(self, document_id: str) -> Act:
        """The act as it was read. Raises NotFound, Damaged."""
        with self.engine.connect() as connection:
            row = connection.execute(
                sa.select(schema.documents.c.act, schema.documents.c.act_sha256).where(
                    schema.documents.c.id == document_id, self.seen()
                )
            ).first()
        if row is None or row.act is None:
            raise NotFound("document_not_found", document_id=document_id)
        if sha256_of(row.act) != row.act_sha256:
            raise Damaged("act_damaged", document_id=document_id)
        return _ACT.decode(row.act)

    def original(self, document_id: str) -> Path:
        """Path of the original file, its bytes checked. Raises NotFound, Damaged."""
        return check_object(self.objects, self.document(document_id).sha256)

    def seen_file(self, source: str) -> SeenFile | None:
        """What ``source`` held when it was last read."""
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(schema.files).where(schema.files.c.source == source)).first()
        return SeenFile(row.size, row.mtime_ns, row.document_id) if row else None

    def _replaced(self, connection: sa.Connection, source: str | None, document_id: str) -> str | None:
        if source is None:
            return None
        before = connection.execute(
            sa.select(schema.files.c.document_id).where(schema.files.c.source == source)
        ).scalar()
        if before is None or before == document_id:
            return None
        elsewhere = connection.execute(
            sa.select(sa.func.count())
            .select_from(schema.files)
            .where(schema.files.c.document_id == before, schema.files.c.source != source)
        ).scalar()
        return None if elsewhere else str(before)

    def seen(self) -> sa.ColumnElement[bool]:
        """Visible, and within this record's access."""
        return sa.and_(schema.documents.c.visible, held_where(_HOLDING, self.access))

    def documents_by_id(self, ids: set[str]) -> list[Document]:
        """Those of the documents that are visible to the reader of this record."""
        return self._documents_of(ids)

    def _documents_of(self, ids: set[str]) -> list[Document]:
        query = sa.select(*DOCUMENT_COLUMNS).where(schema.documents.c.id.in_(ids), self.seen())
        return self.select_documents(query) if ids else []

    def select_documents(self, query: sa.Select[Any]) -> list[Document]:
        """The documents of a query over ``DOCUMENT_COLUMNS`` that carries the condition ``seen``."""
        with self.engine.connect() as connection:
            return [stored_document(row) for row in connection.execute(query)]

    def _passage_rows(self, where: sa.ColumnElement[bool]) -> Sequence[Any]:
        query = sa.select(schema.passages).where(where).order_by(schema.passages.c.ordinal)
        if not self.access.unlimited:
            query = query.where(
                schema.passages.c.document_id.in_(sa.select(schema.documents.c.id).where(self.seen()))
            )
        with self.engine.connect() as connection:
            return connection.execute(query).all()


def held_where(columns: HoldingColumns, access: Access) -> sa.ColumnElement[bool]:
    """The condition under which a row's holding is seen by ``access``; the SQL form of ``Access.sees``."""
    if access.unlimited:
        return sa.true()
    clear = columns.clearance <= access.clearance
    if access.departments is None:
        return clear
    return sa.and_(clear, columns.department.in_((COMMON, *access.departments)))


def _configure(connection: sqlite3.Connection, _: object) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")  # damaged bytes: the seal tells, not a crash
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _delete_rows(connection: sa.Connection, document_id: str) -> None:
    connection.execute(schema.links.delete().where(schema.links.c.document_id == document_id))
    connection.execute(schema.passages.delete().where(schema.passages.c.document_id == document_id))
    connection.execute(schema.documents.delete().where(schema.documents.c.id == document_id))
    connection.execute(sa.text("DELETE FROM relations WHERE source_document_id = :id"), {"id": document_id})


def _write_relations(
    connection: sa.Connection, document_id: str, act: Act | None, passages: Sequence[Passage]
) -> None:
    from rag.record.answer_schema import relations
    from rag.record.relations import relation_rows

    rows = relation_rows(document_id, act, [(p.eid, p.level, p.text) for p in passages])
    if rows:
        connection.execute(relations.insert(), rows)


def _forget_leavings(connection: sa.Connection, document_id: str) -> None:
    """What clients left here that speaks of a document goes with it (S6)."""
    from rag.record.batches import forget_replies_about
    from rag.record.feedback import forget_feedback_about
    from rag.record.idempotency import forget_bodies_about

    for forget in (forget_replies_about, forget_feedback_about, forget_bodies_about):
        forget(connection, document_id)


def _set_visible(connection: sa.Connection, document_id: str, visible: bool) -> bool:
    done = connection.execute(
        schema.documents.update().where(schema.documents.c.id == document_id).values(visible=visible)
    )
    return done.rowcount > 0
