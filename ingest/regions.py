"""Says which rows are letterhead, signature block or footnote, by their words and their place.

Forms and places are those of Decree 30/2020/NĐ-CP, annex I (letterhead: national motto top right, issuer and number
top left; signature block bottom right, "Nơi nhận" bottom left) and of consolidated texts (notes below a short rule).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.lines import LineClass
from ingest.rows import Row

LETTERHEAD_PAGES = 3  # the letterhead stands on the first of these pages that carries the motto
LETTERHEAD_REACH = 0.45  # share of the page height it may reach down to
NOTE_SIZE = 0.9  # of the page's commonest letter size: footnotes are smaller than this
SIGNATURE_ROWS = 14  # lines that a signature block may have below its office
NAME_GAP = 10.0  # letter sizes of room for the hand-written signature between an office and the name below it
LONGEST_BELOW_OFFICE = 60  # characters of a line of a signature block that is not bold
SIGNATURE_LEFT = 0.58  # share of the page width from which the signature's centre stands

MOTTO = re.compile(
    r"^CỘNG\s+H[OÒ][AÀ]\s+XÃ\s+HỘI\s+CHỦ\s+NGHĨA\s+VIỆT\s+NAM|^(?:Độc|ĐỘC)\s+(?:lập|LẬP)\s*[-–—]\s*(?:Tự|TỰ)\s+(?:do|DO)"
)
NUMBER_LINE = re.compile(r"^(?:Luật\s+|Lệnh\s+|Nghị quyết\s+|Pháp lệnh\s+)?[Ss]ố\s*:?\s*[\d./\s]*[-/\w]*|^Không số")
PLACE_DATE = re.compile(
    r"(?:^|,)\s*ngày[\s\d.…/]*tháng[\s\d.…/]*năm[\s\d.…]*$"  # "Hà Nội, ngày 05 tháng 3 năm 2030" ends its line
    r"|^[\w\s.-]{2,40},\s*ngày\s*\d{1,2}\s*[/-]\s*\d{1,2}\s*[/-]\s*\d{4}\s*$",
    re.IGNORECASE,
)
TITLE_TYPE = re.compile(
    r"^(?:BỘ LUẬT|LUẬT|NGHỊ ĐỊNH|NGHỊ QUYẾT|PHÁP LỆNH|LỆNH|QUYẾT ĐỊNH|THÔNG TƯ|CHỈ THỊ|KẾ HOẠCH|THÔNG BÁO|BÁO CÁO|"
    r"CÔNG ĐIỆN|TỜ TRÌNH|HƯỚNG DẪN|QUY CHẾ|QUY ĐỊNH|CHƯƠNG TRÌNH|VĂN BẢN HỢP NHẤT|GIẤY MỜI|BIÊN BẢN|Kính gửi)\b"
)
RECIPIENTS = re.compile(r"^N[ơo]i\s+nh[ậa]n\s*:?", re.IGNORECASE)
OFFICE = re.compile(
    r"^(?:TM\.|KT\.|TL\.|TUQ\.|Q\.|CHỦ TỊCH|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG|TỔNG |CHÁNH |GIÁM ĐỐC|PHÓ |"
    r"HIỆU TRƯỞNG|CỤC TRƯỞNG|VỤ TRƯỞNG|VIỆN TRƯỞNG|THỐNG ĐỐC|CHỦ NHIỆM|XÁC THỰC VĂN BẢN HỢP NHẤT)"
)
SIGNED_FOR = re.compile(r"(?:TM|KT|TL|TUQ|Q)\.\s*\S")
NOTE_START = re.compile(r"^(?:\[(\d{1,3})\]\s*|(\d{1,3})\s+(?=[A-ZĐ“\"]))")
TELLING_NOTE = re.compile(
    r"^\[?\d{1,3}\]?\s+(?:(?:Điều|Khoản|Điểm|Mục|Chương|Phụ lục|Mẫu)\snày|(?:Cụm từ|Từ|Tên|Nội dung|Đoạn)\s.{0,80}được|"
    r"(?:Luật|Nghị định|Nghị quyết|Thông tư|Quyết định|Pháp lệnh)\s.{0,60}\ssố\s)"
)
END_OF_SIGNATURE = re.compile(r"^(?:PHỤ LỤC|Phụ lục|Mẫu số|MẪU|DANH MỤC|QUY CHẾ|QUY ĐỊNH|CHƯƠNG|Chương|Điều\s+\d)")

ATTACHED = re.compile(r"^(?:PHỤ LỤC|Phụ lục|PHỤ BIỂU|Mẫu|MẪU|Biểu|BIỂU|DANH MỤC|QUY CHẾ|QUY ĐỊNH)")


def find_letterhead(pages: Sequence[tuple[float, Sequence[Row]]]) -> frozenset[tuple[int, int]]:
    """(page position, row position) of the letterhead's rows. ``pages``: height and rows in reading order."""
    for page, (height, rows) in enumerate(pages[:LETTERHEAD_PAGES]):
        reach = LETTERHEAD_REACH * height
        mottoes = [at for at, row in enumerate(rows) if row.y1 < reach and MOTTO.search(row.text)]
        if mottoes:
            return frozenset((page, at) for at in _letterhead_rows(rows, mottoes, reach))
    return frozenset()


