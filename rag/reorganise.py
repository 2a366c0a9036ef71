"""Merge and index the embedded store while it serves: a child process makes the next generation, the service swaps to it.

The child copies the generation in use (which nobody writes while it serves), brings the copy to the record's state,
optimises it and renames it when it is whole. Run as ``python -m rag.reorganise DATA_DIR SOURCE TARGET DENSE_SIZE`` it
is that child, at low priority.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rag.children import step_back
from rag.disk import require_space
from rag.embed import open_embedder
from rag.index.generation import Generation, following
from rag.index.served import ServedIndex
from rag.record.record import Record
from rag.settings import load_settings
from rag.vectorise import Vectoriser

FLUSH_PASSAGES = 4000  # between flushes while a generation catches up: little to hold, few syncs


def reorganise(index: ServedIndex, data_dir: Path) -> None:
    """Make the next generation and serve from it. Nothing changes when the child fails: the old generation stays."""
    require_space(index.root)
    source = index.begin_generation()
    target = following(source)
    command = [sys.executable, "-m", "rag.reorganise"]
    try:
        subprocess.run([*command, str(data_dir), str(source), str(target), str(index.dense_size)], check=True)
        index.adopt_generation(target)
    except BaseException:
        index.abandon_generation()
        for folder in (target, _draft(target)):
            shutil.rmtree(folder, ignore_errors=True)
        raise


def catch_up(generation: Generation, record: Record, vectoriser: Vectoriser) -> None:
    """Bring a generation to what the record shows."""
    visible = {d.id: d for d in record.documents() if d.passages}
    waiting = 0
    for gone in sorted(generation.documents - visible.keys()):
        generation.delete(gone)
    for new in sorted(visible.keys() - generation.documents):
        points = vectoriser.stored(record, visible[new]).points
        generation.upsert(points)
        waiting += len(points)
        if waiting >= FLUSH_PASSAGES:
            generation.flush()
            waiting = 0
    generation.flush()


def make_generation(data_dir: Path, source: Path, target: Path, dense_size: int) -> None:
    """A merged copy of ``source``, with everything the record shows, at ``target``."""
    draft = _draft(target)
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft)
    record = Record.open(data_dir)
    generation = Generation(draft, dense_size)
    catch_up(generation, record, Vectoriser(open_embedder(load_settings().embedder)))
    generation.shard.optimize()
    generation.close()
    record.close()
    draft.replace(target)


def _draft(target: Path) -> Path:
    return target.with_name(f"{target.name}.new")


if __name__ == "__main__":
    step_back()
    make_generation(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
