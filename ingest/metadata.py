"""What the document says of itself: number, type, issuer, place, date, title, signer, gazette, legal basis, effect.

Each value carries the line it was read from. A value derived from another (an issuer from the number's symbol) is
``guessed``. Places after Decree 30/2020/NĐ-CP, appendix I, and Decree 78/2025/NĐ-CP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.act_types import ISSUER_OF_SYMBOL, TYPE_NAMES, TYPE_OF_SYMBOL
from ingest.lines import CleanDocument, CleanLine, LineClass
from rag.law.act import ActMetadata, Certainty, Read
from rag.law.identifier import ActNumber, parse_act_number
from rag.law.text import strip_diacritics

# Lines: the head of a document ends before this even when no "Căn cứ" or Điều is met (gazette cover included).
LONGEST_HEAD_LINES = 80
# Lines of a printed title (trích yếu); the longest seen has 9.
LONGEST_TITLE_LINES = 12
# Font sizes from one line of a letterhead name to the next (single spacing is 1.15, 1.5 lines 1.7).
NEXT_LINE_SIZES = 1.8
# Characters a line may hold beside a number printed without "Số".
SLACK = 3
# Lines around the number of a consolidated text that hold its issuer, date and signer.
NEAR_LINES = 12
# Lines above the end of the signature among which the signer's name stands.
SIGNATURE_LINES = 40
_HEAD_ENDS = re.compile(r"(?:Căn cứ|Điều\s+\d|Chương\s+[IVX]|Theo đề nghị|Kính gửi|Xét đề nghị|Thực hiện\s)")
_NUMBER_LINE = re.compile(r"(?:^|\s)(?:Số|SỐ|số)\s*[:.]\s*(.*)|^(?:Luật|Bộ luật)\s+số\s*:?\s*(.*)")
_CONSOLIDATED = re.compile(r"Số\s*:?\s*\d+\s*/\s*VBHN-")
_AMENDED_BY = re.compile(r"được sửa đổi, bổ sung (?:một số điều )?(?:bởi|theo)\s*:")
_SIGNING_STAMP = re.compile(r"(?:Người ký|Ký bởi|Email|Cơ quan|Thời gian ký|Ngày ký|Ký ngày)\s*:")
_ISSUED_WITH = re.compile(
    r"(?:[Bb]an hành\s+(?:kèm\s+)?|[Kk]èm\s+)theo\s+(?P<type>[A-ZĐ]\S+(?:\s\S+){0,3}?)\s+số\s*:?\s*(?P<number>\S+)"
)
_HALF_NUMBER = re.compile(r"(?:Số|SỐ)\s*[:.]?\s*[.…_\s]*/\s*([A-ZĐ][\w.\-–&]*)")
_ALONE_DIGITS = re.compile(r"\d{1,5}")
_DATE = re.compile(r"(?:ngày|Ngày)\s*(\d{1,2})\s*(?:tháng|/|-)\s*(\d{1,2})\s*(?:năm|/|-)\s*((?:19|20)\d\d)")
_PLACE = re.compile(r"^([A-ZĐ][\w.\s-]{2,40}?),\s*(?:ngày|Ngày)")
_PASSED = re.compile(
    r"này (?:đã )?được (?:Quốc hội|Ủy ban [Tt]hường vụ|Hội đồng nhân dân).{0,200}?thông qua\s+ngày.{0,40}"
)
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
    r"ĐẢNG|LIÊN|HỘI|MẶT TRẬN|CÔNG TY|TẬP ĐOÀN|KHO BẠC|THÀNH|TỈNH|QUẬN|HUYỆN|XÃ|PHƯỜNG)\b"
)
_SUBJECT = re.compile(r"^(?:V/v|V/V|Về việc)\b[:\s]*(.*)", re.DOTALL)
_ABOUT = re.compile(r"^(?:Về|Quy định|Sửa đổi|Ban hành|Hướng dẫn|Công bố|Phê duyệt)\b")
_GAZETTE = re.compile(r"CÔNG BÁO\s*/?\s*(Số\s[\d\s+,-]+\d)", re.IGNORECASE)
_EFFECT = re.compile(r"có hiệu lực (?:thi hành |pháp luật )?(?:kể )?từ\s+(ngày\s.{0,40})")
_SIGNED_ON = re.compile(r"kể từ ngày ký(?: ban hành)?")
_DEGREES = re.compile(r"^(?:(?:GS|PGS|TS|ThS|BS|KS|CN)\.?\s?)*")
_OFFICE = re.compile(
    r"^(?:TM|KT|TL|TUQ|Q|Thừa lệnh)\.?\s|TRƯỞNG|CHỦ TỊCH|THỦ TƯỚNG|GIÁM ĐỐC|CHỦ NHIỆM|CHÁNH|VIỆN TRƯỞNG|CỤC"
)


def _read(value: str, line: CleanLine, certainty: Certainty = Certainty.CERTAIN) -> Read:
    return Read(re.sub(r"\s+", " ", value).strip(" .,;"), certainty, line.page, line.box)


def head_of(lines: Sequence[CleanLine]) -> list[CleanLine]:
    """The lines before the first căn cứ, addressee or provision: letterhead, number, date, type, title."""
    head: list[CleanLine] = []
    for line in lines[:LONGEST_HEAD_LINES]:
        if _SIGNING_STAMP.match(line.text):
            continue
        if _HEAD_ENDS.match(line.text) and head:
            break
        head.append(line)
    return head


def _find_number(head: Sequence[CleanLine], first_page: Sequence[CleanLine]) -> Read | None:
    for line in head:
        match = _NUMBER_LINE.search(line.text)
        written = (match[1] or match[2] or "").strip() if match else ""
        if written.endswith("-"):
            written += _continued_below(head, line)
        parsed = parse_act_number(written)
        if parsed:
            return _read(parsed.printed, line)
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
            date = _date_of(wide[match.end() :])
            guessed = Certainty.GUESSED
            return (
                _read(parsed.printed, line, guessed),
                _read(match["type"], line, guessed),
                _read(date, line, guessed) if date else None,
            )
    return None


def _number_in_widget(first_page: Sequence[CleanLine]) -> Read | None:
    """ "Số:      /QĐ-ĐHBK" with the digits drawn elsewhere on the page by a signing program."""
    for line in first_page:
        half = _HALF_NUMBER.search(line.text)
        digits = next((other.text for other in first_page if _ALONE_DIGITS.fullmatch(other.text.strip())), None)
        if half and digits:
            return _read(f"{digits.strip()}/{half[1]}", line, Certainty.GUESSED)
    return None


def _bare_number(head: Sequence[CleanLine]) -> Read | None:
    for line in head:
        parsed = parse_act_number(line.text)
        if parsed and "-" in parsed.symbol and len(line.text) < len(parsed.printed) + SLACK:
            return _read(parsed.printed, line, Certainty.GUESSED)
    return None


def _date_of(text: str) -> str | None:
    match = _DATE.search(text)
    if not match or not (1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12):
        return None
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"


def _find_date(head: Sequence[CleanLine], lines: Sequence[CleanLine]) -> Read | None:
    for line in sorted(head, key=lambda line: not _PLACE.match(line.text)):
        date = _date_of(line.text)
        if date and "CÔNG BÁO" not in line.text:
            return _read(date, line)
    return _date_passed(lines)


def _date_passed(lines: Sequence[CleanLine]) -> Read | None:
    """Laws: "Luật này được Quốc hội … thông qua ngày …" above the signature."""
    for at, line in enumerate(lines):
        if "thông qua" not in line.text:
            continue
        wide = " ".join(other.text for other in lines[max(0, at - 1) : at + 2])
        match = _PASSED.search(wide)
        date = _date_of(match[0]) if match else None
        if date:
            return _read(date, line)
    return None


def _type_line(head: Sequence[CleanLine]) -> tuple[int, str] | None:
    for at, line in enumerate(head):
        text = line.text.strip()
        for name in TYPE_NAMES:
            if strip_diacritics(text) == strip_diacritics(name.upper()) or (
                text.isupper() and text.startswith(f"{name.upper()} ") and len(text) > 12
            ):
                return at, name
    return None


def _find_type(head: Sequence[CleanLine], typed: tuple[int, str] | None, number: ActNumber | None) -> Read | None:
    symbol = number.symbol.split("-")[0] if number else ""
    if symbol == "VBHN":
        return Read(TYPE_OF_SYMBOL[symbol])
    if typed:
        return _read(typed[1], head[typed[0]])
    if symbol in TYPE_OF_SYMBOL:
        return Read(TYPE_OF_SYMBOL[symbol], Certainty.GUESSED)
    if number and symbol.startswith("QH"):
        return Read("Luật", Certainty.GUESSED)
    subject = next((line for line in head if _SUBJECT.match(line.text)), None)
    return _read("Công văn", subject, Certainty.GUESSED) if subject else None


def _find_issuer(head: Sequence[CleanLine], typed: tuple[int, str] | None, number: ActNumber | None) -> Read | None:
    tail = re.sub(r"\d+$", "", number.symbol.rsplit("-", 1)[-1]) if number else ""
    named = ISSUER_OF_SYMBOL.get(tail)
    above = _letterhead(head[: typed[0] if typed else len(head)])
    if named:
        line = next((line for name, line in above if name.lower() == named.lower()), None)
        return _read(named, line) if line else Read(named, Certainty.GUESSED)
    body = _issuing_body(above)
    return _read(" ".join(name for name, _ in body), body[0][1]) if body else None


_Named = tuple[str, CleanLine]
_PLACE_NAME = re.compile(r"(?:THÀNH PHỐ|TỈNH|QUẬN|HUYỆN|THỊ XÃ|THỊ TRẤN|XÃ|PHƯỜNG|ĐẶC KHU)\b")


def _letterhead(head: Sequence[CleanLine]) -> list[_Named]:
    """Upper-case lines that may name a body, without the national motto that shares a line with them."""
    named = ((_MOTTO.sub("", line.text).strip(), line) for line in head)
    return [(name, line) for name, line in named if name.isupper() and not _NOT_ISSUER.search(name)]


def _issuing_body(named: Sequence[_Named]) -> Sequence[_Named]:
    """The lines of the last body named in a letterhead (its superior stands above it).

    A line that ends with a dash goes on to the next body of a joint circular.
    """
    first = next((at for at in range(len(named) - 1, -1, -1) if _ISSUER_WORDS.match(named[at][0])), None)
    if first is None:
        return ()
    last = first
    while last + 1 < len(named) and _is_next_line(named[last][1], named[last + 1][1]):
        last += 1
    while first and named[first - 1][0].endswith("-"):
        first -= 1
    if first and _PLACE_NAME.match(named[first][0]) and _is_next_line(named[first - 1][1], named[first][1]):
        first -= 1  # "ỦY BAN NHÂN DÂN" over "TỈNH …": a place is no issuer by itself
    return named[first : last + 1]


def _is_next_line(line: CleanLine, below: CleanLine) -> bool:
    """Whether ``below`` is printed right under ``line`` in the same column."""
    near = 0 < below.box.y0 - line.box.y0 <= NEXT_LINE_SIZES * max(line.size, below.size)
    return near and below.page == line.page and below.box.x0 < line.box.x1 and line.box.x0 < below.box.x1


def _find_title(head: Sequence[CleanLine], typed: tuple[int, str] | None) -> Read | None:
    if typed is None:
        return _subject(head)
    at, name = typed
    own = head[at].text.strip()[len(name) :].strip()
    lines = [own] if own else []
    bold = False
    for line in head[at + 1 : at + 1 + LONGEST_TITLE_LINES]:
        if lines and bold and not line.bold:
            break  # the title is set bold (Decree 30/2020/NĐ-CP, annex I, II.5), what follows it is not
        if re.match(r"\W*$", line.text) or _ISSUER_WORDS.match(line.text) or _NUMBER_LINE.match(line.text):
            if lines:
                break
            continue
        lines.append(line.text)
        bold = line.bold
    return _read(" ".join(lines), head[at]) if lines else None


def _subject(head: Sequence[CleanLine]) -> Read | None:
    for at, line in enumerate(head):
        match = _SUBJECT.match(line.text)
        if match:
            more = [other.text for other in head[at + 1 : at + 4] if other.joins]
            return _read(" ".join([match[1], *more]), line)
    return next((_read(line.text, line, Certainty.GUESSED) for line in head if _ABOUT.match(line.text)), None)


def _find_place(head: Sequence[CleanLine]) -> Read | None:
    matches = ((line, _PLACE.match(line.text)) for line in head)
    return next((_read(match[1], line) for line, match in matches if match), None)


def _find_signer(lines: Sequence[CleanLine]) -> tuple[Read | None, Read | None]:
    """Name and office: the first signature block (a second one belongs to an appendix)."""
    first = next((at for at, line in enumerate(lines) if line.line_class is LineClass.SIGNATURE), None)
    if first is None:
        return None, None
    block = [line for line in lines[first : first + SIGNATURE_LINES] if line.line_class is LineClass.SIGNATURE]
    names = [line for line in block if line.bold and _is_person(line.text)]
    offices = [line for line in block if line.text.isupper() and _OFFICE.search(line.text)]
    signer = _read(names[-1].text, names[-1]) if names else None
    return signer, (_read(" ".join(line.text for line in offices), offices[0]) if offices else None)


def _is_person(text: str) -> bool:
    """Two to six capitalised words: "TS. Nguyễn Văn Mẫu"."""
    words = _DEGREES.sub("", text.strip()).split()
    return 2 <= len(words) <= 6 and all(word.isalpha() and word.istitle() for word in words)


def _find_gazette(furniture: Iterable[CleanLine]) -> Read | None:
    matches = ((line, _GAZETTE.search(line.text)) for line in furniture)
    return next((_read(match[1], line) for line, match in matches if match), None)


def _find_effect(lines: Sequence[CleanLine], issued: Read | None) -> Read | None:
    for at, line in enumerate(lines):
        if "hiệu lực" not in line.text:
            continue
        wide = " ".join(other.text for other in lines[at : at + 2])
        match = _EFFECT.search(wide)
        date = _date_of(match[1]) if match else None
        if date:
            return _read(date, line)
        if match and issued and _SIGNED_ON.search(wide):
            return _read(issued.value, line)
    return None


def _legal_basis(lines: Sequence[CleanLine]) -> tuple[str, ...]:
    basis: list[str] = []
    for line in lines[: LONGEST_HEAD_LINES * 2]:
        if line.text.startswith("Căn cứ"):
            basis.append(line.text)
        elif basis and line.joins:
            basis[-1] += f" {line.text}"
        elif basis and line.text.startswith("Điều"):
            break
    return tuple(text.strip(" ;,.") for text in basis)


def read_metadata(doc: CleanDocument) -> ActMetadata:
    """The metadata printed on the document; what is not printed is None."""
    lines = doc.lines
    head = head_of(lines)
    typed = _type_line(head)
    number, type_, issuer, date = _identity(head, lines, typed)
    signer, office = _find_signer(lines)
    return ActMetadata(
        number=number,
        type=type_,
        issuer=issuer,
        date=date,
        title=_find_title(head, typed),
        place=_find_place(head),
        signer=signer,
        signer_office=office,
        gazette=_find_gazette(doc.furniture),
        effective_from=_find_effect(lines, date),
        legal_basis=_legal_basis(lines),
    )


_Identity = tuple[Read | None, Read | None, Read | None, Read | None]


def _identity(head: Sequence[CleanLine], lines: Sequence[CleanLine], typed: tuple[int, str] | None) -> _Identity:
    """Number, type, issuer and date, from the part of the document that says them."""
    consolidated = _consolidated_at(lines)
    if consolidated is not None:
        near = _around(lines, consolidated)
        number = _find_number(near, ())
        parsed = parse_act_number(number.value) if number else None
        above = [line for line in near if line.box.y0 <= lines[consolidated].box.y0]
        return number, _find_type(near, None, parsed), _find_issuer(above, None, parsed), _find_date(near, ())
    number = _find_number(head, [line for line in lines[: LONGEST_HEAD_LINES * 2] if line.page == 1])
    parsed = parse_act_number(number.value) if number else None
    if number is None and any(_AMENDED_BY.search(line.text) for line in lines[:LONGEST_HEAD_LINES]):
        # A consolidated text whose own head is missing: what is printed inside is the head of the amended act.
        return None, Read(TYPE_OF_SYMBOL["VBHN"], Certainty.GUESSED), None, None
    type_, date = _find_type(head, typed, parsed), _find_date(head, lines)
    if number is None and (carrier := _issued_with(head)):
        number, date = carrier[0], date or carrier[2]
        type_, parsed = type_ or carrier[1], parse_act_number(number.value)
    return number, type_, _find_issuer(head, typed, parsed), date
