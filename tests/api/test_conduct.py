"""How the service behaves towards programs: pages of lists, tags, keys of idempotency, any spelling, limits."""

from __future__ import annotations

import asyncio
import uuid

import httpx
import pytest

from api.limits import Limits
from rag.errors import TooBusy


def test_lists_come_in_pages_that_join_to_the_whole(service: httpx.Client) -> None:
    whole = service.get("/v1/documents").json()
    ids, cursor = [], None
    while True:
        page = service.get("/v1/documents", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        ids += [d["id"] for d in page["documents"]]
        if not (cursor := page["next_cursor"]):
            break
    assert ids == [d["id"] for d in whole["documents"]] and len(ids) == whole["total"]
    passages = service.get(f"/v1/documents/{ids[0]}/passages", params={"limit": 2}).json()
    rest = service.get(f"/v1/documents/{ids[0]}/passages", params={"cursor": passages["next_cursor"]}).json()
    assert len(passages["passages"]) + len(rest["passages"]) == passages["total"] and rest["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "e30", "WyIyIl0", "WzEsMl0", "=" * 9, "W3RydWVd"])
def test_a_wrong_cursor_is_said_to_be_one(service: httpx.Client, cursor: str) -> None:
    assert service.get("/v1/documents", params={"cursor": cursor}).json()["code"] == "cursor_wrong"


def test_what_has_not_changed_is_not_sent_again(service: httpx.Client) -> None:
    first = service.get("/v1/facets")
    again = service.get("/v1/facets", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert service.get("/v1/facets", headers={"If-None-Match": '"x"'}).content == first.content


@pytest.mark.parametrize(
    "number",
    ["45/2025/QĐ-UBND", "45/2025/qd-ubnd", "45-2025-QĐ-UBND", "Quyết định số 45/2025/QĐ-UBND", "045/2025/QĐ-UBND"],
)
def test_an_act_is_found_by_its_number_in_any_spelling(service: httpx.Client, number: str) -> None:
    found = service.get(f"/v1/acts/{number}")
    assert [d["number"] for d in found.json()["documents"]] == ["45/2025/QĐ-UBND"]


@pytest.mark.parametrize("typed", ["45/20", "quy chế tổ ch", "quy che to chuc va", "QUYET DINH 45/2025"])
def test_suggestions_come_while_typing_without_diacritics(service: httpx.Client, typed: str) -> None:
    found = service.get("/v1/suggestions", params={"q": typed}).json()["documents"]
    assert "45/2025/QĐ-UBND" in [one["number"] for one in found]


def test_wildcards_are_letters_in_suggestions(service: httpx.Client) -> None:
    assert service.get("/v1/suggestions", params={"q": "%"}).json()["documents"] == []
    assert service.get("/v1/suggestions", params={"q": "_"}).json()["documents"] == []


def test_facets_count_the_documents(service: httpx.Client) -> None:
    total = service.get("/v1/documents").json()["total"]
    facets = service.get("/v1/facets").json()
    assert sum(one["count"] for one in facets["statuses"]) == total
    assert {one["value"] for one in facets["years"]} <= {"2025", "2026"}


def test_contents_lead_from_chuong_to_dieu(service: httpx.Client) -> None:
    document = service.get("/v1/acts/45/2025/QĐ-UBND").json()["documents"][0]
    entries = service.get(f"/v1/documents/{document['id']}/contents").json()["entries"]
    found = next(one for one in entries if one["eid"] == "att_1__art_5")
    assert found["heading"] and found["page"] == 3 and found["depth"] > 0


def test_a_write_sent_again_is_done_once(service: httpx.Client) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"question": "Một lần thôi?", "verdict": "wrong", "why": "x"}
    first = service.post("/v1/feedback", json=body, headers=headers)
    again = service.post("/v1/feedback", json=body, headers=headers)
    assert first.json() == again.json() and again.headers["idempotency-replayed"] == "true"
    other = service.post("/v1/feedback", json=body | {"why": "y"}, headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"
    assert sum(one["question"] == body["question"] for one in service.get("/v1/feedback").json()) == 1


def test_an_upload_sent_again_is_one_job(service: httpx.Client) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    content = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\nnot a pdf\r\n--x--\r\n'
    headers["Content-Type"] = "multipart/form-data; boundary=x"
    replies = [service.post("/v1/documents", content=content, headers=headers) for _ in range(2)]
    assert [one.status_code for one in replies] == [202, 202], replies[0].text
    jobs = [one.json()["id"] for one in replies]
    assert jobs[0] == jobs[1]


def test_limits_count_each_and_all_and_say_when_to_come_again() -> None:
    limits = Limits(rate_per_minute=60, in_flight=3, in_flight_each=2)
    for who in ("a", "a", "b"):
        limits.enter(who)
    with pytest.raises(TooBusy) as full:
        limits.enter("c")
    assert full.value.details["retry_after_s"] == 1
    limits.leave("b")
    with pytest.raises(TooBusy):
        limits.enter("a")
    limits.enter("c")
    for who in ("a", "a", "c"):
        limits.leave(who)
    with pytest.raises(TooBusy, match="quá nhiều"):
        for _ in range(10):
            limits.enter("a")
            limits.leave("a")
    assert limits.running == 0


def test_unforeseen_failures_carry_the_headers_too() -> None:
    from types import SimpleNamespace

    from api.guard import Guard
    from api.metrics import Metrics
    from rag.settings import load_settings

    async def broken(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        raise RuntimeError("unforeseen")

    guard = Guard(broken, Metrics(), load_settings())
    state = SimpleNamespace(state=SimpleNamespace(draining=False))

    async def with_app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await guard({**scope, "app": state}, receive, send)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(with_app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/")

    reply = asyncio.run(ask())
    assert reply.status_code == 500 and "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.json()["code"] == "internal" and "unforeseen" not in reply.text
