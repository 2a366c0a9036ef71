"""The HTTP contract against a real service over the sample documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pymupdf
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
QUESTION = "Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?"
Send = Callable[[str, bytes], dict[str, Any]]


def documents(service: httpx.Client) -> dict[str, dict[str, Any]]:
    return {d["number"]: d for d in service.get("/v1/documents").json()["documents"]}


def assert_problem(reply: httpx.Response, status: int, code: str) -> None:
    assert reply.headers["content-type"] == "application/problem+json"
    body = reply.json()
    assert (reply.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["detail"] and body["title"] and body["request_id"] == reply.headers["x-request-id"]


def test_search_has_the_contracts_shape(service: httpx.Client) -> None:
    found = service.post("/v1/search", json={"query": "thời hạn bổ sung hồ sơ", "k": 3}).json()
    assert set(found) == {"query", "took_ms", "evidence", "hits", "as_of"}
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    hit = found["hits"][0]
    assert {"rank", "score", "passage_id", "document", "eid", "citation", "heading", "text", "pages", "boxes"} <= set(
        hit
    )
    assert set(hit["document"]) == {"id", "number", "type", "issuer", "date", "title"}
    assert "30 ngày để bổ sung hồ sơ" in hit["text"] and hit["citation"].startswith("khoản 3 Điều 9")


def test_a_search_says_what_is_in_force_on_the_day(service: httpx.Client) -> None:
    body = {"query": "thời hạn bổ sung hồ sơ", "k": 5}
    now, before = (service.post("/v1/search", json=body | more).json() for more in ({}, {"as_of": "2001-01-01"}))
    assert now["as_of"] > "2026" and before["as_of"] == "2001-01-01"
    assert {hit["validity"]["status"] for hit in before["hits"]} == {"not_in_force"}
    assert any(hit["validity"]["status"] == "in_force" for hit in now["hits"])
    assert_problem(service.post("/v1/search", json=body | {"as_of": "hôm qua"}), 422, "request_invalid")


def test_a_search_is_explained_on_demand(service: httpx.Client) -> None:
    body = {"query": "thời hạn bổ sung hồ sơ", "k": 2, "explain": True}
    parts = service.post("/v1/search", json=body).json()["hits"][0]["parts"]
    assert len(parts) > 20 and abs(parts[0]["part"]) >= abs(parts[-1]["part"]) > 0


def test_filters_hold_and_take_numbers_in_any_spelling(service: httpx.Client) -> None:
    body = {"query": "hồ sơ", "k": 50, "filters": {"numbers": ["12 / 2025/NQ-HĐND"]}}
    hits = service.post("/v1/search", json=body).json()["hits"]
    assert hits and {hit["document"]["number"] for hit in hits} == {"12/2025/NQ-HĐND"}
    body["filters"] = {"year_from": 2026}  # type: ignore[dict-item]
    assert {h["document"]["date"][:4] for h in service.post("/v1/search", json=body).json()["hits"]} == {"2026"}


def test_an_answer_rests_on_quotes_that_stand_on_the_page(service: httpx.Client) -> None:
    found = service.post("/v1/answers", json={"question": QUESTION}).json()
    assert found["status"] == "answered" and found["reason"] is None
    cited = {citation["n"]: citation for citation in found["citations"]}
    assert {n for sentence in found["sentences"] for n in sentence["citations"]} == set(cited)
    assert any("07 giờ 30 phút" in citation["quote"] for citation in cited.values())
    for citation in cited.values():
        assert citation["boxes"] and citation["page"] in {box["page"] for box in citation["boxes"]}


def test_a_refusal_says_why(service: httpx.Client) -> None:
    found = service.post("/v1/answers", json={"question": "Điều 5 Nghị định 9999/2031/NĐ-CP quy định gì?"}).json()
    assert (found["status"], found["reason_code"]) == ("refused", "document_missing")
    assert found["reason"] and not found["sentences"] and not found["citations"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "question_empty"),
        (" \n ", "question_empty"),
        ("?!…", "question_empty"),
        ("hồ sơ " * 834, "question_too_long"),
        ("hồ\x00 sơ", "question_control_characters"),
        ("hồ \x1b[31m sơ", "question_control_characters"),
    ],
)
def test_questions_that_cannot_be_asked_get_a_clear_4xx(service: httpx.Client, question: str, code: str) -> None:
    assert_problem(service.post("/v1/search", json={"query": question}), 422, code)
    assert_problem(service.post("/v1/answers", json={"question": question}), 422, code)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/documents/0c7b1f52-4a0e-5d7c-9a51-6a6f5f0f1f10", 404, "document_not_found"),
        ("DELETE", "/v1/documents/nope", 404, "document_not_found"),
        ("GET", "/v1/jobs/nope", 404, "job_not_found"),
        ("GET", "/v1/provisions/art_1?document=9999/2031/NĐ-CP", 404, "document_not_found"),
        ("GET", "/v1/nothing", 404, "route_not_found"),
        ("PUT", "/v1/search", 405, "method_not_allowed"),
        ("GET", "/v1/documents?limit=0", 422, "request_invalid"),
    ],
)
def test_one_error_shape(service: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    assert_problem(service.request(method, path), status, code)


def test_bodies_are_capped_whatever_their_length_header_says(service: httpx.Client) -> None:
    assert_problem(service.post("/v1/search", json={"query": "a" * 300_000}), 413, "body_too_large")
    chunks = (b" " * 65536 for _ in range(8))
    assert_problem(service.post("/v1/search", content=chunks), 413, "body_too_large")
    large = service.post("/v1/documents", files={"file": ("to.pdf", b"%PDF-1.7" + b"0" * (3 << 20))})
    assert_problem(large, 413, "upload_too_large")


def test_other_sites_may_not_write_and_other_names_are_not_ours(service: httpx.Client) -> None:
    foreign = {"Origin": "https://example.org"}
    assert_problem(service.post("/v1/search", json={"query": "hồ sơ"}, headers=foreign), 403, "other_origin")
    assert_problem(service.get("/healthz", headers={"Host": "example.org"}), 421, "other_host")


def test_a_provision_has_ancestors_and_neighbours(service: httpx.Client) -> None:
    path = "/v1/provisions/att_1__art_5__cl_1"
    found = service.get(path, params={"document": "45/2025/qđ-ubnd"}).json()
    assert found["ancestors"][-1]["eid"] == "att_1__art_5" and found["next_eid"] == "att_1__art_5__cl_2"
    assert found["previous_eid"] is None and "07 giờ 30 phút" in found["text"] and found["pages"] == [3]
    by_id = service.get(path, params={"document": found["document"]["id"]}).json()
    assert by_id == found
    unknown = service.get("/v1/provisions/art_999", params={"document": found["document"]["id"]})
    assert_problem(unknown, 404, "provision_not_found")


def test_links_of_a_document_and_to_it(service: httpx.Client) -> None:
    document = documents(service)["45/2025/QĐ-UBND"]
    path = f"/v1/documents/{document['id']}/links"
    links = service.get(path).json()["links"]
    assert links and all(link["source"]["document"]["number"] == "45/2025/QĐ-UBND" for link in links)
    own = next(link for link in links if link["target"] and link["target"]["document"]["id"] == document["id"])
    assert own["target"]["eid"] == own["target_eid"]
    back = service.get(path, params={"direction": "to", "eid": own["target_eid"]}).json()["links"]
    assert any(link["source"]["eid"] == own["source"]["eid"] for link in back)
    assert_problem(service.get("/v1/documents/nope/links"), 404, "document_not_found")


def test_the_original_comes_back_byte_for_byte(service: httpx.Client) -> None:
    document = documents(service)["27/TB-SDL"]
    reply = service.get(f"/v1/documents/{document['id']}/file")
    assert reply.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(reply.content).hexdigest() == document["sha256"]


def coloured(pixels: pymupdf.Pixmap, box: dict[str, float], zoom: float) -> float:
    """Share of the box's pixels that are yellow: red and green far above blue."""
    area = [int(box[side] * zoom) for side in ("x0", "y0", "x1", "y1")]
    points = [
        pixels.pixel(x, y) for x in range(area[0] + 2, area[2] - 2, 3) for y in range(area[1] + 2, area[3] - 2, 2)
    ]
    return sum(r > b + 40 and g > b + 40 for r, g, b in points) / len(points)


