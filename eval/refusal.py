"""Refusal measured: answerable questions, the same with their act taken out of what search finds, and questions of no law.

Method. tvpl-qa: a question's act is *taken out* by hiding its documents from the index side of the search (``WithoutActs``),
so that candidates, ranking and chances are those of a collection without it (but for the rarity of words, which one act of
6,187 hardly moves). Non-legal questions come from ``eval.nonlegal``. A question counts as refused when its probability of
being answerable lies below the threshold.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from eval.nonlegal import nonlegal_questions
from eval.provisions import act_slug
from eval.suites import load_questions, load_suite, suite_folder
from rag.answer import weigh_hits
from rag.confidence import card, features, load_model, nearness, predict
from rag.evidence import weigh
from rag.index.points import Index, IndexFilter, IndexHit, SparseVector
from rag.question import check_question
from rag.restore import shipped_restorer
from rag.retrieve import search
from rag.settings import load_settings
from rag.store import Store

KEPT = 20  # candidates an answer is made of
WITHOUT_ACT = 500  # questions whose act is taken out: the first of the split


@dataclass(frozen=True, slots=True)
class Rows:
    """``x`` (n, features); ``kind`` of each row: 0 answerable, 1 act taken out, 2 not of law; ``group``: the question."""

    x: NDArray[np.float64]
    kind: NDArray[np.int64]
    group: NDArray[np.int64]


class WithoutActs:
    """The index without some documents: what it offers of them is dropped before anything is ranked."""

    def __init__(self, whole: Index) -> None:
        self.whole = whole
        self.hidden: Set[str] = frozenset()  # ids of passages

    def search(
        self, sparse: SparseVector | None, dense: NDArray[np.float32] | None, where: IndexFilter, limit: int
    ) -> list[IndexHit]:
        found = self.whole.search(sparse, dense, where, limit)
        return [hit for hit in found if hit.passage_id not in self.hidden]


def collect(data_dir: Path, split: str, every: int = 1) -> Rows:
    """Rows of every so-manieth question of a tvpl-qa split, with its half of the non-legal questions ("train" with
    train, else test)."""
    half = "train" if split == "train" else "test"
    rows: list[tuple[NDArray[np.float64], int, int]] = []
    with Store.open(load_settings(data_dir=data_dir)) as store:
        acts: dict[str, set[str]] = {}
        for document in store.record.documents():
            acts.setdefault(act_slug(document.number or document.file_name), set()).add(document.id)
        index = WithoutActs(store.index)
        store.index = cast(Index, index)
        try:
            for at, question in enumerate(load_questions(load_suite(suite_folder("tvpl-qa")), split)[::every]):
                gone = {name.rpartition(".d")[0] for name in question.expected}
                documents = set().union(*(acts.get(g, ()) for g in gone))
                passages = set().union(*map(store.record.passage_ids, documents))
                for kind, hidden in ((0, set()), (1, passages)):
                    index.hidden = hidden
                    rows += [(row, kind, at) for row in _row(store, question.text)]
            index.hidden = frozenset()
            for at, text in enumerate(nonlegal_questions(half)):
                rows += [(row, 2, -1 - at) for row in _row(store, text)]
        finally:
            store.index = index.whole
    return Rows(np.stack([r[0] for r in rows]), np.asarray([r[1] for r in rows]), np.asarray([r[2] for r in rows]))


def _row(store: Store, question: str) -> Iterator[NDArray[np.float64]]:
    asked = shipped_restorer().restore(check_question(question))
    meaning = weigh(store, asked)
    candidates = weigh_hits(meaning, search(store, question, None, KEPT).hits)
    if candidates:
        hits = [c.hit for c in candidates]
        yield features(asked, meaning, hits, nearness(store.vectoriser.static, asked, hits))


def shipped_scores(rows: Rows, model: str) -> tuple[NDArray[np.float64], float]:
    """(each row's probability by the model of the project, its threshold)."""
    scores = predict(load_model(model), rows.x)
    return scores, float(card()["thresholds"][model])


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Chance that a positive scores above a negative (Mann-Whitney), ties half."""
    order = np.concatenate([positive, negative])
    ranks = np.empty(len(order))
    _, inverse, counts = np.unique(order, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = ((ends - counts + 1 + ends) / 2)[inverse]
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def refused_shares(rows: Rows, refused: NDArray[np.bool_]) -> dict[str, float]:
    """Shares refused of the answerable, of the first ``WITHOUT_ACT`` whose act was taken out, and of those of no law."""
    kinds = ("answerable", "act_taken_out", "non_legal")
    return {
        name: round(float(refused[rows.kind == kind][: WITHOUT_ACT if kind == 1 else None].mean()), 4)
        for kind, name in enumerate(kinds)
    }


def report(rows: Rows, score: NDArray[np.float64], threshold: float) -> dict[str, Any]:
    """AUROC, refused shares at the threshold, and the curve (answerable refused, act taken out refused, non-legal)."""
    good, gone, other = (score[rows.kind == kind] for kind in (0, 1, 2))
    gone = gone[:WITHOUT_ACT] if len(gone) > WITHOUT_ACT else gone
    curve = []
    for share in (0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2):
        at = float(np.quantile(good, share))
        curve.append([share, round(float((gone < at).mean()), 4), round(float((other < at).mean()), 4)])
    return {
        "auroc_act_taken_out": round(auroc(good, gone), 4),
        "auroc_non_legal": round(auroc(good, other), 4),
        "threshold": round(threshold, 4),
        "answerable_refused": round(float((good < threshold).mean()), 4),
        "act_taken_out_refused": round(float((gone < threshold).mean()), 4),
        "non_legal_refused": round(float((other < threshold).mean()), 4),
        "counts": [len(good), len(gone), len(other)],
        "curve": curve,
    }
