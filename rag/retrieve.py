"""A question becomes ranked passages: look-up of what it names; candidates from both sides of the index; articles ranked
by their forms; text from the record."""

from __future__ import annotations

import re
import textwrap
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.features import Candidates, Features, rarity_of, understand, weigh_candidates
from rag.forms import Form
from rag.index.points import IndexFilter
from rag.law.identifier import relative_citation
from rag.lookup import Named, find_named, matches, point_of
from rag.question import check_question
from rag.rank import SIDE_CANDIDATES, evidence_size, shipped_ranker
from rag.record.model import Document, StoredPassage
from rag.restore import shipped_restorer
from rag.results import Hit, SearchResult
from rag.store import Store

DEFAULT_HITS = 10
MAX_HITS = 100
TITLE_CHARACTERS = 90  # of a title that stands in for a missing number in a citation
_SPARE = 2  # passages fetched for each hit wanted: hidden documents and copies are dropped afterwards
PASSAGES_OF_ARTICLE = 4  # that are given of one article, best first
NEXT_PASSAGE = 0.9  # raw score by which each further passage of an article stands behind the one before it

Ranked = tuple[StoredPassage, float, tuple[tuple[str, float, float], ...]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage in the order: ``score`` as in ``Hit``, ``row`` its article's row in the features."""

    passage_id: str
    score: float
    row: int


def search(
    store: Store, question: str, where: IndexFilter | None = None, k: int = DEFAULT_HITS, explain: bool = False
) -> SearchResult:
    """Up to ``k`` passages, best first; ``explain`` adds each feature's part. Raises BadInput, Unavailable, Damaged."""
    started = time.perf_counter()
    typed = check_question(question)
    where = where or IndexFilter()
    named = find_named(typed, store.record)
    exact = [p for p in _named_passages(store, named) if _allowed(p.document, where)]
    found = _searched(store, typed, named, where, min(k, MAX_HITS), explain)
    hits = _ranked(exact, found, k)
    return SearchResult(question, hits, (time.perf_counter() - started) * 1000, count_evidence(hits))


def count_evidence(hits: Sequence[Hit]) -> int:
    """How many of the best provisions are evidence; those the question names are, whatever their chance."""
    best: dict[tuple[str, str], float] = {}
    for hit in hits:
        if not hit.exact:
            best.setdefault((hit.document.id, hit.passage.article_eid or hit.passage.eid), hit.score)
    named = sum(hit.exact for hit in hits)
    return named or evidence_size(list(best.values()))


def cite(document: Document, eid: str) -> str:
    """ "khoản 2 Điều 8 Nghị định số 100/2019/NĐ-CP": where it stands and in which document."""
    kind = document.type or ""
    named = textwrap.shorten(document.title or document.file_name, TITLE_CHARACTERS, placeholder="…")
    act = f"{kind} số {document.number}".strip() if document.number else named
    return f"{relative_citation(eid)} {act}".strip()


def _named_passages(store: Store, named: Named) -> list[StoredPassage]:
    if not named.steps:
        return []
    found: list[StoredPassage] = []
    for document in named.documents:
        passages = store.record.document_passages(document.id)
        whole = [p for p in passages if matches(named.steps, p.eid)]
        if not whole and (point := point_of(named.steps)):  # a khoản is one passage with its điểm
            label = re.compile(rf"^\s*{point}\)", re.MULTILINE)
            whole = [p for p in passages if matches(named.steps[:-1], p.eid) and label.search(p.text)]
        found += [StoredPassage(p, document) for p in whole]
    return found


def _searched(store: Store, typed: str, named: Named, where: IndexFilter, k: int, explain: bool) -> list[Ranked]:
    if named.restricts and not where.document_ids:
        where = replace(where, document_ids=tuple(d.id for d in named.documents))
        typed = named.rest or typed
    text = shipped_restorer().restore(typed)
    hits = store.index.search(store.lexicon.query(text), store.vectoriser.question(text), where, SIDE_CANDIDATES)
    forms = store.forms_of(hits)
    if not forms:
        return []
    places, features = rank_passages(store, text, forms, k * _SPARE)
    stored = store.record.passages([place.passage_id for place in places])
    ranker = shipped_ranker()
    return [
        (stored[p.passage_id], p.score, tuple(ranker.explain(features, p.row)) if explain and n < k else ())
        for n, p in enumerate(places)
        if p.passage_id in stored
    ]


def rank_passages(store: Store, text: str, forms: Sequence[Form], limit: int) -> tuple[list[_Place], Features]:
    """The first ``limit`` passages of the candidate articles in the order they are shown: articles by the ranker's score, each
    further passage of an article a step behind the one before it."""
    vectoriser, lexicon = store.vectoriser, store.lexicon
    vector = vectoriser.static.encode([text])[0]
    asked = understand(text, vector, lexicon.encoder, lexicon.statistics, vectoriser.forms)
    candidates = Candidates(forms, len(vector))
    rarity = rarity_of(vectoriser.syllable_terms, lexicon.statistics, candidates)
    features, fit = weigh_candidates(asked, candidates, rarity)
    raw = shipped_ranker().score(features)
    order = np.lexsort((-fit, candidates.owner))
    inner = np.empty(len(fit), np.int64)
    inner[order] = np.arange(len(fit)) - candidates.first[candidates.owner[order]]
    key = raw[candidates.owner] - NEXT_PASSAGE * inner
    chance = shipped_ranker().chance(raw)
    names = b"".join(form.ids for form in forms)
    best = np.argsort(-key, kind="stable")
    shown = best[inner[best] < PASSAGES_OF_ARTICLE][:limit].tolist()
    return [
        _Place(
            str(uuid.UUID(bytes=names[16 * n : 16 * n + 16])),
            float(chance[candidates.owner[n]]),
            int(candidates.owner[n]),
        )
        for n in shown
    ], features


def _ranked(exact: Iterable[StoredPassage], found: Iterable[Ranked], k: int) -> tuple[Hit, ...]:
    found = list(found)
    scores = {stored.passage.id: (score, parts) for stored, score, parts in found}
    hits: list[Hit] = []
    seen: set[str] = set()
    ordered = [(p, True) for p in exact] + [(p, False) for p, _, _ in found]
    for stored, is_exact in ordered:
        if stored.passage.sha256 in seen or len(hits) == k:
            continue  # the same words again: a copy of the document, or the exact hit found by search too
        seen.add(stored.passage.sha256)
        citation = cite(stored.document, stored.passage.eid)
        score, parts = scores.get(stored.passage.id, (1.0 if is_exact else 0.0, ()))
        hits.append(Hit(len(hits) + 1, score, stored.passage, stored.document, citation, is_exact, parts))
    return tuple(hits)


def _allowed(document: Document, where: IndexFilter) -> bool:
    values = {
        "document_id": document.id,
        "number_key": document.number_key,
        "type": document.type,
        "issuer": document.issuer,
    }
    if any(allowed and values[key] not in allowed for key, allowed in where.keywords()):
        return False
    year = document.year
    if where.year_from is None and where.year_to is None:
        return True
    return year is not None and (where.year_from or 0) <= year <= (where.year_to or 9999)
