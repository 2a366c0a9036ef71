"""What was found, settled for a day: provisions that are not in force step back, questions with several readings are asked back,
and the evidence set is gathered.

A provision that the question names itself is quoted whatever its status, and its citation says so; one that was merely found
must be in force (or of unknown effect) on the day, else another one answers, else nobody does (L6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answer import POINT_LABEL, Candidate, Findings, Lead
from rag.compose import asks_for_all
from rag.gather import fold, gather
from rag.question import content_words
from rag.record.record import Record
from rag.record.relations import endings_of
from rag.results import Reading, RefusalReason
from rag.retrieve import cite
from rag.sentences import split_sentences
from rag.store import Store
from rag.validity import ForceStatus, judge_validity

VAGUE_WORDS = 3  # content words; a question with more says enough to be answered by its best provision
READINGS = 3  # offered at most
EQUAL = 0.97  # closeness of a reading, as a share of the best one's
_NOTHING_TO_SAY = frozenset({RefusalReason.NO_EVIDENCE, RefusalReason.OUT_OF_SCOPE})


def settle(store: Store, findings: Findings, as_of: str, *, quoted: bool = False) -> Findings:
    """The findings as they may be answered on ``as_of``; an answer that is only
    ``quoted`` shows what was found, so nothing is read beside it."""
    if findings.reason in _NOTHING_TO_SAY and not store.record.access.unlimited and not store.record.documents():
        return replace(findings, reason=RefusalReason.ACCESS)
    if findings.reason or not findings.candidates:
        return findings
    standing = _in_force(store.record, findings, as_of)
    if not standing:
        return replace(findings, reason=RefusalReason.NOT_IN_FORCE)
    readings = _readings(findings.asked, standing)
    if readings:
        return replace(findings, reason=RefusalReason.AMBIGUOUS, readings=readings)
    kept = tuple(fold([c.hit for c in standing]))
    ids = {hit.passage.id for hit in kept}
    best = [c for c in standing if c.hit.passage.id in ids]
    led = tuple(_led(store.record, c) for c in (*best, *_rest_of_article(store.record, findings, best)))
    evidence = kept if quoted else gather(store, findings.asked, kept)
    return replace(findings, candidates=led, evidence=evidence)


def _rest_of_article(record: Record, findings: Findings, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """The Khoản that search left out of a Điều which bears the question as its heading: the answer is all of it."""
    first = candidates[0]
    passage = first.hit.passage
    if not asks_for_all(findings.asked, findings.meaning, first):
        return
    known = {c.hit.passage.id for c in candidates}
    for other in record.article_passages(passage):
        if other.id not in known and other.level == passage.level:
            hit = replace(first.hit, passage=other, citation=cite(first.hit.document, other.eid))
            yield replace(first, hit=hit)


def _led(record: Record, candidate: Candidate) -> Candidate:
    """A passage that begins with a điểm is a later part of a long provision: with the sentence of an earlier part that
    leads into its list."""
    hit = candidate.hit
    if not POINT_LABEL.match(hit.passage.text):
        return candidate
    for part in reversed(record.parts_before(hit.passage)):
        for sentence in reversed(split_sentences(part.text)):
            if sentence.text.endswith(":") and not POINT_LABEL.match(sentence.text):
                return replace(candidate, lead=Lead(replace(hit, passage=part), sentence))
    return candidate


def _in_force(record: Record, findings: Findings, as_of: str) -> tuple[Candidate, ...]:
    candidates = findings.candidates
    endings = endings_of(record, {c.hit.document.id: c.hit.document for c in candidates}.values())

    def stands(candidate: Candidate) -> bool:
        document = candidate.hit.document
        found = judge_validity(document, endings.get(document.id, ()), as_of, candidate.hit.passage.eid)
        named = candidate.hit.exact or document.id in findings.named
        return named or found.status is not ForceStatus.NOT_IN_FORCE

    return tuple(c for c in candidates if stands(c))


def _readings(asked: str, candidates: Sequence[Candidate]) -> tuple[Reading, ...]:
    """The acts that a few words fit equally well, each as a question of its own; none when one is meant."""
    best = candidates[0]
    if best.hit.exact or len(content_words(asked)) > VAGUE_WORDS:
        return ()
    equal = [c for c in candidates if c.closeness >= EQUAL * best.closeness]
    acts = list({c.hit.document.id: c for c in equal if c.hit.document.number}.values())
    if len(acts) < READINGS:
        return ()
    return tuple(
        Reading(
            f"{asked.rstrip(' ?.')} theo {c.hit.document.type or 'văn bản'} {c.hit.document.number}?", c.hit.citation
        )
        for c in acts[:READINGS]
    )
