"""Does a sentence stand on its ground? Decided by code: no model is asked (L1).

A sentence is held against the provisions it cites. It fails when a quotation is not verbatim there; when a number with
its unit, a date, a reference or an act's number is not there, or stands there for another case or bound ("từ", "đến",
"tối đa"); when it grants what is forbidden, demands what is allowed, or drops a "không"; when it names an actor that is
not there; or when too little of what it says is there at all. ``docs/answers.md`` has the figures.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.assertions import Kind, Token, read_tokens
from rag.law.identifier import number_key
from rag.law.passage import Passage, text_sha256
from rag.law.reference import Reference, find_references
from rag.law.text import fold_case_and_tone, nfc
from rag.results import Hit
from rag.support import (
    CONTENT,
    Segment,
    anchors,
    best_segments,
    coverage,
    is_critical,
    make_segment,
    neighbourhood,
    segments_of,
    unlabelled,
)

# Chosen on sentences and mutations of acts in the training fold (``cancu eval mutations``); see docs/answers.md.
MIN_COVERAGE = 0.75  # of a sentence's content tokens and pairs of neighbours, in its two best segments
MIN_ANCHOR = 0.4  # share of a critical token's neighbourhood that must stand around it in the evidence
MIN_MODAL_ANCHOR = 0.5  # likewise for được, phải, không được, …
MODAL_SLACK = 2  # tokens; a "phải" three words off belongs to another verb
SEGMENTS_CONSIDERED = 4  # best segments that a sentence may rest on
_GAP_TOKENS = 4  # between two words of the evidence that still count as side by side
_NAME_GAP = 20  # characters between two parts of one name: "khoản 1 Điều 5 Phụ lục 1 Quyết định …"
LEAST_QUOTE_WORDS = 3  # shorter text in quotation marks is a term, not a quotation
_QUOTED = re.compile(r"[“\"«]([^“”\"«»]{2,2000})[”\"»]")
_POINTS_HERE = re.compile(r"\bnày\b", re.IGNORECASE)  # "khoản này" is the text's own way of saying where it stands
_BARRING = frozenset({"khong", "chua", "tru", "cam", "khong_the", "mien"})
_NEXT_BOUNDS = frozenset({"toi_thieu", "duoi"})  # that follow their quantity: "trở lên", "trở xuống"


class FaultKind(StrEnum):
    """Why a sentence does not stand. Each has a message ``fault_<value>``."""

    KEY = "key"  # it cites nothing, or what was not offered
    QUOTE = "quote"  # quoted words are not in the provision
    NUMBER = "number"  # number, amount, duration, share, with its unit
    DATE = "date"
    REFERENCE = "reference"  # article, clause, point, act
    BOUND = "bound"  # "tối đa" for "tối thiểu", "từ" for "đến"
    NEGATION = "negation"
    MODALITY = "modality"
    ACTOR = "actor"
    CONTENT = "content"  # the provision does not say it


@dataclass(frozen=True, slots=True)
class Fault:
    """``text`` is the part of the sentence that is wrong."""

    kind: FaultKind
    text: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A provision as evidence: its identity (``number`` of its act, ``eid``), the act's ``title``, what stands above it
    (``lead``: headings and lead-ins) and its ``text``."""

    number: str | None
    title: str
    eid: str
    lead: str
    text: str


def ground_of(hit: Hit) -> Ground:
    """The evidence that a hit is."""
    passage, document = hit.passage, hit.document
    return Ground(document.number, document.title or "", passage.eid, passage.context, passage.text)


def quote_stands(quote: str, passage: Passage) -> bool:
    """Whether ``quote`` is verbatim (NFC, white space folded) in a passage whose text still has its SHA-256."""
    return text_sha256(passage.text) == passage.sha256 and _folded(quote) in _folded(passage.text)


