"""BM25 vectors: the same text gives the same vector, and the statistics are exact whatever was added and removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from rag.index.points import SparseVector
from rag.lexical import LexicalEncoder, TermStatistics, count_terms, idf

TEXTS = (
    "Mức phạt nồng độ cồn đối với xe máy",
    "Thời hạn cấp giấy phép xây dựng là 15 ngày",
    "Giấy phép lái xe hạng A1 cấp cho người từ đủ 18 tuổi",
    "Mức phạt đối với người không có giấy phép lái xe",
)


def score(query: SparseVector, passage: SparseVector) -> float:
    _, left, right = np.intersect1d(query.indices, passage.indices, return_indices=True)
    return float(query.values[left] @ passage.values[right])


def counted(texts: tuple[str, ...]) -> TermStatistics:
    statistics = TermStatistics()
    statistics.add(count_terms(LexicalEncoder().encode_passages(texts)))
    return statistics


def test_case_tone_placement_and_normal_form_do_not_matter() -> None:
    encoder = LexicalEncoder()
    assert np.array_equal(encoder.terms("HOÀ giải"), encoder.terms("hòa giải"))


def test_pairs_know_their_order() -> None:
    encoder = LexicalEncoder()
    assert not np.array_equal(np.sort(encoder.terms("xe máy")), np.sort(encoder.terms("máy xe")))


def test_a_text_has_its_syllables_and_their_pairs() -> None:
    encoder = LexicalEncoder()
    assert [len(encoder.terms(text)) for text in ("", "xe", "xe máy", "xe máy điện")] == [0, 1, 3, 5]


def test_the_passage_that_answers_scores_highest() -> None:
    encoder, statistics = LexicalEncoder(), counted(TEXTS)
    query = encoder.encode_query("cấp giấy phép xây dựng mất mấy ngày", statistics)
    scores = [score(query, passage) for passage in encoder.encode_passages(TEXTS)]
    assert int(np.argmax(scores)) == 1


def test_unknown_terms_are_left_out_of_the_query() -> None:
    query = LexicalEncoder().encode_query("khủng long", counted(TEXTS))
    assert len(query.indices) == 0


def test_a_rarer_term_weighs_more_and_none_is_negative() -> None:
    weights = idf(np.asarray([1, 5, 10]), 10)
    assert weights[0] > weights[1] > weights[2] >= 0


def test_removing_undoes_adding(tmp_path: Path) -> None:
    encoder = LexicalEncoder()
    statistics = counted(TEXTS)
    statistics.remove(count_terms(encoder.encode_passages(TEXTS[2:])))
    statistics.save(tmp_path / "terms.npz")
    loaded, expected = TermStatistics.load(tmp_path / "terms.npz"), counted(TEXTS[:2])
    terms = np.unique(encoder.terms(" ".join(TEXTS)))
    assert loaded.passages == expected.passages == 2
    assert np.array_equal(loaded.frequencies(terms), expected.frequencies(terms))


def test_it_can_be_the_first_module_imported() -> None:
    for module in ("rag.lexical", "rag.index", "rag.index.fingerprint"):
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
