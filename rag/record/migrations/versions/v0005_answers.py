"""What documents say of each other's effect, and the traces of answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


_SPEAKS_OF_ENDS = "text LIKE '%bãi bỏ%' OR text LIKE '%thay thế%' OR text LIKE '%hết hiệu lực%'"


def upgrade() -> None:
    """SQLite makes a table at once, outside the transaction: what a killed attempt left is taken up again."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "relations" not in there:
        op.create_table(
            "relations",
            sa.Column("source_document_id", sa.String(36), nullable=False, index=True),
            sa.Column("source_eid", sa.Text, nullable=False),
            sa.Column("change", sa.String(16), nullable=False),
            sa.Column("target_key", sa.Text, nullable=False, index=True),
            sa.Column("target_eid", sa.Text, nullable=False),
            sa.Column("from_date", sa.String(10)),
        )
    if "traces" not in there:
        op.create_table(
            "traces",
            sa.Column("id", sa.String(36), primary_key=True),
            sa.Column("created_at", sa.String(32), nullable=False, index=True),
            sa.Column("trace", sa.JSON, nullable=False),
        )
    _read_relations()


def _read_relations() -> None:
    """Of the documents that are here already."""
    from rag.record.answer_schema import relations
    from rag.record.relations import relation_rows_of

    connection = op.get_bind()
    connection.execute(sa.delete(relations))
    speaking = sa.text(f"SELECT DISTINCT document_id FROM passages WHERE {_SPEAKS_OF_ENDS}")
    for (document_id,) in connection.execute(speaking).all():
        rows = relation_rows_of(connection, document_id)
        if rows:
            connection.execute(sa.insert(relations), rows)


def downgrade() -> None:
    for table in ("traces", "relations"):
        op.drop_table(table)
