"""How Vietnamese acts number their parts: Roman numerals, Arabic with inserted letters, point letters, ordinals."""

from __future__ import annotations

import re

# The points of a clause in the order of the alphabet used by the drafting decrees (đ after d; no f, j, w, z).
POINT_LETTERS = "abcdđeghiklmnopqrstuvxy"
ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_ROMAN = re.compile(r"(?=[IVXLCDM])M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_INSERTED = re.compile(r"(\d+)([a-zđ]?)(\d*)")

Rank = tuple[int, int, int]


def roman_value(numeral: str) -> int | None:
    """The value of a well-formed Roman numeral in capitals, else None."""
    if not _ROMAN.fullmatch(numeral):
        return None
    values = [_ROMAN_VALUES[c] for c in numeral]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def ordinal_value(words: str) -> int | None:
    """ "thứ nhất" → 1 … "thứ mười" → 10, else None."""
    name = words.lower().removeprefix("thứ").strip()
    return ORDINALS.index(name) + 1 if name in ORDINALS else None


def arabic_rank(label: str) -> Rank | None:
    """Sorting value of "12", "12a", "12a1" (an inserted number follows the one it was inserted after), else None."""
    match = _INSERTED.fullmatch(label.lower())
    if not match:
        return None
    letter = POINT_LETTERS.find(match[2]) + 1 if match[2] else 0
    return int(match[1]), letter, int(match[3] or 0)


def point_rank(label: str) -> Rank | None:
    """Sorting value of a point label "a", "đ", "a1", else None."""
    letter, inserted = label[:1].lower(), label[1:]
    if not letter or letter not in POINT_LETTERS or not (inserted == "" or inserted.isdecimal()):
        return None
    return POINT_LETTERS.index(letter) + 1, int(inserted or 0), 0


def part_value(label: str) -> int | None:
    """Value of a Phần or Chương label however it is written: "IV", "4", "thứ tư"."""
    return int(label) if label.isdecimal() else roman_value(label.upper()) or ordinal_value(label)


def follows(rank: Rank, last: Rank | None) -> bool:
    """Whether ``rank`` is the next number after ``last``: the first, the next whole one, or one inserted between."""
    if last is None:
        return rank[0] == 1
    return (rank[0] == last[0] + 1 and rank[1:] == (0, 0)) or (rank[0] == last[0] and rank > last)
