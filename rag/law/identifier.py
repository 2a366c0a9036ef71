"""Identifiers of acts and provisions: số/ký hiệu, its comparable key, the work's IRI and readable citations.

Forms after Law 63/2025/QH15 and Decree 78/2025/NĐ-CP (legal documents), Decree 30/2020/NĐ-CP (administrative ones).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.law.text import nfc, strip_diacritics

_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad]")
_NUMBER = re.compile(
    r"(?<![\w/.])(?P<number>\d{1,5}(?:\.\d{1,5})?[a-zA-Z]?)\s?/\s?(?:(?P<year>(?:19|20)\d\d)\s?/\s?)?"
    r"(?P<symbol>[A-ZĐƯ][A-Za-zĐđƯư0-9]*(?:\s?[-–.&]\s?[A-ZĐƯ0-9][A-Za-zĐđƯư0-9]*)*)",
)
_LEVEL_WORDS = {
    "point": "điểm", "cl": "khoản", "art": "Điều", "subsec": "Tiểu mục",
    "sec": "Mục", "chp": "Chương", "part": "Phần",
    "hcontainer": "mục", "att": "Phụ lục", "table": "bảng", "preamble": "phần mở đầu", "conclusions": "phần kết",
    "note": "chú thích", "qstr": "nội dung sửa đổi", "para": "đoạn",
}  # fmt: skip
_ENCLOSING = frozenset({"part", "chp", "sec", "subsec"})  # not said when an inner Điều already identifies the place


@dataclass(frozen=True, slots=True)
class ActNumber:
    """``printed`` is "100/2019/NĐ-CP"; ``year`` is None for administrative forms ("5445/QĐ-ĐHBK")."""

    printed: str
    number: str
    year: int | None
    symbol: str


def _tidy(text: str) -> str:
    return _DASHES.sub("-", nfc(text).replace("\u00d0", "Đ"))


def parse_act_number(text: str) -> ActNumber | None:
    """The first số/ký hiệu in ``text``, with spaces inside it removed; None when there is none."""
    match = _NUMBER.search(_tidy(text))
    if not match:
        return None
    symbol = re.sub(r"\s", "", match["symbol"])
    if not any(c.isalpha() for c in symbol):
        return None
    year = match["year"]
    printed = "/".join(part for part in (match["number"], year, symbol) if part)
    return ActNumber(printed, match["number"], int(year) if year else None, symbol)


def number_key(text: str) -> str:
    """Comparable form: "Số: 100 / 2019/NĐ-CP" → "100/2019/nđ-cp"; no leading zeros, đ kept (never d)."""
    parsed = parse_act_number(text)
    printed = parsed.printed if parsed else re.sub(r"\s", "", _tidy(text))
    return re.sub(r"^0+(?=\d)", "", printed).lower()


def work_iri(number: str, act_type: str, year: int | None = None) -> str:
    """The FRBR work: ("34/2016/NĐ-CP", "Nghị định") → "/akn/vn/act/nghi-dinh/2016/34-2016-nđ-cp"."""
    parsed = parse_act_number(number)
    year = year or (parsed.year if parsed else None)
    slug = strip_diacritics(act_type).lower().replace(" ", "-")
    return f"/akn/vn/act/{slug}/{year or '-'}/{number_key(number).replace('/', '-')}"


def _steps(eid: str) -> list[tuple[str, str]]:
    return [(prefix, number) for prefix, _, number in (step.partition("_") for step in eid.split("__") if step)]


def relative_citation(eid: str) -> str:
    """Where in its document: "art_8__cl_2__point_a" → "điểm a khoản 2 Điều 8"."""
    steps = _steps(eid)
    if any(prefix in ("art", "hcontainer") for prefix, _ in steps):
        steps = [step for step in steps if step[0] not in _ENCLOSING]
    return " ".join(f"{_LEVEL_WORDS.get(prefix, prefix)} {number}".strip() for prefix, number in reversed(steps))


def format_citation(eid: str, number: str, type: str, title: str) -> str:
    """ "khoản 2 Điều 8 Nghị định số 100/2019/NĐ-CP"; the title stands in where there is no number."""
    act = f"{type} số {number}" if number else title if title.startswith(type) else f"{type} {title}"
    return f"{relative_citation(eid)} {act}".strip()
