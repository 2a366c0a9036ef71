"""The document or provision that a question names, in any spelling ("điểm a khoản 2 Điều 12 NĐ 100/2019", "dieu 12").

Matching runs on the text without diacritics (equal length, so offsets hold); the letter of a điểm is read from what
was typed, because điểm d and điểm đ differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.law.identifier import number_key
from rag.law.text import nfc, strip_diacritics
from rag.record.model import Document
from rag.record.record import Record

_ACT_WORD = r"(?:so|nd|tt|qd|nq|luat|nghi dinh|thong tu|quyet dinh|nghi quyet|phap lenh|cong van|chi thi)"
_NUMBER = re.compile(  # "02/9/2024", "tháng 7/2024" and "15.000/m2" are no numbers: a symbol or a word of acts is needed
    r"(?<![\d/.,])(?P<full>\d{1,5}(?:\.\d{1,2})?\s?/\s?(?:(?:19|20)\d\d\s?/\s?[a-z][\w-]*|[a-z][a-z0-9]*-[a-z0-9-]+))"
    rf"|\b{_ACT_WORD}\s+(?P<short>\d{{1,5}}/(?:19|20)\d\d)\b(?!\s?/)",
    re.IGNORECASE,
)
_PROVISION = re.compile(
    r"(?:\bdiem\s+(?P<point>[a-z])\s*,?\s+)?(?:\bkhoan\s+(?P<clause>\d{1,3}[a-z]?)\s*,?\s+)?"
    r"\bdieu\s+(?P<article>\d{1,4}[a-z]?)\b",
    re.IGNORECASE,
)
_BELOW = re.compile(  # the other order: "Điều 12 khoản 2 điểm a"
    r"\s*,?\s*khoan\s+(?P<clause>\d{1,3}[a-z]?)\b(?:\s*,?\s*diem\s+(?P<point>[a-z])\b)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Named:
    """``numbers`` as typed; ``documents`` those of them that are here; ``steps`` the provision's path from Điều down
    (("art", "12"), ("cl", "2")), empty when only documents are named. ``rest`` is the question without the names."""

    numbers: tuple[str, ...]
    documents: tuple[Document, ...]
    steps: tuple[tuple[str, str], ...]
    rest: str


def find_named(question: str, record: Record) -> Named:
    """What ``question`` names."""
    text = nfc(question)
    bare = "".join(strip_diacritics(c)[:1] or c for c in text)  # one for one, in any script
    numbers = list(_NUMBER.finditer(bare))
    provision = _PROVISION.search(bare)
    below = _BELOW.match(bare, provision.end()) if provision and not provision["clause"] else None
    named = [m.span(m.lastgroup or 0) for m in numbers]
    documents = {d.id: d for span in named for d in _documents(bare[slice(*span)], record)}
    spans = named + [m.span() for m in (provision, below) if m]
    return Named(
        numbers=tuple(text[slice(*span)] for span in named),
        documents=tuple(documents.values()),
        steps=_steps(provision, below or provision, text) if provision else (),
        rest=_without(text, spans),
    )


def matches(steps: tuple[tuple[str, str], ...], eid: str) -> bool:
    """Whether ``eid`` is the provision of ``steps`` or lies in it, wherever its Điều stands in the document."""
    path = [tuple(step.split("_", 1)) for step in eid.split("__")]
    articles = [i for i, step in enumerate(path) if step[0] == "art"]
    return any(tuple(path[i : i + len(steps)]) == steps for i in articles)


def _documents(typed: str, record: Record) -> list[Document]:
    key = re.sub(r"\s", "", strip_diacritics(number_key(typed)))
    return [
        d for d in record.documents_numbered(key.split("/")[0]) if _same(key, strip_diacritics(d.number_key or ""))
    ]


def _same(typed: str, stored: str) -> bool:
    """Equal, or the typed number is the stored one without its symbol ("100/2019" for "100/2019/nd-cp")."""
    return typed == stored or (typed.count("/") == 1 and stored.startswith(typed + "/"))


def point_of(steps: tuple[tuple[str, str], ...]) -> str | None:
    """The letter of the điểm named, None when none is."""
    return steps[-1][1] if steps and steps[-1][0] == "point" else None


def _steps(article: re.Match[str], rest: re.Match[str], text: str) -> tuple[tuple[str, str], ...]:
    steps = [("art", article["article"].lower())]
    if rest["clause"]:
        steps.append(("cl", rest["clause"].lower()))
        if rest["point"]:
            steps.append(("point", text[slice(*rest.span("point"))].lower()))
    return tuple(steps)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())
