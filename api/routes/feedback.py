"""Right or wrong, and why: kept for evaluation, exported as a suite of questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api.batch_schema import FeedbackRequest, FeedbackResponse
from api.routes.answers import Parts
from api.routes.batches import LINES
from api.running import Running
from rag.errors import NotFound
from rag.record.feedback import Feedback, keep_feedback, read_feedback
from rag.record.model import StoredPassage

router = APIRouter(prefix="/v1", tags=["Đánh giá"])
SUITE: dict[int | str, dict[str, Any]] = {
    200: {"description": "Bộ câu hỏi JSONL cho `cancu eval`", "content": {LINES: {"schema": {"type": "string"}}}}
}


@router.post("/feedback", status_code=201, summary="Nhận xét một câu trả lời")
def give_feedback(request: FeedbackRequest, parts: Parts) -> FeedbackResponse:
    """Keep the word on an answer. Passages that its giver does not see are unknown passages."""
    cited = _passages(parts, request.passage_ids)
    expected = _passages(parts, request.expected_passage_ids)
    right = cited if request.verdict == "right" else expected
    kept = keep_feedback(
        parts.store.record,
        parts.bearer,
        request.question,
        request.verdict,
        request.why,
        request.passage_ids,
        sorted({one.document.id for one in [*cited, *expected]}),
        [f"{one.document.number or one.document.id}#{one.passage.eid}" for one in right],
    )
    return feedback_shape(kept)


@router.get("/feedback", summary="Các nhận xét")
def list_feedback(parts: Parts) -> list[FeedbackResponse]:
    """Oldest first; of bearers who see no more than you."""
    return [feedback_shape(one) for one in read_feedback(parts.record)]


@router.get("/feedback/suite", summary="Nhận xét thành bộ câu hỏi", response_class=StreamingResponse, responses=SUITE)
def export_suite(parts: Parts) -> StreamingResponse:
    """Each word with known right provisions as a question for ``cancu eval``; the last word on a question counts."""
    return StreamingResponse(suite_lines(read_feedback(parts.record)), media_type=LINES)


def suite_lines(words: list[Feedback]) -> Iterator[str]:
    """Questions in the form that ``eval.suites`` reads (layout jsonl)."""
    latest = {one.question: one for one in words if one.provisions}
    for one in latest.values():
        expected = [{"provision": name, "grade": 2} for name in dict.fromkeys(one.provisions)]
        row = {"id": one.id, "question": one.question, "expected": expected, "note": one.why}
        yield json.dumps(row, ensure_ascii=False) + "\n"


def feedback_shape(kept: Feedback) -> FeedbackResponse:
    return FeedbackResponse(
        id=kept.id,
        created_at=kept.created_at,
        question=kept.question,
        verdict=kept.verdict,
        why=kept.why,
        passage_ids=list(kept.passage_ids),
        provisions=list(kept.provisions),
    )


def _passages(parts: Running, ids: list[str]) -> list[StoredPassage]:
    found = parts.record.passages(ids)
    if missing := [one for one in ids if one not in found]:
        raise NotFound("passage_not_found", passage_id=missing[0])
    return [found[one] for one in ids]
