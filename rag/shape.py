"""What kind of answer a question wants, and which sentences of a provision give it.

Ten kinds, by the words of asking. Each row says what the sentence wanted looks like, and whether the whole list under a lead-in
belongs to the answer (the papers of a dossier, the steps of a procedure) or only the points that fit (the one act that is fined).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.law.text import fold_case_and_tone

BONUS = 0.2  # closeness of a sentence that looks like what is wanted; a fifth of a full match
SHORT, LONG = 6, 14  # sentences shown: a fact, a list


class Kind(StrEnum):
    FINE = "fine"
    DOSSIER = "dossier"
    STEPS = "steps"
    AMOUNT = "amount"
    WHEN = "when"
    WHO = "who"
    DEFINITION = "definition"
    LIST = "list"
    YES_NO = "yes_no"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Shape:
    """``wanted``: what the sentence that answers holds; ``whole_lists``: a list is given whole; ``most``: sentences."""

    kind: Kind
    asked: re.Pattern[str]
    wanted: re.Pattern[str]
    whole_lists: bool = False
    most: int = SHORT


def _shape(kind: Kind, asked: str, wanted: str, whole_lists: bool = False, most: int = SHORT) -> Shape:
    return Shape(kind, re.compile(asked), re.compile(wanted), whole_lists, most)


_NUMBER = r"\d"
_LISTED = r"\b(?:gồm|bao gồm|sau đây|như sau|trong các trường hợp|các trường hợp)\b.*:"
SHAPES = (  # the first whose ``asked`` is found
    _shape(Kind.FINE, r"\b(?:mức phạt|phạt bao nhiêu|bị phạt|xử phạt|phạt tiền|phạt như thế nào|bị xử lý|mức xử phạt)\b",
           r"\b(?:phạt tiền|phạt cảnh cáo|bị phạt|phạt tù|tước quyền|trừ điểm)\b"),
    _shape(Kind.DOSSIER, r"\b(?:hồ sơ|giấy tờ|thành phần hồ sơ)\b.*\b(?:gồm|bao gồm|gì|nào)\b|\bcần (?:những )?giấy tờ\b",
           r"\b(?:hồ sơ|giấy tờ|thành phần)\b.*\b(?:gồm|bao gồm|sau đây)\b", True, LONG),
    _shape(Kind.STEPS, r"\b(?:trình tự|thủ tục|các bước|quy trình|cách thức|làm thế nào để)\b",
           r"\b(?:trình tự|thủ tục|nộp|tiếp nhận|thẩm định|trong thời hạn|bước)\b", True, LONG),
    _shape(Kind.LIST, r"\b(?:nguyên tắc|trách nhiệm|(?<!thẩm )quyền|quyền hạn|nghĩa vụ|nhiệm vụ|điều kiện|tiêu chuẩn|chính sách|"
           r"yêu cầu|nội dung)\b.*\b(?:là gì|là những gì|thế nào|ra sao|gồm|nào)\b", _LISTED, True, LONG),
    _shape(Kind.DEFINITION, r"\blà gì\b|\bđược hiểu (?:là|như thế nào)\b|\bthế nào là\b|\bkhái niệm\b",
           r"^\W*(?:\d+\.\s*)?[^.;:]{2,120}?\s(?:là|được hiểu là|gồm)\s"),
    _shape(Kind.WHO, r"^(?:ai|người nào|cơ quan nào|đơn vị nào|tổ chức nào|cấp nào)\b|\b(?:do ai|ai (?:có|được|phải|là)|cơ quan nào|"
           r"người nào|thẩm quyền|đối tượng nào|những ai|đơn vị nào)\b",
           r"\b(?:thẩm quyền|có trách nhiệm|quyết định|chủ trì|do\s|ủy ban|bộ trưởng|giám đốc|chủ tịch|cơ quan|người)\b"),
    _shape(Kind.WHEN, r"\b(?:khi nào|bao giờ|ngày nào|từ ngày|thời điểm nào|bao lâu|mấy ngày|thời hạn|thời gian|mấy giờ|lúc nào)\b",
           r"\b(?:ngày|tháng|năm|giờ|phút|thời hạn|kể từ)\b.*\d|\d.*\b(?:ngày|tháng|năm|giờ|phút)\b"),
    _shape(Kind.AMOUNT, r"\b(?:bao nhiêu|mấy|mức|tỷ lệ|tối đa|tối thiểu|giá)\b", _NUMBER),
    _shape(Kind.LIST, r"\b(?:gồm|bao gồm) (?:những |các )?(?:gì|ai|\w+(?: \w+)? nào)\b|\b(?:những|các) [^?,.]{2,60}(?<!thế )\b(?:nào|gì)\b|"
           r"\b(?:trường hợp|điều kiện|nội dung|hành vi|nguyên tắc|yêu cầu|tiêu chuẩn|giấy tờ|loại|hình thức) (?:nào|gì)\b",
           _LISTED, True, LONG),
    _shape(Kind.YES_NO, r"\bcó\b.*\bkhông\b|\b(?:hay không|phải không|được không|đúng không)\b",
           r"\b(?:được|không được|phải|không phải|cấm|có thể|có quyền|trừ trường hợp|chỉ)\b"),
)  # fmt: skip
_ABOUT_THE_WHOLE = frozenset({Kind.LIST, Kind.DOSSIER, Kind.STEPS, Kind.OTHER})  # kinds that a whole Điều may answer
ANY = _shape(Kind.OTHER, "", r"(?!)")
# What comes after the rule itself, in the order a person reads: conditions, procedure, time, money.
_ROLES = (
    (1, re.compile(r"\b(?:trừ trường hợp|trường hợp|điều kiện|nếu|ngoại trừ|không áp dụng)\b")),
    (2, re.compile(r"\b(?:trình tự|thủ tục|hồ sơ|nộp|tiếp nhận)\b")),
    (3, re.compile(r"\b(?:thời hạn|kể từ ngày|ngày làm việc)\b")),
    (4, re.compile(r"\b(?:đồng|mức thu|lệ phí|phí)\b")),
)


def shape_of(question: str) -> Shape:
    """The shape that ``question`` wants."""
    folded = fold_case_and_tone(question)
    return next((shape for shape in SHAPES if shape.asked.search(folded)), ANY)


def wants_all(shape: Shape) -> bool:
    """Whether all Khoản of the Điều that bears the question as its heading belong to the answer."""
    return shape.kind in _ABOUT_THE_WHOLE


def fits(shape: Shape, sentence: str) -> bool:
    """Whether ``sentence`` looks like what is wanted."""
    return bool(shape.wanted.search(fold_case_and_tone(sentence)))


def role_of(heading: str) -> int:
    """Where a further provision belongs after the rule, by its heading: 1 conditions … 4 money, 5 anything else."""
    folded = fold_case_and_tone(heading)
    return next((role for role, words in _ROLES if words.search(folded)), 5)
