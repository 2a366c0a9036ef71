"""References between documents, and the names by which statutes are cited."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("documents", sa.Column("name_key", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_documents_name_key", "documents", ["name_key"])
    op.create_table(
        "links",
        sa.Column("document_id", sa.String(36), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("number_key", sa.Text, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("eid", sa.Text, nullable=False),
    )
    connection = op.get_bind()
    _name_statutes(connection)
    _link_documents(connection)


def downgrade() -> None:
    op.drop_table("links")
    op.drop_index("ix_documents_name_key", "documents")
    op.drop_column("documents", "name_key")


def _name_statutes(connection: sa.Connection) -> None:
    from rag.record.names import name_key

    rows = connection.execute(sa.text("SELECT id, type, title FROM documents")).all()
    named = [{"id": r.id, "key": key} for r in rows if (key := name_key(r.type, r.title))]
    if named:
        connection.execute(sa.text("UPDATE documents SET name_key = :key WHERE id = :id"), named)


def _link_documents(connection: sa.Connection) -> None:
    """Finds the references of the acts that are there, one act at a time; one that cannot be decoded has none."""
    from rag.law.act import Act
    from rag.law.links import find_links
    from rag.record.links import write_links

    ids = list(connection.execute(sa.text("SELECT id FROM documents WHERE act IS NOT NULL")).scalars())
    for key in ids:
        act = connection.execute(sa.text("SELECT act FROM documents WHERE id = :key"), {"key": key}).scalar()
        try:
            read = msgspec.msgpack.decode(bytes(act or b""), type=Act)
        except msgspec.MsgspecError:
            continue
        write_links(connection, key, find_links(read))
