"""A title printed in capitals in the case of running text, proper nouns as the body of the document writes them.

Decree 30/2020/NĐ-CP, appendix I, sets titles of acts in small letters, yet laws, regulations and older acts print them in
capitals ("LUẬT ĐẤT ĐAI"); who cites them writes "Luật Đất đai".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rag.law.official import is_in_capitals, spoken_name

BODY_CHARACTERS = 60_000  # of the body looked at: names of a title return within its first articles
MOST_TITLE_WORDS = 80  # the longest title met has 74
_PLACES = tuple(
    tuple(name.split()) for name in ("tỉnh", "thành phố", "huyện", "quận", "xã", "phường", "thị xã", "thị trấn")
)
_NAMED_BY_SUBJECT = frozenset({"luật", "lệnh"})
_WORD = re.compile(r"\w+")
_BETWEEN_WORDS = re.compile(r"[^\S\n]{1,3}")


def title_in_running_case(title: str, body: str) -> str:
    """``title`` as running text writes it: a word is capitalised where ``body`` writes it so, beside the same neighbour and
    not merely because a sentence begins; else by what is always a name. As it stands when it is not in capitals."""
    if not is_in_capitals(title):
        return title
    words = [found.group() for found in _WORD.finditer(title)][:MOST_TITLE_WORDS]
    lowered = [word.lower() for word in words]
    forms = _forms_in(body[:BODY_CHARACTERS], lowered)
    usual = [found.group() for found in _WORD.finditer(spoken_name(title))]
    if len(usual) < len(words) or _names_unknown_place(lowered, forms):
        return title
    chosen = [
        _chosen(forms, lowered, at, usual[at] if usual[at] != words[at] else lowered[at]) for at in range(len(words))
    ]
    shown = iter(chosen)
    cased = _WORD.sub(lambda match: next(shown, match.group()), title)
    return cased[:1].upper() + cased[1:]


def _names_unknown_place(words: Sequence[str], forms: dict[tuple[str, str, bool], Counter[str]]) -> bool:
    """Whether a place is named that the body never writes: which of its words are a name cannot be told."""
    return any(
        at + 1 < len(words) and tuple(words[max(0, at - len(place) + 1) : at + 1]) == place
        and (words[at + 1], words[at], False) not in forms
        for place in _PLACES
        for at in range(len(words))
    )  # fmt: skip


def _chosen(forms: dict[tuple[str, str, bool], Counter[str]], words: Sequence[str], at: int, usual: str) -> str:
    """The form of word ``at`` that the body writes most often beside its neighbours in the title."""
    seen: Counter[str] = Counter()
    if at and words[at - 1] in _NAMED_BY_SUBJECT:
        return usual  # the name of an act begins here, however the word is written elsewhere
    if at + 1 < len(words):
        seen += forms.get((words[at], words[at + 1], True), Counter())
    if at:
        seen += forms.get((words[at], words[at - 1], False), Counter())
    return seen.most_common(1)[0][0] if seen else usual


def _forms_in(body: str, words: Sequence[str]) -> dict[tuple[str, str, bool], Counter[str]]:
    """(word, neighbour, whether it stands to the right) → how running text writes the word there.

    Words of headings in capitals say nothing, nor do those that begin a sentence.
    """
    pairs = set(pairwise(words))
    found: dict[tuple[str, str, bool], Counter[str]] = {}
    left: re.Match[str] | None = None
    left_opens = True
    for right in _WORD.finditer(body):
        if left and _BETWEEN_WORDS.fullmatch(body, left.end(), right.start()):
            a, b = left.group(), right.group()
            pair = a.lower(), b.lower()
            if pair in pairs and not (a.isupper() and b.isupper() and len(a) > 1 < len(b)):
                if not left_opens:
                    found.setdefault((pair[0], pair[1], True), Counter())[a] += 1
                found.setdefault((pair[1], pair[0], False), Counter())[b] += 1
            left_opens = False
        else:
            left_opens = body[left.end() : right.start()].strip(" ") != "," if left else True
        left = right
    return found
