"""The open parts of a service in this process, over any data folder, without its queue's worker running."""

from __future__ import annotations

from pathlib import Path

from api.running import Running
from rag.settings import load_settings


def parts_over(data: Path, is_open: bool = False, **settings: object) -> Running:
    chosen = load_settings(data_dir=data, **settings)
    return Running.open(chosen, is_open, serving=False)
