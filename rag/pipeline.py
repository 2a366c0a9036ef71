"""The way from a question to what an answer can rest on as a Haystack pipeline: retrieve, weigh.

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

from rag.answer import Findings, coverage_of, refusal, weigh_hits
from rag.confidence import LEAST_PASSAGES, features, has_models, judge, nearness
from rag.errors import CancuError
from rag.evidence import weigh
from rag.index.points import IndexFilter
from rag.lookup import Named, find_named, point_of
from rag.question import check_question
from rag.restore import shipped_restorer
from rag.results import Hit, RefusalReason
from rag.retrieve import search
from rag.store import Store

CANDIDATES = 20  # passages weighed for an answer


@component
class Retrieve:
    """The question's passages from the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @component.output_types(hits=list[Hit])  # type: ignore[untyped-decorator]
    def run(self, question: str, where: IndexFilter) -> dict[str, Any]:
        return {"hits": list(search(self.store, question, where, CANDIDATES).hits)}


@component
class Weigh:
    """Hits to candidates in order, or a reason to refuse."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @component.output_types(findings=Findings)  # type: ignore[untyped-decorator]
    def run(self, question: str, hits: list[Hit]) -> dict[str, Any]:
        asked = check_question(question)
        named = find_named(asked, self.store.record)
        missing = _missing(named, hits)
        point = point_of(named.steps)
        asked = shipped_restorer().restore(asked)
        about = shipped_restorer().restore(named.rest) if named.restricts and named.rest else asked
        meaning = weigh(self.store, about)  # the number of the act is looked up, not looked for
        candidates = weigh_hits(meaning, hits)
        large = self.store.lexicon.statistics.passages >= LEAST_PASSAGES
        judged = None
        if candidates and large and not named.restricts and has_models():
            best = [c.hit for c in candidates]
            near_by = nearness(self.store.vectoriser.static, asked, best)
            judged = judge(features(asked, meaning, best, near_by))
        confidence = judged.confidence if judged else coverage_of(candidates)
        reason = missing or refusal(candidates, judged)
        found = frozenset(d.id for d in named.documents)
        return {
            "findings": Findings(
                asked, meaning, tuple(candidates), reason, point, confidence=round(confidence, 6), named=found
            )
        }


def _missing(named: Named, hits: list[Hit]) -> RefusalReason | None:
    """What the question names must be here: an answer from another document would be a wrong one."""
    if named.numbers and not named.documents:
        return RefusalReason.DOCUMENT_MISSING
    if named.steps and named.documents and not any(hit.exact for hit in hits):
        return RefusalReason.PROVISION_MISSING
    return None


def build_pipeline(store: Store) -> Pipeline:
    """retrieve → weigh, both fed with the question."""
    pipeline = Pipeline()
    pipeline.add_component("retrieve", Retrieve(store))
    pipeline.add_component("weigh", Weigh(store))
    pipeline.connect("retrieve.hits", "weigh.hits")
    return pipeline


def run_pipeline(pipeline: Pipeline, question: str, where: IndexFilter) -> Findings:
    """What was found. Our own errors come out as themselves, not wrapped in Haystack's."""
    inputs = {"retrieve": {"question": question, "where": where}, "weigh": {"question": question}}
    try:
        findings = pipeline.run(inputs)["weigh"]["findings"]
        assert isinstance(findings, Findings)
        return findings
    except PipelineRuntimeError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, CancuError):
            cause = cause.__cause__
        raise cause or error from None
