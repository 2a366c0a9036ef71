"""Train embedding and ranker together, honestly: the ranker's features come from embeddings that never saw its questions.

For each fold an embedding is trained on the other folds' questions; the fold's own questions then get their
candidates and features from it. The embedding that ships is trained on all of them, and is to the questions of users
what a fold's embedding is to the fold.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
import torch
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from eval.articles import corpus_lines, make_document, read_acts
from eval.provisions import Unit
from eval.train.bag import PhraseBag
from eval.train.embedder import SEED, Asked, learn_law, learn_questions
from eval.train.material import FOLDS, Field, Material, Question, load_material, load_questions, load_related
from eval.train.phrases import Phrases, learn_phrases, write_model
from rag.embed import StaticEmbedder, merge_table, merge_tokens
from rag.features import Candidates, Features, make_features, rarity_of, understand
from rag.forms import Form, FormMaker, decode_form, shrink
from rag.law.text import syllables
from rag.lexical import LexicalEncoder, TermStatistics, count_terms
from rag.rank import SIDE_CANDIDATES, escape
from rag.vectorise import syllable_terms

KEPT_NEAREST = 30  # candidates a question that the ranker learns from: the best by both sides together, and
KEPT_OTHERS = (
    0.12  # of the rest, drawn whether right or wrong: were only right ones kept, a low rank would give them away
)
SUITE_WEIGHT = {"tvpl-qa": 1.0, "bds-realestate": 0.5, "alqac2025": 0.7}
ROUNDS = 200
SEARCH_BATCH = 32
PARAMETERS = {
    "objective": "lambdarank", "learning_rate": 0.08, "num_leaves": 24, "min_data_in_leaf": 40,
    "lambdarank_truncation_level": 15, "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1,
    "lambda_l2": 5.0, "max_bin": 63, "seed": 1, "deterministic": True, "force_row_wise": True, "num_threads": 1,
    "verbosity": -1,
}  # fmt: skip


@dataclass(slots=True)
class Corpus:
    """Everything the features need, made once. ``forms``: of each article, in the material's order."""

    material: Material
    merged: Material  # the same with phrases for syllables
    phrases: Phrases
    numbers: dict[str, int]  # of the syllables
    maker: FormMaker
    whole: Field  # phrases of each passage as the index embeds it
    forms: list[Form]
    titles: list[str]
    headings: list[str]
    encoder: LexicalEncoder
    statistics: TermStatistics
    lexical: csr_matrix  # passages by terms, BM25's passage side
    columns: NDArray[np.uint32]  # term ids of its columns


