"""``rebuild``, ``verify``, ``backup``, ``restore``, ``purge``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from api.cli.ask import print_json
from api.errors import EXIT_DIFFERENCES
from rag.settings import Settings


def run_rebuild(settings: Settings, as_json: bool) -> None:
    """Raises FolderInUse while a service runs: it would search an index that is being thrown away."""
    from ingest.rebuild import rebuild

    passages = rebuild(settings, _documents_done(as_json))
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


def run_backup(settings: Settings, target: Path, as_json: bool) -> None:
    """Also while a service runs. Raises Refused, Damaged, DiskFull."""
    from rag.backup import backup

    made = backup(settings.data_dir, target, _bytes_done("Đang sao lưu", as_json))
    if as_json:
        print_json({"path": str(target), "originals": len(made.objects), "bytes": made.size, "made_at": made.made_at})
    else:
        print(f"Đã sao lưu {len(made.objects)} bản gốc và hồ sơ ({made.size >> 20} MiB) vào {target}.")


def run_restore(settings: Settings, archive: Path, as_json: bool) -> None:
    """Restore, then index. Raises BadInput, Damaged, Refused, DiskFull."""
    from rag.backup import restore
    from rag.store import Store

    made = restore(archive, settings.data_dir, _bytes_done("Đang khôi phục", as_json))
    with Store.open(settings, progress=_documents_done(as_json)) as store:
        documents = len(store.record.documents())
    if as_json:
        print_json({"documents": documents, "originals": len(made.objects), "made_at": made.made_at})
    else:
        print(f"Đã khôi phục {documents} văn bản từ bản sao lưu ngày {made.made_at} và dựng chỉ mục.")


def run_purge(settings: Settings, document_ids: list[str], as_json: bool) -> None:
    """Raises NotFound, FolderInUse, DiskFull."""
    from ingest.purge import purge

    gone = purge(settings, document_ids, _documents_done(as_json))
    if as_json:
        print_json({"purged": gone})
    else:
        print(f"Đã xóa hẳn {gone} văn bản hoặc phiên bản; không còn dấu vết trong thư mục dữ liệu.")


def _documents_done(as_json: bool) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        if not as_json and sys.stderr.isatty():
            print(f"\r{done}/{total} văn bản", end="" if done < total else "\n", file=sys.stderr)

    return show


def _bytes_done(what: str, as_json: bool) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        if not as_json and sys.stderr.isatty():
            print(f"\r{what}: {done >> 20}/{total >> 20} MiB", end="" if done < total else "\n", file=sys.stderr)

    return show
