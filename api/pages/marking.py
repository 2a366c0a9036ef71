"""The question's words marked in a text, and the stretch of it where most of them stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from rag.law.text import fold_case_and_tone, nfc, strip_diacritics
from rag.question import content_words
from rag.restore import shipped_restorer

EXCERPT_CHARACTERS = 320  # four lines of a result
_WORD = re.compile(r"\w+")
_GAP_CHARACTERS = 1  # marks with only a space between them are drawn as one


def wanted_words(question: str) -> frozenset[str]:
    """The syllables to mark: as typed, and with the diacritics that the search puts back."""
    return frozenset(content_words(question)) | frozenset(content_words(shipped_restorer().restore(question)))


def excerpt(text: str, wanted: frozenset[str], length: int = EXCERPT_CHARACTERS) -> Markup:
    """About ``length`` characters of ``text`` around the densest marks, the marks in ``<mark>``."""
    flat = " ".join(text.split())
    start, end = _densest(flat, list(_found(flat, wanted)), length)
    before, after = "… " if start else "", " …" if end < len(flat) else ""
    return Markup("{}{}{}").format(before, marked(flat[start:end], wanted), after)


def marked(text: str, wanted: frozenset[str]) -> Markup:
    """``text`` escaped, with each wanted syllable marked; neighbours share one mark."""
    return _with_marks(text, _joined(text, wanted))


def _with_marks(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    pieces: list[Markup] = []
    at = 0
    for start, end in spans:
        pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def words_in(text: str, wanted: frozenset[str]) -> int:
    """How many different wanted syllables stand in ``text``."""
    return len({fold_case_and_tone(text[start:end]) for start, end in _found(text, wanted)})


def find_phrase(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Where ``phrase`` stands in ``text``, case aside; typed without diacritics, it is found with any."""
    wanted = " ".join(nfc(phrase).lower().split())
    if not wanted:
        return
    comparable = _comparable(text, bare=wanted.isascii())
    at = comparable.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = comparable.find(wanted, at + len(wanted))


def mark_phrase(text: str, phrase: str) -> Markup:
    """``text`` escaped, with each ``phrase`` marked."""
    return _with_marks(text, find_phrase(text, phrase))


def mark_stretch(text: str, start: int, end: int) -> list[Markup]:
    """The lines of ``text``, ``[start, end)`` marked in each."""
    lines, at = [], 0
    for line in text.split("\n"):
        inside = (max(start - at, 0), min(end - at, len(line)))
        lines.append(_with_marks(line, [inside] if inside[0] < inside[1] else []))
        at += len(line) + 1
    return lines


def _comparable(text: str, bare: bool) -> str:
    """Lower case, ``bare`` of diacritics too, character for character; a line break is a space."""
    table = {ord(c): _one_for_one(c, bare) for c in set(text)}
    return text.translate(table | {ord("\n"): " "})


def _one_for_one(character: str, bare: bool) -> str:
    lowered = character.lower()
    lowered = lowered if len(lowered) == 1 else character
    return (strip_diacritics(lowered)[:1] or lowered) if bare else lowered


def _found(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    return (m.span() for m in _WORD.finditer(text) if fold_case_and_tone(m[0]) in wanted)


def _joined(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for first, last in _found(text, wanted):
        if end >= 0 and first - end <= _GAP_CHARACTERS:
            end = last
            continue
        if end >= 0:
            yield start, end
        start, end = first, last
    if end >= 0:
        yield start, end


def _densest(text: str, spans: list[tuple[int, int]], length: int) -> tuple[int, int]:
    """The window of ``length`` that holds most marks, moved to word borders; the beginning when there is none."""
    best, best_count, last = 0, 0, 0
    for first, (start, _) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= start + length:
            last += 1
        if last - first > best_count:
            best, best_count = start, last - first
    if len(text) <= length or best + length // 4 <= length:
        begin = 0
    else:
        begin = text.rfind(" ", 0, max(0, best - length // 4)) + 1
    if len(text) - begin <= length:
        return begin, len(text)
    return begin, text.rfind(" ", begin, begin + length) if " " in text[begin : begin + length] else begin + length
