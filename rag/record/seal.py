"""The seal of a passage: SHA-256 over its whole row, so that a changed citation, heading, context or box is seen (D4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

SEALED = (  # columns under the seal, in this order; another list is another seal, and a migration
    "id", "document_id", "ordinal", "eid", "article_eid", "level",
    "citation", "heading", "context", "text", "sha256", "lines",
)  # fmt: skip


def seal_passage(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the row as stored; ``lines`` are the stored bytes."""
    return hashlib.sha256(msgspec.msgpack.encode([row[name] for name in SEALED])).hexdigest()
