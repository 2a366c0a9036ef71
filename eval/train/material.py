"""What the models are trained on: the article corpus as token arrays, and questions with the articles that answer them.

Questions of ``alqac2022`` and ``vlsp2023`` and the dev split of ``tvpl-qa`` are never read here: they measure.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray

from eval.articles import corpus_lines, make_document, read_acts
from eval.provisions import Unit, article_id
from rag.embed import NOTHING, Tokens
from rag.law.text import syllables

MIN_PASSAGES = 3  # a syllable in fewer is a misprint, a name or a number
TRAINED_ON = (("tvpl-qa", "train"), ("bds-realestate", "all"), ("alqac2025", "train"))
FOLDS = 4  # models whose questions one part never saw, so that the ranker learns from honest features
FOLD_SEED = 7


@dataclass(frozen=True, slots=True)
class Field:
    """Token ids of many texts end to end; text n is ``tokens[ends[n]:ends[n + 1]]`` (``ends`` begins with 0)."""

    tokens: Tokens
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends) - 1

    def owners(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self)), np.diff(self.ends))


@dataclass(slots=True)
class Material:
    """The corpus. ``article`` and ``act``: of each passage its article, of each article its act; ``starts``: where an
    article's passages begin (one more at the end)."""

    syllables: list[str]
    titles: Field  # of acts
    headings: Field  # of articles
    contexts: Field  # of passages, as are texts
    texts: Field
    article: NDArray[np.int64]
    act: NDArray[np.int64]
    starts: NDArray[np.int64]
    ids: dict[str, int]  # article id of the question sets: number


@dataclass(frozen=True, slots=True)
class Question:
    suite: str
    id: str
    text: str
    articles: tuple[int, ...]
    fold: int


class _Fields:
    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.tokens: list[NDArray[np.int32]] = []
        self.ends = [0]

    def add(self, words: Sequence[str]) -> None:
        numbers = self.numbers
        self.tokens.append(np.fromiter((numbers.setdefault(w, len(numbers)) for w in words), np.int32, len(words)))
        self.ends.append(self.ends[-1] + len(words))

    def field(self) -> Field:
        return Field(np.concatenate(self.tokens).astype(np.int64), np.array(self.ends))


def load_material(corpus: Path) -> Material:
    """The corpus as the record has it (Khoản as passages), tokens numbered by the syllables that are kept."""
    numbers: dict[str, int] = {}
    titles, headings, contexts, texts = (_Fields(numbers) for _ in range(4))
    article: list[int] = []
    act: list[int] = []
    ids: dict[str, int] = {}
    for row in read_acts(corpus_lines(corpus)):
        document, passages = make_document(row, Unit.CLAUSE)
        titles.add(syllables(document.title or ""))
        last = ""
        for passage in passages:
            if passage.article_eid != last:
                last = passage.article_eid
                headings.add(syllables(passage.heading))
                ids[article_id(document.number or row.slug, last) or ""] = len(act)
                act.append(len(titles.ends) - 2)
            contexts.add(syllables(passage.context))
            texts.add(syllables(passage.text))
            article.append(len(act) - 1)
    starts = np.searchsorted(np.array(article), np.arange(len(act) + 1))
    made = [f.field() for f in (titles, headings, contexts, texts)]
    kept, words = _kept_syllables(numbers, made[3], made[1])
    renumbered = [Field(np.where(f.tokens >= 0, kept[f.tokens], NOTHING), f.ends) for f in made]
    return Material(words, *renumbered, np.array(article), np.array(act), starts, ids)


def _kept_syllables(numbers: dict[str, int], texts: Field, headings: Field) -> tuple[Tokens, list[str]]:
    size = len(numbers)
    seen = np.zeros(size, np.int64)
    for field in (texts, headings):
        seen += np.bincount(np.unique(field.owners() * size + field.tokens) % size, minlength=size)
    kept = np.full(size, NOTHING, np.int64)
    chosen = np.flatnonzero(seen >= MIN_PASSAGES)
    kept[chosen] = np.arange(len(chosen))
    names = list(numbers)
    return kept, [names[n] for n in chosen]


def load_questions(shared: Path, ids: dict[str, int]) -> list[Question]:
    """The questions to train on, each with its fold; those whose articles the corpus lacks are left out."""
    found: list[Question] = []
    for suite, split in TRAINED_ON:
        answered = list(_answered(shared / "questions" / suite, split))
        folds = np.random.default_rng(FOLD_SEED).permutation(len(answered)) % FOLDS
        for (name, text, articles), fold in zip(answered, folds, strict=True):
            known = tuple(sorted(ids[a] for a in articles if a in ids))
            if known:
                found.append(Question(suite, name, text, known, int(fold)))
    return found


def _answered(folder: Path, split: str) -> Iterator[tuple[str, str, list[str]]]:
    wanted: dict[str, list[str]] = {}
    for line in (folder / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        question, article, grade = line.split("\t")
        if float(grade) > 0:
            wanted.setdefault(question, []).append(article)
    for line in (folder / "queries.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["_id"] in wanted:
            yield row["_id"], row["text"], wanted[row["_id"]]


def load_related(shared: Path, ids: dict[str, int]) -> NDArray[np.int64]:
    """Pairs of articles that the codex itself calls related, one a row."""
    with (shared / "law" / "related.tsv.zst").open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8").read().splitlines()[1:]
    pairs = [line.split("\t") for line in lines]
    return np.array([(ids[a], ids[b]) for a, b in pairs if a in ids and b in ids], np.int64).reshape(-1, 2)
