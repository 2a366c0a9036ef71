"""Haystack's deterministic evaluators agree with ours; the judge speaks to a real HTTP server and stays apart."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from eval import metrics
from tests.eval.test_metrics import random_case

AGREEMENT = 1e-9


def test_haystack_agrees() -> None:
    from eval.judge import haystack_scores

    cases = [random_case(seed) for seed in range(100)]
    theirs = haystack_scores([ranking for ranking, _ in cases], [list(relevant) for _, relevant in cases])
    recall = [metrics.recall_at(ranking, relevant, len(ranking)) for ranking, relevant in cases]
    rank = [metrics.reciprocal_rank(ranking, relevant, len(ranking)) for ranking, relevant in cases]
    assert theirs["recall"] == pytest.approx(recall, abs=AGREEMENT)
    assert theirs["reciprocal_rank"] == pytest.approx(rank, abs=AGREEMENT)
    whole = [at for at, value in enumerate(recall) if value == 1]
    assert whole
    for at in whole:
        assert theirs["average_precision"][at] == pytest.approx(metrics.average_precision(*cases[at]), abs=AGREEMENT)


class _Model(BaseHTTPRequestHandler):
    """Answers as a chat completion: right when the question's prompt holds the fact twice (expected and answered)."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = body["messages"][-1]["content"]
        told = {"score": 1} if '"score"' in prompt else {"statements": ["a", "b"], "statement_scores": [1, 0]}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(told)}}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def write_run(folder: Path) -> Path:
    question = {"id": "q", "asked": "Mấy giờ?", "facts": ["07 giờ"], "expected": {}, "expects_refusal": False}
    answer = {"text": "07 giờ", "quotes": [["07 giờ", True]], "refused": False}
    (folder / "manifest.json").write_text("{}")
    (folder / "questions.json").write_text(json.dumps([question]))
    (folder / "answers.jsonl").write_text(json.dumps({"id": "q", "answer": answer, "error": None}) + "\n")
    return folder


def test_judge_writes_its_own_file(tmp_path: Path, model_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from eval.judge import judge_run

    monkeypatch.setenv("CANCU_JUDGE_URL", model_url)
    monkeypatch.setenv("CANCU_JUDGE_MODEL", "any")
    judged = judge_run(write_run(tmp_path))
    assert judged and judged["means"] == {"faithfulness": 0.5, "correct": 1.0}
    assert (tmp_path / "judge.json").exists() and not (tmp_path / "scores.json").exists()


def test_no_judge_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eval.judge import judge_run

    monkeypatch.delenv("CANCU_JUDGE_URL", raising=False)
    assert judge_run(write_run(tmp_path)) is None
