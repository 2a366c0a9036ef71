"""Accounts of people: argon2id passwords, lockout, and sessions whose token is kept as SHA-256.

Argon2id with the parameters of RFC 9106 for little memory (64 MiB, 3 passes, 4 lanes), the default of argon2-cffi. An
unknown login costs the same time as a wrong password, so that neither tells which logins exist.
"""

from __future__ import annotations

import functools
import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from rag.access import Access, Bearer, Scope
from rag.errors import BadInput, Denied, NotFound
from rag.record.access_schema import accounts, sessions
from rag.record.keys import bearer_of
from rag.record.record import Record, now

SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B-4 asks for 15 where the password stands alone, 8 beside more
LONGEST_PASSWORD = 256  # characters: hashing must not become a way to keep us busy
MOST_FAILURES = 5  # in a row, then the account waits
LOCK_S = 900  # a quarter of an hour: some 480 guesses a day
SESSION_HOURS = 12  # a working day
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Account:
    """An account as listed. ``signs_in_by``: "password", or the issuer of its OpenID identity."""

    id: str
    login: str
    name: str
    scopes: tuple[str, ...]
    departments: tuple[str, ...] | None
    clearance: int
    created_at: str
    disabled_at: str | None
    signs_in_by: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. ``token`` goes into the cookie and is not kept."""

    token: str
    bearer: Bearer
    expires_at: str


def make_account(
    record: Record, login: str, name: str, scopes: Iterable[Scope], access: Access, password: str | None = None,
    subject: str | None = None,
) -> Account:  # fmt: skip
    """A new account. Raises BadInput when the login is taken or the password too short."""
    login = login.strip().lower()
    if not login or (password is None and subject is None):
        raise BadInput("account_incomplete")
    row: dict[str, Any] = {"id": str(uuid.uuid4()), "login": login, "name": name.strip() or login, "subject": subject}
    row |= {"password": _hashed(password) if password is not None else None, "created_at": now(), "failures": 0}
    row |= {"scopes": sorted({str(s) for s in scopes}), "clearance": access.clearance}
    row["departments"] = None if access.departments is None else list(access.departments)
    try:
        with record.engine.begin() as connection:
            connection.execute(accounts.insert(), row)
    except sa.exc.IntegrityError:
        raise BadInput("login_taken", login=login) from None
    return next(one for one in list_accounts(record) if one.id == row["id"])


def list_accounts(record: Record) -> list[Account]:
    """All accounts by login."""
    with record.engine.connect() as connection:
        return [_account(row) for row in connection.execute(sa.select(accounts).order_by(accounts.c.login))]


def disable_account(record: Record, login: str) -> None:
    """Sign the account out everywhere and let nobody in by it. Raises NotFound."""
    with record.engine.begin() as connection:
        found = connection.execute(sa.select(accounts.c.id).where(accounts.c.login == login.strip().lower())).scalar()
        if found is None:
            raise NotFound("account_not_found", login=login)
        connection.execute(accounts.update().where(accounts.c.id == found).values(disabled_at=now()))
        connection.execute(sessions.delete().where(sessions.c.account_id == found))


def sign_in(record: Record, login: str, password: str) -> Session:
    """A session for the right password. Raises Denied: the same for an unknown login, a wrong password, a disabled
    account; another one while the account waits after too many failures."""
    row = _by(record, accounts.c.login == login.strip().lower())
    if row is not None and row.locked_until and row.locked_until > now():
        raise Denied("account_locked", minutes=LOCK_S // 60)
    right = _fits(row.password if row is not None else None, password)
    if row is None or not right or row.disabled_at:
        if row is not None:
            _count_failure(record, row.id)
        raise Denied("sign_in_wrong")
    _set(record, row.id, failures=0, locked_until=None)
    return open_session(record, row)


def open_session(record: Record, row: Any) -> Session:
    """A session of an account's row; sessions that are over are swept out."""
    token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    expires = (datetime.now(UTC) + timedelta(hours=SESSION_HOURS)).isoformat(timespec="seconds")
    values = {"token_sha256": _digest(token), "account_id": row.id, "csrf": csrf, "created_at": now()}
    with record.engine.begin() as connection:
        connection.execute(sessions.delete().where(sessions.c.expires_at <= now()))
        connection.execute(sessions.insert(), values | {"expires_at": expires})
    return Session(token, bearer_of(f"account:{row.id}", row, csrf), expires)


def bearer_of_session(record: Record, token: str) -> Bearer | None:
    """Who the cookie's token belongs to; None when signed out, over, or the account is disabled."""
    query = (
        sa.select(accounts, sessions.c.csrf)
        .join(sessions, sessions.c.account_id == accounts.c.id)
        .where(sessions.c.token_sha256 == _digest(token), sessions.c.expires_at > now())
        .where(accounts.c.disabled_at.is_(None))
    )
    with record.engine.connect() as connection:
        row = connection.execute(query).first()
    return bearer_of(f"account:{row.id}", row, row.csrf) if row else None


def sign_out(record: Record, token: str) -> None:
    """The token opens nothing from now on."""
    with record.engine.begin() as connection:
        connection.execute(sessions.delete().where(sessions.c.token_sha256 == _digest(token)))


@functools.cache
def _hasher() -> Any:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@functools.cache
def _nobodys_hash() -> str:
    return str(_hasher().hash(secrets.token_urlsafe(TOKEN_BYTES)))


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput("password_length", shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    return str(_hasher().hash(password))


def _fits(stored: str | None, password: str) -> bool:
    from argon2.exceptions import VerificationError

    try:
        _hasher().verify(stored or _nobodys_hash(), password[:LONGEST_PASSWORD])
    except VerificationError:
        return False
    return stored is not None


def _count_failure(record: Record, account_id: str) -> None:
    locked = (datetime.now(UTC) + timedelta(seconds=LOCK_S)).isoformat(timespec="seconds")
    with record.engine.begin() as connection:
        mine = accounts.update().where(accounts.c.id == account_id)
        connection.execute(mine.values(failures=accounts.c.failures + 1))
        connection.execute(mine.where(accounts.c.failures >= MOST_FAILURES).values(failures=0, locked_until=locked))


def _by(record: Record, where: sa.ColumnElement[bool]) -> Any:
    with record.engine.connect() as connection:
        return connection.execute(sa.select(accounts).where(where)).first()


def _set(record: Record, account_id: str, **values: Any) -> None:
    with record.engine.begin() as connection:
        connection.execute(accounts.update().where(accounts.c.id == account_id).values(**values))


def _account(row: Any) -> Account:
    departments = None if row.departments is None else tuple(row.departments)
    kind = "password" if row.password else row.subject.split(" ")[0]
    return Account(
        row.id, row.login, row.name, tuple(row.scopes), departments, row.clearance, row.created_at, row.disabled_at, kind
    )  # fmt: skip


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
