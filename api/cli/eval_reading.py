"""``cancu eval reading``: scans, legacy encodings and Office files read as ingestion reads them, and scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from eval.articles import corpus_lines, read_acts
from eval.parse_gold import EQUAL_FROM
from eval.reading_score import (
    Label,
    ReadFile,
    articles_text,
    is_tuned,
    load_labels,
    score_count,
    score_legacy,
    score_metadata,
    score_scan,
    score_twin_articles,
)
from eval.reading_search import heading_questions, hits_at_five
from ingest.limits import ReadLimits
from ingest.read import ReadDocument
from ingest.worker import ReaderPool
from rag.errors import BadInput
from rag.law.act import Act
from rag.law.identifier import number_key

PATIENT = ReadLimits(wall_s=600.0, cpu_s=300)  # other work may share the cores; what is measured is the reading
Told = Callable[[str], None]


class Reader:
    """Reads each file once; with ``kept`` what was read stays there, so that a stopped evaluation goes on."""

    def __init__(self, pool: ReaderPool, kept: Path) -> None:
        self._pool, self._kept = pool, kept
        self._decoder = msgspec.msgpack.Decoder(tuple[ReadDocument, float])
        kept.mkdir(parents=True, exist_ok=True)

    def read(self, path: Path) -> tuple[ReadDocument, float]:
        """The document and the wall-clock seconds it took when it was read."""
        kept = self._kept / f"{path.name}.msgpack"
        if kept.exists():
            return self._decoder.decode(kept.read_bytes())
        started = time.perf_counter()
        read = self._pool.submit(path).result()
        seconds = time.perf_counter() - started
        kept.write_bytes(msgspec.msgpack.encode((read, seconds)))
        return read, seconds


def reading_report(pdf_dir: Path, kept: Path, only: str, workers: int, tell: Told) -> dict[str, Any]:
    """Every score of issue-like tables over the folders of ``pdf_dir``. Raises BadInput when the set is not there."""
    if not (pdf_dir / "manifest.csv").is_file():
        raise BadInput("parse_set_missing", path=pdf_dir / "manifest.csv")
    labels = [label for label in load_labels(pdf_dir / "manifest.csv") if label.file.startswith(only)]
    with ReaderPool(PATIENT, workers, kept / "pages") as pool:
        reader = Reader(pool, kept)
        report: dict[str, Any] = {"legacy": list(_legacy(pdf_dir, labels, reader, tell))}
        gold = _gold(pdf_dir, labels, reader)
        report["scans"] = list(_scans(pdf_dir, labels, reader, gold, tell))
        report["docx_twins"] = list(_docx_twins(pdf_dir, labels, reader))
        report["search"] = list(_search(pdf_dir, labels, reader))
    return report


def _read_file(name: str, reader: Reader, path: Path) -> ReadFile:
    read, seconds = reader.read(path)
    return ReadFile(name, str(read.status), read.act, read.page_count, seconds)


def _legacy(pdf_dir: Path, labels: list[Label], reader: Reader, tell: Told) -> Iterator[dict[str, Any]]:
    folder = pdf_dir / "legacy-encoding"
    for label in (one for one in labels if one.folder == "legacy-encoding"):
        transcript = folder / "ground-truth" / f"{label.file}.txt"
        if transcript.exists():
            share = score_legacy(_read_file(label.file, reader, folder / label.file), transcript.read_text("utf-8"))
            yield {"file": label.file, "marked_letters": share.value, "letters": share.all}
            tell(label.file)


def _gold(pdf_dir: Path, labels: list[Label], reader: Reader) -> dict[str, tuple[str, str]]:
    """Scan → (right text of its Điều, where from): its born-digital twin, else the law corpus."""
    twins = {one.pair: one for one in labels if one.pair and one.folder == "born-digital"}
    scans = [one for one in labels if one.folder == "scanned"]
    corpus = _corpus(
        pdf_dir.parent / "law" / "corpus.jsonl.zst", [one.number for one in scans if one.pair not in twins]
    )
    gold = {}
    for scan in scans:
        if scan.pair in twins:
            act = reader.read(pdf_dir / "born-digital" / twins[scan.pair].file)[0].act
            if act:
                gold[scan.file] = (articles_text(act), "twin")
        elif articles := corpus.get(number_key(scan.number)):
            gold[scan.file] = ("\n".join(articles.values()), "corpus")
    return gold


def _corpus(file: Path, numbers: list[str]) -> dict[str, dict[str, str]]:
    """Number key → article → text, of the acts asked for that the law corpus holds whole."""
    if not file.exists():
        return {}
    wanted = {number_key(number) for number in numbers}
    found: dict[str, dict[str, str]] = {}
    for act in read_acts(corpus_lines(file)):
        key = number_key(act.articles[0]["metadata"]["doc_no"])
        if key in wanted and not any(article["metadata"].get("truncated") for article in act.articles):
            found[key] = {str(one["metadata"]["article"]): one["text"] for one in act.articles}
    return found


def _scans(
    pdf_dir: Path, labels: list[Label], reader: Reader, gold: dict[str, tuple[str, str]], tell: Told
) -> Iterator[dict[str, Any]]:
    for label in (one for one in labels if one.folder == "scanned"):
        read = _read_file(label.file, reader, pdf_dir / "scanned" / label.file)
        row: dict[str, Any] = {
            "file": label.file, "status": read.status, "pages": read.pages, "tuned": is_tuned(label.file),
            "seconds_a_page": read.seconds / max(read.pages, 1), "metadata": score_metadata(read, label),
            "articles": score_count(read),
        }  # fmt: skip
        if label.file in gold:
            text, source = gold[label.file]
            row |= score_scan(read, text) | {"against": source}
        yield row
        tell(label.file)


def _docx_twins(pdf_dir: Path, labels: list[Label], reader: Reader) -> Iterator[dict[str, Any]]:
    twins = {one.pair: one for one in labels if one.pair and one.folder == "born-digital"}
    for label in (
        one for one in labels if one.folder == "office" and one.pair in twins and one.file.endswith(".docx")
    ):
        own = reader.read(pdf_dir / "office" / label.file)[0].act
        other = reader.read(pdf_dir / "born-digital" / twins[label.pair].file)[0].act
        if own and other and (values := score_twin_articles(own, other)):
            equal = sum(value >= EQUAL_FROM for value in values) / len(values)
            yield {
                "file": label.file,
                "articles": len(values),
                "mean": sum(values) / len(values),
                "equal": equal,
                "least": min(values),
            }


def _search(pdf_dir: Path, labels: list[Label], reader: Reader) -> Iterator[dict[str, Any]]:
    """Every scan and DOCX with a born-digital twin, among the passages of all other born-digital files."""
    born = [one for one in labels if one.folder == "born-digital"]
    for scan in (one for one in labels if one.folder in ("scanned", "office") and one.pair):
        twin = next((one for one in born if one.pair == scan.pair), None)
        if twin is None:
            continue
        right = reader.read(pdf_dir / "born-digital" / twin.file)[0]
        own = reader.read(pdf_dir / scan.folder / scan.file)[0]
        questions = heading_questions(right.act) if isinstance(right.act, Act) else []
        if not questions:
            continue
        others = [
            p for one in born if one is not twin for p in reader.read(pdf_dir / "born-digital" / one.file)[0].passages
        ]
        yield {
            "file": scan.file, "questions": len(questions),
            "twin": hits_at_five(questions, right.passages, others),
            "read": hits_at_five(questions, own.passages, others),
        }  # fmt: skip


def report_lines(report: dict[str, Any]) -> list[str]:
    """The report for people."""
    lines = ["Bảng mã cũ: chữ có dấu đọc đúng"]
    lines += [f"  {row['marked_letters']:.4f} ({row['letters']} chữ)  {row['file']}" for row in report["legacy"]]
    lines.append(
        "Bản quét: từ đúng theo thứ tự; số đúng trong số không bị đánh dấu; giây một trang; Điều; siêu dữ liệu"
    )
    lines += [_scan_line(row) for row in report["scans"]]
    lines.append("DOCX so với bản PDF cùng văn bản: độ giống trung bình và thấp nhất của các Điều")
    lines += [f"  {r['mean']:.4f} {r['least']:.4f} ({r['articles']} Điều)  {r['file']}" for r in report["docx_twins"]]
    lines.append("Tìm lại theo tiêu đề Điều, hit@5: bản gốc và bản đọc")
    lines += [f"  {r['twin']:.3f} {r['read']:.3f} ({r['questions']} câu)  {r['file']}" for r in report["search"]]
    return lines


def _scan_line(row: dict[str, Any]) -> str:
    words = f"{row['words']:.4f} ({row['against']})" if "words" in row else "–"
    sure = row.get("numbers_sure")
    numbers = f"{sure:.4f} ({row['numbers']}, {row['numbers_marked']} đánh dấu)" if sure is not None else "–"
    articles = "/".join(map(str, row["articles"])) if row["articles"] else "–"
    metadata = " ".join(f"{field}:{value}" for field, value in row["metadata"].items())
    tuned = " *" if row["tuned"] else ""
    return f"  {words}  {numbers}  {row['seconds_a_page']:.2f}  {articles}  {metadata}  {row['status']}  {row['file']}{tuned}"
