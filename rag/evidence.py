"""How well a text speaks of a question: the share of the question's meaning, weighed by rarity, that it contains.

Coverage of a text T by a question with content words W is  sum(idf(w), w in W and T) / sum(idf(w), w in W).
A word that occurs nowhere counts with the highest idf: it is what the question is about and nobody speaks of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from rag.law.text import syllables
from rag.lexical import idf
from rag.question import content_words
from rag.store import Store

COMMON = 20  # passages that hold a pair of words which belongs to the language of the collection


@dataclass(frozen=True, slots=True)
class Meaning:
    """Content words and neighbouring pairs of a question with their weights."""

    words: dict[str, float]
    pairs: dict[tuple[str, str], float]
    known_pairs: float = 1.0  # share of the question's neighbouring pairs that occur in the collection
    common_pairs: float = 1.0  # share that occurs in at least ``COMMON`` passages
    rarity: float = 1.0  # weight of a word that no passage holds: the highest there is in a collection of this size

    def coverage(self, text: str) -> float:
        """Share (0 to 1) of the words' weight found in ``text``."""
        return _share(self.words, set(syllables(text)))

    def closeness(self, text: str) -> float:
        """Coverage by words and by pairs in equal parts: word order tells a rule from its neighbour."""
        return self.weigh(text)[1]

    def weigh(self, text: str) -> tuple[float, float]:
        """(coverage, closeness) of ``text``, read once."""
        found = syllables(text)
        words = _share(self.words, set(found))
        return words, (words + _share(self.pairs, set(pairwise(found)))) / 2 if self.pairs else words

    def pair_coverage(self, text: str) -> float:
        """Share of the pairs' weight found in ``text``."""
        return _share(self.pairs, set(pairwise(syllables(text))))


def weigh(store: Store, question: str) -> Meaning:
    """The question's content words and pairs, weighed by their rarity in the collection."""
    words = content_words(question)
    weight = {word: _idf(store, word) for word in words}
    order = syllables(question)
    kept = set(words)
    pairs = {(a, b): weight[a] + weight[b] for a, b in pairwise(order) if a in kept and b in kept}
    frequency = store.lexicon.statistics.frequencies(store.lexicon.encoder.terms(question)[len(order) :])
    passages = max(store.lexicon.statistics.passages, 1)
    highest = float(idf(np.zeros(1, np.int64), passages)[0])
    if not len(frequency):
        return Meaning(weight, pairs, rarity=highest)
    return Meaning(weight, pairs, float((frequency > 0).mean()), float((frequency >= COMMON).mean()), highest)


def _idf(store: Store, word: str) -> float:
    term = store.lexicon.encoder.terms(word)[:1]
    statistics = store.lexicon.statistics
    return float(idf(np.asarray(statistics.frequencies(term)), max(statistics.passages, 1))[0])


def _share(weights: Mapping[Any, float], found: Set[Any]) -> float:
    total = sum(weights.values())
    return sum(weight for item, weight in weights.items() if item in found) / total if total else 0.0
