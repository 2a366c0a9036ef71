"""Documents on the page: taken in by drag and drop, told in words what became of them, found, corrected, deleted."""

from __future__ import annotations

import base64

import httpx
import pymupdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.samples import SAMPLES

pytestmark = pytest.mark.browser
DROP = """async ([selector, files]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], name, { type: "application/pdf" }));
  }
  const target = document.querySelector(selector);
  for (const kind of ["dragenter", "dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def drop(page: Page, files: list[tuple[str, bytes]]) -> None:
    page.evaluate(DROP, [".upload", [(name, base64.b64encode(content).decode()) for name, content in files]])


def small_decision(number: str, title: str = "Về việc thử trang tra cứu") -> bytes:
    paper = pymupdf.open()
    sheet = paper.new_page()
    sheet.insert_htmlbox(
        pymupdf.Rect(60, 60, 540, 780),
        f"<p><b>ỦY BAN NHÂN DÂN TỈNH AN BÌNH</b></p><p>Số: {number}</p><p><i>An Bình, ngày 05 tháng 01 năm 2026</i></p><p><b>QUYẾT ĐỊNH</b></p><p><b>{title}</b></p>"
        "<p><b>Điều 1. Sổ thử</b></p><p>1. Văn thư cất sổ thử trong tủ gỗ lim ba ngăn.</p><p><b>Điều 2. Hiệu lực</b></p><p>Quyết định này có hiệu lực kể từ ngày ký.</p>",
    )
    return paper.tobytes()


def test_dropped_files_each_get_a_line_that_says_what_became_of_them(page: Page) -> None:
    page.goto("/van-ban")
    broken = b"%PDF-1.7\n" + b"\0" * 300
    drop(
        page,
        [
            ("tốt.pdf", small_decision("71/2026/QĐ-UBND")),
            ("hỏng.pdf", broken),
            ("trang web.pdf", b"<!DOCTYPE html><html><body>404</body></html>"),
            ("bản sao.pdf", SAMPLES[0].read_bytes()),
        ],
    )
    lines = page.locator("#jobs > li")
    expect(lines.filter(has_text="tốt.pdf")).to_contain_text("Đã nạp", timeout=30_000)
    expect(lines.filter(has_text="bản sao.pdf")).to_contain_text("Trùng văn bản đã có", timeout=30_000)
    for name in ("hỏng.pdf", "trang web.pdf"):
        line = lines.filter(has_text=name)
        expect(line.locator(".badge")).not_to_have_text("Đã nạp")
        assert "Hãy" in line.inner_text(), "what to do next is not said"
    page.screenshot(path=SCREENSHOTS / "library-1280.png")


def test_a_file_too_large_is_refused_with_the_limit(page: Page) -> None:
    page.goto("/van-ban")
    page.set_input_files(
        "#file", {"name": "to.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7" + b"0" * (3 << 20)}
    )
    page.on("console", lambda _: None)
    page.click("form[data-upload] button")
    expect(page.locator("#jobs > li").first).to_contain_text("2 MiB")


def test_the_list_is_searched_filtered_and_sorted(page: Page) -> None:
    page.goto("/van-ban")
    page.fill("[name=tim]", "tiet kiem dien")
    page.press("[name=tim]", "Enter")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    page.goto("/van-ban?sap_xep=moi")
    page.select_option("select[name=loai]", "Chỉ thị")
    page.wait_for_url("**loai=**")
    expect(page.locator("table.list tbody tr")).to_have_count(1)


def test_a_wrong_number_is_corrected_found_and_kept(page: Page, service: httpx.Client) -> None:
    page.goto("/van-ban")
    drop(page, [("sai số.pdf", small_decision("72/2026/QĐ-UBND", "Về tủ gỗ lim"))])
    line = page.locator("#jobs > li").filter(has_text="sai số.pdf")
    expect(line).to_contain_text("Đã nạp", timeout=30_000)
    line.get_by_text("Mở văn bản").click()
    page.click("text=Sửa thông tin")
    expect(page.locator("#f-number")).to_have_value("72/2026/QĐ-UBND")
    page.fill("#f-number", "73/2026/QĐ-UBND")
    page.screenshot(path=SCREENSHOTS / "review-1280.png")
    page.click("text=Lưu và xác nhận")
    expect(page.locator(".notice.good")).to_contain_text("Đã lưu")
    expect(page.locator("table.list tbody tr").first).to_contain_text("72/2026/QĐ-UBND")
    page.goto("/?q=Điều 1 Quyết định 73/2026/QĐ-UBND")
    expect(page.locator(".hit").first).to_contain_text("Đúng điều khoản được nêu")
    found = service.post("/v1/search", json={"query": "Điều 1 Quyết định 72/2026/QĐ-UBND"}).json()["hits"]
    assert not any(hit["exact"] for hit in found)


def test_an_impossible_day_is_refused_in_words(page: Page, service: httpx.Client) -> None:
    document = service.get("/v1/documents").json()["documents"][0]["id"]
    page.goto(f"/ra-soat/{document}")
    page.evaluate("document.getElementById('f-date').type = 'text'")
    page.fill("#f-date", "ngày mai")
    page.on("response", lambda r: None)
    reply = service.post(f"/ra-soat/{document}", data={"date": "ngày mai"}, headers={"accept": "text/html"})
    assert reply.status_code == 422 and "không phải là ngày" in reply.text


def test_a_key_is_made_shown_once_and_revoked(page: Page, service: httpx.Client) -> None:
    page.goto("/quan-tri")
    page.click("summary:has-text('Tạo khóa')")
    page.locator("form[action='/quan-tri/khoa'] [name=name]").fill("máy của phòng Pháp chế")
    page.click("form[action='/quan-tri/khoa'] button")
    key = page.locator(".notice.good code").inner_text()
    assert key.startswith("cancu_") and service.get("/quan-tri").text.count(key) == 0
    page.screenshot(path=SCREENSHOTS / "admin-key-1280.png")
    page.locator("tr", has_text="máy của phòng Pháp chế").get_by_role("button", name="Thu hồi").click()
    expect(page.locator("tr", has_text="máy của phòng Pháp chế")).to_contain_text("đã thu hồi")


def has_giraffes(service: httpx.Client) -> bool:
    found = service.post("/v1/search", json={"query": "sổ hươu cao cổ"}).json()["hits"]
    return any("74/2026" in (hit["document"]["number"] or "") for hit in found)


def test_deletion_asks_once_is_complete_and_can_be_undone(page: Page, service: httpx.Client) -> None:
    page.goto("/van-ban")
    drop(page, [("xóa.pdf", small_decision("74/2026/QĐ-UBND", "Về sổ hươu cao cổ"))])
    line = page.locator("#jobs > li").filter(has_text="xóa.pdf")
    expect(line).to_contain_text("Đã nạp", timeout=30_000)
    line.get_by_text("Mở văn bản").click()
    assert has_giraffes(service)
    page.click("text=Thông tin văn bản")
    page.click("summary:has-text('Xóa văn bản này')")
    page.click("button.danger")
    page.wait_for_url("**/van-ban?xoa=*")
    assert not has_giraffes(service)
    expect(page.locator("table.list")).not_to_contain_text("74/2026")
    page.click(".notice button:has-text('Hoàn tác')")
    expect(page.locator("#jobs > li").first).to_contain_text("Đã nạp", timeout=30_000)
    assert has_giraffes(service)


def test_reading_a_file_again_keeps_what_was_corrected(page: Page, service: httpx.Client) -> None:
    page.goto("/van-ban")
    drop(page, [("đọc lại.pdf", small_decision("75/2026/QĐ-UBND", "Về sổ tê giác"))])
    line = page.locator("#jobs > li").filter(has_text="đọc lại.pdf")
    expect(line).to_contain_text("Đã nạp", timeout=30_000)
    line.get_by_text("Mở văn bản").click()
    page.click("text=Sửa thông tin")
    page.fill("#f-number", "76/2026/QĐ-UBND")
    page.click("text=Lưu và xác nhận")
    page.click("text=Mở văn bản")
    page.click("text=Thông tin văn bản")
    page.click("button:has-text('Đọc lại tệp')")
    expect(page.locator("#jobs > li").first).to_contain_text("Đã nạp", timeout=30_000)
    page.reload()
    expect(page.locator("table.list tbody tr").first).to_contain_text("76/2026/QĐ-UBND")
