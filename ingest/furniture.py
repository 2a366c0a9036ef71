"""Finds what is printed on every page but is not text: running heads, gazette frames, page numbers, download stamps.

Two witnesses: the form of the line (a table below), and its return at the same height of other pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.rows import Row

TOP_ZONE = 0.14  # share of the page height that running heads may reach down to (gazette heads reach 0.11)
BOTTOM_ZONE = 0.90  # and from which footers may begin
REPEATS = 3  # pages on which a line must return at the same height
REPEAT_DENSITY = 0.4  # share of the pages in between (heads of left and right pages alternate: 0.5)
HEIGHT_STEP_PT = 8.0  # heights in one step are the same height

PAGE_NUMBER = re.compile(r"^(?:[-–—]\s*)?(?:trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*[-–—])?$", re.IGNORECASE)
GAZETTE = re.compile(
    r"^(?:\d{1,4}\s+)?CÔNG BÁO\s*/|^CÔNG BÁO(?:\s*$|\s+(?:NƯỚC|Chính phủ))|CÔNG BÁO\s*/\s*Số\s*\d+.*/\s*Ngày"
    r"|^(?:Ký bởi|Người ký|Email|Thời gian ký|Ngày ký)\s*:\s*\S|^Cơ quan\s*:\s*(?:[Cc]ổng|CỔNG|[Vv]ăn phòng|VĂN PHÒNG)"
    r"|^\(?(?:Xem tiếp|Tiếp theo|Xem tiếp theo)\s+Công báo số"  # an act cut between two issues
    r"|congbao\.chinhphu\.vn|vanban\.chinhphu\.vn"
    r"|^LuatVietnam|^www\.[\w.]+\.vn$|^\+?Tel\W",
)
STRUCTURE = re.compile(r"^(?:Điều|Chương|Mục|Phần|Phụ lục|PHỤ LỤC|CHƯƠNG|Khoản)\s", re.UNICODE)
_DIGITS = re.compile(r"\d+")


def _key(row: Row) -> tuple[str, int]:
    return _DIGITS.sub("#", row.text), round(row.y0 / HEIGHT_STEP_PT)


def in_zone(row: Row, height: float) -> bool:
    """Whether the row stands where furniture may stand."""
    return row.y1 < TOP_ZONE * height or row.y0 > BOTTOM_ZONE * height


def repeated_keys(pages: Iterable[tuple[float, list[Row]]]) -> frozenset[tuple[str, int]]:
    """Texts (digits folded) with their heights that return on at least ``REPEATS`` pages, on most of the pages (or of
    every other page) between the first and the last of them. ``pages``: height and rows of each."""
    seen: dict[tuple[str, int], list[int]] = {}
    for number, (height, rows) in enumerate(pages):
        for key in {_key(row) for row in rows if in_zone(row, height)}:
            seen.setdefault(key, []).append(number)
    return frozenset(
        key for key, on in seen.items() if len(on) >= REPEATS and len(on) >= REPEAT_DENSITY * (on[-1] - on[0] + 1)
    )


def is_furniture(row: Row, height: float, repeated: frozenset[tuple[str, int]]) -> bool:
    """Whether the row is furniture of its page."""
    if GAZETTE.search(row.text):
        return True
    if not in_zone(row, height):
        return False
    if PAGE_NUMBER.match(row.text):
        return True
    text, step = _key(row)
    return not STRUCTURE.match(text) and any((text, near) in repeated for near in (step - 1, step, step + 1))
