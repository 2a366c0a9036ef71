"""What all benchmarks share: running commands, percentiles, memory of a process tree, Markdown."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

CANCU = str(Path(sys.executable).parent / "cancu")
MEMORY_SAMPLE_S = 0.05  # shorter than any stage of one file; costs about 1 % of a core
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the report. ``target`` is what the design asks for, as text."""

    name: str
    value: str
    target: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` (0 to 1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def tree_memory_mib(pid: int) -> float:
    """Proportional set size of a process and all below it: shared pages count once in the sum."""
    total = 0
    try:
        members = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for member in members:
        try:
            total += member.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / MIB


class PeakMemory:
    """Samples the memory of a process tree in a thread until stopped."""

    def __init__(self, pid: int) -> None:
        self.peak_mib = 0.0
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(MEMORY_SAMPLE_S):
            self.peak_mib = max(self.peak_mib, tree_memory_mib(self._pid))


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "CANCU_DATA_DIR": str(data), "HAYSTACK_TELEMETRY_ENABLED": "False"}


def run_timed(command: Sequence[str], data: Path) -> tuple[float, float]:
    """Wall seconds and peak MiB of a command; its failure is an error with its last words."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    with PeakMemory(process.pid) as memory:
        _, errors = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {errors.decode()[-800:]}")
    return seconds, memory.peak_mib


def as_markdown(title: str, figures: Sequence[Figure]) -> str:
    rows = [f"| {figure.name} | {figure.value} | {figure.target} |" for figure in figures]
    return "\n".join([f"### {title}", "", "| measure | value | target |", "| --- | ---: | ---: |", *rows, ""])
