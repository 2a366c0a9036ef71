"""Merge and index the embedded store while it serves: a child process optimises a copy, the service swaps to it.

Run as ``python -m rag.index.reorganise FOLDER`` it is that child.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rag.disk import require_space
from rag.index.edge import EdgeIndex


def reorganise(index: EdgeIndex) -> None:
    """Make the next generation and serve from it. Searches go on all the while; writes wait for the copy and for the
    catching up, not for the merge. Nothing changes when the child fails: the old generation stays."""
    require_space(index.root)
    with index.write_lock:
        index.flush()
        target = _next_generation(index.folder)
        shutil.copytree(index.folder, target)
        index.journal = []
    try:
        subprocess.run([sys.executable, "-m", "rag.index.reorganise", str(target)], check=True)
        with index.write_lock:
            index.swap(target, index.journal or [])
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    finally:
        index.journal = None


def _next_generation(folder: Path) -> Path:
    return folder.with_name(f"gen-{int(folder.name.removeprefix('gen-')) + 1:06d}")


def _optimize(folder: Path) -> None:
    import qdrant_edge

    shard = qdrant_edge.EdgeShard.load(str(folder))
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    _optimize(Path(sys.argv[1]))
