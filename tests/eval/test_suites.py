"""Suites are read strictly: each way of being wrong is refused with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.suites import SuiteWrong, find_suites, load_questions, load_suite, suite_folder

TOML = """
name = "t"
measures = "m"
licence = "l"
corpus = "documents"
layout = "{layout}"
questions = "."
splits = ["dev"]
"""
GOOD = {"id": "a", "question": "Hỏi gì?", "expected": [{"provision": "1/2025/QĐ-UBND#art_1", "grade": 2}]}


def write_suite(folder: Path, layout: str) -> Path:
    (folder / "suite.toml").write_text(TOML.format(layout=layout), "utf-8")
    return folder


def beir(folder: Path, queries: bytes, qrels: str) -> Path:
    (folder / "qrels").mkdir()
    (folder / "queries.jsonl").write_bytes(queries)
    (folder / "qrels" / "dev.tsv").write_text(qrels, "utf-8")
    return write_suite(folder, "beir")


def problems(folder: Path, known: set[str] | None = None) -> list[str]:
    with pytest.raises(SuiteWrong) as caught:
        load_questions(load_suite(folder), known=known)
    return [f"{p.path.name}:{p.line}: {p.text}" for p in caught.value.problems]


QUERY = '{"_id": "q1", "text": "Hỏi gì?"}\n'.encode()


@pytest.mark.parametrize(
    ("queries", "qrels", "said"),
    [
        (QUERY, "query-id\tcorpus-id\tscore\nq1\tno.d1\t1\n", "dev.tsv:2: unknown provision id 'no.d1'"),
        (QUERY, "q2\ta.d1\t1\n", "dev.tsv:1: unknown question id 'q2'"),
        (QUERY, "q1\ta.d1\n", "dev.tsv:1: 2 columns"),
        (QUERY, "q1\ta.d1\t7\n", "dev.tsv:1: grade '7'"),
        (QUERY, "q1\ta.d1\t1\nq1\ta.d1\t1\n", "dev.tsv:2: 'a.d1' judged twice"),
        (QUERY * 2, "q1\ta.d1\t1\n", "queries.jsonl:2: question 'q1' occurs twice"),
        (b'{"_id": "q1", "text": "  "}', "q1\ta.d1\t1\n", "queries.jsonl:1: question 'q1' is empty"),
        ('{"_id": "q1", "text": "Hỏi"}'.encode("cp1258", "replace") + b"\xec", "", "queries.jsonl:1: not UTF-8"),
        (b"nonsense", "", "queries.jsonl:1: not JSON"),
        (b"[1]", "", "queries.jsonl:1: not a JSON object"),
        ('{"_id": "q1", "text": "H\ufffdi"}'.encode(), "", "queries.jsonl:1: question 'q1' has replacement"),
        (QUERY, "", "split 'dev' has no questions"),
    ],
)
def test_wrong_beir_suite_is_refused(tmp_path: Path, queries: bytes, qrels: str, said: str) -> None:
    found = problems(beir(tmp_path, queries, qrels), {"a.d1"})
    assert any(said in text for text in found), found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expected": [], "expects_refusal": False}, "either expect a provision"),
        ({"expects_refusal": True}, "either expect a provision"),
        ({"expectd": 1}, "unknown key 'expectd'"),
        ({"question": "?"}, "question 'a' is empty"),
        ({"expected": [{"provision": "x#art_1", "grade": 3}]}, "grade '3'"),
        ({"expected": ["x"]}, "'expected' must list objects"),
        ({"facts": "x"}, "'facts' must be a list"),
    ],
)
def test_wrong_jsonl_row_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    write_suite(tmp_path, "jsonl")
    (tmp_path / "dev.jsonl").write_text(
        json.dumps({"id": "ok", **GOOD} | {"id": "ok"}) + "\n" + json.dumps(GOOD | change)
    )
    found = problems(tmp_path)
    assert len(found) == 1 and found[0].startswith("dev.jsonl:2: ") and said in found[0], found


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    assert len(problems(beir(tmp_path, QUERY, "q1\tno.d1\t1\nq9\ta.d1\t1\n"), {"a.d1"})) == 3 - 1


def test_wrong_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "suite.toml").write_text('name = "x"\nsplit = 3\n')
    with pytest.raises(SuiteWrong) as caught:
        load_suite(tmp_path)
    said = str(caught.value)
    assert "'measures' is missing" in said and "unknown key 'split'" in said and "'splits' must list" in said


def test_the_projects_own_suites_load() -> None:
    names = {load_suite(folder).name for folder in find_suites()}
    assert {"tvpl-qa", "alqac2022", "alqac2025", "bds-realestate", "vlsp2023", "samples"} <= names
    samples = load_questions(load_suite(suite_folder("samples")))
    assert sum(q.expects_refusal for q in samples) >= 10 and all(q.expected or q.expects_refusal for q in samples)


@pytest.mark.parametrize(
    ("name", "split", "count"),
    [("tvpl-qa", "dev", 953), ("tvpl-qa", "train", 3019), ("alqac2022", None, 520), ("alqac2025", None, 426)]
    + [("bds-realestate", None, 782), ("vlsp2023", None, 76)],
)
def test_shared_suites_load(shared_data: Path, name: str, split: str | None, count: int) -> None:
    assert len(load_questions(load_suite(suite_folder(name)), split)) == count
