"""``cancu doctor``: what this machine lacks, why it matters and how to get it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from api.cli.ask import print_json
from api.errors import EXIT_DIFFERENCES
from rag.settings import Settings

LEAST_FREE_MIB = 1024  # the record refuses to write below this


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``needed`` False: the product works without it, a part of it does not."""

    name: str
    ok: bool
    needed: bool
    detail: str
    remedy: str


def run_doctor(settings: Settings, as_json: bool) -> int:
    """One line a finding; the exit code says whether something needed is missing."""
    found = examine(settings)
    for one in found:
        if as_json:
            print_json(asdict(one))
        else:
            mark = "✓" if one.ok else "✗" if one.needed else "–"
            print(f"{mark} {one.name}: {one.detail}" + (f"\n    → {one.remedy}" if not one.ok else ""))
    return EXIT_DIFFERENCES if any(one.needed and not one.ok for one in found) else 0


def examine(settings: Settings) -> list[Finding]:
    """Everything looked at, in order."""
    found = [_python(), _folder(settings.data_dir), _space(settings.data_dir), _index(settings)]
    return [*found, _tesseract(), _program("chromium", "chạy kiểm thử trang web", "apt-get install chromium")]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), True, version, "Cài Python 3.11 trở lên.")


def _folder(data_dir: Path) -> Finding:
    import os

    nearest = next(p for p in (data_dir, *data_dir.resolve().parents) if p.exists())
    writable = os.access(nearest, os.W_OK)
    return Finding("Thư mục dữ liệu", writable, True, str(data_dir), f"Cấp quyền ghi vào {nearest}.")


def _space(data_dir: Path) -> Finding:
    nearest = next(p for p in (data_dir, *data_dir.resolve().parents) if p.exists())
    free = shutil.disk_usage(nearest).free >> 20
    return Finding(
        "Dung lượng đĩa", free >= LEAST_FREE_MIB, True, f"còn {free} MiB", "Giải phóng đĩa hoặc chọn --data-dir khác."
    )


def _index(settings: Settings) -> Finding:
    from rag.errors import CancuError
    from rag.locking import is_owned, owner_address
    from rag.store import Store

    if is_owned(settings.data_dir):
        where = owner_address(settings.data_dir) or "một lệnh khác"
        return Finding("Chỉ mục", True, True, f"đang do {where} giữ", "")
    if not (settings.data_dir / "record.sqlite").exists():
        return Finding("Chỉ mục", True, True, "chưa có văn bản nào", "")
    try:
        with Store.open(settings) as store:
            return Finding("Chỉ mục", True, True, f"mở được, {len(store.record.documents())} văn bản", "")
    except CancuError as error:
        return Finding("Chỉ mục", False, True, error.key, error.text(settings.language))


def _program(name: str, purpose: str, remedy: str) -> Finding:
    path = shutil.which(name)
    return Finding(name, bool(path), False, path or f"không có; cần để {purpose}", remedy)


def _tesseract() -> Finding:
    missing = _program("tesseract", "đọc bản quét", "apt-get install tesseract-ocr tesseract-ocr-vie")
    if not missing.ok:
        return missing
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
    has = "vie" in listed.stdout.split()
    detail = "có tiếng Việt" if has else "thiếu tiếng Việt"
    return Finding("tesseract", has, False, detail, "apt-get install tesseract-ocr-vie")
