"""Why a result stands where it does: the ranker's parts (SHAP values by feature) as a handful of reasons in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.asked import Asked, question_of, read_asked
from api.pages.words import show_page
from api.routes.answers import Parts
from rag.errors import NotFound
from rag.results import Hit
from rag.retrieve import MAX_HITS

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
MUCH = 0.3  # of everything that moved the result: from there on a reason counts "much"
NEAR = 15  # results explained at first
LITTLE = 0.05  # below it a reason is not worth a line


class Group(StrEnum):
    """Each has a message ``reason_<value>``."""

    HEADING = "heading"
    ACT = "act"
    MEANING = "meaning"
    YEAR = "year"
    FORM = "form"
    KIND = "kind"
    WORDS = "words"
    OTHER = "other"


# Names of ``rag.features`` begin so; the first row that fits counts.
BEGINNINGS: tuple[tuple[Group, tuple[str, ...]], ...] = (
    (
        Group.FORM,
        ("heading_length", "heading_rarity", "title_length", "length", "best_length", "best_place", "place"),
    ),
    (Group.FORM, ("number", "passages")),
    (Group.ACT, ("act_", "both_act", "dense_title", "title", "words_title", "pairs_title", "run_title", "kind")),
    (Group.HEADING, ("heading", "dense_heading", "words_head", "pairs_head", "plain_head", "run_heading")),
    (Group.MEANING, ("dense", "both", "fused", "feedback")),
    (Group.YEAR, ("year",)),
    (Group.KIND, ("question", "asks_")),
    (Group.WORDS, ("passage", "article", "body", "plain", "words_", "pairs_", "run", "rarest", "missing")),
    (Group.WORDS, ("second", "mean", "lead")),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """``strength`` is one of much, some: how large a share of what moved the result; ``up``: towards the top."""

    group: Group
    up: bool
    strength: str


@router.get("/vi-sao/{passage_id}")
def why_page(
    request: Request, passage_id: str, parts: Parts, asked: Annotated[Asked, Depends(read_asked)], khung: bool = False
) -> Response:
    """The reasons of one result of the question in the address; ``khung`` gives the list alone. Raises NotFound, BadInput."""
    hit = _explained(parts, asked, passage_id)
    shown = {"asked": asked, "hit": hit, "reasons": reasons_of(hit)}
    return show_page(request, parts, "reasons.html" if khung else "why.html", shown)


def _explained(parts: Parts, asked: Asked, passage_id: str) -> Hit:
    """The result with its parts, which do not depend on the day. Each result explained takes a millisecond, so the first ones
    are looked through alone."""
    for count in (NEAR, MAX_HITS):
        for hit in parts.service.search(question_of(parts, asked), asked.where, count, True).hits:
            if hit.passage.id == passage_id:
                return hit
    raise NotFound("passage_not_found", passage_id=passage_id)


def reasons_of(hit: Hit) -> list[Reason]:
    """The strongest first; what did next to nothing is left out."""
    sums: dict[Group, float] = {}
    for feature, _, part in hit.parts:
        group = group_of(feature)
        sums[group] = sums.get(group, 0.0) + part
    whole = _sum_of(sums.values())
    ordered = sorted(sums.items(), key=lambda pair: -abs(pair[1]))
    return [
        Reason(group, part > 0, "much" if abs(part) >= MUCH * whole else "some")
        for group, part in ordered
        if abs(part) >= LITTLE * whole and part
    ]


def group_of(feature: str) -> Group:
    """The reason that a feature belongs to."""
    return next((group for group, starts in BEGINNINGS if feature.startswith(starts)), Group.OTHER)


def _sum_of(values: Iterable[float]) -> float:
    return sum(abs(value) for value in values)
