"""How the pages look and whom they keep out: widths, dark, zoom, print, axe, weight. Screenshots are kept to be looked at."""

from __future__ import annotations

import re
from pathlib import Path

import axe_playwright_python
import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import SCREENSHOTS
from tests.browser.test_ask import QUESTION

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
WEIGHT_BYTES = 150_000  # of a page with its styles and scripts, without page images
SERIOUS = {"serious", "critical"}
SETTLED = """() => [...document.images].every((i) => i.complete) && (!document.querySelector('.answer .cite')
  || innerWidth < 900 || document.querySelector('#pane .citation'))"""
LARGE = {"home", "ask", "document", "library"}  # drawn at 4K too: the others are made of the same parts
WIDTHS = [(360, 800), (1280, 900), (3840, 2160)]


@pytest.fixture(scope="module")
def paths(service: httpx.Client) -> dict[str, str]:
    """Every page by a short name."""
    document = next(d for d in service.get("/v1/documents").json()["documents"] if d["number"] == "45/2025/QĐ-UBND")
    passage = service.post("/v1/search", json={"query": QUESTION, "k": 1}).json()["hits"][0]["passage_id"]
    return {
        "home": "/",
        "ask": f"/?q={QUESTION}&sap_xep=moi",
        "refusal": "/?q=Công thức nấu phở bò",
        "citation": f"/trich-dan/{passage}",
        "document": f"/van-ban/{document['id']}?trong=hồ sơ",
        "library": "/van-ban",
        "queue": "/ra-soat",
        "review": f"/ra-soat/{document['id']}",
        "admin": "/quan-tri?nhat_ky=van-ban",
        "evaluation": "/danh-gia",
        "components": "/thanh-phan",
        "api": "/docs",
        "missing": "/van-ban/khong-co",
        "sign-in": "/dang-nhap",
    }


def settle(page: Page) -> None:
    """Wait for the images and, beside an answer, for the pane."""
    page.wait_for_function(SETTLED)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    browser: Browser, service: httpx.Client, paths: dict[str, str], scheme: str
) -> None:
    rules = "" if scheme == "light" else "runOnly: ['color-contrast']"  # all else is the same in the dark
    context = browser.new_context(base_url=str(service.base_url), color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    found: list[str] = []
    for name, path in paths.items():
        page.goto(path)
        settle(page)
        page.evaluate(AXE)
        for violation in page.evaluate(f"axe.run(document, {{ resultTypes: ['violations'], {rules} }})")[
            "violations"
        ]:
            if violation["impact"] in SERIOUS:
                found += [f"{name}: {violation['id']}: {node['html'][:120]}" for node in violation["nodes"][:3]]
    context.close()
    assert not found


@pytest.mark.parametrize("size", WIDTHS, ids=lambda size: str(size[0]))
def test_nothing_runs_out_of_the_page(
    browser: Browser, service: httpx.Client, paths: dict[str, str], size: tuple[int, int]
) -> None:
    scheme = "dark" if size[0] == 1280 else "light"
    context = browser.new_context(
        base_url=str(service.base_url), viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    for name, path in paths.items():
        if size[0] > 1280 and name not in LARGE:
            continue
        page.goto(path)
        settle(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{size[0]}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    context.close()


def test_at_200_percent_nothing_is_lost(browser: Browser, service: httpx.Client, paths: dict[str, str]) -> None:
    context = browser.new_context(
        base_url=str(service.base_url), viewport={"width": 640, "height": 450}, device_scale_factor=2
    )
    page = context.new_page()  # a window of 1280 × 900 at 200 %
    for name in ("ask", "document", "library"):
        page.goto(paths[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, name
    context.close()


def test_stacked_marks_fit_their_line(page: Page) -> None:
    """The tallest and deepest letters, in every font and size of the page, stay inside the line's box."""
    page.goto("/thanh-phan")
    clipped = page.evaluate("""() => [...document.querySelectorAll('h1, h2, h3, p, li, button, input, summary, .badge, td, th, label')].filter((e) => {
        const style = getComputedStyle(e);
        const pen = document.createElement('canvas').getContext('2d');
        pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
        const ink = pen.measureText('ẨỄỔỮẬẶỆỘỢỰ,ỵ');
        return ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent > parseFloat(style.lineHeight);
    }).map((e) => e.outerHTML.slice(0, 100))""")
    assert not clipped


def test_print_leaves_answer_and_sources_alone(page: Page, paths: dict[str, str]) -> None:
    page.goto(paths["ask"])
    page.emulate_media(media="print")
    for gone in (".top", ".hits", ".pane", ".follow", ".tools"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".sentences").is_visible() and page.locator(".ground").first.is_visible()
    page.pdf(path=SCREENSHOTS / "answer-print.pdf", prefer_css_page_size=True)
    page.emulate_media(media="screen")


def test_pages_stay_light(service: httpx.Client, paths: dict[str, str]) -> None:
    shared = sum(len(service.get(f"/static/{path.name}").content) for path in Path("api/static").iterdir())
    for name, path in paths.items():
        if name != "api":
            weight = len(service.get(path, headers={"accept": "text/html"}).content) + shared
            assert weight <= WEIGHT_BYTES, (name, weight)


def test_the_policy_allows_nothing_inline_and_nothing_from_outside(
    service: httpx.Client, paths: dict[str, str]
) -> None:
    for path in paths.values():
        reply = service.get(path, headers={"accept": "text/html"})
        assert reply.headers["content-type"].startswith("text/html")
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|<[^>]*\s(?:style|on[a-z]+)=", reply.text), path
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", reply.text), path
