"""Ids of provisions that questions expect and runs find, at the level they are compared at.

Two spellings: ``31-2024-qh15.d194`` (an article of the law corpus: the act's number in ASCII, ``.d``, the article) and
``45/2025/QĐ-UBND#att_1__art_5__cl_1`` (a provision of a document in the record: number, ``#``, eid).
"""

from __future__ import annotations

import re
from enum import StrEnum

from rag.law.text import strip_diacritics

_ETH = "\u00d0"  # two numbers of the corpus are spelt with Icelandic Ð, which its ids dropped
_NOT_ID = re.compile(r"[^a-z0-9]+")


class Unit(StrEnum):
    """What is compared: the whole Điều, or the Khoản."""

    ARTICLE = "article"
    CLAUSE = "clause"


def act_slug(number: str) -> str:
    """ "31/2024/QH15" → "31-2024-qh15", as the ids of the law corpus spell it."""
    return _NOT_ID.sub("-", strip_diacritics(number.replace(_ETH, "-")).lower()).strip("-")


def article_id(number: str, eid: str) -> str | None:
    """The law corpus' id of the Điều that ``eid`` is or lies in; None outside any Điều."""
    step = next((step for step in eid.split("__") if step.startswith("art_")), None)
    return f"{act_slug(number)}.d{step.removeprefix('art_')}" if step else None


def provision_id(number: str, eid: str, unit: Unit) -> str:
    """ "45/2025/QĐ-UBND#att_1__art_5__cl_1", cut at ``unit``."""
    return f"{number}#{cut_eid(eid, unit)}"


def cut_at(name: str, unit: Unit) -> str:
    """A provision id cut at ``unit``; ids of the law corpus are articles already."""
    number, mark, eid = name.partition("#")
    return f"{number}#{cut_eid(eid, unit)}" if mark else name


def cut_eid(eid: str, unit: Unit) -> str:
    """ "att_1__art_5__cl_1__point_a" → "…__cl_1" (clause), "att_1__art_5" (article). Outside a Điều only điểm go."""
    steps = eid.split("__")
    last = "art_" if unit is Unit.ARTICLE else "cl_"
    for place, step in enumerate(steps):
        if step.startswith(last):
            return "__".join(steps[: place + 1])
    return "__".join(step for step in steps if not step.startswith("point_"))
