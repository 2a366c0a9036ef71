"""What a text asserts, token by token: words, and the tokens on which its truth turns in one comparable spelling.

"trong thời hạn mười lăm ngày làm việc" and "15 ngày làm việc" hold the same quantity; "ngày 01 tháng 7 năm 2025" and
"01/7/2025" the same date; "không quá" and "tối đa" the same bound; "được phép" and "có quyền" the same leave.
Both a sentence and its evidence are read this way and then compared (``rag.verify``).
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib import resources

from rag.law.identifier import number_key
from rag.law.text import fold_case_and_tone
from rag.numerals import NUMBER_WORDS, PRINTED, SCALES, STARTERS, plain, printed_value, scaled, words_value

_CACHED_TEXTS = 512  # evidence is read once for all sentences that are held against it
_LONGEST_PHRASE = 7  # syllables


class Kind(StrEnum):
    WORD = "word"  # carries content
    FUNCTION = "function"  # grammar: says nothing by itself
    QUANTITY = "quantity"  # value and unit: "15_ngày"
    DATE = "date"
    LABEL = "label"  # "khoản_2"
    ACT = "act"  # số hiệu
    MODAL = "modal"  # may, must, must not
    NEGATION = "negation"
    BOUND = "bound"  # from, to, under, at most: the role of the quantity beside it
    ACTOR = "actor"
    BREAK = "break"  # between a lead-in and what it leads into


@dataclass(frozen=True, slots=True)
class Token:
    """``text[start:end]`` in its comparable spelling ``value``; ``capital``: printed with a capital inside a sentence."""

    value: str
    kind: Kind
    start: int
    end: int
    capital: bool = False


_DAY = r"\d{1,2}"
_YEAR = r"(?:19|20)\d\d"
_LEXER = re.compile(
    rf"(?P<act>\d{{1,5}}(?:\.\d{{1,5}})?[a-zA-Z]?/(?:{_YEAR}/)?[A-ZĐƯ][\wĐđ]*(?:-[A-ZĐƯ0-9]\w*)*)"
    rf"|(?P<date>(?:ngày\s+)?(?P<d1>{_DAY})\s?[/-]\s?(?P<m1>{_DAY})\s?[/-]\s?(?P<y1>{_YEAR})\b)"
    rf"|(?P<longdate>ngày\s+(?P<d2>{_DAY})\s+tháng\s+(?P<m2>{_DAY})\s+năm\s+(?P<y2>\d{{4}}))"
    rf"|(?P<month>tháng\s+(?P<m3>{_DAY})(?:\s+năm\s+|\s?/\s?)(?P<y3>{_YEAR})\b)"
    rf"|(?P<monthday>ngày\s+(?P<d4>{_DAY})(?:\s+tháng\s+|\s?/\s?)(?P<m4>{_DAY})\b(?!\s?/))"
    rf"|(?P<year>năm\s+(?P<y5>{_YEAR})\b)"
    r"|(?P<label>(?:điểm|khoản|điều|chương|mục|phần|phụ\s+lục|mẫu\s+số|bảng|bậc|nhóm|hạng|cấp|loại|vùng)\s+"
    r"(?P<number>\d{1,4}[a-zđ]?\d?(?![\w.,/])|\d{1,4}(?=[.,](?:\s|$))|[IVXL]{1,5}(?!\w)|[a-zđ](?![\w)])))"
    rf"|(?P<amount>{PRINTED.pattern})"
    r"|(?P<word>[^\W\d_]\w*|%|‰)",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(r"\s*\([^()\d]{2,60}\)")  # "05 (năm) ngày": the words in brackets repeat the number
# Units of law texts, longest first; after a number any other lower-case word is its unit as well ("03 bộ").
_UNITS = (
    "ngày làm việc", "tháng lương cơ sở", "lần mức lương cơ sở", "mức lương cơ sở", "tháng lương tối thiểu",
    "đồng việt nam", "phần trăm", "mét vuông", "mét khối", "ki lô mét", "ki lô gam", "năm tài chính", "năm học",
    "ngày", "tháng", "năm", "tuần", "quý", "giờ", "phút", "giây", "đồng", "tuổi", "lần", "người", "mét", "tấn", "lít",
    "kg", "km", "m2", "m3", "m²", "m³", "ha", "cm", "mm", "m", "g", "mg", "ml", "đ", "%", "‰", "usd", "độ",
)  # fmt: skip
_UNIT_WORDS = {unit: unit.replace(" ", "_") for unit in _UNITS} | {
    "phần trăm": "%", "đ": "đồng", "đồng việt nam": "đồng", "m²": "m2", "mét vuông": "m2", "m³": "m3",
    "mét khối": "m3", "ki lô mét": "km", "ki lô gam": "kg", "mét": "m",
}  # fmt: skip
_WORDED_UNITS = frozenset(_UNITS)  # number words count only before one of these


@dataclass(frozen=True, slots=True)
class _Phrase:
    value: str
    kind: Kind


@functools.cache
def _phrases() -> dict[tuple[str, ...], _Phrase]:
    """Phrases by their syllables, from ``assertions.toml``."""
    tables = tomllib.loads(resources.files("rag").joinpath("assertions.toml").read_text("utf-8"))
    found: dict[tuple[str, ...], _Phrase] = {}
    for kind in (Kind.FUNCTION, Kind.ACTOR, Kind.BOUND, Kind.NEGATION, Kind.MODAL):
        for value, spellings in tables[kind].items():
            for spelling in spellings:
                found[tuple(fold_case_and_tone(spelling).split())] = _Phrase(value, kind)
    return found


@functools.cache
def _starts() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in _phrases())


@functools.lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold_case_and_tone(word)


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def read_tokens(text: str) -> tuple[Token, ...]:
    """The tokens of ``text`` (NFC) in order."""
    lexed = list(_LEXER.finditer(text))
    return tuple(_merged(text, lexed))


def _merged(text: str, lexed: list[re.Match[str]]) -> Iterator[Token]:
    at = 0
    while at < len(lexed):
        match = lexed[at]
        kind = match.lastgroup
        if kind == "word":
            token, at = _worded(text, lexed, at)
        elif match["amount"]:
            token, at = _quantity(text, lexed, at)
        else:
            token, at = _fixed(match), at + 1
        yield token


def _fixed(match: re.Match[str]) -> Token:
    group = match.group
    if group("act"):
        return Token(number_key(group("act")), Kind.ACT, *match.span())
    if group("label"):
        word = " ".join(group("label")[: match.start("number") - match.start()].split())
        number = group("number").lstrip("0") or "0"
        return Token(f"{_folded(word)} {_folded(number)}".replace(" ", "_"), Kind.LABEL, *match.span())
    day = group("d1") or group("d2") or group("d4")
    month = group("m1") or group("m2") or group("m3") or group("m4")
    year = group("y1") or group("y2") or group("y3") or group("y5")
    value = "-".join(part.zfill(2) if part else "*" for part in (year, month, day))
    return Token(value, Kind.DATE, *match.span())


def _quantity(text: str, lexed: list[re.Match[str]], at: int) -> tuple[Token, int]:
    match = lexed[at]
    value = printed_value(match.group()) or Decimal(0)
    end, at = match.end(), at + 1
    if at < len(lexed) and _is_next(text, end, lexed[at]) and _folded(lexed[at].group()) in SCALES:
        value, end, at = scaled(value, _folded(lexed[at].group())), lexed[at].end(), at + 1
    bracket = _IN_WORDS.match(text, end)
    if bracket:
        while at < len(lexed) and lexed[at].start() < bracket.end():
            at += 1
        end = bracket.end()
    unit, end, at = _unit(text, lexed, at, end)
    return Token(f"{plain(value)}_{unit}" if unit else plain(value), Kind.QUANTITY, match.start(), end), at


def _is_next(text: str, end: int, match: re.Match[str]) -> bool:
    return not text[end : match.start()].strip()


def _unit(text: str, lexed: list[re.Match[str]], at: int, end: int) -> tuple[str, int, int]:
    """(unit, where it ends, next token); "" when what follows is no unit."""
    words = _words_ahead(text, lexed, at, end)
    for size in range(min(4, len(words)), 0, -1):
        unit = _UNIT_WORDS.get(" ".join(words[:size]))
        if unit:
            return unit, lexed[at + size - 1].end(), at + size
    if words and words[0].islower() and lexed[at].group()[0].islower() and (words[0],) not in _phrases():
        return words[0], lexed[at].end(), at + 1
    return "", end, at


def _words_ahead(text: str, lexed: list[re.Match[str]], at: int, end: int) -> list[str]:
    words: list[str] = []
    while at < len(lexed) and len(words) < 4 and lexed[at].lastgroup == "word" and _is_next(text, end, lexed[at]):
        words.append(_folded(lexed[at].group()))
        end, at = lexed[at].end(), at + 1
    return words


def _worded(text: str, lexed: list[re.Match[str]], at: int) -> tuple[Token, int]:
    word = _folded(lexed[at].group())
    if word in STARTERS:
        found = _number_in_words(text, lexed, at)
        if found:
            return found
    if word in _starts():
        found = _phrase(text, lexed, at)
        if found:
            return found
    match = lexed[at]
    capital = match.group()[0].isupper() and not _begins_sentence(text, match.start())
    return Token(word, Kind.WORD, *match.span(), capital), at + 1


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t(“\"'-–+")
    return not before or before[-1] in ".;:\n)" or text[:start].rstrip(" \t").endswith("\n")


def _number_in_words(text: str, lexed: list[re.Match[str]], at: int) -> tuple[Token, int] | None:
    """ "mười lăm ngày"; the words count as a number only with a unit. A last "năm" may be the unit: "hai năm"."""
    end = at
    while end < len(lexed) and _folded(lexed[end].group()) in NUMBER_WORDS:
        if end > at and not _is_next(text, lexed[end - 1].end(), lexed[end]):
            break
        end += 1
    words = [_folded(lexed[i].group()) for i in range(at, end)]
    for size in (len(words), len(words) - 1):
        value = words_value(words[:size]) if size > 0 else None
        if value is None:
            continue
        stop = lexed[at + size - 1].end()
        unit, unit_end, following = _unit(text, lexed, at + size, stop)
        if unit and _names_unit(unit):
            return Token(f"{plain(value)}_{unit}", Kind.QUANTITY, lexed[at].start(), unit_end), following
    return None


def _names_unit(unit: str) -> bool:
    return unit.replace("_", " ") in _WORDED_UNITS


def _phrase(text: str, lexed: list[re.Match[str]], at: int) -> tuple[Token, int] | None:
    words: list[str] = []
    best: tuple[_Phrase, int] | None = None
    phrases = _phrases()
    for i in range(at, min(len(lexed), at + _LONGEST_PHRASE)):
        if lexed[i].lastgroup != "word" or (words and not _is_next(text, lexed[i - 1].end(), lexed[i])):
            break
        words.append(_folded(lexed[i].group()))
        known = phrases.get(tuple(words))
        if known:
            best = known, i + 1
    if best is None:
        return None
    return Token(best[0].value, best[0].kind, lexed[at].start(), lexed[best[1] - 1].end()), best[1]