def train(shared: Path, out: Path, work: Path, with_ranker: bool = True) -> None:
    """Write ``out/embedder`` and, when asked to, ``out/ranker``. ``work`` keeps what lies between, so that a second run goes on."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    work.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus(shared, work)
    questions = load_questions(shared, corpus.material.ids)
    similar = np.stack(list(search_lexical(corpus, [q.text for q in questions])))
    tokens = [question_tokens(corpus, q.text) for q in questions]
    asked = Asked(questions, tokens, similar)
    law = _law_model(corpus, load_related(shared, corpus.material.ids), work)
    folds = np.array([q.fold for q in questions])
    tables: list[NDArray[np.float32]] = []
    for fold in range(FOLDS if with_ranker else 0):
        model = tuned(law, corpus, asked, np.flatnonzero(folds != fold))
        tables += list(fold_features(corpus, model, asked, np.flatnonzero(folds == fold), work / f"fold-{fold}"))
        print(f"fold {fold + 1} of {FOLDS} done", flush=True)
    model = tuned(law, corpus, asked, np.arange(len(questions)))
    write_model(out / "embedder", corpus.material.syllables, corpus.phrases, model.vectors())
    if not with_ranker:
        return
    order = np.concatenate([np.flatnonzero(folds == fold) for fold in range(FOLDS)])
    train_ranker([questions[n] for n in order], tables, out / "ranker")


def load_corpus(shared: Path, work: Path) -> Corpus:
    path = shared / "law" / "corpus.jsonl.zst"
    material = load_material(path)
    owners = material.texts.owners()
    headings = material.headings
    shift = len(material.texts)
    stream = np.concatenate([material.texts.tokens, *[headings.tokens] * 3])
    lying = np.concatenate([owners, *[headings.owners() + shift + n * len(headings) for n in range(3)]])
    phrases = learn_phrases(stream, lying, len(material.syllables))
    print(f"{len(phrases.parts)} syllables and phrases", flush=True)
    merged = copy.copy(material)
    for name in ("titles", "headings", "contexts", "texts"):
        setattr(merged, name, _merged(getattr(material, name), phrases))
    whole = _merged(_whole(material), phrases)
    blank = np.zeros((len(phrases.parts), 1), np.float32)
    write_model(work / "blank", material.syllables, phrases, blank)
    maker = FormMaker(StaticEmbedder(work / "blank"))
    numbers = {word: n for n, word in enumerate(material.syllables)}
    return Corpus(material, merged, phrases, numbers, maker, whole, *_texts(path, maker))


def _merged(field: Field, phrases: Phrases) -> Field:
    tokens, owners = field.tokens, field.owners()
    for table in _rounds(phrases):
        tokens, owners = merge_tokens(tokens, owners, *table)
    known = tokens >= 0
    ends = np.concatenate([[0], np.cumsum(np.bincount(owners[known], minlength=len(field)))])
    return Field(tokens[known], ends)


def _rounds(phrases: Phrases) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    rows: list[tuple[int, int, int, int]] = []
    made: set[int] = set()
    for rank, (first, second, product) in enumerate(phrases.merges):
        if first in made or second in made:
            yield merge_table(rows)
            rows, made = [], set()
        rows.append((first, second, rank, product))
        made.add(product)
    if rows:
        yield merge_table(rows)


def _whole(material: Material) -> Field:
    """Title, context and text of each passage as one."""
    titles, acts = material.titles, material.act[material.article]
    parts = []
    for field, rows in ((titles, acts), (material.contexts, None), (material.texts, None)):
        start = field.ends[:-1] if rows is None else field.ends[rows]
        end = field.ends[1:] if rows is None else field.ends[rows + 1]
        parts.append((field.tokens, start, end))
    lengths = np.stack([end - start for _, start, end in parts], axis=1)
    ends = np.concatenate([[0], np.cumsum(lengths.sum(axis=1))])
    tokens = np.empty(int(ends[-1]), np.int64)
    at = ends[:-1].copy()
    for n, (source, start, _) in enumerate(parts):
        length = lengths[:, n]
        inner = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
        tokens[np.repeat(at, length) + inner] = source[np.repeat(start, length) + inner]
        at += length
    return Field(tokens, ends)


def _texts(
    path: Path, maker: FormMaker
) -> tuple[list[Form], list[str], list[str], LexicalEncoder, TermStatistics, csr_matrix, NDArray[np.uint32]]:
    """What needs the strings: forms (their vectors empty), titles and headings, and the lexical side."""
    encoder, statistics = LexicalEncoder(), TermStatistics()
    forms: list[Form] = []
    titles: list[str] = []
    headings: list[str] = []
    indices: list[NDArray[np.uint32]] = []
    values: list[NDArray[np.float32]] = []
    lengths: list[int] = []
    for act in read_acts(corpus_lines(path)):
        document, passages = make_document(act, Unit.CLAUSE)
        vectors = encoder.encode_passages(f"{document.title or ''}\n{p.searched_text}" for p in passages)
        statistics.add(count_terms(vectors))
        indices += [v.indices for v in vectors]
        values += [v.values for v in vectors]
        lengths += [len(v.indices) for v in vectors]
        words = [syllables(p.text) for p in passages]
        rows = maker.make(document, passages, words, np.zeros((len(passages), 1), np.float32))
        forms += [decode_form(row.blob) for row in rows]
        titles += [document.title or ""] * len(rows)
        seen = dict.fromkeys(p.article_eid for p in passages)
        by_article = {p.article_eid: p.heading for p in reversed(passages)}
        headings += [by_article[eid] for eid in seen]
    flat = np.concatenate(indices)
    columns = np.unique(flat)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    matrix = csr_matrix(
        (np.concatenate(values), np.searchsorted(columns, flat).astype(np.int32), ends),
        shape=(len(lengths), len(columns)),
    )
    return forms, titles, headings, encoder, statistics, matrix, columns


def search_lexical(corpus: Corpus, texts: Sequence[str]) -> Iterator[NDArray[np.int64]]:
    """For each question the best passages by BM25, best first."""
    by_term = corpus.lexical.T.tocsr()
    for start in range(0, len(texts), SEARCH_BATCH):
        asked = [corpus.encoder.encode_query(t, corpus.statistics) for t in texts[start : start + SEARCH_BATCH]]
        ends = np.concatenate([[0], np.cumsum([len(a.indices) for a in asked])])
        places = np.searchsorted(corpus.columns, np.concatenate([a.indices for a in asked]))
        weights = np.concatenate([a.values for a in asked])
        matrix = csr_matrix((weights, places, ends), shape=(len(asked), len(corpus.columns)))
        yield from _best((matrix @ by_term).toarray())


def _best(scores: NDArray[np.float32]) -> Iterator[NDArray[np.int64]]:
    top = np.argpartition(-scores, SIDE_CANDIDATES, axis=1)[:, :SIDE_CANDIDATES]
    order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
    yield from np.take_along_axis(top, order, axis=1)


def question_tokens(corpus: Corpus, text: str) -> NDArray[np.int64]:
    words = np.array([corpus.numbers.get(word, -1) for word in syllables(text)], np.int64)
    found = _merged(Field(words, np.array([0, len(words)])), corpus.phrases).tokens
    return found if len(found) else np.zeros(1, np.int64)


def _law_model(corpus: Corpus, related: NDArray[np.int64], work: Path) -> PhraseBag:
    merged = corpus.merged
    counts = np.bincount(merged.texts.tokens, minlength=len(corpus.phrases.parts))
    counts += np.bincount(merged.headings.tokens, minlength=len(corpus.phrases.parts))
    model = PhraseBag(counts, corpus.phrases.parts, len(merged.headings))
    kept = work / "law.pt"
    if kept.exists():
        model.load_state_dict(torch.load(kept, weights_only=True))
    else:
        learn_law(model, merged, related)
        torch.save(model.state_dict(), kept)
    model.fold()
    return model


def tuned(law: PhraseBag, corpus: Corpus, asked: Asked, used: NDArray[np.int64]) -> PhraseBag:
    model = copy.deepcopy(law)
    learn_questions(model, corpus.merged, asked, used)
    return model


def fold_features(
    corpus: Corpus, model: PhraseBag, asked: Asked, held_out: NDArray[np.int64], work: Path
) -> Iterator[tuple[list[str], NDArray[np.float32], NDArray[np.bool_]]]:
    """(names, features, which candidates are right) of each question that the model has not seen."""
    write_model(work, corpus.material.syllables, corpus.phrases, model.vectors())
    embedder = StaticEmbedder(work)
    owners = corpus.whole.owners()
    passages = embedder.encode_tokens(corpus.whole.tokens, owners, len(corpus.whole))
    forms = _with_vectors(corpus, embedder, passages)
    rarity = rarity_of(syllable_terms(corpus.encoder, embedder), corpus.statistics)
    texts = [asked.questions[n].text for n in held_out]
    vectors = embedder.encode(texts)
    for start in range(0, len(held_out), SEARCH_BATCH):
        batch = slice(start, start + SEARCH_BATCH)
        dense = list(_best(vectors[batch] @ passages.T))
        for place, found in zip(range(start, start + len(dense)), dense, strict=True):
            question = held_out[place]
            near = np.concatenate([asked.similar[question], found])
            articles = np.unique(corpus.material.article[near])
            features = question_features(corpus, texts[place], vectors[place], [forms[a] for a in articles], rarity)
            right = np.isin(articles, asked.questions[question].articles)
            yield _kept(features, right, int(question))


def _kept(
    features: Features, right: NDArray[np.bool_], seed: int
) -> tuple[list[str], NDArray[np.float32], NDArray[np.bool_]]:
    kept = (features["both_rank"] < KEPT_NEAREST) | (np.random.default_rng(seed).random(len(right)) < KEPT_OTHERS)
    return list(features), np.column_stack(list(features.values()))[kept], right[kept]


def question_features(
    corpus: Corpus, text: str, vector: NDArray[np.float32], forms: Sequence[Form], rarity: NDArray[np.float32]
) -> Features:
    asked = understand(text, vector, corpus.encoder, corpus.statistics, corpus.maker)
    return make_features(asked, Candidates(forms, len(vector)), rarity)


def _with_vectors(corpus: Corpus, embedder: StaticEmbedder, passages: NDArray[np.float32]) -> list[Form]:
    small = shrink(passages)
    titles = shrink(embedder.encode(corpus.titles))
    headings = shrink(embedder.encode(corpus.headings))
    starts = corpus.material.starts
    return [
        replace(
            form,
            vectors=small[starts[n] : starts[n + 1]].tobytes(),
            heading_vector=headings[n].tobytes(),
            title_vector=titles[n].tobytes(),
        )
        for n, form in enumerate(corpus.forms)
    ]


def train_ranker(
    questions: Sequence[Question],
    tables: Sequence[tuple[list[str], NDArray[np.float32], NDArray[np.bool_]]],
    out: Path,
) -> None:
    """LightGBM over the questions that have a right candidate."""
    rows = [(q, table) for q, table in zip(questions, tables, strict=True) if table[2].any()]
    names = [escape(name) for name in rows[0][1][0]]
    sizes = [len(table[2]) for _, table in rows]
    weights = np.repeat([SUITE_WEIGHT[q.suite] for q, _ in rows], sizes)
    data = lightgbm.Dataset(
        np.concatenate([table[1] for _, table in rows]),
        np.concatenate([table[2] for _, table in rows]).astype(int),
        group=sizes,
        weight=weights,
        feature_name=names,
    )
    model = lightgbm.train(PARAMETERS, data, ROUNDS)
    out.mkdir(parents=True, exist_ok=True)
    (out / "ranker.txt").write_text(model.model_to_string(), "utf-8")
    gains = sorted(zip(model.feature_importance("gain"), names, strict=True), reverse=True)
    (out / "gains.json").write_text(json.dumps([[n, float(g)] for g, n in gains], ensure_ascii=False), "utf-8")
