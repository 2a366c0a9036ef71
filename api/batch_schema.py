"""The JSON shapes of batches and feedback. A contract as ``api.schema``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schema import PASSAGE_ID_EXAMPLE, QUESTION_EXAMPLE, AnswerRequest, example

MOST_QUESTIONS = 1000  # of a batch: some 30 s of answering
LONGEST_WHY = 2000  # characters


class BatchQuestion(AnswerRequest):
    """A question of a batch; ``id`` comes back with its reply."""

    id: str | None = Field(None, max_length=200)


class BatchRequest(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"questions": [{"id": "c1", "question": QUESTION_EXAMPLE}]}]},
    )
    questions: list[BatchQuestion] = Field(min_length=1, max_length=MOST_QUESTIONS)


class BatchResponse(BaseModel):
    """``state``: queued, running, done. The replies are at ``results``, one JSON object a line."""

    model_config = example(
        {"id": "7f3c…", "state": "running", "total": 40, "done": 12, "created_at": "2026-01-05T02:11:09+00:00"}
        | {"finished_at": None, "results": "/v1/batches/7f3c…/results"}
    )
    id: str
    state: Literal["queued", "running", "done"]
    total: int
    done: int
    created_at: str
    finished_at: str | None
    results: str


class FeedbackRequest(BaseModel):
    """``passage_ids``: the passages that the answer cited. ``right``: those are right; ``wrong``: they are not, and
    ``expected_passage_ids`` are, as far as the reader knows."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": QUESTION_EXAMPLE, "verdict": "right", "passage_ids": [PASSAGE_ID_EXAMPLE]}]
        },
    )
    question: str = Field(min_length=1, max_length=2000)
    verdict: Literal["right", "wrong"]
    why: str = Field("", max_length=LONGEST_WHY)
    passage_ids: list[str] = Field([], max_length=50)
    expected_passage_ids: list[str] = Field([], max_length=50)


class FeedbackResponse(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str
    created_at: str
    question: str
    verdict: Literal["right", "wrong"]
    why: str
    passage_ids: list[str]
    provisions: list[str] = Field(description="Căn cứ đúng, dạng «số hiệu#eid».")
