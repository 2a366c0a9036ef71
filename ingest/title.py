"""The title (trích yếu): below the type of the document, or "V/v …" below the number of an official letter.

Decree 30/2020/NĐ-CP, appendix I, II.5: bold, centred, under it a rule; then comes who issues, or the first căn cứ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.issuer import is_next_line
from ingest.lines import CleanLine
from ingest.values import read_value
from rag.law.act import Certainty, Read

LONGEST_TITLE_LINES = 12  # the longest title seen has 9
# Letter sizes between the lines of a title, at most; who issues stands further below it.
TITLE_GAP = 2.2
LONGEST_SUBJECT_LINES = 5
_SUBJECT = re.compile(r"^(?:V/v|V/V|Về việc)\b[:\s]*(.*)", re.DOTALL)
_ABOUT = re.compile(r"^(?:Về|Quy định|Sửa đổi|Ban hành|Hướng dẫn|Công bố|Phê duyệt)\b")
_RULE = re.compile(r"[\W_]*$")
_NUMBER = re.compile(r"(?:Luật\s+|Nghị quyết\s+)?[Ss]ố\s*:")
_ENDS = re.compile(r"\((?:Ban hành|Kèm theo|Kèm|Tiếp theo|Xem tiếp)|[Kk]ính gửi")
# "Luật … số 25/2008/QH12 ngày … của Quốc hội, có hiệu lực": the history of a consolidated text.
_HISTORY = re.compile(r"(?:Luật|Bộ luật|Nghị|Thông tư|Pháp lệnh|Quyết định)\b.*\bsố\s\d.*\bngày\b")
_WHO_ISSUES = re.compile(
    r"^(?:QUỐC HỘI|CHÍNH PHỦ|THỦ TƯỚNG|CHỦ TỊCH|(?:ỦY|UỶ) BAN|HỘI ĐỒNG|BỘ TRƯỞNG|TỔNG |GIÁM ĐỐC|HIỆU TRƯỞNG|VIỆN TRƯỞNG|"
    r"CHÁNH |CỤC TRƯỞNG|CHI CỤC|THỐNG ĐỐC|CHỦ NHIỆM|TRƯỞNG |BAN |VỤ TRƯỞNG|VIỆN KIỂM SÁT|THANH TRA|BÍ THƯ)"
)
_ISSUES = re.compile(
    r"QUỐC HỘI|CHÍNH PHỦ|THỦ TƯỚNG CHÍNH PHỦ|(?:ỦY|UỶ) BAN THƯỜNG VỤ QUỐC HỘI|CHỦ TỊCH NƯỚC|"
    r"(?:BỘ TRƯỞNG|CHỦ TỊCH|GIÁM ĐỐC|HIỆU TRƯỞNG|TỔNG THANH TRA|THỐNG ĐỐC|CHÁNH ÁN|VIỆN TRƯỞNG)\s.+"
)


def is_subject(line: CleanLine) -> bool:
    """Whether the line begins the subject of an official letter."""
    return _SUBJECT.match(line.text) is not None


def find_title(head: Sequence[CleanLine], typed: tuple[int, str] | None) -> Read | None:
    """``typed``: position in ``head`` and name of the type. Without a type, the subject of a letter."""
    if typed is None:
        return _subject(head)
    at, name = typed
    own = head[at].text.strip()[len(name) :].strip(" :")
    title = [head[at]] if own else []
    for line in head[at + 1 : at + 1 + LONGEST_TITLE_LINES]:
        if _RULE.match(line.text) or _NUMBER.match(line.text):
            if title:
                break
            continue
        if title and _ends_title(title[-1], line):
            break
        title.append(line)
    words = [own, *(line.text for line in title[1:])] if own else [line.text for line in title]
    return read_value(" ".join(words), title[0]) if title else None


def _ends_title(last: CleanLine, line: CleanLine) -> bool:
    if last.bold and not line.bold:  # the title is set bold, what follows it is not
        return True
    if _ENDS.match(line.text) or _HISTORY.match(line.text):
        return True
    if _ISSUES.fullmatch(line.text.strip()):
        return True
    unlike = line.text.isupper() != last.text.isupper()
    far = line.page != last.page or line.box.y0 - last.box.y0 > TITLE_GAP * line.size
    return _WHO_ISSUES.match(line.text) is not None and line.text.isupper() and (unlike or far)


def _subject(head: Sequence[CleanLine]) -> Read | None:
    for at, line in enumerate(head):
        match = _SUBJECT.match(line.text)
        if match:
            lines = [line]
            for other in head[at + 1 : at + 1 + LONGEST_SUBJECT_LINES]:
                if not (other.joins or is_next_line(lines[-1], other)) or other.bold != line.bold:
                    break
                lines.append(other)
            return read_value(" ".join([match[1], *(other.text for other in lines[1:])]), line)
    return next((read_value(line.text, line, Certainty.GUESSED) for line in head if _ABOUT.match(line.text)), None)
