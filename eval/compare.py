"""Two runs over the same questions: is the difference real, and which questions were gained and lost?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.bootstrap import paired_difference
from eval.run import read_run
from eval.score import score_run
from rag.errors import BadInput

DECIDES = "ndcg@10"  # the metric by which a question counts as gained or lost
WORST = 10  # losses shown with both rankings
SHOWN_RANKS = 10
_NOT_COMPARED = frozenset({"refused", "right_to_refuse"})


def compare_runs(base: Path, new: Path) -> dict[str, Any]:
    """Paired differences a metric, gains and losses by question id, the worst losses with both rankings.

    Questions of only one run are named and left out. Raises NotFound, BadInput when none is common.
    """
    before, after = score_run(base)["rows"], score_run(new)["rows"]
    common = [name for name in before if name in after]
    if not common:
        raise BadInput("runs_not_comparable")
    moved = {q: _gap(before[q], after[q]) for q in common}
    losses = sorted((q for q in common if moved[q] < 0), key=lambda q: (moved[q], q))
    gains = sorted((q for q in common if moved[q] > 0), key=lambda q: (-moved[q], q))
    return {
        "base": read_run(base)[0],
        "new": read_run(new)[0],
        "questions": len(common),
        "only_in_base": sorted(before.keys() - after.keys()),
        "only_in_new": sorted(after.keys() - before.keys()),
        "metrics": _differences(before, after, common),
        "decides": DECIDES,
        "gains": [{"id": q, "change": round(moved[q], 6)} for q in gains],
        "losses": [{"id": q, "change": round(moved[q], 6)} for q in losses],
        "worst": [_side_by_side(base, new, q, moved[q]) for q in losses[:WORST]],
    }


def _gap(before: dict[str, float], after: dict[str, float]) -> float:
    """Change of the deciding metric; of the right to refuse where there is no ranking to score."""
    if DECIDES in before and DECIDES in after:
        return after[DECIDES] - before[DECIDES]
    if "refused" in before and "refused" in after:
        return after["refused"] - before["refused"]  # only questions to be refused have no ranking
    return 0.0


def _differences(before: dict[str, Any], after: dict[str, Any], common: list[str]) -> dict[str, Any]:
    names = dict.fromkeys(name for q in common for name in before[q] if name not in _NOT_COMPARED)
    found: dict[str, Any] = {}
    for name in names:
        both = [q for q in common if name in before[q] and name in after[q]]
        if not both:
            continue
        old, fresh = [before[q][name] for q in both], [after[q][name] for q in both]
        difference = paired_difference(old, fresh)
        found[name] = asdict(difference) | {
            "base": sum(old) / len(old),
            "new": sum(fresh) / len(fresh),
            "real": difference.real,
        }
    return found


def _side_by_side(base: Path, new: Path, question: str, change: float) -> dict[str, Any]:
    _, questions, lines = read_run(base)
    plan = next(q for q in questions if q["id"] == question)
    return {
        "id": question,
        "question": plan["asked"],
        "expected": plan["expected"],
        "change": round(change, 6),
        "base": _first(lines.get(question)),
        "new": _first(read_run(new)[2].get(question)),
    }


def _first(line: dict[str, Any] | None) -> list[Any]:
    return line["ranking"][:SHOWN_RANKS] if line else []
