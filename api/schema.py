"""The JSON shapes of HTTP and command line: a contract. Fields may be added, never renamed or redefined."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_HITS = 10
MAX_HITS = 100
LONGEST_BODY_TEXT = 4000  # characters; the question's own limit is checked, and explained, behind it

DOCUMENT_EXAMPLE = {
    "id": "0c7b1f52-4a0e-5d7c-9a51-6a6f5f0f1f10",
    "number": "45/2025/QĐ-UBND",
    "type": "Quyết định",
    "issuer": "Ủy ban nhân dân tỉnh An Bình",
    "date": "2025-08-15",
    "title": "Ban hành Quy chế tiếp nhận và trả kết quả hồ sơ thủ tục hành chính",
}
BOX_EXAMPLE = {"page": 4, "x0": 85.1, "y0": 402.6, "x1": 524.3, "y1": 418.9}
PASSAGE_ID_EXAMPLE = "4b0d1f0a-33a7-5c52-8f0b-2f6d53f6f3aa"
QUOTE_EXAMPLE = "a) Buổi sáng: từ 07 giờ 30 phút đến 11 giờ 30 phút;"
QUESTION_EXAMPLE = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"
CITATION_EXAMPLE = "điểm a khoản 1 Điều 5 Quyết định số 45/2025/QĐ-UBND"
HIT_EXAMPLE = {
    "rank": 1,
    "score": 21.4,
    "passage_id": PASSAGE_ID_EXAMPLE,
    "document": DOCUMENT_EXAMPLE,
    "eid": "att_1__art_5__cl_1",
    "citation": "khoản 1 Điều 5 Quyết định số 45/2025/QĐ-UBND",
    "heading": "Thời gian tiếp nhận",
    "text": QUOTE_EXAMPLE,
    "pages": [4],
    "boxes": [BOX_EXAMPLE],
    "exact": False,
}


def example(value: object) -> ConfigDict:
    """A frozen model whose example in OpenAPI is ``value``."""
    return ConfigDict(frozen=True, json_schema_extra={"examples": [value]})  # type: ignore[list-item]


class Box(BaseModel):
    """A line on a page: PDF points (1/72 inch) from the top left corner of the page as displayed; pages from 1."""

    model_config = example(BOX_EXAMPLE)
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class DocumentBrief(BaseModel):
    """What is needed to name a document. ``date`` is ISO 8601; what could not be read is null."""

    model_config = example(DOCUMENT_EXAMPLE)
    id: str
    number: str | None
    type: str | None
    issuer: str | None
    date: str | None
    title: str | None


class Document(DocumentBrief):
    """A document as catalogued. ``status``: how its intake ended (``indexed`` or ``indexed_partial``)."""

    model_config = example(
        DOCUMENT_EXAMPLE
        | {"file_name": "quyet-dinh-45.pdf", "status": "indexed", "pages": 6, "passages": 41, "missing_pages": []}
        | {"added_at": "2026-01-05T02:11:09+00:00", "replaces": None, "sha256": "9f86d081884c7d65…"}
        | {"effective_from": "2025-09-01", "effective_to": None, "department": "", "clearance": 0}
    )
    file_name: str
    status: str
    pages: int
    passages: int
    missing_pages: list[int]
    added_at: str
    replaces: str | None
    sha256: str
    effective_from: str | None
    effective_to: str | None
    department: str = Field("", description="Whose document it is; empty: everybody's.")
    clearance: int = Field(0, description="The least clearance that reads it, 0 to 3.")


class DocumentList(BaseModel):
    """``next_cursor``: give it back as ``cursor`` for the next page; null on the last one."""

    model_config = ConfigDict(frozen=True)
    total: int
    documents: list[Document]
    next_cursor: str | None = None


class Filters(BaseModel):
    """All given conditions must hold; each list means "any of". Numbers in any spelling."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"types": ["Nghị định"], "year_from": 2019}]}
    )
    document_ids: list[str] = Field([], max_length=100)
    numbers: list[str] = Field([], max_length=100)
    types: list[str] = Field([], max_length=100)
    issuers: list[str] = Field([], max_length=100)
    year_from: int | None = Field(None, ge=1900, le=2200)
    year_to: int | None = Field(None, ge=1900, le=2200)


