"""Train the static embedding: first from the law alone, then on questions with the articles that answer them.

The law alone gives three kinds of pairs: a heading and a passage below it, a piece of a passage and its passage, two
articles that the codex calls related. Questions come with hard negatives: passages that BM25 finds for them and that
answer something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from eval.train.bag import Bags, PhraseBag, bags, contrast, falling_rate, take
from eval.train.material import Material, Question

SEED = 0
EPOCHS, BATCH, RATE, WEIGHT_RATE = 5, 1024, 3e-3, 2e-3  # self-supervised
RELATED_STEPS = 20  # batches of related articles an epoch
QUESTION_EPOCHS, QUESTION_BATCH, QUESTION_RATE = 8, 128, 1e-3
HARD_NEGATIVES = 6  # a question
HARD_AMONG = 100  # best passages of BM25 that they are drawn from
HEADING_BATCH, HEADING_SHARE = 384, 0.5  # heading pairs beside each question batch, so that the law is not forgotten
SUITE_SHARE = {"tvpl-qa": 1.0, "bds-realestate": 0.5, "alqac2025": 1.0}  # of a suite's questions used an epoch
SCALE = 20.0  # inverse temperature
CROP = 18  # tokens of a piece
TITLE_TOKENS, CONTEXT_TOKENS, TEXT_TOKENS = 40, 80, 350
POSITIVE_NOISE = 0.03  # added to similarities when an answer's passage is chosen among its article's


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions ready for training. ``tokens``: of each; ``answers``: articles; ``similar``: passages BM25 finds."""

    questions: Sequence[Question]
    tokens: Sequence[NDArray[np.int64]]
    similar: NDArray[np.int64]


def passage_bags(
    material: Material,
    rows: NDArray[np.int64],
    titled: NDArray[np.bool_] | None = None,
    contexted: NDArray[np.bool_] | None = None,
) -> Bags:
    """Passages with their context and their act's title, as the index has them; or without where a mask says so."""
    title = take(material.titles, material.act[material.article[rows]], TITLE_TOKENS)
    context = take(material.contexts, rows, CONTEXT_TOKENS)
    text = take(material.texts, rows, TEXT_TOKENS)
    if titled is not None:
        title = title.where(titled)
    if contexted is not None:
        context = context.where(contexted)
    return bags([text, context, title])


