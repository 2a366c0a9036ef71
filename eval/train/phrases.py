"""Phrases: neighbouring syllables that belong together, learnt by byte-pair encoding over syllables.

A plain count would join "của cơ" and "theo quy"; pairs are ranked by count x (pointwise mutual information)^2, which
prefers words ("giấy phép", "quyền sử dụng đất").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.embed import SPACE, Tokens, merge_table, merge_tokens

ROUNDS = (15_000, 8_000, 3_000)  # phrases learnt in each round; a round may join what the last one made
MIN_COUNT = 40  # times a pair occurs in the corpus
MIN_INFORMATION = 1.5  # nats of pointwise mutual information
LONGEST = 4  # syllables of a phrase: "giấy phép lái xe"
_KEY = 1 << 32


@dataclass(frozen=True, slots=True)
class Phrases:
    """``parts``: the syllable numbers of each token (syllables first, then phrases); ``merges``: pairs of tokens by
    rank, with what they make."""

    parts: list[tuple[int, ...]]
    merges: list[tuple[int, int, int]]


def learn_phrases(tokens: Tokens, owners: Tokens, syllables: int) -> Phrases:
    """``tokens``: syllable numbers of many texts end to end, negative where there is no word."""
    parts: list[tuple[int, ...]] = [(n,) for n in range(syllables)]
    number = {part: n for n, part in enumerate(parts)}
    merges: list[tuple[int, int, int]] = []
    for size in ROUNDS:
        new: list[tuple[int, int, int]] = []
        for first, second in _best_pairs(tokens, owners, parts, size):
            part = parts[first] + parts[second]
            if part not in number:
                number[part] = len(parts)
                parts.append(part)
            new.append((first, second, number[part]))
        table = merge_table([(a, b, len(merges) + rank, made) for rank, (a, b, made) in enumerate(new)])
        tokens, owners = merge_tokens(tokens, owners, *table)
        merges += new
    return Phrases(parts, merges)


def _best_pairs(tokens: Tokens, owners: Tokens, parts: Sequence[tuple[int, ...]], size: int) -> list[tuple[int, int]]:
    inside = (owners[1:] == owners[:-1]) & (tokens[1:] >= 0) & (tokens[:-1] >= 0)
    pairs, counts = np.unique(tokens[:-1][inside] * _KEY + tokens[1:][inside], return_counts=True)
    pairs, counts = pairs[counts >= MIN_COUNT], counts[counts >= MIN_COUNT]
    first, second = pairs // _KEY, pairs % _KEY
    single = np.bincount(tokens[tokens >= 0], minlength=len(parts)).astype(np.float64)
    information = np.log(counts * len(tokens) / (single[first] * single[second]))
    length = np.array([len(part) for part in parts])
    worth = counts * information**2
    worth[(information < MIN_INFORMATION) | (length[first] + length[second] > LONGEST)] = 0
    best = np.argsort(-worth, kind="stable")[:size]
    return [(int(first[n]), int(second[n])) for n in best if worth[n] > 0]


def write_model(folder: Path, words: Sequence[str], phrases: Phrases, vectors: NDArray[np.float32]) -> None:
    """A sentence-transformers folder: StaticEmbedding with a byte-pair tokenizer, then Normalize. Tokens that only
    serve to build syllables have zero vectors."""
    from safetensors.numpy import save_file

    names = ["".join(SPACE + words[n] for n in part) for part in phrases.parts]
    spelled, beginnings = _spelling(names[: len(words)])
    vocabulary = {name: n for n, name in enumerate(names)}
    for token in beginnings:
        vocabulary.setdefault(token, len(vocabulary))
    weights = np.zeros((len(vocabulary), vectors.shape[1]), np.float32)
    weights[: len(names)] = vectors
    merges = spelled + [[names[a], names[b]] for a, b, _ in phrases.merges]
    inner = folder / "0_StaticEmbedding"
    inner.mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (inner / "tokenizer.json").write_text(json.dumps(_tokenizer(vocabulary, merges), ensure_ascii=False), "utf-8")
    save_file({"embedding.weight": weights}, inner / "model.safetensors")
    kinds = ("StaticEmbedding", "Normalize")
    modules = [
        {"idx": n, "name": str(n), "path": f"{n}_{kind}", "type": f"sentence_transformers.models.{kind}"}
        for n, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=1), "utf-8")
    (folder / "1_Normalize" / "config.json").write_text("{}", "utf-8")
    about = {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(about, indent=1), "utf-8")


def _spelling(syllables: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """Merges that build the syllables letter by letter, shortest first, and every token these need."""
    steps = sorted({token[:n] for token in syllables for n in range(2, len(token) + 1)}, key=lambda s: (len(s), s))
    letters = sorted({letter for token in syllables for letter in token})
    return [[step[:-1], step[-1]] for step in steps], [*letters, *steps]


def _tokenizer(vocabulary: dict[str, int], merges: list[list[str]]) -> dict[str, object]:
    tones = [(pair, tone) for pair in ("oa", "oe", "uy") for tone in "\u0300\u0301\u0303\u0309\u0323"]
    import unicodedata

    def replace(pattern: str, content: str) -> dict[str, object]:
        return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}

    folded = [
        replace(
            f"(?<!q){unicodedata.normalize('NFC', pair + tone)}(?![\\p{{L}}\\p{{N}}_])",
            unicodedata.normalize("NFC", pair[0] + tone + pair[1]),
        )
        for pair, tone in tones
    ]
    normalizer = [
        {"type": "NFC"},
        replace("\u00d0", "Đ"),
        replace("\u00f0", "đ"),
        {"type": "Lowercase"},
        {"type": "NFC"},
        *folded,
        replace("[^\\p{L}\\p{N}_]+", " "),
        {"type": "Strip", "strip_left": True, "strip_right": True},
        {"type": "Prepend", "prepend": SPACE},
        replace(" ", SPACE),
    ]
    model = {
        "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
        "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocabulary, "merges": merges,
    }  # fmt: skip
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": normalizer}, "pre_tokenizer": None, "post_processor": None,
        "decoder": None, "model": model,
    }  # fmt: skip
