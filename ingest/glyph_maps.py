"""Finds fonts whose text layer says another letter than the glyph that is drawn (P10): a page that shows 5.000.000 and
copies as 9.000.000. Only simple fonts with a standard encoding can be judged: their codes are letters by themselves."""

from __future__ import annotations

import re

STANDARD_ENCODINGS = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding"})
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_PAIR = re.compile(rb"<\s*([0-9A-Fa-f]{2})\s*>\s*<\s*([0-9A-Fa-f]{4})\s*>")
_TRIPLE = re.compile(rb"<\s*([0-9A-Fa-f]{2})\s*>\s*<\s*([0-9A-Fa-f]{2})\s*>\s*<\s*([0-9A-Fa-f]{4})\s*>")


def swapped_letters(to_unicode: bytes) -> int:
    """How many ASCII letters and digits the map (a ToUnicode CMap, inflated) turns into other ASCII letters or digits."""
    pairs = [(int(a, 16), int(b, 16)) for block in _CHARS.findall(to_unicode) for a, b in _PAIR.findall(block)]
    for block in _RANGES.findall(to_unicode):
        for first, last, target in _TRIPLE.findall(block):
            start = int(first, 16)
            pairs += [(code, int(target, 16) + code - start) for code in range(start, min(int(last, 16), 0x7E) + 1)]
    return sum(code != shown and _is_plain(code) and _is_plain(shown) for code, shown in pairs)


def _is_plain(code: int) -> bool:
    return code < 0x7F and chr(code).isalnum()
