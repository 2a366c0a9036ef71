"""ETag on what programs read: a reply that has not changed comes back as 304 without its body."""

from __future__ import annotations

import hashlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TAGGED = (b"application/json", b"image/png")
MOST_BYTES = 1 << 22  # larger replies are sent as they come


class ETags:
    """ASGI middleware for GET under /v1. The tag is the body's hash: two bearers who see the same get the same tag."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        wanted = dict(scope["headers"]).get(b"if-none-match", b"")
        await self.app(scope, receive, _Tagging(send, wanted))


class _Tagging:
    def __init__(self, send: Send, wanted: bytes) -> None:
        self._send = send
        self._wanted = {one.strip().removeprefix(b"W/") for one in wanted.split(b",")}
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _taggable(message):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        start, self._start = self._start, None
        if message.get("more_body"):
            await self._send(start)
            await self._send(message)
            return
        await self._whole(start, message)

    async def _whole(self, start: Message, message: Message) -> None:
        tag = b'"' + hashlib.sha256(message.get("body", b"")).hexdigest()[:32].encode() + b'"'
        headers = [*start["headers"], (b"etag", tag)]
        if not any(name.lower() == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"private, no-cache"))
        if tag in self._wanted or b"*" in self._wanted:
            kept = [(k, v) for k, v in headers if k.lower() not in {b"content-length", b"content-type"}]
            await self._send({**start, "status": 304, "headers": kept})
            await self._send({**message, "body": b""})
            return
        await self._send({**start, "headers": headers})
        await self._send(message)


def _taggable(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message.get("headers", [])}
    kind = headers.get(b"content-type", b"").split(b";")[0]
    length = headers.get(b"content-length", b"")
    small = length.isdigit() and int(length) <= MOST_BYTES
    return message["status"] == 200 and kind in TAGGED and small and b"etag" not in headers
