"""What people put right stays right: in searches, after reading the file anew, and it goes when the document is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.run import Ingestor
from rag.access import Access, Holding
from rag.errors import BadInput
from rag.record.record import Record
from rag.record.review import corrections_of, open_doubts
from rag.service import Service
from rag.settings import Settings
from tests.samples import SAMPLES


@pytest.fixture
def service(tmp_path: Path):
    settings = Settings(data_dir=tmp_path / "data", workers=1)
    with_samples = Service.open(settings)
    list(Ingestor(with_samples.store, settings).run(SAMPLES[:3]))
    yield with_samples
    with_samples.close()


def numbered(record: Record, number: str) -> str:
    return next(d.id for d in record.documents() if d.number == number)


def test_a_corrected_number_is_found_and_the_old_one_is_not(service: Service) -> None:
    store = service.store
    document_id = numbered(store.record, "45/2025/QĐ-UBND")
    after = store.correct(document_id, {"number": " 46/2025/QĐ-UBND ", "date": "2025-08-19", "title": ""}, "hoa")
    assert (after.number, after.number_key, after.date) == ("46/2025/QĐ-UBND", "46/2025/qđ-ubnd", "2025-08-19")
    assert after.title is None
    hits = service.search("khoản 1 Điều 5 Quyết định 46/2025/QĐ-UBND").hits
    assert hits[0].exact and hits[0].document.id == document_id
    assert not any(hit.exact for hit in service.search("khoản 1 Điều 5 Quyết định 45/2025/QĐ-UBND").hits)
    assert service.search("Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ").hits
    assert [(c.field, c.value, c.by) for c in corrections_of(store.record.engine, document_id)][-1][2] == "hoa"


def test_a_correction_does_not_show_a_restricted_document_in_the_counts_of_others(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", workers=1)
    holding, others = Holding("Tài chính", 2), Access(("Nội vụ",), 0)
    with Service.open(settings).store as store:
        list(Ingestor(store, settings, holding=holding).run(SAMPLES[:1]))
        document_id = store.record.documents()[0].id
        assert store.lexicon.statistics.passages
        store.correct(document_id, {"number": "46/2025/QĐ-UBND"}, "hoa")
        assert store.lexicon.statistics.passages
        assert store.seen_by(others).lexicon.statistics.passages == 0


def test_corrections_survive_a_restart_a_rebuild_and_reading_the_file_anew(tmp_path: Path) -> None:
    from ingest.rebuild import rebuild

    settings = Settings(data_dir=tmp_path / "data", workers=1)
    with Service.open(settings).store as store:
        list(Ingestor(store, settings).run(SAMPLES[:1]))
        document_id = store.record.documents()[0].id
        store.correct(document_id, {"number": "46/2025/QĐ-UBND"}, "hoa")
    rebuild(settings)
    with Service.open(settings).store as store:
        assert store.record.document(document_id).number == "46/2025/QĐ-UBND"
        store.record.hide_document(document_id)  # what makes the intake read it once more
        list(Ingestor(store, settings).run(SAMPLES[:1]))
        assert store.record.document(document_id).number == "46/2025/QĐ-UBND"


def test_a_settled_doubt_is_asked_no_more_and_all_goes_with_the_document(service: Service) -> None:
    store = service.store
    document_id = numbered(store.record, "45/2025/QĐ-UBND")
    engine = store.record.engine
    document = store.record.document(document_id)
    with engine.begin() as connection:
        from rag.record.review import Doubt, write_doubts

        write_doubts(
            connection,
            document_id,
            [Doubt(document_id, "number", "guessed", 1), Doubt(document_id, "page:2", "page_missing", 2)],
        )
    assert [d.field for d in open_doubts(engine)[document_id]] == ["number", "page:2"]
    store.correct(document_id, {"number": document.number or "", "page:2": ""}, "hoa")
    assert document_id not in open_doubts(engine)
    store.withdraw(document_id)
    assert corrections_of(engine, document_id) == []


@pytest.mark.parametrize("typed", [{"date": "31/02/2025"}, {"title": "x" * 2001}, {"sha256": "x"}, {"page:999": ""}])
def test_what_cannot_be_is_refused_and_changes_nothing(service: Service, typed: dict[str, str]) -> None:
    document = service.store.record.documents()[0]
    with pytest.raises(BadInput):
        service.store.correct(document.id, typed, "hoa")
    assert service.store.record.document(document.id) == document
    assert service.search("Bộ phận Một cửa").hits
