"""What a civil servant does on the page, in a real browser: asks, opens the ground, reads, uploads."""

from __future__ import annotations

import httpx
import pymupdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.samples import SAMPLES

pytestmark = pytest.mark.browser
QUESTION = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"


@pytest.fixture
def page(browser: Browser, service: httpx.Client):
    context = browser.new_context(base_url=str(service.base_url), viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    outside: list[str] = []
    errors: list[str] = []
    base = str(service.base_url).rstrip("/")
    opened.on("request", lambda r: outside.append(r.url) if not r.url.startswith(base) else None)
    opened.on("pageerror", lambda e: errors.append(str(e)))
    opened.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    yield opened
    context.close()
    assert not outside, "the page loaded something from outside"
    assert not errors


def ask(page: Page, question: str) -> None:
    page.goto("/")
    page.locator("#q").blur()  # the box has the focus on an empty page: "/" must bring it back and not be typed
    page.keyboard.press("/")
    page.keyboard.type(question)
    expect(page.locator("#q")).to_have_value(question)
    page.keyboard.press("Enter")


def test_an_answer_opens_its_ground_beside_it(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".sentences")).to_contain_text("07 giờ 30 phút")
    page.locator(".cite").first.click()
    pane = page.locator("#pane")
    expect(pane).to_contain_text("hoản 1 Điều 5")
    image = pane.locator("img").first
    expect(image).to_have_js_property("complete", True, timeout=30_000)
    assert image.evaluate("i => i.naturalWidth") > 500
    page.screenshot(path=SCREENSHOTS / "answer-1280.png", full_page=True)
    assert "trich-dan" not in page.url


def test_the_cited_lines_are_marked_on_the_page_image(service: httpx.Client) -> None:
    answer = service.post("/v1/answers", json={"question": QUESTION}).json()
    citation = answer["citations"][0]
    url = f"/v1/documents/{citation['document']['id']}/pages/{citation['page']}.png"
    plain = pymupdf.Pixmap(service.get(url).content)
    marked = pymupdf.Pixmap(service.get(url, params={"highlight": citation["passage_id"]}).content)
    scale = plain.width / 595.3  # the samples are A4: 595.3 points wide
    for box in citation["boxes"]:
        x, y = int((box["x1"] - 1) * scale), int((box["y0"] + 1) * scale)
        assert marked.pixel(x, y) != plain.pixel(x, y), "nothing is marked under a cited line"
    far = (int(plain.width * 0.02), int(plain.height * 0.02))
    assert marked.pixel(*far) == plain.pixel(*far), "the margin is marked too"


def test_a_question_typed_without_diacritics_is_answered(page: Page) -> None:
    ask(page, "buoi sang bo phan mot cua tiep nhan ho so tu may gio")
    expect(page.locator(".sentences")).to_contain_text("07 giờ 30 phút")


def test_what_is_not_here_is_refused_with_the_nearest_provisions(page: Page) -> None:
    ask(page, "Công thức nấu phở bò như thế nào?")
    expect(page.locator(".notice")).to_contain_text("Không tìm thấy quy định")
    expect(page.locator(".answer .rows a").first).to_be_visible()


def test_asking_and_reading_work_without_javascript(browser: Browser, service: httpx.Client) -> None:
    context = browser.new_context(base_url=str(service.base_url), java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.fill("#q", QUESTION)
    page.click("form.ask button")
    page.click(".source")
    assert "/trich-dan/" in page.url
    expect(page.locator(".citation .cited")).to_contain_text("Buổi sáng từ 07 giờ 30 phút")
    page.click("text=Mở văn bản")
    expect(page.locator("h1")).to_contain_text("45/2025/QĐ-UBND")
    context.close()


def test_an_upload_shows_what_became_of_it(page: Page) -> None:
    page.goto("/van-ban")
    page.set_input_files(
        "#file", {"name": "bản sao.pdf", "mimeType": "application/pdf", "buffer": SAMPLES[0].read_bytes()}
    )
    page.click("form[data-upload] button")
    expect(page.locator("#jobs li").first).to_contain_text("Trùng văn bản đã có", timeout=20_000)
    expect(page.locator("#jobs li").first).to_contain_text("bản sao.pdf")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "dark")])
def test_nothing_runs_out_of_the_page(browser: Browser, service: httpx.Client, width: int, scheme: str) -> None:
    context = browser.new_context(
        base_url=str(service.base_url), viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    page = context.new_page()
    for path in (f"/?q={QUESTION}", "/van-ban", "/docs"):
        page.goto(path)
        name = path.strip("/").split("?")[0] or "ask"
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
