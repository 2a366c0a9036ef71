"""``cancu eval parse``: reads the documents of a set in worker processes and shows how well they were read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from eval.parse_marks import load_marks
from eval.parse_marks_score import ReadReference, ReadTable
from eval.parse_run import ParsedFile, compare_with_baseline, evaluate, load_baseline
from ingest.lines import PrintedPage
from rag.errors import BadInput
from rag.law.act import Act

SHOWN_WRONG = 12  # wrong items of one mark-up shown to people; JSON has all


def parse_report(pdf_dir: Path, only: str, workers: int) -> dict[str, Any]:
    """The evaluation of the PDFs of ``pdf_dir`` whose names begin with ``only``. Raises BadInput, MarksWrong."""
    if not (pdf_dir / "manifest.csv").is_file():
        raise BadInput("parse_set_missing", path=pdf_dir / "manifest.csv")
    marks = load_marks()
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        report = evaluate(pdf_dir, lambda paths: pool.map(read_for_scoring, paths), marks, only=only)
    baseline = load_baseline()
    return report | {"against_baseline": compare_with_baseline(report, baseline) if baseline else None}


def read_for_scoring(path: Path) -> ParsedFile:
    """One file read whole. Any failure is a result of the evaluation, not its end."""
    started = time.process_time()
    try:
        return _read_pdf(path, started) if path.suffix == ".pdf" else _read_other(path, started)
    except Exception as error:
        return ParsedFile(path.name, None, 0, time.process_time() - started, error=f"{type(error).__name__}: {error}")


def _read_pdf(path: Path, started: float) -> ParsedFile:
    """Timed from opening to passages and links, as ingestion reads; tables for scoring are taken afterwards."""
    from ingest.layout import clean_layout
    from ingest.pdf import read_pages
    from ingest.split import split_passages
    from ingest.structure import parse_act

    ruled: list[PrintedPage] = []
    document = clean_layout(_watched(read_pages(path), ruled))
    act = parse_act(document)
    split_passages("", act)
    references = _references(act)
    seconds = time.process_time() - started
    return ParsedFile(path.name, act, document.page_count, seconds, tuple(_tables(ruled)), references)


def _watched(pages: Iterable[PrintedPage], ruled: list[PrintedPage]) -> Iterator[PrintedPage]:
    for page in pages:
        if page.rules:
            ruled.append(page)
        yield page


def _read_other(path: Path, started: float) -> ParsedFile:
    """A file that is no PDF, as far as ingestion reads such files."""
    from ingest.read import read_document

    read = read_document(path)
    seconds = time.process_time() - started
    return ParsedFile(path.name, read.act, read.page_count, seconds, error="" if read.act else str(read.status))


def _tables(pages: Iterable[PrintedPage]) -> Iterator[ReadTable]:
    from ingest.tables import read_tables

    for page in pages:
        tables: dict[int, list[tuple[str, ...]]] = {}
        for row in filter(lambda row: row.text, read_tables(page.rules, page.words)):
            cells = tuple(cell.text if cell.begins else "" for cell in row.cells)
            tables.setdefault(row.table, []).append(cells)
        for rows in tables.values():
            yield ReadTable(page.number, tuple(rows))


def _references(act: Act) -> tuple[ReadReference, ...]:
    from rag.law.links import find_links

    return tuple(
        ReadReference(link.start, link.end, "this" if link.own else link.number or f"~ {link.name}", link.eid)
        for link in find_links(act)
    )


# --- what people read ---------------------------------------------------------------------------------------------


def report_lines(report: dict[str, Any]) -> Iterator[str]:
    """The report as lines, worst first."""
    for entry in report["files"]:
        if said := _file_faults(entry):
            yield f"{entry['file']}: {said}"
    for entry in report["gold"]:
        for name, tally in entry["tallies"].items():
            yield from _gold_lines(entry, name, tally)
    yield from _pair_lines(report)
    yield from _figure_lines(report["figures"])
    if compared := report["against_baseline"]:
        for kind, said in (("gains", "được"), ("losses", "MẤT")):
            yield f"so với mốc, {said}: {len(compared[kind])}"
            yield from (f"  {item}" for item in compared[kind][:SHOWN_WRONG])


def _file_faults(entry: dict[str, Any]) -> str:
    said = [entry["error"]] if entry["error"] else []
    said += [f"{field} đọc là «{found}»" for field, found in entry["wrong"].items()]
    if unequal := entry.get("articles_unequal"):
        said.append(f"{len(unequal)} Điều khác kho luật: {', '.join(list(unequal)[:SHOWN_WRONG])}")
    return "; ".join(said)


def _gold_lines(entry: dict[str, Any], name: str, tally: dict[str, Any]) -> Iterator[str]:
    held = " (để riêng)" if entry["held_out"] else ""
    yield f"{name} {entry['document']}{held}: đúng {tally['right']}/{tally['wanted']}, thừa {tally['extra']}"
    if not entry["held_out"]:
        yield from (f"  {item}" for item in tally["wrong"][:SHOWN_WRONG])


def _pair_lines(report: dict[str, Any]) -> Iterator[str]:
    used = [pair for pair in report["pairs"] if pair["articles"]]
    yield f"{len(used)} văn bản so với kho luật; {len(report['pairs']) - len(used)} không so được (lý do trong --json)"
    for pair in report["pair_groups"]:
        yield f"{pair['group']}: {pair['other']}: {pair.get('similarity', pair.get('not_read'))}"


def _figure_lines(figures: dict[str, Any]) -> Iterator[str]:
    for field, found in figures["labels"].items():
        yield f"{field:22} {found['share']:.3f}  ({found['right']}/{found['of']})"
    if a := figures["articles"]:
        yield f"{'article text':22} trung vị {a['median']:.4f}; từ .98: {a['equal_share']:.4f} của {a['compared']} Điều"
    for held, name in (("", "gold"), (" để riêng", "gold_held_out")):
        for measure, t in figures[name].items():
            shares = f"P {t['precision']:.4f} R {t['recall']:.4f} F1 {t['f1']:.4f}"
            yield f"{measure + held:22} {shares}  n={t['wanted']}, {t['documents']} văn bản"
    for kind, pace in figures["speed"].items():
        size = f"{pace['pages']} trang, {pace['files']} tệp"
        yield f"{'speed ' + kind:22} {pace['pages_per_core_second']} trang/giây một lõi ({size})"
