"""Default deny: every route has a declared policy, and every declared policy has its route."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.policy import POLICIES, find_policy
from rag.access import Scope
from tests.access.parts import parts_over

HIDDEN = {"HEAD"}  # answered with the GET of the same row


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    parts = parts_over(tmp_path_factory.mktemp("data"))
    yield create_app(parts)
    parts.close()


def routes(app: FastAPI) -> set[tuple[str, str]]:
    found = set()
    for context in iter_route_contexts(app.router.routes):
        path = context.path or "/static"
        methods = context.methods or {"GET"}
        path = "/static/{path:path}" if path == "/static" else path
        found |= {(method, path) for method in methods - HIDDEN}
    return found


def test_every_route_has_a_policy_and_every_policy_a_route(app: FastAPI) -> None:
    there = routes(app)
    assert there - POLICIES.keys() == set(), "routes without a policy"
    assert POLICIES.keys() - there == set(), "policies without a route"


def test_paths_that_match_two_rows_get_one_answer() -> None:
    for method, template in POLICIES:
        example = template.replace("{number:path}", "1").replace("{path:path}", "page.css")
        example = "".join("x" if c in "{}" else c for c in example)
        assert find_policy(method, example)[0] == POLICIES[method, template], template


def test_only_these_need_no_key() -> None:
    free = {path for (_, path), policy in POLICIES.items() if policy.scope is None}
    assert free <= {
        "/healthz", "/readyz", "/openapi.json", "/docs", "/thanh-phan", "/static/{path:path}", "/dang-nhap", "/dang-xuat",
        "/dang-nhap/oidc", "/dang-nhap/oidc/ve",
    }  # fmt: skip


def test_what_changes_something_needs_more_than_reading() -> None:
    reading_posts = {
        "/v1/search",
        "/v1/answers",
        "/v1/answers/stream",
        "/v1/chat/completions",
        "/v1/feedback",
        "/v1/verify",
        "/nhan-xet",  # a word on an answer
    }
    for (method, path), policy in POLICIES.items():
        if method != "GET" and policy.scope is not None and path not in reading_posts:
            assert policy.scope is not Scope.READ, path


def test_a_route_without_a_policy_cannot_be_reached(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    parts = parts_over(tmp_path)
    app = create_app(parts)
    app.add_api_route("/v1/forgotten", lambda: {"secret": 1})
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/v1/forgotten").status_code == 404
