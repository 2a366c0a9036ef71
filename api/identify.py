"""Who asks: an access key in a header, a session in a cookie, the machine's own command line, or the open machine.

What the record said is believed for half a second, so that a revocation holds within one (I3).
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie

from rag.access import EVERY_SCOPE, EVERYTHING, Bearer
from rag.errors import Denied
from rag.record.accounts import bearer_of_session
from rag.record.keys import bearer_of_key, note_use
from rag.record.record import Record

COOKIE = "cancu_session"
BELIEVED_S = 0.5
NOTED_EVERY_S = 60.0  # when a key was last used is kept to the minute
MOST_BELIEVED = 10_000
OPEN_BEARER = Bearer("open", "Máy một người dùng", EVERY_SCOPE, EVERYTHING)
LOCAL_BEARER = Bearer("local", "Dòng lệnh trên máy chủ", EVERY_SCOPE, EVERYTHING)

Finder = Callable[[Record, str], Bearer | None]


class Identifier:
    """Finds the bearer of a request. ``local_key`` is known only to who can read the data folder."""

    def __init__(self, record: Record, is_open: bool) -> None:
        self.is_open = is_open
        self.local_key = secrets.token_urlsafe(32)
        self._record = record
        self._believed: dict[tuple[str, str], tuple[float, Bearer | None]] = {}
        self._noted: dict[str, float] = {}
        self._guard = threading.Lock()

    def bearer(self, headers: Mapping[bytes, bytes]) -> Bearer | None:
        """None when nobody says who asks. Raises Denied for a key that opens nothing."""
        if self.is_open:
            return OPEN_BEARER
        if key := key_in(headers):
            return self._of_key(key)
        token = cookie_in(headers)
        return self._believe("session", token, bearer_of_session) if token else None

    def forget(self) -> None:
        """Believe nothing any more: somebody signed out, or a key was revoked here."""
        with self._guard:
            self._believed.clear()

    def _of_key(self, key: str) -> Bearer:
        if hmac.compare_digest(key.encode(), self.local_key.encode()):
            return LOCAL_BEARER
        found = self._believe("key", key, bearer_of_key)
        if found is None:
            raise Denied("key_wrong")
        self._note(found)
        return found

    def _believe(self, kind: str, token: str, find: Finder) -> Bearer | None:
        now = time.monotonic()
        known = self._believed.get((kind, token))
        if known and now - known[0] < BELIEVED_S:
            return known[1]
        found = find(self._record, token)
        with self._guard:
            if len(self._believed) >= MOST_BELIEVED:
                self._believed.clear()
            self._believed[kind, token] = (now, found)
        return found

    def _note(self, bearer: Bearer) -> None:
        now = time.monotonic()
        if now - self._noted.get(bearer.id, -NOTED_EVERY_S) >= NOTED_EVERY_S:
            self._noted[bearer.id] = now
            note_use(self._record, bearer.id.removeprefix("key:"))


def key_in(headers: Mapping[bytes, bytes]) -> str | None:
    """The key of ``Authorization: Bearer`` (what OpenAI's clients send) or ``X-API-Key``."""
    scheme, _, value = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return headers.get(b"x-api-key", b"").decode("latin-1").strip() or None


def cookie_in(headers: Mapping[bytes, bytes]) -> str | None:
    """The session token of the cookie."""
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None
