"""BM25 over syllables and pairs of neighbouring syllables, as sparse vectors.

A Vietnamese word is one to three syllables written apart, so a pair of neighbours is the cheap word: on 95,667
articles the pairs gave nDCG@10 .585 against .471 for segmented words (whole articles, ``docs/retrieval.md``).

BM25 (Robertson and Zaragoza, 2009) splits into two sides whose dot product is the score::

    passage side  tf (k1 + 1) / (tf + k1 (1 - b + b length / AVERAGE_LENGTH))
    query side    idf = ln(1 + (N - df + 0.5) / (df + 0.5))

The passage side uses a fixed average length, so a passage's vector never depends on what else is indexed; the query
side takes its document frequencies from ``TermStatistics``, which is a function of the record's passages alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

TOKENIZER_VERSION = "syllable-1-2/crc32/2"  # part of the index fingerprint: change it with anything below
K1 = 0.9  # term frequency saturation; the value of the measurements in docs/retrieval.md
B = 0.7  # length normalisation, likewise
AVERAGE_LENGTH = 230.0  # terms (uni- and bigrams) in a passage with its context: the mean of the law corpus, fixed

# The fingerprint of rag.index reads the constants above, so they stand before this import, whichever module comes first.
from rag.index.points import SparseVector  # noqa: E402
from rag.law.text import syllables  # noqa: E402

_MIX = np.uint64(0x9E3779B1)  # Knuth's multiplicative constant, 2**32 / golden ratio
_MASK = np.uint64(0xFFFFFFFF)
RUN_RATIO = 4  # a run of term counts is merged into a new one when it is at most this many times as long
_CACHE_LIMIT = 200_000  # syllables kept with their ids; Vietnamese has some 7,000, the rest are numbers and names

Terms = NDArray[np.uint32]


class Frequencies(Protocol):
    """What a question's weights are made of: one count, or the sum of several."""

    @property
    def passages(self) -> int: ...

    def frequencies(self, indices: Terms) -> NDArray[np.int64]: ...


@dataclass(slots=True)
class LexicalEncoder:
    """Text to term ids (uint32) and weights. Stateless but for a cache: equal text gives equal vectors anywhere."""

    _ids: dict[str, int] = field(default_factory=dict)

    def terms(self, text: str) -> Terms:
        """Ids of all syllables of ``text``, then of all pairs of neighbours; repeated as they occur."""
        return self.terms_of(syllables(text))

    def terms_of(self, words: Sequence[str]) -> Terms:
        """``terms`` for who has the syllables already."""
        if len(self._ids) > _CACHE_LIMIT:
            self._ids.clear()
        ids = np.fromiter(map(self._id, words), np.uint64, len(words))
        pairs = ((ids[:-1] * _MIX) ^ ((ids[1:] << np.uint64(7)) | (ids[1:] >> np.uint64(25)))) & _MASK
        return np.concatenate([ids, pairs]).astype(np.uint32)

    def encode_passage(self, text: str) -> SparseVector:
        """The passage side of BM25."""
        return self.encode_words(syllables(text))

    def encode_words(self, words: Sequence[str]) -> SparseVector:
        """``encode_passage`` for who has the syllables already."""
        terms = self.terms_of(words)
        indices, counts = np.unique(terms, return_counts=True)
        tf = counts.astype(np.float32)
        norm = K1 * (1 - B + B * len(terms) / AVERAGE_LENGTH)
        return SparseVector(indices, (tf * (K1 + 1) / (tf + norm)).astype(np.float32))

    def encode_passages(self, texts: Iterable[str]) -> list[SparseVector]:
        return [self.encode_passage(text) for text in texts]

    def encode_query(self, text: str, statistics: Frequencies) -> SparseVector:
        """The query side: each distinct term that occurs in the collection, weighted by its idf."""
        indices = np.unique(self.terms(text))
        frequency = statistics.frequencies(indices)
        known = frequency > 0
        return SparseVector(indices[known], idf(frequency[known], statistics.passages))

    def term(self, syllable: str) -> int:
        """The id of one syllable."""
        return self._id(syllable)

    def _id(self, syllable: str) -> int:
        known = self._ids.get(syllable)
        if known is None:
            known = self._ids[syllable] = zlib.crc32(syllable.encode("utf-8"))
        return known


