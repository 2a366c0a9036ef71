"""The JSON shapes of browsing: acts by number, contents, passages, facets, suggestions. A contract as ``api.schema``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from api.schema import (
    BOX_EXAMPLE,
    DOCUMENT_EXAMPLE,
    PASSAGE_ID_EXAMPLE,
    QUOTE_EXAMPLE,
    Box,
    Document,
    DocumentBrief,
    example,
)


class ActResponse(BaseModel):
    """The documents that bear a number: several where provinces number alike."""

    model_config = ConfigDict(frozen=True)
    number: str
    documents: list[Document]


class ContentsEntry(BaseModel):
    """A line of the table of contents. ``depth`` 0 is the top; ``page`` counts from 1."""

    model_config = example(
        {"depth": 1, "eid": "att_1__art_5", "label": "Điều 5", "heading": "Thời gian tiếp nhận", "page": 3}
    )
    depth: int
    eid: str
    label: str
    heading: str
    page: int | None


class Contents(BaseModel):
    model_config = ConfigDict(frozen=True)
    document: DocumentBrief
    entries: list[ContentsEntry]


class Passage(BaseModel):
    """A passage of a document. ``text`` is verbatim; ``context`` (headings, lead-in) is searched but never quoted."""

    model_config = example(
        {"id": PASSAGE_ID_EXAMPLE, "eid": "att_1__art_5__cl_1", "citation": "khoản 1 Điều 5"}
        | {"heading": "Thời gian tiếp nhận", "context": "Điều 5. Thời gian tiếp nhận", "text": QUOTE_EXAMPLE}
        | {"pages": [3], "boxes": [BOX_EXAMPLE]}
    )
    id: str
    eid: str
    citation: str
    heading: str
    context: str
    text: str
    pages: list[int]
    boxes: list[Box]


class PassageList(BaseModel):
    """In text order. ``next_cursor``: give it back as ``cursor`` for the next page; null on the last one."""

    model_config = ConfigDict(frozen=True)
    document: DocumentBrief
    total: int
    passages: list[Passage]
    next_cursor: str | None


class FacetValue(BaseModel):
    model_config = example({"value": "Nghị định", "count": 12})
    value: str
    count: int


class Facets(BaseModel):
    """How many documents have each value, most frequent first."""

    model_config = example(
        {"types": [{"value": "Quyết định", "count": 2}], "issuers": [], "years": [], "statuses": []}
    )
    types: list[FacetValue]
    issuers: list[FacetValue]
    years: list[FacetValue]
    statuses: list[FacetValue]


class Suggestions(BaseModel):
    """What may be meant by what is typed: documents by number, type or title, best first."""

    model_config = example({"typed": "quy che tiep nhan", "documents": [DOCUMENT_EXAMPLE]})
    typed: str
    documents: list[DocumentBrief]


class Me(BaseModel):
    """Who asks. ``departments`` null: every one."""

    model_config = example(
        {
            "id": "key:4f0c…",
            "name": "Phần mềm một cửa",
            "scopes": ["read"],
            "departments": ["Tài chính"],
            "clearance": 1,
        }
    )
    id: str
    name: str
    scopes: list[str]
    departments: list[str] | None
    clearance: int
