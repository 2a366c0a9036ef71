"""Runs: killed and resumed they score to the byte as unbroken ones; what fails counts as zero; HTTP equals in-process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eval.compare import compare_runs
from eval.corpora import build_law
from eval.gate import find_losses
from eval.provisions import Unit
from eval.report import write_report
from eval.run import LINES, RunOptions, read_run, run_suite
from eval.score import score_question, score_run
from eval.suites import load_questions, load_suite
from eval.targets import best_of_each
from eval.typing import Typing
from rag.errors import BadInput
from tests.eval.article_corpus import write_corpus, write_suite

REPOSITORY = Path(__file__).resolve().parents[2]


def ignore(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    build_law(write_corpus(folder / "corpus.jsonl"), folder / "data", Unit.CLAUSE, ignore)
    return folder / "data"


@pytest.fixture(scope="module")
def suite_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_suite(tmp_path_factory.mktemp("suite") / "small")


@pytest.fixture(scope="module")
def whole(corpus: Path, suite_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ask(suite_path, corpus, tmp_path_factory.mktemp("whole"))


def ask(suite_path: Path, corpus: Path, out: Path, **options: object) -> Path:
    suite = load_suite(suite_path)
    run_suite(suite, load_questions(suite), corpus, out, RunOptions("dev", **options), ignore)  # type: ignore[arg-type]
    score_run(out)
    return out


def test_best_passage_stands_for_its_article() -> None:
    assert best_of_each([("a", 3.0), ("b", 2.0), ("a", 1.0), ("c", 0.5)]) == [("a", 3.0), ("b", 2.0), ("c", 0.5)]


def test_the_right_articles_are_found(whole: Path) -> None:
    scores = json.loads((whole / "scores.json").read_text())
    assert scores["overall"]["recall@10"]["value"] > 0.9 and scores["overall"]["recall@10"]["n"] == 100
    assert scores["failed"] == {} and scores["missing"] == []
    assert "ndcg@10" in scores["slices"]["length in syllables"]["to 10"]


RUN = """
import sys, time
from pathlib import Path
import eval.run
from eval.suites import load_questions, load_suite
real = eval.run._ask
def slow(*arguments):
    time.sleep(0.02)
    return real(*arguments)
