"""What a document refers to (dẫn chiếu), and what refers to it (được dẫn chiếu bởi)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.routes.answers import Parts
from api.schema import DOCUMENT_EXAMPLE, DocumentBrief, example
from api.shapes import brief_shape
from rag.law.identifier import relative_citation
from rag.record.links import StoredLink, links_from, links_to

router = APIRouter(prefix="/v1", tags=["Điều khoản"])


class Direction(StrEnum):
    FROM = "from"  # dẫn chiếu
    TO = "to"  # được dẫn chiếu bởi


class LinkEnd(BaseModel):
    """A provision of a document; ``eid`` is "" for the document as a whole."""

    model_config = ConfigDict(frozen=True)
    document: DocumentBrief
    eid: str
    citation: str


class LinkShape(BaseModel):
    """``target`` is null when no document here, or more than one, bears the number or name."""

    model_config = ConfigDict(frozen=True)
    source: LinkEnd
    target: LinkEnd | None
    number: str | None
    name: str | None
    target_eid: str


class LinkList(BaseModel):
    """At most 500, in text order."""

    model_config = example(
        {
            "links": [
                {
                    "source": {"document": DOCUMENT_EXAMPLE, "eid": "art_3__cl_1", "citation": "khoản 1 Điều 3"},
                    "target": None,
                    "number": "63/2025/QH15",
                    "name": None,
                    "target_eid": "art_5",
                }
            ]
        }
    )
    links: list[LinkShape]


@router.get("/documents/{document_id}/links", summary="Dẫn chiếu")
def get_links(
    document_id: str,
    parts: Parts,
    direction: Annotated[Direction, Query(description="from: dẫn chiếu; to: được dẫn chiếu bởi.")] = Direction.FROM,
    eid: Annotated[str, Query(max_length=200, description="Chỉ điều khoản này và phần bên trong.")] = "",
) -> LinkList:
    """References of a document or of one provision in it, or to it. A document that is not seen is not named."""
    read = links_from if direction is Direction.FROM else links_to
    return LinkList(links=[_shape(stored) for stored in read(parts.record, document_id, eid)])


def _shape(stored: StoredLink) -> LinkShape:
    link = stored.link
    target = LinkEnd(document=brief_shape(stored.target), **_place(link.eid)) if stored.target else None
    return LinkShape(
        source=LinkEnd(document=brief_shape(stored.source), **_place(link.source)),
        target=target,
        number=link.number or None,
        name=link.name or None,
        target_eid=link.eid,
    )


def _place(eid: str) -> dict[str, str]:
    return {"eid": eid, "citation": relative_citation(eid)}
