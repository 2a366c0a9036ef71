"""How a text names an act: by number, by name with year or date, as itself ("Luật này"), as said above ("nêu trên").

Sources: Decree 78/2025/NĐ-CP on citing legal documents (type, number, date, issuer, name; later only type and number);
Decree 34/2016/NĐ-CP; Decree 30/2020/NĐ-CP, appendix VI, for the abbreviations of types.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rag.law.reading import Reading, Token
from rag.law.text import fold_case_and_tone

LONGEST_NAME = 30  # syllables of a law's name that ends in a number or date; the longest in force has 24
LONGEST_AMENDING_NAME = 70  # syllables of "Luật sửa đổi, bổ sung một số điều của …", up to its date
LONGEST_GUESSED_NAME = 14  # syllables of a name that nothing but capitals and stop words delimit
LONGEST_SYMBOL = 12  # parts of "TTLT-VKSNDTC-TANDTC-BCA-BQP-BLĐTBXH"


class Which(StrEnum):
    """Which act a mention points to."""

    OWN = "own"  # "Luật này", or no act is named at all
    ABOVE = "above"  # "Nghị định nêu trên"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class NamedAct:
    """An act as it is named. ``number`` is as printed without blanks ("06/2018" when shortened); ``name`` holds the type
    ("Luật Đất đai"); ``date`` is ISO 8601; ``year`` 0 when none is said."""

    which: Which = Which.OWN
    type: str = ""
    number: str = ""
    name: str = ""
    year: int = 0
    date: str = ""


# Types in the order of trying: a longer one before the one it begins with.
STATUTES = ("Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh")  # known by name; the others by number
CARRIERS = (
    *STATUTES, "Nghị quyết liên tịch", "Nghị quyết", "Nghị định", "Thông tư liên tịch", "Thông tư", "Quyết định",
    "Sắc lệnh", "Lệnh", "Chỉ thị",
)  # fmt: skip
ATTACHED = (
    "Quy chế",
    "Quy định",
    "Quy trình",
    "Điều lệ",
    "Nội quy",
    "Chương trình",
    "Kế hoạch",
    "Đề án",
    "Quy chuẩn",
)
OTHERS = ("Công văn", "Thông báo", "Kết luận", "Hướng dẫn", "Công điện", "Văn bản hợp nhất", "Báo cáo", "Tờ trình")
_TYPES = {
    tuple(name.lower().split()): name for name in sorted((*CARRIERS, *ATTACHED, *OTHERS), key=len, reverse=True)
}
_LONGEST_TYPE = max(map(len, _TYPES))
_GENERIC = frozenset(ATTACHED + OTHERS + ("Quyết định", "Lệnh"))  # common words when not capitalised
_SYMBOLS = re.compile(
    r"(?:NĐ|QĐ|TT|TTLT|NQ|NQLT|NQHĐ|CT|PL|L|SL|VBHN|QH\d{1,2}|UBTVQH\d{0,2}|HĐTP|KL|CV|KH|TB|HD|CĐ|BC|TTr|QC|QyĐ|LCTN)"
)
_STOP = frozenset(
    "của về ngày quy được có này năm số theo tại để thì là phải đã và hoặc trừ khi nếu do bởi trong với cho từ đến sửa "
    "hiện mà không".split()
)
_ABORT = frozenset("này được thì là phải đã khi nếu trừ bởi mà có kể từ do".split())
_GOES_ON = frozenset("chống lấy ghép vệ sử giáo".split())  # after a comma inside a name: "Phòng, chống ma túy"
_NUMBER = re.compile(r"\d{1,5}[a-zA-Z]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SYMBOL_PART = re.compile(r"[A-ZĐƯ0-9]\w{0,47}")
_DATE = re.compile(
    r"(?:ngày[^\S\n]{1,3})?(\d{1,2})(?:[^\S\n]{1,3}tháng[^\S\n]{1,3}|/|-)(\d{1,2})"
    r"(?:[^\S\n]{1,3}năm[^\S\n]{1,3}|/|-)((?:19|20)\d\d)(?!\d)"
)


def read_type(reading: Reading, place: int) -> tuple[str, Token, int] | None:
    """The type named at ``place``: its name, first token and end."""
    tokens: list[Token] = []
    at = place
    while len(tokens) < _LONGEST_TYPE and (token := reading.token_at(at)):
        tokens.append(token)
        at = token.end
    for length in range(len(tokens), 0, -1):
        name = _TYPES.get(tuple(token.word for token in tokens[:length]))
        if name:
            return name, tokens[0], tokens[length - 1].end
    return None


def read_act(reading: Reading, place: int, names: Mapping[str, bool]) -> tuple[NamedAct, int] | None:
    """The act named at ``place`` and where its mention ends. ``names``: the beginnings of the names known (`prefixes`)."""
    typed = read_type(reading, place)
    if typed is None:
        return _bare_number(reading, place)
    name, first, end = typed
    capital = first.raw[0].isupper()
    following = reading.token_at(end)
    if following is None:
        return (NamedAct(Which.NAMED, name, "", name), end) if name == "Hiến pháp" and capital else None
    if following.word == "này":
        return None if name in _GENERIC and not capital else (NamedAct(Which.OWN, name), following.end)
    if above := _above(reading, following):
        return NamedAct(Which.ABOVE, name), above
    if numbered := _numbered(reading, following, name):
        return numbered
    return _named(reading, name, first, end, names) if name in STATUTES and capital else None


def _above(reading: Reading, token: Token) -> int | None:
    """The end of "nêu trên", "nói trên"."""
    if token.word in ("nêu", "nói"):
        following = reading.token_at(token.end)
        if following and following.word == "trên":
            return following.end
    return None


def _numbered(reading: Reading, token: Token, type_: str) -> tuple[NamedAct, int] | None:
    """ "số 100/2019/NĐ-CP", "100/2019/NĐ-CP", "số 06/2018", with the date that follows."""
    if token.word == "số":
        following = reading.token_at(token.end)
        if following is None:
            return None
        token = following
    number = read_number(reading, token)
    if number is None:
        return None
    printed, end = number
    date, _ = _read_date(reading, end)
    return NamedAct(Which.NAMED, type_, printed, "", 0, date), end


def read_number(reading: Reading, token: Token) -> tuple[str, int] | None:
    """A số/ký hiệu that begins with ``token``, blanks inside it removed, and its end."""
    if not _NUMBER.fullmatch(token.raw):
        return None
    printed, end = token.raw, token.end
    following = reading.token_at(end)
    if following and following.raw == "." and following.glued:
        decimal = reading.token_at(following.end)
        if decimal and decimal.glued and decimal.raw.isdecimal():
            printed, end = f"{printed}.{decimal.raw}", decimal.end
            following = reading.token_at(end)
    if following and following.raw == "-" and following.glued:
        return _party_number(reading, printed, following)
    if not (following and following.raw == "/"):
        return None
    return _after_slash(reading, printed, following)


def _after_slash(reading: Reading, printed: str, slash: Token) -> tuple[str, int] | None:
    """ "/2019/NĐ-CP", "/2018" or "/QĐ-ĐHBK"."""
    token = reading.token_at(slash.end)
    if token is None:
        return None
    if _YEAR.fullmatch(token.raw):
        following = reading.token_at(token.end)
        if following and following.raw == "/" and (symbol := _symbol(reading, following.end)):
            return f"{printed}/{token.raw}/{symbol[0]}", symbol[1]
        return f"{printed}/{token.raw}", token.end
    symbol = _symbol(reading, slash.end)
    return (f"{printed}/{symbol[0]}", symbol[1]) if symbol else None


def _symbol(reading: Reading, place: int) -> tuple[str, int] | None:
    """ "NĐ-CP", "TT- BLĐTBXH", "PCCC&CNCH-P6": parts joined by dashes; one blank may stand after a dash or slash."""
    token = reading.token_at(place)
    if token is None or not _SYMBOL_PART.fullmatch(token.raw) or token.raw.isdecimal() or not token.raw[0].isalpha():
        return None
    parts, end = token.raw, token.end
    for _ in range(LONGEST_SYMBOL):
        dash = reading.token_at(end)
        if dash is None or dash.raw not in "-–&." or not dash.glued:
            break
        part = reading.token_at(dash.end)
        if part is None or not _SYMBOL_PART.fullmatch(part.raw) or not (part.glued or part.raw.isupper()):
            break
        parts, end = f"{parts}{'-' if dash.raw == '–' else dash.raw}{part.raw}", part.end
    return (parts, end) if any(c.isupper() for c in parts) else None


def _party_number(reading: Reading, printed: str, dash: Token) -> tuple[str, int] | None:
    """ "210-KL/TW", as the Party numbers its documents."""
    kind = reading.token_at(dash.end)
    if kind is None or not kind.glued or not kind.raw.isupper():
        return None
    slash = reading.token_at(kind.end)
    body = reading.token_at(slash.end) if slash and slash.raw == "/" else None
    return (f"{printed}-{kind.raw}/{body.raw}", body.end) if body and body.raw.isupper() else None


def _bare_number(reading: Reading, place: int) -> tuple[NamedAct, int] | None:
    """A whole number without its type ("51/2016/NĐ-CP"), when its symbol is one of a type."""
    token = reading.token_at(place)
    number = read_number(reading, token) if token else None
    if number is None:
        return None
    symbol = re.split(r"[/-]", number[0])
    known = any(_SYMBOLS.fullmatch(part) for part in symbol[1:3])
    return (
        (NamedAct(Which.NAMED, "", number[0]), number[1])
        if known and number[0].count("/") + ("-" in number[0]) > 1
        else None
    )


# --- names --------------------------------------------------------------------------------------------------------


def prefixes(names: Iterable[str]) -> dict[str, bool]:
    """Each beginning of a folded name, and whether it is a whole name: a trie, written as a dictionary."""
    found: dict[str, bool] = {}
    for name in names:
        words = name.split()
        for end in range(1, len(words) + 1):
            key = " ".join(words[:end])
            found[key] = found.get(key, False) or end == len(words)
    return found


def fold_name(name: str) -> str:
    """Comparable form of a name: one case, one tone placement, no punctuation."""
    return " ".join(re.findall(r"\w+", fold_case_and_tone(name)))


@functools.lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return fold_case_and_tone(word)


def _named(
    reading: Reading, type_: str, first: Token, end: int, names: Mapping[str, bool]
) -> tuple[NamedAct, int] | None:
    """A statute by its name."""
    if reading.word_at(end) == "sửa":
        return _amending(reading, type_, first, end)
    stop = _known_name(reading, first.start, names) or _delimited(reading, end) or _guessed(reading, end)
    if stop is None:
        if type_ != "Hiến pháp":
            return None
        stop = end
    name = " ".join(reading.text[first.start : stop].split())
    return _with_year(reading, type_, name, stop)


def _with_year(reading: Reading, type_: str, name: str, end: int) -> tuple[NamedAct, int]:
    """The number, year or date that follows a name belongs to it."""
    token = reading.token_at(end)
    if token and token.word == "số":
        digits = reading.token_at(token.end)
        number = read_number(reading, digits) if digits else None
        if number:
            return NamedAct(Which.NAMED, type_, number[0], name), number[1]
    if token and token.word == "năm":
        year = reading.token_at(token.end)
        if year and _YEAR.fullmatch(year.raw):
            return NamedAct(Which.NAMED, type_, "", name, int(year.raw)), year.end
    if token and _YEAR.fullmatch(token.raw):
        return NamedAct(Which.NAMED, type_, "", name, int(token.raw)), token.end
    date, stop = _read_date(reading, end)
    return NamedAct(Which.NAMED, type_, "", name, int(date[:4]) if date else 0, date), stop


def _read_date(reading: Reading, place: int) -> tuple[str, int]:
    """The date after ``place`` as ISO 8601 and its end; "" and ``place`` when none is there."""
    token = reading.token_at(place)
    if token is None or not (token.word == "ngày" or token.raw.isdecimal()):
        return "", place
    match = _DATE.match(reading.text, token.start)
    if not match or not (1 <= int(match[2]) <= 12 and 1 <= int(match[1]) <= 31):
        return "", place
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}", match.end()


def _known_name(reading: Reading, start: int, names: Mapping[str, bool]) -> int | None:
    """The end of the longest known name that begins at ``start``."""
    key, at, found = "", start, None
    for _ in range(LONGEST_NAME):
        token = reading.token_at(at)
        if token is None:
            break
        at = token.end
        if not token.word[0].isalnum():
            if token.raw in ",-–":
                continue
            break
        key = f"{key} {_folded(token.word)}" if key else _folded(token.word)
        whole = names.get(key)
        if whole is None:
            break
        found = token.end if whole else found
    return found


def _delimited(reading: Reading, place: int) -> int | None:
    """The end of a name that a number, a year or a date follows, with nothing between that a name cannot hold."""
    at = place
    for count in range(LONGEST_NAME):
        token = reading.token_at(at)
        if token is None or token.word in _ABORT or not (token.word[0].isalpha() or token.raw in ",-–"):
            return None
        if count and _opens_identity(reading, token):
            return at
        if token.word == "quy" and reading.word_at(token.end) == "định":
            return None
        if count and token.raw[0].isupper() and read_type(reading, token.start):
            return None
        at = token.end
    return None


def _opens_identity(reading: Reading, token: Token) -> bool:
    """ "số 12/…", "ngày 12", "năm 2014" begin here."""
    if token.word not in ("số", "ngày", "năm"):
        return False
    following = reading.token_at(token.end)
    return following is not None and following.raw[0].isdecimal()


def _guessed(reading: Reading, place: int) -> int | None:
    """The end of a name that begins with a capital and goes on to a stop word or a mark of punctuation."""
    token = reading.token_at(place)
    if token is None or not token.raw[0].isupper() or (token.raw.isupper() and len(token.raw) > 1):
        return None
    end = token.end
    for _ in range(LONGEST_GUESSED_NAME):
        token = reading.token_at(end)
        if token and token.raw == "," and reading.word_at(token.end) in _GOES_ON:
            token = reading.token_at(token.end)
        if token is None or not token.word[0].isalpha() or token.word in _STOP:
            break
        end = token.end
    return end


def _amending(reading: Reading, type_: str, first: Token, end: int) -> tuple[NamedAct, int] | None:
    """ "Luật sửa đổi, bổ sung một số điều của Luật Thống kê ngày 12/11/2021": the date is that of the amending act; a
    number would be that of the act it amends, which is then a mention of its own."""
    at = end
    for _ in range(LONGEST_AMENDING_NAME):
        token = reading.token_at(at)
        if token is None or token.raw in ";.:(" or (token.word == "số" and _opens_identity(reading, token)):
            return None
        if token.word == "ngày":
            date, stop = _read_date(reading, at)
            name = " ".join(reading.text[first.start : at].split())
            return (NamedAct(Which.NAMED, type_, "", name, int(date[:4]), date), stop) if date else None
        at = token.end
    return None
