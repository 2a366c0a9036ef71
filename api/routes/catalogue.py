"""Browsing: acts by number, contents, passages, counts of fields, suggestions while somebody types."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.catalogue_schema import ActResponse, Contents, Facets, FacetValue, Me, PassageList, Suggestions
from api.cursors import make_cursor, read_cursor
from api.routes.answers import Parts
from api.shapes import brief_shape, contents_shape, document_shape, passage_shape
from rag.errors import NotFound
from rag.lookup import find_named
from rag.record.catalogue import count_facets, suggest

router = APIRouter(prefix="/v1", tags=["Tra cứu văn bản"])
LONGEST_TYPED = 200  # characters
Cursor = Annotated[str | None, Query(max_length=300, description="``next_cursor`` của trang trước.")]
_DASHED = re.compile(r"^\s*(\d{1,5})\s*-\s*((?:19|20)\d\d)\s*-\s*(?=\D)")  # "45-2025-QĐ-UBND", as in file names


@router.get("/acts/{number:path}", summary="Văn bản theo số hiệu")
def get_act(
    number: Annotated[str, Path(max_length=LONGEST_TYPED, examples=["45/2025/QĐ-UBND"])], parts: Parts
) -> ActResponse:
    """The documents with this number in any spelling: «45/2025/QĐ-UBND», «45/2025/qd-ubnd», «45-2025-QĐ-UBND»,
    «Quyết định số 45/2025»."""
    asked = "số " + _DASHED.sub(r"\1/\2/", number)
    found = find_named(asked, parts.record).documents
    if not found:
        raise NotFound("act_not_found", number=number)
    return ActResponse(number=number, documents=[document_shape(one) for one in found])


@router.get("/documents/{document_id}/contents", summary="Mục lục")
def get_contents(document_id: str, parts: Parts) -> Contents:
    """From Phần down to Điều; empty for a file that could not be read."""
    document = parts.record.document(document_id)
    entries = contents_shape(parts.record.act(document_id)) if document.passages else []
    return Contents(document=brief_shape(document), entries=entries)


@router.get("/documents/{document_id}/passages", summary="Các đoạn của một văn bản")
def get_passages(
    document_id: str, parts: Parts, limit: Annotated[int, Query(ge=1, le=500)] = 100, cursor: Cursor = None
) -> PassageList:
    """Passages in text order, each with the lines it is printed on."""
    document = parts.record.document(document_id)
    after = read_cursor(cursor, int)
    start = max(int(after[0]) + 1, 0) if after else 0
    found = parts.record.document_passages(document_id)
    shown = found[start : start + limit]
    more = start + limit < len(found)
    return PassageList(
        document=brief_shape(document),
        total=len(found),
        passages=[passage_shape(one) for one in shown],
        next_cursor=make_cursor(start + limit - 1) if more else None,
    )


@router.get("/facets", summary="Đếm theo loại, cơ quan, năm, tình trạng")
def get_facets(parts: Parts) -> Facets:
    counted = {
        name: [FacetValue(value=one.value, count=one.count) for one in values]
        for name, values in count_facets(parts.record).items()
    }
    return Facets(
        types=counted["type"], issuers=counted["issuer"], years=counted["year"], statuses=counted["status"]
    )  # fmt: skip


@router.get("/suggestions", summary="Gợi ý khi gõ")
def get_suggestions(
    parts: Parts,
    q: Annotated[str, Query(max_length=LONGEST_TYPED, description="Chữ đang gõ, có dấu hay không.")],
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Suggestions:
    """Documents whose number, type or title has every word typed so far; diacritics do not matter."""
    return Suggestions(typed=q, documents=[brief_shape(one) for one in suggest(parts.record, q, limit)])


@router.get("/me", summary="Tôi là ai")
def get_me(parts: Parts) -> Me:
    """What the key or the session may do and see."""
    bearer = parts.bearer
    departments = bearer.access.departments
    return Me(
        id=bearer.id,
        name=bearer.name,
        scopes=sorted(bearer.scopes),
        departments=None if departments is None else list(departments),
        clearance=bearer.access.clearance,
    )
