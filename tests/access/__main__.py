"""``python -m tests.access COUNT [SEED]``: the oracle at length. Light, because reading processes import it again."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from tests.access.oracle import main

    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
