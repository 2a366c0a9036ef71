"""What a person asked of the page: the question with its filters, read from the address, and what was found for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from api.pages.marking import wanted_words, words_in
from api.running import Running
from rag.errors import NotFound
from rag.index.points import IndexFilter
from rag.question import check_question
from rag.record.model import Document
from rag.results import Hit, SearchResult
from rag.retrieve import MAX_HITS
from rag.validity import today

FOUND = 50  # passages searched for a page of results: enough to filter and sort among, 30 ms
STEP = 10  # results shown at first, and more at each "more"
LONGEST_HISTORY = 3  # questions before this one that a follow-up leans on
SHARED_BY_ALL = "-"  # in the address: what belongs to no single department; departments are named as they are
LIKE_CHARACTERS = 600  # of a passage that "more like this" searches with


@dataclass(frozen=True, slots=True)
class Asked:
    """The address's parameters, in Vietnamese because people see and share them. Empty means any."""

    q: str = ""
    before: tuple[str, ...] = ()
    type: str = ""
    issuer: str = ""
    year_from: int | None = None
    year_to: int | None = None
    as_of: str = ""
    force: str = ""
    sort: str = ""
    shown: int = STEP
    like: str = ""
    department: str = ""

    @property
    def holds_all(self) -> bool:
        """Whether every hit is shown: no condition is left that the index does not hold."""
        return not (self.force or self.department)

    def keeps(self, hit: Hit) -> bool:
        """Whether the conditions that the index does not hold let ``hit`` pass."""
        if self.force and hit.validity.status != self.force:
            return False
        return not self.department or hit.document.department == self.department.removeprefix(SHARED_BY_ALL)

    @property
    def where(self) -> IndexFilter:
        return IndexFilter(
            types=(self.type,) if self.type else (),
            issuers=(self.issuer,) if self.issuer else (),
            year_from=self.year_from,
            year_to=self.year_to,
        )

    @property
    def day(self) -> str:
        return self.as_of or today()

    @property
    def is_filtered(self) -> bool:
        chosen = (self.type, self.issuer, self.year_from, self.year_to, self.as_of, self.force, self.department)
        return any(chosen)

    def address(self, **changes: object) -> str:
        """The query string of this with ``changes``."""
        values = {"q": self.q, "truoc": list(self.before), "loai": self.type, "co_quan": self.issuer}
        values |= {"tu_nam": self.year_from, "den_nam": self.year_to, "ngay": self.as_of, "hieu_luc": self.force}
        values |= {"sap_xep": self.sort, "so": self.shown if self.shown != STEP else None, "giong": self.like}
        values |= {"don_vi": self.department}
        return urlencode({k: v for k, v in (values | changes).items() if v}, doseq=True)


def read_asked(
    q: str = "",
    truoc: Annotated[list[str], Query(max_length=LONGEST_HISTORY)] = [],  # noqa: B006 - FastAPI copies it
    loai: str = "",
    co_quan: str = "",
    tu_nam: str = "",
    den_nam: str = "",
    ngay: str = "",
    hieu_luc: str = "",
    sap_xep: str = "",
    so: Annotated[int, Query(ge=1, le=FOUND)] = STEP,
    giong: Annotated[str, Query(max_length=36)] = "",
    don_vi: Annotated[str, Query(max_length=200)] = "",
) -> Asked:
    """FastAPI reads the address into ``Asked``; a year or a day that is none is dropped, as an empty field is."""
    years = (_year(tu_nam), _year(den_nam))
    return Asked(q, tuple(truoc), loai, co_quan, *years, _day(ngay), hieu_luc, sap_xep, so, giong, don_vi)


def _year(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else None


def _day(typed: str) -> str:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Result:
    """A hit as it is shown: how many of the question's words stand in it, and in its heading."""

    hit: Hit
    matched: int
    in_heading: int


@dataclass(frozen=True, slots=True)
class Results:
    """``types``, ``issuers``, ``departments`` are counted among what was found before the filters of ``Asked.keeps``."""

    shown: tuple[Result, ...]
    total: int
    wanted: frozenset[str]
    words: int
    types: tuple[tuple[str, int], ...]
    issuers: tuple[tuple[str, int], ...]
    departments: tuple[tuple[str, int], ...]

    @property
    def count(self) -> str:
        """As it is said: only the first ``FOUND`` are looked at."""
        return str(self.total) if self.total < FOUND else f"{FOUND}+"


def find_results(parts: Running, asked: Asked) -> Results:
    """What fits the question, filtered and sorted. Raises BadInput, NotFound."""
    wanted = wanted_words(asked.q) if asked.q else frozenset()
    results = [_result(hit, wanted) for hit in look_for(parts, asked).hits if hit.passage.id != asked.like]
    kept = [r for r in results if asked.keeps(r.hit)]
    documents = [r.hit.document for r in results]
    return Results(
        shown=tuple(_sorted(kept, asked.sort)[: asked.shown]),
        total=len(kept),
        wanted=wanted,
        words=len(set(wanted_words(asked.q))) if asked.q else 0,
        types=_counted(d.type for d in documents),
        issuers=_counted(d.issuer for d in documents),
        departments=_counted(d.department or SHARED_BY_ALL for d in documents),
    )


def look_for(parts: Running, asked: Asked) -> SearchResult:
    """The hits that results are made of. Raises BadInput, NotFound."""
    count = FOUND if asked.holds_all else MAX_HITS
    return parts.service.search(question_of(parts, asked), asked.where, count, as_of=asked.day)


def question_of(parts: Running, asked: Asked) -> str:
    """What is searched for: the question, or the words of the provision that others shall be like. Raises BadInput,
    NotFound."""
    if asked.q or not asked.like:
        check_question(asked.q)
        return asked.q
    found = parts.record.passages([asked.like]).get(asked.like)
    if found is None:
        raise NotFound("passage_not_found", passage_id=asked.like)
    return f"{found.passage.heading} {found.passage.text}"[:LIKE_CHARACTERS]


def _result(hit: Hit, wanted: frozenset[str]) -> Result:
    return Result(hit, words_in(hit.passage.text, wanted), words_in(hit.passage.heading, wanted))


def _sorted(results: Sequence[Result], sort: str) -> list[Result]:
    if sort not in {"moi", "cu"}:
        return list(results)
    return sorted(results, key=lambda r: _date(r.hit.document), reverse=sort == "moi")


def _date(document: Document) -> str:
    return document.date or ""


def _counted(values: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(value for value in values if value).most_common())
