"""The way from a question to its cited answer as a Haystack pipeline: retrieve, weigh, compose.

Imported only when something is asked: Haystack takes two seconds to import. Its telemetry is off before it loads.
Haystack deep-copies what travels between components, so only the question and small values do; the store is held by
the components.
"""

from __future__ import annotations

import os
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Pipeline, component
from haystack.core.errors import PipelineRuntimeError

from rag.answer import compose, merge_citations, refusal, weigh_hits
from rag.errors import CancuError
from rag.evidence import weigh
from rag.index.points import IndexFilter
from rag.lookup import Named, find_named, point_of
from rag.question import check_question
from rag.restore import shipped_restorer
from rag.results import Citation, Hit, RefusalReason, Sentence
from rag.retrieve import search
from rag.store import Store

CANDIDATES = 20  # passages weighed for an answer
NEAREST = 3  # provisions offered with a refusal


@component
class Retrieve:
    """The question's passages from the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @component.output_types(hits=list[Hit])  # type: ignore[untyped-decorator]
    def run(self, question: str, where: IndexFilter) -> dict[str, Any]:
        return {"hits": list(search(self.store, question, where, CANDIDATES).hits)}


@component
class Compose:
    """Hits to verified sentences and citations, or a reason to refuse."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @component.output_types(sentences=list, citations=list, reason=str, nearest=list)  # type: ignore[untyped-decorator]
    def run(self, question: str, hits: list[Hit]) -> dict[str, Any]:
        asked = check_question(question)
        named = find_named(asked, self.store.record)
        missing = self._missing(named, hits)
        point = point_of(named.steps)
        asked = shipped_restorer().restore(asked)
        meaning = weigh(self.store, asked)
        candidates = weigh_hits(meaning, hits)
        reason = missing or refusal(candidates)
        sentences: list[Sentence] = []
        citations: list[Citation] = []
        if reason is None:
            sentences, citations = merge_citations(*compose(asked, meaning, candidates, point))
            reason = None if sentences else RefusalReason.NO_EVIDENCE
        nearest = [c.hit for c in candidates[:NEAREST]]
        return {"sentences": sentences, "citations": citations, "reason": reason or "", "nearest": nearest}

    def _missing(self, named: Named, hits: list[Hit]) -> RefusalReason | None:
        """What the question names must be here: an answer from another document would be a wrong one."""
        if named.numbers and not named.documents:
            return RefusalReason.DOCUMENT_MISSING
        if named.steps and named.documents and not any(hit.exact for hit in hits):
            return RefusalReason.PROVISION_MISSING
        return None


def build_pipeline(store: Store) -> Pipeline:
    """retrieve → compose, both fed with the question."""
    pipeline = Pipeline()
    pipeline.add_component("retrieve", Retrieve(store))
    pipeline.add_component("compose", Compose(store))
    pipeline.connect("retrieve.hits", "compose.hits")
    return pipeline


def run_pipeline(pipeline: Pipeline, question: str, where: IndexFilter) -> dict[str, Any]:
    """The composed parts. Our own errors come out as themselves, not wrapped in Haystack's."""
    inputs = {"retrieve": {"question": question, "where": where}, "compose": {"question": question}}
    try:
        return dict(pipeline.run(inputs)["compose"])
    except PipelineRuntimeError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, CancuError):
            cause = cause.__cause__
        raise cause or error from None
