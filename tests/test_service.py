"""The service over the sample documents: answers whole and as a stream."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.errors import BadInput
from rag.results import AnswerStatus, CitationEvent, DeltaEvent, DoneEvent, EvidenceEvent, Origin, StatusEvent
from rag.service import Service
from rag.validity import ForceStatus
from tests.samples import ingest, settings_for

QUESTION = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("data")
    ingest(folder)
    opened = Service.open(settings_for(folder))
    yield opened
    opened.close()


def test_stream_goes_from_status_over_evidence_and_text_to_the_answer(service: Service) -> None:
    events = list(service.stream_answer(QUESTION))
    kinds = [type(event) for event in events]
    order = [StatusEvent, EvidenceEvent, DeltaEvent, CitationEvent, DoneEvent]
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
    assert kinds.count(DoneEvent) == 1 and kinds[-1] is DoneEvent
    answer = events[-1].answer  # type: ignore[union-attr]
    assert [e.text for e in events if isinstance(e, DeltaEvent)] == [s.text for s in answer.sentences]
    assert [e.citation for e in events if isinstance(e, CitationEvent)] == list(answer.citations)
    assert all(e.verified for e in events if isinstance(e, DeltaEvent)) and answer.origin is Origin.EXTRACTIVE


def test_a_bad_question_is_told_at_the_first_event(service: Service) -> None:
    with pytest.raises(BadInput):
        next(service.stream_answer(" "))


def test_every_citation_has_a_status_on_the_day_asked_about(service: Service) -> None:
    after = service.ask(QUESTION, as_of="2026-06-01")
    before = service.ask(QUESTION, as_of="2020-01-01")
    assert after.as_of == "2026-06-01" and after.citations
    for citation in after.citations:
        begins = citation.document.effective_from
        assert citation.validity.status is (ForceStatus.IN_FORCE if begins else ForceStatus.UNKNOWN)
    assert all(c.validity.status is not ForceStatus.IN_FORCE for c in before.citations)


def test_a_follow_up_is_answered_by_what_stands_before_it(service: Service) -> None:
    fee = service.ask("Thế còn hộ nghèo thì sao?", history=["Doanh nghiệp được giảm bao nhiêu phí, lệ phí?"])
    assert fee.status is AnswerStatus.ANSWERED
    assert "Người thuộc hộ nghèo" in " ".join(s.text for s in fee.sentences)
    day = "Văn bản này có hiệu lực từ ngày nào?"
    first = service.ask(day, history=["Nghị quyết 12/2025/NQ-HĐND quy định gì?"])
    second = service.ask(day, history=["Quyết định 08/2026/QĐ-UBND quy định gì?"])
    assert {c.document.number for c in first.citations} == {"12/2025/NQ-HĐND"}
    assert {c.document.number for c in second.citations} == {"08/2026/QĐ-UBND"}
