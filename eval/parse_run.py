"""One evaluation of parsing: labels, law corpus, pairs of forms, hand mark-ups, speed; compared with a kept baseline.

The caller reads the files (``ParsedFile``), so nothing here imports ingest.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median
from typing import Any

import zstandard

from eval.parse_gold import (
    CORRECTIONS,
    EQUAL_FROM,
    FileScore,
    Label,
    fold_spaces,
    load_corrections,
    load_labels,
    score_act,
)
from eval.parse_marks import Kind, Marks
from eval.parse_marks_score import (
    ReadReference,
    ReadTable,
    Tally,
    score_provisions,
    score_references,
    score_tables,
)
from eval.parse_pairs import pair_articles, score_pairs
from rag.law.act import Act, ActMetadata

BASELINE = Path(__file__).with_name("baselines") / "parse.json"
LAW, VERSIONS = Path("law/corpus.jsonl.zst"), Path("law/versions.jsonl.zst")
TABULAR_FILES = 10  # the most tabular files, whose speed is reported apart (issue 4)
PROSE_SHARE = 0.05  # a file with fewer pages that hold tables is prose
LEAST_PROSE_PAGES = 5  # shorter files measure the opening, not the reading
MOST_COMPARED = 200_000  # characters of a text compared with its other form: difflib is quadratic at worst


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What reading made of one file. ``seconds``: processor time of one core. ``act`` None: ``error`` says why."""

    file: str
    act: Act | None
    pages: int
    seconds: float
    tables: tuple[ReadTable, ...] = ()
    references: tuple[ReadReference, ...] = ()
    error: str = ""


Parse = Callable[[Sequence[Path]], Iterable[ParsedFile]]
"""Paths → one result each, in their order; the caller may use several processes."""


def evaluate(
    pdf_dir: Path, parse: Parse, marks: Sequence[Marks], folder: str = "born-digital", only: str = ""
) -> dict[str, Any]:
    """All figures of one reading of the PDFs of ``folder`` whose names begin with ``only``, as plain values for JSON."""
    every = load_labels(pdf_dir / "manifest.csv", folder, load_corrections())
    labels = [label for label in every if Path(label.file).name.startswith(only)]
    with (pdf_dir / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["file"]: row for row in csv.DictReader(lines)}
    parsed = {file.file: file for file in parse([pdf_dir / label.file for label in labels])}
    read = [(label, parsed[Path(label.file).name]) for label in labels]
    pairs = pair_articles(labels, *_law(pdf_dir.parent))
    files = [_file_score(label, file) for label, file in read]
    articles = {label.file: score_pairs(file.act, label, pairs) for label, file in read if file.act}
    gold = [score_marks(m, parsed[m.document]) for m in marks if m.document in parsed]
    return {
        "figures": {
            "labels": _label_figures(files),
            "articles": _article_figures([s for scores in articles.values() for s in scores.values()]),
            "gold": _gold_figures(gold, held_out=False),
            "gold_held_out": _gold_figures(gold, held_out=True),
            "speed": _speed(read, rows),
        },
        "files": [
            _file_entry(score, file, articles.get(label.file, {}))
            for score, (label, file) in zip(files, read, strict=True)
        ],
        "gold": gold,
        "gold_absent": sorted(m.document for m in marks if m.document not in parsed and m.document.startswith(only)),
        "pairs": pairs.described(),
        "pair_groups": list(_pair_groups(pdf_dir, rows, parsed, folder, parse)),
        "corrections": CORRECTIONS.name,
    }


def _law(data: Path) -> tuple[Iterator[str], Iterator[str]]:
    return _zst_lines(data / LAW), _zst_lines(data / VERSIONS)


def _zst_lines(path: Path) -> Iterator[str]:
    """Nothing where the file is not there."""
    if path.is_file():
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as unpacked:
            yield from io.TextIOWrapper(unpacked, encoding="utf-8")


def _file_score(label: Label, file: ParsedFile) -> FileScore:
    """A file that could not be read is wrong in every field that is known."""
    if file.act:
        return score_act(file.act, label)
    known = score_act(_NOTHING, label).right
    return FileScore(label.file, dict.fromkeys(known, False), {}, file.error)


_NOTHING = Act("", (), ActMetadata(), ())


def _file_entry(score: FileScore, file: ParsedFile, articles: Mapping[str, float]) -> dict[str, Any]:
    entry: dict[str, Any] = {"file": Path(score.file).name, "pages": file.pages, "seconds": round(file.seconds, 3)}
    entry |= {"wrong": {f: score.found.get(f, "") for f, right in score.right.items() if not right}}
    entry |= {"right": [f for f, right in score.right.items() if right], "error": score.error}
    if articles:
        entry |= {"articles_compared": len(articles), "article_text_median": round(median(articles.values()), 5)}
        entry |= {"articles_unequal": {a: round(s, 4) for a, s in articles.items() if s < EQUAL_FROM}}
    return entry


