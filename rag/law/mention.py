"""The grammar of a mention: parts from the inside out (điểm, khoản, Điều, … Phụ lục), then the act they are of.

"các điểm a, b và d khoản 2 Điều 14 của Luật này" is read as three parts and an act. What a mention refers to is the work
of `rag.law.reference`. Drafting forms after Decree 78/2025/NĐ-CP and Decree 34/2016/NĐ-CP, articles 60 to 75.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.law.act_mention import NamedAct, Which, read_act
from rag.law.numbering import POINT_LETTERS
from rag.law.reading import Reading, Token

MOST_PARTS = 60  # parts joined in one mention; the longest seen in an act has 44
MOST_LABELS = 60  # labels of one list
MOST_IN_RANGE = 200  # provisions; a longer "từ … đến" is no range a drafter would write

# Levels from the inside out; the number is the depth, small is inner.
ORDER = {"point": 0, "cl": 1, "art": 2, "subsec": 3, "sec": 4, "chp": 5, "part": 6, "form": 7, "att": 8}
_LEVELS = {
    ("điểm",): "point", ("khoản",): "cl", ("điều",): "art", ("tiểu", "mục"): "subsec", ("mục",): "sec",
    ("chương",): "chp", ("phần",): "part", ("phụ", "lục"): "att", ("mẫu",): "form", ("biểu", "mẫu"): "form",
}  # fmt: skip
_UNITS = frozenset(
    "ngày tháng năm giờ phút giây người lần đồng triệu tỷ nghìn mét m m2 km kg bản bộ trang bước tuần quý tín".split()
)
_JOINS = frozenset([",", ";", "và", "hoặc", "hay"])
_RANGE = frozenset(["đến", "tới", "-", "–"])
_OF = frozenset(["của", "tại", "thuộc", "trong", "ở"])
_ARABIC = re.compile(r"\d{1,4}[a-zđ]{0,2}\d{0,2}")
_ROMAN = re.compile(r"[IVXLC]{1,7}[a-zA-Z]?|[ivx]{1,4}")
_POINT = re.compile(r"[a-zđ]{1,2}\d{0,2}|[A-ZĐ]\d?")
_NUMERIC_POINT = re.compile(r"\d{1,2}")
_ORDINALS = frozenset("nhất hai ba tư bốn năm sáu bảy tám chín mười".split())
# Two words that may stand behind parts which are then of no act.
_NO_ACTS = frozenset(
    [("công", "ước"), ("hiệp", "định"), ("hợp", "đồng"), ("thỏa", "thuận"), ("thoả", "thuận"),
     ("điều", "ước"), ("hiệp", "ước"), ("hiến", "chương")]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """ "các điểm a, b": ``labels`` as printed, (``HERE``,) for "khoản này", ("",) for a lone "Phụ lục"."""

    start: int
    end: int
    level: str
    labels: tuple[str, ...]
    link: str = ""  # what joins it to the part before: "", ",", "đến", "của"


HERE = "này"


@dataclass(slots=True)
class Mention:
    """What was read: parts from the inside out, then the act they are of; ``act_start`` is -1 where none is named."""

    start: int
    end: int
    parts: list[Part] = field(default_factory=list)
    act: NamedAct = field(default_factory=NamedAct)
    act_start: int = -1
    meant: bool = True  # False: the words only look like a mention; reading goes on behind them


def read_mention(reading: Reading, place: int, names: Mapping[str, bool]) -> Mention | None:
    mention = Mention(place, place)
    link, at = "", place
    while len(mention.parts) < MOST_PARTS and (part := _read_part(reading, at, link)):
        mention.parts.append(part)
        mention.end = part.end
        if part.labels == (HERE,):
            return mention
        if part.labels == ("",):
            break
        link, at = _read_link(reading, part.end)
    if not mention.parts:
        named = read_act(reading, place, names)
        if named is None:
            return None
        mention.act, mention.end = named
        return mention
    mention.meant = _take_act(reading, mention, names) and (not mention.parts or _is_meant(mention))
    return mention


def _is_meant(mention: Mention) -> bool:
    """An appendix or form without a label is one only where its act is named; "phần 2" or "mục 3" needs more."""
    last = mention.parts[-1]
    if last.labels == ("",) or last.level in ("form", "part", "sec", "subsec"):
        return mention.act_start >= 0
    return True


def _read_part(reading: Reading, place: int, link: str) -> Part | None:
    token = reading.token_at(place)
    if token and token.word in ("các", "những", "từ", "tên"):
        place = token.end
        token = reading.token_at(place)
    if token is None:
        return None
    level, end = _read_level(reading, token)
    if not level:
        return None
    following = reading.token_at(end)
    if following and following.word == HERE and level != "form":
        return Part(token.start, following.end, level, (HERE,), link)
    if following and following.word == "số" and level in ("att", "form"):
        end = following.end
    labels, stop = _read_labels(reading, end, level)
    if labels and level == "point" and not _point_is_meant(reading, end, stop):
        return None
    if labels:
        return Part(token.start, stop, level, labels, link)
    return Part(token.start, end, level, ("",), link) if level == "att" else None


def _point_is_meant(reading: Reading, place: int, stop: int) -> bool:
    """ "điểm A, B", "điểm 5" are marks at school unless khoản, mục or another điểm follows."""
    if not re.search(r"[A-ZĐ\d](?!\w)", reading.text[place:stop]) or reading.text[place:stop].strip()[1:].isdecimal():
        return True
    following = reading.token_at(_read_link(reading, stop)[1])
    return following is not None and following.word in ("khoản", "mục", "phần", "điều", "các")


def _read_level(reading: Reading, token: Token) -> tuple[str, int]:
    following = reading.token_at(token.end)
    if following and (level := _LEVELS.get((token.word, following.word))):
        return level, following.end
    return _LEVELS.get((token.word,), ""), token.end


def _read_labels(reading: Reading, place: int, level: str) -> tuple[tuple[str, ...], int]:
    labels: list[str] = []
    at, end, ranged = place, place, False
    for _ in range(MOST_LABELS):
        read = _read_label(reading, at, level, bool(labels))
        if read is None:
            break
        label, end = read
        labels += [*labels_between(level, labels[-1], label), label] if ranged and labels else [label]
        joined = _read_joint(reading, end)
        if joined is None:
            break
        ranged, at = joined
    return tuple(labels), end


def _read_joint(reading: Reading, place: int) -> tuple[bool, int] | None:
    """What joins two labels of a list: whether it is a range, and where the next label may begin."""
    token = reading.token_at(place)
    if token is None:
        return None
    if token.word in _RANGE:
        return True, token.end
    if token.word not in _JOINS:
        return None
    following = reading.token_at(token.end)
    if token.raw in ",;" and following and following.word in ("và", "hoặc"):
        return False, following.end
    return False, token.end


def _read_label(reading: Reading, place: int, level: str, listed: bool) -> tuple[str, int] | None:
    """One label of ``level`` at ``place``, normalised, and its end."""
    token = reading.token_at(place)
    if token is None or (token.glued and place > 0 and reading.text[place - 1].isalnum()):
        return None
    if level == "form":
        return _read_form(reading, token)
    if level == "part" and token.word == "thứ":
        following = reading.token_at(token.end)
        return (f"thứ-{following.word}", following.end) if following and following.word in _ORDINALS else None
    if not _fits(level, token) or _goes_on(reading, token):
        return None
    if listed and reading.word_at(token.end) in (_UNITS if token.raw[0].isdecimal() else ("tế", "bác", "học", "tá")):
        return None
    return (token.raw if level in ("chp", "sec", "part", "att") else token.word), token.end


def _fits(level: str, token: Token) -> bool:
    if level == "point":
        inside = token.word[0] in POINT_LETTERS and bool(_POINT.fullmatch(token.raw))
        return inside or bool(_NUMERIC_POINT.fullmatch(token.raw))
    if level in ("cl", "art", "subsec"):
        return bool(_ARABIC.fullmatch(token.raw))
    return bool((_ROMAN.fullmatch(token.raw) and token.raw[0].isupper()) or _ARABIC.fullmatch(token.raw))


def _goes_on(reading: Reading, token: Token) -> bool:
    """The label is the beginning of something longer: a number of an act ("2/2020"), a decimal, a percentage."""
    following = reading.token_at(token.end)
    if following is None or not following.glued:
        return False
    if following.raw in "/%":
        return True
    if following.raw in ".,-" and token.raw[0].isdecimal():
        behind = reading.token_at(following.end)
        return behind is not None and behind.glued and behind.raw[0].isdecimal() and following.raw != "-"
    return False


def _read_form(reading: Reading, token: Token) -> tuple[str, int] | None:
    """ "01", "05/PLIII", "02-TĐ", "01a" of a form, with "/" as "-" like the eid of the form."""
    if not token.raw[0].isdecimal():
        return None
    label, end = token.raw, token.end
    for _ in range(3):
        mark = reading.token_at(end)
        if mark is None or mark.raw not in "/-." or not mark.glued:
            break
        part = reading.token_at(mark.end)
        if part is None or not part.glued or not part.raw[0].isalnum():
            break
        label, end = f"{label}{'-' if mark.raw == '/' else mark.raw}{part.raw}", part.end
    return label, end


def labels_between(level: str, first: str, last: str) -> list[str]:
    """The labels strictly between two: 5, 9 → 6 7 8; b, đ → c d."""
    if first.isdecimal() and last.isdecimal() and 0 < int(last) - int(first) <= MOST_IN_RANGE:
        return [str(n) for n in range(int(first) + 1, int(last))]
    if level == "point" and len(first) == len(last) == 1 and first in POINT_LETTERS and last in POINT_LETTERS:
        return list(POINT_LETTERS[POINT_LETTERS.index(first) + 1 : POINT_LETTERS.index(last)])
    return []


_LINKS = {"đến": "đến", "tới": "đến", "và": "và", "hoặc": "và", "hay": "và", "cùng": "và", ",": ",", ";": ","}


def _read_link(reading: Reading, place: int) -> tuple[str, int]:
    """What may join two parts: the kind of link and where the next part may begin."""
    token = reading.token_at(place)
    if token is None:
        return "", place
    following = reading.token_at(token.end)
    if token.word in _OF:
        return "của", token.end
    if following and token.raw in ",;" and following.word in ("và", "hoặc"):
        return "và", following.end
    if following and token.word == "vào" and following.word in ("sau", "trước"):
        return ",", following.end  # "bổ sung điểm p1 vào sau điểm p khoản 2"
    link = _LINKS.get(token.word, "")
    return link, token.end if link else place


def _take_act(reading: Reading, mention: Mention, names: Mapping[str, bool]) -> bool:
    """Adds the act named behind the parts: "… của Luật này", "… ban hành kèm theo Nghị định số …", "… , Luật Đất đai".

    False where they are parts of something that is no act: a treaty, a contract.
    """
    at = _behind_issued(reading, mention.end)
    loose = mention.parts[-1].labels == ("",) and at == mention.end
    comma = reading.word_at(at) == ","
    if comma or reading.word_at(at) in _OF:
        at = _end_of(reading, at)
    token = reading.token_at(at)
    if token is None:
        return True
    if (token.word, reading.word_at(token.end)) in _NO_ACTS:
        return comma
    named = None if token.raw[0].isdecimal() else read_act(reading, at, names)
    if named and not (comma and named[0].which is not Which.NAMED):
        mention.act, mention.end = named
        mention.act_start = token.start
        if loose and reading.text[mention.start].islower():  # "một số điều, phụ lục của Nghị định số 94/2016/NĐ-CP"
            mention.parts, mention.start = [], token.start
    return True


def _behind_issued(reading: Reading, place: int) -> int:
    """The place behind "ban hành kèm theo" or "kèm theo"; ``place`` where neither stands."""
    at = place
    if reading.word_at(at) == "ban":
        at = _end_of(reading, at)
        if reading.word_at(at) != "hành":
            return place
        at = _end_of(reading, at)
    if reading.word_at(at) != "kèm":
        return place
    at = _end_of(reading, at)
    return _end_of(reading, at) if reading.word_at(at) == "theo" else at


def _end_of(reading: Reading, place: int) -> int:
    token = reading.token_at(place)
    return token.end if token else place
