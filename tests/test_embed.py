"""The shipped embedding: what it computes, and that it is what sentence-transformers computes of the same folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.embed import MODEL_PATH, SHIPPED_SIZE, StaticEmbedder, shipped_embedder
from rag.errors import Damaged

TEXTS = [
    "Hồ sơ cấp giấy phép lái xe gồm những gì?",
    "KHÔNG hoà giải, hoặc thoả thuận (loè) tuỳ-ý về ÐẤT ĐAI",
    "Nghị định 100/2019/NĐ-CP; điểm đ) khoản 1, Điều 5!",
    "straße 12abc ²½ quỹ quý Smith\u2019s 2026",
    "",
    " … ",
    "mức phạt tiền",
]


def test_vectors_have_length_one_and_nothing_is_zero() -> None:
    vectors = shipped_embedder().encode(TEXTS)
    assert vectors.shape == (len(TEXTS), SHIPPED_SIZE)
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths[[0, 1, 2, 3, 6]] == pytest.approx(1, abs=1e-5)
    assert lengths[[4, 5]].tolist() == [0, 0]


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    embedder = shipped_embedder()
    together = embedder.encode(TEXTS)
    alone = np.stack([embedder.encode([text])[0] for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_same_thing_in_other_words_is_nearer_than_another_thing() -> None:
    asked, same, other = shipped_embedder().encode(
        [
            "Bao nhiêu tuổi được thi bằng lái xe máy?",
            "Tuổi, sức khỏe của người điều khiển phương tiện; giấy phép lái xe",
            "Thời hạn nộp hồ sơ khai thuế giá trị gia tăng",
        ]
    )
    assert asked @ same > asked @ other


def test_sentence_transformers_gives_the_same_vectors() -> None:
    library = pytest.importorskip("sentence_transformers", reason="the [models] extra is not installed")
    theirs = library.SentenceTransformer(str(MODEL_PATH), device="cpu").encode(TEXTS)
    np.testing.assert_allclose(shipped_embedder().encode(TEXTS), theirs, atol=1e-5)


def test_the_tokenizer_cuts_as_we_do() -> None:
    """The folder's tokenizer.json by the library it is written for (sentence-transformers uses it)."""
    tokenizers = pytest.importorskip("tokenizers", reason="the tokenizers library is not installed")
    from rag.law.text import syllables

    embedder = shipped_embedder()
    theirs = tokenizers.Tokenizer.from_file(str(MODEL_PATH / "0_StaticEmbedding" / "tokenizer.json"))
    for text in TEXTS:
        ours = [n for n in embedder.segment([syllables(text)])[0].tolist() if n >= 0 and embedder.weights[n].any()]
        assert ours == [n for n in theirs.encode(text).ids if embedder.weights[n].any()], text


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        StaticEmbedder(tmp_path)


def test_another_model_has_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "embedder"
    shutil.copytree(MODEL_PATH, folder)
    weights = folder / "0_StaticEmbedding" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-3] ^= 1
    weights.write_bytes(data)
    assert StaticEmbedder(folder).name != shipped_embedder().name
