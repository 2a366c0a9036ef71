"""Tables of answers: what documents say of each other's effect, and the traces of answers."""

from __future__ import annotations

import sqlalchemy as sa

from rag.record.schema import METADATA

relations = sa.Table(  # one row: a provision of a document ends an act or a part of it
    "relations",
    METADATA,
    sa.Column("source_document_id", sa.String(36), nullable=False, index=True),
    sa.Column("source_eid", sa.Text, nullable=False),
    sa.Column("change", sa.String(16), nullable=False),  # rag.law.amendment.Change
    sa.Column("target_key", sa.Text, nullable=False, index=True),  # rag.law.identifier.number_key
    sa.Column("target_eid", sa.Text, nullable=False),  # "" for the whole act
    sa.Column("from_date", sa.String(10)),  # ISO 8601; None: when the source takes effect
)

traces = sa.Table(
    "traces",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("created_at", sa.String(32), nullable=False, index=True),
    sa.Column("trace", sa.JSON, nullable=False),  # rag.replay.Trace; ids and hashes, no text of a document (S6)
)
