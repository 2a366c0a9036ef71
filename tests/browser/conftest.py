"""A real Chromium over the real service of the API tests. Skipped with a reason where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.api.conftest import service  # noqa: F401 - the fixture of the API tests

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--disable-default-apps"]
SCREENSHOTS = Path(__file__).parent / "screenshots"
LONGEST_STEP_MS = 15_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    SCREENSHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, service: httpx.Client) -> Iterator[Page]:  # noqa: F811 - the fixture, not the import
    """A page that fails its test when it loads anything from outside or says an error on its console."""
    context = browser.new_context(
        base_url=str(service.base_url),
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    opened = context.new_page()
    opened.set_default_timeout(LONGEST_STEP_MS)
    wrong = watch(opened, str(service.base_url))
    yield opened
    context.close()
    assert not [w for w in wrong if "status of 413" not in w]  # a browser logs the refusal of a file too large


def watch(page: Page, base: str) -> list[str]:
    """What goes wrong on ``page`` from now on: requests to elsewhere, errors of scripts, errors on the console."""
    wrong: list[str] = []
    own = (base.rstrip("/"), "data:", "about:", "blob:")
    page.on("request", lambda r: wrong.append(f"outside: {r.url}") if not r.url.startswith(own) else None)
    page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
    page.on("console", lambda m: wrong.append(f"console: {m.text}") if m.type == "error" else None)
    return wrong
