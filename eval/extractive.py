"""Extractive answers on tvpl-qa: is the Điều cited first the right one, is any of the first three, what is refused, how long."""

from __future__ import annotations

from collections import Counter
from typing import Any

from eval.metrics import percentile
from eval.provisions import article_id
from eval.suites import load_questions, load_suite, suite_folder
from eval.targets import Given, Target
from rag.results import AnswerStatus

CITATIONS = 3  # Điều looked at
WARM_UP = 5  # questions asked before the first that counts


def run_extractive(target: Target, split: str = "dev", count: int | None = None) -> dict[str, Any]:
    """Shares over all questions of the split (refused ones count as wrong); milliseconds as the caller waits."""
    questions = load_questions(load_suite(suite_folder("tvpl-qa")), split)[:count]
    target.warm()
    for question in questions[:WARM_UP]:
        target.answer(question.text)
    given = [(question, target.answer(question.text)) for question in questions]
    total = len(given)
    cited = [(articles_of(answer)[:CITATIONS], question.expected) for question, answer in given]
    quotes = [stands for _, answer in given for _, stands in answer.quotes]
    return {
        "questions": total,
        "first_citation": round(sum(bool(c) and c[0] in right for c, right in cited) / total, 4),
        "any_of_three": round(sum(any(name in right for name in c) for c, right in cited) / total, 4),
        "articles_cited": round(sum(len(c) for c, _ in cited) / max(1, sum(bool(c) for c, _ in cited)), 2),
        "characters": round(sum(len(a.text) for _, a in given) / max(1, sum(bool(a.text) for _, a in given))),
        "outcomes": dict(Counter(answer.reason or str(AnswerStatus.ANSWERED) for _, answer in given)),
        "verbatim": round(sum(quotes) / len(quotes), 6) if quotes else None,
        "validity": dict(Counter(status for _, answer in given for status in answer.validity)),
        "ms": {f"p{p}": round(percentile([a.ms for _, a in given], p), 1) for p in (50, 95)},
    }


def articles_of(answer: Given) -> list[str]:
    """The Điều cited, each once, in the order of the answer."""
    pairs = (name.partition("#")[::2] for name in answer.cited)
    return list(dict.fromkeys(article_id(number, eid) or f"{number}#{eid}" for number, eid in pairs))
