"""Every failure of a request in the one error shape: ours, the validator's, the framework's and the unforeseen."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from api.errors import PROBLEM_MEDIA_TYPE, problem
from api.guard import BodyRefusedError
from api.pages import error_page
from rag.errors import BadInput, CancuError, NotFound

log = structlog.get_logger()
RETRY_AFTER_S = 5  # a guess: how long a reorganisation or a restart of what is behind us takes


def install_problems(app: FastAPI) -> None:
    """Handlers for each kind of failure."""
    app.add_exception_handler(CancuError, _raised)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unforeseen)


async def _raised(request: Request, error: Exception) -> Response:
    assert isinstance(error, CancuError)
    return reply(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = [".".join(map(str, one["loc"])) + ": " + one["msg"] for one in error.errors()[:5]]
    return reply(request, BadInput("request_invalid", places="; ".join(places)))


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, BodyRefusedError):
        return reply(request, error.error, {"Connection": "close"})
    if error.status_code == 404:
        return reply(request, NotFound("route_not_found", path=request.url.path[:200]))
    if error.status_code == 405:
        return reply(request, BadInput("method_not_allowed", method=request.method), dict(error.headers or {}))
    return reply(request, BadInput("request_invalid", places=str(error.detail)))


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("request.failed", path=request.url.path, request_id=_request_id(request), exc_info=error)
    return reply(request, CancuError("internal", request_id=_request_id(request)))


def reply(request: Request, error: CancuError, headers: dict[str, str] | None = None) -> Response:
    """Problem details for programs; the same words on a page for people."""
    details: dict[str, Any] = problem(error, request.app.state.language) | {"request_id": _request_id(request)}
    headers = headers or {}
    if error.retryable:
        headers["Retry-After"] = str(error.details.get("retry_after_s", RETRY_AFTER_S))
    if wants_page(request):
        return HTMLResponse(error_page(details, request.app.state.language), details["status"], headers)
    return JSONResponse(details, details["status"], headers, media_type=PROBLEM_MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    is_program_route = request.url.path.startswith("/v1/") or request.url.path in {"/readyz", "/healthz", "/metrics"}
    return not is_program_route and "text/html" in request.headers.get("accept", "")


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
