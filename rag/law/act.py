"""The legal model: one act, its metadata and its tree of provisions, as plain frozen values.

An act is one text (NFC, cleaned) and a tree of spans over it. Nothing here reads files or databases; the text
offsets are the only link between a provision and its words, so that no character can be lost or duplicated by
copying. Terms and eid prefixes follow Akoma Ntoso 3.0 as mapped to Vietnamese drafting practice (Decree
78/2025/NĐ-CP; Decree 34/2016/NĐ-CP, article 62; Decree 30/2020/NĐ-CP for administrative documents).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What a provision is. The value is its Akoma Ntoso eid prefix."""

    PART = "part"  # Phần
    CHAPTER = "chp"  # Chương
    SECTION = "sec"  # Mục
    SUBSECTION = "subsec"  # Tiểu mục
    ARTICLE = "art"  # Điều
    CLAUSE = "cl"  # Khoản
    POINT = "point"  # Điểm
    ATTACHMENT = "att"  # Phụ lục; văn bản ban hành kèm theo
    QUOTED = "qstr"  # quoted structure of an amending act, never part of the act's own hierarchy
    PREAMBLE = "preamble"  # căn cứ ban hành and what stands before the first provision
    CONCLUSIONS = "conclusions"  # signature block, nơi nhận
    HEADING = "hcontainer"  # a level of an outline without Điều (I, 1, a, -) in công văn, kế hoạch, thông báo
    TABLE = "table"
    NOTE = "note"  # footnote of a consolidated text
    PARAGRAPH = "para"  # text that belongs to no numbered level


@dataclass(frozen=True, slots=True)
class Provision:
    """One node of the tree.

    ``[start, end)`` is the node's whole text in ``Act.text``, children included; ``[start, intro_end)`` is what
    stands before its first child (label, heading and lead-in). ``number`` is the label as printed without its
    word ("12a", "IV", "đ"), empty where there is none.
    """

    level: Level
    eid: str
    number: str
    heading: str
    start: int
    end: int
    intro_end: int
    children: tuple[Provision, ...] = ()

    def walk(self) -> Iterator[Provision]:
        """This node and all below it, in text order."""
        yield self
        for child in self.children:
            yield from child.walk()


class Certainty(StrEnum):
    CERTAIN = "certain"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: PDF points (1/72 inch), origin top left of the page as displayed."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Read:
    """A metadata value and where it was read (``page`` counts from 1; 0 and no box when not read on a page)."""

    value: str
    certainty: Certainty = Certainty.CERTAIN
    page: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class ActMetadata:
    """What the first page says of the document. A missing value is None, never a guess without its mark.

    Dates are ISO 8601 (``2024-01-18``). ``type`` is the Vietnamese name ("Nghị định").
    """

    number: Read | None = None
    type: Read | None = None
    issuer: Read | None = None
    date: Read | None = None
    title: Read | None = None
    place: Read | None = None
    signer: Read | None = None
    signer_office: Read | None = None
    gazette: Read | None = None
    effective_from: Read | None = None
    legal_basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a stretch of the text was printed: ``text[start:end]`` is one line on ``page`` (from 1) inside ``box``.

    ``doubtful``: the parts of it, as offsets in the text, that a scan's reading may have got wrong.
    ``cells``: of a table row, (column head, text) of each cell with words, those printed over several rows in each.
    """

    start: int
    end: int
    page: int
    box: Box
    doubtful: tuple[tuple[int, int], ...] = ()
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """A document read whole: its cleaned text, where each line was printed, its metadata and its tree."""

    text: str
    anchors: tuple[Anchor, ...]
    metadata: ActMetadata
    provisions: tuple[Provision, ...]  # top level, in text order; together they cover the text
    diagnostics: tuple[Diagnostic, ...] = ()
    note_marks: tuple[tuple[int, str], ...] = ()  # (offset in text, number) of footnote marks taken out of the words

    def walk(self) -> Iterator[Provision]:
        for provision in self.provisions:
            yield from provision.walk()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a reader should know that did not stop the work. ``code`` is a key of the message catalogue."""

    code: str
    page: int = 0
    details: dict[str, str] = field(default_factory=dict)
