"""Known acts by name, and to which one a name points: exactly one candidate, or none.

`known_acts.tsv` beside this module names the codes and laws most cited, with those they replaced, so that a bare name
("Luật Đất đai") is seen to be ambiguous. A document adds the acts it names itself.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from rag.law.act_mention import CARRIERS, NamedAct, fold_name, prefixes
from rag.law.identifier import number_key

_YEAR = re.compile(r"/((?:19|20)\d\d)(?:/|$)")


@dataclass(frozen=True, slots=True)
class KnownAct:
    """``name`` holds the type ("Luật Đất đai"); ``date`` is ISO 8601, "" when not known."""

    number: str
    name: str
    date: str = ""

    @property
    def year(self) -> int:
        """Year of issue; 0 when neither date nor number says it."""
        found = _YEAR.search(self.number)
        return int(self.date[:4]) if self.date else int(found[1]) if found else 0


class Catalogue:
    """Acts to be found by name or by the beginning of their number."""

    def __init__(self, acts: Iterable[KnownAct]) -> None:
        self._named: dict[str, list[KnownAct]] = {}
        self._short: dict[str, list[KnownAct]] = {}
        for act in dict.fromkeys(acts):  # a text may name one act a thousand times
            if act.name and act.name not in CARRIERS:  # a type alone is no name
                self._named.setdefault(fold_name(act.name), []).append(act)
            short = _short(act.number)
            if short:
                self._short.setdefault(short, []).append(act)

    @functools.cached_property
    def name_prefixes(self) -> dict[str, bool]:
        """For `rag.law.reference.find_references`."""
        return prefixes(self._named)

    def number_of(self, named: NamedAct) -> str:
        """The number of the one act that is meant, "" when there is none or more than one."""
        return _only(self.candidates(named))

    def candidates(self, named: NamedAct) -> list[KnownAct]:
        """All acts that the mention may mean."""
        if named.number:
            return [act for act in self._short.get(_short(named.number), []) if _same_type(named.type, act)]
        found = [act for act in self._named.get(fold_name(named.name), []) if act.number]
        if named.date:
            dated = [act for act in found if act.date == named.date]
            return dated or [act for act in found if not act.date and act.year == int(named.date[:4])]
        return [act for act in found if act.year == named.year] if named.year else found


def _short(number: str) -> str:
    """ "06/2018" of "06/2018/TTLT-BCA": what a text that has defined it may go on with."""
    parts = number.split("/")
    return "/".join(parts[:2]).lstrip("0") if len(parts) >= 2 and parts[1].isdecimal() else ""


def _same_type(type_: str, act: KnownAct) -> bool:
    return not type_ or not act.name or fold_name(act.name).startswith(fold_name(type_))


def _only(acts: Iterable[KnownAct]) -> str:
    numbers = {number_key(act.number): act.number for act in acts}
    return next(iter(numbers.values())) if len(numbers) == 1 else ""


@functools.cache
def known_acts() -> Catalogue:
    """The acts of `known_acts.tsv`."""
    text = resources.files("rag.law").joinpath("known_acts.tsv").read_text("utf-8")
    return Catalogue(
        KnownAct(row["number"], row["name"], row["date"]) for row in csv.DictReader(text.splitlines(), delimiter="\t")
    )
