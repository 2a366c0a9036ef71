"""What kind of answer a question wants; the evidence set; readings of a vague question."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.articles import ActArticles, make_document
from eval.provisions import Unit
from rag.gather import gather
from rag.results import AnswerStatus, RefusalReason
from rag.retrieve import search
from rag.service import Service
from rag.settings import load_settings
from rag.shape import Kind, role_of, shape_of
from rag.store import Store


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Vượt đèn đỏ bị phạt bao nhiêu tiền?", Kind.FINE),
        ("Hồ sơ đăng ký kết hôn gồm những gì?", Kind.DOSSIER),
        ("Trình tự cấp giấy phép xây dựng như thế nào?", Kind.STEPS),
        ("Hộ kinh doanh là gì?", Kind.DEFINITION),
        ("Ai có thẩm quyền cấp hộ chiếu?", Kind.WHO),
        ("Luật này có hiệu lực khi nào?", Kind.WHEN),
        ("Lệ phí cấp căn cước là bao nhiêu?", Kind.AMOUNT),
        ("Công chức có được góp vốn vào doanh nghiệp không?", Kind.YES_NO),
        ("Nguyên tắc hoạt động của hợp tác xã", Kind.OTHER),
    ],
)
def test_the_words_of_asking_tell_the_kind(question: str, kind: Kind) -> None:
    assert shape_of(question).kind is kind


def test_conditions_come_before_time_and_time_before_money() -> None:
    headings = ["Mức thu lệ phí", "Thời hạn giải quyết", "Điều kiện được cấp", "Trình tự nộp"]
    assert sorted(headings, key=role_of) == [
        "Điều kiện được cấp",
        "Trình tự nộp",
        "Thời hạn giải quyết",
        "Mức thu lệ phí",
    ]


def act(number: str, *articles: tuple[str, str]) -> ActArticles:
    rows = []
    for at, (title, text) in enumerate(articles, 1):
        about = {"doc_no": number, "doc_type": "Nghị định", "doc_name": f"về nghề {number}", "article": str(at)}
        about |= {"article_title": title, "issued": "01/02/2020", "effective": "01/03/2020"}
        rows.append({"_id": f"{number}.d{at}", "title": "", "text": text, "metadata": about})
    return ActArticles(number, tuple(rows))


@pytest.fixture
def service(tmp_path: Path):  # type: ignore[no-untyped-def]
    settings = load_settings(data_dir=tmp_path)
    acts = [
        act(
            "1/2020/NĐ-CP",
            ("Giải thích từ ngữ", "1. Thợ lặn là người làm việc dưới nước bằng thiết bị thở."),
            ("Điều kiện của thợ lặn", "1. Thợ lặn phải đủ 20 tuổi.\n2. Thợ lặn nộp hồ sơ theo quy định tại khoản 1 Điều 3 Nghị định này."),
            (
                "Hồ sơ",
                "1. Hồ sơ đăng ký nghề gồm:\na) Đơn đăng ký;\nb) Giấy khám sức khỏe;\nc) Bản sao chứng chỉ;\nd) Hai ảnh màu.",
            ),
        ),
        *(act(f"{n}/2020/NĐ-CP", ("Phí thẩm định", f"1. Phí thẩm định hồ sơ nghề số {n} là {n}00.000 đồng.")) for n in (2, 3, 4)),
    ]  # fmt: skip
    with Store.open(settings) as store:
        for one in acts:
            document, passages = make_document(one, Unit.CLAUSE)
            store.record.commit_document(document, "", None, passages)
            store.publish(document, passages)
    opened = Service.open(settings)
    yield opened
    opened.close()


def test_what_a_provision_points_to_and_the_definition_come_along(service: Service) -> None:
    question = "Thợ lặn nộp hồ sơ theo quy định nào?"
    hits = [h for h in search(service.store, question).hits if h.passage.eid == "art_2__cl_2"]
    eids = [h.passage.eid for h in gather(service.store, question, hits)]
    assert eids == ["art_2__cl_2", "art_3__cl_1", "art_1__cl_1"]


def test_the_budget_holds_and_the_first_is_always_there(service: Service) -> None:
    hits = search(service.store, "Thợ lặn nộp hồ sơ").hits
    assert len(gather(service.store, "Thợ lặn", hits, budget=1)) == 1


def test_a_list_that_is_asked_for_is_given_whole(service: Service) -> None:
    answer = service.ask("Hồ sơ đăng ký nghề thợ lặn theo Nghị định 1/2020/NĐ-CP gồm những giấy tờ gì?")
    text = " ".join(s.text for s in answer.sentences)
    assert answer.status is AnswerStatus.ANSWERED
    assert all(part in text for part in ("Hồ sơ đăng ký nghề gồm", "Đơn đăng ký", "sức khỏe", "chứng chỉ", "ảnh màu"))


def test_a_vague_question_is_asked_back_and_each_reading_can_be_asked(service: Service) -> None:
    answer = service.ask("Phí thẩm định?")
    assert answer.reason_code is RefusalReason.AMBIGUOUS and len(answer.readings) == 3
    chosen = service.ask(answer.readings[0].question)
    assert chosen.status is AnswerStatus.ANSWERED
    assert (chosen.citations[0].document.number or "x") in answer.readings[0].question
