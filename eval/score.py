"""A run's lines become scores: one row a question, then means with intervals, overall and per slice.

``scores.json`` is a function of the lines without their times, so a run that was killed and resumed has the same bytes
as an unbroken one. Times are in ``latency.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval import metrics
from eval.bootstrap import Estimate, mean_interval, statistic_interval
from eval.provisions import Unit, cut_at
from eval.run import read_run

DEPTHS = (1, 3, 5, 10, 20, 50, 100)  # the recall curve
RANKING = tuple(f"recall@{k}" for k in DEPTHS) + ("mrr@10", "ndcg@10", "map", "f2")
HEADLINE = ("ndcg@10", "recall@10", "recall@100", "mrr@10")  # what slices and the gate show first
PERCENTILES = (50, 95, 99)
LEAST_IN_SLICE = 10  # questions: below, an interval says nothing
_DIGITS = 9

Row = dict[str, float]


def score_run(folder: Path) -> dict[str, Any]:
    """Score a run and write ``scores.json`` and ``latency.json``. Returns the scores."""
    _, questions, lines = read_run(folder)
    rows = {q["id"]: score_question(q, lines.get(q["id"])) for q in questions}
    scores = {
        "overall": summarise(questions, rows, lines),
        "slices": _by_slice(questions, rows),
        "failed": {q["id"]: lines[q["id"]]["error"] for q in questions if (lines.get(q["id"]) or {}).get("error")},
        "missing": [q["id"] for q in questions if q["id"] not in lines],
        "rows": rows,
    }
    _write(folder / "scores.json", scores)
    _write(folder / "latency.json", latency(questions, lines))
    return scores


def score_question(question: dict[str, Any], line: dict[str, Any] | None) -> Row:
    """All scores that apply to a question; zeros when it failed or is missing."""
    lost = line is None or line["error"] is not None
    row: Row = {}
    if any(grade > 0 for grade in question["expected"].values()):
        row |= _ranking_row(question, [] if lost or line is None else line["ranking"])
    answer = None if line is None else line.get("answer")
    if answer is not None or (lost and (question["expects_refusal"] or question["facts"])):
        row |= _answer_row(question, None if lost else answer)
    return {name: round(value, _DIGITS) for name, value in row.items()}


def _ranking_row(question: dict[str, Any], ranking: Sequence[Any]) -> Row:
    relevant = _units(question["expected"])
    names = [name for name, _ in ranking]
    row = {f"recall@{k}": metrics.recall_at(names, relevant, k) for k in DEPTHS}
    row["mrr@10"] = metrics.reciprocal_rank(names, relevant, 10)
    row["ndcg@10"] = metrics.ndcg_at(names, relevant, 10)
    row["map"] = metrics.average_precision(names, relevant)
    row["f2"] = metrics.f2_variable([(name, score) for name, score in ranking], relevant)
    return row


def _units(expected: dict[str, int]) -> dict[str, int]:
    """Expected provisions at clause level (a điểm is found with its khoản); the best grade of those that fall together."""
    cut: dict[str, int] = {}
    for name, grade in expected.items():
        unit = cut_at(name, Unit.CLAUSE)
        cut[unit] = max(grade, cut.get(unit, 0))
    return cut


def _answer_row(question: dict[str, Any], answer: dict[str, Any] | None) -> Row:
    """Scores of an answer; ``answer`` None is one that failed."""
    refused = bool(answer and answer["refused"])
    row: Row = {"refused": float(refused), "right_to_refuse": float(question["expects_refusal"])}
    if question["expects_refusal"]:
        return row
    cited = answer["cited"] if answer else []
    for level in Unit:
        expected = {cut_at(name, level) for name, grade in question["expected"].items() if grade > 0}
        given = {cut_at(name, level) for name in cited}
        row[f"citation_precision_{level}"] = metrics.set_precision(given, expected)
        row[f"citation_recall_{level}"] = metrics.set_recall(given, expected)
    if question["facts"]:
        row["facts"] = metrics.fact_share(question["facts"], answer["text"] if answer else "")
    if answer and answer["quotes"]:
        row["quote_fidelity"] = sum(bool(verbatim) for _, verbatim in answer["quotes"]) / len(answer["quotes"])
    return row


def summarise(questions: list[dict[str, Any]], rows: dict[str, Row], lines: dict[str, Any]) -> dict[str, Any]:
    """Metric → estimate over all questions that have it."""
    found = _means(list(rows.values()))
    answered = [row for row in rows.values() if "refused" in row]
    if answered:
        refused = [bool(row["refused"]) for row in answered]
        expected = [bool(row["right_to_refuse"]) for row in answered]
        for name, statistic in (
            ("refusal_precision", metrics.refusal_precision),
            ("refusal_recall", metrics.refusal_recall),
        ):
            found[name] = _estimate(
                statistic_interval(
                    len(answered),
                    lambda at, f=statistic: f([refused[i] for i in at], [expected[i] for i in at]),  # type: ignore[misc]
                )
            )
    found["asked"] = {"questions": len(questions), "answered": sum(q["id"] in lines for q in questions)}
    return found


def _means(rows: Sequence[Row]) -> dict[str, Any]:
    names = dict.fromkeys(name for row in rows for name in row if name not in {"refused", "right_to_refuse"})
    return {name: _estimate(mean_interval([row[name] for row in rows if name in row])) for name in names}


def _by_slice(questions: list[dict[str, Any]], rows: dict[str, Row]) -> dict[str, Any]:
    slices: dict[str, dict[str, list[Row]]] = {}
    for question in questions:
        for axis, group in question["slices"].items():
            slices.setdefault(axis, {}).setdefault(group, []).append(rows[question["id"]])
    return {
        axis: {
            group: _means(members)
            for group, members in sorted(groups.items(), key=_slice_order)
            if len(members) >= LEAST_IN_SLICE
        }
        for axis, groups in sorted(slices.items())
    }


def _slice_order(item: tuple[str, Any]) -> tuple[str, str]:
    """Groups that are ranges stand by their size ("to 10" before "11 to 20"), others by name."""
    return ("0" if item[0].startswith("to ") else "1", item[0])


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else round(value, _DIGITS)
        for name, value in asdict(estimate).items()
    }


def latency(questions: list[dict[str, Any]], lines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Percentiles in milliseconds with intervals, and the times themselves; failed questions have none."""
    answers = [lines[q["id"]].get("answer") for q in questions if q["id"] in lines]
    times = {
        "search": [lines[q["id"]]["ms"] for q in questions if (lines.get(q["id"]) or {}).get("ms") is not None],
        "answer": [answer["ms"] for answer in answers if answer],
    }
    return {kind: _percentiles(values) | {"ms": values} for kind, values in times.items() if values}


def _percentiles(values: list[float]) -> dict[str, Any]:
    return {
        f"p{p}": _estimate(
            statistic_interval(len(values), lambda at, p=p: metrics.percentile([values[i] for i in at], p))  # type: ignore[misc]
        )
        for p in PERCENTILES
    }


def _write(path: Path, value: Any) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    draft.replace(path)
