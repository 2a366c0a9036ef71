"""What shaped an index. Vectors of two makes never mix: a mismatch is an error that names the command to run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.embed import SHIPPED_NAME, SHIPPED_SIZE
from rag.errors import IndexMismatch
from rag.lexical import AVERAGE_LENGTH, K1, TOKENIZER_VERSION, B


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Versions of everything a vector depends on. ``dense_size`` 0 means no dense side."""

    lexical: str = f"{TOKENIZER_VERSION} k1={K1} b={B} length={AVERAGE_LENGTH}"
    embedder: str = SHIPPED_NAME
    dense_size: int = SHIPPED_SIZE

    def digest(self) -> str:
        """Twelve hex digits that change with any field."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


def check_fingerprint(path: Path, wanted: Fingerprint) -> None:
    """Write the fingerprint of a new index; raise IndexMismatch when an existing one differs."""
    if not path.exists():
        path.write_text(json.dumps(asdict(wanted), sort_keys=True), "utf-8")
        return
    if Fingerprint(**json.loads(path.read_text("utf-8"))) != wanted:
        raise IndexMismatch("index_mismatch", index=path.parent)
