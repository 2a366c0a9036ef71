"""Search and answers, whole or as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from api.running import Running, running
from api.schema import (
    AnswerRequest,
    AnswerResponse,
    SearchRequest,
    SearchResponse,
    VerifyRequest,
    VerifyResponse,
)
from api.shapes import answer_shape, claim_shape, index_filter, search_shape
from api.streams import HEADERS, MEDIA_TYPE, begun, event_lines
from rag.results import Answer, AnswerEvent

router = APIRouter(prefix="/v1", tags=["Hỏi và tìm"])
Parts = Annotated[Running, Depends(running)]
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Các sự kiện `status`, `evidence`, `delta`, `citation`, rồi `done` với câu trả lời trọn vẹn.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": 'event: delta\ndata: {"text": "a) Buổi sáng: từ 07 giờ 30 phút …", "verified": true}\n\n',
            }
        },
    }
}


@router.post("/search", summary="Tìm điều khoản")
def search(request: SearchRequest, parts: Parts) -> SearchResponse:
    """The passages that fit best and where they are printed, each with its status on the day. A provision that the question
    names comes first."""
    as_of = request.as_of.isoformat() if request.as_of else None
    where = index_filter(request.filters)
    return search_shape(parts.service.search(request.query, where, request.k, request.explain, as_of=as_of))


@router.post("/answers", summary="Trả lời câu hỏi")
def answer(request: AnswerRequest, parts: Parts) -> AnswerResponse:
    """Sentences quoted from provisions, each with its citation; or a refusal that says why."""
    return answer_shape(ask(parts, request))


@router.post("/answers/stream", summary="Trả lời dần", response_class=StreamingResponse, responses=EVENTS)
def stream(request: AnswerRequest, parts: Parts) -> StreamingResponse:
    """The same answer as server-sent events. A bad question is an error as elsewhere; a failure on the way is the
    event ``error``."""
    events = begun(answer_events(parts, request))
    lines = event_lines(events, parts.settings.language)
    return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=HEADERS)


def ask(parts: Running, request: AnswerRequest) -> Answer:
    """The whole answer. Raises BadInput, Unavailable, Damaged."""
    as_of = request.as_of.isoformat() if request.as_of else None
    where = index_filter(request.filters)
    return parts.service.ask(request.question, where, as_of=as_of, history=request.history)


def answer_events(parts: Running, request: AnswerRequest) -> Iterator[AnswerEvent]:
    """The events of an answer."""
    as_of = request.as_of.isoformat() if request.as_of else None
    where = index_filter(request.filters)
    return parts.service.stream_answer(request.question, where, as_of=as_of, history=request.history)


@router.post("/verify", summary="Đối chiếu một văn bản bất kỳ")
def verify(request: VerifyRequest, parts: Parts) -> VerifyResponse:
    """Each sentence of any text held against the collection: do the acts and provisions it names exist, do they say what it
    says, are they in force?"""
    as_of = request.as_of.isoformat() if request.as_of else None
    claims = parts.service.verify_text(request.text, as_of)
    return VerifyResponse(claims=[claim_shape(claim, parts.settings.language) for claim in claims])
