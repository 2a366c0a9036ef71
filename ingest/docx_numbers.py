"""Resolves the automatic numbers of Word lists to what a reader sees ("Điều 5.", "a)", "1.2.").

Office Open XML, ECMA-376 part 1, 17.9: a paragraph names a list and a level; the list's abstract definition gives each
level its format, its text with %1 to %9, its start; a deeper level begins anew when a higher one moves on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class ListLevel:
    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None  # the level after which it begins anew; None: any higher one


@dataclass(slots=True)
class ListNumbers:
    """The lists of one document and how far each has counted."""

    levels: dict[str, dict[int, ListLevel]]  # list id → its levels
    shared: dict[str, str]  # list id → id of the definition whose counters it shares
    counters: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def label(self, number_id: str, level: int) -> str:
        """The label of the next paragraph of that list and level; "" for none."""
        levels = self.levels.get(number_id)
        if levels is None or not 0 <= level < LEVELS:
            return ""
        counters = self.counters.setdefault(self.shared[number_id], [None] * LEVELS)
        if number_id not in self.begun:
            self.begun.add(number_id)
        now = counters[level]
        counters[level] = levels.get(level, ListLevel()).start if now is None else now + 1
        for deeper in range(level + 1, LEVELS):
            if levels.get(deeper, ListLevel()).restart != 0:
                counters[deeper] = None
        return self._text(levels, counters, level)

    def _text(self, levels: dict[int, ListLevel], counters: list[int | None], level: int) -> str:
        own = levels.get(level, ListLevel())
        if own.format == "bullet":
            return "-"

        def shown(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            other = levels.get(at, ListLevel())
            value = counters[at]
            return numeral(other.start if value is None else value, other.format)

        return _PLACE.sub(shown, own.text).strip()


def numeral(value: int, form: str) -> str:
    """``value`` in a number format of Word."""
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(value)
        return roman.upper() if form == "upperRoman" else roman
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form == "none":
        return ""
    return f"{value:02d}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    out = ""
    for size, letters in (*_ROMAN, *_ROMAN_ONES):
        while value >= size:
            out, value = out + letters, value - size
    return out


def read_numbering(root: Any | None) -> ListNumbers:
    """The lists of ``numbering.xml``."""
    if root is None:
        return ListNumbers({}, {})
    abstract = {a.get(f"{W}abstractNumId"): _levels(a) for a in root.iter(f"{W}abstractNum")}
    levels: dict[str, dict[int, ListLevel]] = {}
    shared: dict[str, str] = {}
    for number in root.iter(f"{W}num"):
        number_id = number.get(f"{W}numId") or ""
        base = number.find(f"{W}abstractNumId")
        base_id = base.get(f"{W}val") if base is not None else ""
        levels[number_id] = dict(abstract.get(base_id, {}))
        overridden = _override(number, levels[number_id])
        shared[number_id] = number_id if overridden else f"abstract {base_id}"
    return ListNumbers(levels, shared)


def _levels(abstract: Any) -> dict[int, ListLevel]:
    return {int(level.get(f"{W}ilvl")): _level(level) for level in abstract.iter(f"{W}lvl")}


def _level(level: Any) -> ListLevel:
    def value(name: str) -> str | None:
        found = level.find(f"{W}{name}")
        return None if found is None else found.get(f"{W}val")

    restart = value("lvlRestart")
    return ListLevel(
        value("numFmt") or "decimal",
        value("lvlText") or "",
        int(value("start") or 1),
        int(restart) if restart else None,
    )


def _override(number: Any, levels: dict[int, ListLevel]) -> bool:
    """Level overrides of one list put into ``levels``; whether it counts by itself then."""
    found = False
    for override in number.iter(f"{W}lvlOverride"):
        at = int(override.get(f"{W}ilvl"))
        own = override.find(f"{W}lvl")
        if own is not None:
            levels[at] = _level(own)
        start = override.find(f"{W}startOverride")
        if start is not None:
            old = levels.get(at, ListLevel())
            levels[at] = ListLevel(old.format, old.text, int(start.get(f"{W}val")), old.restart)
            found = True
    return found
