"""How likely the best passages answer the question: features of their words, their chances and their vectors, and a small
model over them.

The features are shares and chances, all between 0 and 1 whatever the size of the collection but for a few lengths: coverage by
rarity, neighbouring pairs, the longest run in common, headings, how the best passages agree; the ranker's chances of the best
Điều, how they are spread over Điều and acts; how near the question's vector lies. Two LightGBM models
(text files, no code in them): ``answerable`` decides whether to refuse, ``legal`` whether the question is one of law at all.
Trained by ``python -m eval.train.refusal DATA_DIR``, which writes them with a card of hashes, thresholds and figures; to be
run again when the ranker changes.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embed import Embedder
from rag.errors import Damaged
from rag.evidence import Meaning
from rag.law.text import syllables
from rag.question import content_words
from rag.results import Hit

LOOKED_AT = 10  # passages whose words and vectors are compared
SPREAD_OVER = 8  # Điều over which chances are spread
MEAN_OF = 5  # best values that are averaged or summed
# Passages from which on the models decide. They were trained on 300,000; on official-documents (27,038) they refused 5 of 50
# questions that can be answered and 7 of 10 that cannot, coverage 3 and 8.
LEAST_PASSAGES = 100_000
FOLDER = Path(__file__).parent / "models" / "refusal"
MODELS = ("answerable", "legal")
FEATURES = (
    "words", "weight", "rarest", "pairs_known", "pairs_common",
    "coverage_1", "closeness_1", "pairs_1", "coverage_3", "closeness_best", "closeness_mean", "closeness_second",
    "heading_1", "title_1", "body_1", "rarest_missing", "missing_3", "same_act", "same_article",
    "run_1", "run_heading", "heading_asked", "title_asked", "body_length",
    "chance_1", "chance_2", "chance_3", "chance_gap", "chance_sum", "chance_spread", "act_share_best", "act_share_1",
    "near_1", "near_best", "near_mean", "near_lead",
)  # fmt: skip


def nearness(embedder: Embedder, question: str, hits: Sequence[Hit]) -> NDArray[np.float64]:
    """How near the question's vector lies to each of the passages looked at: cosines."""
    texts = [f"{h.document.title or ''}\n{h.passage.searched_text}" for h in hits[:LOOKED_AT]]
    vectors = embedder.encode([question, *texts]).astype(np.float64)
    return np.asarray(vectors[1:] @ vectors[0])


def features(
    question: str, meaning: Meaning, hits: Sequence[Hit], near_by: NDArray[np.float64]
) -> NDArray[np.float64]:
    """One row of ``FEATURES``; ``hits`` best first, at least one; ``near_by`` as ``nearness`` gives it."""
    near = hits[:LOOKED_AT]
    texts = [f"{h.document.title or ''}\n{h.passage.searched_text}" for h in near]
    found = [set(syllables(text)) for text in texts]
    coverage = [meaning.coverage(text) for text in texts]
    closeness = [meaning.closeness(text) for text in texts]
    first = near[0]
    asked = syllables(question)
    heading = f"{first.passage.heading}\n{first.passage.context}"
    weights = meaning.words
    rarest = max(weights.values(), default=0.0)
    ranked = sorted(closeness, reverse=True)
    row = [
        len(weights),
        sum(weights.values()) / meaning.rarity,
        rarest / meaning.rarity,
        meaning.known_pairs,
        meaning.common_pairs,
        coverage[0],
        closeness[0],
        meaning.pair_coverage(texts[0]),
        max(coverage[:3]),
        ranked[0],
        float(np.mean(closeness[:5])),
        ranked[1] if len(ranked) > 1 else 0.0,
        meaning.coverage(heading),
        meaning.coverage(first.document.title or ""),
        meaning.coverage(first.passage.text),
        max((w for word, w in weights.items() if word not in found[0]), default=0.0) / (rarest or 1.0),
        _missing(weights, set().union(*found[:3])),
        float(np.mean([h.document.id == first.document.id for h in near])),
        float(np.mean([h.passage.article_eid == first.passage.article_eid for h in near])),
        longest_run(asked, syllables(texts[0])) / max(len(asked), 1),
        longest_run(asked, syllables(heading)) / max(len(asked), 1),
        _share_asked(first.passage.heading, set(asked)),
        _share_asked(first.document.title or "", set(asked)),
        float(np.log1p(len(first.passage.text))),
        *_chances(hits),
        near_by[0],
        near_by.max(),
        float(np.sort(near_by)[-MEAN_OF:].mean()),
        near_by[0] - near_by.mean(),
    ]
    return np.asarray(row, np.float64)