def test_page_images_mark_the_cited_lines_and_nothing_else(service: httpx.Client) -> None:
    citation = service.post("/v1/answers", json={"question": QUESTION}).json()["citations"][0]
    path = f"/v1/documents/{citation['document']['id']}/pages/{citation['page']}.png"
    marked = pymupdf.Pixmap(service.get(path, params={"highlight": citation["passage_id"]}).content)
    plain = pymupdf.Pixmap(service.get(path).content)
    zoom = plain.width / 595.3
    boxes = [box for box in citation["boxes"] if box["page"] == citation["page"]]
    assert boxes and all(coloured(marked, box, zoom) > 0.5 > 0.05 > coloured(plain, box, zoom) for box in boxes)
    above = {"x0": 85.0, "x1": 500.0, "y0": 40.0, "y1": 60.0}
    assert coloured(marked, above, zoom) == 0


def test_page_images_that_are_not_there(service: httpx.Client) -> None:
    found = documents(service)
    path = f"/v1/documents/{found['27/TB-SDL']['id']}/pages"
    assert_problem(service.get(f"{path}/99.png"), 404, "page_not_found")
    foreign = service.post("/v1/search", json={"query": "hồ sơ", "filters": {"numbers": ["12/2025/NQ-HĐND"]}}).json()
    other = {"highlight": foreign["hits"][0]["passage_id"]}
    assert_problem(service.get(f"{path}/1.png", params=other), 404, "passage_not_found")


