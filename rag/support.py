"""Where a sentence's tokens stand in its evidence: the evidence as segments, and each token anchored in its context.

A segment is a sentence of the provision, or a point behind the sentence that leads into it, so that "Phạt tiền … đối với
hành vi không đội mũ" stands in one piece although the law prints it as a lead-in and a list. A token is *anchored* at an
occurrence in a segment when the words beside it in the sentence stand beside it there too: the number that belongs to
another case of the same list is not.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.assertions import Kind, Token, read_tokens
from rag.sentences import split_sentences

WINDOW = 5  # content tokens looked at on each side of a token
SLACK = 5  # tokens by which a neighbour may stand further off in the evidence than in the sentence
LABEL = re.compile(r"^\s*(?:Điều \d{1,4}[a-zđ]?\.|\d{1,3}(?:\.\d{1,3})*[.)]|[a-zđ]\d?\)|[-+–•])\s+")
_CACHED_TEXTS = 256
_CRITICAL = frozenset({Kind.QUANTITY, Kind.DATE, Kind.LABEL, Kind.ACT, Kind.MODAL, Kind.NEGATION, Kind.ACTOR})
BREAK = Token("|", Kind.BREAK, 0, 0)
CONTENT = frozenset({Kind.WORD, Kind.ACTOR, Kind.QUANTITY, Kind.DATE, Kind.LABEL, Kind.ACT})


@dataclass(frozen=True, slots=True)
class Segment:
    """``tokens`` in order (lead-in first); ``places`` are the indices of each value."""

    tokens: tuple[Token, ...]
    places: dict[str, tuple[int, ...]] = field(repr=False)


def make_segment(tokens: Sequence[Token]) -> Segment:
    kept = tuple(t for t in tokens if t.kind is not Kind.FUNCTION)
    places: dict[str, list[int]] = {}
    for at, token in enumerate(kept):
        places.setdefault(token.value, []).append(at)
    return Segment(kept, {value: tuple(found) for value, found in places.items()})


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def segments_of(text: str, lead: str = "") -> tuple[Segment, ...]:
    """The segments of ``text``; ``lead`` (headings and lead-ins above it) stands before each."""
    sentences = split_sentences(text)
    above = read_tokens(lead) if lead else ()
    found = [make_segment((*above, *_led(sentences, at))) for at in range(len(sentences))]
    return tuple(found)


def _led(sentences: Sequence[object], at: int) -> Iterator[Token]:
    """Tokens of a sentence with those of the sentences that lead into it."""
    sentence = sentences[at]
    chain: list[str] = []
    seen: int | None = at
    while seen is not None and len(chain) < 4:
        sentence = sentences[seen]
        chain.append(unlabelled(sentence.text))  # type: ignore[attr-defined]
        seen = sentence.lead  # type: ignore[attr-defined]
    for text in reversed(chain):
        yield BREAK
        yield from read_tokens(text)


def unlabelled(text: str) -> str:
    """``text`` without the label it begins with ("2.", "a)", "Điều 5.")."""
    return LABEL.sub("", text, count=1)


def is_critical(token: Token) -> bool:
    """Whether the truth of a sentence turns on this token."""
    return token.kind in _CRITICAL or token.capital


def coverage(sentence: Sequence[Token], segments: Sequence[Segment]) -> float:
    """Share of the sentence's content that stands in the segments: its tokens in any of them, and its pairs of
    neighbours side by side in one of them, counted alike."""
    content = [t for t in sentence if t.kind in CONTENT]
    if not content:
        return 1.0
    pairs = list(itertools.pairwise(content))
    single = sum(any(t.value in s.places for s in segments) for t in content)
    double = sum(
        any(_beside(s.places.get(a.value, ()), s.places.get(b.value, ())) for s in segments) for a, b in pairs
    )
    return (single + double) / (len(content) + len(pairs))


def best_segments(sentence: Segment, segments: Sequence[Segment]) -> list[int]:
    """Indices of the segments by how much of the sentence's content they hold, best first; pairs of neighbours count
    twice, so that word order decides between segments with the same words."""
    words = [t for t in sentence.tokens if t.kind in CONTENT]
    pairs = list(itertools.pairwise(words))

    def score(at: int) -> float:
        places = segments[at].places
        single = sum(t.value in places for t in words)
        double = sum(_beside(places.get(a.value, ()), places.get(b.value, ())) for a, b in pairs)
        return single + double - 0.001 * len(segments[at].tokens)

    return sorted(range(len(segments)), key=lambda at: (-score(at), at))


def _beside(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return any(1 <= b - a <= 2 for a in first for b in second)


def anchors(sentence: Segment, at: int, segment: Segment, slack: int = SLACK) -> Iterator[tuple[float, int]]:
    """(how much of the token's neighbourhood stands around an occurrence in ``segment``, where), one an occurrence."""
    for place in segment.places.get(sentence.tokens[at].value, ()):
        yield neighbourhood(sentence, at, segment, place, slack), place


def neighbourhood(sentence: Segment, at: int, segment: Segment, place: int, slack: int = SLACK) -> float:
    """Share of the content tokens beside ``at`` (nearer ones count more) that stand beside ``place`` as far off."""
    total = found = 0.0
    for step in (-1, 1):
        seen = 0
        near = at + step
        while 0 <= near < len(sentence.tokens) and seen < WINDOW:
            token = sentence.tokens[near]
            if token.kind in CONTENT:
                seen += 1
                weight = 1.0 / seen
                total += weight
                distance = near - at
                if any(
                    (p - place) * step > 0 and abs((p - place) - distance) <= slack
                    for p in segment.places.get(token.value, ())
                ):
                    found += weight
            near += step
    return found / total if total else 1.0
