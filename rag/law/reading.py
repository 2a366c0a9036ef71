"""Reads a text syllable by syllable for the grammar of references, and counts what it reads.

A token is a word of at most ``LONGEST_WORD`` letters or one other character. Reading never goes back over a token
more than a bounded number of times, so the work on a text is linear in its length; ``steps`` counts tokens read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_WORD = 48  # letters; a longer run is cut, no word or symbol of a document number is as long
_TOKEN = re.compile(rf"[^\S\n]{{0,8}}(\w{{1,{LONGEST_WORD}}}|[^\w\s])")


class Token(NamedTuple):
    """``raw`` is ``text[start:end]``; ``word`` the same in lower case; ``glued``: no blank before it."""

    start: int
    end: int
    raw: str
    word: str
    glued: bool


class Reading:
    """One text being read. ``token_at`` gives the token at or after a place, inside its paragraph."""

    __slots__ = ("_known", "steps", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps = 0
        self._known: dict[int, Token | None] = {}

    def token_at(self, place: int) -> Token | None:
        """None at the end of the paragraph (a line feed) or of the text."""
        self.steps += 1
        if place not in self._known:
            match = _TOKEN.match(self.text, place)
            self._known[place] = _token(match, place) if match else None
        return self._known[place]

    def word_at(self, place: int) -> str:
        token = self.token_at(place)
        return token.word if token else ""


def _token(match: re.Match[str], place: int) -> Token:
    raw = match[1]
    return Token(match.start(1), match.end(1), raw, raw.lower(), match.start(1) == place)
