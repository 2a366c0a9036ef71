"""Vietnamese text: one spelling for comparing and searching, with the printed spelling left to the caller."""

from __future__ import annotations

import re
import unicodedata

# Tone marks in NFD: grave, acute, tilde, hook above, dot below.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Old and new tone placement differ only on open oa, oe, uy: "hoà" = "hòa", "thuỷ" = "thủy".
# A mark after the tone is the vowel's own ("hoặc": the dot below stands before the breve), so the pair is not open.
_OPEN_PAIR = re.compile(
    rf"(?<![qQ])([oO])([aAeE])([{_TONES}])(?![\w\u0300-\u036f])"
    rf"|(?<![qQ])([uU])([yY])([{_TONES}])(?![\w\u0300-\u036f])"
)
_SYLLABLE = re.compile(r"\w+")
_KEPT_CONTROLS = "\n\t"
# Cc controls, Cf formats (bidi, zero width, tags), Cs lone surrogates, Cn noncharacters never reach the index (P9).
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
_SUSPECT = re.compile(
    "[^\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0300-\u036f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e]"
)


def nfc(text: str) -> str:
    """``text`` in Unicode NFC, the form of every text of the record."""
    return unicodedata.normalize("NFC", text)


def clean_controls(text: str) -> str:
    """``text`` in NFC without control, bidi, zero-width, tag or surrogate characters; tab and line feed stay (P9)."""
    if _SUSPECT.search(text):
        text = "".join(c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return nfc(text)


def _place_tone_on_first_vowel(match: re.Match[str]) -> str:
    first, second, tone = match.group(1, 2, 3) if match.group(1) else match.group(4, 5, 6)
    return f"{first}{tone}{second}"


def fold_case_and_tone(text: str) -> str:
    """The searched form: NFC, lower case, one tone placement (hoà → hòa), Icelandic Ð read as Đ."""
    text = nfc(text).replace("\u00d0", "Đ").replace("\u00f0", "đ").lower()
    if text.isascii():
        return text
    return nfc(_OPEN_PAIR.sub(_place_tone_on_first_vowel, unicodedata.normalize("NFD", text)))


def strip_diacritics(text: str) -> str:
    """``text`` without tones and vowel marks, đ as d: for questions so typed, never for identifiers."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D").replace("\u00f0", "d").replace("\u00d0", "D")


def syllables(text: str) -> list[str]:
    """The syllables (runs of letters and digits) of ``text`` in their searched form, in order."""
    return _SYLLABLE.findall(fold_case_and_tone(text))
