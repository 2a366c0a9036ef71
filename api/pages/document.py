"""One document: what is known of it, its text beside the pages it is printed on, its table of contents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.reading import Reading
from api.pages.words import show_page
from api.routes.answers import Parts
from rag.record.model import Document
from rag.validity import judge_validity, today

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PDF = "application/pdf"
LONGEST_SEARCH = 200  # characters searched for inside a document


@router.get("/van-ban/{document_id}")
def document_page(
    request: Request,
    document_id: str,
    parts: Parts,
    phan: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    trang: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    dieu: Annotated[str, Query(max_length=300)] = "",
    trong: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    khung: bool = False,
) -> Response:
    """The part of the text that holds provision ``dieu`` or page ``trang``, or part ``phan``; ``trong`` is searched
    for inside; ``khung`` gives the part alone. Raises NotFound."""
    document = parts.record.document(document_id)
    shown = _known(parts, document) | {"searched": trong, "places": []}
    if document.passages:
        reading = Reading(parts.record.act(document_id))
        shown |= _text(reading, phan, trang, dieu) | {"places": reading.find(trong)}
    page = trang or shown.get("first_page") or 1
    shown["page"] = min(page, max(document.pages, 1))
    return show_page(request, parts, "document_part.html" if khung else "document.html", shown)


def _known(parts: Parts, document: Document) -> dict[str, Any]:
    state = parts.record.state(document.id)
    return {
        "document": document,
        "reason": state[1] if state else "",
        "validity": judge_validity(document, (), today()),
        "has_pages": document.pages > 0 and document.media_type == PDF,
        "reading": None,
    }


def _text(reading: Reading, part: int | None, page: int | None, eid: str) -> dict[str, Any]:
    start = reading.start_of(eid) if eid else None
    if start is not None:
        number = reading.part_of(start)
    else:
        number = part or (reading.part_of_page(page) if page else 1)
    number = min(number, reading.parts)
    blocks = reading.part(number)
    first = reading.page_of(start if start is not None else blocks[0].start if blocks else 0)
    return {
        "reading": reading,
        "part": number,
        "blocks": blocks,
        "contents": reading.contents(),
        "target": eid if start is not None else "",
        "first_page": first,
    }
