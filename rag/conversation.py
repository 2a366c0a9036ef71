"""Follow-up questions ("còn với doanh nghiệp thì sao?") made to stand alone by the questions before them.

Nothing is remembered here: the caller sends the last questions along. Rules, no model: a question counts as a follow-up
when it begins or ends as one, or points back ("trường hợp này"), and then takes what it lacks from the question before.
Where both name a subject of the same kind, the new one takes the old one's place; else both are joined.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.law.text import nfc

MAX_TURNS = 3  # questions looked back at; further back is another subject
LONGEST_FOLLOW_UP = 16  # syllables: a longer question says what it is about itself
_BEGINS = re.compile(
    r"^\s*(?:(?:thế|vậy|còn|và|nếu vậy|nếu thế|như vậy|thế thì|vậy thì|vậy thế)\s*,?\s+)+"
    r"(?:(?:với|đối với|về|nếu(?: là)?|trường hợp(?: của)?)\s+)*",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[\s,]*(?:thì\s+)?(?:sao|thế nào|như thế nào|có được không|có khác không)(?:\s+(?:ạ|vậy|nhỉ))?[\s?.!]*$",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:trường hợp|quy định|thủ tục|hồ sơ|hành vi|việc|văn bản|điều|khoản|mức|thời hạn|giấy tờ)"
    r"\s+(?:này|đó|kia|ấy|nói trên|trên|như vậy)\b|\b(?:ở đó|khi đó|lúc đó|như trên)\b",
    re.IGNORECASE,
)
# Rows are kinds: a name of a row in the new question replaces a name of the same row in the old one.
_KINDS = (
    "hộ cận nghèo|hộ nghèo|người có công|"
    "người sử dụng lao động|người lao động|doanh nghiệp tư nhân|doanh nghiệp|hộ kinh doanh|hộ gia đình|hợp tác xã|"
    "công ty cổ phần|công ty|cá nhân|tổ chức|cán bộ|công chức|viên chức|người nước ngoài|công dân|nhà đầu tư|"
    "cơ sở kinh doanh|cơ quan|đơn vị|người cao tuổi|người khuyết tật|trẻ em|học sinh|sinh viên|giáo viên|phụ nữ|"
    "lao động nữ|lao động nam|vợ|chồng|cha mẹ|con",
    "xe ô tô|ô tô|xe mô tô|mô tô|xe gắn máy|xe máy điện|xe máy|xe đạp điện|xe đạp|xe tải|xe khách|máy kéo",
    "cấp tỉnh|cấp huyện|cấp xã|trung ương",
    "lần đầu|lần hai|lần thứ hai|cấp lại|cấp đổi|gia hạn|cấp mới|đăng ký lại|sửa đổi|thu hồi",
    "đất ở|đất nông nghiệp|đất phi nông nghiệp|đất rừng|đất trồng lúa|nhà ở xã hội|nhà ở thương mại|chung cư",
)
_KIND_PATTERNS = tuple(re.compile(rf"\b(?:{row})\b", re.IGNORECASE) for row in _KINDS)


def stand_alone(question: str, history: Sequence[str]) -> str:
    """``question`` as it would be asked without its history (oldest first); unchanged when it is no follow-up."""
    before = ""
    for asked in [*history[-MAX_TURNS:], question]:
        before = _joined(nfc(asked).strip(), before) if before else nfc(asked).strip()
    return before


def is_follow_up(question: str) -> bool:
    """Whether ``question`` lacks something that stands before it."""
    if len(question.split()) > LONGEST_FOLLOW_UP:
        return False
    return bool(_BEGINS.match(question) or _POINTS_BACK.search(question) or _only_asks_back(question))


def _only_asks_back(question: str) -> bool:
    """ "với hộ kinh doanh thì sao?": a noun and nothing asked of it."""
    return (
        bool(re.search(r"\bthì\s+sao\b", question, re.IGNORECASE)) and len(question.split()) <= LONGEST_FOLLOW_UP // 2
    )


def _joined(question: str, before: str) -> str:
    if not is_follow_up(question):
        return question
    topic = _POINTS_BACK.sub("", _BEGINS.sub("", question))
    own = _ENDS.sub("", topic).strip(" ,?.!")
    asks_itself = own == topic.strip(" ,?.!")
    exchanged = _exchange(before, own)
    if exchanged and not asks_itself:
        return exchanged
    if asks_itself:
        return f"{own[:1].upper()}{own[1:]} ({before.rstrip(' ?.!')})?"
    return f"{before.rstrip(' ?.!')} đối với {own}?" if own else before


def _exchange(before: str, own: str) -> str | None:
    """``before`` with its subject replaced by ``own``, which names one of the same kind; None when it does not."""
    for pattern in _KIND_PATTERNS:
        old = pattern.search(before)
        new = pattern.search(own)
        if old and new and old.group().lower() != new.group().lower():
            return f"{before[: old.start()]}{own}{before[old.end() :]}"
    return None
