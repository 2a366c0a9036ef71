"""What people said of answers: given with a click, listed for those who evaluate, exported as a suite of questions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.batch_schema import FeedbackRequest
from api.pages.words import show_page
from api.routes.answers import Parts
from api.routes.feedback import give_feedback
from rag.record.feedback import read_feedback

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
SHOWN = 200  # words listed, newest first; the export holds all
LONGEST = 2000


@router.post("/nhan-xet")
def judge(
    request: Request,
    parts: Parts,
    question: Annotated[str, Form(max_length=LONGEST)],
    verdict: Annotated[str, Form(pattern="^(right|wrong)$")],
    why: Annotated[str, Form(max_length=LONGEST)] = "",
    passage: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Keep the word on an answer. Raises NotFound."""
    given = {"question": question, "verdict": verdict, "why": why, "passage_ids": passage or []}
    give_feedback(FeedbackRequest.model_validate(given), parts)
    return show_page(request, parts, "thanks.html", {"q": question}, 201)


@router.get("/danh-gia")
def evaluation_page(request: Request, parts: Parts) -> Response:
    """The words on answers that the reader may see, and the way to a suite."""
    words = read_feedback(parts.record)
    usable = len({one.question for one in words if one.provisions})
    shown = {"said": words[::-1][:SHOWN], "total": len(words), "usable": usable}
    return show_page(request, parts, "evaluation.html", shown)
