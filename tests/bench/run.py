"""Prints the tables of docs/performance.md: ``python tests/bench/run.py FOLDER`` (``make bench DOCS=FOLDER``).

Works in a data folder of its own that it removes. Timings mean something only on a machine that does nothing else.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

from ingestion import measure_ingestion
from measure import as_markdown
from serving import measure_commands, measure_service

HELD_BACK = 20  # files that go in while searches run, as the design's target says; at most half of all


def main() -> None:
    files = sorted(Path(sys.argv[1]).rglob("*.pdf"))
    if not files:
        sys.exit(f"no PDF under {sys.argv[1]}")
    held = files[: min(HELD_BACK, len(files) // 2)]
    print(f"{len(files)} files; Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part"
        measure_ingestion([one for one in files if one not in held], part)
        print(as_markdown("Service that takes in files", measure_service(part, held)), flush=True)
        if "--busy-only" in sys.argv:
            return
        print(as_markdown("Ingestion, all files", measure_ingestion(files, Path(folder) / "all")), flush=True)
        print(as_markdown("Command line from cold", measure_commands(Path(folder) / "all")), flush=True)
        print(as_markdown("Service, all files in the index", measure_service(Path(folder) / "all", [])), flush=True)


if __name__ == "__main__":
    main()
