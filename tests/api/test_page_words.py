"""Every word of the pages is in the catalogue: also those whose key is put together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.pages.reasons import Group
from rag.access import HIGHEST_CLEARANCE, Scope
from rag.messages import catalogue
from rag.record.review import FIELDS, PAGE_DIAGNOSTICS, READ_BY_OCR
from rag.results import Origin, Stage
from rag.validity import ForceStatus

TEMPLATES = sorted((Path(__file__).parents[2] / "api" / "templates").glob("*.html"))
KEY = re.compile(r"""\bt\((?:"([a-z0-9_]+)"|'([a-z0-9_]+)')\s*[,)]""")
FAMILIES = {
    "column_": FIELDS,
    "doubt_": ("guessed", "missing", "page_missing", READ_BY_OCR, *PAGE_DIAGNOSTICS),
    "force_": tuple(ForceStatus),
    "stage_": tuple(Stage),
    "page_machine_": tuple(Origin),
    "scope_": tuple(Scope),
    "clearance_": tuple(range(HIGHEST_CLEARANCE + 1)),
    "reason_": (*Group, *(f"{way}_{much}" for way in ("up", "down") for much in ("much", "some"))),
    "job_": ("queued", "running", "done", "failed", "held"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_each_key_of_a_template_is_in_the_catalogue(path: Path) -> None:
    used = {a or b for a, b in KEY.findall(path.read_text("utf-8"))}
    assert used <= catalogue().keys(), used - catalogue().keys()


@pytest.mark.parametrize("prefix", FAMILIES)
def test_each_key_put_together_is_in_the_catalogue(prefix: str) -> None:
    assert {f"{prefix}{name}" for name in FAMILIES[prefix]} <= catalogue().keys()
