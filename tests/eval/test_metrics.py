"""Scores against ranx on random data, and against values worked out by hand."""

from __future__ import annotations

import math
import random

import pytest

from eval import metrics as m

AGREEMENT = 1e-9


def random_case(seed: int) -> tuple[list[str], dict[str, int]]:
    rng = random.Random(seed)
    names = [f"d{i}" for i in range(60)]
    ranking = rng.sample(names, rng.randint(1, 40))
    relevant = {name: rng.choice((1, 1, 2)) for name in rng.sample(names, rng.randint(1, 8))}
    return ranking, relevant


@pytest.fixture(scope="module")
def ranx_scores() -> dict[str, list[float]]:
    from ranx import Qrels, Run, evaluate

    cases = [random_case(seed) for seed in range(200)]
    qrels = Qrels({f"q{i:03}": relevant for i, (_, relevant) in enumerate(cases)})
    run = Run({f"q{i:03}": {n: 1 / r for r, n in enumerate(ranking, 1)} for i, (ranking, _) in enumerate(cases)})
    names = ["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "map"]
    return {k: list(v) for k, v in evaluate(qrels, run, names, return_mean=False).items()}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("recall@1", lambda r, q: m.recall_at(r, q, 1)),
        ("recall@5", lambda r, q: m.recall_at(r, q, 5)),
        ("recall@10", lambda r, q: m.recall_at(r, q, 10)),
        ("mrr@10", m.reciprocal_rank),
        ("ndcg@10", m.ndcg_at),
        ("map", m.average_precision),
    ],
)
def test_score_equals_ranx(name: str, ours, ranx_scores: dict[str, list[float]]) -> None:  # type: ignore[no-untyped-def]
    values = [ours(*random_case(seed)) for seed in range(200)]
    assert values == pytest.approx(ranx_scores[name], abs=AGREEMENT)
    assert 0 < sum(values) < 200


def test_by_hand() -> None:
    ranking, relevant = ["x", "a", "y", "b"], {"a": 2, "b": 1, "c": 1, "z": 0}
    assert m.recall_at(ranking, relevant, 2) == 1 / 3
    assert m.recall_at(ranking, relevant, 4) == 2 / 3
    assert m.reciprocal_rank(ranking, relevant) == 0.5
    assert m.reciprocal_rank(["x"] * 10 + ["a"], relevant) == 0
    dcg = 2 / math.log2(3) + 1 / math.log2(5)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert m.ndcg_at(ranking, relevant) == pytest.approx(dcg / ideal, abs=1e-12)
    assert m.average_precision(ranking, relevant) == pytest.approx((1 / 2 + 2 / 4) / 3)


def test_f2_of_a_variable_cut() -> None:
    scored = [("a", 10.0), ("x", 9.5), ("b", 8.0)]
    assert m.cut_variable(scored) == ["a", "x"]
    assert m.f2_variable(scored, {"a": 1, "b": 1}) == pytest.approx(0.5)  # P = R = 1/2
    assert m.f_beta(0.5, 1.0) == pytest.approx(5 * 0.5 / (4 * 0.5 + 1))
    assert m.f2_variable([], {"a": 1}) == 0
    assert m.cut_variable([(str(i), 1.0) for i in range(9)]) == list("01234")


def test_sets_quotes_facts_refusals_validity() -> None:
    assert m.set_precision({"a", "b"}, {"b"}) == 0.5 and m.set_recall({"a", "b"}, {"b"}) == 1.0
    assert m.set_precision(set(), {"b"}) == 0.0
    assert m.quote_fidelity([("một", "một hai"), ("Một", "một hai"), ("", "x")]) == pytest.approx(1 / 3)
    assert m.fact_share(["06 tháng", "12 tháng"], "không ít hơn 06\ntháng") == 0.5
    refused, expected = [True, True, False, False], [True, False, True, False]
    assert m.refusal_precision(refused, expected) == 0.5 and m.refusal_recall(refused, expected) == 0.5
    assert math.isnan(m.refusal_precision([False], [True]))
    assert m.validity_share(["in_force", None], ["in_force", "in_force"]) == 0.5


def test_percentiles_equal_numpy() -> None:
    import numpy as np

    values = [random.Random(3).random() for _ in range(101)]
    for p in (0, 50, 95, 99, 100):
        assert m.percentile(values, p) == pytest.approx(float(np.percentile(values, p)), abs=1e-12)
