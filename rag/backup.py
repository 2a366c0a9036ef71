"""A backup: one tar file of plain files, each under a hash, and the way back into an empty folder (D9).

Members, in this order: ``manifest.json``, ``record.sqlite`` (a consistent copy, also while a service runs), then
``objects/<sha256>``. The index is not in it: it is made again from the record. An archive is taken for hostile: a
member counts only when it is the one that the manifest expects next, a plain file of the size and hash it names; no
name from the archive ever becomes a path.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import msgspec

from rag.disk import MIN_FREE_BYTES
from rag.errors import BadInput, Damaged, DiskFull, Refused
from rag.record.migrate import HEAD
from rag.record.objects import check_object, object_path
from rag.record.record import Record, now

FORMAT = "cancu-backup/1"
MANIFEST, RECORD = "manifest.json", "record.sqlite"
LARGEST_MANIFEST_BYTES = 256 << 20  # of some two million originals
WITHOUT_ORIGINAL = ("secret_marked", "too_large")  # statuses of files of which nothing is kept
_CHUNK_BYTES = 1 << 20

Progress = Callable[[int, int], None]  # bytes done, of how many


class Entry(msgspec.Struct, frozen=True):
    """A member: its SHA-256 and its size in bytes."""

    sha256: str
    size: int

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef") or self.size < 0:
            raise ValueError("not a SHA-256 with a size")


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. ``schema``: revision of the record."""

    format: str
    made_at: str
    schema: str
    record: Entry
    objects: list[Entry]

    @property
    def size(self) -> int:
        return self.record.size + sum(one.size for one in self.objects)


def backup(data_dir: Path, target: Path, progress: Progress = lambda _done, _total: None) -> Manifest:
    """Write the record and all originals of ``data_dir`` to ``target``. The file is there whole or not at all; a
    service may go on meanwhile. Raises Damaged when an original is, Refused when ``target`` exists, DiskFull."""
    if target.exists():
        raise Refused("backup_exists", path=target)
    draft = target.with_name(f".{target.name}.new")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".cancu-backup-") as folder:
        copy = Path(folder) / RECORD
        objects = _copy_record(data_dir, copy)
        manifest = Manifest(FORMAT, now(), HEAD, _entry(copy), objects)
        _require(target.parent, manifest.size)
        try:
            with draft.open("wb") as file:
                _write_archive(file, manifest, copy, data_dir / "objects", progress)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return manifest


