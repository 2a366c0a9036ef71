"""The tables of review: doubts about a reading, corrections by people."""

from __future__ import annotations

import sqlalchemy as sa

from rag.record.schema import METADATA

doubts = sa.Table(
    "doubts",
    METADATA,
    sa.Column("document_id", sa.String(36), primary_key=True),
    sa.Column("field", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
)

corrections = sa.Table(  # kept when a document is read anew, gone when a person deletes it
    "corrections",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("document_id", sa.String(36), nullable=False, index=True),
    sa.Column("field", sa.String(32), nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("before", sa.Text),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)
