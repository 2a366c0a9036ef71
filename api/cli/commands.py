"""The commands and their options. The work of each is in a module of its own, imported when the command runs."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.audit import audit as audit_app
from api.cli.eval import app as eval_app
from api.cli.keys import accounts as accounts_app
from api.cli.keys import keys as keys_app
from api.cli.train import app as train_app
from rag.errors import CancuError

EPILOG = (
    "Mã thoát: 0 xong; 1 lỗi bên trong; 2 sai cú pháp lệnh; 3 yêu cầu chưa đúng; 4 không tìm thấy; 5 bị từ chối; "
    "6 thư mục đang dùng; 7 đĩa gần đầy; 8 dữ liệu hỏng; 9 chỉ mục không khớp; 10 dịch vụ phía sau không trả lời; "
    "11 chạy xong nhưng có điều cần xem (verify, doctor, ingest --strict); 12 không có quyền; 13 quá tải."
)
app = typer.Typer(
    name="cancu",
    help="Căn Cứ: hỏi đáp trên văn bản pháp luật, câu nào cũng có căn cứ.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rendering Markdown costs a third of a second at every start
)
app.add_typer(eval_app, name="eval")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.add_typer(accounts_app, name="accounts")
app.add_typer(train_app, name="train")
Json = Annotated[bool, typer.Option("--json", help="In JSON thay vì chữ cho người đọc.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Ngày xét hiệu lực (YYYY-MM-DD); mặc định hôm nay.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Thư mục dữ liệu (hoặc CANCU_DATA_DIR; mặc định ./data).")
]


class Stage(StrEnum):
    LINES = "lines"
    STRUCTURE = "structure"
    METADATA = "metadata"
    PASSAGES = "passages"
    REFERENCES = "references"


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Tệp hoặc thư mục.")],
    as_json: Json = False,
    data_dir: DataDir = None,
    strict: Annotated[bool, typer.Option("--strict", help="Thoát 11 khi có tệp không đọc được trọn.")] = False,
    department: Annotated[str, typer.Option(help="Đơn vị giữ văn bản; bỏ trống: dùng chung.")] = "",
    clearance: Annotated[int, typer.Option(min=0, max=3, help="Mức được xem: 0 mọi người … 3 lãnh đạo.")] = 0,
) -> None:
    """Nạp tệp PDF; chạy lại thì chỉ nạp tệp mới hoặc đã đổi."""
    from api.cli.ingest import run_ingest

    raise typer.Exit(run_ingest(paths, _settings(data_dir), as_json, strict, (department.strip(), clearance)))


@app.command()
def documents(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Liệt kê văn bản trong kho."""
    from api.cli.ask import print_documents

    print_documents(_settings(data_dir), as_json)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    stage: Annotated[Stage, typer.Option(help="Bước cần xem.")] = Stage.STRUCTURE,
    draw: Annotated[Path | None, typer.Option(help="Vẽ ảnh trang đã đánh dấu vào thư mục này.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Xem từng bước đọc một tệp mà không nạp nó."""
    from api.cli.show import show_stage

    show_stage(file, stage.value, draw, as_json, _settings(data_dir))


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Số kết quả.")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Nêu phần đóng góp của từng đặc trưng.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
    as_of: AsOf = None,
) -> None:
    """Tìm điều khoản theo từ ngữ, số hiệu hoặc viện dẫn; có --as-of thì điều khoản không có hiệu lực ngày đó lùi về sau."""
    from api.cli.ask import print_search

    print_search(query, k, _settings(data_dir), as_json, explain, as_of)


@app.command()
def ask(question: str, as_json: Json = False, data_dir: DataDir = None, as_of: AsOf = None) -> None:
    """Trả lời bằng câu trích từ điều khoản, hoặc nói rõ vì sao không trả lời được."""
    from api.cli.ask import print_answer

    print_answer(question, _settings(data_dir), as_json, as_of)


@app.command("verify-text")
def verify_text(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp chữ (UTF-8).")],
    as_json: Json = False,
    data_dir: DataDir = None,
    as_of: AsOf = None,
) -> None:
    """Đối chiếu một văn bản với kho: viện dẫn có thật không, có nói đúng vậy không, còn hiệu lực không; thoát 11 khi có điều sai."""
    from api.cli.verify_text import run_verify_text

    raise typer.Exit(run_verify_text(file, _settings(data_dir), as_json, as_of))


@app.command()
def replay(trace_id: str, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Trả lời lại một câu hỏi đã lưu vết và nói điều gì đã đổi; thoát 11 khi có thay đổi."""
    from api.cli.verify_text import run_replay

    raise typer.Exit(run_replay(trace_id, _settings(data_dir), as_json))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Địa chỉ lắng nghe; mặc định chỉ máy này.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Cổng; 0 để tự chọn.")] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Máy một người dùng: không hỏi khóa, chỉ máy này.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Chạy dịch vụ HTTP và trang tra cứu."""
    from api.cli.serve import run_service
    from rag.settings import load_settings

    run_service(load_settings(data_dir=data_dir, host=host, port=port), as_json, is_open)


@app.command()
def rebuild(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Dựng lại chỉ mục từ hồ sơ."""
    from api.cli.maintain import run_rebuild

    run_rebuild(_settings(data_dir), as_json)


@app.command()
def verify(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Đối chiếu hồ sơ, tệp gốc và chỉ mục; thoát 11 khi có sai khác."""
    from api.cli.maintain import run_verify

    raise typer.Exit(run_verify(_settings(data_dir), as_json))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="Tệp .tar sẽ ghi; chưa được có.")],
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Sao lưu hồ sơ và mọi bản gốc vào một tệp, kể cả khi dịch vụ đang chạy."""
    from api.cli.maintain import run_backup

    run_backup(_settings(data_dir), target, as_json)


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp do «cancu backup» ghi.")],
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Khôi phục bản sao lưu vào thư mục dữ liệu trống, rồi dựng chỉ mục."""
    from api.cli.maintain import run_restore

    run_restore(_settings(data_dir), archive, as_json)


@app.command()
def purge(
    documents: Annotated[list[str] | None, typer.Argument(help="Mã văn bản; bỏ trống: chỉ dọn cái đã xóa.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Xóa hẳn, không để lại dấu vết trong thư mục dữ liệu; cần dừng dịch vụ."""
    from api.cli.maintain import run_purge

    run_purge(_settings(data_dir), documents or [], as_json)


@app.command()
def doctor(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Máy này còn thiếu gì và lấy ở đâu; thoát 11 khi thiếu thứ bắt buộc."""
    from api.cli.doctor import run_doctor

    raise typer.Exit(run_doctor(_settings(data_dir), as_json))


def _settings(data_dir: Path | None):  # type: ignore[no-untyped-def]  # the type would import pydantic for --help
    from rag.settings import load_settings

    return load_settings(data_dir=data_dir)


def main() -> None:
    """Run a command; one of our errors becomes its sentence (or problem details) and its exit code."""
    try:
        app()
    except CancuError as error:
        raise SystemExit(_report(error)) from None
    except BrokenPipeError:  # the reader (head, less) left: nothing is wrong
        sys.stderr.close()
        raise SystemExit(0) from None


def _report(error: CancuError) -> int:
    from api.errors import outcome_of, problem
    from rag.settings import load_settings

    language = load_settings().language
    if "--json" in sys.argv:
        print(json.dumps(problem(error, language), ensure_ascii=False), file=sys.stderr)
    else:
        print(error.text(language), file=sys.stderr)
    return outcome_of(error).exit_code
