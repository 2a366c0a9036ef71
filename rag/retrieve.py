"""A question becomes ranked passages: look-up of what it names, then BM25 from the index, text from the record."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Iterable

from rag.index.points import IndexFilter
from rag.law.identifier import relative_citation
from rag.lookup import Named, find_named, matches, point_of
from rag.question import check_question
from rag.record.model import Document, StoredPassage
from rag.restore import shipped_restorer
from rag.results import Hit, SearchResult
from rag.store import Store

DEFAULT_HITS = 10
MAX_HITS = 100
TITLE_CHARACTERS = 90  # of a title that stands in for a missing number in a citation
_SPARE = 2  # candidates fetched for each hit wanted: hidden documents and copies are dropped afterwards


def search(store: Store, question: str, where: IndexFilter | None = None, k: int = DEFAULT_HITS) -> SearchResult:
    """Up to ``k`` passages, best first. Raises BadInput, Unavailable, Damaged."""
    started = time.perf_counter()
    typed = check_question(question)
    where = where or IndexFilter()
    named = find_named(typed, store.record)
    exact = [p for p in _named_passages(store, named) if _allowed(p.document, where)]
    found = _searched(store, typed, named, where, min(k, MAX_HITS) * _SPARE)
    hits = _ranked(exact, found, k)
    return SearchResult(question, hits, (time.perf_counter() - started) * 1000)


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


def _searched(
    store: Store, typed: str, named: Named, where: IndexFilter, limit: int
) -> list[tuple[StoredPassage, float]]:
    if named.restricts and not where.document_ids:
        where = IndexFilter(
            tuple(d.id for d in named.documents),
            where.number_keys,
            where.types,
            where.issuers,
            where.year_from,
            where.year_to,
        )
        typed = named.rest or typed
    candidates = store.index.search(store.lexicon.query(shipped_restorer().restore(typed)), None, where, limit)
    stored = store.record.passages([hit.passage_id for hit in candidates])
    return [(stored[hit.passage_id], hit.lexical or 0.0) for hit in candidates if hit.passage_id in stored]


def _ranked(exact: Iterable[StoredPassage], found: Iterable[tuple[StoredPassage, float]], k: int) -> tuple[Hit, ...]:
    scores = {stored.passage.id: score for stored, score in found}
    hits: list[Hit] = []
    seen: set[str] = set()
    ordered = [(p, True) for p in exact] + [(p, False) for p, _ in found]
    for stored, is_exact in ordered:
        if stored.passage.sha256 in seen or len(hits) == k:
            continue  # the same words again: a copy of the document, or the exact hit found by search too
        seen.add(stored.passage.sha256)
        citation = cite(stored.document, stored.passage.eid)
        score = scores.get(stored.passage.id, 0.0)
        hits.append(Hit(len(hits) + 1, score, stored.passage, stored.document, citation, is_exact))
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
