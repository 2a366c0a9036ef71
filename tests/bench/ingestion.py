"""Ingestion against the floor: a bare single-process loop of ``page.get_text("dict")`` over the same files."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import CANCU, Figure, run_timed

BARE_LOOP = """
import sys, pymupdf
for path in sys.argv[1:]:
    with pymupdf.open(path) as document:
        for page in document:
            page.get_text("dict")
"""


def measure_ingestion(files: list[Path], data: Path) -> list[Figure]:
    """The bare loop, the first ingestion and a second one that has nothing to do, in one run."""
    paths = [str(path) for path in files]
    bare_s, _ = run_timed([sys.executable, "-c", BARE_LOOP, *paths], data)
    first_s, peak_mib = run_timed([CANCU, "ingest", *paths], data)
    second_s, _ = run_timed([CANCU, "ingest", *paths], data)
    return [
        Figure(f"bare loop, {len(files)} files", f"{bare_s:.2f} s"),
        Figure("ingestion, parse to searchable", f"{first_s:.2f} s"),
        Figure("ratio to the bare loop", f"{first_s / bare_s:.1f} ×", "≤ 6 ×"),
        Figure("peak memory of all processes (PSS)", f"{peak_mib:.0f} MiB", "≤ 1,536 MiB"),
        Figure("second run, nothing new", f"{second_s:.2f} s", "≤ 5 s"),
    ]
