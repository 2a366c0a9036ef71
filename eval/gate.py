"""The quality gate: a sample of questions against the kept baseline; a real loss fails (``make eval-gate``).

With the shared data: 300 questions of ``tvpl-qa`` dev over the acts that they expect and one in eight of the others
(the whole corpus would take longer to build than a gate may). Without: the project's own small suite
over its sample documents. ``python -m eval.gate --keep`` writes the baseline anew; its diff is read like code.
"""

from __future__ import annotations

import json
import shutil
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.articles import act_of
from eval.bootstrap import paired_difference
from eval.corpora import LAW_CORPUS, caches, ensure_corpus, known_ids, law_ids
from eval.provisions import Unit
from eval.run import RunOptions, draw_sample, run_suite
from eval.score import score_run
from eval.suites import Question, Suite, load_questions, load_suite, shared_data, suite_folder

BASELINES = Path(__file__).with_name("baselines")
SAMPLE = 300  # questions: done in some 10 s once the corpus stands, and a loss of .03 in nDCG@10 shows
SEED = 1
OTHER_ACTS = 8  # one in so many of the acts nobody asks about: the corpus is built in less than a minute
GUARDED = ("ndcg@10", "recall@10", "mrr@10", "citation_recall_article", "quote_fidelity", "facts")
LEAST_LOSS = 0.005  # a loss smaller than this is not worth stopping a change for, however sure


@dataclass(frozen=True, slots=True)
class Loss:
    """A guarded metric that fell; ``high`` is the upper end of the difference's 95 % interval."""

    metric: str
    change: float
    high: float

    def __str__(self) -> str:
        return f"{self.metric} {self.change:+.4f} (95 % below {self.high:+.4f})"


def gate_suites() -> list[str]:
    """The suites that can run here."""
    law = (shared_data() / LAW_CORPUS).is_file()
    return ["samples", "tvpl-qa"] if law else ["samples"]


def find_losses(before: dict[str, dict[str, float]], after: dict[str, dict[str, float]]) -> list[Loss]:
    """Real losses of guarded metrics over all questions of the baseline; one that is gone counts as zero.

    More answerable questions refused, or fewer of the others, show in ``citation_recall`` and ``refusal_right``.
    """
    losses = []
    for metric in (*GUARDED, "refusal_right"):
        asked = [q for q in before if metric in before[q]]
        if not asked:
            continue
        gap = paired_difference(
            [before[q][metric] for q in asked], [after.get(q, {}).get(metric, 0.0) for q in asked]
        )
        if gap.high < 0 and -gap.value >= LEAST_LOSS:
            losses.append(Loss(metric, gap.value, gap.high))
    return losses


def measure(name: str, data_dir: Path | None = None) -> dict[str, dict[str, float]]:
    """Fresh guarded scores by question id."""
    suite = load_suite(suite_folder(name))
    questions = load_questions(suite, None, known_ids(suite))
    options = RunOptions(suite.default_split, seed=SEED, sample=SAMPLE)
    folder = data_dir or ensure_corpus(
        suite, Unit.CLAUSE, lambda _done, _total: None, _acts(suite, questions, options)
    )
    out = caches() / "gate" / name
    shutil.rmtree(out, ignore_errors=True)
    run_suite(suite, questions, folder, out, options, lambda *_: None)
    return {question: _guarded(row) for question, row in score_run(out)["rows"].items()}


def _acts(suite: Suite, questions: list[Question], options: RunOptions) -> frozenset[str] | None:
    """The acts to search in: those that the asked questions expect, and some others to be told apart from them."""
    if suite.corpus != "law":
        return None
    asked = draw_sample(questions, options)
    expected = {act_of(article) for question in asked for article in question.expected}
    others = {act_of(article) for article in law_ids(shared_data() / LAW_CORPUS)}
    return frozenset(expected | {act for act in others if zlib.crc32(act.encode()) % OTHER_ACTS == 0})


def _guarded(row: dict[str, float]) -> dict[str, float]:
    kept = {metric: round(row[metric], 6) for metric in GUARDED if metric in row}
    if "refused" in row:
        kept["refusal_right"] = float(row["refused"] == row["right_to_refuse"])
    return kept


def main(arguments: list[str]) -> int:
    """0 when nothing was lost, 1 when something was, 2 when a baseline is missing."""
    outcome = 0
    for name in gate_suites():
        path = BASELINES / f"{name}.json"
        after = measure(name)
        if "--keep" in arguments:
            keep_baseline(path, after)
        elif not path.exists():
            print(f"{name}: no baseline; run `python -m eval.gate --keep`")
            outcome = 2
        else:
            losses = find_losses(json.loads(path.read_text("utf-8"))["rows"], after)
            print(f"{name}: {_means(after)}: {'; '.join(map(str, losses)) or 'no real loss'}")
            outcome = 1 if losses else outcome
    return outcome


def keep_baseline(path: Path, rows: dict[str, dict[str, float]]) -> None:
    """Write a baseline: question ids and scores only."""
    path.parent.mkdir(exist_ok=True)
    kept: dict[str, Any] = {"means": _means(rows), "rows": rows}
    path.write_text(json.dumps(kept, indent=0, sort_keys=True) + "\n", "utf-8")


def _means(rows: dict[str, dict[str, float]]) -> dict[str, float]:
    names = sorted({metric for row in rows.values() for metric in row})
    values = {name: [row[name] for row in rows.values() if name in row] for name in names}
    return {name: round(sum(found) / len(found), 4) for name, found in values.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
