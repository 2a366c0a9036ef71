"""The process that holds the embedded index for a service: ``python -m rag.index.keeper READ_FD WRITE_FD …``.

The engine keeps the GIL while it works; in a process of its own that stops nobody who answers HTTP, and what kills it
(a full disk is SIGBUS) kills no service. It holds two shards: the generation, which it never writes while it serves
(but for deletions), and a fresh one beside it for what came since. Nothing is flushed while serving, because a flush
stops searches for as long as the disk needs; what is not on disk is indexed again from the record when the folder is
next opened (``rag.index.generation``). A graceful end merges the fresh points into the generation.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from rag.children import connection_of
from rag.errors import CancuError
from rag.index import wire
from rag.index.fusion import Scored, by_score
from rag.index.generation import Generation
from rag.index.points import IndexPoint
from rag.index.shard import Shard, Sides


class Keeper:
    """The two shards as one."""

    def __init__(self, folder: Path, dense_size: int) -> None:
        self.generation = Generation(folder, dense_size)
        self._fresh_folder = folder.with_name(f"fresh-{folder.name}")
        shutil.rmtree(self._fresh_folder, ignore_errors=True)
        self.fresh = Shard(self._fresh_folder, dense_size)
        self.fresh_points: dict[str, list[wire.PackedPoints]] = {}  # by document, in the order they came

    def answer(self, request: wire.Request) -> wire.Reply:
        match request:
            case wire.Search():
                return wire.Found(*self._search(request))
            case wire.Count(where):
                return wire.Counted(self.generation.shard.count(where) + self.fresh.count(where))
            case wire.Passages():
                return wire.Names(
                    [p.passage_id for shard in (self.generation.shard, self.fresh) for p in shard.points()]
                )
            case wire.Held():
                return wire.Names(sorted(self.generation.documents | self.fresh_points.keys()))
            case wire.Upsert(packed, begins):
                self._upsert(packed, begins)
            case wire.Delete(document_id):
                self._delete(document_id)
            case wire.DeletePoints(passage_ids):
                self.generation.shard.delete_points(passage_ids)
                self.fresh.delete_points(passage_ids)
            case wire.Finish():
                self._finish()
        return wire.Done()

    def _search(self, request: wire.Search) -> Sides:
        sparse, dense = wire.unpack_search(request)
        limit = request.limit
        kept = self.generation.shard.sides(sparse, dense, request.where, limit)
        if not self.fresh_points:
            return kept
        fresh = self.fresh.sides(sparse, dense, request.where, limit)
        return _merged(kept[0], fresh[0], limit), _merged(kept[1], fresh[1], limit)

    def _upsert(self, packed: wire.PackedPoints, begins: list[str]) -> None:
        for document_id in begins:
            self._delete(document_id)
            self.fresh_points[document_id] = []
        points = wire.unpack_points(packed)
        self.fresh.upsert(points)
        for document_id in dict.fromkeys(packed.document_ids):
            own = [point for point in points if point.document_id == document_id]
            self.fresh_points[document_id].append(wire.pack_points(own) if len(own) < len(points) else packed)

    def _delete(self, document_id: str) -> None:
        if document_id in self.generation.documents:
            self.generation.delete(document_id)
        if self.fresh_points.pop(document_id, None) is not None:
            self.fresh.delete(document_id)

    def _finish(self) -> None:
        for frames in self.fresh_points.values():
            points: list[IndexPoint] = [point for packed in frames for point in wire.unpack_points(packed)]
            self.generation.upsert(points)
        self.generation.close()
        shutil.rmtree(self._fresh_folder, ignore_errors=True)


def _merged(kept: list[Scored], fresh: list[Scored], limit: int) -> list[Scored]:
    return by_score([*kept, *fresh])[:limit]


def _serve(keeper: Keeper, connection: Connection) -> None:
    """Answer one connection until it closes; then the service is gone and so are we."""
    while True:
        try:
            data = connection.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)
        try:
            reply = keeper.answer(wire.decode_request(data))
        except Exception as error:
            reply = _failed(error)
        connection.send_bytes(wire.encode(reply))


def _failed(error: Exception) -> wire.Failed:
    if isinstance(error, CancuError):
        return wire.Failed(error.key, {name: str(value) for name, value in error.details.items()})
    return wire.Failed("", {"why": f"{type(error).__name__}: {error}"})


def main(read_fd: str, write_fd: str, folder: str, dense_size: str) -> None:
    reads, writes = connection_of(read_fd), connection_of(write_fd)
    try:
        keeper = Keeper(Path(folder), int(dense_size))
    except Exception as error:
        reads.send_bytes(wire.encode(_failed(error)))
        return
    reads.send_bytes(wire.encode(wire.Done()))
    threading.Thread(target=_serve, args=(keeper, writes), daemon=True).start()
    _serve(keeper, reads)


if __name__ == "__main__":
    main(*sys.argv[1:])
