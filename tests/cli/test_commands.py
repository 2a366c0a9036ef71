"""The command line as a user runs it: real processes over the sample documents."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
QUESTION = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"
LIMIT_S = 90
# Modules that take long to import; `--help` needs none of them.
HEAVY = (
    "fastapi",
    "pydantic",
    "sqlalchemy",
    "haystack",
    "pymupdf",
    "underthesea",
    "lightgbm",
    "numpy",
    "qdrant_edge",
)


def cancu(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        env={**os.environ, "CANCU_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )


def json_lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with six of the seven samples."""
    folder = tmp_path_factory.mktemp("data")
    lines = json_lines(cancu(folder, "ingest", *sorted(SAMPLES.glob("[1-6]-*.pdf")), "--json"))
    assert {line["status"] for line in lines} == {"indexed"} and len(lines) == 6
    return folder


@pytest.fixture
def service(data: Path) -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--json"],
        env={**os.environ, "CANCU_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LIMIT_S) == 0


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, api.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=LIMIT_S)
    assert done.stdout.strip() == "[]"


def test_search_imports_no_web_framework_and_no_pipeline(data: Path) -> None:
    code = (
        "import sys; sys.argv = ['cancu', 'search', 'hồ sơ']\nfrom api.cli import main\n"
        "try:\n main()\nexcept SystemExit:\n pass\n"
        "print([m for m in ('fastapi', 'haystack', 'pymupdf', 'underthesea', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CANCU_DATA_DIR": str(data)},
        capture_output=True, text=True, check=True, timeout=LIMIT_S,
    )  # fmt: skip
    assert done.stdout.strip().endswith("[]")


def test_ingest_again_adds_nothing_and_keeps_ids(data: Path) -> None:
    before = json_lines(cancu(data, "documents", "--json"))
    lines = json_lines(cancu(data, "ingest", SAMPLES / "3-cong-van-318.pdf", "--json"))
    assert set(lines[0]) == {"file", "status", "reason", "document_id", "number", "pages", "passages", "seconds"}
    assert json_lines(cancu(data, "documents", "--json")) == before and len(before) == 6


def test_here_and_over_http_give_the_same(data: Path, request: pytest.FixtureRequest) -> None:
    def both() -> tuple[dict[str, Any], dict[str, Any]]:
        (found,) = json_lines(cancu(data, "search", "thời hạn bổ sung hồ sơ", "--json", "-k", "3"))
        (answer,) = json_lines(cancu(data, "ask", QUESTION, "--json"))
        (dated,) = json_lines(cancu(data, "search", "thời hạn bổ sung hồ sơ", "--json", "--as-of", "2001-01-01"))
        assert dated["as_of"] == "2001-01-01" and {hit["validity"]["status"] for hit in dated["hits"]} == {
            "not_in_force"
        }
        assert found.pop("took_ms") and answer.pop("took_ms") and answer.pop("trace_id")
        return found, answer

    here = both()
    request.getfixturevalue("service")
    assert both() == here
    assert here[0]["hits"][0]["rank"] == 1 and here[1]["status"] == "answered"


def test_ingest_beside_a_service_queues_and_follows(data: Path, service: dict[str, Any]) -> None:
    (line,) = json_lines(cancu(data, "ingest", SAMPLES / "7-chi-thi-05.pdf", "--json"))
    assert (line["status"], line["number"]) == ("indexed", "05/CT-UBND") and line["passages"] > 0
    (found,) = json_lines(cancu(data, "search", "tiết kiệm điện", "--json", "-k", "50"))
    assert line["document_id"] in {hit["document"]["id"] for hit in found["hits"]}


def test_a_second_owner_is_told_so(data: Path, service: dict[str, Any]) -> None:
    for command in (["rebuild", "--json"], ["serve", "--port", "0", "--json"]):
        done = cancu(data, *command)
        assert done.returncode == 6 and json.loads(done.stderr)["code"] == "folder_in_use"


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["search", ""], 3),
        (["ask", "x" * 5000], 3),
        (["search"], 2),
        (["show", "missing.pdf"], 2),
        (["search", "hồ sơ"], 0),
        (["search", "hồ sơ", "--as-of", "hôm qua"], 3),
        (["ask", "hồ sơ", "--as-of", "2025-02-30"], 3),
    ],
)
def test_exit_codes(data: Path, arguments: list[str], exit_code: int) -> None:
    assert cancu(data, *arguments).returncode == exit_code


def test_errors_are_one_sentence_or_problem_details(data: Path) -> None:
    assert cancu(data, "search", "").stderr.startswith("Câu hỏi trống.")
    details = json.loads(cancu(data, "search", "", "--json").stderr)
    assert (details["status"], details["code"]) == (422, "question_empty")


def test_rebuild_and_verify(data: Path) -> None:
    (built,) = json_lines(cancu(data, "rebuild", "--json"))
    documents = json_lines(cancu(data, "documents", "--json"))
    assert built["passages"] == sum(document["passages"] for document in documents)
    assert json_lines(cancu(data, "verify", "--json")) == []


def test_verify_finds_a_damaged_original(tmp_path: Path) -> None:
    (line,) = json_lines(cancu(tmp_path, "ingest", SAMPLES / "7-chi-thi-05.pdf", "--json"))
    original = next(p for p in (tmp_path / "objects").rglob("*") if p.is_file())
    original.chmod(0o600)
    original.write_bytes(original.read_bytes()[:-1])
    done = cancu(tmp_path, "verify", "--json")
    assert done.returncode == 11 and json.loads(done.stdout)["document_id"] == line["document_id"]


def test_strict_ingest_tells_a_file_that_could_not_be_read(tmp_path: Path) -> None:
    bad = tmp_path / "khong-phai.pdf"
    bad.write_bytes(b"just words")
    done = cancu(tmp_path / "data", "ingest", bad, "--json", "--strict")
    line = json.loads(done.stdout)
    assert done.returncode == 11 and line["status"] == "unsupported" and line["reason"]


@pytest.mark.parametrize("stage", ["lines", "structure", "metadata", "passages"])
def test_show_prints_each_stage(tmp_path: Path, stage: str) -> None:
    rows = json_lines(cancu(tmp_path, "show", SAMPLES / "3-cong-van-318.pdf", "--stage", stage, "--json"))
    sought = {"structure": "hcontainer_I__hcontainer_2", "passages": "hcontainer_I__hcontainer_2"}.get(
        stage, "318/SDL-HTDL"
    )
    assert rows and sought in json.dumps(rows, ensure_ascii=False)


def test_show_prints_the_references_and_where_they_point(tmp_path: Path) -> None:
    rows = json_lines(
        cancu(tmp_path, "show", SAMPLES / "1-quyet-dinh-45-2025.pdf", "--stage", "references", "--json")
    )
    assert any(row["own"] and row["eid"].startswith("att_1__art_") for row in rows)
    plain = cancu(tmp_path, "show", SAMPLES / "1-quyet-dinh-45-2025.pdf", "--stage", "references").stdout
    assert "→ văn bản này att_1__art_" in plain


def test_show_draws_each_page(tmp_path: Path) -> None:
    json_lines(cancu(tmp_path, "show", SAMPLES / "3-cong-van-318.pdf", "--draw", tmp_path / "out", "--json"))
    assert len(list((tmp_path / "out").glob("*.png"))) == 2


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    findings = json_lines(cancu(tmp_path, "doctor", "--json"))
    assert {"Python", "Thư mục dữ liệu", "tesseract"} <= {finding["name"] for finding in findings}
    assert all(finding["ok"] or finding["remedy"] for finding in findings)