class SearchRequest(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"query": "thời hạn bổ sung hồ sơ", "k": 10}]}
    )
    query: str = Field(description="A question, words, or a provision: «Điều 12 Nghị định 100/2019/NĐ-CP».")
    k: int = Field(DEFAULT_HITS, ge=1, le=MAX_HITS, description="How many hits.")
    filters: Filters = Filters()
    explain: bool = Field(False, description="Add each feature's part in each hit's score.")
    as_of: date | None = Field(
        None, description="What is not in force on this day steps back. Without it: the status of today, no step."
    )


class Validity(BaseModel):
    """Was it in force on the day asked about? ``source`` is the citation that says so; null when no document does."""

    model_config = example(
        {"status": "in_force", "effective_from": "2025-09-01", "effective_to": None, "source": "45/2025/QĐ-UBND"}
        | {"source_document_id": DOCUMENT_EXAMPLE["id"], "source_eid": None}
    )
    status: Literal["in_force", "not_in_force", "unknown"] = "unknown"
    effective_from: str | None = None
    effective_to: str | None = None
    source: str | None = None
    source_document_id: str | None = None
    source_eid: str | None = None


class Part(BaseModel):
    """A feature of a hit, its value and its part in the article's raw score (SHAP value; the parts add up)."""

    feature: str
    value: float
    part: float


class Hit(BaseModel):
    """A passage found. ``text`` is verbatim; ``exact``: the question named this very provision; ``doubtful``: words of a
    scan that may be misread; ``validity``: was it in force on ``as_of`` of the reply?"""

    model_config = example(HIT_EXAMPLE)
    rank: int
    score: float
    passage_id: str
    document: DocumentBrief
    eid: str
    citation: str
    heading: str
    text: str
    pages: list[int]
    boxes: list[Box]
    exact: bool = False
    doubtful: list[str] = []
    parts: list[Part] = []
    validity: Validity = Validity()


class SearchResponse(BaseModel):
    model_config = example({"query": "giờ tiếp nhận hồ sơ", "took_ms": 3.2, "hits": [HIT_EXAMPLE]})
    query: str
    took_ms: float
    evidence: int = 0  # how many of the best provisions are worth taking as evidence
    hits: list[Hit]
    as_of: str | None = None


class AnswerRequest(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"question": QUESTION_EXAMPLE}]}
    )
    question: str
    filters: Filters = Filters()
    as_of: date | None = Field(None, description="The day whose law is asked for; today when absent.")
    history: list[str] = Field([], max_length=3, description="The questions before this one, oldest first.")


class Sentence(BaseModel):
    """One sentence of the answer and the numbers of the citations it rests on."""

    model_config = ConfigDict(frozen=True)
    text: str
    citations: list[int]


class Reading(BaseModel):
    """One way to understand an ambiguous question: ``question`` can be asked as it stands."""

    model_config = ConfigDict(frozen=True)
    question: str
    citation: str


class Citation(BaseModel):
    """The ground of a sentence. ``quote`` is verbatim in the passage; ``boxes`` are the printed lines it covers;
    ``doubtful``: words on these lines of a scan that may be misread."""

    model_config = ConfigDict(frozen=True)
    n: int
    citation: str
    eid: str
    document: DocumentBrief
    quote: str
    page: int
    boxes: list[Box]
    passage_id: str
    validity: Validity = Validity()
    doubtful: list[str] = []


class AnswerResponse(BaseModel):
    """``refused``: ``reason`` says why in words, ``reason_code`` for programs, ``nearest`` what to see instead,
    ``readings`` what could be meant. ``origin``: who worded it. ``notes``: what a reader should know of this answer.
    ``as_of``: the day whose law was asked for. ``trace_id``: what ``cancu replay`` takes."""

    model_config = example(
        {
            "question": QUESTION_EXAMPLE,
            "status": "answered",
            "reason": None,
            "sentences": [{"text": QUOTE_EXAMPLE, "citations": [1]}],
            "citations": [
                {"n": 1, "citation": CITATION_EXAMPLE, "eid": "att_1__art_5__cl_1", "document": DOCUMENT_EXAMPLE}
                | {"quote": QUOTE_EXAMPLE, "page": 4, "boxes": [BOX_EXAMPLE], "passage_id": PASSAGE_ID_EXAMPLE}
            ],
            "took_ms": 14.8,
            "reason_code": None,
            "nearest": [],
        }
    )
    question: str
    status: Literal["answered", "refused"]
    reason: str | None
    sentences: list[Sentence]
    citations: list[Citation]
    took_ms: float
    reason_code: str | None = None
    nearest: list[Hit] = []
    origin: Literal["extractive", "generated", "extractive_fallback"] = "extractive"
    readings: list[Reading] = []
    notes: list[str] = []
    as_of: str | None = None
    trace_id: str | None = None
    confidence: float | None = None