def _chances(hits: Sequence[Hit]) -> list[float]:
    """The best Điều's chances, their lead and sum, and how the eight best are spread over Điều (entropy) and acts (shares)."""
    best: dict[tuple[str, str], float] = {}
    for hit in hits:
        if not hit.exact:
            key = hit.document.id, hit.passage.article_eid or hit.passage.eid
            best[key] = max(hit.score, best.get(key, 0.0))
    ranked = sorted(best.items(), key=lambda item: -item[1])[:SPREAD_OVER]
    chances = [chance for _, chance in ranked] + [0.0] * MEAN_OF
    total = sum(chances) or 1.0
    acts: dict[str, float] = {}
    for (document, _), chance in ranked:
        acts[document] = acts.get(document, 0.0) + chance / total
    shares = np.asarray([c / total for c in chances if c > 0])
    spread = float(-(shares * np.log(shares)).sum())
    own = acts.get(hits[0].document.id, 0.0)
    return [
        *chances[:3],
        chances[0] - chances[1],
        sum(chances[:MEAN_OF]),
        spread,
        max(acts.values(), default=0.0),
        own,
    ]


def _missing(weights: dict[str, float], found: set[str]) -> float:
    """Share of the question's weight that none of the passages holds."""
    return sum(w for word, w in weights.items() if word not in found) / (sum(weights.values()) or 1.0)


def _share_asked(text: str, asked: set[str]) -> float:
    words = content_words(text) if text.strip() else []
    return sum(word in asked for word in words) / len(words) if words else 0.0


def longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest run of syllables that both hold."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(other):
        places.setdefault(word, []).append(at)
    best = 0
    runs: dict[int, int] = {}
    for word in one:
        runs = {at: runs.get(at - 1, 0) + 1 for at in places.get(word, ())}
        best = max(best, *runs.values()) if runs else best
    return best


def columns(rows: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """Those of ``FEATURES`` that a model reads."""
    return rows[:, [FEATURES.index(name) for name in names]]


def predict(model: Any, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The model's probability for each row of ``FEATURES``."""
    return np.asarray(model.predict(columns(rows, model.feature_name()), num_threads=1))


def has_models(folder: Path = FOLDER) -> bool:
    """Whether the models were trained; without them coverage decides (``rag.answer.refusal``)."""
    return (folder / "card.json").is_file()


@functools.cache
def load_model(name: str, folder: Path = FOLDER) -> Any:
    """A LightGBM booster, its SHA-256 checked against the card's. Raises Damaged."""
    import lightgbm

    path = folder / f"{name}.txt"
    if hashlib.sha256(path.read_bytes()).hexdigest() != card(folder)["sha256"][name]:
        raise Damaged("model_damaged", model=path.name)
    return lightgbm.Booster(model_file=str(path))


@functools.cache
def card(folder: Path = FOLDER) -> Any:
    """Thresholds and hashes, written by the training."""
    return json.loads((folder / "card.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Judged:
    """``answerable`` and ``legal``: above their thresholds; ``confidence``: the probability behind the first."""

    answerable: bool
    legal: bool
    confidence: float


def judge(row: NDArray[np.float64], folder: Path = FOLDER) -> Judged:
    """What the models say of one row of features."""
    answerable, legal = (float(predict(load_model(name, folder), row[None, :])[0]) for name in MODELS)
    thresholds = card(folder)["thresholds"]
    return Judged(answerable >= thresholds["answerable"], legal >= thresholds["legal"], answerable)
