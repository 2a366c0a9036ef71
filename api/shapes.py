"""From the values of ``rag`` to the JSON shapes of ``api.schema``, and from filters back. No decisions here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from api import catalogue_schema, schema
from rag.check_text import Claim
from rag.index.points import IndexFilter
from rag.law.act import Act
from rag.law.identifier import number_key, relative_citation
from rag.law.passage import Passage, PassageLine, doubtful_words
from rag.messages import message
from rag.record.model import Document, Job, StoredProvision
from rag.record.provisions import table_of_contents
from rag.results import Answer, Citation, Hit, SearchResult

_BRIEF = tuple(schema.DocumentBrief.model_fields)
_SCORE_DIGITS = 4
_BOX_DIGITS = 1  # a tenth of a point: 0.04 mm


def brief_shape(document: Document) -> schema.DocumentBrief:
    return schema.DocumentBrief(**{name: getattr(document, name) for name in _BRIEF})


def passage_shape(passage: Passage) -> catalogue_schema.Passage:
    fields = {name: getattr(passage, name) for name in ("id", "eid", "citation", "heading", "context", "text")}
    pages = sorted({line.page for line in passage.lines})
    return catalogue_schema.Passage(**fields, pages=pages, boxes=[box_shape(line) for line in passage.lines])


def contents_shape(act: Act) -> list[catalogue_schema.ContentsEntry]:
    """Phần to Điều in text order, each with the page on which it begins."""
    return [
        catalogue_schema.ContentsEntry(
            depth=depth,
            eid=node.eid,
            label=relative_citation(node.eid),
            heading=node.heading,
            page=next((a.page for a in act.anchors if a.end > node.start), None),
        )
        for depth, node in table_of_contents(act)
    ]


def document_shape(document: Document) -> schema.Document:
    return schema.Document(**{name: getattr(document, name) for name in schema.Document.model_fields})


def box_shape(line: PassageLine) -> schema.Box:
    sides = {name: round(getattr(line.box, name), _BOX_DIGITS) for name in ("x0", "y0", "x1", "y1")}
    return schema.Box(page=line.page, **sides)


def hit_shape(hit: Hit) -> schema.Hit:
    passage = hit.passage
    return schema.Hit(
        rank=hit.rank,
        score=round(hit.score, _SCORE_DIGITS),
        passage_id=passage.id,
        document=brief_shape(hit.document),
        eid=passage.eid,
        citation=hit.citation,
        heading=passage.heading,
        text=passage.text,
        pages=sorted({line.page for line in passage.lines}),
        boxes=[box_shape(line) for line in passage.lines],
        exact=hit.exact,
        doubtful=list(doubtful_words(passage.text, passage.lines)),
        parts=[schema.Part(feature=f, value=round(v, 4), part=round(p, 4)) for f, v, p in hit.parts],
        validity=schema.Validity(**asdict(hit.validity)),
    )


def search_shape(result: SearchResult) -> schema.SearchResponse:
    return schema.SearchResponse(
        query=result.query,
        took_ms=round(result.took_ms, 2),
        evidence=result.evidence,
        hits=[hit_shape(hit) for hit in result.hits],
        as_of=result.as_of,
    )


def citation_shape(citation: Citation) -> schema.Citation:
    return schema.Citation(
        n=citation.n,
        citation=citation.citation,
        eid=citation.passage.eid,
        document=brief_shape(citation.document),
        quote=citation.quote,
        page=citation.page,
        boxes=[box_shape(line) for line in citation.lines],
        passage_id=citation.passage.id,
        validity=schema.Validity(**asdict(citation.validity)),
        doubtful=list(doubtful_words(citation.passage.text, citation.lines)),
    )


def answer_shape(answer: Answer) -> schema.AnswerResponse:
    return schema.AnswerResponse(
        question=answer.question,
        status=answer.status.value,
        reason=answer.reason,
        sentences=[schema.Sentence(text=s.text, citations=list(s.citations)) for s in answer.sentences],
        citations=[citation_shape(citation) for citation in answer.citations],
        took_ms=round(answer.took_ms, 2),
        reason_code=answer.reason_code.value if answer.reason_code else None,
        nearest=[hit_shape(hit) for hit in answer.nearest],
        origin=answer.origin.value,
        readings=[schema.Reading(**asdict(reading)) for reading in answer.readings],
        notes=list(answer.notes),
        as_of=answer.as_of,
        trace_id=answer.trace_id,
        confidence=answer.confidence,
    )


def claim_shape(claim: Claim, language: str) -> schema.ClaimResponse:
    return schema.ClaimResponse(
        start=claim.start,
        end=claim.end,
        text=claim.text,
        verdict=claim.verdict.value,
        reason=message(f"verdict_{claim.verdict}", language),
        cited=[
            schema.ClaimCited(
                citation=c.citation,
                eid=c.eid,
                document=brief_shape(c.document),
                validity=schema.Validity(**asdict(c.validity)),
            )
            for c in claim.cited
        ],
        missing=list(claim.missing),
        faults=[
            schema.ClaimFault(kind=f.kind.value, text=f.text, reason=message(f"fault_{f.kind}", language))
            for f in claim.faults
        ],
        inherited=claim.inherited,
    )


def provision_shape(provision: StoredProvision) -> schema.ProvisionResponse:
    fields: dict[str, Any] = {name: getattr(provision, name) for name in schema.ProvisionResponse.model_fields}
    fields["document"] = brief_shape(provision.document)
    fields["ancestors"] = [schema.Ancestor(eid=e, label=label, heading=h) for e, label, h in provision.ancestors]
    return schema.ProvisionResponse(**fields)


def job_shape(job: Job) -> schema.JobResponse:
    return schema.JobResponse(**asdict(job))


def index_filter(filters: schema.Filters) -> IndexFilter:
    """The filter of the index; numbers in their comparable form."""
    return IndexFilter(
        document_ids=tuple(filters.document_ids),
        number_keys=tuple(number_key(number) for number in filters.numbers),
        types=tuple(filters.types),
        issuers=tuple(filters.issuers),
        year_from=filters.year_from,
        year_to=filters.year_to,
    )
