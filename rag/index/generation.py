"""A generation: a shard and the list of documents whose points it holds on disk.

``CURRENT`` names the generation in use. The list (``documents.txt``: one id a line, "-" before one that goes) gains a
document after the ``flush`` of its points and loses it before they go, so it never names a document whose points could
be lost. What the record shows and the list lacks is indexed again when the folder is opened (``rag.store``): an index
that was killed, or whose last points never reached the disk, mends itself, and a document is acknowledged when the
*record* has it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from rag.index.points import IndexPoint
from rag.index.shard import Shard

FIRST = "gen-000001"
_DOCUMENTS = "documents.txt"
_LINE = re.compile(r"^(-?)([0-9a-zA-Z-]{1,64})$")


class Generation:
    """An open generation."""

    def __init__(self, folder: Path, dense_size: int) -> None:
        self.folder = folder
        self.shard = Shard(folder, dense_size)
        listed = read_documents(folder)
        if listed is None:  # made by a version that kept no list, and flushed before it acknowledged anything
            listed = {point.document_id for point in self.shard.points()}
            write_documents(folder, listed)
        self.documents = listed  # on disk, and not yet
        self._unlisted: list[str] = []

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        """All points of one or more documents; what was held of these documents before is replaced."""
        documents = {point.document_id for point in points}
        for known in documents & self.documents:
            self.delete(known)
        self.shard.upsert(points)
        self.documents |= documents
        self._unlisted += sorted(documents)

    def delete(self, document_id: str) -> None:
        """Off the list before it goes: a kill in between makes work, never a gap."""
        if document_id in self.documents:
            self._write_list([f"-{document_id}"])
            self.documents.discard(document_id)
            self._unlisted = [one for one in self._unlisted if one != document_id]
        self.shard.delete(document_id)

    def flush(self) -> None:
        """All that was written before is on disk and listed when this returns."""
        self.shard.flush()
        self._write_list(self._unlisted)
        self._unlisted = []

    def close(self) -> None:
        self.flush()
        self.shard.close()

    def _write_list(self, lines: Sequence[str]) -> None:
        if lines:
            with (self.folder / _DOCUMENTS).open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))


def read_documents(folder: Path) -> set[str] | None:
    """The documents listed; None without a list. A line torn by a crash counts for nothing."""
    try:
        lines = (folder / _DOCUMENTS).read_text("utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return None
    listed: set[str] = set()
    for line in lines[:-1]:
        if match := _LINE.match(line):
            (listed.discard if match[1] else listed.add)(match[2])
    return listed


def write_documents(folder: Path, documents: set[str]) -> None:
    draft = folder / f"{_DOCUMENTS}.new"
    draft.write_text("".join(f"{document}\n" for document in sorted(documents)), "utf-8")
    draft.replace(folder / _DOCUMENTS)


def current(root: Path) -> Path:
    """The folder of the generation in use."""
    pointer = root / "CURRENT"
    return root / (pointer.read_text("utf-8").strip() if pointer.exists() else FIRST)


def make_current(root: Path, folder: Path) -> None:
    draft = root / "CURRENT.new"
    draft.write_text(folder.name, "utf-8")
    draft.replace(root / "CURRENT")


def following(folder: Path) -> Path:
    """Where the next generation goes."""
    return folder.with_name(f"gen-{int(folder.name.removeprefix('gen-')) + 1:06d}")


def sweep(root: Path) -> None:
    """Remove what unfinished work left: other generations, drafts, and points that were not merged in."""
    keep = current(root)
    for folder in [*root.glob("gen-*"), *root.glob("fresh-*")]:
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
