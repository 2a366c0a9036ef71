"""What the ranker knows of each candidate article: some 150 numbers, all from its form, the question and the list.

Nothing here looks at ids, file names or collections: a feature is a function of texts, vectors, dates and kinds of acts.
Matching is counted once, as a matrix of candidates by the question's terms (syllables, then pairs of neighbours), in
each field; BM25 scores, coverages and act-level sums are read off it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.forms import HEADING_WORDS, TITLE_WORDS, TOKENS, VECTOR_SCALE, Form, FormMaker
from rag.law.text import syllables
from rag.lexical import K1, B, Frequencies, LexicalEncoder, Terms, idf

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Features = dict[str, NDArray[Any]]  # one number a candidate

AVERAGE_PASSAGE, AVERAGE_ARTICLE, AVERAGE_HEADING, AVERAGE_TITLE = 226.0, 574.0, 22.0, 43.0  # terms, law corpus
SHORT_FIELD = (0.5, 0.5), (0.3, 0.3)  # k1 and b of headings and titles: their terms hardly repeat
QUESTION_WORDS = (
    "là gì", "phạt", "hồ sơ", "thủ tục", "bao lâu", "thời hạn", "điều kiện", "thẩm quyền", "ai", "có được", "có phải",
    "như thế nào", "bao nhiêu", "trách nhiệm", "quyền", "nghĩa vụ", "nguyên tắc", "tù", "mức", "trường hợp nào",
    "nội dung", "gồm", "đúng hay sai",
)  # fmt: skip
KIND_WORDS = (
    (0, ("luật", "bộ luật")),
    (2, ("nghị định",)),
    (3, ("thông tư",)),
    (5, ("quyết định",)),
    (6, ("nghị quyết",)),
)
SHARED_WORDS = 17  # of the heading words: those that questions use too, and not only headings
UNKNOWN = -1.0  # of a match that the question does not ask for
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the features see it. ``numbers``: token numbers in order; ``word_idf`` and ``pair_idf``: of each
    syllable and of each pair that begins with it, 0 where the collection has none; ``named``: written with a capital
    inside the sentence; ``vector``: unit float32."""

    text: str
    numbers: NDArray[np.uint16]
    word_idf: Floats
    pair_idf: Floats
    named: NDArray[np.bool_]
    vector: Floats


def capitals(text: str) -> NDArray[np.bool_]:
    """Which syllables are written with a capital though not first: names of places and projects, mostly."""
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    return np.array([n > 0 and word[0].isupper() for n, word in enumerate(words)], bool)


def understand(
    text: str, vector: Floats, encoder: LexicalEncoder, statistics: Frequencies, maker: FormMaker
) -> Asked:
    """The question with the rarity of its terms in the collection."""
    words = syllables(text)
    frequency = statistics.frequencies(encoder.terms_of(words))
    rare = idf(frequency, max(statistics.passages, 1))
    rare[: len(words)][frequency[: len(words)] == 0] = 0  # words of no document; new pairs of known words count fully
    named = capitals(text)
    if len(named) != len(words):  # letters that fold into several: rare, and names matter little
        named = np.zeros(len(words), bool)
    return Asked(text, maker.tokens(words), rare[: len(words)], rare[len(words) :], named, vector)


def rarity_of(terms: Terms, statistics: Frequencies, candidates: Candidates | None = None) -> Floats:
    """Idf by token number. ``terms``: the lexical ids of the syllables that have numbers; what is hashed counts as seen
    once. ``candidates``: only the tokens of their headings and titles are looked up, the rest is left as if hashed."""
    passages = max(statistics.passages, 1)
    rarity = np.full(TOKENS, idf(np.array([1]), passages)[0], np.float32)
    used = np.arange(len(terms))
    if candidates is not None:
        used = np.unique(np.concatenate([candidates.headings.tokens, candidates.titles.tokens]))
        used = used[used < len(terms)]
    rarity[used] = idf(np.maximum(1, statistics.frequencies(terms[used])), passages)
    return rarity


