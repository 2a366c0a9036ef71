"""The page one asks on: the answer with its ground, the results under it, and the same as a stream of fragments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from api.pages.asked import LONGEST_HISTORY, Asked, find_results, read_asked
from api.pages.words import rendered, show_page
from api.routes.answers import Parts
from rag.errors import BadInput, CancuError
from rag.messages import message
from rag.results import Answer, DeltaEvent, DoneEvent, StatusEvent
from rag.validity import ForceStatus

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Question = Annotated[Asked, Depends(read_asked)]
EVENT_STREAM = "text/event-stream"


@router.get("/")
def ask_page(request: Request, parts: Parts, asked: Question) -> Response:
    """The box; with a question the answer and the results under it."""
    shown = _empty(asked)
    if not asked.q and not asked.like:
        return show_page(request, parts, "ask.html", shown | {"documents": parts.record.documents()})
    try:
        shown |= _results(parts, asked)
        if asked.q:
            shown |= _answer(asked, ask(parts, asked))
    except BadInput as error:
        shown["error"] = error.text(parts.settings.language)
    return show_page(request, parts, "ask.html", shown, 422 if shown["error"] else 200)


@router.get("/dong")
def ask_stream(parts: Parts, asked: Question) -> StreamingResponse:
    """The same as server-sent events whose data are fragments of the page: ``evidence`` (the results), ``status``,
    ``sentence``, ``answer`` (the whole, which replaces the sentences), ``failed``, ``done``."""
    return StreamingResponse(_events(parts, asked), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})


def ask(parts: Parts, asked: Asked) -> Answer:
    """The answer on the day and with the filters asked for. Raises BadInput, Unavailable."""
    return parts.service.ask(asked.q, asked.where, as_of=asked.day, history=asked.before)


def _events(parts: Parts, asked: Asked) -> Iterator[str]:
    language = parts.settings.language
    try:
        yield _event("evidence", rendered("results.html", language, _empty(asked) | _results(parts, asked)))
        for event in parts.service.stream_answer(asked.q, asked.where, as_of=asked.day, history=asked.before):
            if isinstance(event, StatusEvent):
                yield _event("status", message(f"stage_{event.stage}", language))
            elif isinstance(event, DeltaEvent) and event.verified:
                yield _event("sentence", rendered("sentence.html", language, {"text": event.text}))
            elif isinstance(event, DoneEvent):
                shown = _empty(asked) | _answer(asked, event.answer) | {"csrf": parts.bearer.csrf or ""}
                yield _event("answer", rendered("answer.html", language, shown))
    except CancuError as error:
        yield _event("failed", error.text(language))
    yield _event("done", "")


def _event(name: str, data: str) -> str:
    """One server-sent event; each line of the data has its own field, as the form demands."""
    lines = data.replace("\r", "").split("\n")
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


def _empty(asked: Asked) -> dict[str, Any]:
    return {"asked": asked, "q": asked.q, "answer": None, "found": None, "error": None}


def _results(parts: Parts, asked: Asked) -> dict[str, Any]:
    return {"found": find_results(parts, asked), "forces": tuple(ForceStatus)}


def _answer(asked: Asked, answer: Answer) -> dict[str, Any]:
    thread = (*asked.before, asked.q)
    return {"answer": answer, "thread": thread, "follow": thread[-LONGEST_HISTORY:]}
