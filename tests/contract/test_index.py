"""One suite over every implementation of the index seam."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from rag.errors import IndexMismatch
from rag.index.edge import EdgeIndex
from rag.index.fingerprint import Fingerprint
from rag.index.points import Index, IndexFilter, IndexPoint
from rag.index.served import ServedIndex
from rag.index.server import ServerIndex, connect
from rag.lexical import LexicalEncoder, TermStatistics, count_terms

DENSE_SIZE = 4
FINGERPRINT = Fingerprint(embedder="test", dense_size=DENSE_SIZE)
TEXTS = {
    "nd100": ["Xử phạt vi phạm hành chính về nồng độ cồn", "Tước giấy phép lái xe hai tháng"],
    "ld45": ["Nghỉ thai sản sáu tháng", "Nghỉ hằng năm mười hai ngày làm việc"],
}


def _engines() -> list[str]:
    return ["edge", "served", "memory", *(["server"] if os.environ.get("CANCU_TEST_QDRANT_URL") else [])]


@pytest.fixture(params=_engines())
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    if request.param == "edge":
        made: Index = EdgeIndex(tmp_path / "index", FINGERPRINT)
    elif request.param == "served":
        made = ServedIndex(tmp_path / "index", FINGERPRINT)
    elif request.param == "memory":
        made = ServerIndex(QdrantClient(":memory:"), FINGERPRINT)
    else:
        made = ServerIndex(connect(os.environ["CANCU_TEST_QDRANT_URL"], 10), FINGERPRINT)
    yield made
    for document in TEXTS:
        made.delete(document)
    made.close()


def points(document: str) -> list[IndexPoint]:
    vectors = LexicalEncoder().encode_passages(TEXTS[document])
    fields: dict[str, str | int] = {"number_key": document, "type": "Luật" if document == "ld45" else "Nghị định"}
    fields |= {"issuer": "Quốc hội", "year": 2019 if document == "ld45" else 2020}
    return [
        IndexPoint(passage(document, i), document, v, np.eye(DENSE_SIZE, dtype=np.float32)[i], fields)
        for i, v in enumerate(vectors)
    ]


def passage(document: str, i: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{document}{i}"))


def query(text: str):
    statistics = TermStatistics()
    statistics.add(count_terms([p.sparse for document in TEXTS for p in points(document)]))
    return LexicalEncoder().encode_query(text, statistics)


def fill(index: Index) -> None:
    for document in TEXTS:
        index.upsert(points(document))
    index.flush()


def test_the_passage_with_the_words_comes_first_with_its_bm25_score(index: Index) -> None:
    fill(index)
    hits = index.search(query("nghỉ thai sản"), None, IndexFilter(), 10)
    assert [h.passage_id for h in hits] == [passage("ld45", 0), passage("ld45", 1)]
    sparse, stored = query("nghỉ thai sản"), points("ld45")[0].sparse
    shared = np.isin(sparse.indices, stored.indices)
    expected = sparse.values[shared] @ stored.values[np.isin(stored.indices, sparse.indices)]
    assert hits[0].lexical == pytest.approx(float(expected), rel=1e-5)
    assert hits[0].dense is None


def test_both_sides_are_fused_by_rank(index: Index) -> None:
    fill(index)
    dense = np.eye(DENSE_SIZE, dtype=np.float32)[1]
    hits = index.search(query("nghỉ hằng năm"), dense, IndexFilter(), 10)
    assert hits[0].passage_id == passage("ld45", 1)
    assert hits[0].dense == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (IndexFilter(types=("Luật",)), 2),
        (IndexFilter(types=("Luật", "Nghị định")), 4),
        (IndexFilter(number_keys=("nd100",), types=("Luật",)), 0),
        (IndexFilter(year_from=2020), 2),
        (IndexFilter(year_from=2019, year_to=2019), 2),
        (IndexFilter(document_ids=("nd100",)), 2),
        (IndexFilter(), 4),
    ],
)
def test_all_conditions_hold(index: Index, where: IndexFilter, expected: int) -> None:
    fill(index)
    assert index.count(where) == expected
    found = index.search(query("nghỉ thai sản xử phạt giấy phép hai"), None, where, 10)
    assert len(found) == expected


def test_upserting_twice_changes_nothing_and_deleting_removes_all(index: Index) -> None:
    fill(index)
    fill(index)
    assert index.count(IndexFilter()) == 4
    index.delete("nd100")
    assert set(index.passage_ids()) == {passage("ld45", 0), passage("ld45", 1)}
    index.delete_points([passage("ld45", 0)])
    assert list(index.passage_ids()) == [passage("ld45", 1)]


def test_a_query_of_unknown_words_finds_nothing(index: Index) -> None:
    fill(index)
    assert index.search(query("xyzzy"), None, IndexFilter(), 10) == []


def test_an_index_of_another_make_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    EdgeIndex(tmp_path / "index", FINGERPRINT).close()
    with pytest.raises(IndexMismatch, match="cancu rebuild"):
        EdgeIndex(tmp_path / "index", Fingerprint(embedder="another", dense_size=DENSE_SIZE))
    client = QdrantClient(":memory:")
    ServerIndex(client, FINGERPRINT)
    with pytest.raises(IndexMismatch, match="cancu rebuild"):
        ServerIndex(client, Fingerprint())
