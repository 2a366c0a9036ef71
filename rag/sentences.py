"""Sentences of a legal text with their offsets. A label ("1.", "a)") never stands alone; a colon leads to points."""

from __future__ import annotations

import re
from dataclasses import dataclass

# After a full stop or semicolon that does not follow a digit or a lone letter (labels, "số 12."), or at a line end.
_BREAK = re.compile(
    r"(?<=[^\W\d_]{2}[.;])(?<!\bTP\.)(?<!\bTp\.)\s+(?=[A-ZÀ-ỸĐ“\"]|[a-zđ]\)\s|-\s|\d+\.\s)|(?<=[\d)”\"][.;])\s+(?=[A-ZÀ-ỸĐ]|[a-zđ]\)\s)|\n+"
)
_LABEL = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*[a-zđ]?[.)]?|[a-zđ]\)|[IVXLC]+\.|Điều \d+[a-z]?\.|[-+–])", re.IGNORECASE
)
_POINT = re.compile(r"(?:[a-zđ]\d?[.)]|[-+–])\s")  # "a." in acts of before 2004


@dataclass(frozen=True, slots=True)
class TextSentence:
    """``text`` is ``source[start:end]``; ``lead`` is the index of the sentence that leads into it ("… gồm:")."""

    start: int
    end: int
    text: str
    lead: int | None = None


def split_sentences(text: str) -> list[TextSentence]:
    """All sentences in order; together they hold every character of ``text`` but the white space between them."""
    found: list[TextSentence] = []
    lead: int | None = None
    for start, end in _spans(text):
        sentence = text[start:end]
        is_point = bool(_POINT.match(sentence))
        found.append(TextSentence(start, end, sentence, lead if is_point else None))
        if sentence.endswith(":") and not is_point:
            lead = len(found) - 1
        elif not is_point:
            lead = None
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if _LABEL.fullmatch(text[start : match.start()].strip()):
            continue
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return [_trimmed(text, s, e) for s, e in spans if text[s:e].strip()]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