def _label_figures(files: Sequence[FileScore]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in dict.fromkeys(f for score in files for f in score.right):
        known = [score.right[field] for score in files if field in score.right]
        found[field] = {"right": sum(known), "of": len(known), "share": round(sum(known) / len(known), 4)}
    return found


def _article_figures(similarities: Sequence[float]) -> dict[str, Any]:
    if not similarities:
        return {}
    equal = sum(value >= EQUAL_FROM for value in similarities)
    return {
        "compared": len(similarities),
        "median": round(median(similarities), 5),
        "equal": equal,
        "equal_share": round(equal / len(similarities), 4),
    }


def score_marks(marks: Marks, file: ParsedFile) -> dict[str, Any]:
    """One mark-up against one file: a tally a measure. A file that was not read has everything missing."""
    act = file.act or _NOTHING
    tallies = {
        Kind.PROVISIONS: lambda: score_provisions(act, marks),
        Kind.REFERENCES: lambda: {"references": score_references(act, file.references, marks)},
        Kind.TABLES: lambda: {"table_cells": score_tables(file.tables, marks)},
    }[marks.kind]()
    entry: dict[str, Any] = {"kind": str(marks.kind), "document": marks.document, "held_out": marks.held_out}
    return entry | {"tallies": {name: _plain(tally) for name, tally in tallies.items()}}


def _plain(tally: Tally) -> dict[str, Any]:
    return {"right": tally.right, "wanted": tally.wanted, "extra": tally.extra, "wrong": list(tally.wrong)}


def _gold_figures(gold: Sequence[Mapping[str, Any]], *, held_out: bool) -> dict[str, Any]:
    totals: dict[str, Tally] = {}
    documents: dict[str, int] = {}
    for entry in gold:
        if entry["held_out"] is held_out:
            for name, t in entry["tallies"].items():
                totals[name] = totals.get(name, Tally()) + Tally(t["right"], t["wanted"], t["extra"])
                documents[name] = documents.get(name, 0) + 1
    return {
        name: {
            "documents": documents[name],
            "wanted": t.wanted,
            "right": t.right,
            "extra": t.extra,
            "precision": round(t.precision, 4),
            "recall": round(t.recall, 4),
            "f1": round(t.f1, 4),
        }
        for name, t in totals.items()
    }


# --- speed ------------------------------------------------------------------------------------------------------


def _speed(read: Sequence[tuple[Label, ParsedFile]], rows: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Pages a second of processor time on one core; two cores read two files at once."""
    share = {label.file: float(rows[label.file]["table_page_frac"] or 0) for label, _ in read}
    by_share = sorted(read, key=lambda pair: -share[pair[0].file])
    prose = [f for label, f in read if share[label.file] < PROSE_SHARE and f.pages >= LEAST_PROSE_PAGES]
    tabular = [f for _, f in by_share[:TABULAR_FILES]]
    return {name: _pace(files) for name, files in (("prose", prose), ("tabular", tabular))}


def _pace(files: Sequence[ParsedFile]) -> dict[str, Any]:
    pages, seconds = sum(f.pages for f in files), sum(f.seconds for f in files)
    pace = round(pages / seconds, 1) if seconds else 0.0
    return {"files": len(files), "pages": pages, "pages_per_core_second": pace}


# --- the same document in several forms ---------------------------------------------------------------------------


def _pair_groups(
    pdf_dir: Path, rows: Mapping[str, Mapping[str, str]], parsed: Mapping[str, ParsedFile], folder: str, parse: Parse
) -> Iterator[dict[str, Any]]:
    """Each file of ``folder`` against the other forms of its document: similarity of the whole texts."""
    for group in sorted({row["pair_group"] for row in rows.values() if row["pair_group"]}):
        members = [row for row in rows.values() if row["pair_group"] == group]
        first = next((row for row in members if row["cls"] == folder), None)
        if first is None or (mine := parsed.get(Path(first["file"]).name)) is None:
            continue
        for other in (row for row in members if row is not first):
            yield {"group": group, "file": mine.file, "other": other["file"]} | _alike(
                mine, pdf_dir / other["file"], parse
            )


def _alike(mine: ParsedFile, path: Path, parse: Parse) -> dict[str, Any]:
    (other,) = parse([path])
    if not (mine.act and other.act):
        return {"not_read": other.error or mine.error}
    texts = fold_spaces(mine.act.text)[:MOST_COMPARED], fold_spaces(other.act.text)[:MOST_COMPARED]
    return {"similarity": round(word_similarity(*texts), 4)}


def word_similarity(one: str, other: str) -> float:
    """Share of words in common (2 × matches / length): whole documents are too long to compare letter by letter."""
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


# --- baseline ---------------------------------------------------------------------------------------------------


def baseline_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a report: the figures, and by file and measure the names of what is wrong."""
    wrong: dict[str, list[str]] = {}
    for entry in report["files"]:
        wrong[f"{entry['file']} labels"] = sorted(entry["wrong"])
        wrong[f"{entry['file']} articles"] = sorted(entry.get("articles_unequal", {}))
    for entry in report["gold"]:
        for name, tally in entry["tallies"].items():
            wrong[f"{entry['document']} {name}"] = sorted(tally["wrong"])
    figures = {name: value for name, value in report["figures"].items() if name != "speed"}
    return {"figures": figures, "wrong": wrong}


def compare_with_baseline(report: Mapping[str, Any], baseline: Mapping[str, Any]) -> dict[str, list[str]]:
    """``gains``: wrong then, right now; ``losses``: the reverse. What only one of both knows is left out."""
    before, now = baseline["wrong"], baseline_of(report)["wrong"]
    common = [name for name in now if name in before]
    return {
        "gains": [f"{name}: {item}" for name in common for item in before[name] if item not in now[name]],
        "losses": [f"{name}: {item}" for name in common for item in now[name] if item not in before[name]],
        "only_now": sorted(name for name in now if name not in before),
    }


def keep_baseline(report: Mapping[str, Any], path: Path = BASELINE) -> None:
    """Write the baseline anew; its diff is read like code."""
    path.write_text(json.dumps(baseline_of(report), ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")


def load_baseline(path: Path = BASELINE) -> dict[str, Any] | None:
    return json.loads(path.read_text("utf-8")) if path.is_file() else None
