"""The ranker's parts in words: every feature belongs to a reason, and the reasons add up to what the ranker said."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx

from api.pages.reasons import Group, group_of, reasons_of
from rag.rank import shipped_ranker
from rag.results import Hit
from tests.answer_values import hit_of


def explained(*parts: tuple[str, float]) -> Hit:
    return replace(hit_of("1. Nộp hồ sơ."), parts=tuple((name, 0.0, part) for name, part in parts))


def test_no_feature_of_the_shipped_ranker_is_left_without_a_reason() -> None:
    assert [name for name in shipped_ranker().names if group_of(name) is Group.OTHER] == []
    assert {group_of(name) for name in shipped_ranker().names} == set(Group) - {Group.OTHER}


def test_parts_of_one_kind_are_added_and_the_strongest_reason_leads() -> None:
    hit = explained(("passage", 0.5), ("dense", -0.4), ("words_text", 0.5), ("heading", 0.2), ("year", 0.01))
    found = [(r.group, r.up, r.strength) for r in reasons_of(hit)]
    assert found == [(Group.WORDS, True, "much"), (Group.MEANING, False, "some"), (Group.HEADING, True, "some")]


def test_what_cancels_out_is_no_reason() -> None:
    assert [r.group for r in reasons_of(explained(("passage", 1.0), ("body", -1.0), ("dense", 0.3)))] == [
        Group.MEANING
    ]
    assert reasons_of(explained()) == []


def test_the_reasons_of_a_result_are_told_in_words(service: httpx.Client) -> None:
    question = {"q": "thời hạn bổ sung hồ sơ"}
    page = service.get("/", params=question, headers={"accept": "text/html"}).text
    address = re.search(r'href="(/vi-sao/[^"]+)" data-why', page)[1].replace("&amp;", "&")  # type: ignore[index]
    alone = service.get(address + "&khung=true")
    assert alone.status_code == 200 and "<html" not in alone.text
    assert re.search(r"đẩy lên( nhiều)?</span> Từ ngữ của câu hỏi", alone.text)
    whole = service.get(address, headers={"accept": "text/html"}).text
    assert "<h1>Vì sao có kết quả này</h1>" in whole and question["q"] in whole
    assert service.get("/vi-sao/khong-co", params=question).status_code == 404
