"""API keys: 256 random bits, shown once, kept as SHA-256 (I3). A random key needs no slow hash: nobody can try them all.

``cancu_<id>_<secret>``: the id finds the row, the secret is compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag.access import Access, Bearer, Scope
from rag.errors import BadInput, NotFound
from rag.record.access_schema import access_keys
from rag.record.record import Record, now

PREFIX = "cancu"
SECRET_BYTES = 32  # 256 bits
ID_BYTES = 6  # 48 bits: enough to be unique, short enough to read out


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key as listed: everything but its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    departments: tuple[str, ...] | None
    clearance: int
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


def make_key(
    record: Record, name: str, scopes: Iterable[Scope], access: Access, expires_at: str | None = None
) -> tuple[AccessKey, str]:
    """A new key and its text, which is never seen again. ``expires_at``: ISO 8601 UTC. Raises BadInput."""
    chosen = sorted({str(scope) for scope in scopes})
    if not chosen or not name.strip():
        raise BadInput("key_incomplete")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = AccessKey(
        secrets.token_hex(ID_BYTES), name.strip(), tuple(chosen), access.departments, access.clearance, now(),
        expires_at, None, None,
    )  # fmt: skip
    with record.engine.begin() as connection:
        connection.execute(access_keys.insert(), _row(key) | {"secret_sha256": _digest(secret)})
    return key, f"{PREFIX}_{key.id}_{secret}"


def bearer_of_key(record: Record, text: str) -> Bearer | None:
    """Who bears the key ``text``; None when it is unknown, expired or revoked. Read anew each time, so that a
    revocation holds from the next request on."""
    prefix, _, rest = text.partition("_")
    identity, _, secret = rest.partition("_")
    if prefix != PREFIX or not secret:
        return None
    with record.engine.connect() as connection:
        row = connection.execute(sa.select(access_keys).where(access_keys.c.id == identity)).first()
    if row is None or not hmac.compare_digest(row.secret_sha256, _digest(secret)):
        return None
    if row.revoked_at or (row.expires_at and row.expires_at <= now()):
        return None
    return bearer_of(f"key:{row.id}", row)


def list_keys(record: Record) -> list[AccessKey]:
    """All keys, newest first, revoked ones too."""
    query = sa.select(access_keys).order_by(access_keys.c.created_at.desc(), access_keys.c.id)
    with record.engine.connect() as connection:
        return [_key(row) for row in connection.execute(query)]


def revoke_key(record: Record, key_id: str) -> None:
    """The key opens nothing from now on. Raises NotFound."""
    change = access_keys.update().where(access_keys.c.id == key_id, access_keys.c.revoked_at.is_(None))
    with record.engine.begin() as connection:
        if not connection.execute(change.values(revoked_at=now())).rowcount:
            raise NotFound("key_not_found", key_id=key_id)


def note_use(record: Record, key_id: str) -> None:
    """Remember when the key was last used."""
    with record.engine.begin() as connection:
        connection.execute(access_keys.update().where(access_keys.c.id == key_id).values(last_used_at=now()))


def bearer_of(identity: str, row: Any, csrf: str | None = None) -> Bearer:
    """The bearer that a row of keys or accounts describes."""
    departments = None if row.departments is None else tuple(row.departments)
    access = Access(departments, row.clearance)
    return Bearer(identity, row.name, frozenset(Scope(one) for one in row.scopes), access, csrf)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(key: AccessKey) -> dict[str, Any]:
    fields = {name: getattr(key, name) for name in AccessKey.__dataclass_fields__}
    departments = None if key.departments is None else list(key.departments)
    return fields | {"scopes": list(key.scopes), "departments": departments}


def _key(row: Any) -> AccessKey:
    fields = {name: row._mapping[name] for name in AccessKey.__dataclass_fields__}
    departments = None if row.departments is None else tuple(row.departments)
    return AccessKey(**fields | {"scopes": tuple(row.scopes), "departments": departments})
