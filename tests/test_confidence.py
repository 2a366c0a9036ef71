"""Refusal: features of the best passages, the models behind the threshold, and how they are measured."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from eval.nonlegal import WANTED, nonlegal_questions
from eval.refusal import Rows, auroc, report
from eval.train.refusal import NOT_READ, write
from rag.answer import Candidate, refusal
from rag.confidence import FEATURES, MODELS, Judged, card, features, has_models, judge, load_model, longest_run
from rag.errors import Damaged
from rag.evidence import Meaning
from rag.results import RefusalReason
from tests.answer_values import hit_of

MEANING = Meaning({"thời": 2.0, "hạn": 2.0, "khai": 5.0, "sinh": 4.0}, {("thời", "hạn"): 4.0, ("khai", "sinh"): 9.0})


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [("a b c d", "x b c y", 2), ("a b", "c d", 0), ("", "a", 0), ("a b c", "a b c", 3), ("a a b", "a b", 2)],
)
def test_longest_run(one: str, other: str, length: int) -> None:
    assert longest_run(one.split(), other.split()) == length


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models trained on made rows in which coverage decides, to test the way from features to a decision."""
    rng = np.random.default_rng(2)
    x = rng.random((1200, len(FEATURES)))
    covered = x[:, FEATURES.index("coverage_1")]
    known = x[:, FEATURES.index("pairs_known")]
    kind = np.where(known < 0.3, 2, np.where(covered < 0.5, 1, 0))
    rows = Rows(x, kind, np.arange(len(kind)))
    folder = tmp_path_factory.mktemp("models")
    write(rows, rows, folder)
    return folder


def test_training_finds_what_decides_and_keeps_its_promise(trained: Path) -> None:
    found = card(trained)["answerable"]["train_out_of_fold"]
    assert found["auroc_act_taken_out"] > 0.95 and found["answerable_refused"] <= 0.06
    assert found["act_taken_out_refused"] > 0.8 and has_models(trained)


def test_a_passage_that_speaks_of_it_is_more_likely_to_answer(trained: Path) -> None:
    question = "Thời hạn đăng ký khai sinh là bao lâu?"
    near = hit_of(
        "1. Thời hạn đăng ký khai sinh là 60 ngày kể từ ngày sinh con.", heading="Thời hạn đăng ký khai sinh"
    )
    far = hit_of("1. Tàu cá phải được đăng kiểm trước khi ra khơi.", heading="Đăng kiểm tàu cá")
    rows = [features(question, MEANING, [hit], np.asarray([0.5])) for hit in (near, far)]
    assert all(row.shape == (len(FEATURES),) and np.isfinite(row).all() for row in rows)
    assert judge(rows[0], trained).confidence > judge(rows[1], trained).confidence


def test_chances_are_counted_once_an_article_and_spread_over_acts() -> None:
    from dataclasses import replace

    hits = [replace(hit_of("1. Một câu.", eid), score=score) for eid, score in (("art_1__cl_1", 0.6), ("art_1__cl_2", 0.6), ("art_2", 0.2))]  # fmt: skip
    hits = [replace(h, passage=replace(h.passage, article_eid=h.passage.eid.split("__")[0])) for h in hits]
    row = dict(zip(FEATURES, features("Một câu", MEANING, hits, np.asarray([0.5, 0.4, 0.1])), strict=True))
    assert (row["chance_1"], row["chance_2"], row["chance_3"]) == (0.6, 0.2, 0.0)
    assert row["chance_gap"] == pytest.approx(0.4) and row["chance_sum"] == pytest.approx(0.8)
    assert row["act_share_1"] == row["act_share_best"] == pytest.approx(1.0)
    assert row["near_best"] == 0.5 and row["near_lead"] == pytest.approx(0.5 - 1 / 3)


def test_models_are_those_of_the_card_and_know_the_features(trained: Path) -> None:
    for name in MODELS:
        assert hashlib.sha256((trained / f"{name}.txt").read_bytes()).hexdigest() == card(trained)["sha256"][name]
        assert set(load_model(name, trained).feature_name()) == set(FEATURES) - NOT_READ[name]


def test_the_models_that_travel_with_the_project_are_those_of_their_card() -> None:
    for name in MODELS:
        assert set(load_model(name).feature_name()) == set(FEATURES) - NOT_READ[name]
    assert card()["features"] == list(FEATURES)


def test_a_changed_model_is_not_believed(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "models")
    with (tmp_path / "models" / "legal.txt").open("a") as file:
        file.write("\n")
    with pytest.raises(Damaged):
        load_model("legal", tmp_path / "models")


@pytest.mark.parametrize(
    ("judged", "coverage", "reason"),
    [
        (Judged(True, True, 0.9), 0.1, None),
        (Judged(False, True, 0.1), 0.9, RefusalReason.NO_EVIDENCE),
        (Judged(True, False, 0.9), 0.9, RefusalReason.OUT_OF_SCOPE),
        (None, 0.9, None),
        (None, 0.1, RefusalReason.NO_EVIDENCE),
    ],
)
def test_the_model_decides_where_there_is_one_else_coverage(judged, coverage, reason) -> None:  # type: ignore[no-untyped-def]
    assert refusal([Candidate(hit_of("1. Một câu."), coverage, coverage)], judged) is reason


def test_a_provision_that_was_named_is_never_refused_by_a_model() -> None:
    from dataclasses import replace

    exact = replace(hit_of("1. Một câu."), exact=True)
    assert refusal([Candidate(exact, 0.0, 0.0)], Judged(False, False, 0.0)) is None


def test_auroc_is_the_chance_of_the_right_order() -> None:
    rng = np.random.default_rng(1)
    good, bad = rng.integers(0, 5, 40).astype(float), rng.integers(0, 4, 30).astype(float)
    pairs = [(g > b) + 0.5 * (g == b) for g in good for b in bad]
    assert auroc(good, bad) == pytest.approx(float(np.mean(pairs)))


def test_the_report_counts_what_lies_below_the_threshold() -> None:
    kind = np.asarray([0, 0, 0, 0, 1, 1, 2, 2])
    score = np.asarray([0.9, 0.8, 0.7, 0.2, 0.6, 0.1, 0.1, 0.1])
    found = report(Rows(np.zeros((8, 1)), kind, np.arange(8)), score, 0.5)
    assert (found["answerable_refused"], found["act_taken_out_refused"], found["non_legal_refused"]) == (
        0.25,
        0.5,
        1.0,
    )


def test_the_halves_of_the_non_legal_questions_share_nothing() -> None:
    train, test = nonlegal_questions("train"), nonlegal_questions("test")
    assert len(set(train)) == len(set(test)) == WANTED and not set(train) & set(test)
