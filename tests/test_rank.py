"""From a question to ranked provisions: forms, features, ranker, over a real store."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from eval.articles import ActArticles, make_document
from eval.provisions import Unit
from rag.features import Candidates, bm25, make_features, rarity_of, understand
from rag.forms import FormStore, act_kind, decode_form, flags, open_forms
from rag.rank import EVIDENCE_LIMIT, MODEL_PATH, MODEL_SHA256, evidence_size, shipped_ranker
from rag.retrieve import search
from rag.settings import load_settings
from rag.store import Store
from rag.vectorise import Vectoriser

ARTICLES = {
    "Hồ sơ đề nghị cấp giấy phép lái xe": "1. Đơn đề nghị theo mẫu.\n2. Bản sao giấy khám sức khỏe của người lái xe.",
    "Thời hạn cấp giấy phép lái xe": "1. Trong thời hạn 05 ngày làm việc kể từ ngày nhận đủ hồ sơ.\n2. Trường hợp từ chối "
    "phải trả lời bằng văn bản.",
    "Xử phạt người điều khiển xe mô tô": "1. Phạt tiền từ 800.000 đồng đến 1.000.000 đồng đối với người không có giấy phép "
    "lái xe.\n2. Tịch thu phương tiện.",
    "Thuế thu nhập cá nhân": "Cá nhân chuyển nhượng bất động sản nộp thuế theo từng lần phát sinh.",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("rank")
    with Store.open(load_settings(data_dir=folder)) as opened:
        rows = [
            {
                "_id": f"1-2025-nd-cp.d{n}",
                "title": heading,
                "text": text,
                "metadata": {
                    "doc_no": "1/2025/NĐ-CP",
                    "doc_type": "Nghị định",
                    "doc_name": "Về giao thông",
                    "article_title": heading,
                },
            }
            for n, (heading, text) in enumerate(ARTICLES.items(), 1)
        ]
        document, passages = make_document(ActArticles("1-2025-nd-cp", tuple(rows)), Unit.CLAUSE)
        opened.record.commit_document(document, "", None, passages, visible=False)
        opened.publish(document, passages)
        yield opened


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Hồ sơ cấp giấy phép lái xe gồm những gì?", "art_1"),
        ("Thời hạn cấp giấy phép lái xe là bao nhiêu ngày?", "art_2"),
        ("Không có giấy phép lái xe bị phạt bao nhiêu tiền?", "art_3"),
        ("Bán nhà phải nộp thuế gì?", "art_4"),
    ],
)
def test_the_article_that_answers_comes_first(store: Store, question: str, article: str) -> None:
    hits = search(store, question).hits
    assert hits[0].passage.article_eid == article
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_parts_add_up_to_the_difference_in_score(store: Store) -> None:
    hits = search(store, "hồ sơ cấp giấy phép lái xe", explain=True).hits
    first, other = hits[0], next(h for h in hits if h.passage.article_eid != hits[0].passage.article_eid)
    logit = [np.log(h.score / (1 - h.score)) for h in (first, other)]
    from rag.rank import CHANCE_SLOPE

    parts = sum(p for _, _, p in first.parts) - sum(p for _, _, p in other.parts)
    assert parts == pytest.approx((logit[0] - logit[1]) / CHANCE_SLOPE, abs=1e-4)
    assert search(store, "hồ sơ").hits[0].parts == ()


def test_missing_forms_are_made_again_and_rank_the_same(store: Store) -> None:
    question = "thời hạn cấp giấy phép lái xe"
    before = [(h.passage.id, h.score) for h in search(store, question).hits]
    for document in store.record.documents():
        store.forms.remove(document.id)
    assert [(h.passage.id, h.score) for h in search(store, question).hits] == before


def test_a_withdrawn_document_leaves_no_form(tmp_path: Path) -> None:
    with Store.open(load_settings(data_dir=tmp_path)) as opened:
        row = {"_id": "2-2025-nd-cp.d1", "title": "", "text": "Từ lạ kvrtz.", "metadata": {"doc_no": "2/2025/NĐ-CP"}}
        document, passages = make_document(ActArticles("2-2025-nd-cp", (row,)), Unit.CLAUSE)
        opened.record.commit_document(document, "", None, passages, visible=False)
        opened.publish(document, passages)
        names = [p.id for p in passages]
        assert len(opened.forms.of_passages(names)[0]) == 1
        opened.withdraw(document.id)
        assert opened.forms.of_passages(names) == ([], set(names))


def test_forms_of_another_make_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "forms.sqlite"
    maker, (document, passages) = Vectoriser(), _one_article()
    FormStore(path, "one").put(document.id, maker.vectorise(document, passages).forms or ())
    names = [p.id for p in passages]
    assert FormStore(path, "one").of_passages(names)[0]
    assert not FormStore(path, "another").of_passages(names)[0]


def test_several_processes_may_open_one_cache(tmp_path: Path) -> None:
    first, second = open_forms(tmp_path), open_forms(tmp_path)
    document, passages = _one_article()
    first.put(document.id, Vectoriser().vectorise(document, passages).forms or ())
    assert second.of_passages([passages[0].id])[0]


def test_a_form_holds_what_was_there() -> None:
    document, passages = _one_article()
    made = Vectoriser().vectorise(document, passages).forms
    assert made is not None
    form = decode_form(made[0].blob)
    assert [str(uuid.UUID(bytes=form.ids[n : n + 16])) for n in range(0, len(form.ids), 16)] == [
        p.id for p in passages
    ]
    assert (form.kind, form.year, form.article, form.articles) == (act_kind("Nghị định"), 2024, 7, 1)


def test_bm25_is_the_formula() -> None:
    counts = np.array([[1.0, 0.0], [2.0, 3.0]], np.float32)
    scores = bm25(counts, np.array([10.0, 20.0]), 15.0, np.array([2.0, 1.0], np.float32), k1=0.9, b=0.7)
    norm = 0.9 * (1 - 0.7 + 0.7 * 20 / 15)
    assert scores[1] == pytest.approx(2 * 2 * 1.9 / (2 + norm) + 3 * 1.9 / (3 + norm), rel=1e-5)


def test_features_have_every_name_the_ranker_reads_and_are_finite(store: Store) -> None:
    vectoriser, lexicon = store.vectoriser, store.lexicon
    forms, _ = store.forms.of_passages(list(store.index.passage_ids()))
    for text in ("hồ sơ cấp giấy phép lái xe", "xyzzy", "Luật 2025", "a", "?"):
        vector = vectoriser.static.encode([text])[0]
        asked = understand(text, vector, lexicon.encoder, lexicon.statistics, vectoriser.forms)
        rarity = rarity_of(vectoriser.syllable_terms, lexicon.statistics)
        features = make_features(asked, Candidates(forms, len(vector)), rarity)
        assert set(shipped_ranker().names) <= set(features)
        assert all(np.isfinite(values).all() and len(values) == len(forms) for values in features.values())


@pytest.mark.parametrize(
    ("chances", "size"),
    [([], 0), ([0.9], 1), ([0.8, 0.41, 0.39], 2), ([0.5] * 9, EVIDENCE_LIMIT), ([0.01, 0.004], 1)],
)
def test_evidence_is_what_comes_near_the_best(chances: list[float], size: int) -> None:
    assert evidence_size(chances) == size


def test_flags_need_whole_words() -> None:
    assert flags("hồ sơ đất".split(), ("hồ sơ", "sơ đ", "đất")) == 0b101


def test_the_ranker_is_the_one_that_was_pinned() -> None:
    assert hashlib.sha256(MODEL_PATH.read_bytes()).hexdigest() == MODEL_SHA256


def _one_article():  # type: ignore[no-untyped-def]
    row = {
        "_id": "7-2024-nd-cp.d7",
        "title": "",
        "text": "1. Một.\n2. Hai.",
        "metadata": {
            "doc_no": "7/2024/NĐ-CP",
            "doc_type": "Nghị định",
            "article_title": "Điều kiện",
            "issued": "02/03/2024",
        },
    }
    return make_document(ActArticles("7-2024-nd-cp", (row,)), Unit.CLAUSE)
