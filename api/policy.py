"""Who may use which route: one row a route, and what has no row is not there (default deny, I1).

A test walks every route of the application against this table, both ways.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from rag.access import Scope


class Policy(NamedTuple):
    """``scope`` None: anybody, without key. ``form``: a page's form, whose token stands in its body; the route checks
    it after parsing. Other writes of a signed-in browser carry it in the header X-CSRF-Token."""

    scope: Scope | None
    form: bool = False
    free: bool = False

    @property
    def counted(self) -> bool:
        """Whether it takes a place among the requests under way and stands in the audit."""
        return not self.free


ANYBODY = Policy(None, free=True)  # costs nothing, shows nothing of the documents
READ, WRITE, EVAL, ADMIN = Policy(Scope.READ), Policy(Scope.WRITE), Policy(Scope.EVAL), Policy(Scope.ADMIN)
FORM = Policy(Scope.WRITE, form=True)
ADMIN_FORM = Policy(Scope.ADMIN, form=True)

POLICIES: dict[tuple[str, str], Policy] = {
    ("POST", "/v1/search"): READ,
    ("POST", "/v1/answers"): READ,
    ("POST", "/v1/verify"): READ,
    ("POST", "/v1/answers/stream"): READ,
    ("POST", "/v1/chat/completions"): READ,
    ("GET", "/v1/models"): READ,
    ("GET", "/v1/models/{model}"): READ,
    ("POST", "/v1/batches"): EVAL,
    ("GET", "/v1/batches/{batch_id}"): EVAL,
    ("GET", "/v1/batches/{batch_id}/results"): EVAL,
    ("POST", "/v1/feedback"): READ,
    ("GET", "/v1/feedback"): EVAL,
    ("GET", "/v1/feedback/suite"): EVAL,
    ("GET", "/v1/suggestions"): READ,
    ("GET", "/v1/facets"): READ,
    ("GET", "/v1/acts/{number:path}"): READ,
    ("GET", "/v1/documents"): READ,
    ("POST", "/v1/documents"): WRITE,
    ("GET", "/v1/documents/{document_id}"): READ,
    ("DELETE", "/v1/documents/{document_id}"): WRITE,
    ("GET", "/v1/documents/{document_id}/file"): READ,
    ("GET", "/v1/documents/{document_id}/contents"): READ,
    ("GET", "/v1/documents/{document_id}/passages"): READ,
    ("GET", "/v1/documents/{document_id}/links"): READ,
    ("GET", "/v1/documents/{document_id}/pages/{page}.png"): READ,
    ("GET", "/v1/provisions/{eid}"): READ,
    ("GET", "/v1/jobs"): READ,
    ("GET", "/v1/jobs/{job_id}"): READ,
    ("GET", "/v1/me"): READ,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): ADMIN,
    ("GET", "/openapi.json"): ANYBODY,
    # pages
    ("GET", "/static/{path:path}"): ANYBODY,
    ("GET", "/docs"): ANYBODY,
    ("GET", "/"): READ,
    ("GET", "/dong"): READ,
    ("GET", "/goi-y"): READ,
    ("GET", "/cau-tra-loi.docx"): READ,
    ("GET", "/nap/{job_id}"): READ,
    ("GET", "/thanh-phan"): ANYBODY,
    ("GET", "/trich-dan/{passage_id}"): READ,
    ("GET", "/vi-sao/{passage_id}"): READ,
    ("GET", "/van-ban"): READ,
    ("POST", "/van-ban"): FORM,
    ("GET", "/van-ban/{document_id}"): READ,
    ("POST", "/van-ban/{document_id}/xoa"): FORM,
    ("POST", "/van-ban/{document_id}/doc-lai"): FORM,
    ("POST", "/nap/{job_id}/hoan-tac"): FORM,
    ("GET", "/ra-soat"): READ,
    ("GET", "/ra-soat/{document_id}"): READ,
    ("POST", "/ra-soat/{document_id}"): FORM,
    ("POST", "/nhan-xet"): Policy(Scope.READ, form=True),
    ("GET", "/danh-gia"): EVAL,
    ("GET", "/quan-tri"): ADMIN,
    ("POST", "/quan-tri/khoa"): ADMIN_FORM,
    ("POST", "/quan-tri/khoa/{key_id}/thu-hoi"): ADMIN_FORM,
    ("POST", "/quan-tri/nguoi"): ADMIN_FORM,
    ("POST", "/quan-tri/nguoi/{login}/khoa"): ADMIN_FORM,
    ("GET", "/dang-nhap"): ANYBODY,
    ("POST", "/dang-nhap"): Policy(None),
    ("POST", "/dang-xuat"): Policy(None, form=True),
}


def find_policy(method: str, path: str) -> tuple[Policy | None, bool]:
    """The row for a request, and whether the path has any: ``(None, True)`` is a wrong method, ``(None, False)``
    nothing at all."""
    known = False
    for pattern, rows in _patterns():
        if pattern.fullmatch(path):
            if method in rows:
                return rows[method], True
            known = True
    return None, known


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Policy]]]:
    """Fixed paths before those with fields, as the router sees them."""
    rows: dict[str, dict[str, Policy]] = {}
    for (method, template), policy in POLICIES.items():
        rows.setdefault(template, {})[method] = policy
    ordered = sorted(rows, key=lambda template: (template.count("{"), template))
    return [(template_pattern(template), rows[template]) for template in ordered]


def template_pattern(template: str) -> re.Pattern[str]:
    """What a path template of the router matches."""
    parts = re.split(r"(\{[^}]+\})", template)
    return re.compile("".join(_part(part) for part in parts), re.DOTALL)


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".*" if part.endswith(":path}") else "[^/]+"
