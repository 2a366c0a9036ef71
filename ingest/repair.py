"""Repairs the text of a line: clean Unicode (P9) and the soft faults of Vietnamese PDFs.

Most text needs nothing, so one scan decides and the work is done only on lines that need it. Legacy encodings (TCVN3,
VNI) have been converted before (``ingest.legacy``).
"""

from __future__ import annotations

import re
import unicodedata

# Cc but tab and line feed, Cf (bidi, zero width, tags, soft hyphen), Cs, Zl, Zp, noncharacters, U+FFFD.
_UNCLEAN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# Symbol and Wingdings glyphs that Word leaves in the private-use area: as the character they show.
_PRIVATE = {
    0xF02D: "-", 0xF0B7: "•", 0xF0A7: "▪", 0xF0A8: "□", 0xF06F: "□", 0xF0FE: "☒", 0xF0FC: "✓", 0xF0D8: "➢",
    0xF0B0: "°", 0xF0B1: "±", 0xF0A3: "≤", 0xF0B3: "≥", 0xF0B4: "×", 0xF0B8: "÷", 0xF0B9: "≠", 0xF0BB: "≈",
    0xF061: "α", 0xF062: "β", 0xF067: "γ", 0xF064: "δ", 0xF06C: "λ", 0xF06D: "μ", 0xF070: "π", 0xF073: "σ",
    0xF044: "Δ", 0xF053: "Σ", 0xF057: "Ω", 0xF0E5: "∑", 0xF0D6: "√", 0xF0AE: "→", 0xF0E0: "→", 0xF02B: "+",
    0xF03D: "=", 0xF0B2: "″", 0xF0A2: "′", 0xF028: "(", 0xF029: ")", 0xF02A: "*", 0xF02E: ".", 0xF02F: "/",
}  # fmt: skip
_PRIVATE_ANY = re.compile("[\ue000-\uf8ff]")
_SPACES = re.compile("[\t\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_ETH = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ", "\u0110": "Đ"})
_SOFT_FAULT = re.compile("[\u00d0\u00f0\ue000-\uf8ff\ufb00-\ufb06]")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_NEEDS_WORK = re.compile(f"{_UNCLEAN.pattern}|{_SPACES.pattern}|{_SOFT_FAULT.pattern}")
LOST_LETTERS_SAMPLE = 100  # marked letters needed before judging
LOST_LETTERS_SHARE = 0.02  # of them; in whole Vietnamese the other kind is twice as many
_LATIN1_MARKED = re.compile("[àáâãèéêìíòóôõùúý]")
_BEYOND_LATIN1 = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


def _shown_character(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code in _PRIVATE:
        return _PRIVATE[code]
    plain = code - 0xF000  # Symbol fonts put ASCII at U+F000 + code
    return chr(plain) if 0x30 <= plain < 0x7F else "□"


def repair_text(text: str) -> str:
    """``text`` in NFC: no control, bidi, zero-width, tag, surrogate or private-use character, U+00D0 as Đ, every kind
    of space as a plain space. Lengths change; call it before offsets are taken."""
    if text.isascii() and text.isprintable():
        return text
    if _NEEDS_WORK.search(text):
        text = _UNCLEAN.sub("", _SPACES.sub(" ", text))
        if _SOFT_FAULT.search(text):
            text = _PRIVATE_ANY.sub(_shown_character, text).translate(_ETH)
            for ligature, letters in _LIGATURES.items():
                text = text.replace(ligature, letters)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def lost_letters(text: str) -> bool:
    """Whether ``text`` is Vietnamese that lost every letter outside Latin-1 ("Quy ch ào to trình  i hc"): it has
    plenty of à, â, ê, ô and none of ă, đ, ơ, ư and the letters with two marks."""
    kept = len(_LATIN1_MARKED.findall(text))
    return (
        kept >= LOST_LETTERS_SAMPLE
        and len(_BEYOND_LATIN1.findall(text)) < LOST_LETTERS_SHARE * kept
        and "ngày" in text
    )
