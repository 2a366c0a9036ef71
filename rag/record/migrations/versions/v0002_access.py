"""Who may: departments and clearance on documents and jobs, keys, accounts, sessions; audit; what clients leave here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BEARER = ("scopes", "departments")  # JSON lists; departments null: every department


def upgrade() -> None:
    for table in ("documents", "jobs"):
        op.add_column(table, sa.Column("department", sa.Text, nullable=False, server_default=""))
        op.add_column(table, sa.Column("clearance", sa.Integer, nullable=False, server_default="0"))
    op.add_column("documents", sa.Column("folded", sa.Text, nullable=False, server_default=""))
    _fold_names()
    op.create_index("ix_documents_holding", "documents", ["department", "clearance"])
    op.create_table(
        "access_keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.JSON) for name in _BEARER),
        sa.Column("clearance", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("revoked_at", sa.String(32)),
        sa.Column("last_used_at", sa.String(32)),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("password", sa.Text),
        sa.Column("subject", sa.Text, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.JSON) for name in _BEARER),
        sa.Column("clearance", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("disabled_at", sa.String(32)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.String(32)),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(36), nullable=False, index=True),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False, index=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "idempotency",
        sa.Column("bearer", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False, index=True),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("bearer", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("passage_ids", sa.JSON, nullable=False),
        sa.Column("document_ids", sa.JSON, nullable=False),
        sa.Column("provisions", sa.JSON, nullable=False),
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("bearer", sa.Text, nullable=False),
        sa.Column("departments", sa.JSON),
        sa.Column("clearance", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32)),
    )
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.String(36), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("reply", sa.Text),
    )


def _fold_names() -> None:
    """Names of the documents that are here already, as suggestions match them."""
    from rag.record.names import folded_name

    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, number, type, title FROM documents")).all()
    change = sa.text("UPDATE documents SET folded = :folded WHERE id = :id")
    if rows:
        connection.execute(change, [{"id": r.id, "folded": folded_name(r.number, r.type, r.title)} for r in rows])


def downgrade() -> None:
    for table in (
        "batch_items",
        "batches",
        "feedback",
        "idempotency",
        "audit",
        "sessions",
        "accounts",
        "access_keys",
    ):
        op.drop_table(table)
    op.drop_index("ix_documents_holding", "documents")
    op.drop_column("documents", "folded")
    for table in ("documents", "jobs"):
        op.drop_column(table, "clearance")
        op.drop_column(table, "department")
