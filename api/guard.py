"""What stands in front of every request: body limit, same-origin writes, security headers, counting, a request id.

Plain ASGI, so that a body is counted while it arrives and never buffered here (W1).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import PROBLEM_MEDIA_TYPE, problem
from api.metrics import Metrics
from rag.errors import BadInput, CancuError
from rag.settings import Settings

log = structlog.get_logger()
JSON_BODY_BYTES = 1 << 18  # the longest question is 2,000 characters; filters add some kilobytes
UPLOAD_PATHS = ("/v1/documents", "/van-ban")
BODY_BYTES = {"/v1/batches": 4 << 20, "/v1/chat/completions": 1 << 20}  # a thousand questions; a long conversation
BODY_S = 10.0  # for a body to arrive, and …
SLOWEST_BYTES_S = 50_000  # … a second more for each of these: 200 MB in an hour is no sender, it is a siege (W2)
MOST_HEADERS = 100  # browsers send some 20
MULTIPART_SPARE_BYTES = 1 << 16  # headers and boundaries around the file
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
LINGER_BYTES = 8 << 20  # more than socket buffers hold; read in small pieces and thrown away
LINGER_S = 2.0  # so that a dripping sender does not keep the connection
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS = [
    (b"content-security-policy",
     b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # "no-referrer" would make a form's own Origin "null"
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]  # fmt: skip


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, settings: Settings) -> None:
        self.app = app
        self.metrics = metrics
        self.max_file_bytes = settings.max_file_mb << 20
        self.language = settings.language
        self.hosts = allowed_hosts(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex[:12]
        scope.setdefault("state", {})["request_id"] = request_id
        reply = _Reply(send, request_id, closing=getattr(scope["app"].state, "draining", False))
        started = time.perf_counter()
        try:
            refusal = self._refusal(scope)
            if refusal:
                await self._refuse(reply, refusal, request_id, receive)
            else:
                await self.app(scope, self._counted(scope, receive), reply)
        except Exception as error:
            if reply.started:
                raise
            log.error("request.failed", path=scope["path"], request_id=request_id, exc_info=error)
            await self._refuse(reply, CancuError("internal", request_id=request_id), request_id, None)
        finally:
            seconds = time.perf_counter() - started
            self.metrics.observe(_route_of(scope), reply.status, seconds)
            who = getattr(scope["state"].get("bearer"), "id", None)
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=reply.status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
                who=who,
            )

    def _limit(self, scope: Scope) -> int:
        if scope["path"] in UPLOAD_PATHS:
            return self.max_file_bytes + MULTIPART_SPARE_BYTES
        return BODY_BYTES.get(scope["path"], JSON_BODY_BYTES)

    def _too_large(self, scope: Scope) -> BadInput:
        if scope["path"] in UPLOAD_PATHS:
            return BadInput("upload_too_large", limit_mb=self.max_file_bytes >> 20)
        return BadInput("body_too_large", limit_kb=self._limit(scope) >> 10)

    def _refusal(self, scope: Scope) -> BadInput | None:
        if len(scope["headers"]) > MOST_HEADERS:
            return BadInput("headers_too_large")
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limit(scope):
            return self._too_large(scope)
        if self.hosts and _host_name(headers) not in self.hosts:
            return BadInput("other_host")
        if scope["method"] not in READING_METHODS and not _same_origin(headers):
            return BadInput("other_origin")
        return None

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        limit = left = self._limit(scope)
        deadline = asyncio.get_running_loop().time() + BODY_S
        whole = False

        async def counted() -> Message:
            nonlocal left, whole
            if whole:  # the body is here: what comes now is only the end of the connection
                return await receive()
            arrived = (limit - left) / SLOWEST_BYTES_S
            try:
                async with asyncio.timeout_at(deadline + arrived):
                    message = await receive()
            except TimeoutError:
                raise BodyRefusedError(BadInput("sender_too_slow")) from None
            whole = not message.get("more_body", False)
            left -= len(message.get("body", b""))
            if left < 0:
                raise BodyRefusedError(self._too_large(scope))
            return message

        return counted

    async def _refuse(self, reply: _Reply, error: CancuError, request_id: str, receive: Receive | None) -> None:
        details: dict[str, Any] = problem(error, self.language) | {"request_id": request_id}
        body = json.dumps(details, ensure_ascii=False).encode()
        headers = [(b"content-type", PROBLEM_MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        headers.append((b"connection", b"close"))
        await reply({"type": "http.response.start", "status": details["status"], "headers": headers})
        await reply({"type": "http.response.body", "body": body, "more_body": True})
        if receive is not None:
            await _linger(receive)
        await reply({"type": "http.response.body"})


async def _linger(receive: Receive) -> None:
    """Read on a little: closing on a sender in full flow would reset the connection before it saw the reply."""
    left = LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


class BodyRefusedError(HTTPException):
    """Raised while the body is read: too large, or too slow. An HTTPException, because FastAPI turns any other into its own 400."""

    def __init__(self, error: BadInput) -> None:
        super().__init__(413)
        self.error = error


class _Reply:
    """Sends, adds the headers every reply carries, and remembers the status."""

    def __init__(self, send: Send, request_id: str, closing: bool = False) -> None:
        self._send = send
        self._extra = [*SECURITY_HEADERS, (b"x-request-id", request_id.encode())]
        if closing:
            self._extra.append((b"connection", b"close"))
        self.status = 500
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.started = True
            message = {**message, "headers": [*message.get("headers", []), *self._extra]}
        await self._send(message)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Names under which we are asked; empty: any. On loopback only its own names, whatever an outsider points at us
    (DNS rebinding)."""
    named = frozenset(one.strip().lower() for one in settings.hosts.split(",") if one.strip())
    if named:
        return named | LOOPBACK_NAMES
    return LOOPBACK_NAMES if settings.host in LOOPBACK_NAMES else frozenset()


def _host_name(headers: dict[bytes, bytes]) -> str | None:
    try:
        return urlsplit("//" + headers.get(b"host", b"").decode("latin-1")).hostname
    except ValueError:
        return None


def _same_origin(headers: dict[bytes, bytes]) -> bool:
    """A page of another site may not write through the reader's browser; programs send no Origin."""
    if headers.get(b"sec-fetch-site", b"none") not in {b"none", b"same-origin"}:
        return False
    origin = headers.get(b"origin")
    if origin is None:
        return True
    return urlsplit(origin.decode("latin-1")).netloc == headers.get(b"host", b"").decode("latin-1")


def _route_of(scope: Scope) -> str:
    """The route's template, so that ids make no new time series."""
    return str(getattr(scope.get("route"), "path", "unknown"))
