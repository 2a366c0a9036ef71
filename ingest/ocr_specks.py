"""Specks, stray quotation marks and misread point labels in what OCR read. Order and number of words stay.

A speck read as “ would open a quotation that swallows articles until the next one; a point "d)" read as "đ)" is another
provision. Labels put right by their place in the list are marked doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

KEPT_SIGNS = re.compile(r"[-–—+•]|[.…]{2,}|[(]?\w+[)]")  # words without a letter that print does have
SPECKS = "'`´‘’_|¡\\^~*<>{}=®ˆ‹›«»„¬°"  # what dirt before a word is read as
CLOSERS = '”"»'
POINT_LETTERS = "abcdđeghiklmnopqrstuvxy"  # Decree 78/2025/NĐ-CP: points of a clause in Vietnamese order
CONFUSED = {  # point → what the engine reads it as
    "b": "h6", "c": "e©¢€o", "d": "đ4", "đ": "d4", "e": "c©é", "g": "ø8q9p", "h": "b", "i": "l1ï", "k": "x", "l": "i1",
    "o": "0c", "q": "g9",
}  # fmt: skip
_LABEL = re.compile(r"^(\S)\)$")
_COMMA_LABEL = re.compile(r"^\d{1,3}[a-zđ]?,$")
_OPENS_UNIT = re.compile(r"^[“\"](?:Điều|Chương|Mục|Khoản|\d)")


def without_specks(words: Sequence[str], closes_later: bool) -> list[str]:
    """The words of one line; a speck becomes "". ``closes_later``: whether a closing quotation mark follows on the page."""
    out = [_without_speck(word) for word in words]
    first = next((at for at, word in enumerate(out) if word), None)
    if first is not None and out[first][0] in '“"' and not closes_later and not _OPENS_UNIT.match(out[first]):
        out[first] = out[first][1:]
    return out


def _without_speck(word: str) -> str:
    if not any(map(str.isalnum, word)):
        return word if KEPT_SIGNS.fullmatch(word) or word in ("“", "”", '"') or _LABEL.match(word) else ""
    return word.lstrip(SPECKS).rstrip("`´_|\\^~<>{}ˆ‹›¬")


def with_full_stops(words: Sequence[str]) -> list[str]:
    """The words of one line; the comma of a label at its head ("Điều 5, Nghỉ", "2, Cơ quan") read as the full stop it is."""
    shown = [at for at, word in enumerate(words) if word]
    at = 1 if shown and words[shown[0]] == "Điều" else 0
    out = list(words)
    if len(shown) > at + 1 and _COMMA_LABEL.match(words[shown[at]]) and words[shown[at + 1]][0].isupper():
        out[shown[at]] = words[shown[at]][:-1] + "."
    return out


def has_closer(word: str) -> bool:
    """Whether the word ends a quotation."""
    return bool(word) and word.rstrip(".;,:")[-1:] in tuple(CLOSERS)


class PointLabels:
    """The point labels of a page in reading order: one that cannot follow its predecessor but looks like one that does."""

    def __init__(self) -> None:
        self._last = ""

    def read(self, word: str) -> str:
        """The label to show for the first word of a line; the word itself when it is no label or stands right."""
        found = _LABEL.match(word)
        if not found:
            return word
        letter = found.group(1).lower()
        due = self._due()
        if due and letter != due and letter in CONFUSED.get(due, ""):
            letter = due
        self._last = letter if letter in POINT_LETTERS else self._last
        return f"{letter})" if letter != found.group(1).lower() else word

    def _due(self) -> str:
        at = POINT_LETTERS.find(self._last) if self._last else -1
        return POINT_LETTERS[at + 1] if 0 <= at < len(POINT_LETTERS) - 1 else ""
