"""Questions typed without diacritics (or with half of them) get them back: a noisy channel over syllable pairs.

The most likely sequence of syllables (Viterbi) under a bigram model of legal Vietnamese, where each syllable that was
typed without marks may stand for any syllable of that bare form. How likely marks were dropped is read off the question
itself: running text has some 27 % of its syllables without marks, a question with all of them bare dropped them all.
A syllable typed with a mark is kept as typed.
"""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from rag.errors import Damaged
from rag.law.text import fold_case_and_tone, strip_diacritics

MODEL_FILE = "restorer.safetensors"
MODEL_PATH = Path(__file__).parent / "models" / "restorer" / MODEL_FILE
MODEL_SHA256 = "8c1edcb09d191f71c204855ec1105d934cb3487d4194d03f2c148ad695c1d676"
BARE_SHARE = 0.27  # of the syllables of fully marked text, counted on the law corpus
MIN_DROP, MAX_DROP = 0.0005, 0.98  # bounds of the estimated rate of dropped marks
PAIR_WEIGHT = 0.9  # of the pair model against the single syllable (Jelinek-Mercer interpolation)
_WORD = re.compile(r"[^\W\d_]+")


class Restorer:
    """The model in memory: ``syllables`` sorted, ``pairs`` sorted keys first * len + second with their counts."""

    def __init__(self, path: Path) -> None:
        arrays = load_file(path)
        self.syllables = arrays["syllables"].tobytes().decode("utf-8").split("\n")
        self.unigrams = arrays["unigrams"].astype(np.float64)
        self.pairs: NDArray[np.uint32] = arrays["pairs"]
        self.pair_counts: NDArray[np.uint16] = arrays["pair_counts"]
        self.total = float(self.unigrams.sum())
        self.number = {s: i for i, s in enumerate(self.syllables)}
        self.of_bare: dict[str, list[int]] = {}
        for i, syllable in enumerate(self.syllables):
            self.of_bare.setdefault(strip_diacritics(syllable), []).append(i)

    def restore(self, text: str) -> str:
        """``text`` with marks restored; what stands between the syllables, and their number, stay as they are."""
        words = list(_WORD.finditer(text))
        folded = [fold_case_and_tone(w.group()) for w in words]
        drop = _drop_rate(folded)
        if drop <= MIN_DROP:
            return text
        chosen = self._best([self._candidates(word) for word in folded], folded, np.log(drop))
        pieces, last = [], 0
        for word, old, new in zip(words, folded, chosen, strict=True):
            pieces += [text[last : word.start()], word.group() if new == old else new]
            last = word.end()
        return "".join([*pieces, text[last:]])

    def _candidates(self, word: str) -> list[int]:
        """Numbers of the syllables that ``word`` may stand for; -1 for itself when the model does not know it."""
        if word != strip_diacritics(word):
            return [self.number.get(word, -1)]
        return self.of_bare.get(word, [-1])

    def _best(self, options: list[list[int]], folded: list[str], log_drop: float) -> list[str]:
        score = np.zeros(1)
        before = np.asarray([-1])
        back: list[NDArray[np.int64]] = []
        for candidates, word in zip(options, folded, strict=True):
            now = np.asarray(candidates)
            step = self._log_probability(before, now) + self._change_cost(now, word, log_drop)
            table = score[:, None] + step
            back.append(table.argmax(axis=0))
            score, before = table.max(axis=0), now
        at = int(score.argmax()) if len(score) else 0
        chosen: list[str] = []
        for candidates, pointers, word in zip(reversed(options), reversed(back), reversed(folded), strict=True):
            number = candidates[at]
            chosen.append(self.syllables[number] if number >= 0 else word)
            at = int(pointers[at])
        return chosen[::-1]

    def _change_cost(self, now: NDArray[np.int64], word: str, log_drop: float) -> NDArray[np.float64]:
        unchanged = np.asarray([n < 0 or self.syllables[n] == word for n in now])
        return np.where(unchanged, 0.0, log_drop)

    def _log_probability(self, before: NDArray[np.int64], now: NDArray[np.int64]) -> NDArray[np.float64]:
        """ln P(now | before), shape (len(before), len(now))."""
        single = np.where(now >= 0, self.unigrams[np.maximum(now, 0)], 1.0) / self.total
        keys = (np.maximum(before, 0)[:, None] * len(self.syllables) + np.maximum(now, 0)[None, :]).astype(np.uint32)
        at = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        known = (self.pairs[at] == keys) & (before >= 0)[:, None] & (now >= 0)[None, :]
        count = np.where(known, self.pair_counts[at], 0)
        following = np.where(before >= 0, self.unigrams[np.maximum(before, 0)], 1.0)[:, None]
        return np.asarray(np.log(PAIR_WEIGHT * count / following + (1 - PAIR_WEIGHT) * single[None, :]))


@functools.cache
def shipped_restorer() -> Restorer:
    """The model shipped with the project, its SHA-256 checked. Raises Damaged."""
    if hashlib.sha256(MODEL_PATH.read_bytes()).hexdigest() != MODEL_SHA256:
        raise Damaged("model_damaged", model=MODEL_PATH.name)
    return Restorer(MODEL_PATH)


def _drop_rate(folded: list[str]) -> float:
    """How likely a mark was dropped: what the share of bare syllables exceeds that of marked text by."""
    if not folded:
        return 0.0
    bare = sum(word == strip_diacritics(word) for word in folded) / len(folded)
    return min(MAX_DROP, max(MIN_DROP, (bare - BARE_SHARE) / (1 - BARE_SHARE)))