class _Terms:
    """The distinct terms of a question and how to find them in token arrays."""

    def __init__(self, asked: Asked) -> None:
        known = asked.word_idf > 0
        words, at = np.unique(asked.numbers[known], return_index=True)
        self.words = len(words)
        self.number = np.full(TOKENS, -1, np.int16)
        self.number[words] = np.arange(self.words)
        place = self.number[asked.numbers].astype(np.int64)
        place[~known] = -1
        first, second = place[:-1], place[1:]
        inside = (first >= 0) & (second >= 0)
        codes, begins = np.unique(first[inside] * max(self.words, 1) + second[inside], return_index=True)
        self.pairs = len(codes)
        self.pair = np.full((max(self.words, 1), max(self.words, 1)), -1, np.int64)
        self.pair[codes // max(self.words, 1), codes % max(self.words, 1)] = np.arange(self.pairs)
        word_idf = asked.word_idf[known][at]
        pair_idf = asked.pair_idf[np.flatnonzero(inside)[begins]] if self.pairs else np.empty(0, np.float32)
        self.idf: Floats = np.concatenate([word_idf, pair_idf]).astype(np.float32)
        self.common = self._common(asked, place, codes)

    def _common(self, asked: Asked, place: Ints, codes: Ints) -> NDArray[np.bool_]:
        """Terms that are no names: a syllable also written small is none."""
        small = np.zeros(max(self.words, 1), bool)
        small[place[(place >= 0) & ~asked.named]] = True
        pairs = small[codes // max(self.words, 1)] & small[codes % max(self.words, 1)]
        return np.concatenate([small[: self.words], pairs])

    def count(self, tokens: NDArray[np.uint16], ends: Ints) -> tuple[Floats, Ints]:
        """(times each term occurs in each segment, longest run of the question's pairs in it)."""
        segments, wide = len(ends), self.words + self.pairs
        found = self.number[tokens]
        at = np.flatnonzero(found >= 0)
        word = found[at].astype(np.int64)
        owner = np.searchsorted(ends, at, side="right")
        beside = np.flatnonzero((at[1:] == at[:-1] + 1) & (owner[1:] == owner[:-1]))
        pair = self.pair[word[beside], word[beside + 1]]
        beside, pair = beside[pair >= 0], pair[pair >= 0]
        cells = np.concatenate([owner * wide + word, owner[beside] * wide + self.words + pair])
        counts = np.bincount(cells, minlength=segments * wide).reshape(segments, wide)
        return counts.astype(np.float32), _runs(at[beside], owner[beside], segments)


def _runs(at: Ints, owner: Ints, segments: int) -> Ints:
    longest = np.zeros(segments, np.int64)
    if len(at):
        starts = np.flatnonzero(np.concatenate([[True], (at[1:] != at[:-1] + 1) | (owner[1:] != owner[:-1])]))
        np.maximum.at(longest, owner[starts], np.diff(np.append(starts, len(at))))
    return longest


class _Field:
    """One field of all candidates, laid end to end. ``ends``: where each segment ends; ``length``: tokens in it."""

    def __init__(self, parts: Sequence[bytes], ends: Ints | None = None) -> None:
        self.tokens: NDArray[np.uint16] = np.frombuffer(b"".join(parts), np.uint16)
        self.ends: Ints = np.cumsum([len(p) // 2 for p in parts]) if ends is None else ends
        self.length: Ints = np.diff(self.ends, prepend=0)


class Candidates:
    """Forms laid side by side. ``first``: where each article's passages begin; ``owner``: the article of a passage."""

    def __init__(self, forms: Sequence[Form], size: int) -> None:
        self.forms = forms
        counts = np.array([len(f.ids) // 16 for f in forms])
        self.passages = counts
        self.first: Ints = np.concatenate([[0], np.cumsum(counts)[:-1]])
        self.owner: Ints = np.repeat(np.arange(len(forms)), counts)
        self.texts = _Field([f.texts for f in forms], _laid([(f.texts, f.text_ends) for f in forms]))
        self.contexts = _Field([f.contexts for f in forms], _laid([(f.contexts, f.context_ends) for f in forms]))
        self.headings = _Field([f.heading for f in forms])
        titles: dict[bytes, int] = {}
        self.act: Ints = np.array([titles.setdefault(f.title, len(titles)) for f in forms])
        self.titles = _Field(list(titles))
        self.vectors = np.frombuffer(b"".join(f.vectors for f in forms), np.int8).reshape(-1, size)
        self.heading_vectors = np.frombuffer(b"".join(f.heading_vector for f in forms), np.int8).reshape(-1, size)
        self.title_vectors = np.frombuffer(b"".join(f.title_vector for f in forms), np.int8).reshape(-1, size)

    def facts(self, name: str) -> Floats:
        return np.array([getattr(form, name) for form in self.forms], np.float32)

    @cached_property
    def last(self) -> Ints:
        return np.asarray(self.first + self.passages - 1)

    def best(self, values: NDArray[Any]) -> NDArray[Any]:
        """The best passage's value of each article."""
        return np.maximum.reduceat(values, self.first)

    def top_two(self, values: Floats) -> tuple[Ints, Floats]:
        """(each article's best passage, the second best's value or 0)."""
        order = np.lexsort((values, self.owner))
        second = np.where(self.passages > 1, values[order[np.maximum(self.last - 1, 0)]], 0.0)
        return order[self.last], second.astype(np.float32)


def _laid(parts: Sequence[tuple[bytes, bytes]]) -> Ints:
    """Ends of the segments of several fields once these stand end to end."""
    ends = np.frombuffer(b"".join(e for _, e in parts), np.uint32).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum([len(t) // 2 for t, _ in parts])[:-1]])
    return np.asarray(ends + np.repeat(starts, [len(e) // 4 for _, e in parts]))


def bm25(counts: Floats, length: Floats, average: float, weights: Floats, k1: float = K1, b: float = B) -> Floats:
    """Robertson's BM25 of each row; ``length`` in terms."""
    norm = (k1 * (1 - b + b * length / average)).astype(np.float32)
    return (counts * (k1 + 1) / (counts + norm[:, None])) @ weights


def make_features(asked: Asked, candidates: Candidates, rarity: Floats) -> Features:
    """Name to one number a candidate. ``rarity``: idf by token number, for what headings say beyond the question."""
    return weigh_candidates(asked, candidates, rarity)[0]


def weigh_candidates(asked: Asked, candidates: Candidates, rarity: Floats) -> tuple[Features, Floats]:
    """The features, and how well each passage fits by itself, for the order inside an article."""
    found: Features = {}
    match = _Match(asked, candidates)
    dense = candidates.vectors.astype(np.float32) @ (asked.vector / VECTOR_SCALE)
    _add_scores(found, match, candidates)
    _add_coverage(found, match, candidates, rarity)
    _add_acts(found, match, candidates)
    _add_dense(found, match, candidates, asked, dense)
    _add_facts(found, candidates, match)
    _add_question(found, candidates, asked)
    passages = match.passage / (match.passage.max() + 1e-6) + dense
    return {name: np.asarray(values, np.float32) for name, values in found.items()}, passages


class _Match:
    """Counts of the question's terms in every field, and the scores that several features share."""

    def __init__(self, asked: Asked, candidates: Candidates) -> None:
        self.terms = terms = _Terms(asked)
        self.text, self.text_run = terms.count(candidates.texts.tokens, candidates.texts.ends)
        context, _ = terms.count(candidates.contexts.tokens, candidates.contexts.ends)
        self.heading, self.heading_run = terms.count(candidates.headings.tokens, candidates.headings.ends)
        title, title_run = terms.count(candidates.titles.tokens, candidates.titles.ends)
        act = candidates.act
        self.title, self.title_run, self.title_length = title[act], title_run[act], candidates.titles.length[act]
        self.idf = terms.idf
        self.plain: Floats = terms.idf * terms.common
        self.total = float(self.idf.sum()) + 1e-6
        self.plain_total = float(self.plain.sum()) + 1e-6
        self.full = self.text + context + self.title[candidates.owner]
        length = candidates.texts.length + candidates.contexts.length + self.title_length[candidates.owner]
        self.passage = bm25(self.full, 2.0 * length, AVERAGE_PASSAGE, self.idf)
        self.passage_plain = bm25(self.full, 2.0 * length, AVERAGE_PASSAGE, self.plain)
        self.body = bm25(self.text, 2.0 * candidates.texts.length, AVERAGE_PASSAGE, self.idf)
        self.lexical = candidates.best(self.passage)
        self.best, self.second = candidates.top_two(self.passage)
        self.article = np.add.reduceat(self.text, candidates.first, axis=0) + self.heading + self.title
        self.article_text = np.add.reduceat(candidates.texts.length, candidates.first)
        self.article_length = 2.0 * (self.article_text + candidates.headings.length + self.title_length)


def _compare(found: Features, name: str, values: Floats) -> Ints:
    """The value, its distance to the best of the list, its rank and its distance to the mean in deviations."""
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(-values, kind="stable")] = np.arange(len(values))
    found[name] = values
    found[f"{name}_to_best"] = values - values.max()
    found[f"{name}_rank"] = rank
    found[f"{name}_z"] = (values - values.mean()) / (values.std() + 1e-6)
    return rank


def _add_scores(found: Features, match: _Match, candidates: Candidates) -> None:
    heading_length, title_length = 2.0 * candidates.headings.length, 2.0 * match.title_length
    heading = bm25(match.heading, heading_length, AVERAGE_HEADING, match.idf, *SHORT_FIELD[0])
    heading_plain = bm25(match.heading, heading_length, AVERAGE_HEADING, match.plain, *SHORT_FIELD[0])
    title = bm25(match.title, title_length, AVERAGE_TITLE, match.idf, *SHORT_FIELD[1])
    article = bm25(match.article, match.article_length, AVERAGE_ARTICLE, match.idf)
    article_plain = bm25(match.article, match.article_length, AVERAGE_ARTICLE, match.plain)
    plain = candidates.best(match.passage_plain)
    _compare(found, "passage", match.lexical)
    _compare(found, "article", article)
    _compare(found, "heading", heading)
    _compare(found, "body", candidates.best(match.body))
    _compare(found, "plain", plain)
    found["passage_share"] = match.lexical / match.total
    found["plain_share"] = plain / match.plain_total
    found["article_share"] = article / match.total
    found["heading_share"] = heading / match.total
    found["second"] = match.second
    found["mean"] = np.add.reduceat(match.passage, candidates.first) / candidates.passages
    found["lead"] = match.lexical - match.second
    found["title"] = title
    found["title_to_best"] = title - title.max()
    found["article_plain_to_best"] = article_plain - article_plain.max()
    found["heading_plain_to_best"] = heading_plain - heading_plain.max()


def _add_coverage(found: Features, match: _Match, candidates: Candidates, rarity: Floats) -> None:
    words = match.terms.words
    fields = {
        "heading": match.heading,
        "title": match.title,
        "article": match.article,
        "passage": match.full[match.best],
        "text": match.text[match.best],
        "head": match.heading + match.title,
    }
    word_total, pair_total = match.idf[:words].sum() + 1e-6, match.idf[words:].sum() + 1e-6
    for name, counts in fields.items():
        there = counts > 0
        found[f"words_{name}"] = there[:, :words] @ match.idf[:words] / word_total
        found[f"pairs_{name}"] = there[:, words:] @ match.idf[words:] / pair_total
        if name in {"article", "passage", "head"}:
            found[f"plain_{name}"] = there @ match.plain / match.plain_total
    heading_rarity = _segment_sums(rarity, candidates.headings)
    title_rarity = _segment_sums(rarity, candidates.titles)[candidates.act]
    found["heading_said"] = (match.heading[:, :words] > 0) @ match.idf[:words] / (heading_rarity + 1e-6)
    found["title_said"] = (match.title[:, :words] > 0) @ match.idf[:words] / (title_rarity + 1e-6)
    found["heading_rarity"] = heading_rarity
    found["run"] = candidates.best(match.text_run)
    found["run_heading"], found["run_title"] = match.heading_run, match.title_run
    found["run_best"] = match.text_run[match.best]
    found["run_heading_share"] = match.heading_run / np.maximum(1, candidates.headings.length - 1)
    found["run_share"] = found["run"] / max(1, match.terms.pairs)
    _add_missing(found, match)


def _add_missing(found: Features, match: _Match) -> None:
    """Which of the three rarest words are there, and the rarest that is not."""
    words = match.terms.words
    idf, there = match.idf[:words], match.article[:, :words] > 0
    rarest = np.argsort(-idf, kind="stable")[:3]
    none = np.zeros(len(there), np.float32)
    for n in range(3):
        found[f"rarest_{n}"] = there[:, rarest[n]] * idf[rarest[n]] if n < words else none
    found["missing"] = np.where(there, 0, idf).max(axis=1) if words else none
    common = match.terms.common[:words]
    found["missing_plain"] = np.where(there | ~common, 0, idf).max(axis=1) if words else none
    found["missing_count"] = (~there).sum(axis=1)


def _segment_sums(rarity: Floats, field: _Field) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(rarity[field.tokens])])
    return np.asarray(sums[field.ends] - sums[field.ends - field.length], np.float32)


def _add_acts(found: Features, match: _Match, candidates: Candidates) -> None:
    """How the acts compare by what their candidates score."""
    act, score = candidates.act, match.lexical
    weight = np.exp((score - score.max()) / 4)
    sums = np.bincount(act, weights=weight)
    best = np.full(len(sums), -np.inf)
    np.maximum.at(best, act, score)
    order = np.lexsort((-score, act))
    begins = np.searchsorted(act[order], np.arange(len(sums)))
    inside = np.empty(len(act))
    inside[order] = np.arange(len(act)) - begins[act[order]]
    ranks = np.empty(len(sums))
    ranks[np.argsort(-best, kind="stable")] = np.arange(len(sums))
    found["act_sum"], found["act_share"] = sums[act], sums[act] / weight.sum()
    found["act_candidates"] = np.bincount(act)[act]
    found["act_to_best"], found["act_inner_rank"], found["act_rank"] = score - best[act], inside, ranks[act]


def _add_dense(found: Features, match: _Match, candidates: Candidates, asked: Asked, passages: Floats) -> None:
    vector = asked.vector / VECTOR_SCALE
    best, second = candidates.top_two(passages)
    dense = passages[best]
    dense_rank = _compare(found, "dense", dense)
    _compare(found, "dense_heading", candidates.heading_vectors.astype(np.float32) @ vector)
    title = candidates.title_vectors.astype(np.float32) @ vector
    found["dense_title"], found["dense_title_to_best"] = title, title - title.max()
    found["dense_second"] = second
    found["dense_mean"] = np.add.reduceat(passages, candidates.first) / candidates.passages
    found["dense_of_best"] = passages[match.best]
    found["fused"] = 1 / (10 + found["passage_rank"]) + 1 / (10 + dense_rank)
    spread = float(np.ptp(dense)) + 1e-6
    both = match.lexical / (match.lexical.max() + 1e-6) + (dense - dense.min()) / spread
    _compare(found, "both", both)
    act = candidates.act
    top = np.full(int(act.max()) + 1, -np.inf)
    np.maximum.at(top, act, both)
    weight = np.exp((both - both.max()) * 8)
    found["both_act_to_best"] = both - top[act]
    found["both_act_share"] = np.bincount(act, weights=weight)[act] / weight.sum()
    found["feedback"] = _feedback(candidates, best, both)
    found["feedback_to_best"] = found["feedback"] - found["feedback"].max()


def _feedback(candidates: Candidates, best: Ints, score: Floats) -> Floats:
    """Nearness to what the five best have in common (Rocchio's pseudo-relevance feedback, on vectors)."""
    top = np.argsort(-score, kind="stable")[:5]
    centre = candidates.vectors[best[top]].astype(np.float32).mean(axis=0)
    centre /= (np.linalg.norm(centre) + 1e-6) * VECTOR_SCALE
    return candidates.best(candidates.vectors.astype(np.float32) @ centre)


def _add_facts(found: Features, candidates: Candidates, match: _Match) -> None:
    articles = candidates.facts("articles")
    found["kind"], found["year"] = candidates.facts("kind"), candidates.facts("year")
    found["number"] = candidates.facts("article")
    found["place"] = found["number"] / np.maximum(1, articles)
    found["act_size"] = np.log1p(articles)
    found["passages"] = candidates.passages
    found["length"] = np.log1p(match.article_text)
    found["heading_length"], found["title_length"] = candidates.headings.length, match.title_length
    found["best_length"] = candidates.texts.length[match.best]
    found["best_place"] = match.best - candidates.first
    for name, words in (("heading", HEADING_WORDS), ("title", TITLE_WORDS)):
        flags = np.array([getattr(form, f"{name}_flags") for form in candidates.forms])
        for bit, word in enumerate(words):
            found[f"{name}_has_{word}"] = flags >> bit & 1


def _add_question(found: Features, candidates: Candidates, asked: Asked) -> None:
    count = len(candidates.forms)
    low = f" {' '.join(syllables(asked.text))} "
    for word in QUESTION_WORDS:
        found[f"asks_{word}"] = np.full(count, f" {word} " in low)
    shared = [word for word in HEADING_WORDS[:SHARED_WORDS] if f" {word} " in low]
    found["heading_shares"] = sum((found[f"heading_has_{word}"] for word in shared), np.zeros(count, np.int64))
    found["question_length"] = np.full(count, len(asked.numbers))
    found["question_names"] = np.full(count, asked.named.sum())
    found["question_best"] = np.full(count, found["passage"].max())
    found["question_dense"] = np.full(count, found["dense"].max())
    years = [int(year) for year in _YEAR.findall(asked.text)]
    found["year_asked"] = np.isin(found["year"], years) if years else np.full(count, UNKNOWN)
    kinds = [kind for kind, words in KIND_WORDS if any(f" {word} " in low for word in words)]
    found["kind_asked"] = np.isin(found["kind"], kinds) if kinds else np.full(count, UNKNOWN)
