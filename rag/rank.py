"""The order of candidate articles: LightGBM's LambdaMART (Burges, 2010) over the features of ``rag.features``.

The model is LightGBM's own text format; its list of feature names says what it reads and in which order. A feature's
part in a score is its SHAP value (Lundberg et al., 2020), exact for trees.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from rag.errors import Damaged
from rag.features import Features

MODEL_PATH = Path(__file__).parent / "models" / "ranker" / "ranker.txt"
MODEL_SHA256 = "39969e13bf3c8cf1e9c0f618d3e2c326612583408bbe5ad46531e01997550dfd"
SIDE_CANDIDATES = 200  # passages each side of the index offers; .97 of the right articles of tvpl-qa are among them
CHANCE_SLOPE, CHANCE_OFFSET = 1.2255, -2.4313  # fitted on the held-out questions of one fold (docs/retrieval.md)
EVIDENCE_SHARE = (
    0.5  # of the best chance: what reaches it is evidence; best F2 on the same fold (.70 against .65 for one)
)
EVIDENCE_LIMIT = 5  # provisions
THREADS = 1  # a request is one thread; many are served at once


class Ranker:
    """A trained model. Safe to share between threads."""

    def __init__(self, text: str) -> None:
        self._model = lightgbm.Booster(model_str=text)
        self.names = [unescape(name) for name in self._model.feature_name()]

    def score(self, features: Features) -> NDArray[np.float64]:
        """One score a candidate; only their order means anything."""
        table = np.column_stack([features[name] for name in self.names])
        return np.asarray(self._model.predict(table, num_threads=THREADS))

    def chance(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely each candidate answers, 0 to 1: a logistic curve through held-out questions (Platt, 1999)."""
        return np.asarray(1 / (1 + np.exp(-(CHANCE_SLOPE * scores + CHANCE_OFFSET))))

    def explain(self, features: Features, row: int) -> list[tuple[str, float, float]]:
        """(feature, its value, its part in the score) of one candidate, the largest parts first. The parts and the
        model's mean add up to the score."""
        table = np.array([[features[name][row] for name in self.names]])
        parts = self._model.predict(table, num_threads=THREADS, pred_contrib=True)[0][:-1]
        order = np.argsort(-np.abs(parts), kind="stable")
        return [(self.names[n], float(table[0, n]), float(parts[n])) for n in order if parts[n]]


def evidence_size(chances: Sequence[float]) -> int:
    """How many of the best provisions to take as evidence so that F2 is best, given their chances, best first."""
    if not chances:
        return 0
    return sum(chance >= EVIDENCE_SHARE * chances[0] for chance in chances[:EVIDENCE_LIMIT])


def escape(name: str) -> str:
    """A feature name as LightGBM may write it: no spaces."""
    return name.replace(" ", "·")


def unescape(name: str) -> str:
    return name.replace("·", " ")


@functools.cache
def shipped_ranker() -> Ranker:
    """The model that travels with the project. Raises Damaged when it is not the one that was shipped (S3)."""
    data = MODEL_PATH.read_bytes()
    if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
        raise Damaged("model_damaged", model=MODEL_PATH.name)
    return Ranker(data.decode("utf-8"))
