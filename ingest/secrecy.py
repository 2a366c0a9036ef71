"""Finds the secrecy mark of a document: MẬT, TỐI MẬT, TUYỆT MẬT (S5; Law on Protection of State Secrets).

The mark stands alone on a line, in capitals, in the letterhead of the first page or at the head or foot of later
pages. A decree *about* state secrets names the degrees inside sentences and in its forms, and is not marked by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.lines import CleanDocument, CleanLine, LineClass
from rag.law.text import strip_diacritics

MARK = re.compile(
    r"^[\W_]*(?:ĐỘ\s+MẬT\s*:?\s*|Độ\s+mật\s*:?\s*)?(TUYỆT\s*MẬT|TỐI\s*MẬT|MẬT|Tuyệt\s+mật|Tối\s+mật)[\W_]*$"
)
PLAIN_MARK = re.compile(r"^[\W_]*(?:Độ\s+mật\s*:\s*)(Mật)[\W_]*$")
_BARE_DEGREES = {"MAT": "MẬT", "TOIMAT": "TỐI MẬT", "TUYETMAT": "TUYỆT MẬT"}
_DEGREES_MISREAD = frozenset({"MẬT", "MẠT", "MÂT"})  # MẬT as the engine reads it in black
LETTERHEAD_DEPTH_PT = 330.0  # the mark is stamped below issuer and number: upper 40 % of an A4 page
REPEATED_ON_PAGES = 2  # a mark among running heads counts from this many pages


def find_secrecy_mark(document: CleanDocument) -> str:
    """The degree as printed ("TỐI MẬT"), or "" for a document without a mark."""
    first = document.lines[0].page if document.lines else 1
    marks = [degree for line in document.lines if _in_letterhead(line, first) and (degree := _degree(line))]
    marks += [degree for line in document.furniture if line.page == first and (degree := _degree(line))]
    return marks[0] if marks else _repeated_mark(document.furniture)


def find_mark(lines: Iterable[str]) -> str:
    """The degree that stands alone on one of ``lines`` of a first page, or ""."""
    return next((degree for line in lines if (degree := _degree_in(line))), "")


def find_stamp(scraps: Iterable[str], is_red: bool) -> str:
    """The degree that one of the scraps of stamped text is, or "". Of red ink the letters alone decide: the engine often
    loses a mark of so short a text."""
    for scrap in scraps:
        letters = " ".join(re.findall(r"[^\W\d_]+", scrap))
        bare = strip_diacritics(letters)
        degree = _BARE_DEGREES.get(bare.replace(" ", ""), "")
        if degree and (is_red or bare != "MAT" or letters in _DEGREES_MISREAD):
            return degree
    return ""


def _in_letterhead(line: CleanLine, first_page: int) -> bool:
    return line.page == first_page and line.box.y0 < LETTERHEAD_DEPTH_PT and line.line_class is not LineClass.TABLE


def _degree(line: CleanLine) -> str:
    return _degree_in(line.text)


def _degree_in(text: str) -> str:
    found = MARK.match(text) or PLAIN_MARK.match(text)
    return " ".join(found.group(1).upper().split()) if found else ""


def _repeated_mark(furniture: Iterable[CleanLine]) -> str:
    pages: dict[str, set[int]] = {}
    for line in furniture:
        if degree := _degree(line):
            pages.setdefault(degree, set()).add(line.page)
    return next((degree for degree, on in pages.items() if len(on) >= REPEATED_ON_PAGES), "")
