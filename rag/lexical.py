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

import numpy as np
from numpy.typing import NDArray

TOKENIZER_VERSION = "syllable-1-2/crc32/1"  # part of the index fingerprint: change it with anything below
K1 = 0.9  # term frequency saturation; the value of the measurements in docs/retrieval.md
B = 0.7  # length normalisation, likewise
AVERAGE_LENGTH = 200.0  # terms (uni- and bigrams) in a passage with its context; fixed by design, see above

# The fingerprint of rag.index reads the constants above, so they stand before this import, whichever module comes first.
from rag.index.points import SparseVector  # noqa: E402
from rag.law.text import syllables  # noqa: E402

_MIX = np.uint64(0x9E3779B1)  # Knuth's multiplicative constant, 2**32 / golden ratio
_MASK = np.uint64(0xFFFFFFFF)
_CACHE_LIMIT = 200_000  # syllables kept with their ids; Vietnamese has some 7,000, the rest are numbers and names

Terms = NDArray[np.uint32]


@dataclass(slots=True)
class LexicalEncoder:
    """Text to term ids (uint32) and weights. Stateless but for a cache: equal text gives equal vectors anywhere."""

    _ids: dict[str, int] = field(default_factory=dict)

    def terms(self, text: str) -> Terms:
        """Ids of all syllables of ``text``, then of all pairs of neighbours; repeated as they occur."""
        words = syllables(text)
        if len(self._ids) > _CACHE_LIMIT:
            self._ids.clear()
        ids = np.fromiter(map(self._id, words), np.uint64, len(words))
        pairs = ((ids[:-1] * _MIX) ^ ((ids[1:] << np.uint64(7)) | (ids[1:] >> np.uint64(25)))) & _MASK
        return np.concatenate([ids, pairs]).astype(np.uint32)

    def encode_passage(self, text: str) -> SparseVector:
        """The passage side of BM25."""
        terms = self.terms(text)
        indices, counts = np.unique(terms, return_counts=True)
        tf = counts.astype(np.float32)
        norm = K1 * (1 - B + B * len(terms) / AVERAGE_LENGTH)
        return SparseVector(indices, (tf * (K1 + 1) / (tf + norm)).astype(np.float32))

    def encode_passages(self, texts: Iterable[str]) -> list[SparseVector]:
        return [self.encode_passage(text) for text in texts]

    def encode_query(self, text: str, statistics: TermStatistics) -> SparseVector:
        """The query side: each distinct term that occurs in the collection, weighted by its idf."""
        indices = np.unique(self.terms(text))
        frequency = statistics.frequencies(indices)
        known = frequency > 0
        return SparseVector(indices[known], idf(frequency[known], statistics.passages))

    def _id(self, syllable: str) -> int:
        known = self._ids.get(syllable)
        if known is None:
            known = self._ids[syllable] = zlib.crc32(syllable.encode("utf-8"))
        return known


def idf(frequency: NDArray[np.int64], passages: int) -> NDArray[np.float32]:
    """Inverse document frequency, natural logarithm, never negative."""
    return np.log1p((passages - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


class TermStatistics:
    """In how many passages each term occurs. Exact under adding and removing, whatever the order.

    A sorted array holds the bulk; changes since are in a dictionary, folded in when the arrays are saved.
    """

    def __init__(self) -> None:
        self.passages = 0
        self._ids: Terms = np.empty(0, np.uint32)
        self._counts: NDArray[np.int64] = np.empty(0, np.int64)
        self._changes: dict[int, int] = {}

    def add(self, vectors: Sequence[SparseVector]) -> None:
        self._change(vectors, 1)

    def remove(self, vectors: Sequence[SparseVector]) -> None:
        self._change(vectors, -1)

    def frequencies(self, indices: Terms) -> NDArray[np.int64]:
        """Document frequency of each id, 0 for unknown ones; same shape as ``indices``."""
        found = np.zeros(len(indices), np.int64)
        if len(self._ids):
            at = np.minimum(np.searchsorted(self._ids, indices), len(self._ids) - 1)
            found = np.where(self._ids[at] == indices, self._counts[at], 0)
        if self._changes:
            changes = self._changes
            found = found + np.fromiter((changes.get(int(i), 0) for i in indices), np.int64, len(indices))
        return found

    def settle(self) -> None:
        """Fold the changes into the arrays."""
        if not self._changes:
            return
        ids = np.fromiter(self._changes.keys(), np.uint32, len(self._changes))
        counts = np.fromiter(self._changes.values(), np.int64, len(self._changes))
        self._merge(ids, counts)
        self._changes = {}

    def save(self, path: Path) -> None:
        """Write the arrays (``.npz``, no pickle)."""
        self.settle()
        with path.open("wb") as file:
            np.savez(file, ids=self._ids, counts=self._counts, passages=np.int64(self.passages))

    @classmethod
    def load(cls, path: Path) -> TermStatistics:
        statistics = cls()
        with np.load(path, allow_pickle=False) as arrays:
            statistics._ids, statistics._counts = arrays["ids"], arrays["counts"]
            statistics.passages = int(arrays["passages"])
        return statistics

    def _change(self, vectors: Sequence[SparseVector], sign: int) -> None:
        if not vectors:
            return
        self.passages += sign * len(vectors)
        ids, counts = np.unique(np.concatenate([v.indices for v in vectors]), return_counts=True)
        if len(ids) > len(self._ids) // 4:
            self.settle()
            self._merge(ids, counts * sign)
            return
        changes = self._changes
        for term, count in zip(ids.tolist(), counts.tolist(), strict=True):
            changes[term] = changes.get(term, 0) + sign * count

    def _merge(self, ids: Terms, counts: NDArray[np.int64]) -> None:
        merged, where = np.unique(np.concatenate([self._ids, ids]), return_inverse=True)
        total = np.zeros(len(merged), np.int64)
        np.add.at(total, where, np.concatenate([self._counts, counts]))
        kept = total > 0
        self._ids, self._counts = merged[kept], total[kept]
