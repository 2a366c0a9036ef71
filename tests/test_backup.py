"""Backup and restore (D9): what comes back is what was there; a kill or a hostile archive leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ingest.purge import purge
from ingest.rebuild import verify
from rag.backup import MANIFEST, RECORD, Manifest, backup, restore
from rag.errors import BadInput, Damaged, Refused
from rag.retrieve import search
from rag.store import Store
from tests.samples import SAMPLES, ingest, settings_for

QUESTION = "Hồ sơ nộp trực tuyến sau 16 giờ được tính tiếp nhận khi nào"
Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made")
    ingest(made, SAMPLES[:3])
    return made


@pytest.fixture(scope="module")
def archive(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backups") / "sao-luu.tar"
    with Store.open(settings_for(folder)):  # somebody holds the folder: a backup goes on all the same
        backup(folder, path)
    return path


def contents(folder: Path) -> tuple[list[str], list[tuple[str, float]]]:
    with Store.open(settings_for(folder)) as store:
        assert verify(store) == []
        hits = search(store, QUESTION, k=20).hits
        return sorted(d.id for d in store.record.documents()), [(h.passage.id, round(h.score, 3)) for h in hits]


def test_what_is_restored_is_what_was_there(folder: Path, archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


def test_nothing_is_overwritten(folder: Path, archive: Path) -> None:
    before = sorted(p.name for p in folder.iterdir())
    with pytest.raises(Refused, match="không trống"):
        restore(archive, folder)
    with pytest.raises(Refused, match="đã có"):
        backup(folder, archive)
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_damaged_original_is_not_backed_up_as_if_sound(folder: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(folder, tmp_path / "data"))
    next(p for p in (data / "objects").rglob("*") if p.is_file()).write_bytes(b"x")
    with pytest.raises(Damaged):
        backup(data, tmp_path / "a.tar")
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def members(archive: Path) -> Members:
    with tarfile.open(archive) as file:
        return [(m, file.extractfile(m).read()) for m in file]  # type: ignore[union-attr]


def write(path: Path, found: Members) -> Path:
    with tarfile.open(path, "w") as file:
        for member, content in found:
            member.size = len(content) if member.isreg() else 0
            file.addfile(member, io.BytesIO(content))
    return path


def swapped(found: Members) -> Members:
    return [found[0], found[2], found[1], *found[3:]]


def flipped(found: Members) -> Members:
    content = bytearray(found[-1][1])
    content[100] ^= 1
    return [*found[:-1], (found[-1][0], bytes(content))]


def renamed(name: str) -> Callable[[Members], Members]:
    def change(found: Members) -> Members:
        found[-1][0].name = name
        return found

    return change


def linked(found: Members) -> Members:
    found[-1][0].type, found[-1][0].linkname = tarfile.SYMTYPE, "/etc/passwd"
    return found


def extra(found: Members) -> Members:
    return [*found, (tarfile.TarInfo("../../outside"), b"x")]


def with_trigger(found: Members) -> Members:
    """A record with a trigger, under a manifest that vouches for it."""
    database = sqlite3.connect(":memory:")
    database.deserialize(found[1][1])
    database.execute("CREATE TRIGGER t AFTER INSERT ON jobs BEGIN DELETE FROM documents; END")
    record = database.serialize()
    manifest = msgspec.json.decode(found[0][1], type=Manifest)
    entry = msgspec.structs.replace(manifest.record, sha256=hashlib.sha256(record).hexdigest(), size=len(record))
    return [
        (found[0][0], msgspec.json.encode(msgspec.structs.replace(manifest, record=entry))),
        (found[1][0], record),
        *found[2:],
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (swapped, BadInput),
        (flipped, Damaged),
        (renamed("../../evil"), BadInput),
        (renamed("/etc/cron.d/evil"), BadInput),
        (linked, BadInput),
        (extra, BadInput),
        (with_trigger, Damaged),
        (lambda found: found[:-1], BadInput),
        (lambda found: found[1:], BadInput),
        (lambda found: [(found[0][0], b'{"format": "other"}'), *found[1:]], BadInput),
    ],
)
def test_a_hostile_archive_leaves_nothing(
    archive: Path, tmp_path: Path, change: Callable[[Members], Members], error: type[Exception]
) -> None:
    hostile = write(tmp_path / "hostile.tar", change(members(archive)))
    with pytest.raises(error):
        restore(hostile, tmp_path / "data")
    assert [p.name for p in tmp_path.iterdir()] == ["hostile.tar"]


def test_a_cut_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.tar").write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    with pytest.raises((BadInput, Damaged)):
        restore(tmp_path / "cut.tar", tmp_path / "data")
    assert not (tmp_path / "data").exists()


KILLED = """
import os, sys
from pathlib import Path
from rag.backup import backup, restore
verb, source, target = sys.argv[1:]
{"backup": backup, "restore": restore}[verb](Path(source), Path(target), lambda done, total: os.kill(os.getpid(), 9))
"""


@pytest.mark.parametrize("verb", ["backup", "restore"])
def test_a_kill_in_the_middle_leaves_no_half(folder: Path, archive: Path, tmp_path: Path, verb: str) -> None:
    source, target = (folder, tmp_path / "b.tar") if verb == "backup" else (archive, tmp_path / "data")
    ended = subprocess.run([sys.executable, "-c", KILLED, verb, str(source), str(target)], check=False)
    assert ended.returncode == -9
    assert not target.exists()
    (backup if verb == "backup" else restore)(source, target)
    assert target.exists()


def test_a_purge_leaves_no_trace(tmp_path: Path) -> None:
    source = tmp_path / "van-ban-can-xoa-7c1e.pdf"
    shutil.copy(SAMPLES[0], source)
    data = tmp_path / "data"
    (one,) = ingest(data, [source])
    ingest(data, SAMPLES[1:3])
    with Store.open(settings_for(data)) as store:
        document = store.record.document(str(one.document_id))
        others = "".join(store.record.act(d.id).text for d in store.record.documents() if d.id != document.id)
        texts = [p.text[:40] for p in store.record.document_passages(document.id) if len(p.text) > 200]
        own = [text.encode() for text in texts if text not in others]
    canaries = [own[0], own[-1], source.name.encode(), document.sha256.encode(), document.id.encode()]
    assert all(found(data, canary) for canary in canaries)
    assert purge(settings_for(data), [document.id]) == 1
    assert {canary: found(data, canary) for canary in canaries} == {canary: [] for canary in canaries}
    assert len(contents(data)[0]) == 2


def found(folder: Path, canary: bytes) -> list[str]:
    return [
        str(p) for p in folder.rglob("*") if p.is_file() and (canary in p.read_bytes() or canary in p.name.encode())
    ]


def test_the_manifest_comes_first(archive: Path) -> None:
    assert [member.name for member, _ in members(archive)][:2] == [MANIFEST, RECORD]
