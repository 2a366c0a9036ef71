"""Marks (where a provision begins and how deep) become the tree. Spans cover the text by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.law.act import Level, Provision

# Depth in the tree: what has a larger rank stands inside what has a smaller one.
RANKS = {
    Level.PREAMBLE: 0,
    Level.CONCLUSIONS: 0,
    Level.ATTACHMENT: 0,
    Level.PART: 3,
    Level.CHAPTER: 4,
    Level.SECTION: 5,
    Level.SUBSECTION: 6,
    Level.ARTICLE: 7,
    Level.CLAUSE: 8,
    Level.POINT: 11,
}
SUBCLAUSE_RANK = 9  # "3.2" of a khoản, and "3.2.1" one below; both hold points
FORM_RANK = 1  # "Mẫu số 01" of an appendix: an attachment inside an attachment
ATTACHED_END_RANK = 2  # a signature inside an attachment or a form ends neither
OUTLINE_RANK = 12
LEAF_RANK = 90
_LEAVES = frozenset(
    {Level.PREAMBLE, Level.CONCLUSIONS, Level.QUOTED, Level.TABLE, Level.NOTE, Level.PARAGRAPH}
)  # never hold another provision
# Levels whose number is unique in the whole act (or attachment): their eid leaves out Phần, Chương and Mục.
_CONTINUOUS = frozenset({Level.ARTICLE})


@dataclass(frozen=True, slots=True)
class Mark:
    """A provision of ``level`` begins at ``start`` of the text."""

    start: int
    level: Level
    rank: int
    number: str = ""
    heading: str = ""


@dataclass(slots=True)
class _Open:
    mark: Mark
    eid: str
    base: str  # eid of the enclosing attachment
    children: list[Provision] = field(default_factory=list)


class _Eids:
    """Gives each provision an eid of its own; a repeated one gets "-2", "-3" …"""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}
        self._counts: dict[tuple[str, Level], int] = {}

    def name(self, mark: Mark, parent: _Open | None) -> str:
        prefix = parent.eid if parent else ""
        if mark.level in _CONTINUOUS:
            prefix = parent.base if parent else ""
        wanted = "__".join(step for step in (prefix, self._step(mark, prefix)) if step)
        seen = self._taken[wanted] = self._taken.get(wanted, 0) + 1
        return wanted if seen == 1 else f"{wanted}-{seen}"

    def _step(self, mark: Mark, prefix: str) -> str:
        if mark.level in (Level.PREAMBLE, Level.CONCLUSIONS):
            return str(mark.level)
        number = mark.number.strip().replace(" ", "-")
        if not number or mark.level is Level.HEADING:  # headings without a number count on from those that have one
            key = (prefix, mark.level)
            self._counts[key] = self._counts.get(key, 0) + 1
            number = number or str(self._counts[key])
        return f"{mark.level}_{number}"


def _close(node: _Open, end: int) -> Provision:
    mark = node.mark
    intro_end = node.children[0].start if node.children else end
    return Provision(
        mark.level, node.eid, mark.number, mark.heading, mark.start, end, intro_end, tuple(node.children)
    )


def build_tree(marks: Sequence[Mark], text_end: int) -> tuple[Provision, ...]:
    """The provisions in text order. ``marks`` must be in text order and begin at 0; together they cover the text."""
    eids = _Eids()
    top: list[Provision] = []
    stack: list[_Open] = []

    def close_down_to(rank: int, end: int) -> None:
        while stack and (stack[-1].mark.rank >= rank or stack[-1].mark.level in _LEAVES):
            closed = _close(stack.pop(), end)
            (stack[-1].children if stack else top).append(closed)

    for mark in marks:
        close_down_to(mark.rank, mark.start)
        parent = stack[-1] if stack else None
        eid = eids.name(mark, parent)
        base = eid if mark.level is Level.ATTACHMENT else parent.base if parent else ""
        stack.append(_Open(mark, eid, base))
    close_down_to(-1, text_end)
    return tuple(top)
