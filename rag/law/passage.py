"""A passage: the unit that is searched, quoted and cited. One Khoản (or Điều, or section, or table row)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.law.act import Box

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:cancu,2026:passage")


@dataclass(frozen=True, slots=True)
class PassageLine:
    """``text[start:end]`` of the passage is printed on ``page`` (from 1) inside ``box``. ``doubtful``: offsets in the
    passage of words that may be misread (scans)."""

    start: int
    end: int
    page: int
    box: Box
    doubtful: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """``text`` is verbatim and is what is quoted; ``context`` (ancestors' headings and lead-ins) is searched with it
    but never quoted as part of it. ``citation`` is relative to the document ("khoản 2 Điều 8")."""

    id: str
    document_id: str
    ordinal: int
    eid: str
    article_eid: str  # the Điều it belongs to ("" when it stands outside any)
    level: str
    citation: str
    heading: str
    context: str
    text: str
    sha256: str
    lines: tuple[PassageLine, ...]

    @property
    def searched_text(self) -> str:
        """What the index vectorises."""
        return f"{self.context}\n{self.text}" if self.context else self.text


def passage_id(document_id: str, eid: str, part: int) -> str:
    """Stable id (D11): a UUID made of the document's id, the provision and the part when a provision is cut."""
    return str(uuid.uuid5(NAMESPACE, f"{document_id}|{eid}|{part}"))


def placed_in(document_id: str, passage: Passage) -> Passage:
    """The passage as one of ``document_id``: the same text in another department is another passage."""
    if passage.document_id == document_id:
        return passage
    own = str(uuid.uuid5(NAMESPACE, f"{document_id}|{passage.id}"))
    return replace(passage, id=own, document_id=document_id)


def text_sha256(text: str) -> str:
    """SHA-256 (hex) of the passage's text in UTF-8, rechecked each time it is quoted (D4)."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def doubtful_words(text: str, lines: Iterable[PassageLine]) -> tuple[str, ...]:
    """The words of a scanned passage that may be misread, each once, in order."""
    return tuple(dict.fromkeys(text[start:end] for line in lines for start, end in line.doubtful))
