"""Lines of small documents for tests, as the layout stage hands them over."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.lines import CleanDocument, CleanLine, LineClass
from rag.law.act import Box

LINE_HEIGHT = 16.0
_MARKS = {
    "B": LineClass.BODY,
    "T": LineClass.TABLE,
    "N": LineClass.NOTE,
    "L": LineClass.LETTERHEAD,
    "S": LineClass.SIGNATURE,
}


def document(*lines: str) -> CleanDocument:
    """One `CleanLine` for each string. A leading "*" is bold, "^" centred, "+" joins the line before it, and "T|", "N|",
    "L|", "S|" name its class (body otherwise)."""
    return CleanDocument(tuple(_line(at, text) for at, text in enumerate(lines)), (), 1)


def _line(at: int, text: str) -> CleanLine:
    line_class = LineClass.BODY
    if text[1:2] == "|" and text[0] in _MARKS:
        line_class, text = _MARKS[text[0]], text[2:]
    flags = ""
    while text[:1] and text[0] in "*^+":
        flags, text = flags + text[0], text[1:]
    box = Box(60, at * LINE_HEIGHT, 540, at * LINE_HEIGHT + 13)
    return CleanLine(text, 1, box, line_class, 13.0, "*" in flags, False, "^" in flags, "+" in flags)


DECREE: Sequence[str] = (
    "L|CHÍNH PHỦ",
    "L|Số: 12/2030/NĐ-CP",
    "L|Hà Nội, ngày 05 tháng 3 năm 2030",
    "*^NGHỊ ĐỊNH",
    "*^Quy định về thư viện mẫu",
    "Căn cứ Luật Thư viện số 46/2019/QH14;",
    "Theo đề nghị của Bộ trưởng;",
    "*^Chương I",
    "*^QUY ĐỊNH CHUNG",
    "*Điều 1. Phạm vi điều chỉnh",
    "Nghị định này quy định về thư viện, trừ trường hợp quy định tại",
    "Điều 2 của Luật Thư viện.",
    "*Điều 2. Giải thích từ ngữ",
    "Trong Nghị định này, các từ ngữ dưới đây được hiểu như sau:",
    "1. Thư viện là nơi giữ sách, gồm:",
    "a) Phòng đọc;",
    "d) Kho.",
    "b) Phòng mượn;",
    "c) Kho;",
    "d) Sân;",
    "đ) Vườn.",
    "2. Sách là tài liệu in.",
    "*Điều 2a. Thẻ",
    "Thẻ được cấp miễn phí.",
    "*^Chương II",
    "*^TỔ CHỨC THỰC HIỆN",
    "*Điều 3. Hiệu lực",
    "Nghị định này có hiệu lực thi hành từ ngày 01 tháng 5 năm 2030.",
    "S|TM. CHÍNH PHỦ",
    "S|*THỦ TƯỚNG",
    "S|*Nguyễn Văn Mẫu",
    "*^PHỤ LỤC I",
    "*^DANH MỤC THIẾT BỊ",
    "1. Bàn.",
    "2. Ghế.",
)
