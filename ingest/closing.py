"""What stands at the end of a document: who signed, when a law was passed, from when the act is in force.

Signature block after Decree 30/2020/NĐ-CP, appendix I, II.7; effect after Law 64/2025/QH15, article 53: the act says
itself from when. The effect is read from the tree, so that what is quoted, noted or printed in a form never counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ingest.lines import CleanLine, LineClass
from ingest.values import date_of, read_value
from rag.law.act import Anchor, Certainty, Level, Provision, Read

# Lines above the end of the signature among which the signer's name stands.
SIGNATURE_LINES = 60
LINES_BETWEEN = 2  # of another class inside a signature block: a stamp, a line of the recipients read as text
LONGEST_BASIS = 1000  # characters of one "Căn cứ …"; the longest met has 700
_PASSED = re.compile(
    r"này (?:đã )?được (?:Quốc hội|Ủy ban [Tt]hường vụ|Hội đồng nhân dân).{0,200}?thông qua\s+ngày.{0,40}"
)
_RANKS = re.compile(
    r"^(?:(?:Đại|Thượng|Trung|Thiếu)\s(?:tướng|tá|úy)|Đại tướng|Luật sư|Bác sĩ|(?:GS|PGS|TS|ThS|BS|KS|CN|LS)\.?)\s*"
)
_DEGREES = re.compile(r"^(?:(?:GS|PGS|TSKH|TS|ThS|BS|KS|CN|LS)\.?\s?)*")
_OFFICE = re.compile(
    r"^(?:TM|KT|TL|TUQ|Q|Thừa lệnh)\.?\s?\S|TRƯỞNG|CHỦ TỊCH|THỦ TƯỚNG|GIÁM ĐỐC|CHỦ NHIỆM|CHÁNH|THỐNG ĐỐC|"
    r"BÍ THƯ|TỔNG THANH TRA|TỔNG KIỂM TOÁN"
)
# The commonest surnames: where two names were printed on one line, the second begins with one of them.
_SURNAMES = frozenset(
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đào Đoàn Mai Tạ Lâm Hà Tô Cao "
    "Trương Chu Châu Vương Lương Thái Tống Quách".split()
)
_TYPE = (
    r"(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh|Lệnh|Nghị quyết liên tịch|Nghị quyết|Nghị định|Thông tư liên tịch|Thông tư|"
    r"Quyết định|Chỉ thị|Quy chế|Quy định|Điều lệ|Kế hoạch|Hướng dẫn|Thông báo|Văn bản|Chương trình|Quy trình)"
)
_EFFECT = re.compile(
    rf"(?P<type>{_TYPE})(?:\snày)?(?:\s\([^)]{{0,60}}\))?\s(?:sẽ\s)?có hiệu lực"
    r"(?:\s(?:thi hành|pháp luật|áp dụng|thực hiện))*"
    r",?\s(?P<after>sau\s(?P<days>\d{1,3})\s(?:\([^)]*\)\s)?ngày,?\s)?(?:kể\s)?từ\s(?P<when>.{0,60})"
)
_BASE_EFFECT = re.compile(r"có hiệu lực (?:thi hành )?(?:kể )?từ (?P<when>ngày.{0,40}?),? (?:đã )?được sửa đổi")
_SIGNED_ON = re.compile(r"ngày ký(?: ban hành)?\b|ngày ban hành\b|ngày thông qua\b")
_ACT_NAMED = re.compile(
    r"Luật|Hiến pháp|Nghị|Quyết định|Thông tư|Pháp lệnh|Kế hoạch|Chỉ thị|Công văn|Hướng dẫn|Chương trình|Quy chế|"
    r"Điều lệ|Thông báo|Tờ trình|Kết luận|Biên bản|Điều ước|Hiệp định"
)
_ATTACHED_TYPES = frozenset({"Văn bản", "Quy chế", "Quy định", "Điều lệ", "Quy trình"})
_APART = frozenset({Level.QUOTED, Level.NOTE, Level.TABLE, Level.CONCLUSIONS})


def date_passed(lines: Sequence[CleanLine]) -> Read | None:
    """Laws: "Luật này được Quốc hội … thông qua ngày …" above the signature."""
    for at, line in enumerate(lines):
        if "thông qua" not in line.text:
            continue
        wide = " ".join(other.text for other in lines[max(0, at - 1) : at + 2])
        match = _PASSED.search(wide)
        found = date_of(match[0]) if match else None
        if found:
            return read_value(found, line)
    return None


def find_signer(lines: Sequence[CleanLine]) -> tuple[Read | None, Read | None]:
    """Name and office: the first signature block (a second one belongs to an appendix). A joint act has several
    names, parted by "; "."""
    first = next((at for at, line in enumerate(lines) if line.line_class is LineClass.SIGNATURE), None)
    if first is None:
        return None, None
    block = _first_block(lines[first : first + SIGNATURE_LINES])
    offices = [line for line in block if line.text.isupper() and _OFFICE.search(line.text)]
    names = [line for line in block if line.bold and _people(line.text)]
    if not names and offices:
        names = [line for line in block if line.box.y0 > offices[0].box.y0 and _people(line.text)][-1:]
    several = sum(line.text.startswith(("KT.", "TM.", "TL.")) for line in offices) > 1 and len(names) > 1
    chosen = names if several else names[-1:]
    people = "; ".join(name for line in chosen for name in _people(line.text))
    signer = read_value(people, chosen[0]) if chosen else None
    return signer, (read_value(" ".join(line.text for line in offices), offices[0]) if offices else None)


def _first_block(lines: Sequence[CleanLine]) -> list[CleanLine]:
    """The signature lines up to where the text goes on: an appendix, a form."""
    block: list[CleanLine] = []
    between = 0
    for line in lines:
        between = 0 if line.line_class is LineClass.SIGNATURE else between + 1
        if between > LINES_BETWEEN or line.page > lines[0].page + 1:
            break
        if not between:
            block.append(line)
    return block


def _people(text: str) -> list[str]:
    """The names on a line: two to six capitalised words ("TS. Nguyễn Văn Mẫu"), several where surnames part them."""
    ranked = _RANKS.sub("", text.strip()) if not _DEGREES.match(text.strip())[0] else text.strip()  # type: ignore[index]
    words = _DEGREES.sub("", ranked).split()
    if len(words) < 2 or not all(word.isalpha() and word.istitle() for word in words):
        return []
    if len(words) <= 5:
        return [ranked]
    starts = [0, *(at for at in range(2, len(words) - 1) if words[at] in _SURNAMES and at >= 2)]
    parts = [words[a:b] for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
    return [" ".join(part) for part in parts] if all(2 <= len(part) <= 6 for part in parts) else []


def find_basis(text: str, provisions: Sequence[Provision]) -> tuple[str, ...]:
    """The "Căn cứ …" of the preamble, each whole."""
    if not provisions or provisions[0].level is not Level.PREAMBLE:
        return ()
    preamble = text[provisions[0].start : provisions[0].intro_end]
    found = (line.strip(" ;,.") for line in preamble.split("\n") if line.startswith("Căn cứ "))
    return tuple(basis for basis in found if len(basis) <= LONGEST_BASIS and _ACT_NAMED.search(basis[:80]))


def find_effect(
    text: str, provisions: Sequence[Provision], anchors: Sequence[Anchor], type_: Read | None, issued: Read | None
) -> Read | None:
    """From when the act says it is in force. Only a sentence about the act itself counts: "Nghị định này có hiệu lực
    …", by its own type, or by the type of what it brings in force (Quy chế) where it says nothing else.

    A consolidated text gives the day of the act it consolidates, ``guessed``: later amendments have days of their own.
    """
    own_type = type_.value if type_ else ""
    if own_type == "Văn bản hợp nhất":
        return _effect_of_base(text, provisions, anchors)
    others: list[Read] = []
    for start, end, attached in _own_words(provisions):
        for match in _EFFECT.finditer(text, start, end):
            found = _when(match, issued, anchors)
            if found and match["type"] == own_type and not attached:
                return found
            if found and match["type"] in _ATTACHED_TYPES:
                others.append(found)
    return others[0] if others else None


def _effect_of_base(text: str, provisions: Sequence[Provision], anchors: Sequence[Anchor]) -> Read | None:
    head = _BASE_EFFECT.search(text.replace("\n", " "), 0, 6000)
    if head and (day := date_of(head["when"])):
        return _placed(day, head.start(), anchors, Certainty.GUESSED)
    for start, end, _ in _own_words(provisions):
        for match in _EFFECT.finditer(text, start, end):
            if day := date_of(match["when"]):
                return _placed(day, match.start(), anchors, Certainty.GUESSED)
    return None


def _own_words(provisions: Sequence[Provision]) -> Iterator[tuple[int, int, bool]]:
    """Spans of the act's own text, then of its attachments (True), without quotations, notes and tables."""
    for attached in (False, True):
        for node in provisions:
            if (node.level is Level.ATTACHMENT) == attached and node.level not in _APART:
                yield from ((start, end, attached) for start, end in _spans(node))


def _spans(node: Provision) -> Iterator[tuple[int, int]]:
    yield node.start, node.intro_end
    for child in node.children:
        # A form printed inside an attachment has a Điều "… có hiệu lực kể từ ngày ký" that is nobody's yet.
        if child.level not in _APART and child.level is not Level.ATTACHMENT:
            yield from _spans(child)


def _when(match: re.Match[str], issued: Read | None, anchors: Sequence[Anchor]) -> Read | None:
    said = match["when"]
    if not _SIGNED_ON.match(said):
        day = date_of(said) if said.startswith(("ngày", "0 giờ", "00 giờ")) else None
        return _placed(day, match.start(), anchors) if day else None
    if not issued:
        return None
    if not match["after"]:
        return _placed(issued.value, match.start(), anchors)
    later = date.fromisoformat(issued.value) + timedelta(days=int(match["days"]))
    return _placed(later.isoformat(), match.start(), anchors, Certainty.GUESSED)


def _placed(value: str, at: int, anchors: Sequence[Anchor], certainty: Certainty = Certainty.CERTAIN) -> Read:
    anchor = next((a for a in anchors if a.start <= at < a.end + 1), None)
    return Read(value, certainty, anchor.page, anchor.box) if anchor else Read(value, certainty)