def idf(frequency: NDArray[np.int64], passages: int) -> NDArray[np.float32]:
    """Inverse document frequency, natural logarithm, never negative."""
    return np.log1p((passages - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class TermCounts:
    """In how many of some passages each term occurs: ``ids`` strictly increasing uint32, ``counts`` int64 beside."""

    ids: Terms
    counts: NDArray[np.int64]
    passages: int


NO_TERMS = TermCounts(np.empty(0, np.uint32), np.empty(0, np.int64), 0)


def count_terms(vectors: Sequence[SparseVector]) -> TermCounts:
    """The counts of these passages."""
    if not vectors:
        return NO_TERMS
    ids, counts = np.unique(np.concatenate([v.indices for v in vectors]), return_counts=True)
    return TermCounts(ids, counts.astype(np.int64), len(vectors))


class TermStatistics:
    """In how many passages each term occurs. Exact under adding and removing, whatever the order.

    Sorted runs of falling size: a change is a new run, merged with those before it that are not much larger, so that
    a document costs its own terms and not those of the collection.
    """

    def __init__(self) -> None:
        self.passages = 0
        self._runs: list[tuple[Terms, NDArray[np.int64]]] = []

    def add(self, terms: TermCounts) -> None:
        self._change(terms, 1)

    def remove(self, terms: TermCounts) -> None:
        self._change(terms, -1)

    def frequencies(self, indices: Terms) -> NDArray[np.int64]:
        """Document frequency of each id, 0 for unknown ones; same shape as ``indices``."""
        found = np.zeros(len(indices), np.int64)
        for ids, counts in tuple(self._runs):
            at = np.minimum(np.searchsorted(ids, indices), len(ids) - 1)
            found += np.where(ids[at] == indices, counts[at], 0)
        return found

    def save(self, path: Path) -> None:
        """Write the arrays (``.npz``, no pickle)."""
        ids, counts = _whole(self._runs)
        self._runs = [(ids, counts)] if len(ids) else []
        with path.open("wb") as file:
            np.savez(file, ids=ids, counts=counts, passages=np.int64(self.passages))

    @classmethod
    def load(cls, path: Path) -> TermStatistics:
        statistics = cls()
        with np.load(path, allow_pickle=False) as arrays:
            if len(arrays["ids"]):
                statistics._runs = [(arrays["ids"], arrays["counts"])]
            statistics.passages = int(arrays["passages"])
        return statistics

    def _change(self, terms: TermCounts, sign: int) -> None:
        if not len(terms.ids):
            return
        self.passages += sign * terms.passages
        new = [(terms.ids, terms.counts * sign)]
        runs = list(self._runs)
        while runs and len(runs[-1][0]) <= RUN_RATIO * len(new[0][0]):
            new = [_merged(runs.pop(), new[0])]
        self._runs = [*runs, *new]


def _merged(
    one: tuple[Terms, NDArray[np.int64]], other: tuple[Terms, NDArray[np.int64]]
) -> tuple[Terms, NDArray[np.int64]]:
    ids, where = np.unique(np.concatenate([one[0], other[0]]), return_inverse=True)
    total = np.zeros(len(ids), np.int64)
    np.add.at(total, where, np.concatenate([one[1], other[1]]))
    return ids, total


def _whole(runs: Sequence[tuple[Terms, NDArray[np.int64]]]) -> tuple[Terms, NDArray[np.int64]]:
    """All runs as one, without the terms that no passage has any more."""
    ids, counts = np.empty(0, np.uint32), np.empty(0, np.int64)
    for run in reversed(runs):
        ids, counts = _merged((ids, counts), run)
    return ids[counts > 0], counts[counts > 0]
