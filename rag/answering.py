"""From what was found to an answer, as events: the law's own sentences, or a language model's, each verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer import Findings
from rag.compose import cite_piece, compose, merge_citations
from rag.draft import DraftCheck, Shown
from rag.messages import message
from rag.prompt import (
    DraftSentence,
    finished_length,
    make_blocks,
    make_messages,
    read_draft,
    says_not_enough,
)
from rag.results import (
    AnswerEvent,
    Citation,
    DeltaEvent,
    Origin,
    Sentence,
    Stage,
    StatusEvent,
)

if TYPE_CHECKING:
    from rag.generate import Generator

MAX_SHOWN = 12  # sentences of a worded answer
TOO_LONG = "too_long"  # the failure that leaves what came before it usable


@dataclass(frozen=True, slots=True)
class Worded:
    """The text of an answer. Empty ``sentences``: there is none to give."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    origin: Origin
    notes: tuple[str, ...] = ()


def quote_answer(
    findings: Findings, origin: Origin = Origin.EXTRACTIVE, notes: tuple[str, ...] = ()
) -> Iterator[AnswerEvent | Worded]:
    """The extractive answer: last comes the ``Worded``."""
    yield StatusEvent(Stage.COMPOSING)
    sentences, citations = merge_citations(
        *compose(findings.asked, findings.meaning, findings.candidates, findings.point)
    )
    for sentence in sentences:
        yield DeltaEvent(sentence.text, verified=True)
    yield Worded(tuple(sentences), tuple(citations), origin, notes)


def word_answer(findings: Findings, generator: Generator, language: str) -> Iterator[AnswerEvent | Worded]:
    """The language model's answer: drafts as they come, each sentence again once it is verified. Falls back to the
    extractive answer when the model fails, declines, or writes nothing that stands."""
    from rag.generate import GenerationFailed

    yield StatusEvent(Stage.GENERATING)
    blocks = make_blocks(findings.evidence, generator.settings.llm_evidence_characters)
    check = DraftCheck(blocks)
    shown: list[Shown] = []
    reply, read, why = "", 0, None
    try:
        for piece in generator.stream(*make_messages(findings.asked, blocks)):
            yield DeltaEvent(piece, verified=False)
            reply += piece
            end = finished_length(reply)
            if end > read:
                for sentence in _checked(read_draft(reply[read:end]), check, shown):
                    yield DeltaEvent(sentence.text, verified=True)
                read = end
    except GenerationFailed as failure:
        why = failure.why
    if why is None:
        yield StatusEvent(Stage.VERIFYING)
        for sentence in _checked(read_draft(reply[read:]), check, shown):
            yield DeltaEvent(sentence.text, verified=True)
    if says_not_enough(reply) and not shown:
        why = "declined"
    if (why and why != TOO_LONG) or not shown:
        note = message(f"note_llm_{why or 'unverified'}", language)
        yield from quote_answer(findings, Origin.EXTRACTIVE_FALLBACK, (note,))
        return
    sentences, citations = merge_citations(*_cited(shown))
    yield Worded(tuple(sentences), tuple(citations), Origin.GENERATED, tuple(_notes(check, language)))


def _checked(drafts: Iterator[DraftSentence], check: DraftCheck, shown: list[Shown]) -> Iterator[Shown]:
    for draft in drafts:
        if len(shown) == MAX_SHOWN:
            return
        sentence = None if says_not_enough(draft.text) else check.check(draft)
        if sentence:
            shown.append(sentence)
            yield sentence


def _cited(shown: list[Shown]) -> tuple[list[Sentence], list[Citation]]:
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for one in shown:
        pieces = [cite_piece(len(citations) + 1 + at, one.block.hit, piece) for at, piece in enumerate(one.quote)]
        citations += pieces
        sentences.append(Sentence(one.text, tuple(c.n for c in pieces)))
    return sentences, citations


def _notes(check: DraftCheck, language: str) -> Iterator[str]:
    if check.replaced:
        yield message("note_replaced", language, count=check.replaced)
    if check.left_out:
        yield message("note_left_out", language, count=check.left_out)
