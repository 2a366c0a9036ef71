"""Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), the same over every store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.index.points import IndexHit

RRF_CONSTANT = 60  # the paper's constant: how little the very first ranks weigh against the next
SCORE_DIGITS = 3  # single precision over some 20 terms is good for four; scores are about 1 to 100

Scored = tuple[str, float]  # passage id, score


def fuse(lexical: Sequence[Scored], dense: Sequence[Scored]) -> list[IndexHit]:
    """Both sides merged by passage, best fused rank first; ties by passage id so that order is stable."""
    fused: dict[str, float] = {}
    for side in (lexical, dense):
        for rank, (passage, _) in enumerate(side, 1):
            fused[passage] = fused.get(passage, 0.0) + 1 / (RRF_CONSTANT + rank)
    by_words, by_meaning = dict(lexical), dict(dense)
    order = sorted(fused, key=lambda p: (-fused[p], p))
    return [IndexHit(p, by_words.get(p), by_meaning.get(p)) for p in order]


def by_score(side: Iterable[Scored]) -> list[Scored]:
    """Best score first, equal scores by passage id: engines break ties by where a point happens to lie, and add the
    same products up in another order after a merge."""
    return sorted(side, key=lambda hit: (-round(hit[1], SCORE_DIGITS), hit[0]))
