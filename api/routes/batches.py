"""Batch answers: hand in, look, fetch."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.batch_schema import BatchRequest, BatchResponse
from api.routes.answers import Parts
from rag.record.batches import Batch, batch_of, replies, submit

router = APIRouter(prefix="/v1", tags=["Hỏi hàng loạt"])
LINES = "application/x-ndjson"
RESULTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Mỗi dòng một câu trả lời, theo thứ tự câu hỏi",
        "content": {LINES: {"schema": {"type": "string"}, "example": '{"id": "c1", "answer": {…}, "error": null}\n'}},
    }
}


@router.post("/batches", status_code=202, summary="Gửi nhiều câu hỏi")
def submit_batch(request: BatchRequest, parts: Parts, response: Response) -> BatchResponse:
    """Queue the questions. Ask the header Location until ``state`` is done, then fetch ``results``."""
    questions = [one.model_dump(mode="json", exclude_defaults=True) for one in request.questions]
    batch = submit(parts.record, parts.bearer, questions)
    parts.batches.wake()
    response.headers["Location"] = f"/v1/batches/{batch.id}"
    return batch_shape(batch)


@router.get("/batches/{batch_id}", summary="Một lượt hỏi hàng loạt")
def get_batch(batch_id: str, parts: Parts) -> BatchResponse:
    return batch_shape(batch_of(parts.record, parts.bearer, batch_id))


@router.get(
    "/batches/{batch_id}/results", summary="Các câu trả lời", response_class=StreamingResponse, responses=RESULTS
)
def get_results(batch_id: str, parts: Parts) -> StreamingResponse:
    """What is answered so far as JSON lines: ``id``, ``answer`` (null when it failed), ``error`` (problem details)."""
    batch = batch_of(parts.record, parts.bearer, batch_id)
    lines = (f"{reply}\n" for reply in replies(parts.record, batch.id))
    return StreamingResponse(lines, media_type=LINES)


def batch_shape(batch: Batch) -> BatchResponse:
    fields = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
    return BatchResponse(**fields, results=f"/v1/batches/{batch.id}/results")
