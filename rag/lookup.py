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

_NUMBER = re.compile(
    r"\b\d{1,5}(?:\.\d{1,3})?\s?/\s?(?:(?:19|20)\d\d(?:\s?/\s?[a-z][\w-]*)?|[a-z][\w-]+)", re.IGNORECASE
)
_PROVISION = re.compile(
    r"(?:\bdiem\s+(?P<point>[a-z])\s*,?\s+)?(?:\bkhoan\s+(?P<clause>\d{1,3}[a-z]?)\s*,?\s+)?"
    r"\bdieu\s+(?P<article>\d{1,4}[a-z]?)\b",
    re.IGNORECASE,
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
    bare = strip_diacritics(text)
    numbers = list(_NUMBER.finditer(bare))
    provision = _PROVISION.search(bare)
    documents = {d.id: d for match in numbers for d in _documents(match.group(), record)}
    spans = [m.span() for m in numbers] + ([provision.span()] if provision else [])
    return Named(
        numbers=tuple(text[slice(*m.span())] for m in numbers),
        documents=tuple(documents.values()),
        steps=_steps(provision, text) if provision else (),
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


def _steps(match: re.Match[str], text: str) -> tuple[tuple[str, str], ...]:
    steps = [("art", match["article"].lower())]
    if match["clause"]:
        steps.append(("cl", match["clause"].lower()))
        if match["point"]:
            steps.append(("point", text[slice(*match.span("point"))].lower()))
    return tuple(steps)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())
