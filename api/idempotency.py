"""Idempotency-Key: a write sent again gets the reply of the first time; nothing is done twice.

The header of the IETF draft "The Idempotency-Key HTTP Header Field". The same key with another request is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import reply
from rag.errors import BadInput, CancuError, Refused
from rag.record.idempotency import KEPT_BODY_BYTES, KeptReply, find_reply, keep_reply
from rag.record.record import Record

HEADER = b"idempotency-key"
LONGEST_KEY = 255
WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS = frozenset({b"content-type", b"location"})


class Idempotency:
    """ASGI middleware inside the gate: it needs the bearer."""

    def __init__(self, app: ASGIApp, record: Record) -> None:
        self.app = app
        self.record = record
        self._running: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        bearer = scope["state"]["bearer"].id
        request = Request(scope)
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            await reply(request, BadInput("idempotency_key_wrong", longest=LONGEST_KEY))(scope, receive, send)
            return
        if (bearer, key) in self._running:
            await reply(request, Refused("idempotency_running"))(scope, receive, send)
            return
        self._running.add((bearer, key))
        try:
            await self._once(scope, receive, send, bearer, key)
        finally:
            self._running.discard((bearer, key))

    async def _once(self, scope: Scope, receive: Receive, send: Send, bearer: str, key: str) -> None:
        read = _HashedBody(scope, receive)
        kept = await run_sync(find_reply, self.record, bearer, key)
        if kept is not None:
            await _answer_again(kept, read, scope, send)
            return

        async def keep(said: _HeardReply) -> None:
            await read.rest()
            if said.status < 500:  # what failed inside may be tried again
                made = KeptReply(read.digest(), said.status, said.headers, bytes(said.body))
                await run_sync(keep_reply, self.record, bearer, key, made)
            self._running.discard((bearer, key))

        await self.app(scope, read, _HeardReply(send, keep))


async def _answer_again(kept: KeptReply, read: _HashedBody, scope: Scope, send: Send) -> None:
    await read.rest()
    if kept.request_sha256 != read.digest():
        error: CancuError = BadInput("idempotency_key_reused")
        await reply(Request(scope), error)(scope, read, send)
        return
    headers = kept.headers | {"Idempotency-Replayed": "true"}
    await Response(kept.body, kept.status, headers)(scope, read, send)


def _key(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] not in WRITING_METHODS or not scope["path"].startswith("/v1/"):
        return None
    found = dict(scope["headers"]).get(HEADER)
    return found.decode("latin-1").strip() if found is not None else None


class _HashedBody:
    """Passes the body on and hashes it."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._hash = hashlib.sha256(f"{scope['method']} {scope['path']}?".encode() + scope["query_string"])
        self._done = False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._hash.update(message.get("body", b""))
            self._done = not message.get("more_body", False)
        else:
            self._done = True
        return message

    async def rest(self) -> None:
        while not self._done:
            await self()

    def digest(self) -> str:
        return self._hash.hexdigest()


class _HeardReply:
    """Passes the reply on and remembers it while it is small; it is kept before its end is sent, so that who sends
    again after the end finds it."""

    def __init__(self, send: Send, keep: Callable[[_HeardReply], Awaitable[None]]) -> None:
        self._send = send
        self._keep = keep
        self.status = 500
        self.headers: dict[str, str] = {}
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        self._hear(message)
        is_end = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_end and len(self.body) <= KEPT_BODY_BYTES:
            await self._keep(self)
        await self._send(message)

    def _hear(self, message: dict[str, Any] | Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            kept = [(k, v) for k, v in message.get("headers", []) if k.lower() in KEPT_HEADERS]
            self.headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in kept}
        elif message["type"] == "http.response.body" and len(self.body) <= KEPT_BODY_BYTES:
            self.body += message.get("body", b"")
