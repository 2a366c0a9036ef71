"""The document or provision that a question names, in any spelling: "điểm a khoản 2 Điều 12 NĐ 100/2019", "d12 nd 100/2019",
"khoản 2 đ 8 luat dat dai 2024", "BLDS 2015".

Matching runs on the text without diacritics (equal length, so offsets hold); the letter of a điểm is read from what
was typed, because điểm d and điểm đ differ. Which act a number or name means is asked of the record: two that fit alike
are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.law.act_mention import LONGEST_NAME
from rag.law.identifier import number_key
from rag.law.text import nfc, strip_diacritics
from rag.record.links import documents_named
from rag.record.model import Document
from rag.record.names import name_key
from rag.record.record import Record

# Types as typed → as catalogued. "d", "k" and the like are read as "điều", "khoản" only beside an act that is named.
_TYPES = {
    "nghi dinh": "Nghị định", "nd": "Nghị định", "thong tu lien tich": "Thông tư liên tịch", "ttlt": "Thông tư liên tịch",
    "thong tu": "Thông tư", "tt": "Thông tư", "quyet dinh": "Quyết định", "qd": "Quyết định", "nghi quyet": "Nghị quyết",
    "nq": "Nghị quyết", "phap lenh": "Pháp lệnh", "bo luat": "Bộ luật", "luat": "Luật", "cong van": "Công văn",
    "cv": "Công văn", "chi thi": "Chỉ thị", "ct": "Chỉ thị", "ke hoach": "Kế hoạch", "kh": "Kế hoạch",
    "thong bao": "Thông báo", "tb": "Thông báo",
}  # fmt: skip
_TYPE = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in _TYPES), key=len, reverse=True))
_NUMBER = re.compile(  # "02/9/2024", "tháng 7/2024" and "15.000/m2" are no numbers: a symbol or a word of acts is needed
    r"(?<![\d/.,])(?P<full>\d{1,5}(?:\.\d{1,2})?\s?/\s?(?:(?:19|20)\d\d\s?/\s?[a-z][\w-]*|[a-z][a-z0-9]*-[a-z0-9-]+))"
    rf"|\b(?P<type>{_TYPE}|so)(?:\s+so)?[\s.]?\s*(?P<short>\d{{1,5}}\s?/\s?(?:19|20)\d\d)\b(?!\s?/)"
    rf"|\b(?P<worded>{_TYPE})(?:\s+so)?\s+(?P<ordinal>\d{{1,5}})(?:\s+nam\s+(?P<year>(?:19|20)\d\d))?\b(?![/.,]\d)",
    re.IGNORECASE,
)
_ARTICLE, _CLAUSE, _POINT = r"(?P<article>\d{1,4}[a-z]?)\b", r"(?P<clause>\d{1,3}[a-z]?)\b", r"(?P<point>[a-z])\b"
_GAP = r"[\s,]{0,4}"
_OF = r"(?:cua\s+)?"


def _provision(article: str, clause: str) -> re.Pattern[str]:
    """Both orders of a provision with these words for Điều and Khoản."""
    inner_first = (
        rf"(?:\bdiem\s+{_POINT}{_GAP})?(?:\b{clause}{_CLAUSE}{_GAP}{_OF})?\b{article}{_ARTICLE}"
        rf"(?:{_GAP}\b{clause}(?P<clause2>\d{{1,3}}[a-z]?)\b(?:{_GAP}\bdiem\s+(?P<point2>[a-z])\b)?)?"
    )
    return re.compile(inner_first, re.IGNORECASE)


_SPELLED = _provision(r"dieu\s+", r"khoan\s+")
_SHORT = _provision(r"(?:dieu|d)\.?\s?", r"(?:khoan|k)\.?\s?")
_STATUTE = re.compile(r"(?<!phap\s)\b(?:bo\s+luat|luat|phap\s+lenh|hien\s+phap)\s+(?=\w)")
_CODES = {  # abbreviations that name one code
    "blds": "bo luat dan su", "blhs": "bo luat hinh su", "blld": "bo luat lao dong", "bltths": "bo luat to tung hinh su",
    "blttds": "bo luat to tung dan su",
}  # fmt: skip
_CODE = re.compile(rf"\b(?:{'|'.join(_CODES)})\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\s*(?:nam\s+)?((?:19|20)\d\d)\b(?!\s?/)")


@dataclass(frozen=True, slots=True)
class Named:
    """``numbers`` as typed; ``documents`` what is named and is here, by number or else by title; ``steps`` the provision's
    path from Điều down (("art", "12"), ("cl", "2")), empty when only documents are named. ``rest`` is the question without
    the names. ``by_title``: no number says which document is meant."""

    numbers: tuple[str, ...]
    documents: tuple[Document, ...]
    steps: tuple[tuple[str, str], ...]
    rest: str
    by_title: bool = False

    @property
    def restricts(self) -> bool:
        """Whether to look in these documents alone. A law that is only spoken of ("theo Luật Đất đai, …") is often carried
        out in a decree."""
        return bool(self.documents) and (bool(self.steps) or not self.by_title)


Span = tuple[int, int]


def find_named(question: str, record: Record) -> Named:
    """What ``question`` names."""
    text = nfc(question)
    bare = "".join(strip_diacritics(c)[:1] or c for c in text).lower()  # one for one, in any script
    if len(bare) != len(text):
        bare = bare[: len(text)].ljust(len(text))
    numbers = list(_numbers(bare, record))
    documents = {d.id: d for _, _, found in numbers for d in found}
    titled = [] if numbers else list(_titled(bare, record))
    by_title = bool(titled) and not documents
    documents |= {d.id: d for _, found in titled for d in found}
    provision = _provision_in(bare, abbreviated=bool(numbers or titled))
    spans = (
        [whole for whole, _, _ in numbers] + [span for span, _ in titled] + ([provision.span()] if provision else [])
    )
    return Named(
        numbers=tuple(text[slice(*span)] for _, span, _ in numbers),
        documents=tuple(documents.values()),
        steps=_steps(provision, text) if provision else (),
        rest=_without(text, spans),
        by_title=by_title,
    )


def matches(steps: tuple[tuple[str, str], ...], eid: str) -> bool:
    """Whether ``eid`` is the provision of ``steps`` or lies in it, wherever its Điều stands in the document."""
    path = [tuple(step.split("_", 1)) for step in eid.split("__")]
    articles = [i for i, step in enumerate(path) if step[0] == "art"]
    return any(tuple(path[i : i + len(steps)]) == steps for i in articles)


def point_of(steps: tuple[tuple[str, str], ...]) -> str | None:
    """The letter of the điểm named, None when none is."""
    return steps[-1][1] if steps and steps[-1][0] == "point" else None


# --- acts by number -----------------------------------------------------------------------------------------------


def _numbers(bare: str, record: Record) -> Iterator[tuple[Span, Span, list[Document]]]:
    """(with its type, the number alone, the documents that bear it). "nghị định 100" without a year names a document
    only where one of that type is here."""
    for match in _NUMBER.finditer(bare):
        if match["ordinal"]:
            found = _worded(match, record)
            if found:
                yield match.span(), match.span("ordinal"), found
            continue
        group = "full" if match["full"] else "short"
        yield match.span(), match.span(group), _of_type(match["type"], _documents(match[group], record))


def _worded(match: re.Match[str], record: Record) -> list[Document]:
    """The one document of "nghị định 100 [năm 2019]"; none when several fit."""
    found = _of_type(match["worded"], record.documents_numbered(match["ordinal"].lstrip("0")), only=True)
    if match["year"]:
        found = [d for d in found if _year_of(d) == int(match["year"])]
    return found if len(found) == 1 else []


def _of_type(typed: str | None, found: list[Document], *, only: bool = False) -> list[Document]:
    """Those of the type typed, where there are any."""
    wanted = _TYPES.get(" ".join((typed or "").split()))
    of_type = [d for d in found if d.type == wanted]
    return of_type if wanted and (of_type or only) else found


def _documents(typed: str, record: Record) -> list[Document]:
    key = re.sub(r"\s", "", strip_diacritics(number_key(typed)))
    return [
        d for d in record.documents_numbered(key.split("/")[0]) if _same(key, strip_diacritics(d.number_key or ""))
    ]


def _same(typed: str, stored: str) -> bool:
    """Equal, or the typed number is the stored one without its symbol ("100/2019" for "100/2019/nd-cp")."""
    return typed == stored or (typed.count("/") == 1 and stored.startswith(typed + "/"))


# --- statutes by title --------------------------------------------------------------------------------------------


def _titled(bare: str, record: Record) -> Iterator[tuple[Span, list[Document]]]:
    """The statutes named by title, each with the one document here that is meant."""
    for match in _CODE.finditer(bare):
        yield from _of_name(bare, match.start(), {match.end(): _CODES[match[0].lower()]}, record)
    for match in _STATUTE.finditer(bare):
        yield from _of_name(bare, match.start(), _beginnings(bare, match.start()), record)


def _beginnings(bare: str, start: int) -> dict[int, str]:
    """End → name for each name that may begin at ``start``."""
    words: list[str] = []
    names: dict[int, str] = {}
    for word in _WORD.finditer(bare, start):
        words.append(word[0])
        names[word.end()] = " ".join(words)
        if len(words) == LONGEST_NAME:
            break
    return names


def _of_name(bare: str, start: int, names: dict[int, str], record: Record) -> Iterator[tuple[Span, list[Document]]]:
    held: dict[str, list[Document]] = {}
    for document in documents_named(record, list(names.values())):
        held.setdefault(name_key(document.type, document.title), []).append(document)
    end = max((end for end, name in names.items() if name in held), default=None)
    if end is None:
        return
    year = _YEAR.match(bare, end)
    found = _newest(held[names[end]], int(year[1]) if year else None)
    if found:
        yield (start, year.end() if year else end), [found]


def _newest(found: Sequence[Document], year: int | None) -> Document | None:
    """The newest act of a name (of that year); None when two are equally new."""
    fitting = [d for d in found if year is None or _year_of(d) == year]
    newest = max((_issued(d) for d in fitting), default="")
    held = [d for d in fitting if _issued(d) == newest]
    return held[0] if len(held) == 1 else None


def _issued(document: Document) -> str:
    return document.date or str(_year_of(document) or "")


def _year_of(document: Document) -> int | None:
    """Year of issue: of the number where it has one, which a consolidated text's date is not."""
    found = re.search(r"/((?:19|20)\d\d)/", document.number or "")
    return int(found[1]) if found else document.year


# --- provisions ---------------------------------------------------------------------------------------------------


def _provision_in(bare: str, *, abbreviated: bool) -> re.Match[str] | None:
    return _SPELLED.search(bare) or (_SHORT.search(bare) if abbreviated else None)


def _steps(found: re.Match[str], text: str) -> tuple[tuple[str, str], ...]:
    """Letters are taken from ``text`` as typed: điểm d is not điểm đ."""
    steps = [("art", text[slice(*found.span("article"))].lower())]
    clause = "clause" if found["clause"] else "clause2"
    if found[clause]:
        steps.append(("cl", text[slice(*found.span(clause))].lower()))
        point = "point" if found["point"] else "point2"
        if found[point]:
            steps.append(("point", text[slice(*found.span(point))].lower()))
    return tuple(steps)


def _without(text: str, spans: Iterable[Span]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())
