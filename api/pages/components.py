"""Every component of the design on one page, to look at and to test; and the description of the HTTP interface."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.words import show_page
from api.routes.answers import Parts
from rag.validity import ForceStatus

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/thanh-phan")
def components_page(request: Request, parts: Parts) -> Response:
    """The design system: tokens and components as they are drawn here."""
    return show_page(request, parts, "components.html", {"forces": tuple(ForceStatus)})


@router.get("/docs")
def api_page(request: Request, parts: Parts) -> Response:
    """Every route of the API with its request and replies, from the OpenAPI document itself."""
    return show_page(request, parts, "api.html", {"spec": request.app.openapi()})
