"""The article corpus as documents: ids lead back to the corpus, no word is lost, and building can be broken off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eval.articles import corpus_lines, make_document, read_acts, split_clauses
from eval.corpora import LAW_CORPUS, build_law, law_fingerprint, law_ids
from eval.provisions import Unit, act_slug, article_id, cut_at
from rag.record.record import Record
from tests.eval.article_corpus import write_corpus

REPOSITORY = Path(__file__).resolve().parents[2]


def ignore(_done: int, _total: int) -> None:
    pass


def test_khoan_are_cut_where_the_numbering_goes_on() -> None:
    text = "Mở đầu:\n1. Một\n2. Hai\n1. mục con của hai\n3. Ba"
    assert split_clauses(text) == [
        ("", "Mở đầu:"),
        ("1", "1. Một"),
        ("2", "2. Hai\n1. mục con của hai"),
        ("3", "3. Ba"),
    ]
    assert split_clauses("Không có khoản") == [("", "Không có khoản")]


def test_provision_ids() -> None:
    assert article_id("31/2024/QH15", "art_194__cl_2") == "31-2024-qh15.d194"
    assert article_id("45/2025/QĐ-UBND", "att_1") is None
    assert act_slug("89/2015/NÐ-CP") == "89-2015-n-cp"  # Icelandic Ð, as the corpus' id has it
    assert cut_at("1/2025/QĐ-UBND#att_1__art_5__cl_1__point_a", Unit.CLAUSE) == "1/2025/QĐ-UBND#att_1__art_5__cl_1"
    assert cut_at("1/2025/QĐ-UBND#att_1__art_5__cl_1__point_a", Unit.ARTICLE) == "1/2025/QĐ-UBND#att_1__art_5"


@pytest.mark.parametrize("unit", list(Unit))
def test_every_article_of_a_slice_comes_back_with_its_id_and_words(shared_data: Path, unit: Unit) -> None:
    lines = [line for line, _ in zip(corpus_lines(shared_data / LAW_CORPUS), range(2000), strict=False)]
    for act in read_acts(lines):
        document, passages = make_document(act, unit)
        found: dict[str, str] = {}
        for passage in passages:
            name = article_id(document.number or "", passage.eid)
            assert name
            found[name] = found.get(name, "") + passage.text
        for article in act.articles:
            wanted = "".join(article["text"].split())
            assert len("".join(found[article["_id"]].split())) >= 0.99 * len(wanted), article["_id"]
        assert found.keys() == {article["_id"] for article in act.articles}
        assert make_document(act, unit)[0].id == document.id


def test_fingerprint_changes_with_what_shapes_the_corpus(tmp_path: Path) -> None:
    path = write_corpus(tmp_path / "corpus.jsonl")
    first = law_fingerprint(path, Unit.CLAUSE, None)
    assert law_fingerprint(path, Unit.CLAUSE, None) == first != law_fingerprint(path, Unit.ARTICLE, None)
    write_corpus(path, acts=9)
    assert law_fingerprint(path, Unit.CLAUSE, None) != first


def passage_ids(data_dir: Path) -> list[str]:
    record = Record.open(data_dir)
    try:
        return [p.id for d in record.documents() for p in record.document_passages(d.id)]
    finally:
        record.close()


BUILD = """
import sys
from pathlib import Path
from eval.corpora import build_law
from eval.provisions import Unit
import eval.corpora
eval.corpora.BATCH_PASSAGES = 60
if __name__ == "__main__":
    build_law(Path(sys.argv[1]), Path(sys.argv[2]), Unit.CLAUSE, lambda a, b: print(a, flush=True))
"""


def test_a_killed_build_goes_on_and_ends_like_an_unbroken_one(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus.jsonl", acts=30, articles=20)
    script = tmp_path / "build.py"
    script.write_text(BUILD)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    child = subprocess.Popen(
        [sys.executable, script, corpus, tmp_path / "killed"],
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    assert child.stdout and child.stdout.readline()  # a batch is shown
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    time.sleep(0.1)
    assert not (tmp_path / "killed" / "corpus.json").exists()
    again = build_law(corpus, tmp_path / "killed", Unit.CLAUSE, ignore)
    whole = build_law(corpus, tmp_path / "whole", Unit.CLAUSE, ignore)
    assert (again.documents, again.passages, again.articles) == (30, whole.passages, 600)
    assert law_ids(corpus) == {f"{a}-2024-nd-cp.d{n}" for a in range(1, 31) for n in range(1, 21)}
    held = [passage_ids(tmp_path / name) for name in ("killed", "whole")]
    assert held[0] == held[1]
    statistics = [(tmp_path / name / "index" / "statistics.npz").read_bytes() for name in ("killed", "whole")]
    assert statistics[0] == statistics[1]