def test_a_deleted_document_is_gone_from_every_route(service: httpx.Client, send: Send) -> None:
    with pymupdf.open() as made:
        made.new_page().insert_htmlbox((60, 60, 540, 700), "<p>Điều 1. Chuồn chuồn kim loại xanh biếc</p>")
        job = send("../\u202ela.pdf", made.tobytes())
    assert job["status"] == "indexed" and job["file_name"] == "la.pdf"
    query = {"query": "chuồn chuồn kim loại"}
    hit = service.post("/v1/search", json=query).json()["hits"][0]
    assert hit["document"]["id"] == job["document_id"]
    page = f"/v1/documents/{job['document_id']}/pages/1.png"
    assert service.get(page).status_code == 200
    assert service.delete(f"/v1/documents/{job['document_id']}").status_code == 204
    assert all(
        h["document"]["id"] != job["document_id"] for h in service.post("/v1/search", json=query).json()["hits"]
    )
    for path in (page, f"/v1/documents/{job['document_id']}", f"/v1/documents/{job['document_id']}/file"):
        assert_problem(service.get(path), 404, "document_not_found")


def test_an_unreadable_upload_ends_with_its_status_and_a_sentence(service: httpx.Client, send: Send) -> None:
    job = send("anh.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    assert job["status"] == "unsupported" and job["reason"]
    assert_problem(service.post("/v1/documents", files={"file": ("rong.pdf", b"")}), 422, "upload_empty")


def test_health_readiness_and_metrics(service: httpx.Client) -> None:
    assert service.get("/healthz").json() == {"status": "ok"}
    assert service.get("/readyz").json() == {"status": "ready"}
    text = service.get("/metrics").text
    assert 'cancu_http_requests_total{route="/v1/search",status="200"}' in text
    assert 'cancu_answers_total{outcome="answered"}' in text and "cancu_documents " in text


def test_openapi_gives_each_body_and_each_reply_an_example(service: httpx.Client) -> None:
    schema = service.get("/openapi.json").json()
    models = schema["components"]["schemas"]
    for name in (
        "SearchRequest",
        "SearchResponse",
        "AnswerRequest",
        "AnswerResponse",
        "Problem",
        "ProvisionResponse",
    ):
        assert models[name]["examples"], name
    operations = [one for path in schema["paths"].values() for one in path.values()]
    assert all(one["summary"] and "422" in one["responses"] for one in operations)


def test_replies_carry_a_strict_policy(service: httpx.Client) -> None:
    headers = service.get("/healthz").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
