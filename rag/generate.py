"""An answer written by a language model of the agency (any OpenAI-compatible server), as a stream with hard limits.

Haystack's chat generator does the talking, in a thread; this module bounds it: the address must be inside (``rag.egress``), a
reply has so many bytes and characters and so many seconds in all and of silence, a failure before the first piece is tried
once more, and after several failures nobody asks for a while (circuit breaker, Nygard, *Release It!*). The model has no tools.
Whatever goes wrong comes out as ``GenerationFailed``; the caller then answers with the law's own sentences (A2).
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

import httpx
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage, StreamingChunk
from haystack.utils import Secret

from rag.egress import check_address
from rag.errors import CancuError
from rag.settings import Settings

MAX_REPLY_BYTES = 2 << 20  # of the server's reply with its framing; a long answer has some 100 kB
MAX_REPLY_CHARACTERS = 8000  # of text; longer ones repeat themselves
MAX_WAITING = 8  # requests to the model at a time, those given up on but not ended yet included
FAILURES_TO_OPEN = 3  # in a row
OPEN_S = 30.0  # seconds nobody asks after that; then one tries
ATTEMPTS = 2  # before the first piece has come
_END = object()


class GenerationFailed(Exception):
    """No usable reply. ``why`` is a word for notes and metrics: timeout, unavailable, garbage, too_long, open, busy."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class _TooLong(Exception):
    pass


@dataclass(slots=True)
class Breaker:
    """Closed until ``FAILURES_TO_OPEN`` failures in a row, then open for ``OPEN_S`` seconds."""

    failures: int = 0
    opened_at: float | None = None

    def is_open(self, now: float) -> bool:
        return self.opened_at is not None and now - self.opened_at < OPEN_S

    def record(self, ok: bool, now: float) -> None:
        self.failures = 0 if ok else self.failures + 1
        self.opened_at = now if self.failures >= FAILURES_TO_OPEN else None


class Generator:
    """One configured model. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        assert settings.llm_url
        self.settings = settings
        self.breaker = Breaker()
        self._slots = threading.BoundedSemaphore(MAX_WAITING)
        key = settings.llm_key.get_secret_value() if settings.llm_key else "none"
        self._chat = OpenAIChatGenerator(
            api_key=Secret.from_token(key),
            model=settings.llm_model,
            api_base_url=settings.llm_url,
            timeout=settings.llm_silence_s,
            max_retries=0,
            generation_kwargs={"temperature": 0.0, "max_tokens": settings.llm_max_tokens},
            http_client_kwargs={
                "transport": _BoundedTransport(),
                "timeout": settings.llm_silence_s,
                "trust_env": False,  # no proxy from the environment: it would carry questions elsewhere
                "follow_redirects": False,
            },
        )

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Pieces of the reply as they come. Raises GenerationFailed within the deadline, whatever the server does."""
        deadline = time.monotonic() + self.settings.llm_deadline_s
        if self.breaker.is_open(time.monotonic()):
            raise GenerationFailed("open")
        self._check_address()
        for attempt in range(ATTEMPTS):
            begun = False
            try:
                for piece in self._attempt(system, user, deadline):
                    begun = True
                    yield piece
            except GenerationFailed as failure:
                last = (
                    attempt == ATTEMPTS - 1 or begun or failure.why != "unavailable" or time.monotonic() >= deadline
                )
                if last:
                    self.breaker.record(False, time.monotonic())
                    raise
            else:
                self.breaker.record(True, time.monotonic())
                return

    def close(self) -> None:
        self._chat.close()

    def _check_address(self) -> None:
        try:
            check_address(self.settings.llm_url or "", self.settings.allow_egress)
        except CancuError as error:
            self.breaker.record(False, time.monotonic())
            raise GenerationFailed("unavailable") from error

    def _attempt(self, system: str, user: str, deadline: float) -> Iterator[str]:
        if not self._slots.acquire(blocking=False):
            raise GenerationFailed("busy")
        pieces: queue.Queue[Any] = queue.Queue()
        given_up = threading.Event()
        messages = [ChatMessage.from_system(system), ChatMessage.from_user(user)]
        threading.Thread(
            target=self._run, args=(messages, pieces, given_up), name="language-model", daemon=True
        ).start()
        try:
            yield from _pieces(pieces, deadline)
        finally:
            given_up.set()

    def _run(self, messages: list[ChatMessage], pieces: queue.Queue[Any], given_up: threading.Event) -> None:
        """In a thread: it ends when the reply does, when the caller has given up, or after the silence allowed."""
        length = 0

        def take(chunk: StreamingChunk) -> None:
            nonlocal length
            if given_up.is_set():
                raise _TooLong
            length += len(chunk.content)
            pieces.put(chunk.content)
            if length > MAX_REPLY_CHARACTERS:
                raise _TooLong

        try:
            reply = self._chat.run(messages, streaming_callback=take)["replies"][0]
            ended = reply.meta.get("finish_reason") is not None  # else the connection was cut
            pieces.put(
                GenerationFailed("unavailable") if not ended else _END if length else GenerationFailed("garbage")
            )
        except _TooLong:
            pieces.put(GenerationFailed("too_long"))
        except Exception as error:  # of Haystack, openai, httpx, json: all mean that there is no reply
            pieces.put(GenerationFailed(_why(error)))
        finally:
            self._slots.release()


def _pieces(pieces: queue.Queue[Any], deadline: float) -> Iterator[str]:
    while True:
        try:
            piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise GenerationFailed("timeout") from None
        if piece is _END:
            return
        if isinstance(piece, GenerationFailed):
            raise piece
        if piece:
            yield piece


def _why(error: BaseException) -> str:
    """timeout, unavailable or garbage, by the names of the error and of what caused it."""
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(names) < 8:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    if any("Timeout" in name for name in names):
        return "timeout"
    if any(name in _UNAVAILABLE for name in names):
        return "unavailable"
    return "garbage"


_UNAVAILABLE = frozenset(
    "APIConnectionError ConnectError InternalServerError RateLimitError APIStatusError RemoteProtocolError ReadError".split()
)


class _BoundedTransport(httpx.HTTPTransport):
    """Replies end after ``MAX_REPLY_BYTES``."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.stream = _BoundedStream(response.stream)  # type: ignore[arg-type]
        return response


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        for part in self._inner:
            seen += len(part)
            if seen > MAX_REPLY_BYTES:
                raise httpx.ReadError("the reply is too long")
            yield part

    def close(self) -> None:
        self._inner.close()
