"""How fast and how heavy the pages are, in the system's Chromium, as a Markdown table.

``python -m tests.bench.page ADDRESS``: a running service whose library holds the documents to measure with. Each figure is the
median of ``ROUNDS`` fresh browser contexts (empty caches) unless it says otherwise.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Callable

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROUNDS = 5
QUESTION = "nghỉ thai sản bao lâu"
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
WEIGHT = """() => [...performance.getEntriesByType('resource'), performance.getEntriesByType('navigation')[0]]
  .filter((e) => !e.name.endsWith('.png') && !e.name.includes('.png?')).reduce((sum, e) => sum + e.decodedBodySize, 0)"""


def median(values: list[float]) -> float:
    return statistics.median(values)


def paint(browser: Browser, address: str, path: str) -> tuple[float, float]:
    """First contentful paint in ms and weight in kB of ``path``."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(path)
    page.wait_for_function(PAINT)
    page.wait_for_timeout(300)
    result = page.evaluate(PAINT), page.evaluate(WEIGHT) / 1000
    context.close()
    return result


def until(page: Page, act: Callable[[], object], shown: str) -> float:
    """Milliseconds from ``act`` until ``shown`` (a condition in JavaScript) holds, as the page itself sees it."""
    started = time.perf_counter()
    act()
    page.wait_for_function(shown, polling="raf")
    return (time.perf_counter() - started) * 1000


def interactions(browser: Browser, address: str) -> dict[str, float]:
    """Opening a citation beside the answer, a suggestion, the contents of a document, evidence of a streamed answer."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"/?q={QUESTION}")
    page.wait_for_selector("#pane .citation")
    page.evaluate("() => document.querySelector('#pane .citation').remove()")
    found = {
        "citation": until(page, page.locator(".cite").nth(1).click, "() => document.querySelector('#pane .cited')")
    }
    page.fill("#q", "thời giờ làm việc")
    page.evaluate("() => { document.getElementById('results-place').innerHTML = '' }")
    found["evidence"] = until(page, lambda: page.press("#q", "Enter"), "() => document.querySelector('.hit')")
    context.close()
    return found


def timed(client: httpx.Client, path: str) -> float:
    started = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - started) * 1000


def main(address: str) -> None:
    client = httpx.Client(base_url=address, trust_env=False, timeout=60)
    documents = client.get("/v1/documents", params={"limit": 1000}).json()["documents"]
    longest = max(documents, key=lambda d: d["pages"])
    paths = {"home": "/", "answer": f"/?q={QUESTION}", "library": "/van-ban", "review": "/ra-soat"}
    paths[f"document of {longest['pages']} pages"] = f"/van-ban/{longest['id']}"
    print("| page | first paint, ms | weight without page images, kB |\n| --- | ---: | ---: |")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path in paths.items():
            rounds = [paint(browser, address, path) for _ in range(ROUNDS)]
            print(f"| {name} | {median([r[0] for r in rounds]):.0f} | {median([r[1] for r in rounds]):.0f} |")
        acts = [interactions(browser, address) for _ in range(ROUNDS)]
        browser.close()
    print("\n| action | ms |\n| --- | ---: |")
    for name in acts[0]:
        print(f"| {name} | {median([one[name] for one in acts]):.0f} |")
    pages = [f"/v1/documents/{longest['id']}/pages/{n}.png" for n in range(20, 20 + ROUNDS)]
    print(f"| page image, first time | {median([timed(client, path) for path in pages]):.0f} |")
    print(f"| page image, again | {median([timed(client, path) for path in pages]):.0f} |")


if __name__ == "__main__":
    main(sys.argv[1])
