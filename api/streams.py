"""An answer as server-sent events: ``status``, ``evidence``, ``delta``, ``citation``, ``done``; readable with curl -N."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from api.errors import problem
from api.shapes import answer_shape, citation_shape, hit_shape
from rag.errors import CancuError
from rag.messages import message
from rag.results import AnswerEvent, CitationEvent, DeltaEvent, DoneEvent, EvidenceEvent, StatusEvent

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second: nginx passes events on at once


def begun(events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
    """The same events, the first one already fetched: what is wrong with a question is an error, not a stream."""
    first = next(events)

    def again() -> Iterator[AnswerEvent]:
        yield first
        yield from events

    return again()


def event_lines(events: Iterator[AnswerEvent], language: str) -> Iterator[str]:
    """Each event as its lines. A failure on the way is the event ``error`` with problem details, and the end."""
    try:
        for event in events:
            name, data = event_shape(event, language)
            yield sse(name, data)
    except CancuError as error:
        yield sse("error", problem(error, language))


def event_shape(event: AnswerEvent, language: str) -> tuple[str, dict[str, Any]]:
    """(name, data) of an event."""
    match event:
        case StatusEvent(stage):
            return "status", {"stage": stage.value, "text": message(f"stage_{stage}", language)}
        case EvidenceEvent(hits):
            return "evidence", {"hits": [hit_shape(hit).model_dump(mode="json") for hit in hits]}
        case DeltaEvent(text, verified):
            return "delta", {"text": text, "verified": verified}
        case CitationEvent(citation):
            return "citation", citation_shape(citation).model_dump(mode="json")
        case DoneEvent(answer):
            return "done", answer_shape(answer).model_dump(mode="json")


def sse(name: str | None, data: Any) -> str:
    """One event; the data is one line of JSON."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n"
