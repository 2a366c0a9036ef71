"""What a question names, in any spelling and order; what only looks like a number is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.lookup import find_named
from rag.service import Service
from tests.samples import ingest, settings_for


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("lookup")
    ingest(folder)
    opened = Service.open(settings_for(folder))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "numbers", "steps"),
    [
        ("khoản 2 Điều 5 Quyết định 45/2025/QĐ-UBND", ("45/2025/QĐ-UBND",), (("art", "5"), ("cl", "2"))),
        ("dieu 5 quyet dinh 45/2025/qd-ubnd", ("45/2025/qd-ubnd",), (("art", "5"),)),
        ("Điều 12 khoản 2 điểm đ", (), (("art", "12"), ("cl", "2"), ("point", "đ"))),
        ("điểm d khoản 2 Điều 12", (), (("art", "12"), ("cl", "2"), ("point", "d"))),
        ("nghị quyết 12/2025 quy định gì", ("12/2025",), ()),
        ("47/VBHN-VPQH", ("47/VBHN-VPQH",), ()),
        ("nghỉ lễ ngày 02/9/2024 mấy ngày", (), ()),
        ("lương tháng 7/2024", (), ()),
        ("phí 15.000/m2 có đúng không", (), ()),
        ("한국어 điểm đ khoản 1 Điều 3", (), (("art", "3"), ("cl", "1"), ("point", "đ"))),
    ],
)
def test_what_is_named(service: Service, question: str, numbers: tuple[str, ...], steps: tuple) -> None:
    named = find_named(question, service.store.record)
    assert (named.numbers, named.steps) == (numbers, steps)


def test_a_named_point_is_quoted_with_its_lead_in_and_nothing_else(service: Service) -> None:
    answer = service.ask("điểm b khoản 1 Điều 5 Quyết định 45/2025/QĐ-UBND")
    assert [s.text for s in answer.sentences] == [
        "1. Bộ phận Một cửa tiếp nhận hồ sơ từ thứ Hai đến thứ Sáu hằng tuần:",
        "b) Buổi chiều từ 13 giờ 30 phút đến 17 giờ 00 phút.",
    ]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("khoản 99 Điều 5 Quyết định 45/2025/QĐ-UBND quy định gì?", "provision_missing"),
        ("điểm y khoản 1 Điều 5 Quyết định 45/2025/QĐ-UBND", "provision_missing"),
        ("Điều 99 Quyết định 45/2025/QĐ-UBND", "provision_missing"),
        ("Nghị định 999/2031/NĐ-CP quy định gì?", "document_missing"),
        ("Công thức nấu phở bò như thế nào?", "no_evidence"),
    ],
)
def test_what_is_not_here_is_refused_by_its_reason(service: Service, question: str, reason: str) -> None:
    answer = service.ask(question)
    assert answer.reason_code == reason
    assert not answer.sentences


def test_every_sentence_shown_is_verbatim_and_cited(service: Service) -> None:
    answer = service.ask("Lệ phí cấp giấy phép xây dựng nhà ở riêng lẻ là bao nhiêu?")
    grounds = {c.n: c.passage.text for c in answer.citations}
    assert answer.sentences
    for sentence in answer.sentences:
        assert all(sentence.text in grounds[n] for n in sentence.citations)
