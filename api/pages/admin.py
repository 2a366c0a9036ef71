"""For administrators: is it well, who may enter, with which settings it runs."""

from __future__ import annotations

import json
import shutil
from collections import deque
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.words import show_page
from api.routes.answers import Parts
from rag.access import HIGHEST_CLEARANCE, Access, Scope
from rag.disk import least_free_bytes
from rag.errors import BadInput
from rag.record.accounts import LONGEST_PASSWORD, disable_account, list_accounts, make_account
from rag.record.audit import export
from rag.record.jobs import recent_jobs
from rag.record.keys import list_keys, make_key, revoke_key
from rag.settings import Settings

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
QUEUE_LOOKED_AT = 1000  # jobs, newest first
AUDIT_SHOWN = 100  # newest entries that fit a search
LONGEST_NAME = 200
LONGEST_KEY_DAYS = 3650
EVERYWHERE = "*"  # typed for every department
Text = Annotated[str, Form(max_length=LONGEST_NAME)]


@dataclass(frozen=True, slots=True)
class Health:
    """``lag`` documents visible but not yet in the term statistics; ``free_mib`` of the data folder's disk, which refuses
    writes below ``least_mib``."""

    documents: int
    passages: int
    waiting: int
    failed: int
    lag: int
    free_mib: int
    least_mib: int


@router.get("/quan-tri")
def admin_page(
    request: Request, parts: Parts, nhat_ky: Annotated[str, Query(max_length=LONGEST_NAME)] = ""
) -> Response:
    """``nhat_ky`` is searched for in the audit."""
    return _admin(request, parts, {"searched": nhat_ky, "entries": _audited(parts, nhat_ky) if nhat_ky else []})


@router.post("/quan-tri/khoa")
def new_key(
    request: Request,
    parts: Parts,
    name: Text = "",
    scopes: Annotated[list[Scope] | None, Form()] = None,
    departments: Text = "",
    clearance: Annotated[int, Form(ge=0, le=HIGHEST_CLEARANCE)] = 0,
    days: Annotated[int | None, Form(ge=1, le=LONGEST_KEY_DAYS)] = None,
) -> Response:
    """The page again with the key's text, shown this once."""
    expires = f"{date.today() + timedelta(days=days)}T00:00:00+00:00" if days else None
    try:
        _, text = make_key(parts.store.record, name, scopes or (), _access(departments, clearance), expires)
    except BadInput as error:
        return _admin(request, parts, {"error": error.text(parts.settings.language)}, 422)
    return _admin(request, parts, {"new_key": text})


@router.post("/quan-tri/khoa/{key_id}/thu-hoi")
def revoke(key_id: str, parts: Parts) -> Response:
    """Raises NotFound."""
    revoke_key(parts.store.record, key_id)
    parts.identifier.forget()
    return RedirectResponse("/quan-tri#khoa", status_code=303)


@router.post("/quan-tri/nguoi")
def new_person(
    request: Request,
    parts: Parts,
    login: Text = "",
    name: Text = "",
    password: Annotated[str, Form(max_length=LONGEST_PASSWORD)] = "",
    scopes: Annotated[list[Scope] | None, Form()] = None,
    departments: Text = "",
    clearance: Annotated[int, Form(ge=0, le=HIGHEST_CLEARANCE)] = 0,
) -> Response:
    try:
        make_account(
            parts.store.record, login, name, scopes or (Scope.READ,), _access(departments, clearance), password
        )  # fmt: skip
    except BadInput as error:
        return _admin(request, parts, {"error": error.text(parts.settings.language)}, 422)
    return RedirectResponse("/quan-tri#nguoi", status_code=303)


@router.post("/quan-tri/nguoi/{login}/khoa")
def disable(login: str, parts: Parts) -> Response:
    """Raises NotFound."""
    disable_account(parts.store.record, login)
    parts.identifier.forget()
    return RedirectResponse("/quan-tri#nguoi", status_code=303)


def _admin(request: Request, parts: Parts, shown: dict[str, Any], status: int = 200) -> Response:
    shown = {
        "health": _health(parts),
        "keys": list_keys(parts.store.record),
        "people": list_accounts(parts.store.record),
        "settings": _in_force(parts.settings),
        "scopes": tuple(Scope),
        "clearances": range(HIGHEST_CLEARANCE + 1),
        "searched": "",
        "entries": [],
        "new_key": None,
        "error": None,
    } | shown
    reply = show_page(request, parts, "admin.html", shown, status)
    reply.headers["Cache-Control"] = "no-store"  # a key is on it once
    return reply


def _health(parts: Parts) -> Health:
    documents = parts.store.record.documents()
    jobs = recent_jobs(parts.store.record, QUEUE_LOOKED_AT)
    counted = parts.store.lexicon.documents
    disk = shutil.disk_usage(parts.settings.data_dir)
    return Health(
        documents=len(documents),
        passages=sum(d.passages for d in documents),
        waiting=sum(job.state in {"queued", "running"} for job in jobs),
        failed=sum(job.state == "failed" for job in jobs),
        lag=sum(bool(d.passages) and d.id not in counted for d in documents),
        free_mib=disk.free >> 20,
        least_mib=least_free_bytes(disk.total) >> 20,
    )


def _audited(parts: Parts, words: str) -> list[tuple[str, str, str, str]]:
    """(when, who, what, all of it) of the newest entries that hold ``words``."""
    found = deque((line for line in export(parts.store.record) if words.lower() in line.lower()), AUDIT_SHOWN)
    entries = [json.loads(line) for line in reversed(found)]
    names = {f"account:{one.id}": one.name for one in list_accounts(parts.store.record)}
    return [
        (
            e["at"],
            names.get(str(e.get("who", "")), str(e.get("who", ""))),
            str(e.get("action", e.get("path", ""))),
            json.dumps(e, ensure_ascii=False),
        )
        for e in entries
    ]


def _in_force(settings: Settings) -> list[tuple[str, Any, bool, str]]:
    """(variable, value, changed from its default, what it is). Secrets are not shown."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        is_secret = name.endswith(("_key", "_secret", "_password"))
        shown = "•••" if is_secret and value else value
        rows.append((f"CANCU_{name.upper()}", shown, value != field.default, field.description or ""))
    return rows


def _access(departments: str, clearance: int) -> Access:
    if departments.strip() == EVERYWHERE:
        return Access(None, clearance)
    return Access(tuple(one.strip() for one in departments.split(",") if one.strip()), clearance)
