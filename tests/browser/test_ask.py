"""What a civil servant does with an answer, in a real browser: asks, opens the ground, copies, prints, asks on."""

from __future__ import annotations

import io
import json
import re

import httpx
import pymupdf
import pytest
from docx import Document as WordDocument
from docx.shared import Mm, Pt
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS

pytestmark = pytest.mark.browser
QUESTION = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"
FACT = "07 giờ 30 phút"
CITED = "khoản 1 Điều 5"


def ask(page: Page, question: str) -> None:
    page.goto("/")
    page.locator("#q").blur()  # the box has the focus on an empty page: "/" must bring it back and not be typed
    page.keyboard.press("/")
    page.keyboard.type(question)
    expect(page.locator("#q")).to_have_value(question)
    page.keyboard.press("Enter")
    expect(page.locator(".answer h1")).to_be_visible()
    page.wait_for_load_state()  # the results are sent after the answer


def test_the_ground_stands_beside_the_answer_with_its_printed_page(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".sentences")).to_contain_text(FACT)
    pane = page.locator("#pane")
    expect(pane.locator(".cited mark").first).to_be_visible()  # the first citation opens by itself on a wide screen
    page.locator(".cite").first.click()
    expect(pane).to_contain_text(re.compile(CITED, re.IGNORECASE))
    expect(pane.locator(".badge").first).to_be_visible()
    image = pane.locator("img").first
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("i => i.naturalWidth") > 500
    page.screenshot(path=SCREENSHOTS / "answer-1280.png", full_page=True)
    assert "trich-dan" not in page.url
    expect(page.locator(".machine")).to_contain_text("đối chiếu")


def test_the_cited_lines_are_marked_on_the_page_image(service: httpx.Client) -> None:
    answer = service.post("/v1/answers", json={"question": QUESTION}).json()
    citation = answer["citations"][0]
    shown = service.get(
        f"/trich-dan/{citation['passage_id']}", params={"khung": "true", "tu": 0, "den": len(citation["quote"])}
    )
    address = re.search(r'<img src="([^"]+)"', shown.text)[1].replace("&amp;", "&")
    plain = pymupdf.Pixmap(service.get(address.split("?")[0]).content)
    marked = pymupdf.Pixmap(service.get(address).content)
    scale = plain.width / 595.3  # the samples are A4: 595.3 points wide
    for box in citation["boxes"]:
        x, y = int((box["x1"] - 1) * scale), int((box["y0"] + 1) * scale)
        assert marked.pixel(x, y) != plain.pixel(x, y), "nothing is marked under a cited line"
    far = (int(plain.width * 0.02), int(plain.height * 0.02))
    assert marked.pixel(*far) == plain.pixel(*far), "the margin is marked too"


def test_a_second_question_is_streamed_in_place_evidence_before_sentences(page: Page, service: httpx.Client) -> None:
    with service.stream("GET", "/dong", params={"q": QUESTION}) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        names = [line.removeprefix("event: ") for line in reply.iter_lines() if line.startswith("event: ")]
    assert names[0] == "evidence" and names[-2:] == ["answer", "done"]
    assert names.index("sentence") < names.index("answer") and "status" in names
    ask(page, "thời hạn bổ sung hồ sơ")
    page.evaluate("window.same = true")
    page.fill("#q", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".sentences")).to_contain_text(FACT)
    assert page.evaluate("window.same") is True, "the page was loaded anew instead of being filled"
    assert "q=Bu" in page.url
    page.go_back()
    expect(page.locator("#q")).to_have_value("thời hạn bổ sung hồ sơ")
    expect(page.locator(".sentences, .answer .notice").first).not_to_contain_text(FACT)
    page.go_forward()
    expect(page.locator(".sentences")).to_contain_text(FACT)


def test_back_returns_to_the_citation_before(page: Page) -> None:
    ask(page, QUESTION)
    first = page.locator("#pane .citation h2")
    expect(first).to_be_visible()
    before = first.inner_text()
    page.locator(".hits h3 a").nth(3).click()
    expect(first).not_to_have_text(before)
    page.go_back()
    expect(first).to_have_text(before)


def test_a_question_typed_without_diacritics_is_answered(page: Page) -> None:
    ask(page, "buoi sang bo phan mot cua tiep nhan ho so tu may gio")
    expect(page.locator(".sentences")).to_contain_text(FACT)
    expect(page.locator(".hits mark").first).to_be_visible()


def test_what_is_not_here_is_refused_with_the_nearest_provisions_and_a_hint(page: Page) -> None:
    ask(page, "Công thức nấu phở bò như thế nào?")
    expect(page.locator(".answer .notice")).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("Mẹo")
    page.screenshot(path=SCREENSHOTS / "refusal-1280.png")


