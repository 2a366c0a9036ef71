"""Which provisions an extractive answer quotes, in which order, and that each sentence can be read alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answer import Candidate, Findings, weigh_hits
from rag.compose import FURTHER_SHARE, choose, compose
from rag.evidence import Meaning
from rag.law.passage import Passage, passage_id, text_sha256
from rag.question import says_nothing
from rag.record.model import Document
from rag.results import Answer, AnswerStatus, Hit
from rag.service import Service
from rag.settings import load_settings
from rag.shape import Kind, shape_of
from rag.store import Store
from tests.answer_values import document_of, hit_of

QUESTION = "Thời hạn khai sinh là bao lâu?"
MEANING = Meaning({"thời": 2.0, "hạn": 2.0, "khai": 5.0, "sinh": 4.0}, {("thời", "hạn"): 4.0, ("khai", "sinh"): 9.0})
RULE = "1. Thời hạn khai sinh là 60 ngày."
OTHER = "1. Người khai sinh nộp tờ khai."


def hit(eid: str, text: str, chance: float, rank: int, heading: str = "Khai sinh") -> Hit:
    found = hit_of(text, eid, heading, rank)
    named = replace(found.passage, ordinal=rank, id=f"{eid}-{rank}")
    return replace(found, score=chance, passage=named, citation=eid)


def cited(*hits: Hit, question: str = QUESTION, meaning: Meaning = MEANING) -> list[str]:
    chosen = choose(weigh_hits(meaning, hits), meaning, shape_of(question))
    return [c.candidate.hit.passage.eid for c in chosen]


def test_the_ranker_leads_and_closeness_decides_between_near_ones() -> None:
    far = hit("art_1__cl_1", OTHER, 0.9, 1), hit("art_2__cl_1", RULE, 0.2, 2)
    near = hit("art_1__cl_1", OTHER, 0.30, 1), hit("art_2__cl_1", RULE, 0.29, 2)
    assert cited(*far)[0] == "art_1__cl_1" and cited(*near)[0] == "art_2__cl_1"


@pytest.mark.parametrize(
    ("share", "articles"),
    [(FURTHER_SHARE * 0.9, ["art_1__cl_1"]), (FURTHER_SHARE * 1.1, ["art_1__cl_1", "art_2__cl_1"])],
)
def test_another_article_is_cited_when_its_chance_is_near_enough(share: float, articles: list[str]) -> None:
    assert cited(hit("art_1__cl_1", RULE, 0.9, 1), hit("art_2__cl_1", OTHER, 0.9 * share, 2)) == articles


def test_at_most_three_articles_each_by_its_best_clause() -> None:
    hits = [hit(f"art_{n}__cl_{k}", RULE if k == 2 else OTHER, 0.5, 2 * n + k) for n in range(1, 6) for k in (1, 2)]
    assert [eid for eid in cited(*hits) if eid.endswith("cl_2")] == ["art_1__cl_2", "art_2__cl_2", "art_3__cl_2"]
    assert len({eid.split("__")[0] for eid in cited(*hits)}) == 3


def test_a_rule_in_one_sentence_stands_before_a_list_that_holds_its_words_somewhere() -> None:
    listed = "2. Hồ sơ gồm:\na) Thời hạn cư trú;\nb) Tờ khai;\nc) Giấy chứng sinh;\nd) Thời hạn khai sinh trước đây."
    assert cited(hit("art_1__cl_2", listed, 0.5, 1), hit("art_1__cl_1", RULE, 0.5, 2))[0] == "art_1__cl_1"


def test_a_lead_in_is_not_shown_without_its_points() -> None:
    text = (
        "1. Người khai sinh có quyền, trong thời hạn khai sinh, được hưởng các quyền sau đây theo quy định của pháp luật về hộ tịch:\n"
        "a) Một;\nb) Hai;\nc) Ba;\nd) Bốn.\n"
        "Người khai sinh có nghĩa vụ trong thời hạn khai sinh như sau, trừ trường hợp luật khác có quy định riêng về việc này:\n"
        "a) Năm;\nb) Sáu;\nc) Bảy;\nd) Tám;\nđ) Chín. Việc đăng ký được thực hiện tại Ủy ban nhân dân cấp xã nơi cư trú."
    )
    hits = [hit("art_1__cl_1", text, 0.9, 1), hit("art_2__cl_1", text + " Khác.", 0.8, 2)]
    sentences, _ = compose(QUESTION, MEANING, weigh_hits(MEANING, hits))
    shown = [s.text for s in sentences]
    for at, sentence in enumerate(shown):
        if sentence.endswith(":"):
            assert shown[at + 1 : at + 2] and shown[at + 1][1] == ")", shown


def test_a_footnote_is_no_rule() -> None:
    note = replace(
        hit("art_1__note_3", RULE, 0.5, 1), passage=replace(hit_of(RULE, "art_1__note_3").passage, level="note")
    )
    assert cited(note, hit("art_1__cl_1", RULE, 0.5, 2))[0] == "art_1__cl_1"


def test_a_provision_that_is_only_named_is_quoted_from_its_beginning() -> None:
    named = [
        replace(hit(f"art_5__cl_{k}", f"{k}. Quy định về nội dung số {k}.", 0.1, k), exact=True) for k in (1, 2, 3, 4)
    ]
    nothing = Meaning({"quy": 1.0, "định": 1.0}, {("quy", "định"): 2.0})
    assert cited(*reversed(named), question="Điều 5 quy định gì?", meaning=nothing) == [
        "art_5__cl_1", "art_5__cl_2", "art_5__cl_3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["quy", "định"], True), (["nội", "dung", "là"], True), (["quy", "định", "phạt"], False), ([], True)],
)
def test_words_that_ask_for_a_text_as_such(words: list[str], expected: bool) -> None:
    assert says_nothing(words) is expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Nhà nước thu hồi đất trong trường hợp nào?", Kind.LIST),
        ("Những hành vi nào bị nghiêm cấm?", Kind.LIST),
        ("Trách nhiệm của cơ quan hải quan là gì?", Kind.LIST),
        ("Việc nộp phí được quy định như thế nào?", Kind.OTHER),
        ("Hành vi nào bị phạt tiền?", Kind.FINE),
    ],
)
def test_a_list_is_asked_for(question: str, kind: Kind) -> None:
    assert shape_of(question).kind is kind


def test_values_that_travel_through_the_pipeline_are_not_copied() -> None:
    found = hit("art_1__cl_1", RULE, 0.5, 1)
    findings = Findings(QUESTION, MEANING, (Candidate(found, 1.0, 1.0),), None)
    assert copy.deepcopy([found])[0] is found and copy.deepcopy(findings) is findings


def test_shown_sentences_are_verbatim() -> None:
    candidates = weigh_hits(MEANING, [hit("art_1__cl_1", RULE, 0.9, 1)])
    sentences, citations = compose(QUESTION, MEANING, candidates)
    assert [s.text for s in sentences] == [RULE] and citations[0].passage.text == RULE


def asked_of(document: Document, passages: Sequence[Passage], data: Path, question: str) -> Answer:
    """The answer of a service that holds this one document."""
    settings = load_settings(data_dir=data, trace_days=0)
    with Store.open(settings) as store:
        store.record.commit_document(document, "", None, passages)
        store.publish(document, passages)
    with closing(Service.open(settings)) as service:
        return service.ask(question)


def test_a_question_that_is_the_heading_of_an_article_gets_all_of_it(tmp_path: Path) -> None:
    """Search gives four Khoản of a Điều; "Nguyên tắc … là gì?" asks for them all."""
    document = replace(document_of("9/2025/NĐ-CP"), id="d9", passages=7)
    texts = [f"{n}. Tiếp công dân phải bảo đảm {what}." for n, what in enumerate(("công khai", "dân chủ", "kịp thời", "khách quan", "bình đẳng", "an toàn", "bí mật"), 1)]  # fmt: skip
    passages = tuple(
        Passage(
            passage_id("d9", f"art_3__cl_{n}", 0), "d9", n, f"art_3__cl_{n}", "art_3", "cl", f"khoản {n} Điều 3",
            "Nguyên tắc tiếp công dân", "Điều 3. Nguyên tắc tiếp công dân", text, text_sha256(text), (),
        )
        for n, text in enumerate(texts, 1)
    )  # fmt: skip
    answer = asked_of(document, passages, tmp_path, "Nguyên tắc tiếp công dân ra sao?")
    assert [s.text for s in answer.sentences] == texts
    assert [c.citation.split(" Quyết")[0] for c in answer.citations] == [f"khoản {n} Điều 3" for n in range(1, 8)]


def test_points_of_a_later_part_stand_behind_the_lead_in_of_an_earlier_one(tmp_path: Path) -> None:
    """A Khoản of more than 2,000 characters is cut; its last points began an answer without what they are fined with."""
    parts = [
        "3. Phạt tiền từ 4.000.000 đồng đến 6.000.000 đồng đối với hành vi sau đây:\na) Neo đậu tàu cá sai vùng nước cảng;",
        "h) Vận chuyển pháo hoa trên tàu khách;\ni) Xếp hàng quá chiều cao thành tàu.",
    ]
    document = replace(document_of("9/2025/NĐ-CP"), id="d9", passages=2)
    passages = tuple(
        Passage(
            passage_id("d9", "art_7__cl_3", n), "d9", n, "art_7__cl_3", "art_7", "cl", "khoản 3 Điều 7",
            "Vi phạm về vận tải", "Điều 7. Vi phạm về vận tải", text, text_sha256(text), (),
        )
        for n, text in enumerate(parts)
    )  # fmt: skip
    answer = asked_of(document, passages, tmp_path, "Vận chuyển pháo hoa trên tàu khách bị phạt bao nhiêu tiền?")
    assert answer.status is AnswerStatus.ANSWERED
    texts = [s.text for s in answer.sentences]
    at = texts.index("h) Vận chuyển pháo hoa trên tàu khách;")
    assert texts[at - 1].startswith("3. Phạt tiền từ 4.000.000 đồng")
    assert all(quote in c.passage.text for c in answer.citations for quote in c.quote.split("\n"))
