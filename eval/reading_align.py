"""Compares a text that was read with the one that is right: words in order, marks on letters, numbers. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.law.text import fold_case_and_tone, nfc, strip_diacritics

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``all``."""

    right: int
    all: int

    @property
    def value(self) -> float:
        return self.right / self.all if self.all else 1.0

    def __add__(self, other: Share) -> Share:
        return Share(self.right + other.right, self.all + other.all)


def words_in_order(read: str, right: str) -> Share:
    """Words of ``right`` that stand in ``read`` in the same order (longest common blocks), case and tone place folded."""
    wanted = words(right)
    return Share(sum(block.size for block in _blocks(words(read), wanted)), len(wanted))


def words(text: str) -> list[str]:
    return [fold_case_and_tone(word) for word in _WORD.findall(nfc(text))]


def _blocks(read: Sequence[str], wanted: Sequence[str]) -> list[object]:
    return [b for b in SequenceMatcher(None, read, wanted, autojunk=False).get_matching_blocks() if b.size]


def marked_letters(read: str, right: str) -> Share:
    """Letters of ``right`` that carry a mark (đ counts), and how many of them ``read`` has the same. Letters are paired by
    their bare forms, spaces do not count: transcripts split words that the page does not."""
    found = [fold_case_and_tone(word) for word in _LETTERS.findall(nfc(read))]
    wanted = [fold_case_and_tone(word) for word in _LETTERS.findall(nfc(right))]
    total = sum(_marked(letter) for word in wanted for letter in word)
    same = sum(a == b and _marked(b) for a, b in _paired(found, wanted))
    return Share(same, total)


def _marked(letter: str) -> bool:
    return letter == "đ" or len(unicodedata.normalize("NFD", letter)) > 1


def _paired(found: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Letters of both sides that stand for each other."""
    bare = ([strip_diacritics(w) for w in found], [strip_diacritics(w) for w in wanted])
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *bare, autojunk=False).get_opcodes():
        a, b = "".join(found[i1:i2]), "".join(wanted[j1:j2])
        if tag == "equal":
            yield from zip(a, b, strict=True)
        elif tag == "replace":
            inner = SequenceMatcher(None, strip_diacritics(a), strip_diacritics(b), autojunk=False)
            for block in inner.get_matching_blocks():
                yield from zip(a[block.a : block.a + block.size], b[block.b : block.b + block.size], strict=True)


def numbers_right(read: Sequence[tuple[str, bool]], right: str) -> tuple[Share, Share]:
    """Of the words with a digit that were read (with whether each is marked doubtful) between words of ``right``: how many
    are right among those not marked, and among all. Numbers of a stretch that ``right`` lacks are left out."""
    folded = [fold_case_and_tone(word) for word, _ in read]
    wanted = words(right)
    sure, every = Share(0, 0), Share(0, 0)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, folded, wanted, autojunk=False).get_opcodes():
        if tag in ("delete", "insert"):
            continue
        for at in range(i1, i2):
            if not any(map(str.isdigit, folded[at])):
                continue
            good = Share(int(tag == "equal" or folded[at] in wanted[j1:j2]), 1)
            every += good
            sure = sure if read[at][1] else sure + good
    return sure, every
