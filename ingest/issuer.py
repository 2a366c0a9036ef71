"""The issuing body: the name above the number in the letterhead (Decree 30/2020/NĐ-CP, appendix I, II.2).

A body stands below its superior; a department of a province is told apart only by the superior's place, so the place
is part of its name ("Sở Nội vụ" under "UBND tỉnh An Giang").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.act_types import ISSUER_OF_SYMBOL
from ingest.lines import CleanLine
from ingest.values import read_value
from rag.law.act import Certainty, Read
from rag.law.identifier import ActNumber
from rag.law.text import fold_case_and_tone

# Font sizes from one line of a letterhead name to the next (single spacing is 1.15, 1.5 lines 1.7).
NEXT_LINE_SIZES = 1.8
_MOTTO = re.compile(r"\s*(?:CỘNG H|Độc lập|ĐỘC LẬP).*")
_NOT_ISSUER = re.compile(
    r"ĐỘC LẬP|Độc lập|CÔNG BÁO|^SỐ\b|^Số\b|PHẦN VĂN BẢN|VĂN BẢN QUY PHẠM|DỰ THẢO|^\W*$|^\d|^HỎA TỐC|^KHẨN|"
    r"NGÀY \d|THÁNG|^MẪU|ĐẾN|^V/V|^(?:KT|TM|TL|TUQ|Q)\.|^(?:THỨ|BỘ|PHÓ)\s(?:TRƯỞNG|CHỦ)|^\S+-\S+$"
)
_ISSUER_WORDS = re.compile(
    r"^(?:QUỐC HỘI|CHÍNH PHỦ|THỦ TƯỚNG|CHỦ TỊCH|ỦY BAN|UỶ BAN|UBND|HỘI ĐỒNG|HĐND|BỘ|"
    r"VĂN PHÒNG|SỞ|PHÒNG|TRƯỜNG|ĐẠI HỌC|HỌC VIỆN|"
    r"CỤC|TỔNG CỤC|TỔNG|BAN|VIỆN|TÒA ÁN|TOÀ ÁN|KIỂM TOÁN|THANH TRA|NGÂN HÀNG|BẢO HIỂM|"
    r"CHI CỤC|TRUNG TÂM|BỆNH VIỆN|CÔNG AN|"
    r"ĐẢNG|LIÊN|HỘI|MẶT TRẬN|CÔNG TY|TẬP ĐOÀN|KHO BẠC|THÀNH|TỈNH|QUẬN|HUYỆN|XÃ|PHƯỜNG|ĐẶC KHU)\b"
)
_PLACE_NAME = re.compile(r"(?:THÀNH PHỐ|TỈNH|QUẬN|HUYỆN|THỊ XÃ|THỊ TRẤN|XÃ|PHƯỜNG|ĐẶC KHU)\b")
_PEOPLES_COMMITTEE = re.compile(
    r"(?:UBND|HĐND|(?:ỦY|UỶ) BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN)\s+(?P<place>(?:TỈNH|THÀNH PHỐ|TP\.?|QUẬN|HUYỆN|XÃ|PHƯỜNG|ĐẶC KHU|"
    r"THỊ XÃ)\s.+)"
)
_OF_PLACE = re.compile(r"^(?:SỞ|PHÒNG|BAN|CHI CỤC|VĂN PHÒNG|THANH TRA|TRUNG TÂM)\b")  # same names in every province
_Named = tuple[str, CleanLine]


def find_issuer(head: Sequence[CleanLine], typed: tuple[int, str] | None, number: ActNumber | None) -> Read | None:
    """The issuer named above the type of the document, or the one whose abbreviation ends the number (``guessed``).
    Bodies whose abbreviation the decrees fix are spelt as there."""
    above = _letterhead(head[: typed[0] if typed else len(head)])
    body = _issuing_body(above)
    named = _of_symbol(number)
    if named and (line := _printed(named, above, body)):
        return read_value(named, line)
    if body:
        return read_value(_with_place(" ".join(name for name, _ in body), above), body[0][1])
    return Read(named, Certainty.GUESSED) if named else None


def _of_symbol(number: ActNumber | None) -> str | None:
    """The body whose abbreviation ends the number; none for joint acts, which end with several."""
    parts = number.symbol.split("-") if number else []
    known = [ISSUER_OF_SYMBOL.get(re.sub(r"\d+$", "", part)) for part in parts]
    return known[-1] if sum(map(bool, known)) == 1 else None


def _printed(name: str, above: Sequence[_Named], body: Sequence[_Named]) -> CleanLine | None:
    """The line on which the name is printed whole, or begins when it is the issuing body itself."""
    wanted = fold_case_and_tone(name)
    parts = ((part, line) for printed, line in above for part in (printed, *printed.split(" - ")))
    line = next((line for part, line in parts if fold_case_and_tone(part) == wanted), None)
    return body[0][1] if not line and fold_case_and_tone(" ".join(n for n, _ in body)) == wanted else line


def _letterhead(head: Sequence[CleanLine]) -> list[_Named]:
    """Upper-case lines that may name a body, without the national motto that shares a line with them."""
    named = ((_MOTTO.sub("", cell).strip(), line) for line in head for cell in line.text.split(" | "))
    return [(name, line) for name, line in named if name.isupper() and not _NOT_ISSUER.search(name)]


def _issuing_body(named: Sequence[_Named]) -> Sequence[_Named]:
    """The lines of the last body named in a letterhead (its superior stands above it).

    A line that ends with a dash goes on to the next body of a joint circular.
    """
    first = next((at for at in range(len(named) - 1, -1, -1) if _ISSUER_WORDS.match(named[at][0])), None)
    if first is None:
        return ()
    last = first
    while last + 1 < len(named) and is_next_line(named[last][1], named[last + 1][1]):
        last += 1
    while first and named[first - 1][0].endswith("-"):
        first -= 1
    if first and _PLACE_NAME.match(named[first][0]) and is_next_line(named[first - 1][1], named[first][1]):
        first -= 1  # "ỦY BAN NHÂN DÂN" over "TỈNH …": a place is no issuer by itself
    return named[first : last + 1]


def _with_place(name: str, above: Sequence[_Named]) -> str:
    """A department's name with the place of the people's committee above it."""
    if not _OF_PLACE.match(name) or _PLACE_NAME.search(name):
        return name
    superior = next((found for text, _ in above if (found := _PEOPLES_COMMITTEE.match(text))), None)
    return f"{name} {superior['place']}" if superior else name


def is_next_line(line: CleanLine, below: CleanLine) -> bool:
    """Whether ``below`` is printed right under ``line`` in the same column."""
    near = 0 < below.box.y0 - line.box.y0 <= NEXT_LINE_SIZES * max(line.size, below.size)
    return near and below.page == line.page and below.box.x0 < line.box.x1 and line.box.x0 < below.box.x1
