"""What a person should look at in a document, and what a person has put right.

A *doubt* is written with the document: a metadata value that was guessed or not found, a page that could not be read, a
page whose reading is doubtful. A *correction* belongs to the file's content, not to one reading of it: it is applied each
time the file is catalogued, so it survives reading it anew. A correction with the value that was there confirms it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from rag.errors import BadInput
from rag.law.act import Act, Certainty, Diagnostic, Read
from rag.law.identifier import number_key
from rag.law.text import clean_controls
from rag.record.model import Document
from rag.record.review_schema import corrections, doubts
from rag.record.schema import documents

FIELDS = ("number", "type", "issuer", "date", "title", "effective_from", "effective_to")
DATES = frozenset({"date", "effective_from", "effective_to"})
EXPECTED = (
    "number",
    "type",
    "issuer",
    "date",
    "title",
)  # what every official document bears; effect need not be said
LONGEST_VALUE = 2000  # characters; the longest title of the sample documents has 700
PAGE = "page"  # the field of a doubt about a whole page: "page:12"
PAGE_DIAGNOSTICS = frozenset(
    {"legacy_encoding", "hidden_text", "text_layer_torn"}
)  # pages to compare with their image
READ_BY_OCR = "page_read_by_ocr"  # with the number of doubtful words: none of them, nothing to look at


@dataclass(frozen=True, slots=True)
class Doubt:
    """``field`` is one of ``FIELDS`` or "page:12". ``code`` says why: guessed, missing, page_missing, or the code of the
    reader's diagnostic. ``page`` is where to look (from 1; 0 where nothing was found)."""

    document_id: str
    field: str
    code: str
    page: int


@dataclass(frozen=True, slots=True)
class Correction:
    """``value`` None: the document has none. ``at`` is ISO 8601 UTC; ``by`` who did it."""

    document_id: str
    field: str
    value: str | None
    before: str | None
    by: str
    at: str


def find_doubts(document: Document, act: Act | None) -> list[Doubt]:
    """What of a reading a person should check."""
    found: list[Doubt] = []
    if act is not None:
        for field in FIELDS:
            read: Read | None = getattr(act.metadata, field, None)
            if read is None and field in EXPECTED:
                found.append(Doubt(document.id, field, "missing", 1))
            elif read is not None and read.certainty == Certainty.GUESSED:
                found.append(Doubt(document.id, field, "guessed", read.page or 1))
        pages = {d.page: d.code for d in act.diagnostics if d.page and _is_doubtful(d)}
        found += [Doubt(document.id, f"{PAGE}:{page}", code, page) for page, code in sorted(pages.items())]
    found += [Doubt(document.id, f"{PAGE}:{page}", "page_missing", page) for page in document.missing_pages]
    return found


def _is_doubtful(diagnostic: Diagnostic) -> bool:
    if diagnostic.code == READ_BY_OCR:
        return diagnostic.details.get("doubtful", "0") != "0"
    return diagnostic.code in PAGE_DIAGNOSTICS


def write_doubts(connection: sa.Connection, document_id: str, found: Sequence[Doubt]) -> None:
    """Replace the document's doubts, inside the transaction that writes the document."""
    connection.execute(doubts.delete().where(doubts.c.document_id == document_id))
    if found:
        rows = {d.field: d for d in found}  # a page that is missing and doubtful is missing
        connection.execute(doubts.insert(), [_row(d) for d in rows.values()])


def open_doubts(engine: sa.Engine, document_id: str | None = None) -> dict[str, list[Doubt]]:
    """Doubts that nobody has settled, by document: of one, or of all, whoever may see them."""
    settled = sa.exists().where(
        corrections.c.document_id == doubts.c.document_id, corrections.c.field == doubts.c.field
    )
    query = sa.select(doubts).where(sa.not_(settled)).order_by(doubts.c.document_id, doubts.c.page, doubts.c.field)
    if document_id is not None:
        query = query.where(doubts.c.document_id == document_id)
    found: dict[str, list[Doubt]] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            found.setdefault(row.document_id, []).append(Doubt(**row._mapping))
    return found


def corrections_of(engine: sa.Engine, document_id: str) -> list[Correction]:
    """Every correction of a document, newest first."""
    with engine.connect() as connection:
        return _history(connection, document_id)


def corrected(engine: sa.Engine, document: Document) -> Document:
    """``document`` as catalogued, with the newest correction of each field."""
    with engine.connect() as connection:
        return apply_corrections(document, _history(connection, document.id))


def apply_corrections(document: Document, history: Sequence[Correction]) -> Document:
    """``history`` newest first."""
    values: dict[str, Any] = {c.field: c.value for c in reversed(history) if c.field in FIELDS}
    if "number" in values:
        values["number_key"] = number_key(values["number"]) if values["number"] else None
    return replace(document, **values) if values else document


def check_changes(document: Document, typed: Mapping[str, str]) -> dict[str, str | None]:
    """The fields that ``typed`` settles, cleaned. Raises BadInput for a day that is none or a value too long."""
    changes: dict[str, str | None] = {}
    for field, value in typed.items():
        if field not in FIELDS and not _is_page(document, field):
            raise BadInput("correction_field", field=field[:100])
        changes[field] = _checked(field, value)
    return changes


def correct_document(
    engine: sa.Engine, document: Document, changes: Mapping[str, str | None], by: str, at: str
) -> None:
    """Keep the corrections and change the document's row, in one transaction."""
    fields = [
        Correction(document.id, field, value, getattr(document, field, None), by, at)
        for field, value in changes.items()
    ]
    after = apply_corrections(document, fields)
    values = {name: getattr(after, name) for name in (*FIELDS, "number_key")}
    with engine.begin() as connection:
        if fields:
            connection.execute(corrections.insert(), [_row(c) | {"id": str(uuid.uuid4())} for c in fields])
        connection.execute(documents.update().where(documents.c.id == document.id).values(**values))


def forget_review(connection: sa.Connection, document_id: str) -> None:
    """For a document that a person deletes: nothing of it stays (S6)."""
    connection.execute(corrections.delete().where(corrections.c.document_id == document_id))
    connection.execute(doubts.delete().where(doubts.c.document_id == document_id))


def _checked(field: str, value: str) -> str | None:
    cleaned = " ".join(clean_controls(value).split())
    if len(cleaned) > LONGEST_VALUE:
        raise BadInput("correction_too_long", limit=LONGEST_VALUE)
    if not cleaned:
        return None
    if field in DATES:
        try:
            return date.fromisoformat(cleaned).isoformat()
        except ValueError:
            raise BadInput("correction_date", value=cleaned[:40]) from None
    return cleaned


def _is_page(document: Document, field: str) -> bool:
    name, _, page = field.partition(":")
    return name == PAGE and page.isdecimal() and 1 <= int(page) <= document.pages


def _history(connection: sa.Connection, document_id: str) -> list[Correction]:
    query = sa.select(corrections).where(corrections.c.document_id == document_id)
    rows = connection.execute(query.order_by(corrections.c.at.desc(), sa.text("rowid DESC")))
    names = Correction.__dataclass_fields__
    return [Correction(**{name: row._mapping[name] for name in names}) for row in rows]


def _row(value: Doubt | Correction) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
