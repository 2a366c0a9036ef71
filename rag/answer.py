"""The extractive answer: the sentences of the best provisions that answer the question, verbatim, each with its ground.

Order is the law's own: the best provision first, its sentences as they stand, each point behind the sentence that
leads into it. What nothing speaks of is refused, with the nearest provisions to look at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.confidence import Judged
from rag.evidence import Meaning
from rag.injection import speaks_to_machine, without_orders
from rag.law.passage import Passage, PassageLine
from rag.results import Citation, Hit, Reading, RefusalReason, Sentence
from rag.sentences import TextSentence, split_sentences
from rag.shape import BONUS, Shape, fits, role_of, shape_of
from rag.support import unlabelled
from rag.verify import quote_stands

MAX_PROVISIONS = 3  # provisions an answer rests on: more is a list of results, not an answer
WHOLE_PROVISION_CHARACTERS = 420  # a provision this short is shown whole: cutting it would only lose its conditions
MIN_COVERAGE = 0.5  # of the question's meaning by the best passage with its headings; see docs/answers.md
MIN_SHARE_OF_BEST = 0.75  # closeness of a further provision, as a share of the best one's
NO_RULES = frozenset({"preamble", "conclusions"})  # căn cứ and signatures: they name rules, they are none
POINT_LABEL = re.compile(r"[a-zđ]\)\s")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit with how close it is to the question: ``coverage`` with its headings, ``closeness`` for ordering."""

    hit: Hit
    coverage: float
    closeness: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What an answer can rest on: the question as understood, candidates best first, why none can be given (None: one
    can), and the letter of the điểm that the question names."""

    asked: str
    meaning: Meaning
    candidates: tuple[Candidate, ...]
    reason: RefusalReason | None
    point: str | None = None
    confidence: float | None = None
    named: frozenset[str] = frozenset()  # ids of the documents that the question names
    readings: tuple[Reading, ...] = ()
    evidence: tuple[Hit, ...] = ()  # the candidates without copies, with what they refer to


def weigh_hits(meaning: Meaning, hits: Sequence[Hit]) -> list[Candidate]:
    """Candidates, named provisions first, then by closeness; the search's order decides between equals."""
    weighed = []
    for hit in (
        h for h in hits if h.exact or (h.passage.level not in NO_RULES and without_orders(h.passage.text).strip())
    ):
        text = f"{hit.document.title or ''}\n{hit.passage.searched_text}"
        weighed.append(Candidate(hit, meaning.coverage(text), meaning.closeness(text)))
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    return sorted(weighed, key=lambda c: (not c.hit.exact, -(c.closeness + c.hit.score / best), c.hit.rank))


def refusal(candidates: Sequence[Candidate], judged: Judged | None = None) -> RefusalReason | None:
    """Why these candidates give no answer; None when they do. ``judged`` is the model's opinion; without one (a small
    collection, a question that names its document) coverage decides."""
    if not candidates:
        return RefusalReason.NO_EVIDENCE
    if candidates[0].hit.exact:
        return None
    if judged is not None:
        return (
            RefusalReason.OUT_OF_SCOPE
            if not judged.legal
            else None
            if judged.answerable
            else RefusalReason.NO_EVIDENCE
        )
    return None if candidates[0].coverage >= MIN_COVERAGE else RefusalReason.NO_EVIDENCE


def compose(
    question: str, meaning: Meaning, candidates: Sequence[Candidate], point: str | None = None
) -> tuple[list[Sentence], list[Citation]]:
    """The sentences shown and their citations; every one verified against its passage. ``point`` is the letter of the
    điểm that the question names."""
    chosen = _provisions(candidates)
    shape = shape_of(question)
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for candidate in chosen:
        room = shape.most - len(sentences)
        passage = candidate.hit.passage
        named = _point_sentences(passage, point) if point and candidate.hit.exact else []
        for piece in named[:room] or _pieces(passage, meaning, shape, room, whole=candidate is chosen[0]):
            citation = cite_piece(len(citations) + 1, candidate.hit, piece)
            if quote_stands(piece.text, candidate.hit.passage) and not speaks_to_machine(piece.text):
                sentences.append(Sentence(piece.text, (citation.n,)))
                citations.append(citation)
    return sentences, citations


