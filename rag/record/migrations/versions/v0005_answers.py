"""What documents say of each other's effect, and the traces of answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "relations",
        sa.Column("source_document_id", sa.String(36), nullable=False, index=True),
        sa.Column("source_eid", sa.Text, nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("target_key", sa.Text, nullable=False, index=True),
        sa.Column("target_eid", sa.Text, nullable=False),
        sa.Column("from_date", sa.String(10)),
    )
    op.create_table(
        "traces",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("created_at", sa.String(32), nullable=False, index=True),
        sa.Column("trace", sa.JSON, nullable=False),
    )
    _read_relations()


def _read_relations() -> None:
    """Of the documents that are here already."""
    from rag.record.relations import relation_rows_of

    connection = op.get_bind()
    table = sa.table(
        "relations", *(sa.column(name) for name in ("source_document_id", "source_eid", "change", "target_key", "target_eid", "from_date"))
    )  # fmt: skip
    for (document_id,) in connection.execute(sa.text("SELECT id FROM documents")).all():
        rows = relation_rows_of(connection, document_id)
        if rows:
            connection.execute(sa.insert(table), rows)


def downgrade() -> None:
    for table in ("traces", "relations"):
        op.drop_table(table)
