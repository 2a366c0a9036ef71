"""``cancu train``: make the shipped models again from a law corpus and questions, or others from your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.errors import BadInput

app = typer.Typer(
    name="train",
    help="Huấn luyện lại các mô hình đi kèm từ kho văn bản và câu hỏi.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Shared = Annotated[
    Path | None,
    typer.Option("--shared", help="Thư mục dữ liệu (law/, questions/); mặc định CANCU_SHARED hoặc ../shared/data."),
]
Out = Annotated[Path, typer.Option("--out", help="Nơi ghi mô hình.")]
Work = Annotated[Path, typer.Option("--work", help="Nơi giữ kết quả dở dang.")]


@app.command()
def embedder(shared: Shared = None, out: Out = Path("models"), work: Work = Path("work")) -> None:
    """Mô hình nhúng (cần gói [models] có torch)."""
    _train(shared, out, work, with_ranker=False)


@app.command()
def ranker(shared: Shared = None, out: Out = Path("models"), work: Work = Path("work")) -> None:
    """Mô hình nhúng và bộ xếp hạng: đặc trưng lấy từ các mô hình nhúng chưa thấy câu hỏi."""
    _train(shared, out, work, with_ranker=True)


@app.command()
def restorer(shared: Shared = None, out: Out = Path("models")) -> None:
    """Bộ khôi phục dấu tiếng Việt."""
    from eval.suites import shared_data
    from eval.train.restorer import train

    print(train(shared or shared_data(), out / "restorer"))


def _train(shared: Path | None, out: Path, work: Path, with_ranker: bool) -> None:
    from eval.suites import shared_data

    try:
        from eval.train.ranker import train
    except ImportError as error:
        raise BadInput("models_extra_missing") from error
    train(shared or shared_data(), out, work, with_ranker)
