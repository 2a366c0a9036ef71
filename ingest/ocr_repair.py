"""Puts right what Tesseract's Vietnamese model gets wrong most: a lost or changed mark ("đât", "thâm quyên", "bỗ sung").

A noisy channel: the likeliest syllables under the pair model of legal Vietnamese (``rag.restore``), where a word that the
engine was unsure of may stand for another one of the same bare letters at a price that its confidence sets. Nothing with
a digit in it is ever changed here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np

from rag.law.text import fold_case_and_tone, strip_diacritics
from rag.restore import Restorer, shipped_restorer

CHANGE_COST = 0.5  # nats for any change at confidence 0 (tuned with the four below on 28 pages of two scans)
CONFIDENCE_COST = 0.03  # nats a point of confidence more
# Nats by what changes, rarest dearest.
TONE_LOST = 0.0  # "tô" for "tổ": a second mark lost
OTHER_MARK = 0.5  # "bỗ" for "bổ", "chát" for "chất"
MARK_ADDED = 1.5  # the engine seldom sees a mark that is not there: "chỉ" for "chi"
UNKNOWN_COST = 14.0  # nats for keeping a word that is no syllable of the corpus
FIXED_LINES = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")  # Decree 30/2020/NĐ-CP, annex I
LIKE_FIXED = 0.88  # share of the bare letters that agree: two or three of thirty may be misread
_LETTERS = re.compile(r"[^\W\d_]+")


class ReadWord(NamedTuple):
    """A word as the engine read it. ``confidence`` 0 to 100."""

    text: str
    confidence: float


def repair_words(words: Sequence[ReadWord], model: Restorer | None = None) -> list[str]:
    """The words of running text (a page, in reading order), each as read or with other marks; as many as were given."""
    model = model or shipped_restorer()
    pieces = [(at, found.start(), found.group()) for at, word in enumerate(words) for found in _letters(word.text)]
    chosen = _likeliest(model, [(piece, words[at].confidence) for at, _, piece in pieces])
    out = [word.text for word in words]
    for (at, start, piece), new in zip(pieces, chosen, strict=True):
        if new != piece:
            out[at] = out[at][:start] + new + out[at][start + len(piece) :]
    return out


def _letters(text: str) -> Sequence[re.Match[str]]:
    """Runs of letters; none of a word that holds a digit ("15/2024/QH15" is a number)."""
    return [] if any(map(str.isdigit, text)) else list(_LETTERS.finditer(text))


def _likeliest(model: Restorer, pieces: Sequence[tuple[str, float]]) -> list[str]:
    """Viterbi over the candidates of each piece."""
    score = np.zeros(1)
    before = np.asarray([-1])
    steps: list[tuple[list[int], np.ndarray]] = []
    for piece, confidence in pieces:
        numbers, prices = _candidates(model, piece, confidence)
        now = np.asarray(numbers)
        table = score[:, None] + model._log_probability(before, now) - np.asarray(prices)[None, :]
        steps.append((numbers, table.argmax(axis=0)))
        score, before = table.max(axis=0), now
    at = int(score.argmax())
    chosen: list[str] = []
    for (numbers, pointers), (piece, _) in zip(reversed(steps), reversed(pieces), strict=True):
        chosen.append(_as_printed(piece, model.syllables[numbers[at]]) if numbers[at] >= 0 else piece)
        at = int(pointers[at])
    return chosen[::-1]


def _candidates(model: Restorer, piece: str, confidence: float) -> tuple[list[int], list[float]]:
    """Numbers of the syllables that the piece may stand for (-1: itself, unknown) and what each costs in nats."""
    word = fold_case_and_tone(piece)
    own = model.number.get(word, -1)
    price = CHANGE_COST + CONFIDENCE_COST * confidence
    others = [n for n in model.of_bare.get(strip_diacritics(word), ()) if n != own]
    prices = [price + _kind_cost(word, model.syllables[n]) for n in others]
    return [own, *others], [0.0 if own >= 0 else UNKNOWN_COST, *prices]


def _kind_cost(read: str, true: str) -> float:
    """What it costs that ``true`` was read as ``read``; both have the same bare letters."""
    lost = added = 0
    for seen, meant in zip(read, true, strict=True):
        a, b = set(unicodedata.normalize("NFD", seen)), set(unicodedata.normalize("NFD", meant))
        if seen != meant and not (a < b or a > b):
            return OTHER_MARK
        lost, added = lost + (a < b), added + (a > b)
    return MARK_ADDED if added else TONE_LOST if lost else OTHER_MARK


def _as_printed(piece: str, syllable: str) -> str:
    """``syllable`` with the capitals of ``piece``, tone placed as printed when only its place differs."""
    if fold_case_and_tone(piece) == syllable:
        return piece
    if len(piece) != len(syllable):
        return syllable.upper() if piece.isupper() else syllable
    return "".join(new.upper() if old.isupper() else new for old, new in zip(piece, syllable, strict=True))


def fixed_line(text: str) -> str:
    """``text``, or the motto of every letterhead when it is nearly that."""
    bare = strip_diacritics(text).lower()
    for line in FIXED_LINES:
        if (
            abs(len(bare) - len(line)) < 4
            and SequenceMatcher(None, bare, strip_diacritics(line).lower()).ratio() > LIKE_FIXED
        ):
            return line
    return text
