"""Search and answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

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

router = APIRouter(prefix="/v1", tags=["Hỏi và tìm"])
Parts = Annotated[Running, Depends(running)]


@router.post("/search", summary="Tìm điều khoản")
def search(request: SearchRequest, parts: Parts) -> SearchResponse:
    """The passages that fit best and where they are printed. A provision that the question names comes first."""
    return search_shape(parts.service.search(request.query, index_filter(request.filters), request.k))


@router.post("/answers", summary="Trả lời câu hỏi")
def answer(request: AnswerRequest, parts: Parts) -> AnswerResponse:
    """Sentences quoted from provisions, each with its citation; or a refusal that says why."""
    as_of = request.as_of.isoformat() if request.as_of else None
    where = index_filter(request.filters)
    found = answer_shape(parts.service.ask(request.question, where, as_of=as_of, history=request.history))
    parts.metrics.count_answer(found.reason_code or found.status)
    return found


@router.post("/verify", summary="Đối chiếu một văn bản bất kỳ")
def verify(request: VerifyRequest, parts: Parts) -> VerifyResponse:
    """Each sentence of any text held against the collection: do the acts and provisions it names exist, do they say what it
    says, are they in force?"""
    as_of = request.as_of.isoformat() if request.as_of else None
    claims = parts.service.verify_text(request.text, as_of)
    return VerifyResponse(claims=[claim_shape(claim, parts.settings.language) for claim in claims])
