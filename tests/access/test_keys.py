"""Keys and accounts: hashed, scoped, expiring, revocable; passwords that lock; sessions with a token for forms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from rag.access import EVERYTHING, Access, Scope
from rag.errors import BadInput, Denied
from rag.record import accounts
from rag.record.access_schema import access_keys
from rag.record.keys import bearer_of_key, list_keys, make_key, revoke_key
from rag.record.record import Record

PASSWORD = "mật khẩu dài và khó"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = Record.open(tmp_path)
    yield opened
    opened.close()


def test_a_key_has_256_bits_and_only_its_hash_is_kept(record: Record) -> None:
    key, text = make_key(record, "một cửa", [Scope.READ], Access(("Tài chính",), 1))
    secret = text.split("_", 2)[2]
    assert len(secret) * 6 >= 256
    with record.engine.connect() as connection:
        row = connection.execute(sa.select(access_keys)).one()
    assert row.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert (
        secret not in repr(tuple(row))
        and secret.encode() not in (record.objects.parent / "record.sqlite").read_bytes()
    )
    bearer = bearer_of_key(record, text)
    assert (
        bearer
        and bearer.access == Access(("Tài chính",), 1)
        and bearer.may(Scope.READ)
        and not bearer.may(Scope.WRITE)
    )
    assert list_keys(record) == [key]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t.replace("_", ""),
        lambda t: "",
        lambda t: t + "x",
    ],
)
def test_another_text_opens_nothing(record: Record, spoil) -> None:  # type: ignore[no-untyped-def]
    _, text = make_key(record, "x", [Scope.READ], EVERYTHING)
    assert bearer_of_key(record, spoil(text)) is None


def test_expired_and_revoked_keys_open_nothing(record: Record) -> None:
    _, old = make_key(record, "x", [Scope.READ], EVERYTHING, "2020-01-01T00:00:00+00:00")
    key, text = make_key(record, "x", [Scope.READ], EVERYTHING, "2999-01-01T00:00:00+00:00")
    assert bearer_of_key(record, old) is None and bearer_of_key(record, text)
    revoke_key(record, key.id)
    assert bearer_of_key(record, text) is None


def test_a_password_opens_a_session_and_five_wrong_ones_lock(record: Record) -> None:
    accounts.make_account(record, " Lan ", "Chị Lan", [Scope.READ], Access(("Tài chính",), 1), PASSWORD)
    session = accounts.sign_in(record, "lan", PASSWORD)
    bearer = accounts.bearer_of_session(record, session.token)
    assert bearer == session.bearer and bearer.csrf
    accounts.sign_out(record, session.token)
    assert accounts.bearer_of_session(record, session.token) is None
    for _ in range(accounts.MOST_FAILURES):
        with pytest.raises(Denied, match="không đúng"):
            accounts.sign_in(record, "lan", "sai mật khẩu này")
    with pytest.raises(Denied, match="tạm khóa"):
        accounts.sign_in(record, "lan", PASSWORD)


def test_nothing_tells_an_unknown_login_from_a_wrong_password(record: Record) -> None:
    accounts.make_account(record, "lan", "", [Scope.READ], EVERYTHING, PASSWORD)
    said = []
    for login in ("lan", "khong-co"):
        with pytest.raises(Denied) as raised:
            accounts.sign_in(record, login, "sai mật khẩu này")
        said.append(str(raised.value))
    assert said[0] == said[1]


def test_a_disabled_account_is_signed_out_everywhere(record: Record) -> None:
    accounts.make_account(record, "lan", "", [Scope.READ], EVERYTHING, PASSWORD)
    session = accounts.sign_in(record, "lan", PASSWORD)
    accounts.disable_account(record, "lan")
    assert accounts.bearer_of_session(record, session.token) is None
    with pytest.raises(Denied):
        accounts.sign_in(record, "lan", PASSWORD)


def test_passwords_are_argon2id_and_not_short(record: Record) -> None:
    with pytest.raises(BadInput):
        accounts.make_account(record, "lan", "", [Scope.READ], EVERYTHING, "ngắn")
    accounts.make_account(record, "lan", "", [Scope.READ], EVERYTHING, PASSWORD)
    with record.engine.connect() as connection:
        stored = connection.execute(sa.text("SELECT password FROM accounts")).scalar()
    assert str(stored).startswith("$argon2id$")
    with pytest.raises(BadInput):
        accounts.make_account(record, "LAN", "", [Scope.READ], EVERYTHING, PASSWORD)
