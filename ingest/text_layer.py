"""Whether the text layer of a page says what the page shows: glyph numbers, a useless layer over a scan, lost letters.

Judged by syllables, never by how few letters carry marks: tables of chemicals have few of either and are sound.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from rag.law.text import fold_case_and_tone, nfc, strip_diacritics

SOUP_CATEGORIES = frozenset({"Co", "Cc", "Cn"})
SOUP_SAMPLE = 40  # characters needed before judging; a list of Wingdings bullets has fewer
SOUP_SHARE = 0.3  # of the characters; pages of formulae stay below 0.1
USELESS_SAMPLE = 200  # letters needed before judging
LONGEST_SYLLABLE = 7  # letters ("nghiêng")
FOREIGN_SHARE = 0.15  # of the letters in longer words: English pages have 0.25 and more, misread ones 0.04 at most
USELESS_SHARE = 0.8  # of the letters in syllables: sound layers over scans have 0.9, useless ones 0.6
TORN_WORDS = 2  # different pairs of syllables run together; no sound page of 3,300 has two, torn ones 2 to 18
TORN_SHARE = 0.02  # of the words with a marked letter
_RUN = re.compile(r"[^\W\d_]{2,}")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


def is_soup(text: str) -> bool:
    """Whether the text is made of glyph numbers without letters: private, control and replacement characters."""
    if text.isascii() or len(text) < SOUP_SAMPLE:
        return False
    return sum(unicodedata.category(c) in SOUP_CATEGORIES or c == "\ufffd" for c in text) > SOUP_SHARE * len(text)


def is_useless(text: str) -> bool:
    """Whether the text is Vietnamese misread ("B9 lu~t nay co hi~u Ive"): over a scan, a layer of no use. Another language
    has longer words than any syllable and is left alone, as are chemical names."""
    runs = _RUN.findall(nfc(text))
    letters = sum(map(len, runs))
    foreign = sum(len(run) for run in runs if len(run) > LONGEST_SYLLABLE)
    if letters < USELESS_SAMPLE or foreign > FOREIGN_SHARE * letters:
        return False
    return sum(len(run) for run in runs if _is_syllable(run)) < USELESS_SHARE * letters


def is_torn(text: str) -> bool:
    """Whether fonts that lost the codes of some glyphs have run words together ("vềviệc", "PHỔTHÔNG"): where spaces are
    lost, letters are too ("Trưng" for "Trường")."""
    marked = [run for run in _RUN.findall(nfc(text)) if not run.isascii()]
    torn = [run for run in marked if _is_two_words(run)]
    return len(set(torn)) >= TORN_WORDS and len(torn) >= TORN_SHARE * len(marked)


@functools.lru_cache(maxsize=1 << 15)
def _is_syllable(run: str) -> bool:
    from rag.restore import shipped_restorer

    return fold_case_and_tone(run) in shipped_restorer().number


@functools.lru_cache(maxsize=1 << 15)
def _is_two_words(run: str) -> bool:
    """Whether a run that is no syllable is two: the first marked, the second a whole one ("Tự" + "do")."""
    if _is_syllable(run):
        return False
    cuts = ((run[:at], run[at:]) for at in range(2, len(run) - 1))
    return any(not a.isascii() and _begins_word(b) and _is_syllable(a) and _is_syllable(b) for a, b in cuts)


def _begins_word(run: str) -> bool:
    """A consonant, then a vowel: what is left of a cut inside one syllable begins with its vowel."""
    bare = strip_diacritics(run)
    return not _VOWEL.match(bare) and _VOWEL.search(bare) is not None
