"""Count the syllables and pairs that the diacritic restorer works with, from the articles of a law corpus.

``python -m eval.train.restorer SHARED_DATA OUT_FOLDER`` reproduces the shipped model: counting has no seed and no order,
so the same texts give the same counts. Law texts never ask, so questions are counted with them: the training split of
tvpl-qa and the unlabelled questions of drill2025, nothing of any set that is reported on.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray
from safetensors.numpy import save_file

from rag.law.text import strip_diacritics, syllables
from rag.restore import MODEL_FILE

MIN_SYLLABLE_COUNT = 20  # rarer forms are misprints and foreign names
MIN_PAIR_COUNT = 2  # a pair seen once is as often a misprint as a word
QUESTION_WEIGHT = 30  # times a question counts: 6,000 of them against 95,667 articles
MAX_COUNT = np.iinfo(np.uint16).max
_FLUSH_TOKENS = 4_000_000


def train(shared_data: Path, folder: Path) -> Path:
    """Write the model of the shared law corpus and training questions to ``folder``; returns the file's path."""
    ids: dict[str, int] = {}
    unigrams: NDArray[np.int64] = np.zeros(0, np.int64)
    keys: NDArray[np.uint64] = np.zeros(0, np.uint64)
    counts: NDArray[np.int64] = np.zeros(0, np.int64)
    for tokens in _chunks(_texts(shared_data), ids):
        grown = np.bincount(tokens[tokens >= 0], minlength=len(ids))
        grown[: len(unigrams)] += unigrams
        unigrams = grown
        first, second = tokens[:-1], tokens[1:]
        inside = (first >= 0) & (second >= 0)
        pairs = (first[inside].astype(np.uint64) << np.uint64(32)) | second[inside].astype(np.uint64)
        new, new_counts = np.unique(pairs, return_counts=True)
        keys, counts = _added(keys, counts, new, new_counts)
    return _write(folder, ids, unigrams, keys, counts)


def _chunks(texts: Iterable[str], ids: dict[str, int]) -> Iterator[NDArray[np.int64]]:
    """Token ids of many texts, -1 between two of them and for what is no word."""
    found: list[int] = []
    for text in texts:
        found.extend(ids.setdefault(s, len(ids)) if s.isalpha() else -1 for s in syllables(text))
        found.append(-1)
        if len(found) > _FLUSH_TOKENS:
            yield np.asarray(found, np.int64)
            found = []
    yield np.asarray(found, np.int64)


def _texts(shared_data: Path) -> Iterator[str]:
    for question in _questions(shared_data / "questions"):
        yield from [question] * QUESTION_WEIGHT
    with (shared_data / "law" / "corpus.jsonl.zst").open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file)
        for line in io.TextIOWrapper(reader, "utf-8"):
            article = json.loads(line)
            yield f"{article['title']}\n{article['text']}"


def _questions(folder: Path) -> Iterator[str]:
    train = {line.split("\t")[0] for line in (folder / "tvpl-qa/qrels/train.tsv").read_text("utf-8").splitlines()[1:]}
    for line in (folder / "tvpl-qa/queries.jsonl").read_text("utf-8").splitlines():
        query = json.loads(line)
        if query["_id"] in train:
            yield query["text"]
    for line in (folder / "drill2025-unlabelled/queries.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]


def _added(
    keys: NDArray[np.uint64], counts: NDArray[np.int64], new: NDArray[np.uint64], new_counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    merged, where = np.unique(np.concatenate([keys, new]), return_inverse=True)
    total = np.zeros(len(merged), np.int64)
    np.add.at(total, where, np.concatenate([counts, new_counts]))
    return merged, total


def _write(
    folder: Path,
    ids: dict[str, int],
    unigrams: NDArray[np.int64],
    keys: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> Path:
    kept = sorted(s for s, i in ids.items() if unigrams[i] >= MIN_SYLLABLE_COUNT)
    position = np.full(len(ids), -1, np.int64)
    position[[ids[s] for s in kept]] = np.arange(len(kept))
    first = position[(keys >> np.uint64(32)).astype(np.int64)]
    second = position[(keys & np.uint64(0xFFFFFFFF)).astype(np.int64)]
    ambiguous = _ambiguous(kept)
    useful = (counts >= MIN_PAIR_COUNT) & (first >= 0) & (second >= 0)
    useful[useful] = ambiguous[first[useful]] | ambiguous[second[useful]]
    pairs = (first[useful] * len(kept) + second[useful]).astype(np.uint32)
    order = np.argsort(pairs)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    arrays = {
        "syllables": np.frombuffer("\n".join(kept).encode("utf-8"), np.uint8),
        "unigrams": unigrams[[ids[s] for s in kept]].astype(np.uint32),
        "pairs": pairs[order],
        "pair_counts": np.minimum(counts[useful][order], MAX_COUNT).astype(np.uint16),
    }
    save_file(arrays, path)
    return path


def _ambiguous(kept: list[str]) -> NDArray[np.bool_]:
    """Which syllables share their form without marks with another one: only these need a choice."""
    bare = [strip_diacritics(s) for s in kept]
    times: dict[str, int] = {}
    for form in bare:
        times[form] = times.get(form, 0) + 1
    return np.asarray([times[form] > 1 for form in bare])


if __name__ == "__main__":
    print(train(Path(sys.argv[1]), Path(sys.argv[2])))
