"""Processes beside the service: started from a module, spoken to over sockets, gone when the service is.

A child ends when its socket closes, which the kernel does however the service dies. It holds the data folder's lock as
long as it lives (the lock belongs to the open file, which it inherits), so that no other process can take the folder
while a child still writes (D8).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection

LOWEST_PRIORITY = 19  # nice value of what may wait: 1.5 % of a processor against a search that wants it


def start_child(
    module: str, arguments: Sequence[str], connections: int, lock: int | None
) -> tuple[subprocess.Popen[bytes], list[Connection]]:
    """Run ``python -m module FD… ARGUMENTS`` with the far ends of ``connections`` socket pairs; our ends come back."""
    pairs = [socket.socketpair() for _ in range(connections)]
    theirs = [far.fileno() for _, far in pairs]
    command = [sys.executable, "-m", module, *map(str, theirs), *arguments]
    inherited = [*theirs, *([lock] if lock is not None else [])]
    process = subprocess.Popen(command, pass_fds=inherited, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    for _, far in pairs:
        far.close()
    return process, [Connection(near.detach()) for near, _ in pairs]


def connection_of(fd: str) -> Connection:
    """The child's end of a socket pair. Signals sent to the whole group (Ctrl-C, systemd's stop) are the service's to
    answer: it closes the socket when it is done with us."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    return Connection(int(fd))


def step_back() -> None:
    """Let searches win the processors from here on, in this process and those it starts."""
    os.nice(LOWEST_PRIORITY)
    if hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # never preempts what wakes up beside it
