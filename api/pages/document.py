"""One document: what is known of it, its text beside the pages it is printed on, its table of contents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.linking import anchors_of
from api.pages.reading import Reading
from api.pages.words import act_name, show_page
from api.routes.answers import Parts
from rag.law.links import Link
from rag.record.links import StoredLink, links_from, links_to
from rag.record.model import Document
from rag.record.versions import versions_of
from rag.standing import validity_today

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
        reading = parts.readings.of(parts.record, document)
        shown |= _text(reading, phan, trang, dieu) | {"places": reading.find(trong)}
        shown["anchors"] = anchors_of(parts.record, document, shown["blocks"], reading.eids)
    page = trang or shown.get("first_page") or 1
    shown["page"] = min(page, max(document.pages, 1))
    return show_page(request, parts, "document_part.html" if khung else "document.html", shown)


def _known(parts: Parts, document: Document) -> dict[str, Any]:
    state = parts.record.state(document.id)
    return {
        "document": document,
        "reason": state[1] if state else "",
        "validity": validity_today(parts.record, document),
        "has_pages": document.pages > 0 and document.media_type == PDF,
        "citing": _citing(links_to(parts.record, document.id)),
        "cited_acts": _cited_acts(links_from(parts.record, document.id)),
        "versions": versions_of(parts.record, document),
        "reading": None,
    }


def _citing(found: list[StoredLink]) -> list[tuple[Document, list[Link]]]:
    """Other documents that refer to this one, the newest first; each pair of provisions once."""
    grouped: dict[str, tuple[Document, dict[tuple[str, str], Link]]] = {}
    for one in found:
        if not one.link.own:
            _, links = grouped.setdefault(one.source.id, (one.source, {}))
            links.setdefault((one.link.source, one.link.eid), one.link)
    listed = [(source, list(links.values())) for source, links in grouped.values()]
    return sorted(listed, key=lambda pair: pair[0].date or "", reverse=True)


def _cited_acts(found: list[StoredLink]) -> list[tuple[str, Document | None, int]]:
    """(name, the document when it is here, how often) of the other acts it refers to, the most cited first."""
    counts: dict[str, int] = {}
    targets: dict[str, Document | None] = {}
    for one in found:
        if not one.link.own:
            name = act_name(one.target) if one.target else one.link.number or one.link.name
            counts[name] = counts.get(name, 0) + 1
            targets[name] = one.target
    return [(name, targets[name], count) for name, count in sorted(counts.items(), key=lambda pair: -pair[1])]


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
