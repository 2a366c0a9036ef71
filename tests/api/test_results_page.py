"""The list of results: status on the day in words, what is not in force behind, filters that the index does not hold."""

from __future__ import annotations

import re

import httpx

FORCES = re.compile(r'class="hit".*?class="badge force-(\w+)"', re.DOTALL)


def forces(service: httpx.Client, **asked: str) -> list[str]:
    page = service.get("/", params={"q": "hồ sơ", "so": "50", **asked}, headers={"accept": "text/html"})
    assert page.status_code == 200
    return FORCES.findall(page.text)


def test_what_is_not_in_force_on_the_day_stands_behind(service: httpx.Client) -> None:
    begins = sorted(
        d["effective_from"] for d in service.get("/v1/documents").json()["documents"] if d["effective_from"]
    )
    found = forces(service, ngay=begins[0])
    assert {"in_force", "not_in_force"} <= set(found), "the first day has acts on both sides"
    behind = [one == "not_in_force" for one in found]
    assert behind == sorted(behind)
    assert set(forces(service, ngay="1999-01-01")) <= {"not_in_force", "unknown"}
    assert set(forces(service, ngay=begins[0], hieu_luc="in_force")) == {"in_force"}


def test_a_department_that_holds_nothing_leaves_nothing(service: httpx.Client) -> None:
    assert forces(service, don_vi="Phòng không có") == []
    assert forces(service, don_vi="-") == forces(service)