eval.run._ask = slow
suite = load_suite(Path(sys.argv[1]))
show = lambda done, _: print(done, flush=True)
eval.run.run_suite(suite, load_questions(suite), Path(sys.argv[2]), Path(sys.argv[3]), eval.run.RunOptions("dev"), show)
"""


@pytest.mark.parametrize("seen", [1, 37])
def test_killed_and_resumed_scores_the_same_to_the_byte(
    corpus: Path, suite_path: Path, whole: Path, tmp_path: Path, seen: int
) -> None:
    out = tmp_path / "run"
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, suite_path, corpus, out],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    assert child.stdout
    for _ in range(seen):
        assert child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    asked = (out / LINES).read_bytes().count(b"\n")
    assert seen <= asked < 100
    with (out / LINES).open("ab") as file:
        file.write(b'{"id": "q0-1", "ranking": [["cut')  # what a machine that stops may leave
    ask(suite_path, corpus, out)
    assert (out / "scores.json").read_bytes() == (whole / "scores.json").read_bytes()
    assert (out / LINES).read_bytes().count(b"\n") == 100


def test_failed_and_missing_questions_count_zero_and_are_listed(whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("manifest.json", "questions.json"):
        (run / name).write_bytes((whole / name).read_bytes())
    lines = {line["id"]: line for line in map(json.loads, (whole / LINES).read_text().splitlines())}
    del lines["q0-1"]
    lines["q0-2"] |= {"error": "Unavailable: gone", "ranking": []}
    (run / LINES).write_text("\n".join(map(json.dumps, lines.values())))
    scores = score_run(run)
    assert scores["missing"] == ["q0-1"] and scores["failed"] == {"q0-2": "Unavailable: gone"}
    assert set(scores["rows"]["q0-1"].values()) == set(scores["rows"]["q0-2"].values()) == {0.0}
    assert scores["overall"]["recall@10"]["n"] == 100
    found = compare_runs(whole, run)
    assert {loss["id"] for loss in found["losses"]} == {"q0-1", "q0-2"} and found["worst"][0]["new"] == []


def test_another_run_is_not_overwritten(corpus: Path, suite_path: Path, whole: Path) -> None:
    with pytest.raises(BadInput, match="typing"):
        ask(suite_path, corpus, whole, typing=Typing.TELEX)


def test_typing_reaches_the_questions(corpus: Path, suite_path: Path, tmp_path: Path) -> None:
    run = ask(suite_path, corpus, tmp_path, typing=Typing.NO_DIACRITICS, sample=5)
    _, questions, lines = read_run(run)
    assert len(questions) == len(lines) == 5
    assert all(q["asked"].isascii() and not q["question"].isascii() for q in questions)


def test_report_is_one_file_without_outside_loads(
    whole: Path, corpus: Path, suite_path: Path, tmp_path: Path
) -> None:
    other = ask(suite_path, corpus, tmp_path / "other", typing=Typing.TELEX)
    page, markdown, data = write_report(other, tmp_path / "report", whole)
    text = page.read_text()
    assert text.count("<svg") >= 4 and "<script" not in text and "http" not in text.replace("http://www.w3.org", "")
    assert "recall@10" in markdown.read_text()
    comparison = json.loads(data.read_text())["comparison"]
    assert comparison["metrics"]["ndcg@10"]["real"] and comparison["metrics"]["ndcg@10"]["value"] < 0


def test_answer_scores_by_hand() -> None:
    question = {"expected": {"1#art_5__cl_1__point_a": 2}, "facts": ["07 giờ"], "expects_refusal": False}
    answer = {"refused": False, "text": "từ 07 giờ", "cited": ["1#art_5__cl_1", "1#art_6"]}
    answer |= {"quotes": [["07 giờ", True], ["x", False]]}
    row = score_question(question, {"error": None, "ranking": [["1#art_5__cl_1", 1.0]], "answer": answer})
    assert row["citation_precision_clause"] == row["citation_precision_article"] == 0.5
    assert row["citation_recall_clause"] == row["facts"] == row["ndcg@10"] == 1 and row["quote_fidelity"] == 0.5
    refusing = {"expected": {}, "facts": [], "expects_refusal": True}
    assert score_question(refusing, None) == {"refused": 0, "right_to_refuse": 1}


def test_gate_fails_on_a_real_loss_only() -> None:
    before = {f"q{i}": {"ndcg@10": 1.0 if i % 3 else 0.5} for i in range(200)}
    worse = {q: {"ndcg@10": row["ndcg@10"] - (0.2 if int(q[1:]) % 2 else 0.0)} for q, row in before.items()}
    one_lost = before | {"q1": {"ndcg@10": 0.0}}
    assert find_losses(before, before) == [] == find_losses(before, one_lost)
    assert [loss.metric for loss in find_losses(before, worse)] == ["ndcg@10"]
    assert find_losses(before, {}) != []


def test_over_http_equals_in_process(corpus: Path, suite_path: Path, whole: Path, tmp_path: Path) -> None:
    service = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--open", "--port", "0", "--data-dir", corpus],
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
    )
    try:
        address = _address(corpus, service)
        run = ask(suite_path, corpus, tmp_path, against=address)
        assert (run / "scores.json").read_bytes() == (whole / "scores.json").read_bytes()
    finally:
        service.terminate()
        service.wait(20)


def _address(data_dir: Path, service: subprocess.Popen[bytes]) -> str:
    """Where the service says it listens, once it does."""
    import httpx

    from rag.locking import owner_address

    while service.poll() is None:
        address = owner_address(data_dir)
        try:
            if address and httpx.get(f"{address}/readyz").status_code == 200:
                return address
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail(f"the service ended with {service.returncode}")
