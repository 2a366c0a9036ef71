"""How well scans, legacy encodings and Office files were read, against transcripts, text twins and the law corpus.

The caller gives what was read (`ReadFile`); nothing here imports ingest. Files of ``TUNED`` were looked at while rules
were made; every other one is reported apart from them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from eval.parse_gold import article_body, count_provisions, same_type, similarity
from eval.reading_align import Share, marked_letters, numbers_right, words_in_order
from rag.law.act import Act, Certainty, Level, Provision
from rag.law.identifier import number_key

TUNED = frozenset(
    {"135_2026_ND-CP", "105_2021_ND-CP", "135_2020_ND-CP"}
)  # first 8 and 20 pages tuned the repair of OCR;
# the last showed the comma read for a label's full stop
ARTICLES_ON_PAPER = {  # Điều of the act as the law corpus or its text twin has them (the manifest counts none for scans);
    # 40/2013 and 25/2008 from general knowledge of the acts: check them on the page images before you rest on them
    "68_2020_QH14": 38, "40_2013_QH13": 2, "25_2008_QH12": 52, "135_2020_ND-CP": 9, "293_2025_ND-CP": 5,
    "105_2021_ND-CP": 59, "135_2026_ND-CP": 12,
}  # fmt: skip
_HANDWRITTEN = "viết tay"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What reading a file gave. ``act`` None: ``status`` says why. ``seconds``: wall clock, one file at a time."""

    name: str
    status: str
    act: Act | None
    pages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Label:
    """A row of the manifest, as far as it is known."""

    file: str
    folder: str
    number: str
    type: str
    date: str
    pair: str
    handwritten: bool


def load_labels(manifest: Path) -> list[Label]:
    with manifest.open(encoding="utf-8", newline="") as lines:
        return [
            Label(
                Path(row["file"]).name, row["cls"], row["so_hieu"], row["doc_type"], row["date"], row["pair_group"],
                _HANDWRITTEN in row["note"],
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip


def is_tuned(name: str) -> bool:
    return any(name.startswith(prefix) for prefix in TUNED)


def score_legacy(read: ReadFile, transcript: str) -> Share:
    """Marked letters of the transcript that were read as such."""
    return marked_letters(read.act.text if read.act else "", transcript)


def own_articles(act: Act) -> dict[str, Provision]:
    """The act's own Điều by number, attachments left out."""
    found: dict[str, Provision] = {}

    def look(provisions: Iterable[Provision]) -> None:
        for node in provisions:
            if node.level is Level.ARTICLE:
                found.setdefault(node.number, node)
            elif node.level not in (Level.ATTACHMENT, Level.QUOTED):
                look(node.children)

    look(act.provisions)
    return found


def articles_text(act: Act) -> str:
    """All own Điều, one after the other: what a twin and a scan must share."""
    return "\n".join(act.text[node.start : node.end] for node in own_articles(act).values())


def read_words(act: Act) -> list[tuple[str, bool]]:
    """The words of an act and whether each is marked doubtful."""
    doubts = [doubt for anchor in act.anchors for doubt in anchor.doubtful]
    marked = {at for start, end in doubts for at in range(start, end)}
    return [(found.group(), found.start() in marked) for found in _WORD.finditer(act.text)]


def score_scan(read: ReadFile, right: str) -> dict[str, Any]:
    """Words in order and numbers of a scan against the right text of its Điều."""
    if read.act is None:
        return {"words": 0.0, "numbers_sure": None, "numbers_all": None, "numbers": 0}
    sure, every = numbers_right(read_words(read.act), right)
    return {
        "words": words_in_order(read.act.text, right).value,
        "numbers_sure": sure.value,
        "numbers_all": every.value,
        "numbers": every.all,
        "numbers_marked": every.all - sure.all,
    }


def score_metadata(read: ReadFile, label: Label) -> dict[str, str]:
    """Number, date and type: "right", "guessed" (wrong but marked so), "wrong" or "missing"; what is unknown or written by
    hand is left out."""
    meta = read.act.metadata if read.act else None
    out = {}
    for field, wanted in (("number", label.number), ("date", label.date), ("type", label.type)):
        if not wanted or (label.handwritten and field != "type"):
            continue
        found = getattr(meta, field) if meta else None
        if found is None:
            out[field] = "missing"
        elif _agrees(field, found.value, wanted):
            out[field] = "right"
        else:
            out[field] = "guessed" if found.certainty is Certainty.GUESSED else "wrong"
    return out


def _agrees(field: str, found: str, wanted: str) -> bool:
    if field == "number":
        return number_key(found) == number_key(wanted)
    return found == wanted if field == "date" else same_type(found, wanted)


def score_count(read: ReadFile) -> tuple[int, int] | None:
    """(Điều found, Điều on paper) of a scanned act whose Điều were counted."""
    wanted = next((n for prefix, n in ARTICLES_ON_PAPER.items() if read.name.startswith(prefix)), None)
    if wanted is None:
        return None
    return count_provisions(read.act, Level.ARTICLE) if read.act else 0, wanted


def score_twin_articles(read: Act, twin: Act) -> list[float]:
    """Similarity (0 to 1) of each Điều of ``twin`` with the same Điều of ``read``; a missing one is 0."""
    own, other = own_articles(read), own_articles(twin)
    return [
        similarity(article_body(read, own[number]), article_body(twin, node)) if number in own else 0.0
        for number, node in other.items()
    ]


def summarise(rows: Sequence[Mapping[str, Any]], field: str) -> dict[str, float]:
    """Mean and median of a field over files that have it."""
    values = [row[field] for row in rows if row.get(field) is not None]
    return (
        {"files": len(values), "mean": sum(values) / len(values), "median": median(values)}
        if values
        else {"files": 0}
    )
