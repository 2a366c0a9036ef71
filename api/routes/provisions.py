"""One provision with its text, what stands above it, and its neighbours."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.routes.answers import Parts
from api.schema import ProvisionResponse
from api.shapes import provision_shape
from rag.errors import BadInput, NotFound
from rag.law.identifier import number_key
from rag.record.provisions import read_provision
from rag.record.record import Record

router = APIRouter(prefix="/v1", tags=["Điều khoản"])


@router.get("/provisions/{eid}", summary="Một điều khoản")
def get_provision(
    eid: str,
    document: Annotated[
        str,
        Query(description="Document id, or its number in any spelling.", examples=["100/2019/NĐ-CP"], max_length=200),
    ],
    parts: Parts,
) -> ProvisionResponse:
    """An eid is unique within its document only, so ``document`` is required. A number that several documents bear
    (provincial acts do) is refused: give the id."""
    return provision_shape(read_provision(parts.record, document_named(parts.record, document), eid))


def document_named(record: Record, name: str) -> str:
    """The id of the one document with that id or number. Raises NotFound, BadInput when several match."""
    try:
        return str(UUID(name))
    except ValueError:
        key = number_key(name)
    found = [d for d in record.documents_numbered(key.partition("/")[0]) if d.number_key == key]
    if not found:
        raise NotFound("document_not_found", document_id=name)
    if len(found) > 1:
        raise BadInput("document_ambiguous", number=name, ids=", ".join(d.id for d in found))
    return found[0].id
