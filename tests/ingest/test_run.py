"""From files to published documents, over the real record, engine and worker processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.intake import FileStatus
from ingest.rebuild import rebuild, verify
from ingest.serving import JobWorker
from rag.errors import Damaged, DiskFull, FolderInUse, NotFound
from rag.locking import own_folder
from rag.record.jobs import enqueue, job
from rag.record.objects import file_sha256
from rag.retrieve import search
from rag.store import Store
from tests.samples import SAMPLES, ingest, settings_for

QUESTION = "Hồ sơ nộp trực tuyến sau 16 giờ được tính tiếp nhận khi nào"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ingested")
    assert {r.status for r in ingest(folder)} == {FileStatus.INDEXED}
    return folder


@pytest.fixture
def folder(ingested: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    copy = tmp_path / "data"
    shutil.copytree(ingested, copy)
    return copy


def shown(folder: Path) -> dict[str, str]:
    """Passage id to text of everything visible, asserting that each document is whole (D2)."""
    with Store.open(settings_for(folder)) as store:
        found: dict[str, str] = {}
        for document in store.record.documents():
            passages = store.record.document_passages(document.id)
            assert len(passages) == document.passages
            found |= {p.id: p.text for p in passages}
        assert set(store.index.passage_ids()) >= set(found)
        return found


def top(folder: Path) -> list[tuple[str, float]]:
    with Store.open(settings_for(folder)) as store:
        return [(h.passage.id, round(h.score, 2)) for h in search(store, QUESTION, k=20).hits]


def test_a_second_run_adds_nothing(folder: Path) -> None:
    before = shown(folder)
    again = ingest(folder)
    assert [r.added for r in again] == [False] * len(SAMPLES)
    assert {r.status for r in again} == {FileStatus.INDEXED}
    assert shown(folder) == before


def test_ids_do_not_depend_on_the_order(ingested: Path, tmp_path: Path) -> None:
    ingest(tmp_path / "other", reversed(SAMPLES))
    assert shown(tmp_path / "other") == shown(ingested)
    assert top(tmp_path / "other") == top(ingested)


def test_the_same_bytes_under_another_name_are_a_duplicate(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "bản sao.pdf"
    shutil.copy(SAMPLES[0], copy)
    (result,) = ingest(folder, [copy])
    assert result.status is FileStatus.DUPLICATE
    assert SAMPLES[0].name in (result.reason or "")


def test_a_changed_file_replaces_its_older_version(tmp_path: Path) -> None:
    source = tmp_path / "van-ban.pdf"
    shutil.copy(SAMPLES[0], source)
    (old,) = ingest(tmp_path / "data", [source])
    shutil.copy(SAMPLES[2], source)
    (new,) = ingest(tmp_path / "data", [source])
    with Store.open(settings_for(tmp_path / "data")) as store:
        assert [d.id for d in store.record.documents()] == [new.document_id]
        assert store.record.document(str(new.document_id)).replaces == old.document_id
        assert {p.document_id for p in (h.passage for h in search(store, QUESTION).hits)} <= {new.document_id}
        assert len(list(store.index.passage_ids())) == new.passages


def test_a_withdrawn_document_is_gone_everywhere(folder: Path) -> None:
    with Store.open(settings_for(folder)) as store:
        victim = search(store, QUESTION).hits[0].document
        original = store.record.original(victim.id)
        store.withdraw(victim.id)
        assert victim.id not in {h.document.id for h in search(store, QUESTION, k=50).hits}
        with pytest.raises(NotFound):
            store.record.document(victim.id)
        assert not original.exists()
        assert verify(store) == []
    canary = "Hồ sơ nộp trực tuyến sau 16 giờ".encode()
    assert canary not in (folder / "record.sqlite").read_bytes()


def test_rebuilding_from_the_record_gives_the_same_answers(folder: Path) -> None:
    before = top(folder)
    shutil.rmtree(folder / "index")
    assert rebuild(settings_for(folder)) == len(shown(folder))
    assert top(folder) == before
    with Store.open(settings_for(folder)) as store:
        assert verify(store) == []


def test_verify_names_every_difference(folder: Path) -> None:
    with Store.open(settings_for(folder)) as store:
        first, second, third = store.record.documents()[:3]
        store.index.delete_points([store.record.document_passages(first.id)[0].id])
        store.record.original(second.id).write_bytes(b"%PDF-1.7 something else")
        with store.record.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE passages SET text = text || ' không' WHERE document_id = ? AND ordinal = 0", (third.id,)
            )
        found = {(d.kind, d.document_id) for d in verify(store)}
        assert found == {
            ("missing_points", first.id),
            ("damaged_original", second.id),
            ("damaged_passage", third.id),
        }
        damaged = list(store.index.passage_ids())
        with pytest.raises(Damaged):
            store.record.passages(damaged)


@pytest.mark.parametrize("column", ["citation", "heading", "context", "eid", "lines"])
def test_whatever_is_shown_of_a_passage_is_under_its_seal(folder: Path, column: str) -> None:
    with Store.open(settings_for(folder)) as store:
        document = next(d for d in store.record.documents() if d.number == "45/2025/QĐ-UBND")
        with store.record.engine.begin() as connection:
            bent = {"lines": "x'90'", "heading": "CAST(x'ff41' AS TEXT)"}.get(column, f"{column} || '1'")
            change = f"UPDATE passages SET {column} = {bent} WHERE document_id = ? AND ordinal = 1"
            assert connection.exec_driver_sql(change, (document.id,)).rowcount == 1
        assert ("damaged_passage", document.id) in {(d.kind, d.document_id) for d in verify(store)}


def test_a_changed_act_is_not_shown(folder: Path) -> None:
    with Store.open(settings_for(folder)) as store:
        document = store.record.documents()[0]
        with store.record.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE documents SET act = CAST(act || x'00' AS BLOB) WHERE id = ?", (document.id,)
            )
        with pytest.raises(Damaged, match="mã băm"):
            store.record.act(document.id)
        assert ("damaged_act", document.id) in {(d.kind, d.document_id) for d in verify(store)}


def test_verify_sees_a_changed_vector(folder: Path) -> None:
    with Store.open(settings_for(folder)) as store:
        document = store.record.documents()[0]
        made = store.vectoriser.stored(store.record, document)
        values = made.points[0].sparse.values.copy()
        values[0] += 0.5
        bent = replace(made.points[0], sparse=replace(made.points[0].sparse, values=values))
        store.index.upsert([bent, *made.points[1:]])
        assert [(d.kind, d.document_id, d.detail) for d in verify(store)] == [("changed_vectors", document.id, "1")]


def test_an_older_record_is_sealed_and_linked_by_the_migrations(folder: Path) -> None:
    with Store.open(settings_for(folder)) as store, store.record.engine.begin() as connection:
        links = connection.exec_driver_sql("SELECT count(*) FROM links").scalar()
        assert links
        for statement in (
            "DROP INDEX ix_feedback_created",
            "ALTER TABLE feedback DROP COLUMN clearance",
            "ALTER TABLE feedback DROP COLUMN departments",
            "DROP INDEX ix_documents_name_key",
            "ALTER TABLE documents DROP COLUMN name_key",
            "DROP TABLE links",
            "DROP TABLE traces",
            "DROP TABLE relations",
            "ALTER TABLE passages DROP COLUMN seal",
            "ALTER TABLE documents DROP COLUMN act_sha256",
            "UPDATE alembic_version SET version_num = '0003'",
        ):
            connection.exec_driver_sql(statement)
    with Store.open(settings_for(folder)) as store, store.record.engine.connect() as connection:
        assert verify(store) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM links").scalar() == links


def test_a_second_owner_is_refused_at_once_and_changes_nothing(folder: Path) -> None:
    def bytes_on_disk() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    with own_folder(folder):
        before = bytes_on_disk()
        with pytest.raises(FolderInUse, match="đang do một tiến trình"):
            Store.open(settings_for(folder))
        assert bytes_on_disk() == before
    Store.open(settings_for(folder)).close()


def test_a_nearly_full_disk_refuses_writing_and_goes_on_reading(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("rag.disk.MIN_FREE_BYTES", 1 << 60)
    changed = tmp_path / "new.pdf"
    changed.write_bytes(SAMPLES[0].read_bytes() + b"\n%changed")
    with pytest.raises(DiskFull, match="gần đầy"):
        ingest(folder, [changed])
    assert top(folder)
    monkeypatch.undo()
    (result,) = ingest(folder, [changed])
    assert result.status is FileStatus.INDEXED


def damage_first_passage(store: Store) -> str:
    """Change a passage's text behind the record's back; the document's id."""
    document = store.record.documents()[0]
    with store.record.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE passages SET text = text || ' x' WHERE document_id = ? AND ordinal = 0", (document.id,)
        )
    return document.id


