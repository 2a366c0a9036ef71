"""The service over HTTP: start, idle memory, latency alone and while it takes in files."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
from measure import CANCU, Figure, environment, percentile, run_timed, tree_memory_mib

ROUNDS = 5  # each question this often; the first round is warm-up and not counted
READY_LIMIT_S = 60.0
POLL_S = 0.02
REORGANISE_LIMIT_S = 180.0
BUSY_WINDOW_S, PAUSED_WINDOW_S = 2.0, 1.0  # how long work beside goes on and is stopped, in turn
IDLE_S = 3.0  # let start-up garbage go before memory is read
QUESTIONS_FILE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "questions.jsonl"


def load_questions() -> list[str]:
    return [json.loads(line)["question"] for line in QUESTIONS_FILE.read_text(encoding="utf-8").splitlines()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> float:
    """Seconds until ``/readyz`` answers 200."""
    began = time.perf_counter()
    while time.perf_counter() - began < READY_LIMIT_S and process.poll() is None:
        try:
            if client.get("/readyz").status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            pass
        time.sleep(POLL_S)
    raise RuntimeError(f"the service was not ready within {READY_LIMIT_S:.0f} s")


@contextmanager
def running_service(
    data: Path, reorganise: bool = False
) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes], float]]:
    """A client, the process and the seconds it took to be ready. ``reorganise``: after any new passage."""
    port = free_port()
    process = subprocess.Popen(
        [CANCU, "serve", "--open", "--host", "127.0.0.1", "--port", str(port)],
        env=environment(data) | ({"CANCU_REORGANISE_POINTS": "1"} if reorganise else {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
            yield client, process, wait_until_ready(client, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def time_request_ms(client: httpx.Client, path: str, body: dict[str, str]) -> float:
    began = time.perf_counter()
    client.post(path, json=body).raise_for_status()
    return (time.perf_counter() - began) * 1000


def time_questions_ms(client: httpx.Client, path: str, key: str, questions: Sequence[str]) -> list[float]:
    timings = [time_request_ms(client, path, {key: one}) for _ in range(ROUNDS) for one in questions]
    return timings[len(questions) :]


def search_while_ingesting_ms(
    client: httpx.Client, service: int, files: Sequence[Path], data: Path
) -> tuple[list[float], list[float]]:
    """Latency of searches from the start of an ingestion to its end: while it works, and in pauses of it."""
    process = subprocess.Popen(
        [CANCU, "ingest", *map(str, files)], env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    timings = search_until(client, service, lambda: process.poll() is not None)
    if process.returncode != 0:
        raise RuntimeError(f"ingestion under search ended with {process.returncode}")
    return timings


def search_while_reorganising_ms(client: httpx.Client, service: int, data: Path) -> tuple[list[float], list[float]]:
    """Latency of searches until the service has swapped to its next generation, and in pauses of that."""
    pointer, began = data / "index" / "CURRENT", time.perf_counter()

    def swapped() -> bool:
        if time.perf_counter() - began > REORGANISE_LIMIT_S:
            raise RuntimeError("the service did not reorganise its index")
        return pointer.exists()

    return search_until(client, service, swapped)


def search_until(client: httpx.Client, service: int, done: Callable[[], bool]) -> tuple[list[float], list[float]]:
    """(busy, paused): every other window the background processes are stopped, so that both sides of the ratio meet
    whatever else the machine does."""
    questions, busy, paused = load_questions(), [], []
    while not done():
        for timings, window_s in ((busy, BUSY_WINDOW_S), (paused, PAUSED_WINDOW_S)):
            background = background_of(service) if timings is paused else []
            signal_all(background, signal.SIGSTOP)
            until = time.perf_counter() + window_s
            while time.perf_counter() < until:
                query = questions[len(timings) % len(questions)]
                timings.append(time_request_ms(client, "/v1/search", {"query": query}))
            signal_all(background, signal.SIGCONT)
    return busy, paused


def background_of(service: int) -> list[psutil.Process]:
    """What works beside the service: all its children but the index that answers."""
    children = psutil.Process(service).children(recursive=True)
    return [child for child in children if child.is_running() and "rag.index.keeper" not in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def signal_all(processes: Sequence[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)


def measure_commands(data: Path) -> list[Figure]:
    """Command line from cold, best of three."""
    help_s = min(run_timed([CANCU, "--help"], data)[0] for _ in range(3))
    search_s = min(run_timed([CANCU, "search", "thời hạn bổ sung hồ sơ"], data)[0] for _ in range(3))
    return [
        Figure("cancu --help", f"{help_s:.2f} s", "≤ 0.5 s"),
        Figure("cancu search", f"{search_s:.2f} s", "≤ 2 s"),
    ]


def measure_service(data: Path, more: Sequence[Path]) -> list[Figure]:
    """``more`` are files that ``data`` does not hold yet; they go in while searches run, then the index is merged."""
    questions = load_questions()
    with running_service(data, reorganise=bool(more)) as (client, process, ready_s):
        time.sleep(IDLE_S)
        idle_mib = tree_memory_mib(process.pid)
        searches = time_questions_ms(client, "/v1/search", "query", questions)
        answers = time_questions_ms(client, "/v1/answers", "question", questions)
        taking_in = search_while_ingesting_ms(client, process.pid, more, data) if more else ([], [])
        merging = search_while_reorganising_ms(client, process.pid, data) if more else ([], [])
    figures = [
        Figure("ready after start", f"{ready_s:.2f} s", "≤ 5 s"),
        Figure("idle memory (PSS)", f"{idle_mib:.0f} MiB", "≤ 500 MiB"),
        Figure("search p50", f"{percentile(searches, 0.5):.1f} ms", "≤ 8 ms"),
        Figure("search p95", f"{percentile(searches, 0.95):.1f} ms", "≤ 20 ms"),
        Figure("ask p50", f"{percentile(answers, 0.5):.1f} ms", "≤ 40 ms"),
    ]
    for what, (busy, paused) in ((f"{len(more)} files go in", taking_in), ("the index is merged", merging)):
        if busy:
            ratio = percentile(busy, 0.95) / percentile(paused, 0.95)
            figures += [
                Figure(f"search p95 while {what} ({len(busy)} searches), to pauses of it", f"{ratio:.1f} ×", "≤ 2 ×"),
                Figure(f"search p50 and p95 while {what}, and in pauses", _medians(busy, paused)),
                Figure(
                    f"slowest search while {what} (in pauses {max(paused):.0f} ms)", f"{max(busy):.0f} ms", "≤ 250 ms"
                ),
            ]
    return figures


def _medians(*timings: Sequence[float]) -> str:
    return "; ".join(f"{percentile(one, 0.5):.1f} and {percentile(one, 0.95):.1f} ms" for one in timings)
