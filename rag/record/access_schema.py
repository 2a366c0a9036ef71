"""The tables of who may and of what clients leave here, beside ``rag.record.schema``. Migrations make them."""

from __future__ import annotations

import sqlalchemy as sa

from rag.record.schema import METADATA


def _bearer() -> list[sa.Column[object]]:
    """Scopes, departments (null: every one) and clearance of a key or an account."""
    nothing = sa.JSON(none_as_null=True)
    return [
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("departments", nothing),
        sa.Column("clearance", sa.Integer, nullable=False),
    ]


access_keys = sa.Table(
    "access_keys",
    METADATA,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("secret_sha256", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    *_bearer(),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.String(32)),
    sa.Column("revoked_at", sa.String(32)),
    sa.Column("last_used_at", sa.String(32)),
)

accounts = sa.Table(
    "accounts",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("password", sa.Text),  # argon2id; None: signs in elsewhere
    sa.Column("subject", sa.Text, unique=True),  # "issuer subject" of OpenID Connect
    sa.Column("name", sa.Text, nullable=False),
    *_bearer(),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("disabled_at", sa.String(32)),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.String(32)),
)

sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(36), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.String(32), nullable=False),
)

audit = sa.Table(
    "audit",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(32), nullable=False, index=True),
    sa.Column("entry", sa.Text, nullable=False),  # canonical JSON
    sa.Column("hash", sa.String(64), nullable=False),  # SHA-256 of the hash before it and this entry
)

idempotency = sa.Table(
    "idempotency",
    METADATA,
    sa.Column("bearer", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_sha256", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False, index=True),
)

feedback = sa.Table(
    "feedback",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("bearer", sa.Text, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("passage_ids", sa.JSON, nullable=False),
    sa.Column("document_ids", sa.JSON, nullable=False),
    sa.Column("provisions", sa.JSON, nullable=False),
    sa.Column("departments", sa.JSON(none_as_null=True)),
    sa.Column("clearance", sa.Integer, nullable=False),
)

batches = sa.Table(
    "batches",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("bearer", sa.Text, nullable=False),
    sa.Column("departments", sa.JSON(none_as_null=True)),
    sa.Column("clearance", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("finished_at", sa.String(32)),
)

batch_items = sa.Table(
    "batch_items",
    METADATA,
    sa.Column("batch_id", sa.String(36), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("reply", sa.Text),
)
