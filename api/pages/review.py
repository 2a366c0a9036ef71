"""Doubtful readings: the queue, and one document's fields beside the page they were read on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.document import PDF
from api.pages.words import show_page
from api.routes.answers import Parts
from rag.errors import BadInput
from rag.record.model import Document
from rag.record.review import FIELDS, PAGE, Doubt, corrections_of, open_doubts

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
QUEUE = 100  # documents listed; a working day's work


@router.get("/ra-soat")
def queue_page(request: Request, parts: Parts) -> Response:
    """Documents with something to check, those with the most doubtful fields first."""
    waiting = _waiting(parts)
    shown = {"waiting": waiting[:QUEUE], "total": len(waiting)}
    return show_page(request, parts, "review_queue.html", shown)


@router.get("/ra-soat/{document_id}")
def review_page(
    request: Request,
    document_id: str,
    parts: Parts,
    trang: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    xong: bool = False,
) -> Response:
    """One document's fields to check and correct. Raises NotFound."""
    return _review(request, parts, parts.record.document(document_id), {"page": trang, "saved": xong})


@router.post("/ra-soat/{document_id}")
async def correct(
    request: Request, document_id: str, parts: Parts, da_xem: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Save the fields that were changed, and those that were doubtful as they stand; pages ticked as seen. Raises
    NotFound."""
    from anyio.to_thread import run_sync

    form = await request.form()
    typed = {field: str(form[field]) for field in FIELDS if field in form}
    return await run_sync(_save, request, parts, document_id, typed, [page for page in da_xem or [] if page])


def _save(request: Request, parts: Parts, document_id: str, typed: dict[str, str], seen: list[str]) -> Response:
    document = parts.record.document(document_id)
    doubtful = {doubt.field for doubt in _doubts(parts, document_id)}
    changes = {f: v for f, v in typed.items() if v.strip() != (getattr(document, f) or "") or f in doubtful}
    try:
        parts.correct(document_id, changes | dict.fromkeys(seen, ""))
    except BadInput as error:
        shown = {"error": error.text(parts.settings.language), "typed": typed}
        return _review(request, parts, document, shown, 422)
    return RedirectResponse(f"/ra-soat/{document_id}?xong=true", status_code=303)


def _review(request: Request, parts: Parts, document: Document, shown: dict[str, Any], status: int = 200) -> Response:
    doubts = _doubts(parts, document.id)
    waiting = [d for d, _ in _waiting(parts) if d.id != document.id]
    page = shown.get("page") or next((d.page for d in doubts if d.page), 1)
    shown = {
        "document": document,
        "fields": FIELDS,
        "doubts": {d.field: d for d in doubts if not d.field.startswith(PAGE)},
        "page_doubts": [d for d in doubts if d.field.startswith(PAGE)],
        "history": corrections_of(parts.record.engine, document.id),
        "next": waiting[0] if waiting else None,
        "has_pages": document.pages > 0 and document.media_type == PDF,
        "typed": {},
        "error": None,
        **shown,
        "page": min(page, max(document.pages, 1)),
    }
    return show_page(request, parts, "review.html", shown, status)


def _doubts(parts: Parts, document_id: str) -> list[Doubt]:
    return open_doubts(parts.record.engine, document_id).get(document_id, [])


def _waiting(parts: Parts) -> list[tuple[Document, list[Doubt]]]:
    """Only documents that the reader may see are listed or counted."""
    doubts = open_doubts(parts.record.engine)
    waiting = [(d, doubts[d.id]) for d in parts.record.documents() if d.id in doubts]
    return sorted(waiting, key=lambda pair: -sum(not doubt.field.startswith(PAGE) for doubt in pair[1]))
