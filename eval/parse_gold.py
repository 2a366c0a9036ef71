"""How well documents are read: manifest labels and the law corpus against parsed acts. Pure functions.

Labels found wrong on the
page are listed in `parse_corrections.csv` with their evidence and replace the manifest's.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from rag.law.act import Act, Level, Provision
from rag.law.identifier import number_key
from rag.law.text import fold_case_and_tone, nfc, strip_diacritics

CORRECTIONS = Path(__file__).with_name("parse_corrections.csv")
# A Điều counts as equal to the corpus from this character similarity on (issue: share ≥ .98).
EQUAL_FROM = 0.98
# Acts whose text in the law corpus is no gold: key → why.
EXCLUDED_ACTS = {
    "137/2026/nđ-cp": "the corpus holds an uncorrected OCR of it (cô phản, hôi, kê; lines missing in Điều 18)"
}
FIELDS = ("number", "type", "issuer", "date", "articles", "chapters")
_TYPE_ALIASES = {"vbhn": "văn bản hợp nhất"}
_LINKING_WORDS = frozenset({"và", "tỉnh", "thành", "phố"})


@dataclass(frozen=True, slots=True)
class Label:
    """What a file is known to be; empty strings and None are unknown and not scored."""

    file: str
    number: str
    type: str
    issuer: str
    date: str
    articles: int | None
    chapters: int | None


@dataclass(frozen=True, slots=True)
class FileScore:
    """``right``: field → whether it agrees (unknown ones left out); ``found``: what was read."""

    file: str
    right: Mapping[str, bool]
    found: Mapping[str, str]
    error: str = ""


@dataclass(frozen=True, slots=True)
class ArticleScore:
    """``similarity`` (0 to 1) of one Điều with the law corpus after NFC and space folding."""

    file: str
    eid: str
    similarity: float


def _count(value: str) -> int | None:
    return int(value) if value.isdecimal() else None


def load_corrections(path: Path = CORRECTIONS) -> dict[tuple[str, str], str]:
    """(file name, field) → the value seen on the page."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {(row["file"], row["field"]): row["right"] for row in csv.DictReader(lines)}


def load_labels(manifest: Path, folder: str, corrections: Mapping[tuple[str, str], str]) -> list[Label]:
    """The labels of the PDFs in ``folder`` ("born-digital") of the manifest, corrected."""
    columns = {"number": "so_hieu", "type": "doc_type", "issuer": "issuing_body", "date": "date"}
    columns |= {"articles": "dieu_count", "chapters": "chuong_count"}
    found = []
    with manifest.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["cls"] != folder:
                continue
            name = Path(row["file"]).name
            value = {field: corrections.get((name, field), row[column]) for field, column in columns.items()}
            found.append(
                Label(
                    row["file"], value["number"], value["type"], value["issuer"], value["date"],
                    _count(value["articles"]), _count(value["chapters"]),
                )
            )  # fmt: skip
    return found


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", " ", fold_case_and_tone(name)).strip()


def same_type(read: str, label: str) -> bool:
    """ "Quyết định" agrees with "Quyết định + Quy chế": the first named type is the carrier's."""
    wanted = _bare(label.split("+", maxsplit=1)[0])
    return _bare(read) == _TYPE_ALIASES.get(wanted, wanted)


def same_issuer(read: str, label: str) -> bool:
    """Equal names, or a label that writes some words by their initials ("Bộ LĐTBXH", "Sở GDĐT Đồng Tháp")."""
    name, wanted = _bare(read).split(), _bare(label).split()
    if name == wanted:
        return True
    words = [strip_diacritics(word) for word in name if word not in _LINKING_WORDS]
    return _abbreviates(strip_diacritics("".join(word for word in wanted if word not in _LINKING_WORDS)), words)


def _abbreviates(short: str, words: Sequence[str]) -> bool:
    """Whether ``short`` is ``words`` run together, each whole or by its initial."""
    ends = {0}
    for word in words:
        ends = {at + len(form) for at in ends for form in (word, word[0]) if short.startswith(form, at)}
    return len(short) in ends


def count_provisions(act: Act, level: Level) -> int:
    """Provisions of ``level``, quoted ones and those of printed forms left out.

    A form is an attachment inside another, or one with neither number nor name (its numbering merely began anew).
    """

    def counted(provisions: Iterable[Provision], depth: int) -> int:
        total = 0
        for node in provisions:
            unnamed = not (node.number or node.heading)
            inside = depth + (node.level is Level.ATTACHMENT) * (2 if unnamed else 1)
            if inside <= 1:
                total += (node.level is level) + counted(node.children, inside)
        return total

    return counted(act.provisions, 0)


def score_act(act: Act, label: Label) -> FileScore:
    meta = act.metadata
    found = {field: read.value if (read := getattr(meta, field)) else "" for field in FIELDS[:4]}
    articles, chapters = count_provisions(act, Level.ARTICLE), count_provisions(act, Level.CHAPTER)
    right: dict[str, bool] = {}
    if label.number:
        right["number"] = number_key(found["number"]) == number_key(label.number)
    if label.type:
        right["type"] = same_type(found["type"], label.type)
    if label.issuer:
        right["issuer"] = same_issuer(found["issuer"], label.issuer)
    if label.date:
        right["date"] = found["date"] == label.date
    if label.articles is not None:
        right["articles"] = articles == label.articles
    if label.chapters is not None:
        right["chapters"] = chapters == label.chapters
    return FileScore(label.file, right, found | {"articles": str(articles), "chapters": str(chapters)})


def fold_spaces(text: str) -> str:
    return re.sub(r"\s+", " ", nfc(text)).strip()


def similarity(read: str, gold: str) -> float:
    """Character similarity (2 × matches / length), 0 to 1, after NFC and space folding."""
    read, gold = fold_spaces(read), fold_spaces(gold)
    return 1.0 if read == gold else SequenceMatcher(None, read, gold, autojunk=False).ratio()


def article_body(act: Act, article: Provision) -> str:
    """The Điều without its label and heading, as the law corpus holds it."""
    text = fold_spaces(act.text[article.start : article.end])
    text = re.sub(r"^Điều \S+?[.:]?(?:\s|$)", "", text)
    return text.removeprefix(fold_spaces(article.heading)).strip()


def score_articles(act: Act, file: str, corpus: Mapping[str, str]) -> list[ArticleScore]:
    """The act's own Điều (attachments left out) against ``corpus``: article number → text."""
    own = {node.number: node for node in _own_articles(act.provisions)}
    return [
        ArticleScore(file, own[number].eid, similarity(article_body(act, own[number]), gold))
        if number in own
        else ArticleScore(file, f"art_{number}", 0.0)
        for number, gold in corpus.items()
    ]


def _own_articles(provisions: Iterable[Provision]) -> Iterable[Provision]:
    for node in provisions:
        if node.level is Level.ARTICLE:
            yield node
        elif node.level is not Level.ATTACHMENT:
            yield from _own_articles(node.children)


def held_by(act: Act, gold: Mapping[str, str], label: Label) -> Mapping[str, str]:
    """The articles a file holds: all, or for a part of an act (fewer Điều labelled than the act has) those it opens.

    How many Điều such a part must have is scored by the count of its label.
    """
    if label.articles is None or label.articles >= len(gold):
        return gold
    own = {node.number for node in _own_articles(act.provisions)}
    return {number: text for number, text in gold.items() if number in own}
