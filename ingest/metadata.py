"""What the document says of itself: number, type, issuer, place, date, title, signer, gazette, legal basis, effect.

Each value carries the line it was read from. A value derived from another (an issuer from the number's symbol) is
``guessed``. Places after Decree 30/2020/NĐ-CP, appendix I, and Decree 78/2025/NĐ-CP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.act_types import TYPE_NAMES, TYPE_OF_SYMBOL
from ingest.closing import date_passed, find_basis, find_effect, find_signer
from ingest.issuer import find_issuer
from ingest.lines import CleanDocument, CleanLine
from ingest.title import find_title, is_subject
from ingest.title_case import title_in_running_case
from ingest.values import date_of, read_value
from rag.law.act import ActMetadata, Anchor, Certainty, Provision, Read
from rag.law.identifier import ActNumber, parse_act_number
from rag.law.text import strip_diacritics

# Lines: the head of a document ends before this even when no "Căn cứ" or Điều is met (gazette cover included).
LONGEST_HEAD_LINES = 80
LONGEST_PLACE_WORDS = 5  # "Thành phố Hồ Chí Minh"
# Characters a line may hold beside a number printed without "Số".
SLACK = 3
PROCEDURE_PARTS = 4  # parts named in the head of a procedure's description; the form has fourteen
# Lines around the number of a consolidated text that hold its issuer, date and signer.
NEAR_LINES = 12
_HEAD_ENDS = re.compile(r"(?:Căn cứ|Điều\s+\d|Chương\s+[IVX]|Theo đề nghị|Kính gửi|Xét đề nghị|Thực hiện\s)")
_NUMBER_LINE = re.compile(
    r"(?:^|\s)(?:Số|SỐ|số)\s*[:.]\s*(.*)|^(?:Luật|Bộ luật|Lệnh|Pháp lệnh|Nghị quyết|Số)\s+(?:số\s*)?:?\s*(\d.*)"
)
# Decree 63/2010/NĐ-CP, article 8 (amended by 92/2017/NĐ-CP): the parts that make up an administrative procedure.
_PROCEDURE_PART = re.compile(
    r"^(?:\d{1,2}\.\s*)?(?:Mã thủ tục|Tên thủ tục|Lĩnh vực|Thời hạn giải quyết|Cách thức (?:nộp|thực hiện)|Cơ quan thực hiện|"
    r"Đối tượng thực hiện|Trình tự thực hiện|Thành phần hồ sơ|Số bộ hồ sơ|Kết quả thực hiện|Phí|Lệ phí)\b"
)
_NO_NUMBER = re.compile(r"(?:Số\s*:?\s*)?[Kk]hông số\W*$")
_CONSOLIDATED = re.compile(r"Số\s*:?\s*\d+\s*/\s*VBHN-")
_AMENDED_BY = re.compile(r"được sửa đổi, bổ sung (?:một số điều )?(?:bởi|theo)\s*:")
# The title of a gazette's part, above the head of the document.
_GAZETTE_PART = re.compile(r"VĂN BẢN (?:QUY PHẠM PHÁP LUẬT|PHÁP LUẬT KHÁC|HỢP NHẤT\s*[-–])|PHẦN VĂN BẢN")
_SIGNING_STAMP = re.compile(r"(?:Người ký|Ký bởi|Email|Cơ quan|Thời gian ký|Ngày ký|Ký ngày)\s*:")
_ISSUED_WITH = re.compile(
    r"(?:[Bb]an hành\s+(?:kèm\s+)?|[Kk]èm\s+)theo\s+(?P<type>[A-ZĐ]\S+(?:\s\S+){0,3}?)\s+số\s*:?\s*(?P<number>\S+)"
)
_HALF_NUMBER = re.compile(r"(?:Số|SỐ)\s*[:.]?\s*[.…_\s]*/\s*([A-ZĐ][\w.\-–&]*)")
_ALONE_DIGITS = re.compile(r"\d{1,5}")
_DATE_GOES_ON = re.compile(r"(?:tháng|năm)\s*\d")
_BEFORE_DATE = re.compile(r"(.+?),\s*[Nn]gày\b")
_GAZETTE = re.compile(r"CÔNG BÁO\s*/?\s*(Số\s[\d\s+,-]+\d)", re.IGNORECASE)


def head_of(lines: Sequence[CleanLine]) -> list[CleanLine]:
    """The lines before the first căn cứ, addressee or provision: letterhead, number, date, type, title."""
    head: list[CleanLine] = []
    for line in lines[:LONGEST_HEAD_LINES]:
        if _SIGNING_STAMP.match(line.text) or _GAZETTE_PART.match(line.text):
            continue
        if _HEAD_ENDS.match(line.text) and head:
            break
        head.append(line)
    return head


def _find_number(head: Sequence[CleanLine], first_page: Sequence[CleanLine]) -> Read | None:
    for line in head:
        if _NO_NUMBER.match(line.text):
            return read_value("Không số", line)
        match = _NUMBER_LINE.search(line.text)
        written = (match[1] or match[2] or "").strip() if match else ""
        if written.endswith("-"):
            written += _continued_below(head, line)
        parsed = parse_act_number(written)
        if parsed:
            return read_value(parsed.printed, line)
    return _number_in_widget(first_page) or _bare_number(head)


def _continued_below(head: Sequence[CleanLine], line: CleanLine) -> str:
    """A long symbol goes on in the next line of the same column: "01/2022/TTLT-VKSNDTC-" + "TANDTC-BCA"."""
    below = (
        other
        for other in head
        if 0 < other.box.y0 - line.box.y0 < 2.5 * line.size and other.box.x0 < line.box.x1 and " " not in other.text
    )
    return next((other.text for other in below), "")


def _consolidated_at(lines: Sequence[CleanLine]) -> int | None:
    """A consolidated text prints its own number above its authentication, after the text it consolidates."""
    return next((at for at, line in enumerate(lines) if _CONSOLIDATED.match(line.text)), None)


def _around(lines: Sequence[CleanLine], at: int) -> list[CleanLine]:
    near = lines[max(0, at - NEAR_LINES) : at + NEAR_LINES]
    return [line for line in near if line.page == lines[at].page]


def _issued_with(head: Sequence[CleanLine]) -> tuple[Read, Read, Read | None] | None:
    """Number, type and date of the act that an attached text without a head of its own was issued with."""
    for at, line in enumerate(head):
        wide = " ".join(other.text for other in head[at : at + 3])
        match = _ISSUED_WITH.search(wide)
        parsed = parse_act_number(match["number"]) if match and match.start() < len(line.text) else None
        if match and parsed:
            date = date_of(wide[match.end() :])
            guessed = Certainty.GUESSED
            return (
                read_value(parsed.printed, line, guessed),
                read_value(match["type"], line, guessed),
                read_value(date, line, guessed) if date else None,
            )
    return None


def _number_in_widget(first_page: Sequence[CleanLine]) -> Read | None:
    """ "Số:      /QĐ-ĐHBK" with the digits drawn elsewhere on the page by a signing program."""
    for line in first_page:
        half = _HALF_NUMBER.search(line.text)
        digits = next((other.text for other in first_page if _ALONE_DIGITS.fullmatch(other.text.strip())), None)
        if half and digits:
            return read_value(f"{digits.strip()}/{half[1]}", line, Certainty.GUESSED)
    return None


def _bare_number(head: Sequence[CleanLine]) -> Read | None:
    for line in head:
        parsed = parse_act_number(line.text)
        if parsed and "-" in parsed.symbol and len(line.text) < len(parsed.printed) + SLACK:
            return read_value(parsed.printed, line, Certainty.GUESSED)
    return None


def _find_date(head: Sequence[CleanLine], lines: Sequence[CleanLine]) -> Read | None:
    below = dict(pairwise(head))
    for line in sorted(head, key=lambda line: not _place_in(line.text)):
        wrapped = below.get(line)  # "Hòa Lạc Giang, ngày 18 tháng 8" over "năm 2025"
        goes_on = f" {wrapped.text}" if wrapped and _DATE_GOES_ON.match(wrapped.text) else ""
        date = date_of(line.text + goes_on)
        if date and "CÔNG BÁO" not in line.text:
            return read_value(date, line)
    return date_passed(lines)


def _type_line(head: Sequence[CleanLine]) -> tuple[int, str] | None:
    alone = {strip_diacritics(name.upper()): name for name in TYPE_NAMES}
    texts = [line.text.strip() for line in head]
    for at, text in enumerate(texts):
        if name := alone.get(strip_diacritics(text).rstrip(" :")):
            return at, name
    for at, text in enumerate(texts):
        for name in TYPE_NAMES:
            if text.isupper() and text.startswith(f"{name.upper()} ") and len(text) > 12:
                return at, name
    return None


def _find_type(head: Sequence[CleanLine], typed: tuple[int, str] | None, number: ActNumber | None) -> Read | None:
    symbol = number.symbol.split("-")[0] if number else ""
    if symbol == "VBHN":
        return Read(TYPE_OF_SYMBOL[symbol])
    if typed:
        return read_value(typed[1], head[typed[0]])
    if symbol in TYPE_OF_SYMBOL:
        return Read(TYPE_OF_SYMBOL[symbol], Certainty.GUESSED)
    if number and symbol.startswith("QH"):
        return Read("Luật", Certainty.GUESSED)
    subject = next((line for line in head if is_subject(line)), None)
    if subject:
        return read_value("Công văn", subject, Certainty.GUESSED)
    return _procedure(head) if number is None else None


def _procedure(head: Sequence[CleanLine]) -> Read | None:
    """The description of an administrative procedure, told by the headings of its parts."""
    parts = {line.text.lower() for line in head if _PROCEDURE_PART.search(line.text)}
    first = head[0] if head else None
    return (
        read_value("Thủ tục hành chính", first, Certainty.GUESSED)
        if first and len(parts) >= PROCEDURE_PARTS
        else None
    )


def _place_in(text: str) -> str:
    """The capitalised words before ", ngày": "TP. Hồ Chí Minh". Empty where there are none."""
    match = _BEFORE_DATE.search(text)
    words = match[1].replace("|", " | ").split() if match else []
    kept: list[str] = []
    for word in reversed(words[-LONGEST_PLACE_WORDS:]):
        if not word[0].isupper() or not word.replace("-", "").rstrip(".").isalpha():
            break
        kept.append(word)
    return " ".join(reversed(kept))


def _find_place(head: Sequence[CleanLine]) -> Read | None:
    return next((read_value(place, line) for line in head if (place := _place_in(line.text))), None)


def _find_gazette(furniture: Iterable[CleanLine]) -> Read | None:
    matches = ((line, _GAZETTE.search(line.text)) for line in furniture)
    return next((read_value(match[1], line) for line, match in matches if match), None)


def read_metadata(
    doc: CleanDocument, text: str = "", provisions: Sequence[Provision] = (), anchors: Sequence[Anchor] = ()
) -> ActMetadata:
    """The metadata printed on the document; what is not printed is None. ``text`` with its tree and anchors says what
    the act says of itself: its legal basis and from when it is in force."""
    lines = doc.lines
    head = head_of(lines)
    typed = _type_line(head)
    number, type_, issuer, date = _identity(head, lines, typed)
    signer, office = find_signer(lines)
    return ActMetadata(
        number=number,
        type=type_,
        issuer=issuer,
        date=date,
        title=_title(head, typed, type_, text),
        place=_find_place(head) or _find_place(_closing_head(lines)),
        signer=signer,
        signer_office=office,
        gazette=_find_gazette(doc.furniture),
        effective_from=find_effect(text, provisions, anchors, type_, date),
        legal_basis=find_basis(text, provisions),
    )


def _closing_head(lines: Sequence[CleanLine]) -> list[CleanLine]:
    at = _consolidated_at(lines)
    return _around(lines, at) if at is not None else []


def _title(head: Sequence[CleanLine], typed: tuple[int, str] | None, type_: Read | None, text: str) -> Read | None:
    """The title in the case of running text; that of a consolidated text names the type of what it consolidates
    ("Luật Bảo hiểm y tế")."""
    title = find_title(head, typed)
    if title:
        title = replace(title, value=title_in_running_case(title.value, text))
    if title and typed and type_ and type_.value == TYPE_OF_SYMBOL["VBHN"] and typed[1] != type_.value:
        return replace(title, value=f"{typed[1]} {title.value}")
    return title


_Identity = tuple[Read | None, Read | None, Read | None, Read | None]


def _identity(head: Sequence[CleanLine], lines: Sequence[CleanLine], typed: tuple[int, str] | None) -> _Identity:
    """Number, type, issuer and date, from the part of the document that says them."""
    consolidated = _consolidated_at(lines)
    if consolidated is not None:
        near = _around(lines, consolidated)
        number = _find_number(near, ())
        parsed = parse_act_number(number.value) if number else None
        above = [line for line in near if line.box.y0 <= lines[consolidated].box.y0]
        return number, _find_type(near, None, parsed), find_issuer(above, None, parsed), _find_date(near, ())
    number = _find_number(head, [line for line in lines[: LONGEST_HEAD_LINES * 2] if line.page == 1])
    parsed = parse_act_number(number.value) if number else None
    if number is None and any(_AMENDED_BY.search(line.text) for line in lines[:LONGEST_HEAD_LINES]):
        # A consolidated text whose own head is missing: what is printed inside is the head of the amended act.
        return None, Read(TYPE_OF_SYMBOL["VBHN"], Certainty.GUESSED), None, None
    type_, date = _find_type(head, typed, parsed), _find_date(head, lines)
    if number is None and (carrier := _issued_with(head)):
        number, date = carrier[0], date or carrier[2]
        type_, parsed = type_ or carrier[1], parse_act_number(number.value)
    return number, type_, find_issuer(head, typed, parsed), date
