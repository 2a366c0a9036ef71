"""A service with keys, over HTTP: who gets in, what they see, what becomes of a revoked key, sign-in and forms."""

from __future__ import annotations

import json
import re
import time

import httpx
import pytest
from starlette.status import HTTP_303_SEE_OTHER

from tests.access.conftest import PASSWORD, SAMPLES, Closed


def numbers(client: httpx.Client) -> set[str]:
    return {d["number"] for d in client.get("/v1/documents").json()["documents"]}


def test_without_a_key_nothing_is_shown(closed: Closed) -> None:
    with closed.client() as nobody:
        for path in ("/v1/documents", "/v1/facets", "/v1/suggestions?q=a", "/v1/jobs", "/metrics", "/v1/me"):
            reply = nobody.get(path)
            assert (reply.status_code, reply.json()["code"]) == (401, "sign_in_needed"), path
            assert reply.headers["www-authenticate"] == "Bearer"
        assert nobody.post("/v1/search", json={"query": "hồ sơ"}).status_code == 401
        assert nobody.get("/readyz").json() == {"status": "ready"}
        away = nobody.get("/van-ban?trang=2", headers={"Accept": "text/html"})
        assert away.status_code == HTTP_303_SEE_OTHER
        assert away.headers["location"] == "/dang-nhap?tiep=%2Fvan-ban%3Ftrang%3D2"
    with closed.client("cancu_0123456789ab_" + "x" * 43) as wrong:
        assert wrong.get("/v1/documents").json()["code"] == "key_wrong"


def test_each_sees_its_own(closed: Closed, as_finance: httpx.Client, as_admin: httpx.Client) -> None:
    assert len(numbers(as_admin)) == 5
    seen = as_finance.get("/v1/documents").json()
    assert seen["total"] == len(seen["documents"]) == 2
    assert {d["department"] for d in seen["documents"]} == {"Tài chính", ""}
    assert all(d["clearance"] == 0 for d in seen["documents"])
    hidden = next(d for d in as_admin.get("/v1/documents").json()["documents"] if d["clearance"] == 1)
    for path in ("", "/file", "/contents", "/passages", "/pages/1.png"):
        reply = as_finance.get(f"/v1/documents/{hidden['id']}{path}")
        assert (reply.status_code, reply.json()["code"]) == (404, "document_not_found")
    assert as_finance.get(f"/v1/acts/{hidden['number']}").status_code == 404
    assert as_finance.delete(f"/v1/documents/{hidden['id']}").status_code == 404
    found = as_finance.post("/v1/search", json={"query": "giờ tiếp nhận hồ sơ Bộ phận Một cửa", "k": 50}).json()[
        "hits"
    ]
    assert found and hidden["id"] not in {hit["document"]["id"] for hit in found}


def test_common_documents_are_not_a_departments_to_delete(as_finance: httpx.Client) -> None:
    common = next(d for d in as_finance.get("/v1/documents").json()["documents"] if not d["department"])
    assert as_finance.delete(f"/v1/documents/{common['id']}").json()["code"] == "holding_denied"


def test_writing_needs_its_scope_and_its_place(closed: Closed, as_finance: httpx.Client) -> None:
    file = {"file": ("a.pdf", b"%PDF-1.7")}
    with closed.client(closed.key("--scope", "read", "--department", "Tài chính")) as reader:
        assert reader.post("/v1/documents", files=file).json()["code"] == "scope_missing"
    denied = as_finance.post("/v1/documents", files=file, data={"department": "Nội vụ"})
    assert (denied.status_code, denied.json()["code"]) == (403, "holding_denied")
    assert as_finance.post("/v1/documents", files=file, data={"clearance": "3"}).status_code == 403


def test_the_same_bytes_in_two_departments_are_two_documents(
    as_finance: httpx.Client, as_admin: httpx.Client
) -> None:
    other = next(SAMPLES.glob("3-*.pdf")).read_bytes()  # held by another department
    queued = as_finance.post("/v1/documents", files={"file": ("cua-toi.pdf", other)})
    assert queued.json()["department"] == "Tài chính"
    while (job := as_finance.get(queued.headers["location"]).json())["state"] != "done":
        time.sleep(0.1)
    assert job["status"] == "indexed", "«duplicate» would tell that somebody else has it"
    twins = [d for d in as_admin.get("/v1/documents").json()["documents"] if d["number"] == "318/SXD-QLN"]
    assert len({d["id"] for d in twins}) == len(twins) in {0, 2}
    assert as_finance.delete(f"/v1/documents/{job['document_id']}").status_code == 204


