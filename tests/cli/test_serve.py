"""What the listening socket must be."""

from __future__ import annotations

import socket

import pytest

from api.cli.serve import _address, _listen
from rag.errors import Refused
from rag.settings import Settings


def test_the_socket_names_tcp_so_that_asyncio_turns_nagle_off() -> None:
    """asyncio looks at ``proto``; with 0 each reply waited 40 ms for a delayed acknowledgement."""
    with _listen(Settings(port=0)) as listening:
        assert listening.proto == socket.IPPROTO_TCP
        assert _address(listening, "0.0.0.0").startswith("http://127.0.0.1:")


def test_a_port_in_use_is_refused_at_once() -> None:
    with _listen(Settings(port=0)) as listening, pytest.raises(Refused, match=str(listening.getsockname()[1])):
        _listen(Settings(port=listening.getsockname()[1]))
