"""The tables of the record. Migrations make them; this module only names them for queries."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

documents = sa.Table(
    "documents",
    METADATA,
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
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("clearance", sa.Integer, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),  # what suggestions match: rag.record.names.folded_name
    sa.Column("name_key", sa.Text, nullable=False, index=True),  # of a statute: rag.record.names.name_key
    sa.Column("visible", sa.Boolean, nullable=False, index=True),
    sa.Column(
        "act", sa.LargeBinary
    ),  # the act with its provision tree as read (msgpack); None where nothing could be read
    sa.Column("act_sha256", sa.String(64), nullable=False),
)

passages = sa.Table(
    "passages",
    METADATA,
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
    sa.Column("lines", sa.LargeBinary, nullable=False),  # msgpack of tuple[PassageLine, ...]
    sa.Column("seal", sa.String(64), nullable=False),  # rag.record.seal
    sa.Index("ix_passages_document", "document_id", "ordinal"),
)

links = sa.Table(  # references: fields of rag.law.links.Link
    "links",
    METADATA,
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

files = sa.Table(  # what each source path held when it was last read, so that a second run has nothing to do
    "files",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("document_id", sa.String(36), nullable=False),
)

jobs = sa.Table(
    "jobs",
    METADATA,
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
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("clearance", sa.Integer, nullable=False),
)
