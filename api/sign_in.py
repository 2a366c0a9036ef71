"""Signing in and out in a browser: a session cookie (HttpOnly, SameSite) and a token that each form carries (CSRF)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.forms import checked_form
from api.gate import SIGN_IN_PAGE
from api.identify import COOKIE, cookie_in
from api.routes.answers import Parts
from rag.errors import CancuError, Denied
from rag.record.accounts import LONGEST_PASSWORD, SESSION_HOURS, Session, sign_in, sign_out

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
LONGEST_TARGET = 2000  # characters of the address to come back to


@router.get(SIGN_IN_PAGE)
def sign_in_page(
    request: Request, parts: Parts, tiep: Annotated[str, Query(max_length=LONGEST_TARGET)] = "/"
) -> Response:
    return _shown(request, parts, tiep, None)


@router.post(SIGN_IN_PAGE)
def sign_in_form(
    request: Request,
    parts: Parts,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=LONGEST_PASSWORD)] = "",
    tiep: Annotated[str, Form(max_length=LONGEST_TARGET)] = "/",
) -> Response:
    """Back to where the person came from with a session; the form again with what went wrong."""
    try:
        session = sign_in(parts.store.record, login, password)
    except Denied as error:
        return _shown(request, parts, tiep, error)
    return signed_in(request, session, tiep)


@router.post("/dang-xuat")
async def sign_out_form(request: Request, parts: Parts) -> Response:
    await checked_form(request)
    token = cookie_in(dict(request.scope["headers"]))
    if token:
        sign_out(parts.store.record, token)
        parts.identifier.forget()
    done = RedirectResponse(SIGN_IN_PAGE, status_code=303)
    done.delete_cookie(COOKIE, path="/")
    return done


def signed_in(request: Request, session: Session, target: str) -> Response:
    """To ``target`` with the session's cookie."""
    done = RedirectResponse(local_target(target), status_code=303)
    done.set_cookie(
        COOKIE,
        session.token,
        max_age=SESSION_HOURS * 3600,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return done


def local_target(target: str) -> str:
    """``target`` when it is a path of this service, else the front page: nobody is sent elsewhere."""
    is_path = target.startswith("/") and target[1:2] not in {"/", "\\"} and target.isprintable()
    return target if is_path else "/"


def _shown(request: Request, parts: Parts, target: str, error: CancuError | None) -> Response:
    from api.pages import show_page

    shown: dict[str, Any] = {"target": local_target(target), "error": None}
    if error:
        shown["error"] = error.text(parts.settings.language)
    return show_page(request, parts, "sign_in.html", shown, 403 if error else 200)
