"""A person who follows a dead link reads a page, a program gets problem details: same address, same words."""

from __future__ import annotations

import httpx
import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/van-ban/nope", "/trich-dan/nope", "/khong-co"])
def test_a_dead_link_is_a_page_for_people_and_problem_details_for_programs(service: httpx.Client, path: str) -> None:
    details, page = service.get(path), service.get(path, headers=BROWSER)
    assert (details.status_code, page.status_code) == (404, 404)
    assert details.headers["content-type"] == "application/problem+json"
    assert page.headers["content-type"].startswith("text/html")
    assert details.json()["title"] in page.text and page.headers["x-request-id"] in page.text


def test_what_the_address_holds_is_text_on_the_error_page(service: httpx.Client) -> None:
    page = service.get("/<script>alert(1)</script>", headers=BROWSER)
    assert page.status_code == 404 and "<script>alert" not in page.text and "&lt;script&gt;" in page.text


def test_program_routes_answer_browsers_with_problem_details_too(service: httpx.Client) -> None:
    assert service.get("/v1/jobs/nope", headers=BROWSER).headers["content-type"] == "application/problem+json"
