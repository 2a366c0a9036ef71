"""The page people use: server-rendered, readable without JavaScript; a little of it opens citations beside the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from api.routes.answers import Parts
from api.uploads import queue_upload
from rag.errors import BadInput, NotFound
from rag.law.identifier import relative_citation
from rag.law.passage import doubt_segments, doubtful_words
from rag.messages import catalogue, message
from rag.record.jobs import recent_jobs
from rag.record.provisions import table_of_contents
from rag.retrieve import cite

HERE = Path(__file__).parent
RESULTS = 10
RECENT_JOBS = 20
templates = Jinja2Templates(HERE / "templates")


def official_date(iso: str | None) -> str:
    """The date as officials write it: "2025-08-18" → "18/8/2025"; a dash where there is none."""
    if not iso:
        return "–"
    year, month, day = iso.split("-")
    return f"{int(day)}/{int(month)}/{year}"


templates.env.filters["ngay"] = official_date
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def install_pages(app: FastAPI) -> None:
    """The pages and their static files."""
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(router)


@router.get("/")
def ask_page(request: Request, parts: Parts, q: Annotated[str, Query()] = "") -> Response:
    """The box; with ``q`` the answer and the results under it."""
    shown: dict[str, Any] = {
        "q": q,
        "answer": None,
        "hits": (),
        "error": None,
        "total": len(parts.record.documents()),
    }
    if q:
        try:
            shown["answer"] = parts.service.ask(q)
            shown["hits"] = parts.service.search(q, None, RESULTS).hits
        except BadInput as error:
            shown["error"] = error.text(parts.settings.language)
    return _page(request, parts, "ask.html", shown, 422 if shown["error"] else 200)


@router.get("/trich-dan/{passage_id}")
def citation_page(request: Request, passage_id: str, parts: Parts, khung: bool = False) -> Response:
    """A passage in its provision beside the page it is printed on; ``khung`` gives the pane alone."""
    found = parts.record.passages([passage_id]).get(passage_id)
    if found is None:
        raise NotFound("passage_not_found", passage_id=passage_id)
    passage, document = found.passage, found.document
    pages = sorted({line.page for line in passage.lines})
    neighbours = parts.record.document_passages(document.id)
    at = next(i for i, p in enumerate(neighbours) if p.id == passage_id)
    shown = {
        "passage": passage,
        "document": document,
        "citation": cite(document, passage.eid),
        "pages": pages,
        "paragraphs": doubt_segments(passage),
        "doubtful": doubtful_words(passage.text, passage.lines),
        "previous": neighbours[at - 1] if at else None,
        "next": neighbours[at + 1] if at + 1 < len(neighbours) else None,
        "relative": relative_citation,
    }
    return _page(request, parts, "citation_pane.html" if khung else "citation.html", shown)


@router.get("/van-ban")
def library_page(request: Request, parts: Parts) -> Response:
    """All documents, the upload form and what became of the last uploads."""
    shown = {"documents": parts.record.documents(), "jobs": recent_jobs(parts.record, RECENT_JOBS)}
    return _page(request, parts, "library.html", shown)


@router.post("/van-ban")
def upload(file: UploadFile, parts: Parts) -> Response:
    """Queue the file and come back to the list."""
    queue_upload(parts.record, parts.settings.data_dir, file.filename, file.file, parts.max_file_bytes)
    return RedirectResponse("/van-ban", status_code=303)


@router.post("/van-ban/{document_id}/xoa")
def delete(document_id: str, parts: Parts) -> Response:
    parts.delete(document_id)
    return RedirectResponse("/van-ban", status_code=303)


@router.get("/van-ban/{document_id}")
def document_page(
    request: Request, document_id: str, parts: Parts, trang: Annotated[int, Query(ge=1)] = 1
) -> Response:
    """Metadata, table of contents and one page image."""
    document = parts.record.document(document_id)
    state = parts.record.state(document_id)
    contents: list[tuple[int, str, str, int]] = []
    if document.passages:
        act = parts.record.act(document_id)
        for depth, node in table_of_contents(act):
            page = next((a.page for a in act.anchors if a.end > node.start), 1)
            contents.append((depth, relative_citation(node.eid), node.heading, page))
    shown = {
        "document": document,
        "reason": state[1] if state else "",
        "contents": contents,
        "page": min(trang, max(document.pages, 1)),
    }
    return _page(request, parts, "document.html", shown)


@router.get("/docs")
def api_page(request: Request, parts: Parts) -> Response:
    """Every route of the API with its request and replies, from the OpenAPI document itself."""
    return _page(request, parts, "api.html", {"spec": request.app.openapi()})


def error_page(problem: dict[str, Any], language: str) -> str:
    """The problem details as a page, for a person who followed a link or sent a form."""
    return templates.get_template("error.html").render(problem=problem, **_words(language))


def _page(request: Request, parts: Parts, name: str, shown: dict[str, Any], status: int = 200) -> Response:
    return templates.TemplateResponse(request, name, _words(parts.settings.language) | shown, status_code=status)


def _words(language: str) -> dict[str, Any]:
    """What every template calls to speak ``language``."""

    def text(key: str, **fields: object) -> str:
        return message(key, language, **fields)

    def status_name(status: str | None) -> str:
        key = f"status_{status}"
        return text(key) if key in catalogue() else status or ""

    return {"t": text, "status_name": status_name, "link": urlencode, "language": language}