def verify_sentence(text: str, grounds: Sequence[Ground]) -> tuple[Fault, ...]:
    """What is wrong with ``text`` as a statement of ``grounds``; empty when it stands."""
    if not grounds:
        return (Fault(FaultKind.KEY, text),)
    text = unlabelled(nfc(text).strip())
    own, faults = _check_references(text, grounds)
    faults += _check_quotes(text, grounds)
    segments = [segment for ground in grounds for segment in _narrowed(ground, own)]
    spans = _own_spans(own)
    sentence = make_segment([t for t in read_tokens(text) if not _inside(t, spans)])
    best = [segments[at] for at in best_segments(sentence, segments)[:SEGMENTS_CONSIDERED]]
    if coverage(sentence.tokens, best[:2]) < MIN_COVERAGE:
        return (*faults, Fault(FaultKind.CONTENT, text))
    faults += _check_tokens(text, sentence, best)
    faults += _dropped_negation(text, sentence, best[0])
    return tuple(dict.fromkeys(faults))


# --- references and quotations -------------------------------------------------------------------------------------


def _check_references(text: str, grounds: Sequence[Ground]) -> tuple[list[Reference], list[Fault]]:
    """(references that name the ground itself, faults). A reference stands when it does for one of the grounds."""
    own: list[Reference] = []
    standing: set[tuple[int, int, int]] = set()
    wrong: dict[tuple[int, int, int], Fault] = {}
    for ground in grounds:
        for at, reference in enumerate(find_references(text, _from_article(ground.eid))):
            place = (reference.start, reference.end, at)
            if not _POINTS_HERE.search(reference.text) and _is_own(reference, ground):
                own.append(reference)
                standing.add(place)
            elif _is_referred(reference, ground):
                standing.add(place)
            else:
                wrong[place] = Fault(FaultKind.REFERENCE, reference.text)
    return own, [fault for place, fault in wrong.items() if place not in standing]


def _is_own(reference: Reference, ground: Ground) -> bool:
    """The reference names the act of the ground, and the provision, what holds it or what it holds."""
    if reference.number or reference.name:
        if not _same_act(reference, ground):
            return False
    elif "art_" not in reference.eid:
        return False  # "khoản 2" alone: of which Điều is for the evidence to say
    if not reference.eid:
        return True
    path = ground.eid if reference.eid.startswith("att_") else _from_article(ground.eid)
    return bool(path) and (
        _within(path, reference.eid) or (_within(reference.eid, path) and _has_part(ground, reference))
    )


def _same_act(reference: Reference, ground: Ground) -> bool:
    if reference.number:
        return bool(ground.number) and number_key(reference.number) == number_key(ground.number or "")
    name = re.sub(r"\s(?:năm\s)?(?:19|20)\d\d$", "", reference.name or "")
    return bool(name) and fold_case_and_tone(name) in fold_case_and_tone(ground.title)


def _from_article(eid: str) -> str:
    """ "att_1__chp_I__art_5__cl_2" → "art_5__cl_2"; "" outside any Điều."""
    at = eid.find("art_")
    return eid[at:] if at >= 0 else ""


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}__")


def _has_part(ground: Ground, reference: Reference) -> bool:
    """The khoản or điểm that the reference adds to the ground's own path is labelled in its text."""
    added = _from_article(reference.eid)[len(_from_article(ground.eid)) :].strip("_").split("__")
    return all(_label_of(step).search(ground.text) for step in added if step)


@functools.lru_cache(maxsize=256)
def _label_of(step: str) -> re.Pattern[str]:
    level, _, number = step.partition("_")
    mark = r"\." if level == "cl" else r"\)"
    return re.compile(rf"^\s*{re.escape(number)}{mark}\s", re.MULTILINE)


def _is_referred(reference: Reference, ground: Ground) -> bool:
    for known in _references_of(ground.lead, ground.text, ground.eid):
        if known.eid == reference.eid and _agree(reference, known, ground):
            return True
        if not reference.eid and _agree(reference, known, ground):
            return True
    return False


def _agree(reference: Reference, known: Reference, ground: Ground) -> bool:
    """Whether two references mean the same act; one without an act means the ground's own."""
    if reference.number and known.number:
        return number_key(reference.number) == number_key(known.number)
    if reference.name and known.name:
        return fold_case_and_tone(reference.name) == fold_case_and_tone(known.name)
    if reference.number or reference.name:
        return not known.number and not known.name and _same_act(reference, ground)
    return True  # "khoản 2 Điều 5" shortened from "khoản 2 Điều 5 Nghị định …"


@functools.lru_cache(maxsize=256)
def _references_of(lead: str, text: str, eid: str) -> tuple[Reference, ...]:
    return tuple(find_references(f"{lead}\n{text}", _from_article(eid)))


