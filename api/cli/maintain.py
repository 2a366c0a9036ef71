"""``rebuild`` and ``verify``."""

from __future__ import annotations

import sys
from dataclasses import asdict

from api.cli.ask import print_json
from api.errors import EXIT_DIFFERENCES
from rag.settings import Settings


def run_rebuild(settings: Settings, as_json: bool) -> None:
    """Raises FolderInUse while a service runs: it would search an index that is being thrown away."""
    from ingest.rebuild import rebuild

    def show(done: int, total: int) -> None:
        if not as_json and sys.stderr.isatty():
            print(f"\r{done}/{total} văn bản", end="" if done < total else "\n", file=sys.stderr)

    passages = rebuild(settings, show)
    if as_json:
        print_json({"passages": passages})
    else:
        print(f"Đã dựng lại chỉ mục: {passages} đoạn.")


def run_verify(settings: Settings, as_json: bool) -> int:
    """One line a difference; the exit code."""
    from ingest.rebuild import verify
    from rag.store import Store

    with Store.open(settings) as store:
        found = verify(store)
    for one in found:
        if as_json:
            print_json(asdict(one))
        else:
            print(f"{one.kind}: {one.document_id or ''} {one.detail}".rstrip())
    if not found and not as_json:
        print("Hồ sơ, tệp gốc và chỉ mục khớp nhau.")
    return EXIT_DIFFERENCES if found else 0
