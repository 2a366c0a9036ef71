"""The evidence set of an answer: the provisions found, without copies, with what they cannot be read without.

Near-duplicates (an act copied into another, an older text with other numbers) are folded into the better one. A provision
that only points elsewhere ("thực hiện theo quy định tại khoản 2 Điều 8") brings along the provision of its own document that
it points to. A term of the question that a document of the evidence defines brings its definition.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.law.passage import Passage
from rag.law.reference import find_references
from rag.law.text import fold_case_and_tone, syllables
from rag.results import Hit
from rag.retrieve import cite
from rag.store import Store

EVIDENCE_CHARACTERS = 16_000  # budget of the whole set; a language model's own budget is a setting
SAME = 0.9  # share of pairs of syllables in common (Jaccard) above which two passages are one
FOLLOWED = 3  # provisions of the set whose references are followed; further ones are context of context
MOST_FOLLOWED = 4  # referred provisions added
_POINTS_ON = re.compile(r"\b(?:theo|tại|quy định tại|nêu tại|thực hiện theo)\b", re.IGNORECASE)
_DEFINITIONS = re.compile(r"giải thích từ ngữ|từ ngữ")


def gather(store: Store, question: str, kept: Sequence[Hit], budget: int = EVIDENCE_CHARACTERS) -> tuple[Hit, ...]:
    """The evidence for ``question``: ``kept``, what they refer to and the definitions behind them, within ``budget``
    characters; the first hit always."""
    added = [*_referred(store, kept[:FOLLOWED]), *_defined(store, question, kept[:FOLLOWED])]
    known = {hit.passage.id for hit in kept}
    whole = [*kept, *(hit for hit in added if hit.passage.id not in known)]
    return tuple(_within(whole, budget))


def fold(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The hits without near-duplicates; of those the first stays."""
    seen: list[set[tuple[str, str]]] = []
    for hit in hits:
        words = syllables(hit.passage.text)
        pairs = set(itertools.pairwise(words))
        if not any(_same(pairs, other) for other in seen):
            seen.append(pairs)
            yield hit


def _same(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> bool:
    if min(len(one), len(other)) < SAME * max(len(one), len(other)):
        return False  # too unlike in size to have so much in common
    union = len(one | other)
    return bool(union) and len(one & other) / union >= SAME


def _referred(store: Store, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Provisions of the same document that the hits point to."""
    found = 0
    for hit in hits:
        if not _POINTS_ON.search(hit.passage.text):
            continue
        wanted = [
            r.eid
            for r in find_references(hit.passage.text, hit.passage.eid)
            if not r.number and not r.name and "art_" in r.eid and r.eid != hit.passage.eid
        ]
        if not wanted:
            continue
        for passage in store.record.document_passages(hit.document.id):
            if found < MOST_FOLLOWED and passage.id != hit.passage.id and any(_is(passage, eid) for eid in wanted):
                found += 1
                yield _as_hit(hit, passage)


def _is(passage: Passage, eid: str) -> bool:
    """The provision itself; a điểm stands in the passage of its khoản."""
    own = passage.eid[passage.eid.find("art_") :]
    return own == eid[eid.find("art_") :].partition("__point_")[0]


def _defined(store: Store, question: str, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Definitions (giải thích từ ngữ) of the hits' documents whose term the question uses."""
    asked = fold_case_and_tone(question)
    for hit in {h.document.id: h for h in hits}.values():
        for passage in store.record.document_passages(hit.document.id):
            term = _term(passage)
            if term and term in asked:
                yield _as_hit(hit, passage)


def _term(passage: Passage) -> str | None:
    """The term that a clause of "Giải thích từ ngữ" defines: "3. Hộ kinh doanh là …" → "hộ kinh doanh"."""
    if not _DEFINITIONS.search(fold_case_and_tone(passage.heading)):
        return None
    match = re.match(r"\s*(?:\d+[.)]\s*)?[“\"]?([^.;:“”\"]{3,80}?)[”\"]?\s(?:là|được hiểu là|gồm)\s", passage.text)
    return fold_case_and_tone(match[1]).strip() if match else None


def _as_hit(hit: Hit, passage: Passage) -> Hit:
    return replace(hit, score=0.0, passage=passage, citation=cite(hit.document, passage.eid), exact=False)


def _within(hits: Sequence[Hit], budget: int) -> Iterator[Hit]:
    for at, hit in enumerate(hits):
        size = len(hit.passage.searched_text)
        if at and size > budget:
            continue
        budget -= size
        yield hit
