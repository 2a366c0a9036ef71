"""``cancu eval``: from a table of questions to a scored run and its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.eval import app
from eval.corpora import build_law
from eval.provisions import Unit
from eval.suites import REPOSITORY
from tests.eval.article_corpus import write_corpus, write_suite

runner = CliRunner()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eval")
    build_law(write_corpus(folder / "corpus.jsonl", 3, 5), folder / "data", Unit.CLAUSE, lambda _done, _total: None)
    write_suite(folder / "suites" / "small", 3, 5)
    return folder


def test_run_compare_report(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANCU_SHARED", str(place / "nowhere"))  # the corpus is given by --data-dir
    common = ["run", str(place / "suites" / "small"), "--data-dir", str(place / "data")]
    first = runner.invoke(app, [*common, "--out", str(place / "a"), "--json"])
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["overall"]["recall@10"]["value"] == 1
    second = runner.invoke(app, [*common, "--out", str(place / "b"), "--typing", "telex"])
    assert second.exit_code == 0 and "ndcg@10" in second.stdout
    compared = runner.invoke(app, ["compare", str(place / "a"), str(place / "b"), "--json"])
    assert json.loads(compared.stdout)["questions"] == 15
    reported = runner.invoke(app, ["report", str(place / "b"), "--base", str(place / "a")])
    assert reported.exit_code == 0 and (place / "b" / "report.html").exists()


def test_suites_are_listed_and_wrong_ones_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANCU_SHARED", str(place / "nowhere"))
    good = runner.invoke(app, ["suites", str(place / "suites")])
    assert good.exit_code == 0 and "small: dev 15" in good.stdout and "tvpl-qa: chưa có dữ liệu" in good.stdout
    wrong = write_suite(place / "wrong" / "bad", 1, 1)
    with (wrong / "qrels" / "dev.tsv").open("a") as file:
        file.write("\nq9\tx.d1\t1\n")
    said = runner.invoke(app, ["suites", str(place / "wrong")])
    assert said.exit_code == 3 and "dev.tsv:3: unknown question id 'q9'" in said.stdout


def test_import(place: Path) -> None:
    table = place / "t.csv"
    table.write_text("question,expected\nMấy giờ?,1/2025/QĐ-UBND#art_1\n", "utf-8")
    done = runner.invoke(app, ["import", str(table), "--out", str(place / "imported")])
    assert done.exit_code == 0 and "1 câu hỏi" in done.stdout


def test_parse_reads_a_set_and_says_what_is_wrong(place: Path) -> None:
    pdfs = place / "pdfs"
    (pdfs / "born-digital").mkdir(parents=True)
    sample = next((REPOSITORY / "docs/samples").glob("1-*.pdf"))
    (pdfs / "born-digital" / "a.pdf").write_bytes(sample.read_bytes())
    (pdfs / "manifest.csv").write_text(
        "cls,file,so_hieu,doc_type,issuing_body,date,dieu_count,chuong_count,pair_group,table_page_frac\n"
        "born-digital,born-digital/a.pdf,45/2025/QĐ-UBND,Chỉ thị,,,,,,0\n",
        "utf-8",
    )
    done = runner.invoke(app, ["parse", "--set", str(pdfs), "--json", "--workers", "1"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["figures"]["labels"]["number"]["share"] == 1
    assert report["files"][0]["wrong"] == {"type": "Quyết định"}
    shown = runner.invoke(app, ["parse", "--set", str(pdfs), "--workers", "1"])
    assert "a.pdf: type đọc là «Quyết định»" in shown.stdout
