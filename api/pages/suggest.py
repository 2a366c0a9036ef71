"""Suggestions under the box while a person types: the provision named, documents, headings of provisions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.pages.library import searched_words
from api.pages.words import act_name, cited, first_upper
from api.routes.answers import Parts
from rag.errors import BadInput
from rag.law.identifier import relative_citation
from rag.law.official import spoken_name
from rag.law.text import fold_case_and_tone, strip_diacritics
from rag.lookup import find_named
from rag.question import MAX_CHARACTERS
from rag.record.model import Document
from rag.results import Hit

router = APIRouter(include_in_schema=False)
DOCUMENTS = 4  # suggestions of each kind: with the browser's own three the list stays on a small screen
PROVISIONS = 4
LONGEST_NOTE = 110  # characters


@router.get("/goi-y")
def suggest(parts: Parts, q: Annotated[str, Query(max_length=MAX_CHARACTERS)] = "") -> JSONResponse:
    """A list of ``{"text", "note", "href"}``, best first; empty for what cannot be searched for."""
    try:
        hits = parts.service.search(q, None, PROVISIONS).hits
        named = find_named(q, parts.record)
    except BadInput:
        return JSONResponse([])
    documents = list(named.documents) or _documents(parts.record.documents(), q)
    if named.steps and any(hit.exact for hit in hits):
        return JSONResponse([_provision(hit) for hit in hits if hit.exact])
    return JSONResponse(
        [_document(d) for d in documents[:DOCUMENTS]] + [_provision(hit) for hit in hits if _speaks(hit)]
    )


def _documents(documents: list[Document], typed: str) -> list[Document]:
    words = strip_diacritics(fold_case_and_tone(typed)).split()
    found = [d for d in documents if words and all(word in searched_words(d) for word in words)]
    return sorted(found, key=lambda d: words[-1] not in strip_diacritics(d.number_key or ""))  # its own number first


def _speaks(hit: Hit) -> bool:
    return bool(hit.passage.heading)


def _document(document: Document) -> dict[str, str]:
    title = spoken_name(document.title or document.file_name)[:LONGEST_NOTE]
    return {"text": act_name(document), "note": title, "href": f"/van-ban/{document.id}"}


def _provision(hit: Hit) -> dict[str, str]:
    eid = hit.passage.article_eid or hit.passage.eid
    place = first_upper(relative_citation(hit.passage.eid if hit.exact else eid))
    note = act_name(hit.document) if not hit.exact else cited(hit.document, hit.passage.eid)
    text = f"{place}. {hit.passage.heading}" if hit.passage.heading else place
    return {"text": text[:LONGEST_NOTE], "note": note, "href": f"/van-ban/{hit.document.id}?dieu={eid}#{eid}"}