def test_a_damaged_passage_locks_nobody_out(folder: Path) -> None:
    with Store.open(settings_for(folder)) as store:
        damaged = damage_first_passage(store)
    for file in (folder / "index").glob("statistics.*"):
        file.unlink()
    with Store.open(settings_for(folder)) as store:
        assert [(d.kind, d.document_id) for d in verify(store)] == [("damaged_passage", damaged)]
    rebuild(settings_for(folder))
    with Store.open(settings_for(folder)) as store:
        original = store.record.original(damaged)
        store.withdraw(damaged)
        assert not original.exists()
        assert verify(store) == []


def test_a_file_that_changes_while_it_is_read_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "van-ban.pdf"
    shutil.copy(SAMPLES[0], source)

    def hash_then_change(path: Path) -> str:
        found = file_sha256(path)
        shutil.copy(SAMPLES[2], path)
        return found

    monkeypatch.setattr("ingest.run.hash_file", hash_then_change)
    (result,) = ingest(tmp_path / "data", [source])
    assert not result.added
    assert "đang được ghi" in (result.reason or "")
    monkeypatch.undo()
    (again,) = ingest(tmp_path / "data", [source])
    assert again.added
    with Store.open(settings_for(tmp_path / "data")) as store:
        assert [d.number for d in store.record.documents()] == [again.number]
        assert verify(store) == []


