"""Everything that is quoted or cited goes under a hash: a seal on each passage's whole row, one on each act."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from rag.record.seal import SEALED, seal_passage

revision = "0004"
down_revision = "0003"

_BATCH = 2000  # rows an update


def upgrade() -> None:
    op.add_column("passages", sa.Column("seal", sa.String(64), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("act_sha256", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    _seal_passages(connection)
    _seal_acts(connection)


def downgrade() -> None:
    op.drop_column("passages", "seal")
    op.drop_column("documents", "act_sha256")


def _seal_passages(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text(f"SELECT {', '.join(SEALED)} FROM passages ORDER BY id")).mappings()
    while batch := rows.fetchmany(_BATCH):
        connection.execute(
            sa.text("UPDATE passages SET seal = :seal WHERE id = :key"),
            [{"seal": seal_passage(dict(row)), "key": row["id"]} for row in batch],
        )


def _seal_acts(connection: sa.Connection) -> None:
    ids = list(connection.execute(sa.text("SELECT id FROM documents WHERE act IS NOT NULL")).scalars())
    for key in ids:
        act = connection.execute(sa.text("SELECT act FROM documents WHERE id = :key"), {"key": key}).scalar()
        connection.execute(
            sa.text("UPDATE documents SET act_sha256 = :seal WHERE id = :key"),
            {"seal": hashlib.sha256(bytes(act or b"")).hexdigest(), "key": key},
        )
