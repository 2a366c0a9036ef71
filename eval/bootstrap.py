"""How sure a figure is: 95 % intervals by resampling questions. Efron and Tibshirani 1993, chapters 13 and 16.

Seeded and independent of the order of work, so that equal rows give equal intervals to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20260101
RESAMPLES = 1000  # the half width of an interval end is then some 3 % of the interval
_CHUNK = 100  # resamples drawn at a time: bounds memory to chunk × questions
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval over ``n`` questions."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """NEW minus BASE over paired questions. ``p``: two-sided share of resamples on the other side of zero."""

    value: float
    low: float
    high: float
    p: float
    n: int

    @property
    def real(self) -> bool:
        """The interval leaves zero out."""
        return self.low > 0 or self.high < 0


def mean_interval(values: Sequence[float], seed: int = SEED) -> Estimate:
    """Mean with its percentile interval. ``values`` must not be empty."""
    array = np.asarray(values, np.float64)
    low, high = _ends(_resampled_means(array, seed))
    return Estimate(float(array.mean()), low, high, len(array))


def statistic_interval(
    n: int, statistic: Callable[[NDArray[np.int64]], float], seed: int = SEED, resamples: int = RESAMPLES
) -> Estimate:
    """Any statistic of a set of questions, given as a function of their positions. NaN resamples are left out."""
    rng = np.random.default_rng(seed)
    drawn = np.array([statistic(rng.integers(0, n, n)) for _ in range(resamples)])
    drawn = drawn[~np.isnan(drawn)]
    low, high = _ends(drawn) if len(drawn) else (float("nan"), float("nan"))
    return Estimate(float(statistic(np.arange(n))), low, high, n)


def paired_difference(base: Sequence[float], new: Sequence[float], seed: int = SEED) -> Difference:
    """Paired bootstrap of the mean difference. Equal lengths, same questions in the same order."""
    gaps = np.asarray(new, np.float64) - np.asarray(base, np.float64)
    means = _resampled_means(gaps, seed)
    low, high = _ends(means)
    p = min(1.0, 2 * float(min((means <= 0).mean(), (means >= 0).mean())))
    return Difference(float(gaps.mean()), low, high, p, len(gaps))


def _resampled_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    size = len(values)
    return np.concatenate(
        [values[rng.integers(0, size, (_CHUNK, size))].mean(axis=1) for _ in range(RESAMPLES // _CHUNK)]
    )


def _ends(means: NDArray[np.float64]) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2 * 100
    low, high = np.percentile(means, [tail, 100 - tail])
    return float(low), float(high)
