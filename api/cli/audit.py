"""``cancu audit``: is the chain whole, and what does it hold."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.errors import EXIT_DIFFERENCES

audit = typer.Typer(help="Nhật ký: ai hỏi gì, đã được xem gì.", no_args_is_help=True, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="In JSON thay vì chữ cho người đọc.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Thư mục dữ liệu.")]


@audit.command("verify")
def verify(
    head: Annotated[str | None, typer.Option(help="Mã băm cuối đã ghi lại lần trước; phải còn trong chuỗi.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Kiểm tra chuỗi băm; thoát 11 khi có dòng bị sửa, xóa hoặc chèn."""
    from api.cli.ask import print_json
    from api.cli.keys import open_record
    from rag.record.audit import has_hash
    from rag.record.audit import verify as walk

    with open_record(data_dir) as record:
        found = walk(record)
        kept = head is None or has_hash(record, head)
    if as_json:
        print_json(asdict(found) | {"head_kept": kept})
    elif found.broken_at is not None:
        typer.echo(f"Chuỗi đứt tại dòng {found.broken_at}: {found.why}.")
    elif not kept:
        typer.echo(f"Chuỗi không còn dòng mang mã {head}: phần cuối đã bị cắt.")
    else:
        typer.echo(f"{found.entries} dòng, không có chỗ nào bị sửa. Mã cuối: {found.head}")
    if found.broken_at is not None or not kept:
        raise typer.Exit(EXIT_DIFFERENCES)


@audit.command("export")
def export(
    since: Annotated[str | None, typer.Option(help="Từ thời điểm này, dạng ISO 8601.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Xuất nhật ký, mỗi dòng một JSON."""
    from api.cli.keys import open_record
    from rag.record.audit import export as lines

    with open_record(data_dir) as record:
        for line in lines(record, since):
            print(line)
