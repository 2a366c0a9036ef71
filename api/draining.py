"""Stopping without failing anybody (A4): say so first, then stop.

A server that closes idle connections at once cuts off the request that is just on its way. So on SIGTERM each reply says
``Connection: close`` and readiness says no for a moment, while everything is still answered; then uvicorn stops, with the
requests under way.
"""

from __future__ import annotations

import threading
from types import FrameType

import uvicorn
from starlette.datastructures import State

DRAIN_S = 1.0  # a busy client sends its next request well within this, and learns that the connection closes


class DrainingServer(uvicorn.Server):
    """uvicorn's server with that moment in between."""

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self._state = state

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A second signal stops at once."""
        if getattr(self._state, "draining", False) or not self.server_state.connections:
            super().handle_exit(sig, frame)
            return
        self._state.draining = True
        timer = threading.Timer(DRAIN_S, super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()
