"""Extractive answers on tvpl-qa: is the Điều cited first the right one, is any of the first three, what is refused, how long."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

from eval.metrics import percentile
from eval.provisions import Unit
from eval.suites import load_questions, load_suite, suite_folder
from eval.targets import name_provision
from rag.results import AnswerStatus, Citation
from rag.service import Service
from rag.settings import load_settings
from rag.verify import quote_stands

CITATIONS = 3  # looked at


def run_extractive(data_dir: Path, split: str = "dev", count: int | None = None) -> dict[str, Any]:
    """Shares over all questions of the split (refused ones count as wrong); times in milliseconds in this process."""
    service = Service.open(load_settings(data_dir=data_dir, llm_url=None, trace_days=0))
    first = among = verbatim = quotes = 0
    reasons: Counter[str] = Counter()
    force: Counter[str] = Counter()
    times = []
    questions = load_questions(load_suite(suite_folder("tvpl-qa")), split)[:count]
    try:
        service.warm()
        for question in questions:
            started = time.perf_counter()
            answer = service.ask(question.text)
            times.append((time.perf_counter() - started) * 1000)
            cited = list(dict.fromkeys(_article(c) for c in answer.citations))[:CITATIONS]
            first += bool(cited) and cited[0] in question.expected
            among += any(name in question.expected for name in cited)
            reasons[answer.reason_code or AnswerStatus.ANSWERED] += 1
            force.update(c.validity.status for c in answer.citations)
            for citation in answer.citations:
                parts = citation.quote.split("\n")
                quotes += len(parts)
                verbatim += sum(quote_stands(part, citation.passage) for part in parts)
    finally:
        service.close()
    total = len(questions)
    return {
        "questions": total,
        "first_citation": round(first / total, 4),
        "any_of_three": round(among / total, 4),
        "outcomes": dict(reasons),
        "verbatim": round(verbatim / max(quotes, 1), 6),
        "validity": dict(force),
        "ms": {f"p{p}": round(percentile(times, p), 1) for p in (50, 95)},
    }


def _article(citation: Citation) -> str:
    document = citation.document
    return name_provision(document.number, document.file_name, citation.passage.eid, Unit.ARTICLE, "law")
