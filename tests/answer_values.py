"""Values that tests of answers are made of."""

from __future__ import annotations

from rag.law.passage import Passage, passage_id, text_sha256
from rag.record.model import Document
from rag.results import Hit


def document_of(number: str = "1/2025/QĐ-UBND", **changes: object) -> Document:
    fields: dict[str, object] = {
        "id": "d1", "sha256": "0" * 64, "file_name": "a.pdf", "media_type": "application/pdf", "status": "indexed",
        "number": number, "number_key": number.lower(), "type": "Quyết định", "issuer": None, "date": "2025-02-01",
        "title": "về tiếp nhận hồ sơ", "pages": 1, "passages": 1, "missing_pages": (), "added_at": "", "replaces": None,
    }  # fmt: skip
    return Document(**(fields | changes))  # type: ignore[arg-type]


def hit_of(text: str, eid: str = "art_5__cl_2", heading: str = "Thời hạn", rank: int = 1) -> Hit:
    passage = Passage(
        passage_id("d1", eid, 0), "d1", rank, eid, eid.split("__", maxsplit=1)[0], "cl", "khoản 2 Điều 5", heading,
        f"Điều 5. {heading}", text, text_sha256(text), (),
    )  # fmt: skip
    return Hit(rank, 1.0, passage, document_of(), "khoản 2 Điều 5 Quyết định số 1/2025/QĐ-UBND")