def test_copies_are_in_official_form(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".ground [data-copy]").first.click()
    expect(page.locator("#said")).to_contain_text("Đã chép")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("khoản 1 Điều 5") and "số 45/2025/QĐ-UBND ngày 18 tháng 8 năm 2025 của Ủy ban" in copied
    page.locator(".answer .head [data-copy]").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('Căn cứ')")
    whole = page.evaluate("navigator.clipboard.readText()")
    assert FACT in whole and f"[1] {copied}" in whole


def test_the_word_file_holds_the_answer_in_the_form_of_decree_30(page: Page) -> None:
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.click("text=Tải DOCX")
    paper = WordDocument(io.BytesIO(download.value.path().read_bytes()))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert FACT in text and CITED in text and "đối chiếu" in text
    section, style = paper.sections[0], paper.styles["Normal"]
    margins = [round(one / Mm(1)) for one in (section.left_margin, section.right_margin, section.top_margin)]
    assert margins == [30, 15, 20]
    assert style.font.name == "Times New Roman" and Pt(13) <= style.font.size <= Pt(14)


def test_filters_and_sorting_change_the_results_and_stay_in_the_address(page: Page) -> None:
    ask(page, "hồ sơ")
    page.click(".filters summary")
    page.select_option("select[name=loai]", "Quyết định")
    expect(page.locator(".filters[open]")).to_be_visible()
    page.wait_for_url("**loai=**")
    expect(page.locator(".hits .facts-line a").first).to_contain_text("Quyết định")
    expect(page.locator(".hits .facts-line a").filter(has_not_text="Quyết định")).to_have_count(0)
    page.select_option("select[name=sap_xep]", "cu")
    page.wait_for_url("**sap_xep=cu**")
    page.reload()
    expect(page.locator("select[name=loai]")).to_have_value("Quyết định")
    page.fill("input[name=den_nam]", "2001")
    page.press("input[name=den_nam]", "Enter")
    expect(page.locator("#results-place .notice")).to_contain_text("Không có điều khoản nào khớp")


def test_why_a_result_and_more_like_it(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".why summary").first.click()
    expect(page.locator(".why p").first).to_contain_text("từ của câu hỏi")
    page.locator("text=Quy định tương tự").first.click()
    expect(page.locator("#results")).to_contain_text("Quy định tương tự")
    expect(page.locator(".hit").first).to_be_visible()


def test_a_follow_up_keeps_the_thread(page: Page) -> None:
    ask(page, QUESTION)
    page.fill("#follow", "Còn buổi chiều thì sao?")
    page.press("#follow", "Enter")
    expect(page.locator(".thread li")).to_have_count(2)
    expect(page.locator(".thread li").first).to_contain_text(QUESTION)


def test_a_word_on_an_answer_becomes_a_question_of_a_suite(page: Page, service: httpx.Client) -> None:
    ask(page, QUESTION)
    page.click(".verdict [value=right]")
    expect(page.locator("#said")).to_contain_text("Đã ghi nhận xét")
    page.goto("/danh-gia")
    expect(page.locator("table.list tbody tr").first).to_contain_text(QUESTION)
    with page.expect_download() as download:
        page.click("text=Tải bộ câu hỏi")
    rows = [json.loads(line) for line in download.value.path().read_text("utf-8").splitlines()]
    assert any(row["question"] == QUESTION and "45/2025/QĐ-UBND#" in row["expected"][0]["provision"] for row in rows)


def test_suggestions_are_reached_by_keys_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("45/2025")
    expect(page.locator("#suggestions li").first).to_contain_text("45/2025/QĐ-UBND")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions [aria-selected=true]")).to_have_count(1)
    assert page.locator("#q").get_attribute("aria-activedescendant") == "suggestion-0"
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_have_count(0)
    expect(page.locator("#q")).to_have_value("45/2025")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions li").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/**")


def test_what_was_asked_is_kept_in_this_browser_until_deleted(page: Page) -> None:
    ask(page, QUESTION)
    page.goto("/")
    expect(page.locator("[data-recent] a")).to_have_text(QUESTION)
    page.click("[data-forget]")
    page.reload()
    expect(page.locator("[data-recent]")).to_be_hidden()


def test_the_whole_way_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".cite").first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "cite":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert page.evaluate("document.activeElement.className") == "cite" and outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'pane'")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "cite"


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
    expect(page.locator(".block.target")).to_contain_text("Điều 5")
    page.click(".sheet [rel=next]")
    expect(page.locator(".sheet")).to_contain_text(re.compile(r"Trang \d/8"))
    page.fill("#trong", "mot cua")
    page.click(".inside button")
    expect(page.locator(".places mark").first).to_contain_text(re.compile("một cửa", re.IGNORECASE))
    context.close()
