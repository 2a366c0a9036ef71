"""``cancu keys`` and ``cancu accounts``: who may. They work on the record, so a running service heeds them at once."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rag.record.record import Record

keys = typer.Typer(help="Khóa truy cập cho phần mềm.", no_args_is_help=True, rich_markup_mode=None)
accounts = typer.Typer(help="Tài khoản cho người dùng trang.", no_args_is_help=True, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="In JSON thay vì chữ cho người đọc.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Thư mục dữ liệu.")]
Scopes = Annotated[list[str], typer.Option("--scope", help="Quyền: read, write, eval, admin; ghi nhiều lần được.")]
Departments = Annotated[
    list[str] | None, typer.Option("--department", help="Đơn vị được xem; ghi nhiều lần được; bỏ trống: mọi đơn vị.")
]
Common = Annotated[bool, typer.Option("--common-only", help="Chỉ văn bản dùng chung, không đơn vị nào.")]
Clearance = Annotated[int, typer.Option(min=0, max=3, help="Mức được xem cao nhất, 0 đến 3.")]


@keys.command("make")
def make(
    name: Annotated[str, typer.Argument(help="Ai dùng khóa này.")],
    scope: Scopes = ["read"],  # noqa: B006  # typer reads it as the default
    department: Departments = None,
    common_only: Common = False,
    clearance: Clearance = 0,
    days: Annotated[int | None, typer.Option(min=1, help="Số ngày có hiệu lực; bỏ trống: không hết hạn.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Tạo khóa; khóa chỉ hiện một lần."""
    from rag.record.keys import make_key

    expires = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds") if days else None
    with open_record(data_dir) as record:
        made, text = make_key(record, name, _scopes(scope), _access(department, common_only, clearance), expires)
    _tell(asdict(made) | {"key": text}, text, as_json)


@keys.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Liệt kê khóa (không có phần bí mật)."""
    from rag.record.keys import list_keys

    with open_record(data_dir) as record:
        for one in list_keys(record):
            state = "đã thu hồi" if one.revoked_at else f"hết hạn {one.expires_at}" if one.expires_at else "dùng được"
            used = one.last_used_at or "chưa dùng"
            line = f"{one.id}  {','.join(one.scopes):12} {_where(one.departments)} mức {one.clearance}  {state}  {used}  {one.name}"
            _tell(asdict(one), line, as_json)


@keys.command("revoke")
def revoke(key_id: str, data_dir: DataDir = None) -> None:
    """Thu hồi khóa; có hiệu lực trong vòng một giây."""
    from rag.record.keys import revoke_key

    with open_record(data_dir) as record:
        revoke_key(record, key_id)
    typer.echo("Đã thu hồi.")


@accounts.command("make")
def make_account(
    login: str,
    name: Annotated[str, typer.Option(help="Họ tên.")] = "",
    scope: Scopes = ["read"],  # noqa: B006
    department: Departments = None,
    common_only: Common = False,
    clearance: Clearance = 0,
    subject: Annotated[
        str | None, typer.Option(help="Nhà cung cấp và mã người dùng OpenID («https://… mã»), thay cho mật khẩu.")
    ] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Tạo tài khoản; mật khẩu được hỏi, hoặc đọc từ đầu vào chuẩn."""
    from rag.record.accounts import make_account as make

    password = None if subject else _password()
    access = _access(department, common_only, clearance)
    with open_record(data_dir) as record:
        made = make(record, login, name, _scopes(scope), access, password, subject)
    _tell(asdict(made), f"Đã tạo tài khoản {made.login}.", as_json)


@accounts.command("list")
def list_accounts(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Liệt kê tài khoản."""
    from rag.record.accounts import list_accounts as listed

    with open_record(data_dir) as record:
        for one in listed(record):
            state = "đã khóa" if one.disabled_at else one.signs_in_by
            line = f"{one.login:20} {','.join(one.scopes):12} {_where(one.departments)} mức {one.clearance}  {state}  {one.name}"
            _tell(asdict(one), line, as_json)


@accounts.command("disable")
def disable(login: str, data_dir: DataDir = None) -> None:
    """Khóa tài khoản và đăng xuất nó ở mọi nơi."""
    from rag.record.accounts import disable_account

    with open_record(data_dir) as record:
        disable_account(record, login)
    typer.echo("Đã khóa.")


def _password() -> str:
    if typer.get_text_stream("stdin").isatty():
        return getpass.getpass("Mật khẩu: ")
    return typer.get_text_stream("stdin").readline().rstrip("\n")


def _scopes(names: list[str]) -> list[Any]:
    from rag.access import Scope
    from rag.errors import BadInput

    try:
        return [Scope(one) for one in names]
    except ValueError:
        raise BadInput("scope_unknown", scopes=", ".join(Scope)) from None


def _access(departments: list[str] | None, common_only: bool, clearance: int) -> Any:
    from rag.access import Access

    return Access(() if common_only else tuple(departments) if departments else None, clearance)


def _where(departments: tuple[str, ...] | None) -> str:
    return "mọi đơn vị" if departments is None else ", ".join(departments) or "dùng chung"


def _tell(value: dict[str, Any], line: str, as_json: bool) -> None:
    from api.cli.ask import print_json

    print_json(value) if as_json else typer.echo(line)


@contextmanager
def open_record(data_dir: Path | None) -> Iterator[Record]:
    """The record of a data folder, also beside a running service."""
    from rag.record.record import Record
    from rag.settings import load_settings

    record = Record.open(load_settings(data_dir=data_dir).data_dir)
    try:
        yield record
    finally:
        record.close()
