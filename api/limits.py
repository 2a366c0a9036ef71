"""How much at once: requests a minute and at the same time, for each bearer or address; more gets 429 with Retry-After.

Shedding early keeps those who are served fast (A5): a request refused costs microseconds, one that waits costs its
place in every queue behind.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from rag.errors import TooBusy

MOST_KNOWN = 10_000  # bearers and addresses remembered; the longest unseen are forgotten
BURST_S = 5.0  # seconds' worth of the rate that may come at once


@dataclass(slots=True)
class _Account:
    tokens: float
    at: float
    running: int = 0


class Limits:
    """Token buckets and counts. Used from the event loop alone, so it needs no lock."""

    def __init__(self, rate_per_minute: int, in_flight: int, in_flight_each: int) -> None:
        self._rate = rate_per_minute / 60
        self._in_flight = in_flight
        self._each = in_flight_each
        self._running = 0
        self._known: OrderedDict[str, _Account] = OrderedDict()

    @property
    def running(self) -> int:
        return self._running

    def enter(self, who: str) -> None:
        """Take a place. Raises TooBusy when there is none; ``retry_after_s`` says when to come again."""
        account = self._account(who)
        if self._rate and account.tokens < 1:
            raise TooBusy("rate_exceeded", retry_after_s=max(1, round((1 - account.tokens) / self._rate)))
        if account.running >= self._each or self._running >= self._in_flight:
            raise TooBusy("too_busy", retry_after_s=1)
        account.tokens -= 1
        account.running += 1
        self._running += 1

    def leave(self, who: str) -> None:
        self._running -= 1
        if who in self._known:
            self._known[who].running -= 1

    def _account(self, who: str) -> _Account:
        now = time.monotonic()
        account = self._known.pop(who, None) or _Account(self._rate * BURST_S + 1, now)
        account.tokens = min(self._rate * BURST_S + 1, account.tokens + (now - account.at) * self._rate)
        account.at = now
        self._known[who] = account
        if len(self._known) > MOST_KNOWN:
            self._forget_one()
        return account

    def _forget_one(self) -> None:
        idle = next((who for who, account in self._known.items() if not account.running), None)
        if idle is not None:
            del self._known[idle]
