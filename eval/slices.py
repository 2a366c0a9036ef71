"""The groups that scores are split by: kind of question, kind of act, length, whether a document is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eval.provisions import act_slug
from rag.law.text import fold_case_and_tone, syllables

if TYPE_CHECKING:
    from eval.suites import Question

SHORT, LONG = 10, 20  # syllables: up to SHORT is short, above LONG is long; thirds of the real questions, nearly
_KINDS = (  # the first that matches names the kind
    ("number or date", r"\b(bao nhiêu|mấy|bao lâu|khi nào|ngày nào|thời hạn|mức)\b"),
    ("yes or no", r"(\bcó .*\bkhông\b|đúng hay sai|phải không|\bhay không)"),
    ("who", r"\b(ai|cơ quan nào|người nào|tổ chức nào)\b"),
    ("how", r"\b(như thế nào|thế nào|ra sao|thủ tục|trình tự|cách)\b"),
    ("what", r"\b(gì|nào|những)\b"),
)
_NAMES_DOCUMENT = re.compile(
    r"\d+/(?:\d{4}/)?[a-zđ]|\b(?:bộ luật|luật|nghị định|thông tư|nghị quyết|quyết định|pháp lệnh|hiến pháp)\b|\bđiều \d"
)
_ACTS = (  # by the symbol in the act's number
    ("Luật", r"-(?:qh\d+|ubtvqh\d+)$|-l-ctn$"),
    ("Nghị định", r"-nd-cp$|-nd-hdbt$"),
    ("Thông tư", r"-tt(?:lt|-|$)"),
    ("Quyết định", r"-qd-"),
)


def slices_of(question: Question) -> dict[str, str]:
    """Axis → the question's group on it."""
    text = fold_case_and_tone(question.text)
    return {
        "question": next((name for name, pattern in _KINDS if re.search(pattern, text)), "other"),
        "document": _act_kind(next(iter(question.expected), "")),
        "length in syllables": _length(len(syllables(text))),
        "names a document": "yes" if _names_document(question, text) else "no",
    }


def _length(count: int) -> str:
    return f"to {SHORT}" if count <= SHORT else f"{SHORT + 1} to {LONG}" if count <= LONG else f"{LONG + 1} up"


def _names_document(question: Question, text: str) -> bool:
    told = question.metadata.get("names_document")
    return told if isinstance(told, bool) else bool(_NAMES_DOCUMENT.search(text))


def _act_kind(provision: str) -> str:
    if not provision:
        return "none expected"
    slug = act_slug(provision.partition("#")[0].rpartition(".d")[0] or provision.partition("#")[0])
    return next((name for name, pattern in _ACTS if re.search(pattern, slug)), "other")
