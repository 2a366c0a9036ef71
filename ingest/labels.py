"""What the beginning of a printed line says: the label of a provision, by the forms of the drafting decrees.

Decree 78/2025/NĐ-CP (and 34/2016/NĐ-CP, articles 60 to 64): Phần, Chương in Roman numerals, Mục and Điều in Arabic
ones, Khoản "1.", Điểm "a)". Decree 30/2020/NĐ-CP, appendix I: sections I, 1, a where there is no Điều; "Phụ lục".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.law.act import Level


@dataclass(frozen=True, slots=True)
class Label:
    """``rest`` is what follows the label on its line; ``style`` tells outline labels apart ("I", "1.1", "a")."""

    level: Level
    number: str
    rest: str
    style: str = ""


_FORMS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (Level.ARTICLE, re.compile(r"(?:Điều|ĐIỀU)\s+(\d{1,3}[a-zđ]?\d?)\s*(?:[.:]\s*(.*)|$)", re.DOTALL)),
    (
        Level.CHAPTER,
        re.compile(
            r"(?:Chương|CHƯƠNG)\s+([IVXLC]{1,7}[a-zA-Z]?|\d{1,2}[a-zđ]?)\s*(?:[.:–-]\s*(.*)|\s([^\W\d_].*|\(.*)|$)",
            re.DOTALL,
        ),
    ),
    (
        Level.SUBSECTION,
        re.compile(
            r"(?:Tiểu mục|TIỂU MỤC)\s+(\d{1,2}|[IVX]{1,5})\s*(?:[.:–-]\s*(.*)|\s([^\W\d_].*|\(.*)|$)", re.DOTALL
        ),
    ),
    (
        Level.SECTION,
        re.compile(r"(?:Mục|MỤC)\s+(\d{1,2}[a-zđ]?|[IVX]{1,5})\s*(?:[.:–-]\s*(.*)|\s([^\W\d_].*|\(.*)|$)", re.DOTALL),
    ),
    (
        Level.PART,
        re.compile(
            r"(?:Phần|PHẦN)\s+((?:thứ|THỨ)\s+\w+|[IVX]{1,5}|\d{1,2})\s*(?:[.:–-]\s*(.*)|\s([^\W\d_].*|\(.*)|$)",
            re.DOTALL,
        ),
    ),
    (
        Level.ATTACHMENT,
        re.compile(
            r"(?:PHỤ LỤC|Phụ lục|PHỤ BIỂU)(?:\s+(?:SỐ\s+|số\s+)?([IVXLC]{1,6}[a-zA-Z]?|\d{1,3}[a-zA-Z]?))?"
            r"\s*(?:[.:–-]\s*(.*)|$)",
            re.DOTALL,
        ),
    ),
)
_CLAUSE = re.compile(r"(\d{1,3}[a-zđ]?\d?)\s?\.\s*(?!\d)(.*)", re.DOTALL)
_SUBCLAUSE = re.compile(r"((?:\d{1,3}\.){1,2}\d{1,2})\.?\s+(?=[^\W\d])(.*)", re.DOTALL)
_POINT = re.compile(r"([a-zđ]\d?)\s?\)\s*(.*)", re.DOTALL)
_OUTLINE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("I", re.compile(r"([IVX]{1,6})\s?[.:/)-]\s*(.*)", re.DOTALL)),
    ("A", re.compile(r"([A-HK])\s?[.:]\s+(.*)", re.DOTALL)),
    ("1.1.1", re.compile(r"(\d{1,2}\.\d{1,2}\.\d{1,2})\.?\s+(.*)", re.DOTALL)),
    ("1.1", re.compile(r"(\d{1,2}\.\d{1,2})\.?\s+(?=\D)(.*)", re.DOTALL)),
    ("1", re.compile(r"(\d{1,2})\s?[./)-]\s*(?![\d/])(.*)", re.DOTALL)),
    ("a", re.compile(r"([a-zđ])\s?[).]\s*(.*)", re.DOTALL)),
)
_DECREED = re.compile(r"[ĐCTMP]")


def article_label(text: str) -> Label | None:
    """The label of a Phần, Chương, Mục, Tiểu mục, Điều or Phụ lục at the beginning of ``text``."""
    if not _DECREED.match(text):
        return None
    for level, form in _FORMS:
        match = form.match(text)
        if match:
            return Label(level, (match[1] or "").strip(), next((g for g in match.groups()[1:] if g), ""))
    return None


def clause_label(text: str) -> Label | None:
    match = _CLAUSE.match(text)
    return Label(Level.CLAUSE, match[1], match[2]) if match else None


def subclause_label(text: str) -> Label | None:
    """ "3.2." or "3.2.1": a number below that of a khoản."""
    match = _SUBCLAUSE.match(text)
    return Label(Level.HEADING, match[1], match[2]) if match else None


def point_label(text: str) -> Label | None:
    match = _POINT.match(text)
    return Label(Level.POINT, match[1], match[2]) if match else None


def outline_label(text: str) -> Label | None:
    """A numbered heading or paragraph of a document without Điều."""
    for style, form in _OUTLINE:
        match = form.match(text)
        if match:
            return Label(Level.HEADING, match[1], match[2], style)
    return None
