"""How people really type: the same question without diacritics, with half of them, with slips, or as raw Telex keys.

Every variant is a function of (question, seed) alone, so a run can be repeated and resumed.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from rag.law.text import nfc, strip_diacritics

HALF = 0.5  # share of words that lose their diacritics
SLIP_RATE = 0.04  # slips a letter: one in some 25 keys, as fast typists make
_WORD = re.compile(r"\w+")
_TONE_KEYS = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_MARK_KEYS = {"\u0302": "same", "\u0306": "w", "\u031b": "w"}  # circumflex doubles its letter; breve and horn are w
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


class Typing(StrEnum):
    AS_WRITTEN = "as-written"
    NO_DIACRITICS = "no-diacritics"
    HALF_DIACRITICS = "half-diacritics"
    TYPOS = "typos"
    TELEX = "telex"


def retype(question: str, typing: Typing, seed: int) -> str:
    """``question`` as typed in the given way."""
    return _WAYS[typing](nfc(question), random.Random(f"{seed}|{typing}|{question}"))


def _half(question: str, rng: random.Random) -> str:
    return _WORD.sub(lambda m: strip_diacritics(m[0]) if rng.random() < HALF else m[0], question)


def _slip(question: str, rng: random.Random) -> str:
    """Neighbouring keys hit, letters swapped, dropped or doubled; digits and symbols stay as they are."""
    letters = list(question)
    place = 0
    while place < len(letters):
        if letters[place].isalpha() and rng.random() < SLIP_RATE:
            _slip_at(letters, place, rng)
            place += 1
        place += 1
    return "".join(letters)


def _slip_at(letters: list[str], place: int, rng: random.Random) -> None:
    kind = rng.choice(("neighbour", "swap", "drop", "double"))
    letter = letters[place]
    if kind == "swap" and place + 1 < len(letters) and letters[place + 1].isalpha():
        letters[place], letters[place + 1] = letters[place + 1], letter
    elif kind == "drop":
        letters[place] = ""
    elif kind == "double":
        letters[place] = letter * 2
    else:
        letters[place] = rng.choice(_NEIGHBOURS.get(letter.lower(), letter))


def _telex(question: str, _: random.Random) -> str:
    return _WORD.sub(lambda m: _telex_word(m[0]), question)


def _telex_word(word: str) -> str:
    """Keys of a word when the input method is off: "được" → "dduwowcj" (tone last, as most people type)."""
    keys, tone, base = [], "", ""
    for letter in unicodedata.normalize("NFD", word):
        if letter in _TONE_KEYS:
            tone = _TONE_KEYS[letter]
        elif letter in _MARK_KEYS:
            keys.append(base if _MARK_KEYS[letter] == "same" else "w")
        elif letter in "đĐ":
            keys += ["d" if letter == "đ" else "D", "d"]
        else:
            base = letter
            keys.append(letter)
    return "".join(keys) + tone


_WAYS: dict[Typing, Callable[[str, random.Random], str]] = {
    Typing.AS_WRITTEN: lambda question, _: question,
    Typing.NO_DIACRITICS: lambda question, _: strip_diacritics(question),
    Typing.HALF_DIACRITICS: _half,
    Typing.TYPOS: _slip,
    Typing.TELEX: _telex,
}
