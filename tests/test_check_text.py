"""Pasted texts held against the record, and stored answers asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.check_text import Claim, Verdict
from rag.errors import BadInput, NotFound
from rag.record.answer_schema import traces
from rag.service import Service
from rag.verify import FaultKind
from tests.samples import ingest, settings_for

NUMBER = "Quyết định số 45/2025/QĐ-UBND"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("data")
    ingest(folder)
    opened = Service.open(settings_for(folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def place(service: Service) -> str:
    """Where the regulation says when files are taken in, as a citation without its act."""
    answer = service.ask("Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?")
    return answer.citations[0].citation.partition(" Quyết định")[0]


def check(service: Service, text: str) -> list[Claim]:
    return list(service.verify_text(text, "2026-06-01"))


def test_what_is_so_is_supported_and_what_is_not_is_told(service: Service, place: str) -> None:
    true, false = check(
        service,
        f"Theo {place} {NUMBER}, Bộ phận Một cửa tiếp nhận hồ sơ từ thứ Hai đến thứ Sáu hằng tuần.\n"
        f"Theo {place} {NUMBER}, Bộ phận Một cửa tiếp nhận hồ sơ buổi sáng từ 08 giờ 45 phút đến 11 giờ 30 phút.",
    )
    assert true.verdict is Verdict.SUPPORTED and true.cited[0].document.number == "45/2025/QĐ-UBND"
    assert false.verdict is Verdict.CONTRADICTED
    assert FaultKind.NUMBER in {fault.kind for fault in false.faults}


def test_acts_and_provisions_that_are_not_there_are_named(service: Service) -> None:
    act, provision, nothing = check(
        service,
        "Theo khoản 2 Điều 8 Nghị định số 999/2031/NĐ-CP, mức phạt là 5.000.000 đồng.\n\n"
        f"Điều 99 {NUMBER} quy định việc miễn lệ phí.\n\nTrời hôm nay rất đẹp.",
    )
    assert act.verdict is Verdict.ACT_MISSING and "999/2031/NĐ-CP" in act.missing[0]
    assert provision.verdict is Verdict.PROVISION_MISSING
    assert nothing.verdict is Verdict.NAMES_NOTHING


def test_a_sentence_leans_on_the_provision_named_before_it(service: Service, place: str) -> None:
    first, second = check(
        service,
        f"Theo {place} {NUMBER}, Bộ phận Một cửa tiếp nhận hồ sơ từ thứ Hai đến thứ Sáu hằng tuần. "
        "Buổi chiều từ 13 giờ 30 phút đến 17 giờ 00 phút.",
    )
    assert not first.inherited and second.inherited and second.verdict is Verdict.SUPPORTED


def test_offsets_lead_back_into_the_text(service: Service) -> None:
    text = f"Một câu.\n\n  Điều 99 {NUMBER} quy định gì đó.  "
    assert all(text[c.start : c.end] == c.text for c in check(service, text))


@pytest.mark.parametrize("text", ["", " \n", "a" * 100_001])
def test_empty_and_endless_texts_are_bad_input(service: Service, text: str) -> None:
    with pytest.raises(BadInput):
        service.verify_text(text)


def test_an_answer_asked_again_is_the_same(service: Service) -> None:
    answer = service.ask("Mỗi hồ sơ được yêu cầu bổ sung tối đa mấy lần?")
    assert answer.trace_id
    before, again, changes = service.replay(answer.trace_id)
    assert changes == () and [s.text for s in again.sentences] == [s.text for s in answer.sentences]
    with service.store.record.engine.connect() as connection:
        kept = connection.execute(traces.select().where(traces.c.id == answer.trace_id)).one()
    assert before.question in str(kept.trace)
    assert all(s.text not in str(kept.trace) for s in answer.sentences), "no text of a document in a trace"


def test_a_replay_says_what_changed(tmp_path: Path) -> None:
    ingest(tmp_path)
    service = Service.open(settings_for(tmp_path))
    try:
        answer = service.ask("Mỗi hồ sơ được yêu cầu bổ sung tối đa mấy lần?")
        service.store.withdraw(answer.citations[0].document.id)
        _, _, changes = service.replay(answer.trace_id or "")
        assert {"passage_gone", "sentences"} <= {change.what for change in changes}
    finally:
        service.close()


def test_an_unknown_trace_is_not_found(service: Service) -> None:
    with pytest.raises(NotFound):
        service.replay("none")