def test_a_revoked_key_is_dead_within_a_second(closed: Closed) -> None:
    key = closed.key("--scope", "read")
    with closed.client(key) as client:
        assert client.get("/v1/me").status_code == 200
        closed.cancu("keys", "revoke", key.split("_")[1])
        time.sleep(1.0)
        assert client.get("/v1/me").json()["code"] == "key_wrong"


def test_no_key_is_written_anywhere(closed: Closed, as_admin: httpx.Client) -> None:
    as_admin.get("/v1/me")
    secret = closed.admin_key.split("_", 2)[2].encode()
    for path in closed.data.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes(), path


@pytest.fixture(scope="module")
def signed_in(closed: Closed):  # type: ignore[no-untyped-def]
    options = ["--scope", "read", "--scope", "write", "--department", "Tài chính", "--name", "Chị Lan"]
    closed.cancu("accounts", "make", "lan", *options, text=PASSWORD + "\n")
    with closed.client() as browser:
        form = {"login": "lan", "password": PASSWORD, "tiep": "/van-ban"}
        done = browser.post("/dang-nhap", data=form)
        assert (done.status_code, done.headers["location"]) == (303, "/van-ban")
        cookie = done.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie
        yield browser


def test_a_person_signs_in_and_sees_what_the_account_sees(signed_in: httpx.Client) -> None:
    assert signed_in.get("/v1/me").json()["name"] == "Chị Lan"
    page = signed_in.get("/van-ban", headers={"Accept": "text/html"})
    assert page.status_code == 200 and "45/2025/QĐ-UBND" not in page.text


def test_writes_of_a_browser_need_the_token(signed_in: httpx.Client) -> None:
    token = re.search(r'name="csrf" (?:value|content)="([^"]+)"', signed_in.get("/van-ban").text)
    assert token
    file = {"file": ("a.pdf", b"not a pdf")}
    assert signed_in.post("/van-ban", files=file).status_code == 403
    assert signed_in.post("/van-ban", files=file, data={"csrf": "x" * 43}).status_code == 403
    assert signed_in.post("/van-ban", files=file, data={"csrf": token[1]}).status_code == 303
    assert signed_in.post("/v1/documents", files=file).json()["code"] == "csrf_wrong"
    sent = signed_in.post("/v1/documents", files=file, headers={"X-CSRF-Token": token[1]})
    assert sent.status_code == 202


@pytest.mark.parametrize("target", ["//example.org", "https://example.org", "/\\example.org", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(closed: Closed, signed_in: httpx.Client, target: str) -> None:
    with closed.client() as browser:
        form = {"login": "lan", "password": PASSWORD, "tiep": target}
        assert browser.post("/dang-nhap", data=form).headers["location"] == "/"


def test_a_wrong_password_says_no_more_than_that(closed: Closed, signed_in: httpx.Client) -> None:
    with closed.client() as browser:
        wrong = [
            browser.post("/dang-nhap", data={"login": login, "password": "x" * 12}) for login in ("lan2", "ai-do")
        ]
        assert [one.status_code for one in wrong] == [403, 403] and wrong[0].text == wrong[1].text


def test_the_audit_holds_who_asked_what_was_shown_and_what_was_refused(
    closed: Closed, as_finance: httpx.Client
) -> None:
    question = "Lệ phí cấp giấy phép xây dựng nhà ở riêng lẻ là bao nhiêu?"
    answer = as_finance.post("/v1/answers", json={"question": question}).json()
    as_finance.get("/metrics")
    time.sleep(0.5)
    lines = [json.loads(line) for line in closed.cancu("audit", "export").splitlines()]
    asked = [one for one in lines if one["path"] == "/v1/answers"][-1]
    assert asked["who"].startswith("key:") and asked["status"] == 200
    assert {c["passage_id"] for c in answer["citations"]} <= set(asked["shown"])
    assert question not in json.dumps(lines, ensure_ascii=False), "hashed unless the setting says otherwise"
    refused = [one for one in lines if one["path"] == "/metrics"][-1]
    assert (refused["status"], refused["refused"]) == (403, "scope_missing")
    assert "không có chỗ nào" in closed.cancu("audit", "verify")
