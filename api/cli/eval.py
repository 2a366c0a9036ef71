"""``cancu eval``: suites, runs, comparisons, reports. The work is in the package ``eval``; here it is called and shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.typing import Typing

if TYPE_CHECKING:
    from eval.run import Progress

app = typer.Typer(
    name="eval",
    help="Đo chất lượng: bộ câu hỏi, lượt chạy, so sánh, báo cáo.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Json = Annotated[bool, typer.Option("--json", help="In JSON thay vì chữ cho người đọc.")]
MOST_BM25_GAP = 0.01  # of nDCG@10, relative


@app.command()
def suites(
    roots: Annotated[list[Path] | None, typer.Argument(help="Thư mục khác có bộ câu hỏi.")] = None,
    as_json: Json = False,
) -> None:
    """Liệt kê và kiểm tra các bộ câu hỏi; thoát 3 khi có bộ sai."""
    from eval.corpora import known_ids
    from eval.suites import SuiteWrong, find_suites, load_questions, load_suite

    wrong = False
    for folder in find_suites(*(roots or [])):
        entry: dict[str, Any] = {"suite": folder.name, "path": str(folder), "problems": []}
        try:
            suite = load_suite(folder)
            if suite.questions.exists():
                known = known_ids(suite)
                entry |= {"measures": suite.measures, "corpus": suite.corpus}
                entry["splits"] = {split: len(load_questions(suite, split, known)) for split in suite.splits}
            else:
                entry["absent"] = str(suite.questions)
        except SuiteWrong as error:
            wrong = True
            entry["problems"] = [str(problem) for problem in error.problems]
        typer.echo(json.dumps(entry, ensure_ascii=False) if as_json else _suite_line(entry))
    raise typer.Exit(3 if wrong else 0)


@app.command()
def run(
    suite: Annotated[str, typer.Argument(help="Tên hoặc thư mục của bộ câu hỏi.")],
    split: Annotated[str | None, typer.Option(help="Phần của bộ câu hỏi.")] = None,
    against: Annotated[
        str | None, typer.Option(help="Địa chỉ dịch vụ đang chạy, ví dụ http://127.0.0.1:8620.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Thư mục của lượt chạy; chạy lại thì làm tiếp.")] = None,
    typing: Annotated[Typing, typer.Option(help="Cách gõ câu hỏi.")] = Typing.AS_WRITTEN,
    seed: Annotated[int, typer.Option(help="Hạt giống của mẫu và cách gõ.")] = 1,
    sample: Annotated[int | None, typer.Option(min=1, help="Chỉ hỏi ngần này câu.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Số câu hỏi cùng lúc.")] = 2,
    passages: Annotated[str, typer.Option(help="Đơn vị lập chỉ mục kho điều luật: clause hoặc article.")] = "clause",
    data_dir: Annotated[Path | None, typer.Option("--data-dir", help="Dùng thư mục dữ liệu này.")] = None,
    as_json: Json = False,
) -> None:
    """Hỏi mọi câu của một bộ rồi chấm điểm."""
    from eval.corpora import caches, ensure_corpus, known_ids
    from eval.provisions import Unit
    from eval.run import RunOptions, run_suite
    from eval.score import score_run
    from eval.suites import load_questions, load_suite, suite_folder

    chosen = load_suite(suite_folder(suite))
    split = split or chosen.default_split
    questions = load_questions(chosen, split, known_ids(chosen))
    folder = None if against else data_dir or ensure_corpus(chosen, Unit(passages), _progress("kho"))
    out = out or caches() / "runs" / f"{chosen.name}-{split}-{typing}"
    options = RunOptions(split, typing, seed, sample, workers, against)
    run_suite(chosen, questions, folder, out, options, _progress("câu hỏi"))
    scores = score_run(out)
    if as_json:
        typer.echo(
            json.dumps({k: v for k, v in scores.items() if k != "rows"} | {"run": str(out)}, ensure_ascii=False)
        )
        return
    for name, e in scores["overall"].items():
        if e.get("value") is not None:
            typer.echo(f"{name:28} {e['value']:.4f}  [{e['low']:.4f}; {e['high']:.4f}]  n={e['n']}")
    typer.echo(f"{len(scores['failed'])} câu lỗi, {len(scores['missing'])} câu thiếu (tính điểm 0). Lượt chạy: {out}")


@app.command()
def compare(base: Path, new: Path, as_json: Json = False) -> None:
    """So hai lượt chạy theo từng câu hỏi."""
    from eval.compare import compare_runs
    from eval.report import comparison_markdown

    found = compare_runs(base, new)
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(comparison_markdown(found)))


@app.command()
def report(
    run: Path,
    base: Annotated[Path | None, typer.Option(help="Lượt chạy để so sánh.")] = None,
    out: Annotated[Path | None, typer.Option(help="Thư mục của báo cáo; mặc định là thư mục lượt chạy.")] = None,
) -> None:
    """Viết báo cáo HTML, Markdown và JSON."""
    from eval.report import write_report

    for path in write_report(run, out or run, base):
        typer.echo(path)


@app.command()
def judge(run: Path) -> None:
    """Nhờ mô hình ngôn ngữ chấm câu trả lời (CANCU_JUDGE_URL, CANCU_JUDGE_MODEL); tách khỏi điểm chính."""
    from eval.judge import judge_run

    judged = judge_run(run)
    typer.echo(json.dumps(judged["means"]) if judged else "Chưa đặt mô hình chấm, hoặc không có câu trả lời để chấm.")


@app.command("check-bm25")
def check_bm25(
    suite: str,
    split: Annotated[str | None, typer.Option(help="Phần của bộ câu hỏi.")] = None,
    passages: Annotated[str, typer.Option(help="Đơn vị lập chỉ mục: clause hoặc article.")] = "clause",
) -> None:
    """So chỉ mục từ vựng với một BM25 độc lập (bm25s); thoát 11 khi lệch quá 1 %."""
    from eval.corpora import ensure_corpus
    from eval.provisions import Unit
    from eval.reference_bm25 import compare_with_bm25s
    from eval.suites import load_questions, load_suite, suite_folder

    chosen = load_suite(suite_folder(suite))
    folder = ensure_corpus(chosen, Unit(passages), _progress("kho"))
    found = compare_with_bm25s(chosen, load_questions(chosen, split), folder)
    typer.echo(json.dumps(found))
    raise typer.Exit(11 if found["gap"] > MOST_BM25_GAP else 0)


@app.command()
def mutations(
    fold: Annotated[str, typer.Option(help="train hoặc test; ngưỡng chỉ chọn trên train.")] = "test",
    sentences: Annotated[int, typer.Option(min=1, help="Số câu đúng.")] = 2400,
    as_json: Json = False,
) -> None:
    """Câu đúng và câu bị sửa sai từ kho điều luật: tỷ lệ bắt được từng loại lỗi."""
    from eval.mutations import cases, judge, table, truths

    found = table(judge(case for truth in truths(fold, sentences) for case in cases(truth)))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    classes: dict[str, dict[str, float]] = found["classes"]  # type: ignore[assignment]
    for kind, row in classes.items():
        typer.echo(f"{kind:10} {row['n']:6.0f} câu, loại {row['share']:.2%}")
    typer.echo(f"thời gian mỗi câu (ms): {found['ms']}")


@app.command()
def extractive(
    data_dir: Annotated[
        Path | None, typer.Argument(exists=True, file_okay=False, help="Thư mục dữ liệu của kho điều luật.")
    ] = None,
    split: Annotated[str, typer.Option(help="dev hoặc train.")] = "dev",
    count: Annotated[int | None, typer.Option(min=1, help="Chỉ ngần này câu đầu.")] = None,
    against: Annotated[str | None, typer.Option(help="Địa chỉ một dịch vụ đang chạy: đo qua HTTP.")] = None,
) -> None:
    """Câu trả lời trích nguyên văn: căn cứ đầu tiên đúng bao nhiêu, một trong ba căn cứ đúng bao nhiêu."""
    from eval.extractive import run_extractive
    from eval.targets import InProcess, OverHttp
    from rag.settings import load_settings

    target = OverHttp(against) if against else InProcess(data_dir or load_settings().data_dir)
    try:
        typer.echo(json.dumps(run_extractive(target, split, count), ensure_ascii=False))
    finally:
        target.close()


@app.command()
def refusal(
    data_dir: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Thư mục dữ liệu của kho điều luật.")
    ],
    split: Annotated[str, typer.Option(help="dev, hoặc train nơi đã chọn ngưỡng.")] = "dev",
) -> None:
    """Từ chối: câu trả lời được, câu có văn bản bị lấy ra khỏi kho, câu ngoài pháp luật; đường cong và AUROC."""
    import numpy as np

    from eval.refusal import collect, refused_shares, report, shipped_scores

    rows = collect(data_dir, split)
    scores = {name: shipped_scores(rows, name) for name in ("answerable", "legal")}
    found = {name: report(rows, *pair) for name, pair in scores.items()}
    refused = np.any([values < threshold for values, threshold in scores.values()], axis=0)
    typer.echo(json.dumps(found | {"refused_by_either": refused_shares(rows, refused)}))


@app.command()
def injections(
    count: Annotated[int | None, typer.Option(min=1, help="Chỉ ngần này chỉ dẫn đầu tiên.")] = None,
) -> None:
    """Chỉ dẫn gài trong văn bản: bao nhiêu câu trả lời làm theo, với hai mô hình biết vâng lời và khi không có mô hình."""
    from eval.injection_run import run_injections

    typer.echo(json.dumps(run_injections(count), ensure_ascii=False))


@app.command("import")
def import_table(
    table: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp CSV hoặc XLSX.")],
    out: Annotated[Path, typer.Option(help="Thư mục của bộ câu hỏi mới.")],
    documents: Annotated[str, typer.Option(help="Thư mục văn bản; để trống thì dùng kho đang có.")] = "",
) -> None:
    """Biến một bảng câu hỏi thành bộ câu hỏi."""
    from eval.tables import import_questions

    typer.echo(f"{import_questions(table, out, documents)} câu hỏi: {out}")


@app.command("parse")
def parse_documents(
    pdf_dir: Annotated[
        Path | None, typer.Option("--set", help="Thư mục văn bản có manifest.csv; mặc định là dữ liệu dùng chung.")
    ] = None,
    only: Annotated[str, typer.Option(help="Chỉ đọc các tệp có tên bắt đầu như vậy.")] = "",
    workers: Annotated[int, typer.Option(min=1, max=16, help="Số tiến trình đọc cùng lúc.")] = 2,
    keep: Annotated[bool, typer.Option("--keep", help="Ghi kết quả này làm mốc so sánh.")] = False,
    as_json: Json = False,
) -> None:
    """Đo việc đọc văn bản: số hiệu, loại, ngày, cơ quan, Điều, Khoản, Điểm, viện dẫn, bảng, tốc độ."""
    from api.cli.eval_parse import parse_report, report_lines
    from eval.parse_run import keep_baseline
    from eval.suites import shared_data

    report = parse_report(pdf_dir or shared_data() / "pdfs", only, workers)
    if keep:
        keep_baseline(report)
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else "\n".join(report_lines(report)))


@app.command("reading")
def read_documents(
    pdf_dir: Annotated[
        Path | None, typer.Option("--set", help="Thư mục văn bản có manifest.csv; mặc định là dữ liệu dùng chung.")
    ] = None,
    kept: Annotated[Path, typer.Option(help="Thư mục giữ kết quả đọc; chạy lại thì đọc tiếp.")] = Path("out/reading"),
    only: Annotated[str, typer.Option(help="Chỉ đọc các tệp có tên bắt đầu như vậy.")] = "",
    workers: Annotated[int, typer.Option(min=1, max=16, help="Số tiến trình đọc cùng lúc.")] = 2,
    as_json: Json = False,
) -> None:
    """Đo việc đọc bản quét, bảng mã cũ và tệp Office: chữ, số, Điều, siêu dữ liệu, tìm lại, thời gian một trang."""
    from api.cli.eval_reading import reading_report, report_lines
    from eval.suites import shared_data

    def tell(name: str) -> None:
        typer.echo(name, err=True)

    report = reading_report(pdf_dir or shared_data() / "pdfs", kept, only, workers, tell)
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else "\n".join(report_lines(report)))


def _suite_line(entry: dict[str, Any]) -> str:
    if entry["problems"]:
        return "\n".join([f"{entry['suite']}: SAI", *(f"  {problem}" for problem in entry["problems"])])
    if "absent" in entry:
        return f"{entry['suite']}: chưa có dữ liệu tại {entry['absent']}"
    counts = ", ".join(f"{split} {count}" for split, count in entry["splits"].items())
    return f"{entry['suite']}: {counts} câu; {entry['measures']}"


def _progress(what: str) -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    from rich.console import Console
    from rich.progress import Progress as Bar

    bar = Bar(console=Console(stderr=True))
    task = bar.add_task(what)

    def show(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total or None)
        if done >= total:
            bar.stop()

    return show