def _letterhead_rows(rows: Sequence[Row], mottoes: list[int], reach: float) -> list[int]:
    bands = {rows[at].band for at in mottoes if rows[at].band}
    bottom = max(rows[at].y1 for at in mottoes)
    near = 8 * rows[mottoes[0]].size
    titles = [row.y0 for row in rows if TITLE_TYPE.match(row.text) and row.y0 > bottom]
    reach = min([reach, *(title - 1 for title in titles)])  # the type of the document ends its letterhead
    kept = []
    for at, row in enumerate(rows):
        if row.y0 > reach:
            continue
        below = (
            row.y0 - bottom < near
            and (NUMBER_LINE.match(row.text) or PLACE_DATE.search(row.text))
            and len(row.text) < 90
        )
        if row.band in bands or row.y1 <= bottom + 2 or below:
            kept.append(at)
    return kept


def find_signatures(rows: Sequence[Row], width: float) -> frozenset[int]:
    """Positions of the rows of signature blocks and "Nơi nhận" among the rows of one page."""
    kept = _signed_below(rows)
    for at, row in enumerate(rows):
        if RECIPIENTS.match(row.text):
            kept.update(_recipients_from(rows, at))
        elif at not in kept and _is_office(row, width):
            kept.update(_signature_from(rows, at, width))
    return frozenset(kept)


def _signed_below(rows: Sequence[Row]) -> set[int]:
    """Offices signed for ("KT. BỘ TRƯỞNG") wherever they stand, and what is printed short below and beside them: the
    blocks of a joint circular stand left, right and in the middle, a name may stand lower than the recipients."""
    kept: set[int] = set()
    for office in (row for row in rows if SIGNED_FOR.match(row.text) and row.text.isupper()):
        bottom = office.y1
        for at in sorted(range(len(rows)), key=lambda at: rows[at].y0):
            row = rows[at]
            if row.y1 <= office.y0 + 1 or RECIPIENTS.match(row.text):
                continue
            if row.x1 < office.x0 and not SIGNED_FOR.match(row.text) and not row.bold:
                continue  # a recipient beside it
            if row.y0 - bottom > NAME_GAP * row.size or _ends_signature(row):
                break
            bottom = max(bottom, row.y1)
            kept.add(at)
    return kept


def _ends_signature(row: Row) -> bool:
    if END_OF_SIGNATURE.match(row.text):
        return True
    return not row.bold and (len(row.text) > LONGEST_BELOW_OFFICE or row.text[-1] in ".;:")


def _is_office(row: Row, width: float) -> bool:
    return (
        bool(OFFICE.match(row.text)) and row.text == row.text.upper() and len(row.text) < 70 and _is_right(row, width)
    )


