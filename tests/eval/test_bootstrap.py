"""Intervals cover what they claim, differ when they must, and repeat to the bit."""

from __future__ import annotations

import random

from eval.bootstrap import mean_interval, paired_difference, statistic_interval


def test_interval_covers_the_true_mean_about_95_times_in_100() -> None:
    covered = 0
    for seed in range(100):
        rng = random.Random(seed)
        estimate = mean_interval([float(rng.random() < 0.7) for _ in range(200)], seed)
        covered += estimate.low <= 0.7 <= estimate.high
    assert 88 <= covered <= 99


def test_same_rows_give_the_same_interval() -> None:
    values = [random.Random(1).random() for _ in range(50)]
    assert mean_interval(values) == mean_interval(values)


def test_real_loss_is_told_from_noise() -> None:
    rng = random.Random(5)
    base = [rng.random() for _ in range(300)]
    noise = paired_difference(base, [x + rng.gauss(0, 0.1) for x in base])
    loss = paired_difference(base, [x - 0.05 + rng.gauss(0, 0.1) for x in base])
    assert not noise.real
    assert loss.real and loss.high < 0 and loss.p < 0.05
    same = paired_difference(base, base)
    assert same.value == 0 and not same.real and same.p == 1


def test_any_statistic_has_an_interval() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    estimate = statistic_interval(4, lambda at: max(values[i] for i in at))
    assert estimate.value == 4 and estimate.low <= estimate.high <= 4