def learn_law(model: PhraseBag, material: Material, related: NDArray[np.int64]) -> None:
    """The self-supervised part."""
    rng = np.random.default_rng(SEED)
    articles = np.flatnonzero(np.diff(material.headings.ends) > 2)
    steps = EPOCHS * (len(articles) // BATCH + RELATED_STEPS)
    optimizer = torch.optim.Adam(
        [{"params": [model.own, model.syllables], "lr": RATE}, {"params": [model.weights], "lr": WEIGHT_RATE}]
    )
    schedule = falling_rate(optimizer, steps)
    for epoch in range(EPOCHS):
        order = rng.permutation(articles)
        losses = []
        for start in range(0, len(order) - BATCH + 1, BATCH):
            losses.append(_step(model, optimizer, schedule, *_law_pairs(material, order[start : start + BATCH], rng)))
        for _ in range(RELATED_STEPS if len(related) else 0):
            _step(model, optimizer, schedule, *_related_pairs(material, related, rng))
        print(f"law, epoch {epoch + 1} of {EPOCHS}: loss {np.mean(losses):.3f}", flush=True)


def _law_pairs(material: Material, articles: NDArray[np.int64], rng: np.random.Generator) -> tuple[Bags, Bags]:
    count = len(articles)
    passage, other = _any_passage(material, articles, rng), _any_passage(material, articles, rng)
    kind = rng.random(count)
    headed = kind < 0.55
    heading = take(material.headings, articles, TITLE_TOKENS).where(headed)
    title = take(material.titles, material.act[articles], TITLE_TOKENS).where(headed & (rng.random(count) < 0.5))
    length = np.diff(material.texts.ends)[passage]
    skip = (rng.random(count) * np.maximum(1, length - CROP)).astype(np.int64)
    piece = take(material.texts, passage, CROP, skip).where(~headed)
    found = np.where(kind < 0.8, passage, other)
    titled = ~headed | (rng.random(count) < 0.4)
    return bags([heading, title, piece]), passage_bags(material, found, titled, ~headed)


def _related_pairs(material: Material, related: NDArray[np.int64], rng: np.random.Generator) -> tuple[Bags, Bags]:
    pairs = related[rng.integers(0, len(related), BATCH)]
    heading = take(material.headings, pairs[:, 0], TITLE_TOKENS)
    title = take(material.titles, material.act[pairs[:, 0]], TITLE_TOKENS)
    return bags([heading, title]), passage_bags(material, _any_passage(material, pairs[:, 1], rng))


def _any_passage(material: Material, articles: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    first, end = material.starts[articles], material.starts[articles + 1]
    return first + (rng.random(len(articles)) * (end - first)).astype(np.int64)


def _step(
    model: PhraseBag,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    one: Bags,
    other: Bags,
) -> float:
    loss = contrast(model(one), model(other), SCALE)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
    return float(loss.item())


def learn_questions(model: PhraseBag, material: Material, asked: Asked, used: NDArray[np.int64]) -> None:
    """The supervised part, on the questions numbered ``used``. ``model`` is folded."""
    rng = np.random.default_rng(SEED + 1)
    share = np.array([SUITE_SHARE[q.suite] for q in asked.questions])
    optimizer = torch.optim.Adam([model.own, model.weights], lr=QUESTION_RATE)
    schedule = falling_rate(optimizer, len(used) // QUESTION_BATCH * QUESTION_EPOCHS)
    headed = np.flatnonzero(np.diff(material.headings.ends) > 2)
    for epoch in range(QUESTION_EPOCHS):
        answers = _answering_passages(model, material, asked, used, rng)
        order = rng.permutation(used[rng.random(len(used)) < share[used]])
        losses = []
        for start in range(0, len(order) - QUESTION_BATCH + 1, QUESTION_BATCH):
            batch = order[start : start + QUESTION_BATCH]
            loss = _question_loss(model, material, asked, batch, answers[batch], rng)
            losses.append(loss.item())
            articles = rng.choice(headed, HEADING_BATCH)
            heading = bags([take(material.headings, articles, TITLE_TOKENS)])
            none = np.zeros(HEADING_BATCH, bool)
            below = passage_bags(
                material, _any_passage(material, articles, rng), rng.random(HEADING_BATCH) < 0.5, none
            )
            similarity = model(heading) @ model(below).T * SCALE
            loss = loss + HEADING_SHARE * cross_entropy(similarity, torch.arange(HEADING_BATCH))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"questions, epoch {epoch + 1} of {QUESTION_EPOCHS}: loss {np.mean(losses):.3f}", flush=True)


def question_bags(tokens: Sequence[NDArray[np.int64]]) -> Bags:
    lengths = np.array([len(t) for t in tokens])
    return np.concatenate(tokens), np.concatenate([[0], np.cumsum(lengths)[:-1]])


def _answering_passages(
    model: PhraseBag, material: Material, asked: Asked, used: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """For each question one passage of an article that answers it: the nearest, as the model stands."""
    chosen = np.zeros(len(asked.questions), np.int64)
    articles = [asked.questions[n].articles[rng.integers(len(asked.questions[n].articles))] for n in used]
    rows = np.unique(np.concatenate([np.arange(material.starts[a], material.starts[a + 1]) for a in articles]))
    with torch.no_grad():
        batches = range(0, len(rows), 4096)
        vectors = torch.cat([model(passage_bags(material, rows[n : n + 4096])) for n in batches]).numpy()
        questions = model(question_bags([asked.tokens[n] for n in used])).numpy()
    for question, article, vector in zip(used, articles, questions, strict=True):
        at = np.searchsorted(rows, np.arange(material.starts[article], material.starts[article + 1]))
        noisy = vectors[at] @ vector + rng.normal(0, POSITIVE_NOISE, len(at))
        chosen[question] = rows[at[np.argmax(noisy)]]
    return chosen


def _question_loss(
    model: PhraseBag,
    material: Material,
    asked: Asked,
    batch: NDArray[np.int64],
    answers: NDArray[np.int64],
    rng: np.random.Generator,
) -> torch.Tensor:
    negatives: list[int] = []
    for question in batch:
        drawn = asked.similar[question][rng.integers(0, HARD_AMONG, HARD_NEGATIVES * 2)]
        right = asked.questions[question].articles
        negatives += [int(p) for p in drawn if int(material.article[p]) not in right][:HARD_NEGATIVES]
    passages = np.concatenate([answers, np.array(negatives, np.int64)])
    similarity = model(question_bags([asked.tokens[n] for n in batch])) @ model(passage_bags(material, passages)).T
    found = material.article[passages]
    also_right = np.array([np.isin(found, asked.questions[n].articles) for n in batch])
    also_right[np.arange(len(batch)), np.arange(len(batch))] = False
    similarity = (similarity * SCALE).masked_fill(torch.from_numpy(also_right), -1e4)
    return cross_entropy(similarity, torch.arange(len(batch)))
