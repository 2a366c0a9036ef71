"""What the footnotes of a consolidated text say: which act amended which provision, and from when.

A consolidated text (văn bản hợp nhất, Ordinance 01/2012/UBTVQH13) prints the law as amended and marks each change with a
note: "Khoản này được sửa đổi, bổ sung theo quy định tại khoản 2 Điều 1 của Luật số 32/2013/QH13 …, có hiệu lực kể từ
ngày 01 tháng 01 năm 2014."
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.law.act import Act, Level, Provision
from rag.law.amendment import Change
from rag.law.reference import find_references


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Provision ``eid`` of the consolidated text was changed by ``by`` ("" = not said) of act ``number``; in force from
    ``from_date`` (ISO 8601) where the note says so. ``note`` is the eid of the footnote."""

    change: Change
    eid: str
    number: str
    by: str
    from_date: str | None
    note: str


_LEVELS = {
    "Điểm": Level.POINT, "Khoản": Level.CLAUSE, "Điều": Level.ARTICLE, "Mục": Level.SECTION, "Chương": Level.CHAPTER,
    "Phần": Level.PART,
}  # fmt: skip
_NOTE = re.compile(
    r"\s*(?:(?P<level>Điểm|Khoản|Điều|Mục|Chương|Phần)\snày|[^\n.]{1,300}?)\s(?:được|bị)\s"
    r"(?P<verb>sửa đổi, bổ sung|sửa đổi|bổ sung|bãi bỏ|thay thế|thay|bỏ)\b"
)
_FROM = re.compile(
    r"hiệu lực (?:thi hành )?(?:kể )?từ ngày (\d{1,2})\s?(?:tháng|/|-)\s?(\d{1,2})\s?(?:năm|/|-)\s?((?:19|20)\d\d)"
)
_CHANGES = {"bổ sung": Change.ADDS, "bãi bỏ": Change.REPEALS, "bỏ": Change.REPEALS}
_HELD = frozenset(_LEVELS.values())


def find_consolidations(act: Act) -> tuple[Consolidation, ...]:
    """All changes the footnotes tell, in the order of their marks. A note that tells none is left out."""
    notes = {node.number: node for node in reversed([n for n in act.walk() if n.level is Level.NOTE and n.number])}
    found = (_told(act, at, notes[number]) for at, number in act.note_marks if number in notes)
    return tuple(dict.fromkeys(told for told in found if told))


def _told(act: Act, at: int, note: Provision) -> Consolidation | None:
    text = act.text[note.start : note.end].replace("\n", " ")
    match = _NOTE.match(text)
    marked = _marked(act, at, _LEVELS.get(match["level"] or "")) if match else None
    if match is None or marked is None:
        return None
    sources = [r for r in find_references(text[match.end() :]) if r.number]
    if not sources:
        return None
    day = _FROM.search(text)
    whole = match["level"] is not None
    change = _CHANGES.get(match["verb"], Change.AMENDS) if whole else Change.AMENDS
    date = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else None
    return Consolidation(change, marked.eid, sources[0].number or "", sources[0].eid, date, note.eid)


def _marked(act: Act, at: int, level: Level | None) -> Provision | None:
    """The provision of ``level`` around ``at`` (the mark stands at its end at the latest), the innermost for None."""
    around = list(_around(act.provisions, max(at - 1, 0)))
    return next((node for node in reversed(around) if node.level in _HELD and level in (None, node.level)), None)


def _around(provisions: tuple[Provision, ...], at: int) -> Iterator[Provision]:
    for node in provisions:
        if node.start <= at < node.end:
            yield node
            yield from _around(node.children, at)
