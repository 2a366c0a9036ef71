"""A language model's draft becomes sentences that stand on their ground: checked, repaired once, or left out (L1).

Repair is done by code: a sentence that fails under the keys it cites but stands under another block is given that block's
key; one that fails everywhere is replaced by the words of the provision it comes closest to, if they are close; else it is
left out. The answer says how many were replaced and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.assertions import read_tokens
from rag.injection import speaks_to_machine, without_orders
from rag.law.passage import Passage
from rag.law.text import fold_case_and_tone
from rag.prompt import Block, DraftSentence
from rag.sentences import TextSentence, split_sentences
from rag.support import coverage, make_segment
from rag.verify import Ground, verify_sentence

MIN_REPAIR_COVERAGE = 0.45  # of a failed sentence's content by the provision's sentence that takes its place
LEAST_SYLLABLES = 3  # a shorter "sentence" is a left-over of formatting


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence that stands: ``text`` and the block and the verbatim sentences of it that carry it."""

    text: str
    block: Block
    quote: tuple[TextSentence, ...]


@dataclass(slots=True)
class DraftCheck:
    """Checks a draft sentence by sentence; counts what was replaced and left out."""

    blocks: Sequence[Block]
    replaced: int = 0
    left_out: int = 0
    _seen: set[str] = field(default_factory=set)

    def check(self, draft: DraftSentence) -> Shown | None:
        """The sentence as it may be shown, None when it may not or was shown before."""
        if len(draft.text.split()) < LEAST_SYLLABLES:
            return None
        shown = self._standing(draft) or self._quoted_instead(draft)
        if shown is None:
            self.left_out += 1
            return None
        key = fold_case_and_tone(shown.text)
        if key in self._seen:
            return None
        self._seen.add(key)
        return shown

    def _standing(self, draft: DraftSentence) -> Shown | None:
        if speaks_to_machine(draft.text):
            return None
        cited = [b for b in self.blocks if b.key in draft.keys]
        others = [b for b in self.blocks if b.key not in draft.keys]
        for block in [*cited, *others] if draft.keys else []:
            if not verify_sentence(draft.text, [block_ground(block)]):
                return Shown(draft.text, block, closest_sentences(draft.text, block.hit.passage))
        return None

    def _quoted_instead(self, draft: DraftSentence) -> Shown | None:
        cited = [b for b in self.blocks if b.key in draft.keys]
        for block in cited:
            quote = closest_sentences(draft.text, block.hit.passage)
            if quote and _closeness(draft.text, quote) >= MIN_REPAIR_COVERAGE:
                self.replaced += 1
                return Shown(" ".join(s.text for s in quote), block, quote)
        return None


def block_ground(block: Block) -> Ground:
    """The evidence of a block as verification reads it: without the sentences withheld from the model."""
    passage, document = block.hit.passage, block.hit.document
    return Ground(
        document.number,
        document.title or "",
        passage.eid,
        without_orders(passage.context),
        without_orders(passage.text),
    )


def closest_sentences(text: str, passage: Passage) -> tuple[TextSentence, ...]:
    """The sentence of the passage that holds most of ``text``, behind the one that leads into it."""
    sentences = [s for s in split_sentences(without_orders(passage.text)) if not speaks_to_machine(s.text)]
    tokens = read_tokens(text)
    if not sentences:
        return ()
    best = max(sentences, key=lambda s: (coverage(tokens, [make_segment(read_tokens(s.text))]), -s.start))
    lead = (
        [s for s in sentences if s.text.endswith(":") and s.end <= best.start][-1:] if best.lead is not None else []
    )
    return (*lead, best)


def _closeness(text: str, quote: Sequence[TextSentence]) -> float:
    return coverage(read_tokens(text), [make_segment([t for s in quote for t in read_tokens(s.text)])])
