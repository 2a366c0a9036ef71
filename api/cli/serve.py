"""``cancu serve``: one process, loopback unless told otherwise, ended by SIGTERM after the requests under way."""

from __future__ import annotations

import json
import os
import signal
import socket
from types import FrameType

from rag.access import EVERYTHING, Scope
from rag.errors import Refused
from rag.locking import announce
from rag.messages import message
from rag.record.accounts import list_accounts
from rag.record.keys import list_keys, make_key
from rag.record.record import Record
from rag.settings import Settings

STOP_GRACE_S = 10  # for requests under way; an answer takes 40 ms, an upload may take longer
BACKLOG = 512
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def run_service(settings: Settings, as_json: bool, is_open: bool = False) -> None:
    """Serve until SIGTERM or SIGINT. ``is_open``: whoever reaches this machine's loopback is its single user. Raises
    FolderInUse, IndexMismatch, Unavailable, Refused."""
    if is_open and settings.host not in LOOPBACK_NAMES:
        raise Refused("open_needs_loopback", host=settings.host)
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    import uvicorn

    signal.signal(signal.SIGTERM, _leave)  # uvicorn raises the signal again when it has stopped: that is no failure
    signal.signal(signal.SIGINT, _leave)
    from api.app import create_app
    from api.draining import DrainingServer
    from api.logs import set_up_logs
    from api.protocol import HEADERS_BYTES, GuardedProtocol
    from api.running import Running

    set_up_logs(settings)

    listening = _listen(settings)
    try:
        parts = Running.open(settings, is_open)
        parts.start()
    except BaseException:
        listening.close()
        raise
    address = _address(listening, settings.host)
    announce(settings.data_dir, address)
    _say(address, None if is_open else first_key(parts.store.record), as_json, settings.language)
    app = create_app(parts)
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        h11_max_incomplete_event_size=HEADERS_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_GRACE_S,
    )
    DrainingServer(config, app.state).run(sockets=[listening])


def first_key(record: Record) -> str | None:
    """The administrator's key of a record that nobody has a key or an account for yet; made once, shown once."""
    if list_keys(record) or list_accounts(record):
        return None
    return make_key(record, "quản trị", [Scope.ADMIN], EVERYTHING)[1]


def _say(address: str, key: str | None, as_json: bool, language: str) -> None:
    if as_json:
        shown = {"address": address, "pid": os.getpid()} | ({"admin_key": key} if key else {})
        print(json.dumps(shown), flush=True)
        return
    if key:
        print(message("first_key", language, secret=key))
    print(f"Căn Cứ sẵn sàng tại {address}/", flush=True)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _listen(settings: Settings) -> socket.socket:
    """A bound socket, taken before anything heavy is opened, so that a port in use fails at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # TCP named, or asyncio does not see that it is TCP and leaves Nagle's algorithm on: 40 ms a reply.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise Refused("port_in_use", port=settings.port, why=error.strerror) from None
    listening.listen(BACKLOG)
    return listening


def _address(listening: socket.socket, host: str) -> str:
    """Where this machine reaches the service: a wildcard address is answered on loopback."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{listening.getsockname()[1]}"
