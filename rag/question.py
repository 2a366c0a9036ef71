"""A question as typed: what is accepted, and which of its words carry its meaning."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from rag.errors import BadInput
from rag.law.text import nfc, syllables

MAX_CHARACTERS = 2000  # the longest of 9,000 real questions has 1,250
# What word processors and PDF viewers leave behind when a line is copied: backspace, line and page breaks, soft hyphen,
# invisible formatting. Two of 520 real questions of a published set begin or break with U+0008. They carry nothing, so
# they are dropped; any other control character (NUL, escape sequences) is no typing and is refused.
_PASTED = dict.fromkeys(map(ord, "\u0008\u000b\u000c\u00ad\u200b\u200c\u200d\u2060\ufeff"), None) | {
    0x0B: " ",
    0x0C: " ",
}
# Words of asking and of grammar: they are in every question and say nothing about what it is about.
_FUNCTION_WORDS = frozenset(
    """
    ai anh bao bị các cái chị cho chưa có của cần đã đang để đến đó đâu đây được em gì hay hãy hỏi hoặc hơn không
    khi là làm lúc mà mấy mình mỗi một nào này nên nếu ngoài nhiêu như nhưng những ở phải qua ra rằng rồi sao sau sẽ
    tại thế theo thì tôi trong từ tới và vào vậy về vì với vẫn xin ạ à bạn
    """.split()
)
# asks for a text, not for what is in it
_SAYING = frozenset("quy định nội dung nói nêu ghi hướng dẫn hiểu toàn văn".split())


def check_question(question: str) -> str:
    """The question in NFC, trimmed, without what pasting leaves behind. Raises BadInput when empty, too long or with
    control characters."""
    text = nfc(question.translate(_PASTED)).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} and c not in "\n\r\t" for c in text):
        raise BadInput("question_control_characters")
    if not any(c.isalnum() for c in text):
        raise BadInput("question_empty")
    if len(text) > MAX_CHARACTERS:
        raise BadInput("question_too_long", length=len(text), limit=MAX_CHARACTERS)
    return " ".join(text.split())


def content_words(question: str) -> list[str]:
    """The distinct syllables that carry meaning, in order; all of them when nothing else is left."""
    words = list(dict.fromkeys(syllables(question)))
    return [word for word in words if word not in _FUNCTION_WORDS] or words


def says_nothing(words: Collection[str]) -> bool:
    """Whether content words ask for a text as such ("… quy định gì?"), not for anything in it."""
    return all(word in _SAYING or word in _FUNCTION_WORDS for word in words)
