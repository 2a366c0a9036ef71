"""Answers in their other forms: streamed, chat completions by the real openai package, batches, feedback as a suite."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from eval.suites import load_questions, load_suite

QUESTION = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"
UNKNOWN = "Điều 5 Nghị định 9999/2031/NĐ-CP quy định gì?"


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_a_stream_ends_with_the_answer_that_is_given_whole(service: httpx.Client) -> None:
    whole = service.post("/v1/answers", json={"question": QUESTION}).json()
    reply = service.post("/v1/answers/stream", json={"question": QUESTION})
    assert reply.headers["content-type"].startswith("text/event-stream")
    got = events(reply.text)
    names = [name for name, _ in got]
    assert names[0] == "status" and names[-1] == "done" and {"evidence", "delta", "citation"} <= set(names)
    done = got[-1][1]
    assert [done[k] for k in ("sentences", "citations")] == [whole[k] for k in ("sentences", "citations")]
    assert [data for name, data in got if name == "citation"] == whole["citations"]


def test_a_bad_question_is_an_error_and_no_stream(service: httpx.Client) -> None:
    reply = service.post("/v1/answers/stream", json={"question": " "})
    assert (reply.status_code, reply.json()["code"]) == (422, "question_empty")


@pytest.fixture
def chat(service: httpx.Client) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{service.base_url}/v1", api_key="any", max_retries=0)


def test_the_openai_package_gets_a_cited_answer(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == ["cancu"]
    done = chat.chat.completions.create(
        model="cancu",
        messages=[{"role": "system", "content": "x"}, {"role": "user", "content": QUESTION}],
        temperature=0,
    )
    text = done.choices[0].message.content or ""
    assert "07 giờ 30 phút" in text and "[1]" in text and "khoản 1 Điều 5" in text.split("Căn cứ:")[1]
    extra = done.model_extra or {}
    assert extra["cancu"]["citations"][0]["document"]["number"] == "45/2025/QĐ-UBND"


def test_the_openai_package_gets_it_streamed(chat: openai.OpenAI) -> None:
    messages: list[Any] = [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]
    whole = chat.chat.completions.create(model="cancu", messages=messages).choices[0].message.content
    chunks = list(chat.chat.completions.create(model="cancu", messages=messages, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == whole
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert (chunks[-1].choices[0].delta.model_extra or {})["citations"]


def test_the_openai_package_understands_refusals_and_errors(chat: openai.OpenAI) -> None:
    refused = chat.chat.completions.create(model="cancu", messages=[{"role": "user", "content": UNKNOWN}])
    assert "chưa có trong kho" in (refused.choices[0].message.content or "")
    with pytest.raises(openai.UnprocessableEntityError):
        chat.chat.completions.create(model="cancu", messages=[{"role": "user", "content": " "}])
    with pytest.raises(openai.NotFoundError):
        chat.models.retrieve("gpt-x")


def test_a_batch_is_handed_in_followed_and_fetched(service: httpx.Client) -> None:
    questions = [{"id": "a", "question": QUESTION}, {"id": "b", "question": UNKNOWN}, {"id": "c", "question": " "}]
    queued = service.post("/v1/batches", json={"questions": questions})
    assert queued.status_code == 202 and queued.json()["total"] == 3
    while (batch := service.get(queued.headers["location"]).json())["state"] != "done":
        time.sleep(0.05)
    assert batch["done"] == 3 and batch["finished_at"]
    replies = [json.loads(line) for line in service.get(batch["results"]).text.splitlines()]
    assert [one["id"] for one in replies] == ["a", "b", "c"]
    assert replies[0]["answer"]["status"] == "answered" and replies[1]["answer"]["reason_code"] == "document_missing"
    assert replies[2]["answer"] is None and replies[2]["error"]["code"] == "question_empty"
    assert service.get("/v1/batches/0c7b1f52-4a0e-5d7c-9a51-6a6f5f0f1f10").json()["code"] == "batch_not_found"


def test_feedback_comes_out_as_a_suite_that_eval_reads(service: httpx.Client, tmp_path: Path) -> None:
    answer = service.post("/v1/answers", json={"question": QUESTION}).json()
    cited = [c["passage_id"] for c in answer["citations"]]
    word = {"question": QUESTION, "verdict": "right", "why": "đúng giờ", "passage_ids": cited}
    kept = service.post("/v1/feedback", json=word)
    assert kept.status_code == 201 and kept.json()["provisions"]
    wrong = {"question": "Câu khác?", "verdict": "wrong", "passage_ids": cited[:1]}
    assert service.post("/v1/feedback", json=wrong).status_code == 201
    unknown = word | {"passage_ids": ["0c7b1f52-4a0e-5d7c-9a51-6a6f5f0f1f10"]}
    assert service.post("/v1/feedback", json=unknown).json()["code"] == "passage_not_found"
    assert sorted(one["verdict"] for one in service.get("/v1/feedback").json())[:2] == ["right", "wrong"]
    (tmp_path / "feedback.jsonl").write_text(service.get("/v1/feedback/suite").text, "utf-8")
    suite = (
        'name = "phan-hoi"\nmeasures = "x"\nlicence = "x"\ncorpus = "documents"\nunit = "clause"\nlayout = "jsonl"\n'
    )
    (tmp_path / "suite.toml").write_text(suite + 'questions = "feedback.jsonl"\nsplits = ["all"]\n', "utf-8")
    questions = load_questions(load_suite(tmp_path), "all")
    assert [q.text for q in questions] == [QUESTION] and questions[0].expected
