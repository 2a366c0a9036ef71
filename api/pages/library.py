"""All documents: found, sorted and paged; files taken in, one line a file that says what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.words import show_page
from api.removals import UNDO_S, bring_back, read_again, remove
from api.routes.answers import Parts
from rag.law.text import fold_case_and_tone, strip_diacritics
from rag.record.jobs import job, recent_jobs
from rag.record.kept import HELD
from rag.record.model import Document, Job

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE_SIZE = 50  # documents a page
RECENT_JOBS = 50
READ_WHOLE = "indexed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents the list shows; the address's parameters. Empty means any."""

    words: str = ""
    type: str = ""
    issuer: str = ""
    status: str = ""
    sort: str = ""
    page: int = 1

    def address(self, **changes: object) -> str:
        values = {"tim": self.words, "loai": self.type, "co_quan": self.issuer, "doc": self.status}
        values |= {"sap_xep": self.sort, "trang": self.page if self.page > 1 else None}
        return urlencode({k: v for k, v in (values | changes).items() if v})


def read_wanted(
    tim: str = "",
    loai: str = "",
    co_quan: str = "",
    doc: str = "",
    sap_xep: str = "",
    trang: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Wanted:
    return Wanted(tim, loai, co_quan, doc, sap_xep, trang)


@router.get("/van-ban")
def library_page(
    request: Request, parts: Parts, wanted: Annotated[Wanted, Depends(read_wanted)], xoa: str = ""
) -> Response:
    """The documents, the upload form and what became of the last uploads."""
    documents = parts.record.documents()
    found = _sorted([d for d in documents if _fits(d, wanted)], wanted.sort)
    jobs = recent_jobs(parts.record, RECENT_JOBS)
    first = (wanted.page - 1) * PAGE_SIZE
    shown = {
        "wanted": wanted,
        "documents": found[first : first + PAGE_SIZE],
        "total": len(found),
        "all": len(documents),
        "pages": max(1, -(-len(found) // PAGE_SIZE)),
        "jobs": jobs,
        "removed": next((j for j in jobs if j.id == xoa and j.state == HELD), None),
        "undo_minutes": int(UNDO_S // 60),
        "types": _counted(d.type for d in documents),
        "issuers": _counted(d.issuer for d in documents),
        "statuses": _counted(d.status for d in documents),
    }
    return show_page(request, parts, "library.html", shown)


@router.post("/van-ban")
def upload(file: list[UploadFile], parts: Parts) -> Response:
    """Queue the files and come back to the list."""
    for one in file:
        parts.take_in(one.filename, one.file)
    return RedirectResponse("/van-ban#nap", status_code=303)


@router.get("/nap/{job_id}")
def job_line(request: Request, job_id: str, parts: Parts) -> Response:
    """What has become of one file, as the line of the list. Raises NotFound."""
    found: Job = job(parts.record, job_id)
    return show_page(request, parts, "job.html", {"job": found})


@router.post("/van-ban/{document_id}/xoa")
def delete(document_id: str, parts: Parts) -> Response:
    """Out of every answer; the list then offers to take it back for a while. Raises NotFound, Denied."""
    held = remove(parts, document_id)
    return RedirectResponse(f"/van-ban?xoa={held.id}" if held else "/van-ban", status_code=303)


@router.post("/van-ban/{document_id}/doc-lai")
def reread(document_id: str, parts: Parts) -> Response:
    """Read the file once more. Raises NotFound, Denied."""
    read_again(parts, document_id)
    return RedirectResponse("/van-ban#nap", status_code=303)


@router.post("/nap/{job_id}/hoan-tac")
def undo(job_id: str, parts: Parts) -> Response:
    """Take a deleted document back. Raises NotFound."""
    bring_back(parts, job_id)
    return RedirectResponse("/van-ban#nap", status_code=303)


def _fits(document: Document, wanted: Wanted) -> bool:
    if wanted.type and document.type != wanted.type:
        return False
    if wanted.issuer and document.issuer != wanted.issuer:
        return False
    if wanted.status and document.status != wanted.status:
        return False
    return all(word in searched_words(document) for word in _bare(wanted.words).split())


def searched_words(document: Document) -> str:
    """Everything a document is found by in lists, without diacritics."""
    fields = (document.number, document.type, document.issuer, document.title, document.file_name)
    return _bare(" ".join(field for field in fields if field))


def _bare(text: str) -> str:
    return strip_diacritics(fold_case_and_tone(text))


def _sorted(documents: list[Document], sort: str) -> list[Document]:
    if sort == "so":
        return sorted(documents, key=lambda d: (d.number is None, d.number_key or ""))
    if sort in {"moi", "cu"}:
        return sorted(documents, key=lambda d: d.date or "", reverse=sort == "moi")
    return documents  # newest taken in first


def _counted(values: Iterable[str | None]) -> list[tuple[str, int]]:
    return sorted(Counter(value for value in values if value).items())