def test_the_queue_goes_on_after_a_failed_reorganisation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ingest.serving.RETRY_S", 0.05)
    monkeypatch.setattr("rag.reorganise.subprocess.run", no_space)
    settings = settings_for(folder).model_copy(update={"reorganise_points": 1})
    with Store.open(settings, serving=True) as store:
        worker = JobWorker(store, settings)
        worker.start()
        try:
            job_ids = [enqueue(store.record, str(path), path.name).id for path in SAMPLES[:2]]
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and any(job(store.record, i).state != "done" for i in job_ids):
                time.sleep(0.1)
            assert [job(store.record, i).status for i in job_ids] == ["indexed", "indexed"]
        finally:
            worker.stop()


CHILD = """
import sys
from pathlib import Path
from tests.samples import SAMPLES, ingest, settings_for
from ingest.run import Ingestor
from rag.store import Store
if __name__ == "__main__":
    settings = settings_for(Path(sys.argv[1]))
    with Store.open(settings) as store:
        for result in Ingestor(store, settings).run(SAMPLES):
            print(result.document_id, flush=True)
"""


def kill_while_ingesting(folder: Path, delay_s: float) -> set[str]:
    """Start an ingestion, kill -9 it after ``delay_s`` seconds; the ids it had acknowledged."""
    command = [sys.executable, "-c", CHILD, str(folder)]
    repository = Path(__file__).parent.parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=repository) as child:
        time.sleep(delay_s)
        child.kill()
        printed = child.stdout.read() if child.stdout else ""
    return {line for line in printed.splitlines(keepends=False) if len(line) == 36}
