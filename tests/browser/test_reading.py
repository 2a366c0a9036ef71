"""A document read on the page: text and page images in step, contents that follow, parts that load, search inside."""

from __future__ import annotations

import io

import httpx
import pymupdf
import pytest
from playwright.sync_api import Page, expect

from tests.api.conftest import upload
from tests.browser.conftest import SCREENSHOTS

pytestmark = pytest.mark.browser
ARTICLES = 120
MARGIN = 60


def long_decree() -> bytes:
    """An invented decree of some forty pages, long enough to be sent in several parts."""
    head = "<p style='text-align:center'><b>CHÍNH PHỦ</b></p><p>Số: 999/2025/NĐ-CP</p><p><b>NGHỊ ĐỊNH</b></p><p><b>Quy định việc thử đọc văn bản dài</b></p>"
    body = "".join(
        f"<p><b>Điều {n}. Việc thử số {n}</b></p>"
        + "".join(
            f"<p>{k}. Cơ quan thử việc phải ghi sổ lần {n}.{k}, lưu hồ sơ và báo cáo kết quả thử theo đúng thời hạn đã định trong kế hoạch.</p>"
            for k in range(1, 5)
        )
        for n in range(1, ARTICLES + 1)
    )
    story = pymupdf.Story(html=head + body)
    stream = io.BytesIO()
    writer = pymupdf.DocumentWriter(stream)
    box = pymupdf.paper_rect("a4")
    more = 1
    while more:
        device = writer.begin_page(box)
        more, _ = story.place(box + (MARGIN, MARGIN, -MARGIN, -MARGIN))
        story.draw(device)
        writer.end_page()
    writer.close()
    return stream.getvalue()


@pytest.fixture(scope="module")
def decree(service: httpx.Client) -> str:
    done = upload(service, "nghi-dinh-999.pdf", long_decree())
    assert done["status"] == "indexed", done
    yield str(done["document_id"])
    service.delete(f"/v1/documents/{done['document_id']}")


def sheet_page(page: Page) -> int:
    return int(page.locator("#sheet").get_attribute("data-page"))


def test_image_and_contents_follow_the_text(page: Page, decree: str) -> None:
    page.goto(f"/van-ban/{decree}")
    assert sheet_page(page) == 1
    page.locator("#art_40").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('art_40').scrollIntoView()")
    expect(page.locator(".toc-list .here")).to_contain_text("Điều 40")
    printed = int(page.locator("#art_40").get_attribute("data-page"))
    page.wait_for_function(f"() => Math.abs(Number(document.getElementById('sheet').dataset.page) - {printed}) <= 1")
    assert f"/pages/{sheet_page(page)}.png" in page.locator("#sheet img").get_attribute("src")
    page.screenshot(path=SCREENSHOTS / "document-1280.png")


def test_parts_load_as_they_are_reached_and_the_page_stays_light(
    page: Page, decree: str, service: httpx.Client
) -> None:
    first = service.get(f"/van-ban/{decree}").text
    assert f'id="art_{ARTICLES}" data-page' not in first, "the whole act was sent at once"
    page.goto(f"/van-ban/{decree}")
    for _ in range(40):
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(60)
        if page.locator(f"#art_{ARTICLES}").count():
            break
    expect(page.locator(f"#art_{ARTICLES}")).to_have_count(1)
    numbers = page.evaluate("[...document.querySelectorAll('.block.art')].map(b => b.id)")
    assert numbers == [f"art_{n}" for n in range(1, ARTICLES + 1)], "articles are missing, doubled or out of order"


def test_contents_lead_to_an_article_of_another_part(page: Page, decree: str) -> None:
    page.goto(f"/van-ban/{decree}")
    page.locator(f"[data-eid=art_{ARTICLES - 5}]").click()
    expect(page.locator(f"#art_{ARTICLES - 5}")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#art_1")).to_be_in_viewport()


def test_search_inside_finds_without_diacritics_and_marks(page: Page, decree: str) -> None:
    page.goto(f"/van-ban/{decree}")
    page.fill("#trong", "ghi so lan 77.3")
    page.press("#trong", "Enter")
    expect(page.locator(".places li")).to_have_count(1)
    page.locator(".places a").click()
    expect(page.locator(".part mark").first).to_have_text("ghi sổ lần 77.3")
    expect(page.locator("#art_77__cl_3")).to_be_in_viewport()


def test_the_original_is_one_click_away(page: Page, decree: str, service: httpx.Client) -> None:
    page.goto(f"/van-ban/{decree}?trang=3")
    page.wait_for_timeout(200)
    assert sheet_page(page) == 3
    expect(page.locator("#trang-3")).to_be_in_viewport()
    address = page.locator(".tools a", has_text="Tệp gốc").get_attribute("href")
    assert service.get(address).headers["content-type"] == "application/pdf"


def test_references_are_links_in_both_directions(page: Page, service: httpx.Client) -> None:
    documents = {d["number"]: d["id"] for d in service.get("/v1/documents").json()["documents"]}
    old, new = documents["45/2025/QĐ-UBND"], documents["08/2026/QĐ-UBND"]
    page.goto(f"/van-ban/{new}")
    page.locator(f".ref[href^='/van-ban/{old}']").first.click()
    expect(page.locator("h1")).to_contain_text("45/2025/QĐ-UBND")
    page.click("summary:has-text('Được dẫn chiếu bởi')")
    page.locator(f".citing a[href='/van-ban/{new}']").click()
    expect(page.locator("h1")).to_contain_text("08/2026/QĐ-UBND")
