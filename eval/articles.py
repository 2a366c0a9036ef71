"""The article corpus (one JSON a Điều, act after act) as documents and passages of the record.

Each act becomes a document, each Điều an article; with ``Unit.CLAUSE`` a Điều is cut into its Khoản, its lead-in
carried along as context. No file stands behind such a document, so its passages have no printed lines.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from eval.provisions import Unit
from rag.law.identifier import number_key, relative_citation
from rag.law.passage import Passage, passage_id, text_sha256
from rag.law.text import clean_controls
from rag.record.model import Document
from rag.record.record import document_id

LAYOUT_VERSION = "articles/1"  # part of the corpus fingerprint: change it with anything that shapes passages
MEDIA_TYPE = "application/x-law-articles"
_CLAUSE = re.compile(r"^(\d{1,3})\.\s", re.MULTILINE)
_ADDED = "2026-01-01T00:00:00+00:00"  # constant, so that building twice gives the same record
_ARTICLE_MARK = ".d"


@dataclass(frozen=True, slots=True)
class ActArticles:
    """An act's articles as the corpus has them; ``slug`` is its id there."""

    slug: str
    articles: tuple[dict[str, Any], ...]


def corpus_lines(path: Path) -> Iterator[str]:
    """Lines of ``corpus.jsonl.zst`` (or of a plain ``.jsonl``), unpacked as they are read."""
    if path.suffix != ".zst":
        with path.open(encoding="utf-8") as file:
            yield from file
        return
    import zstandard

    with path.open("rb") as raw:
        yield from io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")


def act_of(article: str) -> str:
    """ "31-2024-qh15.d194" → "31-2024-qh15"."""
    return article.rpartition(_ARTICLE_MARK)[0]


def read_acts(lines: Iterable[str]) -> Iterator[ActArticles]:
    """Acts in the file's order; an act's articles stand together in it."""
    rows = (json.loads(line) for line in lines)
    for slug, group in itertools.groupby(rows, key=lambda row: act_of(str(row["_id"]))):
        yield ActArticles(slug, tuple(group))


def make_document(act: ActArticles, unit: Unit) -> tuple[Document, tuple[Passage, ...]]:
    """The act as a document with its passages. Its id depends on its articles and the unit."""
    sha256 = _digest(act, unit)
    identity = document_id(sha256)
    passages: list[Passage] = []
    for article in act.articles:
        passages += _article_passages(identity, article, unit, len(passages))
    about = act.articles[0]["metadata"]
    document = Document(
        id=identity,
        sha256=sha256,
        file_name=act.slug,
        media_type=MEDIA_TYPE,
        status="indexed",
        number=about["doc_no"],
        number_key=number_key(about["doc_no"]),
        type=about.get("doc_type"),
        issuer=about.get("issuer"),
        date=_iso(about.get("issued")),
        title=f"{about.get('doc_type') or ''} {about.get('doc_name') or ''}".strip(),
        pages=0,
        passages=len(passages),
        missing_pages=(),
        added_at=_ADDED,
        replaces=None,
        effective_from=_iso(about.get("effective")),
    )
    return document, tuple(passages)


def _digest(act: ActArticles, unit: Unit) -> str:
    digest = hashlib.sha256(f"{LAYOUT_VERSION}|{unit}|{act.slug}".encode())
    for article in act.articles:
        digest.update(f"{article['_id']}\n{article['title']}\n{article['text']}\n".encode())
    return digest.hexdigest()


def _article_passages(identity: str, article: dict[str, Any], unit: Unit, ordinal: int) -> Iterator[Passage]:
    number = article["_id"].rpartition(_ARTICLE_MARK)[2]
    heading = clean_controls(article["metadata"].get("article_title") or "")
    eid = f"art_{number}"
    text = clean_controls(article["text"]).strip() or heading or f"Điều {number}"
    label = f"Điều {number}. {heading}".strip()
    pieces = split_clauses(text) if unit == Unit.CLAUSE else [("", text)]
    lead = pieces[0][1] if len(pieces) > 1 and not pieces[0][0] else ""
    for place, (clause, piece) in enumerate(pieces):
        own = f"{eid}__cl_{clause}" if clause else eid
        context = f"{label}\n{lead}" if lead and place else label
        yield Passage(
            id=passage_id(identity, own, 0),
            document_id=identity,
            ordinal=ordinal + place,
            eid=own,
            article_eid=eid,
            level="cl" if clause else "art",
            citation=relative_citation(own),
            heading=heading,
            context=context,
            text=piece,
            sha256=text_sha256(piece),
            lines=(),
        )


def split_clauses(text: str) -> list[tuple[str, str]]:
    """(Khoản number, text) in order; what stands before the first Khoản has number "". A label counts only where the
    numbering goes on, so a numbered list inside a Khoản does not cut it."""
    starts: list[tuple[int, str]] = []
    for match in _CLAUSE.finditer(text):
        if int(match[1]) == len(starts) + 1:
            starts.append((match.start(), match[1]))
    if not starts:
        return [("", text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    pieces = [(number, text[start:end].strip()) for (start, number), end in zip(starts, ends, strict=True)]
    lead = text[: starts[0][0]].strip()
    return [("", lead), *pieces] if lead else pieces


def _iso(date: str | None) -> str | None:
    """ "18/01/2024" → "2024-01-18"; None when absent or malformed."""
    try:
        return datetime.strptime(date or "", "%d/%m/%Y").date().isoformat()
    except ValueError:
        return None