def _check_quotes(text: str, grounds: Sequence[Ground]) -> list[Fault]:
    quotes = [m[1].strip(" .,;…") for m in _QUOTED.finditer(text)]
    return [
        Fault(FaultKind.QUOTE, quote)
        for quote in quotes
        if len(quote.split()) >= LEAST_QUOTE_WORDS
        and not any(_folded(quote) in _folded(f"{ground.lead}\n{ground.text}") for ground in grounds)
    ]


@functools.lru_cache(maxsize=256)
def _folded(text: str) -> str:
    return " ".join(nfc(text).split())


# --- tokens --------------------------------------------------------------------------------------------------------


def _narrowed(ground: Ground, own: Iterable[Reference]) -> tuple[Segment, ...]:
    """The segments of the ground; of the part alone that the sentence names, when it names one ("điểm b khoản 2")."""
    text = ground.text
    path = _from_article(ground.eid)
    for reference in own:
        named = _from_article(reference.eid)
        if path and named != path and _within(named, path):
            for step in named[len(path) :].strip("_").split("__"):
                text = _part(text, step)
    lead = f"{ground.title}\n{ground.lead}".strip()
    return segments_of(text, lead)


def _part(text: str, step: str) -> str:
    """The khoản or điểm of ``text``; a điểm keeps the lead-in."""
    match = _label_of(step).search(text)
    if not match:
        return text
    following = re.compile(
        r"^\s*\d{1,3}[a-zđ]?\.\s" if step.startswith("cl_") else r"^\s*[a-zđ]\d?\)\s", re.MULTILINE
    )
    after = following.search(text, match.end())
    piece = text[match.start() : after.start() if after else len(text)]
    first = following.search(text)
    lead = text[: first.start()] if first and not step.startswith("cl_") else ""
    return f"{lead}{piece}"


