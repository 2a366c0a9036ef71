"""Our lexical side ranks as an independent BM25 does."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from eval.articles import corpus_lines
from eval.corpora import LAW_CORPUS, build_law
from eval.provisions import Unit
from eval.reference_bm25 import compare_with_bm25s
from eval.suites import Question, load_suite, suite_folder

ARTICLES = 2000
TOLERANCE = 0.01


def test_ndcg_equals_bm25s_on_a_slice_of_the_law(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    lines = list(itertools.islice(corpus_lines(shared_data / LAW_CORPUS), ARTICLES))
    path.write_text("".join(lines), "utf-8")
    build_law(path, tmp_path / "data", Unit.CLAUSE, lambda _done, _total: None)
    articles = [json.loads(line) for line in lines[::10]]
    questions = [
        Question(a["_id"], a["metadata"].get("article_title") or a["text"][:80], {a["_id"]: 1}) for a in articles
    ]
    found = compare_with_bm25s(load_suite(suite_folder("tvpl-qa")), questions, tmp_path / "data")
    assert found["ours"] == pytest.approx(found["bm25s"], rel=TOLERANCE)
    assert 0.2 < found["ours"] < 1
