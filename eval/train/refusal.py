"""Train the refusal models on tvpl-qa train and the train half of the non-legal questions; see ``eval.refusal``.

``python -m eval.train.refusal DATA_DIR [OUT]`` reads a data folder of the article corpus with whole Điều as passages (``cancu eval run
tvpl-qa --passages article`` builds one; with Khoản the ranker knows the questions of train too well, see the models' README),
chooses the thresholds on scores out of fold (five folds by question) and writes models, ``card.json`` with hashes and the
figures. Seeded; one thread; the same bytes again from the same folder.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from eval.refusal import Rows, collect, refused_shares, report
from rag.confidence import FEATURES, FOLDER, columns, predict

FOLDS = 5
ROUNDS = {"answerable": 260, "legal": 80}
# Shares of what must not be refused, of train, out of fold: together some 4 % of the answerable, which leaves one hundredth of
# the 5 % that are allowed, because ranker and embedding have seen these questions.
REFUSED = {"answerable": 0.025, "legal": 0.03}
# What the question of law is not judged by: its length and the rarity of its words, by which questions in everyday words
# ("Lao động nữ sinh con được nghỉ mấy tháng?") looked like questions of no law (13 of 50 of official-documents, now 5).
NOT_READ = {
    "answerable": frozenset(),
    "legal": frozenset({"words", "weight", "rarest", "pairs_known", "pairs_common"}),
}
PARAMETERS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 40, "feature_fraction": 0.7,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "seed": 1, "deterministic": True, "num_threads": 1,
    "verbosity": -1,
}  # fmt: skip


def labels(rows: Rows, model: str) -> NDArray[np.float64]:
    """1 for what must not be refused."""
    return ((rows.kind == 0) if model == "answerable" else (rows.kind != 2)).astype(float)


def fit(rows: Rows, model: str, chosen: NDArray[np.bool_]) -> lightgbm.Booster:
    y = labels(rows, model)
    names = [name for name in FEATURES if name not in NOT_READ[model]]
    data = lightgbm.Dataset(columns(rows.x[chosen], names), y[chosen], feature_name=names)
    return lightgbm.train(PARAMETERS, data, ROUNDS[model])


def out_of_fold(rows: Rows, model: str) -> NDArray[np.float64]:
    """Each row's score by a model that has not seen its question."""
    fold = np.abs(rows.group) * 7919 % 10007 % FOLDS
    scores = np.zeros(len(rows.kind))
    for held in range(FOLDS):
        scores[fold == held] = predict(fit(rows, model, fold != held), rows.x[fold == held])
    return scores


def train(data_dir: Path, out: Path) -> dict[str, Any]:
    """Read the questions, fit both models, choose thresholds, write everything; returns the card."""
    return write(collect(data_dir, "train"), collect(data_dir, "dev"), out)


def write(rows: Rows, dev: Rows, out: Path) -> dict[str, Any]:
    """Fit on ``rows``, report on ``dev``."""
    out.mkdir(parents=True, exist_ok=True)
    card: dict[str, Any] = {"features": list(FEATURES), "sha256": {}, "thresholds": {}}
    either: list[NDArray[np.bool_]] = [np.zeros(len(r.kind), bool) for r in (rows, dev)]
    for model in ROUNDS:
        held = out_of_fold(rows, model)
        kept = held[rows.kind == 0] if model == "answerable" else held[rows.kind != 2]
        threshold = float(np.quantile(kept, REFUSED[model]))
        booster = fit(rows, model, np.ones(len(rows.kind), bool))
        booster.save_model(str(out / f"{model}.txt"))
        card["sha256"][model] = hashlib.sha256((out / f"{model}.txt").read_bytes()).hexdigest()
        card["thresholds"][model] = threshold
        scores = predict(booster, dev.x)
        card[model] = {"train_out_of_fold": report(rows, held, threshold), "dev": report(dev, scores, threshold)}
        either = [before | (now < threshold) for before, now in zip(either, (held, scores), strict=True)]
    parts = zip(("train_out_of_fold", "dev"), (rows, dev), either, strict=True)
    card["refused_by_either"] = {name: refused_shares(of, refused) for name, of, refused in parts}
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    return card


if __name__ == "__main__":
    made = train(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER)
    print(json.dumps({name: made[name] for name in (*ROUNDS, "refused_by_either")}, indent=1))
