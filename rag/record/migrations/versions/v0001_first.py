"""The first schema: documents, passages, files, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("number_key", sa.Text, index=True),
        sa.Column("type", sa.Text),
        sa.Column("issuer", sa.Text),
        sa.Column("date", sa.String(10)),
        sa.Column("title", sa.Text),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("missing_pages", sa.JSON, nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
        sa.Column("replaces", sa.String(36)),
        sa.Column("effective_from", sa.String(10)),
        sa.Column("effective_to", sa.String(10)),
        sa.Column("visible", sa.Boolean, nullable=False, index=True),
        sa.Column("act", sa.LargeBinary),
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("document_id", sa.String(36), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("eid", sa.Text, nullable=False),
        sa.Column("article_eid", sa.Text, nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("citation", sa.Text, nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("lines", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_passages_document", "passages", ["document_id", "ordinal"])
    op.create_table(
        "files",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("document_id", sa.String(36), nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("document_id", sa.String(36)),
        sa.Column("status", sa.String(20)),
        sa.Column("reason", sa.Text),
        sa.Column("done_pages", sa.Integer, nullable=False),
        sa.Column("total_pages", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32)),
    )


def downgrade() -> None:
    for table in ("jobs", "files", "passages", "documents"):
        op.drop_table(table)
