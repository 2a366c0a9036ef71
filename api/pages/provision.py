"""A passage in its provision, beside the page it is printed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.marking import mark_stretch
from api.pages.words import show_page
from api.routes.answers import Parts
from rag.errors import NotFound
from rag.law.act import Act, Level, Provision
from rag.law.identifier import relative_citation
from rag.law.passage import Passage, doubtful_words
from rag.record.model import StoredPassage
from rag.standing import validity_today

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
NO_END = 1 << 30
_ARTICLES = {Level.ARTICLE, Level.ATTACHMENT, Level.HEADING}


@dataclass(frozen=True, slots=True)
class Near:
    """The passage's neighbours in its document and the articles beside its own."""

    previous: Passage | None
    next: Passage | None
    beside: tuple[Passage, ...]
    articles: tuple[Provision, ...]


@router.get("/trich-dan/{passage_id}")
def citation_page(
    request: Request,
    passage_id: str,
    parts: Parts,
    khung: bool = False,
    tu: Annotated[int, Query(ge=0, le=NO_END)] = 0,
    den: Annotated[int, Query(ge=0, le=NO_END)] = NO_END,
) -> Response:
    """The passage ``[tu, den)`` of which is cited; ``khung`` gives the pane alone. Raises NotFound."""
    found = parts.record.passages([passage_id]).get(passage_id)
    if found is None:
        raise NotFound("passage_not_found", passage_id=passage_id)
    name = "citation_pane.html" if khung else "citation.html"
    return show_page(request, parts, name, _shown(parts, found, tu, den))


def _shown(parts: Parts, found: StoredPassage, start: int, end: int) -> dict[str, Any]:
    passage, document = found.passage, found.document
    lines = [line for line in passage.lines if line.start < end and line.end > start]
    pages = sorted({line.page for line in lines or passage.lines if line.page})
    marks = {"highlight": passage.id} | ({"start": start, "end": end} if lines and end != NO_END else {})
    return {
        "passage": passage,
        "document": document,
        "near": _near(parts, passage),
        "quote": passage.text[start:end],
        "cited_lines": mark_stretch(passage.text, start, end) if lines and end != NO_END else None,
        "pages": pages,
        "doubtful": doubtful_words(passage.text, lines or passage.lines),
        "marks": marks,
        "validity": validity_today(parts.record, document, passage.eid),
        "relative": relative_citation,
    }


def _near(parts: Parts, passage: Passage) -> Near:
    passages = parts.record.document_passages(passage.document_id)
    at = next(i for i, p in enumerate(passages) if p.id == passage.id)
    return Near(
        previous=passages[at - 1] if at else None,
        next=passages[at + 1] if at + 1 < len(passages) else None,
        beside=tuple(p for p in passages if passage.article_eid and p.article_eid == passage.article_eid),
        articles=_articles_beside(parts.record.act(passage.document_id), passage.article_eid or passage.eid),
    )


def _articles_beside(act: Act, eid: str) -> tuple[Provision, ...]:
    """The provisions on the level of ``eid`` under the same parent, that have a number."""
    level = act.provisions
    while True:
        if any(p.eid == eid for p in level):
            return tuple(p for p in level if p.number and p.level in _ARTICLES)
        below = next((p for p in level if eid.startswith(p.eid + "__")), None)
        below = below or next((p for p in level if any(q.eid == eid for q in p.walk())), None)
        if below is None:
            return ()
        level = below.children
