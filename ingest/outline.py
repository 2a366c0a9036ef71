"""The outline of a document without Điều (công văn, kế hoạch, thông báo, quy trình, thủ tục hành chính).

Decree 30/2020/NĐ-CP, appendix I, II.5: phần, mục I, khoản 1, điểm a. A style keeps its place in that order; a list that
begins anew stays where its style stood, so that forms with one list after another do not nest ever deeper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.labels import Label, outline_label
from rag.law.numbering import Rank, arabic_rank, follows, part_value, point_rank

# Where each style stands; I and A stand above or below each other as they come.
_ORDER = {"unit": 0, "I": 1, "A": 1, "bold": 2, "1": 3, "1.1": 4, "1.1.1": 5, "a": 6}
# "THỦ TỤC 12: Cấp giấy phép": the units of a collection of procedures.
_UNIT = re.compile(
    r"(?P<word>THỦ TỤC|QUY TRÌNH|Thủ tục|Quy trình)\s+(?:số\s+)?(?P<number>\d{1,4})\s*[:.]\s*(?P<rest>.*)", re.DOTALL
)
# A bold line of its own inside such a unit: "Thành phần hồ sơ", "• Căn cứ pháp lý:".
_BOLD = re.compile(r"(?P<number>)(?:[•\-–+*▪]\s*)?(?P<rest>[^\W\d_a-z][^\n]{2,110})")
_NUMBERED = re.compile(r"(?P<number>\d{1,2})\s?[.)]\s*(?P<rest>\D.*)", re.DOTALL)
_TEXT = re.compile(r"[.;,]$|://")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a heading stands: ``depth`` from 0, its number ("" for a bold line) and what follows the label."""

    depth: int
    number: str
    rest: str


class Outline:
    """The levels open at the place being read."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Rank]] = []

    def place(self, text: str, bold: bool) -> Place | None:
        """Where the paragraph stands as a heading or numbered paragraph, None when it is neither."""
        return self._unit(text, bold) or (self._bold(text) if bold and self._in_unit() else self._labelled(text))

    def _in_unit(self) -> bool:
        return bool(self._open) and self._open[0][0] == "unit"

    def _unit(self, text: str, bold: bool) -> Place | None:
        match = _UNIT.match(text)
        if not match or not (bold or match["word"].isupper()):
            return None
        self._open = [("unit", (int(match["number"]), 0, 0))]
        return Place(0, match["number"], match["rest"])

    def _bold(self, text: str) -> Place | None:
        match = _NUMBERED.match(text) or _BOLD.fullmatch(text)
        if match is None or _TEXT.search(text):
            return None
        self._open = [self._open[0], ("bold", (1, 0, 0))]
        return Place(1, match["number"] or "", match["rest"])

    def _labelled(self, text: str) -> Place | None:
        label = outline_label(text)
        rank = _rank(label) if label else None
        if label is None or rank is None:
            return None
        depth = self._depth(label.style, rank)
        if depth is None:
            return None
        self._open = [*self._open[:depth], (label.style, rank)]
        return Place(depth, label.number, label.rest)

    def _depth(self, style: str, rank: Rank) -> int | None:
        """The level that ``rank`` goes on; else, for a first number, where its list begins; else None."""
        alike = [at for at in range(len(self._open) - 1, -1, -1) if self._open[at][0] == style]
        for goes_on in (follows, _one_is_missing):
            if at := next((at + 1 for at in alike if goes_on(rank, self._open[at][1])), 0):
                return at - 1
        if rank[0] != 1:
            return None
        deepest = len(self._open)
        if alike:  # a list inside 6.1.2, or the next list of a form
            return deepest if self._open[-1][0] in ("1.1", "1.1.1") else alike[0]
        order = _ORDER[style]
        return next((at for at, (other, _) in enumerate(self._open) if _ORDER[other] > order), deepest)


def _one_is_missing(rank: Rank, last: Rank) -> bool:
    return rank == (last[0] + 2, 0, 0)


def _rank(label: Label) -> Rank | None:
    if label.style == "I":
        return (part_value(label.number) or 0, 0, 0) if part_value(label.number) else None
    if label.style == "A":
        return ord(label.number) - ord("A") + 1, 0, 0
    if label.style == "a":
        return point_rank(label.number)
    return arabic_rank(label.number.rpartition(".")[2])
