"""Texts as unit vectors: our own static embedding without torch, or any sentence-transformers model by its path.

The shipped model is a standard sentence-transformers folder (a ``StaticEmbedding`` with its ``tokenizer.json``, then
``Normalize``), so anyone can load it with ``SentenceTransformer(path)``; here numpy gives the same vectors. A text is
cut into syllables, neighbouring syllables are merged into phrases by byte-pair encoding over syllables (Sennrich,
Haddow and Birch, 2016), and the phrases' vectors are added up and brought to length one.

The tokenizer builds each syllable out of letters first (merges of a growing prefix and the next letter) and merges
phrases afterwards, so a dictionary of whole syllables and the phrase merges alone are enough. A syllable that is not
known stands as its longest known beginning, as it does in the tokenizer.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import BadInput, Damaged
from rag.law.text import syllables

MODEL_PATH = Path(__file__).parent / "models" / "embedder"
TOKENIZER_FILE, WEIGHTS_FILE, WEIGHTS_NAME = "tokenizer.json", "model.safetensors", "embedding.weight"
MODULE_FOLDER = "0_StaticEmbedding"
MODEL_SHA256 = (
    "8dca18caff554f98009767b318f3d93c15bcab945008655a164a37c9279f3138"  # ``folder_digest`` of the shipped model
)
SHIPPED_SIZE = 176  # numbers a vector
SHIPPED_NAME = f"embedder:{MODEL_SHA256[:12]}"
SPACE = "\u2581"  # what a syllable begins with in the tokenizer's vocabulary
NOTHING = -1  # no token: an unknown syllable, which keeps its neighbours apart
_KEY = np.int64(1 << 32)
_NEVER = np.iinfo(np.int64).max

Tokens = NDArray[np.int64]
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Anything that makes unit vectors of ``size`` numbers; ``name`` changes when the vectors do."""

    name: str
    size: int

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class StaticEmbedder:
    """The numpy path of a folder as described above. Safe to share between threads once made."""

    def __init__(self, folder: Path) -> None:
        """Raises Damaged when the files are not of this kind."""
        try:
            model = json.loads((folder / MODULE_FOLDER / TOKENIZER_FILE).read_text("utf-8"))["model"]
            self.weights: Vectors = map_weights(folder / MODULE_FOLDER / WEIGHTS_FILE)
        except (OSError, ValueError, KeyError) as error:
            raise Damaged("model_damaged", model=folder.name) from error
        self.name = f"{folder.name}:{folder_digest(folder)[:12]}"
        self.size = int(self.weights.shape[1])
        vocabulary: dict[str, int] = model["vocab"]
        self._letters = {token for token in vocabulary if len(token) == 1}
        self._syllables = {t: n for t, n in vocabulary.items() if t.startswith(SPACE) and SPACE not in t[1:]}
        self._rounds = list(merge_rounds(vocabulary, model["merges"]))
        self._known: dict[str, tuple[int, ...]] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text; a text without a known syllable is all zeros."""
        return self.encode_syllables([syllables(text) for text in texts])

    def encode_syllables(self, texts: Sequence[Sequence[str]]) -> Vectors:
        """``encode`` for who has the syllables already."""
        tokens, owners = self.segment(texts)
        return self.encode_tokens(tokens, owners, len(texts))

    def encode_tokens(self, tokens: Tokens, owners: Tokens, count: int) -> Vectors:
        from scipy.sparse import csr_matrix  # 10 MB and 0.1 s that the keeper of the index does without

        known = tokens >= 0
        ends = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(owners[known], minlength=count), out=ends[1:])
        ones = np.ones(int(known.sum()), np.float32)
        summed = np.asarray(csr_matrix((ones, tokens[known], ends), shape=(count, len(self.weights))) @ self.weights)
        length = np.linalg.norm(summed, axis=1, keepdims=True)
        return np.asarray(summed / np.maximum(length, 1e-12), np.float32)

    def syllable_numbers(self) -> dict[str, int]:
        """Each known syllable with a number from 0 that stays the same as long as the model does."""
        return {token.removeprefix(SPACE): n for n, token in enumerate(sorted(self._syllables))}

    def segment(self, texts: Sequence[Sequence[str]]) -> tuple[Tokens, Tokens]:
        """(token ids, index of the text each belongs to), in order; NOTHING stands for what has no vector."""
        pieces = [[piece for word in words for piece in self._pieces(word)] for words in texts]
        tokens = np.fromiter(itertools.chain.from_iterable(pieces), np.int64)
        owners = np.repeat(np.arange(len(pieces)), [len(p) for p in pieces])
        for keys, ranks, made in self._rounds:
            tokens, owners = merge_tokens(tokens, owners, keys, ranks, made)
        return tokens, owners

    def _pieces(self, word: str) -> tuple[int, ...]:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._spelled(word)
            if len(self._known) > 200_000:
                self._known.clear()
        return known

    def _spelled(self, word: str) -> tuple[int, ...]:
        word = SPACE + "".join(letter for letter in word if letter in self._letters)
        known = next(n for n in range(len(word), 0, -1) if word[:n] in self._syllables)
        token = self._syllables[word[:known]]
        return (token,) if known == len(word) else (token, NOTHING)


def map_weights(path: Path) -> Vectors:
    """The matrix of a safetensors file (an 8-byte length, a JSON header, then the numbers) where it lies on the disk: a
    question reads a dozen of its rows, so most of it never comes into memory. Raises OSError, ValueError, KeyError."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        about = json.loads(file.read(size))[WEIGHTS_NAME]
    if about["dtype"] != "F32":
        raise ValueError(about["dtype"])
    return np.memmap(path, np.float32, "r", 8 + size + about["data_offsets"][0], tuple(about["shape"]))


