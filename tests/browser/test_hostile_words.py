"""Scripts in questions, file names, metadata, document texts and answers stay words (W5): none runs, nothing is fetched."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pymupdf
import pytest
from playwright.sync_api import Browser, Page

from tests.api.conftest import upload
from tests.browser.conftest import watch

pytestmark = pytest.mark.browser
RUN = "window.ran=1"
OUTSIDE = "//evil.invalid/x"
BREAKS = ["", '">', "'>", "</title>", "</textarea>", "</script>", "-->", "]]>", "</option></select>", "</mark>"]
TAGS = [
    f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", f"<svg onload={RUN}>", f"<svg><script>{RUN}</script></svg>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>", f"<details open ontoggle={RUN}>", f"<script src={OUTSIDE}></script>",
    f"<link rel=stylesheet href={OUTSIDE}>", f"<img src={OUTSIDE}>", f"<meta http-equiv=refresh content='0;{OUTSIDE}'>",
    f"<base href={OUTSIDE}>", f"<form action=javascript:{RUN}><button>x",
]  # fmt: skip
LOOSE = [
    f"javascript:{RUN}", f"{{{{7*7}}}}{{% print({RUN}) %}}", f"\" autofocus onfocus={RUN} x=\"", f"' onmouseover={RUN} '",
    f"data: x\n\nevent: answer\ndata: <script>{RUN}</script>", "\u202e<script>\u202c", "&lt;script&gt;window.ran=1&lt;/script&gt;",
    f"<ＳＣＲＩＰＴ>{RUN}</ＳＣＲＩＰＴ>", f"![x](http:{OUTSIDE})", f"<a href='javascript:{RUN}'>bấm</a>",
]  # fmt: skip
PAYLOADS = [a + b for a, b in itertools.product(BREAKS, TAGS)] + LOOSE


@pytest.fixture
def guarded(browser: Browser, service: httpx.Client) -> Iterator[Page]:
    context = browser.new_context(base_url=str(service.base_url))
    page = context.new_page()
    wrong = watch(page, str(service.base_url))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    yield page
    ran = page.evaluate("window.ran")
    context.close()
    assert ran is None and not [w for w in wrong if "status of 422" not in w]


def visit(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate("window.ran") is None, path


def test_there_are_a_hundred_and_more() -> None:
    assert len(set(PAYLOADS)) > 100


def test_in_questions(guarded: Page, service: httpx.Client) -> None:
    for at in range(0, len(PAYLOADS), 20):
        some = " ".join(PAYLOADS[at : at + 20])[:1900]
        asked = {"q": f"hồ sơ {some}", "loai": some, "co_quan": some, "truoc": some, "sap_xep": some, "tu_nam": some}
        reply = service.get("/", params=asked, headers={"accept": "text/html"})
        assert reply.text.count("<script") == 2  # our own
        assert not any(tag in reply.text for tag in ("<iframe", "<base", "<svg", "<meta http", "<img"))
    for payload in PAYLOADS[::9] + LOOSE:
        visit(
            guarded,
            f"/?q={quote(f'hồ sơ {payload}')}&loai={quote(payload)}&truoc={quote(payload)}&co_quan={quote(payload)}",
        )
    guarded.fill("#q", f"hồ sơ {PAYLOADS[1]}{PAYLOADS[15]}")
    guarded.keyboard.press("Enter")
    guarded.wait_for_selector(".answer h1")


def test_in_metadata_of_a_document(guarded: Page, service: httpx.Client) -> None:
    document = service.get("/v1/documents").json()["documents"][-1]
    kept = {
        f: document[f] or "" for f in ("number", "type", "issuer", "date", "title", "effective_from", "effective_to")
    }
    try:
        for at in range(0, len(PAYLOADS), 33):
            some = " ".join(PAYLOADS[at : at + 33])
            form = kept | {
                "number": f"9/2025/{PAYLOADS[at]}",
                "type": PAYLOADS[at + 1],
                "issuer": some[:900],
                "title": some[:1900],
            }
            assert service.post(f"/ra-soat/{document['id']}", data=form).status_code == 303
            for path in (f"/van-ban/{document['id']}", "/van-ban", f"/ra-soat/{document['id']}", "/?q=hồ sơ thủ tục"):
                visit(guarded, path)
        guarded.goto("/")
        guarded.fill("#q", "script window ran")
        guarded.wait_for_selector("#suggestions li")
    finally:
        service.post(f"/ra-soat/{document['id']}", data=kept)


def test_in_file_names(guarded: Page, service: httpx.Client) -> None:
    for payload in PAYLOADS[::5]:
        service.post("/v1/documents", files={"file": (payload.replace("\n", " ") + ".pdf", b"no document")})
    visit(guarded, "/van-ban")
    guarded.set_input_files(
        "#file",
        {"name": "<img src=x onerror=window.ran=1>.pdf", "mimeType": "application/pdf", "buffer": b"no document"},
    )
    guarded.click("form[data-upload] button")
    guarded.wait_for_function("() => document.querySelector('#jobs').textContent.includes('onerror')")


def test_in_the_text_of_a_document_and_so_in_answers(guarded: Page, service: httpx.Client) -> None:
    paper = pymupdf.open()
    for at in range(0, len(PAYLOADS), 16):
        sheet = paper.new_page()
        lines = ["QUYẾT ĐỊNH", "Số: 88/2026/QĐ-UBND"] if not at else []
        lines += [f"Điều {at // 16 + 1}. Quy định về mã độc {PAYLOADS[at]}"]
        lines += [
            f"{n}. Mã độc thứ {at + n}: {p}".replace("\n", " ") for n, p in enumerate(PAYLOADS[at : at + 16], 1)
        ]
        escaped = "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in lines)
        sheet.insert_htmlbox(pymupdf.Rect(50, 50, 545, 800), escaped)
    paper.subset_fonts()
    done = upload(service, "ma-doc.pdf", paper.tobytes(garbage=4, deflate=True))
    assert done["document_id"], done
    visit(guarded, f"/van-ban/{done['document_id']}")
    assert "onerror" in guarded.locator(".part").inner_text()
    visit(guarded, "/?q=quy định về mã độc thứ 2")
    guarded.wait_for_selector("#pane .citation, .answer .notice")
    hit = guarded.locator(".hits h3 a").first
    hit.click()
    guarded.wait_for_selector("#pane .cited")
    visit(guarded, f"/van-ban/{done['document_id']}?trong={quote('<script>')}")
    service.delete(f"/v1/documents/{done['document_id']}")