def restore(archive: Path, data_dir: Path, progress: Progress = lambda _done, _total: None) -> Manifest:
    """Make ``data_dir`` (empty or not there) what the backup holds. Everything is checked before the folder appears;
    a restore that was killed leaves nothing in its place. Raises BadInput for what is no backup of ours, Damaged for
    one that does not match its hashes, Refused, DiskFull."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise Refused("restore_not_empty", folder=data_dir)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    draft = data_dir.with_name(f".{data_dir.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        manifest = _read_archive(archive, draft, progress)
        _check_record(draft / RECORD)
        _check_complete(draft, manifest)
        if data_dir.exists():
            data_dir.rmdir()
        draft.replace(data_dir)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _copy_record(data_dir: Path, copy: Path) -> list[Entry]:
    """A consistent copy of the record without unfinished work; the originals it needs, each checked."""
    source = data_dir / RECORD
    if not source.exists():
        raise BadInput("backup_nothing", folder=data_dir)
    with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(copy)) as mine:
        live.backup(mine)
        mine.execute("DELETE FROM jobs WHERE state IN ('queued', 'running')")  # their files are not in the backup
        mine.commit()
        mine.execute("PRAGMA journal_mode=DELETE")
        rows = mine.execute(
            "SELECT id, sha256 FROM documents WHERE status NOT IN (?, ?)", WITHOUT_ORIGINAL
        ).fetchall()
        objects: dict[str, Entry] = {}
        for document_id, sha256 in sorted(rows, key=lambda row: str(row[1])):
            if object_path(data_dir / "objects", sha256).exists():
                path = check_object(data_dir / "objects", sha256)
                objects[sha256] = Entry(sha256, path.stat().st_size)
            elif live.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone():
                raise Damaged("object_damaged", sha256=sha256)
            else:  # deleted since the copy was made
                mine.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
                mine.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        mine.commit()
        mine.execute("VACUUM")
    return list(objects.values())


def _entry(path: Path) -> Entry:
    with path.open("rb") as file:
        return Entry(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _require(folder: Path, size: int) -> None:
    """Room for ``size`` bytes and for what must stay free."""
    free = shutil.disk_usage(folder).free
    needed = size + MIN_FREE_BYTES
    if free < needed:
        raise DiskFull("disk_full", folder=folder, free_mb=free >> 20, needed_mb=needed >> 20)


def _write_archive(file: IO[bytes], manifest: Manifest, record: Path, objects: Path, progress: Progress) -> None:
    done = 0
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, MANIFEST, io.BytesIO(encoded := msgspec.json.encode(manifest)), len(encoded))
        for name, path, entry in _members(manifest, record, objects):
            with path.open("rb") as content:
                _add(archive, name, content, entry.size)
            done += entry.size
            progress(done, manifest.size)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, content)


def _members(manifest: Manifest, record: Path, objects: Path) -> Iterator[tuple[str, Path, Entry]]:
    """(name in the archive, path on this disk, entry) of all but the manifest, in order."""
    yield RECORD, record, manifest.record
    for one in manifest.objects:
        yield f"objects/{one.sha256}", object_path(objects, one.sha256), one


def _read_archive(path: Path, folder: Path, progress: Progress) -> Manifest:
    try:
        with tarfile.open(path, mode="r|") as archive:
            manifest = _read_manifest(archive)
            _require(folder, manifest.size)
            done = 0
            for name, target, entry in _members(manifest, folder / RECORD, folder / "objects"):
                _extract(archive, name, target, entry)
                done += entry.size
                progress(done, manifest.size)
            if archive.next() is not None:
                raise BadInput("backup_not_ours", path=path)
    except (tarfile.TarError, msgspec.MsgspecError, EOFError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, tarfile.TarError | EOFError) and error.errno:
            raise
        raise BadInput("backup_not_ours", path=path) from error
    return manifest


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    content = _member(archive, MANIFEST).read(LARGEST_MANIFEST_BYTES + 1)
    if len(content) > LARGEST_MANIFEST_BYTES:
        raise tarfile.TarError("manifest too large")
    manifest = msgspec.json.decode(content, type=Manifest)
    if manifest.format != FORMAT or manifest.schema > HEAD:
        raise BadInput("backup_newer", format=manifest.format, schema=manifest.schema)
    return manifest


def _member(archive: tarfile.TarFile, name: str, size: int | None = None) -> IO[bytes]:
    """The content of the next member, which must be the plain file that is expected."""
    member = archive.next()
    if member is None or member.name != name or not member.isreg() or member.issparse():
        raise tarfile.TarError(f"{name} was expected")
    if size is not None and member.size != size:
        raise tarfile.TarError(f"{name} has another size")
    content = archive.extractfile(member)
    assert content is not None
    return content


def _extract(archive: tarfile.TarFile, name: str, target: Path, entry: Entry) -> None:
    content = _member(archive, name, entry.size)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != entry.sha256:
        raise Damaged("backup_damaged", name=name)


def _check_record(path: Path) -> None:
    """The record is a sound database of tables and indexes: a trigger or a view would run what somebody else wrote."""
    try:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            kinds = {kind for (kind,) in database.execute("SELECT DISTINCT type FROM sqlite_master")}
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError as error:
        raise Damaged("backup_damaged", name=RECORD) from error
    if kinds - {"table", "index"} or not sound:
        raise Damaged("backup_damaged", name=RECORD)


def _check_complete(folder: Path, manifest: Manifest) -> None:
    """Every original that the restored record needs is there."""
    record = Record.open(folder)
    try:
        kept = {one.sha256 for one in manifest.objects}
        for document in record.documents():
            if document.status not in WITHOUT_ORIGINAL and document.sha256 not in kept:
                raise Damaged("object_damaged", sha256=document.sha256)
    finally:
        record.close()
