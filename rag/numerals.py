"""Vietnamese number words and printed amounts as values: "mười lăm" → 15, "2.000.000" → 2000000, "2,5" → 2.5.

A full stop parts thousands and a comma decimals (Decree 30/2020/NĐ-CP, annex II; TCVN 5698). Words follow the spoken
forms in law texts: "mười lăm", "hai mươi mốt", "một trăm lẻ năm", "ba nghìn".
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES = {"trăm": 100, "nghìn": 1000, "ngàn": 1000, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_FILLERS = frozenset({"lẻ", "linh"})
SCALES = frozenset({"nghìn", "ngàn", "triệu", "tỷ", "tỉ"})  # that follow a printed number: "2 triệu"
NUMBER_WORDS = frozenset(_UNITS) | frozenset(_SCALES) | _FILLERS | {"mười", "mươi"}
STARTERS = frozenset(_UNITS) - {"không", "mốt", "lăm", "nhăm", "tư"} | {"mười"}  # words a number may begin with
PRINTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?")


def words_value(words: list[str]) -> int | None:
    """The value of number words in lower case, None when they are no number."""
    total = group = 0
    last: int | None = None
    for word in words:
        if word in _UNITS:
            if last is not None and last < 10:
                return None  # two digits side by side: "hai ba"
            last = _UNITS[word]
            group += last
        elif word in ("mười", "mươi"):
            tens = last if word == "mươi" and last is not None else 1
            group += 10 * tens - (last or 0)
            last = 10
        elif word == "trăm":
            group = (group or 1) * 100
            last = 100
        elif word in _SCALES:
            total += (group or 1) * _SCALES[word]
            group, last = 0, None
        elif word not in _FILLERS:
            return None
    return total + group if words else None


def printed_value(text: str) -> Decimal | None:
    """The value of a printed number, None when it is none."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "")
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def scaled(value: Decimal, scale: str) -> Decimal:
    """ "2,5" with "triệu" → 2500000."""
    return value * _SCALES[scale]


def plain(value: Decimal | int) -> str:
    """One spelling for equal values: no exponent, no trailing zeros."""
    return format(Decimal(value).normalize(), "f")
