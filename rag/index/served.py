"""The embedded index as a service uses it: held by a child process (``rag.index.keeper``), swapped without a pause."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.children import start_child
from rag.disk import require_space
from rag.errors import CancuError, Damaged, Unavailable
from rag.index import wire
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.fusion import fuse
from rag.index.generation import current, make_current, sweep
from rag.index.points import IndexFilter, IndexHit, IndexPoint, SparseVector, StoredPoint

FRAME_POINTS = 25  # points a message: the keeper needs some 6 ms for them, which a search beside it may wait
READ_TIMEOUT_S = 5.0  # a search takes milliseconds; a keeper silent for longer is replaced
WRITE_TIMEOUT_S = 120.0  # writes wait for the disk
START_TIMEOUT_S = 300.0  # opening a million points takes some 15 s, on a busy machine longer


class _Child:
    """A keeper process: one connection for questions, one for writes, each used by one thread at a time."""

    def __init__(self, folder: Path, dense_size: int, lock: int | None) -> None:
        self.folder = folder
        self.asking, self.writing = threading.Lock(), threading.Lock()
        self.gone = False
        self.process, (self._reads, self._writes) = start_child(
            "rag.index.keeper", [str(folder), str(dense_size)], 2, lock
        )
        try:
            _checked(self._receive(self._reads, START_TIMEOUT_S))
        except BaseException:
            self.kill()
            raise

    def ask(self, request: wire.Request) -> wire.Reply:
        with self.asking:
            timeout_s = READ_TIMEOUT_S if isinstance(request, wire.Search | wire.Count) else WRITE_TIMEOUT_S
            return self._exchange(self._reads, request, timeout_s)

    def write(self, request: wire.Request) -> wire.Reply:
        with self.writing:
            return self._exchange(self._writes, request, WRITE_TIMEOUT_S)

    def finish(self) -> None:
        """Let it put everything on disk; then it is gone."""
        try:
            self.write(wire.Finish())
        finally:
            self.kill()

    def kill(self) -> None:
        self.gone = True
        self.process.kill()
        self.process.wait()
        self._reads.close()
        self._writes.close()

    def _exchange(self, connection: Connection, request: wire.Request, timeout_s: float) -> wire.Reply:
        if self.gone:
            raise _Gone
        try:
            connection.send_bytes(wire.encode(request))
            reply = self._receive(connection, timeout_s)
        except OSError as error:
            raise _Gone from error
        return _checked(reply)

    def _receive(self, connection: Connection, timeout_s: float) -> wire.Reply:
        try:
            if not connection.poll(timeout_s):
                raise _Gone
            return wire.decode_reply(connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise _Gone from error


class _Gone(Exception):
    """The keeper died or does not answer."""


class ServedIndex:
    """The index of a running service. Searches go on while writes are made and generations change."""

    def __init__(self, root: Path, fingerprint: Fingerprint, lock: int | None = None) -> None:
        root.mkdir(parents=True, exist_ok=True)
        check_fingerprint(root / "fingerprint.json", fingerprint)
        self.root = root
        self.dense_size = fingerprint.dense_size
        self.on_revival: Callable[[], None] = lambda: None  # what brings a new keeper to the record's state
        self._lock = lock
        self._order = threading.RLock()  # of writes
        self._reviving = threading.Lock()
        self._journal: list[wire.Request] | None = None  # writes since a new generation was begun
        self._closed = False
        sweep(root)
        self._child = self._open(current(root))

    @property
    def shard_folder(self) -> Path:
        return current(self.root)

    @property
    def pid(self) -> int:
        """Of the keeper."""
        return self._child.process.pid

    def held(self) -> set[str]:
        reply = self._ask(wire.Held())
        assert isinstance(reply, wire.Names)
        return set(reply.names)

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        require_space(self.root)
        begun: set[str] = set()
        for start in range(0, len(points), FRAME_POINTS):
            frame = points[start : start + FRAME_POINTS]
            begins = [d for d in dict.fromkeys(p.document_id for p in frame) if d not in begun]
            begun.update(begins)
            self._write(wire.Upsert(wire.pack_points(frame), begins))

    def delete(self, document_id: str) -> None:
        self._write(wire.Delete(document_id))

    def delete_points(self, passage_ids: Sequence[str]) -> None:
        self._write(wire.DeletePoints(list(passage_ids)))

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        reply = self._ask(wire.pack_search(sparse, dense, where, limit))
        assert isinstance(reply, wire.Found)
        return fuse(reply.lexical, reply.dense)

    def count(self, where: IndexFilter) -> int:
        reply = self._ask(wire.Count(where))
        assert isinstance(reply, wire.Counted)
        return reply.number

    def passage_ids(self) -> Iterator[str]:
        reply = self._ask(wire.Passages())
        assert isinstance(reply, wire.Names)
        return iter(reply.names)

    def stored_points(self) -> Iterator[StoredPoint]:
        """Vectors are compared by commands that hold the folder themselves (``cancu verify``), not by a service."""
        return iter(())

    def flush(self) -> None:
        """Nothing to do: what a killed keeper had not on disk is indexed again from the record."""

    def begin_generation(self) -> Path:
        """The folder to make a new generation from; writes are remembered from now on for ``adopt_generation``."""
        with self._order:
            self._journal = []
            return current(self.root)

    def abandon_generation(self) -> None:
        with self._order:
            self._journal = None

    def adopt_generation(self, folder: Path) -> None:
        """Serve from ``folder``, with the writes of the meantime. Searches use the old generation until the new one is
        whole; only writes wait."""
        new = self._open(folder)
        try:
            with self._order:
                for request in self._journal or []:
                    new.write(request)
                make_current(self.root, folder)
                old, self._child = self._child, new
                self._journal = None
        except BaseException:
            new.kill()
            raise
        with old.asking, old.writing:
            old.kill()
        shutil.rmtree(old.folder, ignore_errors=True)
        shutil.rmtree(old.folder.with_name(f"fresh-{old.folder.name}"), ignore_errors=True)

    def close(self) -> None:
        with self._order:
            self._closed = True
            with contextlib.suppress(_Gone):  # what it had not on disk is indexed again at the next start
                self._child.finish()

    def _open(self, folder: Path) -> _Child:
        try:
            return _Child(folder, self.dense_size, self._lock)
        except _Gone as error:
            raise Unavailable("vector_store_unavailable") from error

    def _ask(self, request: wire.Request) -> wire.Reply:
        while True:
            child = self._child
            try:
                return child.ask(request)
            except _Gone as error:
                if child is not self._child:
                    continue  # a new generation took over in between
                self._revive(child)
                raise Unavailable("vector_store_unavailable") from error

    def _write(self, request: wire.Request) -> None:
        with self._order:
            try:
                self._child.write(request)
            except _Gone as error:
                self._revive(self._child)
                raise Unavailable("vector_store_unavailable") from error
            if self._journal is not None:
                self._journal.append(request)

    def _revive(self, dead: _Child) -> None:
        """Start another keeper beside; until it is there, questions end as Unavailable."""
        if self._closed or not self._reviving.acquire(blocking=False):
            return

        def revive() -> None:
            try:
                dead.kill()
                with self._order:
                    if self._closed or self._child is not dead:
                        return
                    self._child = self._open(current(self.root))
                self.on_revival()
            finally:
                self._reviving.release()

        threading.Thread(target=revive, name="index-revival", daemon=True).start()


def _checked(reply: wire.Reply) -> wire.Reply:
    if not isinstance(reply, wire.Failed):
        return reply
    if reply.key == "index_damaged":
        raise Damaged(reply.key, **reply.details)
    if reply.key:
        raise CancuError(reply.key, **reply.details)
    raise Unavailable("vector_store_unavailable") from RuntimeError(reply.details.get("why", ""))