def merge_rounds(
    vocabulary: dict[str, int], merges: Sequence[Sequence[str]]
) -> Iterator[tuple[Tokens, Tokens, Tokens]]:
    """The phrase merges as tables (sorted pair keys, ranks, what comes out). Inside a round no pair contains what the
    round itself makes, so all pairs that beat their neighbours may be merged at once."""
    rows: list[tuple[int, int, int, int]] = []
    made: set[int] = set()
    for rank, (first, second) in enumerate(merges):
        if not second.startswith(SPACE):
            continue  # a letter joins its syllable
        one, other = vocabulary[first], vocabulary[second]
        if one in made or other in made:
            yield merge_table(rows)
            rows, made = [], set()
        rows.append((one, other, rank, vocabulary[first + second]))
        made.add(vocabulary[first + second])
    if rows:
        yield merge_table(rows)


def merge_table(rows: Sequence[tuple[int, int, int, int]]) -> tuple[Tokens, Tokens, Tokens]:
    """(first, second, rank, made) as sorted keys with ranks and products beside."""
    table = np.asarray(
        sorted((first * int(_KEY) + second, rank, made) for first, second, rank, made in rows), np.int64
    )
    return table[:, 0], table[:, 1], table[:, 2]


def merge_tokens(tokens: Tokens, owners: Tokens, keys: Tokens, ranks: Tokens, made: Tokens) -> tuple[Tokens, Tokens]:
    """One round over texts laid end to end: the pair of the lowest rank first, and of equal ones the first."""
    while len(tokens) > 1:
        pairs = np.where((owners[1:] == owners[:-1]) & (tokens[:-1] >= 0), tokens[:-1] * _KEY + tokens[1:], NOTHING)
        pairs[tokens[1:] < 0] = NOTHING
        at = np.minimum(np.searchsorted(keys, pairs), len(keys) - 1)
        rank = np.where(keys[at] == pairs, ranks[at], _NEVER)
        left = np.concatenate([[_NEVER], rank[:-1]])
        right = np.concatenate([rank[1:], [_NEVER]])
        wins = np.flatnonzero((rank < left) & (rank <= right))
        if not len(wins):
            break
        tokens = tokens.copy()
        tokens[wins] = made[at[wins]]
        kept = np.ones(len(tokens), bool)
        kept[wins + 1] = False
        tokens, owners = tokens[kept], owners[kept]
    return tokens, owners


class TransformerEmbedder:
    """Any sentence-transformers model in a local folder (the ``[models]`` extra)."""

    def __init__(self, folder: Path) -> None:
        """Raises BadInput when the folder or the extra is missing."""
        if not (folder / "modules.json").is_file():
            raise BadInput("embedder_missing", path=folder)
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise BadInput("models_extra_missing") from error
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.name = f"{folder.name}:{folder_digest(folder)[:12]}"
        self.size = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.encode(list(texts), normalize_embeddings=True), np.float32)


@functools.cache
def shipped_embedder() -> StaticEmbedder:
    """The model that travels with the project. Raises Damaged when it is not the one that was shipped (S3)."""
    embedder = StaticEmbedder(MODEL_PATH)
    if embedder.name != SHIPPED_NAME:
        raise Damaged("model_damaged", model=MODEL_PATH.name)
    return embedder


def open_embedder(folder: Path | None) -> Embedder:
    """The embedding of the settings: a sentence-transformers folder, else ours. Raises BadInput, Damaged."""
    return TransformerEmbedder(folder) if folder else shipped_embedder()


def folder_digest(folder: Path) -> str:
    """SHA-256 (hex) over the names and bytes of the files that decide what a model folder computes."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.suffix in {".json", ".safetensors", ".txt", ".model"}):
        with file.open("rb") as opened:
            digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()
