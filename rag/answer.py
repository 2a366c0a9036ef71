"""What an answer can rest on: the hits of a question weighed, and why none of them would do.

The ranker's chance that a Điều answers leads; closeness of a passage's words to the question's moves what comes near it. What
nothing speaks of is refused, with the nearest provisions to look at. Sentences are chosen in ``rag.compose``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.confidence import Judged
from rag.evidence import Meaning
from rag.injection import without_orders
from rag.law.passage import Passage
from rag.results import Hit, Immutable, Reading, RefusalReason
from rag.sentences import TextSentence

MIN_COVERAGE = 0.5  # of the question's meaning by the best passage with its headings; see docs/answers.md
CLOSENESS_WEIGHT = 0.2  # beside the ranker's chance: decides where none stands out; ``eval.train.choice``
COVERAGE_LOOKED_AT = 3  # candidates, best first, of which one must cover the question
POINT_LABEL = re.compile(r"[a-zđ]\d?\)\s")
NO_RULES = frozenset({"preamble", "conclusions"})  # căn cứ and signatures: they name rules, they are none


@dataclass(frozen=True, slots=True)
class Lead:
    """The sentence that leads into a passage which begins in the middle of its provision, and where it stands."""

    hit: Hit
    sentence: TextSentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit with how close it is to the question: ``coverage`` with its headings, ``closeness`` for ordering."""

    hit: Hit
    coverage: float
    closeness: float
    lead: Lead | None = None

    @property
    def article(self) -> tuple[str, str]:
        """The Điều it lies in; outside any, the passage's own provision."""
        return self.hit.document.id, self.hit.passage.article_eid or self.hit.passage.eid


@dataclass(frozen=True, slots=True)
class Findings(Immutable):
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
    evidence: tuple[Hit, ...] = ()  # the candidates without copies; for a language model with what they refer to


def weigh_hits(meaning: Meaning, hits: Sequence[Hit]) -> list[Candidate]:
    """Candidates best first: named provisions (by closeness, else as they stand), then by chance and closeness."""
    weighed = []
    for hit in hits:
        if hit.exact or _states_a_rule(hit.passage):
            text = f"{hit.document.title or ''}\n{hit.passage.searched_text}"
            coverage, closeness = meaning.weigh(text)
            weighed.append(Candidate(hit, coverage, closeness))
    return sorted(weighed, key=lambda c: (not c.hit.exact, -_worth(c), c.hit.rank))


def _states_a_rule(passage: Passage) -> bool:
    return passage.level not in NO_RULES and bool(without_orders(passage.text).strip())


def _worth(candidate: Candidate) -> float:
    if candidate.hit.exact:
        return candidate.closeness
    return candidate.hit.score + CLOSENESS_WEIGHT * candidate.closeness


def coverage_of(candidates: Sequence[Candidate]) -> float:
    """How much of the question's meaning the best candidates cover: what refusal is decided on without models."""
    return max((c.coverage for c in candidates[:COVERAGE_LOOKED_AT]), default=0.0)


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
    return None if coverage_of(candidates) >= MIN_COVERAGE else RefusalReason.NO_EVIDENCE
