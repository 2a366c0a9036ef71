"""The static embedding while it is trained: a bag of phrases with learnt weights, in torch (``[models]`` extra).

A phrase's vector is its own plus those of its syllables, so that rare phrases lean on common parts; when training
ends all of it folds into one table, which is what ships.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from eval.train.material import Field

DIMENSIONS = 256
SPREAD = 0.05  # standard deviation of the first vectors
LOWEST_WEIGHT = 0.05  # of a token in nearly every text

Bags = tuple[NDArray[np.int64], NDArray[np.int64]]  # token ids end to end, and where each bag begins


@dataclass(frozen=True, slots=True)
class Part:
    """A field's texts for some rows: tokens end to end and how many each row has."""

    tokens: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def where(self, kept: NDArray[np.bool_]) -> Part:
        return Part(self.tokens[np.repeat(kept, self.lengths)], self.lengths * kept)


def take(field: Field, rows: NDArray[np.int64], longest: int, skip: NDArray[np.int64] | None = None) -> Part:
    """At most ``longest`` tokens of each row's text, from ``skip`` on."""
    start, end = field.ends[rows], field.ends[rows + 1]
    if skip is not None:
        start = np.minimum(start + skip, end)
    lengths = np.minimum(end - start, longest)
    shift = np.repeat(start - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return Part(field.tokens[shift + np.arange(int(lengths.sum()))], lengths)


def bags(parts: Sequence[Part]) -> Bags:
    """The parts of each row put together."""
    rows = np.concatenate([np.repeat(np.arange(len(p.lengths)), p.lengths) for p in parts])
    tokens = np.concatenate([p.tokens for p in parts])
    lengths = np.sum([p.lengths for p in parts], axis=0)
    return tokens[np.argsort(rows, kind="stable")], np.concatenate([[0], np.cumsum(lengths)[:-1]])


class PhraseBag(torch.nn.Module):
    """Bags of tokens to unit vectors."""

    def __init__(self, counts: NDArray[np.int64], parts: Sequence[tuple[int, ...]], texts: int) -> None:
        """``counts``: how often each token occurs among ``texts``; it begins with its idf as weight."""
        super().__init__()
        syllables = max(max(part) for part in parts) + 1
        width = max(map(len, parts))
        padded = [(*part, *[syllables] * (width - len(part))) for part in parts]
        self.register_buffer("parts", torch.tensor(padded))
        self.own = torch.nn.Parameter(torch.zeros(len(parts), DIMENSIONS))
        self.syllables = torch.nn.Parameter(torch.randn(syllables + 1, DIMENSIONS) * SPREAD)
        idf = np.maximum(np.log(texts / (np.minimum(counts, texts * 0.99) + 1)), LOWEST_WEIGHT)
        self.weights = torch.nn.Parameter(torch.tensor(np.log(idf / idf.mean()), dtype=torch.float32))
        self.folded = False

    def table(self) -> torch.Tensor:
        if self.folded:
            return self.own
        masked = torch.cat([self.syllables[:-1], torch.zeros(1, DIMENSIONS)])
        return self.own + embedding_bag(self.parts, masked, mode="sum")

    def fold(self) -> None:
        """Put everything into one table: from here on phrases move by themselves."""
        with torch.no_grad():
            self.own.copy_(self.table())
        self.folded = True

    def forward(self, made: Bags) -> torch.Tensor:
        tokens, offsets = (torch.from_numpy(part) for part in made)
        weights = self.weights.exp()[tokens]
        return normalize(embedding_bag(tokens, self.table(), offsets, per_sample_weights=weights, mode="sum"), dim=1)

    def vectors(self) -> NDArray[np.float32]:
        """What ships: each token's vector times its weight."""
        with torch.no_grad():
            return np.asarray((self.table() * self.weights.exp()[:, None]).numpy(), np.float32)


def contrast(one: torch.Tensor, other: torch.Tensor, scale: float) -> torch.Tensor:
    """InfoNCE in both directions: row n of one belongs to row n of the other."""
    similarity = one @ other.T * scale
    target = torch.arange(len(one))
    return cross_entropy(similarity, target) + cross_entropy(similarity.T, target)


def falling_rate(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """Linear decay to a twentieth."""
    share: Callable[[int], float] = lambda step: max(0.05, 1 - step / max(1, steps))  # noqa: E731
    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)
