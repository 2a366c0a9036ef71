"""The evaluation of parsing as a whole, on a small set: failures are zeros, pairs have reasons, gains and losses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import zstandard

from eval.parse_gold import Label
from eval.parse_marks import Kind, MarkedTable, Marks
from eval.parse_marks_score import ReadTable
from eval.parse_pairs import pair_articles
from eval.parse_run import ParsedFile, baseline_of, compare_with_baseline, evaluate, keep_baseline, load_baseline
from rag.law.act import Act, ActMetadata, Level, Provision, Read

HEAD = "cls,file,so_hieu,doc_type,issuing_body,date,dieu_count,chuong_count,pair_group,table_page_frac\n"
ROWS = "born-digital,born-digital/a.pdf,1/2030/QH16,Luật,Quốc hội,,1,0,g,0.5\nborn-digital,born-digital/b.pdf,2/2030/QH16,Luật,,,,,,\nodd,odd/c.pdf,,,,,,,g,\n"


@pytest.fixture
def pdfs(tmp_path: Path) -> Path:
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "law").mkdir()
    (tmp_path / "pdfs" / "manifest.csv").write_text(HEAD + ROWS, "utf-8")
    line = {"_id": "1-2030-qh16.d1", "text": "Nội dung.", "metadata": {"doc_no": "1/2030/QH16", "article": "1"}}
    (tmp_path / "law" / "corpus.jsonl.zst").write_bytes(zstandard.compress(json.dumps(line).encode()))
    return tmp_path / "pdfs"


def parse(paths: Sequence[Path]) -> Iterable[ParsedFile]:
    text = "Điều 1. Tên\nNội dung."
    meta = ActMetadata(number=Read("1/2030/QH16"), type=Read("Luật"), issuer=Read("Chính phủ"))
    act = Act(text, (), meta, (Provision(Level.ARTICLE, "art_1", "1", "Tên", 0, len(text), len(text)),))
    for path in paths:
        if path.name == "b.pdf":
            yield ParsedFile(path.name, None, 0, 0.1, error="ValueError: broken")
        else:
            yield ParsedFile(path.name, act, 10, 0.5, (ReadTable(1, (("a", "b"),)),))


def gold(document: str) -> Marks:
    table = MarkedTable(1, (("a", "c"),))
    return Marks(Path("g.txt"), Kind.TABLES, document, frozenset(), "made up", False, (table,))


def test_everything_is_counted(pdfs: Path) -> None:
    report = evaluate(pdfs, parse, [gold("a.pdf"), gold("b.pdf"), gold("z.pdf")])
    labels = report["figures"]["labels"]
    assert labels["number"] == {"right": 1, "of": 2, "share": 0.5}
    assert labels["issuer"]["share"] == 0 and labels["articles"]["share"] == 1
    assert report["figures"]["articles"]["equal_share"] == 1
    assert report["figures"]["gold"]["table_cells"]["right"] == 1
    assert report["figures"]["gold"]["table_cells"]["wanted"] == 4
    assert report["figures"]["speed"]["tabular"] == {"files": 2, "pages": 10, "pages_per_core_second": 16.7}
    assert report["gold_absent"] == ["z.pdf"]
    assert report["pair_groups"] == [{"group": "g", "file": "a.pdf", "other": "odd/c.pdf", "similarity": 1.0}]
    assert report["files"][1]["error"] == "ValueError: broken"
    json.dumps(report)


def test_gains_and_losses_are_named(pdfs: Path, tmp_path: Path) -> None:
    report = evaluate(pdfs, parse, [gold("a.pdf")])
    keep_baseline(report, tmp_path / "parse.json")
    baseline = load_baseline(tmp_path / "parse.json")
    assert baseline == baseline_of(report)
    baseline["wrong"] |= {"a.pdf labels": ["chapters"], "a.pdf table_cells": []}
    del baseline["wrong"]["b.pdf labels"]
    compared = compare_with_baseline(report, baseline)
    assert compared["gains"] == ["a.pdf labels: chapters"]
    assert compared["losses"] == ["a.pdf labels: issuer", "a.pdf table_cells: -p1 #1 b"] or compared["losses"] == [
        "a.pdf labels: issuer",
        "a.pdf table_cells: -p1 #1 c",
    ]
    assert compared["only_now"] == ["b.pdf labels"]


def test_pairs_state_why_not() -> None:
    row = '{{"_id": "{}", "metadata": {{"doc_no": "{}", "article": "{}", "truncated": {}}}, "text": "a"}}'
    corpus = [
        row.format("1.d1", "1/2030/QH16", 1, "false"),
        row.format("1.d2", "1/2030/QH16", 2, "false"),
        row.format("1.d3", "1/2030/QH16", 3, "true"),
        row.format("2.d1", "137/2026/NĐ-CP", 1, "false"),
    ]
    labels = [
        Label(n, n, "", "", "", None, None) for n in ("1/2030/QH16", "5/VBHN-A", "137/2026/NĐ-CP", "9/2030/QH16", "")
    ]
    pairs = pair_articles(labels, corpus, ['{"_id": "1.d2"}'])
    assert pairs.used == {"1/2030/QH16": {"1": "a"}} and pairs.amended["1/2030/QH16"] == ["2"]
    assert set(pairs.left_out) == {"5/VBHN-A", "137/2026/NĐ-CP", "9/2030/QH16", ""}
    assert all(row["why"] for row in pairs.described())