class VerifyRequest(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": "Theo khoản 1 Điều 5 Quyết định 45/2025/QĐ-UBND, nhận hồ sơ từ 07 giờ 30 phút."}]
        },
    )
    text: str = Field(description="Any text: a draft, an answer of another system, a letter.", max_length=100_000)
    as_of: date | None = Field(None, description="The day on which provisions must be in force; today when absent.")


class ClaimCited(BaseModel):
    """A provision that a sentence names, as the collection has it."""

    model_config = ConfigDict(frozen=True)
    citation: str
    eid: str
    document: DocumentBrief
    validity: Validity


class ClaimFault(BaseModel):
    """``text`` is the part of the sentence that does not agree; ``reason`` says how, in words."""

    model_config = ConfigDict(frozen=True)
    kind: str
    text: str
    reason: str


class ClaimResponse(BaseModel):
    """A sentence, ``text[start:end]`` of the request. ``inherited``: the provision is named in a sentence before it."""

    model_config = ConfigDict(frozen=True)
    start: int
    end: int
    text: str
    verdict: Literal["supported", "contradicted", "provision_missing", "act_missing", "names_nothing"]
    reason: str
    cited: list[ClaimCited]
    missing: list[str]
    faults: list[ClaimFault]
    inherited: bool


class VerifyResponse(BaseModel):
    """A claim for each sentence, in order."""

    model_config = ConfigDict(frozen=True)
    claims: list[ClaimResponse]


class Ancestor(BaseModel):
    model_config = ConfigDict(frozen=True)
    eid: str
    label: str
    heading: str


class ProvisionResponse(BaseModel):
    """A provision with its text whole, what stands above it (root first) and its neighbours on the same level."""

    model_config = example(
        {"document": DOCUMENT_EXAMPLE, "eid": "att_1__art_5", "level": "art", "number": "5"}
        | {"heading": "Thời gian tiếp nhận", "text": "Điều 5. Thời gian tiếp nhận …", "citation": "Điều 5"}
        | {"ancestors": [{"eid": "att_1__chp_I", "label": "Chương I", "heading": "QUY ĐỊNH CHUNG"}]}
        | {"previous_eid": "att_1__art_4", "next_eid": "att_1__art_6", "passage_ids": [PASSAGE_ID_EXAMPLE]}
        | {"pages": [4]}
    )
    document: DocumentBrief
    eid: str
    level: str
    number: str
    heading: str
    text: str
    citation: str
    ancestors: list[Ancestor]
    previous_eid: str | None
    next_eid: str | None
    passage_ids: list[str]
    pages: list[int]


class JobResponse(BaseModel):
    """A file on its way in. ``state``: queued, running, done, failed; ``status``: the intake's result."""

    model_config = example(
        {"id": "5e0c…", "kind": "upload", "state": "running", "file_name": "nghi-dinh-100.pdf", "document_id": None}
        | {"status": None, "reason": None, "done_pages": 12, "total_pages": 88}
        | {"created_at": "2026-01-05T02:11:09+00:00", "finished_at": None}
    )
    id: str
    kind: str
    state: str
    file_name: str
    document_id: str | None
    status: str | None
    reason: str | None
    done_pages: int
    total_pages: int
    created_at: str
    finished_at: str | None
    department: str = ""
    clearance: int = 0


class IngestLine(BaseModel):
    """One line of ``cancu ingest --json``: how the intake of one file ended."""

    model_config = ConfigDict(frozen=True)
    file: str
    status: str
    reason: str | None
    document_id: str | None
    number: str | None
    pages: int
    passages: int
    seconds: float


class Problem(BaseModel):
    """The one shape of an error (RFC 9457). ``code`` is the message's key; ``retryable``: waiting may help."""

    model_config = example(
        {"type": "urn:cancu:problem:bad-input", "title": "Yêu cầu chưa đúng", "status": 422}
        | {"detail": "Câu hỏi đang trống. Hãy nhập điều cần hỏi.", "code": "question_empty", "retryable": False}
    )
    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    request_id: str | None = None


class Health(BaseModel):
    model_config = example({"status": "ok"})
    status: str
