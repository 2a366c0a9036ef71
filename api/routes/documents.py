"""Documents, their files and page images, and the jobs that take them in."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse

from api.cursors import make_cursor, read_cursor
from api.page_images import Marks
from api.routes.answers import Parts
from api.routes.catalogue import Cursor
from api.running import Running, own_holding
from api.schema import Document, DocumentList, JobResponse
from api.shapes import document_shape, job_shape
from rag.access import HIGHEST_CLEARANCE, Holding
from rag.record.catalogue import count_documents, document_page
from rag.record.jobs import job, recent_jobs

router = APIRouter(prefix="/v1", tags=["Văn bản"])
IMAGE_MAX_AGE_S = 300  # private: a browser may show a page again without asking for this long
PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}, "description": "Ảnh trang"}}
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}, "description": "Tệp gốc"}}
Department = Annotated[str | None, Form(description="Đơn vị giữ văn bản; để trống: đơn vị của mình.", max_length=200)]
Clearance = Annotated[
    int | None, Form(ge=0, le=HIGHEST_CLEARANCE, description="Mức được xem: 0 mọi người … 3 lãnh đạo.")
]


def _holding(parts: Running, department: str | None, clearance: int | None) -> Holding:
    own = own_holding(parts.bearer)
    return Holding(own.department if department is None else department.strip(), clearance or 0)


@router.get("/documents", summary="Danh sách văn bản")
def list_documents(
    parts: Parts,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10**9, deprecated=True, description="Nên dùng ``cursor``.")] = 0,
    cursor: Cursor = None,
) -> DocumentList:
    """Every file that was taken in, newest first, also those that could not be read (see ``status``)."""
    after = read_cursor(cursor, str, str)
    position = (str(after[0]), str(after[1])) if after else None
    found = document_page(parts.record, position, limit + 1, 0 if after else offset)
    shown = found[:limit]
    return DocumentList(
        total=count_documents(parts.record),
        documents=[document_shape(one) for one in shown],
        next_cursor=make_cursor(shown[-1].added_at, shown[-1].id) if len(found) > limit else None,
    )


@router.post("/documents", status_code=202, summary="Nạp một tệp")
def upload_document(
    file: UploadFile, parts: Parts, response: Response, department: Department = None, clearance: Clearance = None
) -> JobResponse:
    """Queue one file. The reply is its job; ask ``/v1/jobs/{id}`` (header Location) until its state is done."""
    queued = parts.take_in(file.filename, file.file, _holding(parts, department, clearance))
    response.headers["Location"] = f"/v1/jobs/{queued.id}"
    return job_shape(queued)


@router.get("/documents/{document_id}", summary="Một văn bản")
def get_document(document_id: str, parts: Parts) -> Document:
    return document_shape(parts.record.document(document_id))


@router.delete("/documents/{document_id}", status_code=204, summary="Xóa một văn bản")
def delete_document(document_id: str, parts: Parts) -> None:
    """Gone from every answer at once, then from index, record and disk."""
    parts.delete(document_id)


@router.get("/documents/{document_id}/file", summary="Tệp gốc", response_class=FileResponse, responses=FILE)
def get_file(document_id: str, parts: Parts) -> FileResponse:
    """The original bytes, their SHA-256 checked. Only PDFs open in the browser; anything else is a download."""
    document = parts.record.document(document_id)
    is_pdf = document.media_type == "application/pdf"
    headers = {
        "Content-Disposition": f"{'inline' if is_pdf else 'attachment'}; filename*=UTF-8''{quote(document.file_name)}"
    }
    return FileResponse(
        parts.record.original(document_id),
        media_type="application/pdf" if is_pdf else "application/octet-stream",
        headers=headers,
    )


@router.get(
    "/documents/{document_id}/pages/{page}.png", summary="Ảnh một trang", response_class=Response, responses=PNG
)
async def get_page(  # query parameters: FastAPI passes them by name
    document_id: str,
    page: int,
    parts: Parts,
    highlight: Annotated[str | None, Query(description="Passage whose lines are marked.")] = None,
    start: Annotated[int, Query(ge=0, le=1 << 30, description="Mark from this character of the passage …")] = 0,
    end: Annotated[int, Query(ge=0, le=1 << 30, description="… to this one.")] = 1 << 30,
) -> Response:
    """Page ``page`` (from 1) as PNG with the passage's lines marked."""
    marks = Marks(highlight, start, end) if highlight else None
    image = await parts.pages.image(document_id, page, marks)
    return Response(image, media_type="image/png", headers={"Cache-Control": f"private, max-age={IMAGE_MAX_AGE_S}"})


@router.get("/jobs", summary="Các lượt nạp gần đây")
def list_jobs(parts: Parts) -> list[JobResponse]:
    return [job_shape(found) for found in recent_jobs(parts.record)]


@router.get("/jobs/{job_id}", summary="Một lượt nạp")
def get_job(job_id: str, parts: Parts) -> JobResponse:
    return job_shape(job(parts.record, job_id))
