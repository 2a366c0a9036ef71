"""Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), the same over every store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.index.points import IndexHit

RRF_CONSTANT = 60  # the paper's constant: how little the very first ranks weigh against the next
SCORE_DIGITS = 3  # single precision over some 20 terms is good for four; scores are about 1 to 100

Scored = tuple[str, str, float]  # passage id, document id, score


def fuse(lexical: Sequence[Scored], dense: Sequence[Scored]) -> list[IndexHit]:
    """Both sides merged by passage, best fused rank first; ties by passage id so that order is stable."""
    document: dict[str, str] = {}
    fused: dict[str, float] = {}
    for side in (lexical, dense):
        for rank, (passage, owner, _) in enumerate(side, 1):
            document[passage] = owner
            fused[passage] = fused.get(passage, 0.0) + 1 / (RRF_CONSTANT + rank)
    scores = [{p: score for p, _, score in side} for side in (lexical, dense)]
    order = sorted(fused, key=lambda p: (-fused[p], p))
    return [IndexHit(p, document[p], scores[0].get(p), scores[1].get(p)) for p in order]


def by_score(side: Iterable[Scored]) -> list[Scored]:
    """Best score first, equal scores by passage id: engines break ties by where a point happens to lie, and add the
    same products up in another order after a merge."""
    return sorted(side, key=lambda hit: (-round(hit[2], SCORE_DIGITS), hit[0]))