def _is_right(row: Row, width: float) -> bool:
    return (row.x0 + row.x1) / 2 > SIGNATURE_LEFT * width and row.x0 > 0.4 * width


def _recipients_from(rows: Sequence[Row], start: int) -> list[int]:
    """The list of recipients: what follows in its column, and the right column of its band beside or below it."""
    band, kept = rows[start].band, [start]
    for at in range(start + 1, len(rows)):
        row = rows[at]
        if band and row.band == band:
            if row.y0 > rows[start].y0 - 6 * row.size:
                kept.append(at)
        elif END_OF_SIGNATURE.match(row.text) or (_is_wide(row) and not _is_item(row)):
            break
        elif row.size < rows[start].size + 2.5 or row.x0 > rows[start].x1:
            kept.append(at)
    return kept


def _is_wide(row: Row) -> bool:
    return row.x1 - row.x0 > 0.8 * max(row.right - row.left, 1.0)


def _is_item(row: Row) -> bool:
    return row.text.startswith(("-", "–", "+", "•")) or "; -" in row.text or row.text[0].islower()


def _signature_from(rows: Sequence[Row], start: int, width: float) -> list[int]:
    """The office, further offices and the name below it, as long as lines stay short and to the right."""
    kept = [start]
    for at in range(start + 1, min(start + SIGNATURE_ROWS, len(rows))):
        row = rows[at]
        if not _is_right(row, width) or END_OF_SIGNATURE.match(row.text) or row.x0 < rows[start].x0 - 12 * row.size:
            break
        kept.append(at)
    return kept


def find_notes(rows: Sequence[Row], body_size: float, goes_on: bool = False) -> frozenset[int]:
    """Positions of footnote rows: the smaller print at the foot of the page, from the first note number on. A note that
    was not finished on the page before (``goes_on``) takes all of the smaller print."""
    start = first = len(rows)
    small = NOTE_SIZE * max(body_size, _upper_size(rows))
    for at in range(len(rows) - 1, -1, -1):
        row = rows[at]
        if row.size >= small or row.band:
            break
        first = at
        # Most of a document may be forms in the size of its notes: then the note must say that it is one.
        if _starts_note(row) if row.size < NOTE_SIZE * body_size else TELLING_NOTE.match(row.text):
            start = at
    if goes_on and first < len(rows) and not ATTACHED.match(rows[first].text):
        start = first
    return frozenset(range(start, len(rows)))


def _upper_size(rows: Sequence[Row]) -> float:
    """The commonest letter size of the upper half of the page's rows."""
    sizes: dict[float, int] = {}
    for row in rows[: (len(rows) + 1) // 2]:
        sizes[row.size] = sizes.get(row.size, 0) + len(row.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def is_unfinished(note: str) -> bool:
    """Whether a footnote breaks off: inside a quotation, or without the end of a sentence."""
    text = note.strip()
    quoted = text.count("“") > text.count("”") or text.count('"') % 2 == 1
    return bool(text) and (quoted or text[-1] not in '.;:!?”"/)')


def _starts_note(row: Row) -> bool:
    return bool(row.marks and row.marks[0][0] == 0) or bool(NOTE_START.match(row.text))


def classify(
    rows: Sequence[Row], width: float, body_size: float, letterhead: frozenset[int], note_goes_on: bool = False
) -> list[LineClass]:
    """The class of each row of a page without furniture and tables. ``note_goes_on``: the page before broke a note off."""
    notes = find_notes(rows, body_size, note_goes_on)
    signatures = find_signatures(rows, width) - notes if note_goes_on else find_signatures(rows, width)
    classes = []
    for at in range(len(rows)):
        if at in letterhead:
            classes.append(LineClass.LETTERHEAD)
        elif at in signatures:
            classes.append(LineClass.SIGNATURE)
        else:
            classes.append(LineClass.NOTE if at in notes else LineClass.BODY)
    return classes