def _provisions(candidates: Sequence[Candidate]) -> list[Candidate]:
    best = candidates[0]
    if best.hit.exact:
        named = [c for c in candidates if c.hit.exact][:MAX_PROVISIONS]
        return named if best.closeness else sorted(named, key=lambda c: c.hit.passage.ordinal)
    near = [c for c in candidates[1:] if c.closeness >= MIN_SHARE_OF_BEST * best.closeness and _same_rank(c, best)]
    further = sorted(near[: MAX_PROVISIONS - 1], key=lambda c: role_of(c.hit.passage.heading))
    return [best, *further]


def _same_rank(candidate: Candidate, best: Candidate) -> bool:
    return candidate.hit.score >= MIN_SHARE_OF_BEST * best.hit.score and candidate.coverage >= MIN_COVERAGE


def _point_sentences(passage: Passage, point: str) -> list[TextSentence]:
    """The lead-in, the điểm and what belongs to it up to the next one."""
    sentences = split_sentences(passage.text)
    at = next((i for i, s in enumerate(sentences) if s.text.startswith(f"{point})")), None)
    if at is None:
        return []
    lead = sentences[at].lead
    end = next((i for i in range(at + 1, len(sentences)) if POINT_LABEL.match(sentences[i].text)), len(sentences))
    return ([sentences[lead]] if lead is not None else []) + sentences[at:end]


def _pieces(passage: Passage, meaning: Meaning, shape: Shape, room: int, *, whole: bool) -> list[TextSentence]:
    sentences = split_sentences(passage.text)
    if whole and len(passage.text) <= WHOLE_PROVISION_CHARACTERS and len(sentences) <= room:
        return sentences
    scores = [_score(s, meaning, shape) for s in sentences]
    picked: set[int] = set()
    for at in sorted(range(len(sentences)), key=lambda i: (-scores[i], i)):
        needed = {at} | ({lead} if (lead := sentences[at].lead) is not None else set())
        if len(picked | needed) > room or (picked and scores[at] < MIN_SHARE_OF_BEST * max(scores)):
            break
        picked |= needed
    return _with_points(sentences, picked, room, shape)


def _with_points(sentences: list[TextSentence], picked: set[int], room: int, shape: Shape) -> list[TextSentence]:
    """A sentence that leads into a list is no answer without the list: its points follow while there is room; all of
    them when a list is what was asked for, though one of them fits best."""
    leads = {lead for i in picked if (lead := sentences[i].lead) is not None} if shape.whole_lists else set()
    for at in sorted(picked | leads):
        points = [i for i, s in enumerate(sentences) if s.lead == at]
        if points and (shape.whole_lists or not picked & set(points)):
            picked |= set(points[: max(0, room - len(picked))])
    return [sentences[i] for i in sorted(picked)]


def _score(sentence: TextSentence, meaning: Meaning, shape: Shape) -> float:
    return meaning.closeness(sentence.text) + (BONUS if fits(shape, unlabelled(sentence.text)) else 0.0)


def cite_piece(n: int, hit: Hit, piece: TextSentence) -> Citation:
    """The citation of one sentence of a hit, with the printed lines it covers."""
    lines = tuple(line for line in hit.passage.lines if line.start < piece.end and line.end > piece.start)
    page = lines[0].page if lines else 0
    return Citation(n, hit.citation, hit.passage, hit.document, piece.text, page, lines)


def merge_citations(
    sentences: Sequence[Sentence], citations: Sequence[Citation]
) -> tuple[list[Sentence], list[Citation]]:
    """One number a provision: sentences of the same passage share the citation that quotes them all."""
    merged: dict[str, Citation] = {}
    number: dict[int, int] = {}
    for citation in citations:
        known = merged.get(citation.passage.id)
        if known is None:
            known = replace(citation, n=len(merged) + 1)
        elif citation.quote not in known.quote:
            known = replace(
                known, quote=f"{known.quote}\n{citation.quote}", lines=_union(known.lines, citation.lines)
            )
        merged[citation.passage.id] = known
        number[citation.n] = known.n
    shared = [Sentence(s.text, tuple(dict.fromkeys(number[n] for n in s.citations))) for s in sentences]
    return shared, list(merged.values())


def _union(first: tuple[PassageLine, ...], second: tuple[PassageLine, ...]) -> tuple[PassageLine, ...]:
    return first + tuple(line for line in second if line not in first)
