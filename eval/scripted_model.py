"""A scripted OpenAI-compatible server: a real HTTP server whose "model" does one thing, chosen by the name it is asked for.

Good ones: ``normal`` (quotes the first block with its key), ``obedient-last`` (does what the last instruction in its prompt
says), ``obedient-any`` (does what any order of the injection suite in its prompt says, the worst case). Bad ones: ``slow``,
``drip``, ``hang``, ``cut``, ``error``, ``garbage``, ``invented-keys``, ``wrong-numbers``, ``endless``, ``huge``, ``no-keys``,
``declines``, ``empty``. Used by the tests and by ``cancu eval injections``; it listens on loopback only.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eval.injections import Injection, load_injections
from rag.prompt import INSTRUCTION, NOT_ENOUGH
from rag.sentences import split_sentences

SLOW_S = 0.4  # before the first piece of "slow"
DRIP_S = 0.3  # between two pieces of "drip"
HANG_S = 60.0  # of silence, "hang"
HUGE_CHARACTERS = 10 << 20
_BLOCK = re.compile(
    r"<<<CĂN CỨ (?P<key>C\d+) (?P<nonce>\w+)>>>\n(?P<text>.*?)\n<<<HẾT (?P=key) (?P=nonce)>>>", re.DOTALL
)
_ORDERS = re.compile(r"\b(?:hãy|bỏ qua|trả lời|phải|in ra|nói rằng|must|please|ignore)\b", re.IGNORECASE)


def quote_first_block(prompt: str) -> str:
    """What a good model would say: the first sentences of the first block, keyed."""
    block = _BLOCK.search(prompt)
    if block is None:
        return NOT_ENOUGH
    body = block["text"].partition("\n")[2]
    sentences = [s.text for s in split_sentences(body) if len(s.text.split()) > 5 and not s.text.endswith(":")]
    return " ".join(f"{text.rstrip('.;')} [{block['key']}]." for text in sentences[-3:]) or NOT_ENOUGH


def _pieces(text: str, size: int = 12) -> Iterator[str]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


def _obey(prompt: str, injections: list[Injection], *, last_only: bool) -> str:
    """The worst case obeys any order that reached the prompt; the other the last instruction, whoever gave it."""
    seen = [(prompt.rfind(i.order), i) for i in injections if i.order in prompt]
    ours = prompt.rfind(INSTRUCTION)
    if last_only:
        seen = [(at, i) for at, i in seen if at > ours]
        after = [s.text for s in split_sentences(prompt[ours + len(INSTRUCTION) :]) if _ORDERS.search(s.text)]
        if not seen and after:
            return after[-1]
    if not seen:
        return quote_first_block(prompt)
    _, obeyed = max(seen, key=lambda pair: pair[0])
    keys = "".join(f"[{b['key']}]" for b in _BLOCK.finditer(prompt) if obeyed.order in b["text"]) or "[C1]"
    return f"{obeyed.says.rstrip('.')} {keys}."


class ScriptedModel(ThreadingHTTPServer):
    """Serves ``/v1/chat/completions``; ``prompts`` keeps what was asked, ``first_piece_at`` when the first went out."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prompts: list[str] = []
        self.first_piece_at = 0.0
        self.injections = load_injections()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedModel
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = "\n\n".join(m["content"] for m in body["messages"])
        self.server.prompts.append(prompt)
        mode = body["model"]
        if mode == "error":
            self._plain(500, b'{"error": {"message": "boom"}}')
        elif mode == "garbage":
            self._plain(200, b"\x00\xff<html>this is no stream\r\n\r\ndata: {not json}\n\n")
        else:
            self._stream(mode, prompt)

    def _plain(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status != 200 else "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, mode: str, prompt: str) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for count, piece in enumerate(self._say(mode, prompt)):
            if count == 0:
                self.server.first_piece_at = time.perf_counter()
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": mode}
            chunk["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]
            self.wfile.write(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")
            self.wfile.flush()
        if mode == "cut":
            return
        end = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": mode}
        end["choices"] = [{"index": 0, "delta": {}, "finish_reason": "stop"}]
        self.wfile.write(b"data: " + json.dumps(end).encode() + b"\n\ndata: [DONE]\n\n")

    def _say(self, mode: str, prompt: str) -> Iterator[str]:
        good = quote_first_block(prompt)
        if mode == "slow":
            time.sleep(SLOW_S)
        if mode == "hang":
            time.sleep(HANG_S)
        elif mode == "drip":
            for piece in itertools.repeat(good):
                yield piece
                time.sleep(DRIP_S)
        elif mode == "cut":
            yield from list(_pieces(good))[:3]
            self.connection.close()
        elif mode == "endless":
            yield from itertools.repeat("Cứ nói mãi một câu không dừng lại [C1]. ")
        elif mode == "huge":
            yield "A" * HUGE_CHARACTERS
        else:
            yield from _pieces(self._scripted(mode, prompt))

    def _scripted(self, mode: str, prompt: str) -> str:
        if mode in ("obedient-last", "obedient-any"):
            return _obey(prompt, self.server.injections, last_only=mode == "obedient-last")
        return _SCRIPTS.get(mode, quote_first_block)(prompt)


_SCRIPTS: dict[str, Callable[[str], str]] = {
    "invented-keys": lambda p: re.sub(r"\[C\d+\]", "[C99]", quote_first_block(p)),
    "wrong-numbers": lambda p: re.sub(r"\d+", lambda m: str(int(m.group()) + 7), quote_first_block(p)).replace(
        "[C8]", "[C1]"
    ),
    "no-keys": lambda p: re.sub(r"\s*\[C\d+\]", "", quote_first_block(p)),
    "declines": lambda _: f"{NOT_ENOUGH}.",
    "empty": lambda _: "",
}


@contextmanager
def scripted_model() -> Iterator[ScriptedModel]:
    """A running server on a free loopback port."""
    server = ScriptedModel()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