def _own_spans(own: Iterable[Reference]) -> list[tuple[int, int]]:
    """Where the sentence names its own ground; what stands between two parts of one name ("Phụ lục 1") belongs to it."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((r.start, r.end) for r in own):
        if spans and start - spans[-1][1] <= _NAME_GAP:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _inside(token: Token, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= token.start and token.end <= end for start, end in spans)


def _check_tokens(text: str, sentence: Segment, segments: Sequence[Segment]) -> list[Fault]:
    faults = []
    for at, token in enumerate(sentence.tokens):
        if token.kind is Kind.MODAL:
            kind = None if _modal_stands(sentence, at, segments) else FaultKind.MODALITY
        elif token.kind is Kind.NEGATION:
            stands = any(score >= MIN_MODAL_ANCHOR for score, _ in _all_anchors(sentence, at, segments, MODAL_SLACK))
            kind = None if stands else FaultKind.NEGATION
        elif is_critical(token):
            kind = _critical_fault(sentence, at, segments)
        else:
            continue
        if kind:
            faults.append(Fault(kind, text[token.start : token.end]))
    return faults


_FAULT_OF = {
    Kind.QUANTITY: FaultKind.NUMBER,
    Kind.DATE: FaultKind.DATE,
    Kind.LABEL: FaultKind.REFERENCE,
    Kind.ACT: FaultKind.REFERENCE,
    Kind.ACTOR: FaultKind.ACTOR,
    Kind.WORD: FaultKind.ACTOR,  # a name: printed with a capital
}


def _all_anchors(
    sentence: Segment, at: int, segments: Sequence[Segment], slack: int | None = None
) -> Iterator[tuple[float, tuple[Segment, int]]]:
    for segment in segments:
        for score, place in anchors(sentence, at, segment, slack) if slack else anchors(sentence, at, segment):
            yield score, (segment, place)


def _critical_fault(sentence: Segment, at: int, segments: Sequence[Segment]) -> FaultKind | None:
    token = sentence.tokens[at]
    standing = [where for score, where in _all_anchors(sentence, at, segments) if score >= MIN_ANCHOR]
    if not standing:
        return _FAULT_OF[token.kind]
    if token.kind in (Kind.QUANTITY, Kind.DATE):
        role = _role(sentence.tokens, at)
        if not any(_role(segment.tokens, place) == role for segment, place in standing):
            return FaultKind.BOUND
    return None


def _role(tokens: Sequence[Token], at: int) -> frozenset[str]:
    """The bounds beside a quantity: {"tu"}, {"toi_da"}; empty for none."""
    before = tokens[at - 1].value if at and tokens[at - 1].kind is Kind.BOUND else None
    after = tokens[at + 1].value if at + 1 < len(tokens) and tokens[at + 1].value in _NEXT_BOUNDS else None
    return frozenset(bound for bound in (before, after) if bound)


def _modal_stands(sentence: Segment, at: int, segments: Sequence[Segment]) -> bool:
    if any(
        score >= MIN_MODAL_ANCHOR and _same_verb(sentence, at, segment, place)
        for score, (segment, place) in _all_anchors(sentence, at, segments, MODAL_SLACK)
    ):
        return True
    if sentence.tokens[at].value != "duoc":
        return False
    return not any(_contradicted(sentence, at, segment) for segment in segments[:2])


def _same_verb(sentence: Segment, at: int, segment: Segment, place: int) -> bool:
    """Whether the word after the modal is the same; at the end of a sentence the one before it."""
    step = 1 if at + 1 < len(sentence.tokens) else -1
    word = next((t for t in sentence.tokens[at + step :: step] if t.kind in CONTENT), None)
    if word is None:
        return True
    near = (
        segment.tokens[place + 1 : place + 2 + MODAL_SLACK] if step > 0 else segment.tokens[max(0, place - 3) : place]
    )
    return any(t.value == word.value for t in near)


def _contradicted(sentence: Segment, at: int, segment: Segment) -> bool:
    """ "được" also marks the passive: it is wrong only where the evidence has another modal before the same verb, or
    bars the verb."""
    verb = next((i for i in range(at + 1, len(sentence.tokens)) if sentence.tokens[i].kind in CONTENT), None)
    if verb is None:
        return False
    for place in segment.places.get(sentence.tokens[verb].value, ()):
        if neighbourhood(sentence, verb, segment, place) < MIN_ANCHOR:
            continue
        before = segment.tokens[max(0, place - 2) : place]
        if any((t.kind is Kind.MODAL and t.value != "duoc") or t.kind is Kind.NEGATION for t in before):
            return True
    return False


def _dropped_negation(text: str, sentence: Segment, segment: Segment) -> list[Fault]:
    """A "không", "trừ" or "cấm" that stands in the evidence between two words which the sentence puts side by side, or
    right before its first."""
    barring = [at for at, token in enumerate(segment.tokens) if token.value in _BARRING]
    if not barring:
        return []
    faults = []
    before: int | None = None
    barred = False
    for at, token in enumerate(sentence.tokens):
        if token.kind is Kind.NEGATION or token.kind is Kind.MODAL:
            barred = barred or token.value in _BARRING
        elif token.kind in CONTENT and token.value in segment.places:
            near = any(0 < p - b <= _GAP_TOKENS for p in segment.places[token.value] for b in barring)
            if near and not barred and _bars(sentence, before, at, segment):
                start = sentence.tokens[before].start if before is not None else token.start
                faults.append(Fault(FaultKind.NEGATION, text[start : token.end]))
            before, barred = at, False
    return faults


def _bars(sentence: Segment, before: int | None, at: int, segment: Segment) -> bool:
    """Whether the evidence says no between the two tokens, where the second stands best."""
    places = [(neighbourhood(sentence, at, segment, p), p) for p in segment.places[sentence.tokens[at].value]]
    best = max(score for score, _ in places)
    if best < MIN_ANCHOR:
        return False
    gaps = [_gap(sentence, before, segment, place) for score, place in places if score == best]
    return all(gap is not None and any(t.value in _BARRING for t in gap) for gap in gaps)


def _gap(sentence: Segment, before: int | None, segment: Segment, place: int) -> Sequence[Token] | None:
    """What stands in the evidence between the two tokens; None when they do not stand near together there."""
    if before is None:
        return segment.tokens[max(0, place - 1) : place]
    value = sentence.tokens[before].value
    near = [p for p in segment.places[value] if 0 < place - p <= _GAP_TOKENS]
    return segment.tokens[near[-1] + 1 : place] if near else None
