"""The page one asks on: the answer with its ground, the results under it, and the same as a stream of fragments.

With a question the page is sent as it is made: its head and the box at once, the answer and the results when they are there,
with or without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from markupsafe import Markup

from api.pages.asked import LONGEST_HISTORY, Asked, find_results, question_of, read_asked
from api.pages.words import rendered, show_page, stream_page
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
    """The box; with a question the answer and the results under it. Raises NotFound."""
    shown = _empty(asked)
    if not asked.q and not asked.like:
        return show_page(request, parts, "ask.html", shown | {"documents": parts.record.documents()})
    try:
        question_of(parts, asked)
        shown["work"] = Work(parts, asked)
    except BadInput as error:
        shown["error"] = error.text(parts.settings.language)
        return show_page(request, parts, "ask.html", shown, 422)
    return stream_page(parts, "ask.html", shown)


class Work:
    """What the template asks for when it comes to it. A failure is shown in the place of what failed."""

    def __init__(self, parts: Parts, asked: Asked) -> None:
        self._parts = parts
        self._asked = asked

    def answer(self) -> Markup:
        """The section of the answer; empty when only similar provisions were asked for."""
        return self._or_notice(self._answer) if self._asked.q else Markup("")

    def results(self) -> Markup:
        """The section of the results."""
        return self._or_notice(self._results)

    def _or_notice(self, make: Callable[[], str]) -> Markup:
        try:
            return Markup(make())
        except CancuError as error:
            notice = Markup('<p class="notice bad" role="alert">{}</p>')
            return notice.format(error.text(self._parts.settings.language))

    def _answer(self) -> str:
        return render_answer(self._parts, self._asked, ask(self._parts, self._asked))

    def _results(self) -> str:
        shown = _empty(self._asked) | _results(self._parts, self._asked)
        return rendered("results.html", self._parts.settings.language, shown)


def render_answer(parts: Parts, asked: Asked, answer: Answer) -> str:
    """The section of an answer."""
    shown = _empty(asked) | _answer(asked, answer) | {"csrf": parts.bearer.csrf or ""}
    return rendered("answer.html", parts.settings.language, shown)


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
                yield _event("answer", render_answer(parts, asked, event.answer))
    except CancuError as error:
        yield _event("failed", error.text(language))
    yield _event("done", "")


def _event(name: str, data: str) -> str:
    """One server-sent event; each line of the data has its own field, as the form demands."""
    lines = data.replace("\r", "").split("\n")
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


def _empty(asked: Asked) -> dict[str, Any]:
    return {"asked": asked, "q": asked.q, "work": None, "error": None}


def _results(parts: Parts, asked: Asked) -> dict[str, Any]:
    return {"found": find_results(parts, asked), "forces": tuple(ForceStatus)}


def _answer(asked: Asked, answer: Answer) -> dict[str, Any]:
    thread = (*asked.before, asked.q)
    return {"answer": answer, "thread": thread, "follow": thread[-LONGEST_HISTORY:]}
