"""The scores, as pure functions of one question's ranking or answer. Every figure of a report is a mean of these.

A ranking is a list of ids, best first, without repeats; ``relevant`` maps ids to grades (0 is not relevant). A question
without any relevant id has no ranking scores: callers leave it out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set

Relevant = Mapping[str, int]

F2_SHARE = 0.9  # an id is given out while its score is at least this share of the best one's
F2_MOST = 5  # ids given out at most: more than five articles is no answer to one question


def wanted(relevant: Relevant) -> set[str]:
    """Ids graded above zero."""
    return {name for name, grade in relevant.items() if grade > 0}


def recall_at(ranking: Sequence[str], relevant: Relevant, k: int) -> float:
    """R@k = |first k ∩ relevant| / |relevant|. Manning, Raghavan and Schütze 2008, chapter 8."""
    goal = wanted(relevant)
    return len(goal.intersection(ranking[:k])) / len(goal)


def reciprocal_rank(ranking: Sequence[str], relevant: Relevant, k: int = 10) -> float:
    """MRR@k's term: 1 / rank of the first relevant id among the first k, else 0. Voorhees, TREC-8 (1999)."""
    goal = wanted(relevant)
    return next((1 / rank for rank, name in enumerate(ranking[:k], 1) if name in goal), 0.0)


def ndcg_at(ranking: Sequence[str], relevant: Relevant, k: int = 10) -> float:
    """nDCG@k = DCG / ideal DCG with DCG = Σ grade(i) / log2(i + 1). Järvelin and Kekäläinen, TOIS 20(4), 2002
    (linear gain, as trec_eval's ``ndcg_cut``)."""
    ideal = sorted((grade for grade in relevant.values() if grade > 0), reverse=True)
    return _dcg([max(relevant.get(name, 0), 0) for name in ranking[:k]]) / _dcg(ideal[:k])


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def average_precision(ranking: Sequence[str], relevant: Relevant) -> float:
    """MAP's term: Σ over relevant ids found of (relevant ids up to it / its rank), over |relevant|. What was not found
    counts zero. Manning, Raghavan and Schütze 2008, chapter 8; trec_eval's ``map``."""
    goal = wanted(relevant)
    found, total = 0, 0.0
    for rank, name in enumerate(ranking, 1):
        if name in goal:
            found += 1
            total += found / rank
    return total / len(goal)


def f_beta(precision: float, recall: float, beta: float = 2.0) -> float:
    """F_β = (1 + β²) P R / (β² P + R); 0 when both are. van Rijsbergen 1979. β = 2 is the score of ALQAC and VLSP."""
    below = beta * beta * precision + recall
    return (1 + beta * beta) * precision * recall / below if below else 0.0


def cut_variable(scored: Sequence[tuple[str, float]], share: float = F2_SHARE, most: int = F2_MOST) -> list[str]:
    """The ids that a system gives out as its answer: those scoring at least ``share`` of the best, ``most`` at most."""
    if not scored:
        return []
    least = scored[0][1] * share
    return [name for name, score in scored[:most] if score >= least] or [scored[0][0]]


def set_precision(given: Set[str], expected: Set[str]) -> float:
    """P = |given ∩ expected| / |given|; 0 when nothing was given."""
    return len(given & expected) / len(given) if given else 0.0


def set_recall(given: Set[str], expected: Set[str]) -> float:
    """R = |given ∩ expected| / |expected|; ``expected`` must not be empty."""
    return len(given & expected) / len(expected)


def f2_variable(scored: Sequence[tuple[str, float]], relevant: Relevant) -> float:
    """F2 of the variable cut of a scored ranking: ``f_beta(P, R, 2)`` over ``cut_variable``."""
    given, goal = set(cut_variable(scored)), wanted(relevant)
    return f_beta(set_precision(given, goal), set_recall(given, goal))


def quote_fidelity(quotes: Sequence[tuple[str, str]]) -> float:
    """Share of (quote, source text) pairs whose quote stands in the source letter for letter. L1 of the guarantees."""
    return sum(bool(quote) and quote in source for quote, source in quotes) / len(quotes)


def fact_share(facts: Sequence[str], answer: str) -> float:
    """Share of the expected facts that stand in the answer's text, white space folded."""
    text = " ".join(answer.split())
    return sum(" ".join(fact.split()) in text for fact in facts) / len(facts)


def refusal_precision(refused: Sequence[bool], expected: Sequence[bool]) -> float:
    """Of the questions refused, the share that had to be: TP / (TP + FP). NaN when none was refused."""
    given = sum(refused)
    return sum(r and e for r, e in zip(refused, expected, strict=True)) / given if given else math.nan


def refusal_recall(refused: Sequence[bool], expected: Sequence[bool]) -> float:
    """Of the questions that had to be refused, the share refused: TP / (TP + FN). NaN when there are none."""
    return refusal_precision(expected, refused)


def validity_share(given: Sequence[str | None], expected: Sequence[str | None]) -> float:
    """Share of citations whose status of validity is the expected one; an absent status is wrong (L6)."""
    pairs = zip(given, expected, strict=True)
    return sum(a is not None and a == b for a, b in pairs) / len(expected)


def percentile(values: Sequence[float], p: float) -> float:
    """The p-th percentile (0 to 100) by linear interpolation between order statistics. Hyndman and Fan 1996, type 7."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * p / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
