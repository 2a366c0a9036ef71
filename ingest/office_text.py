"""Reads RTF and the HTML of official portals into blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.docx import TableCounter, arrange_table
from ingest.intake import FileStatus
from ingest.office import Block, Paragraph, plain
from ingest.office_zip import UnsafeError

DEEPEST = 200  # elements inside each other; real portal pages have 40
LEAST_LETTERS = 300  # a page with less text is the frame of a portal or an error page
_SKIPPED = frozenset(
    "script style nav header footer aside form button select option noscript template iframe svg head".split()
)
_BREAKS = frozenset(
    "p div li h1 h2 h3 h4 h5 h6 section article blockquote pre dt dd center td th tr table ul ol main".split()
)
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
_STARTS_ACT = re.compile(r"^(?:Điều\s+\d+|Căn cứ\s|CỘNG H[OÒ][AÀ])")
_MAIN_SHARE = 0.9  # of the page's acts' lines: the smallest element that holds them is the document


def read_rtf(path: Path) -> list[Block]:
    """The paragraphs of an RTF; table cells come as rows."""
    from striprtf.striprtf import rtf_to_text

    try:
        text: str = rtf_to_text(  # type: ignore[no-untyped-call]
            path.read_bytes().decode("latin-1"), encoding="cp1252", errors="replace"
        )
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        raise UnsafeError(FileStatus.CORRUPT, "file_office_corrupt") from error
    counter = _Counter()
    blocks: list[Block] = []
    rows: list[list[list[Paragraph]]] = []
    for line in text.split("\n"):
        cells = line.split("|")
        if len(cells) > 1:
            rows.append(
                [
                    [plain(cell.strip())] if cell.strip() else []
                    for cell in cells
                    if cell is not cells[-1] or cell.strip()
                ]
            )
            continue
        if rows:
            blocks += arrange_table(rows, counter)
            rows = []
        if line.strip():
            blocks.append(plain(line.strip()))
    return blocks + (arrange_table(rows, counter) if rows else [])


def read_html(path: Path) -> list[Block]:
    """The paragraphs of the document in a web page, without the portal around it. UnsafeError for a page without one."""
    from lxml import etree, html

    data = path.read_bytes()
    parser = html.HTMLParser(encoding=_encoding(data), no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = html.document_fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnsafeError(FileStatus.CORRUPT, "file_office_corrupt") from error
    body = root.find("body") if root.find("body") is not None else root
    counter = _Counter()
    blocks = list(_html_blocks(_document_of(body), counter, 0))
    letters = sum(c.isalpha() for block in blocks if isinstance(block, Paragraph) for c in block.text)
    tables = counter.tables > 0
    if letters < LEAST_LETTERS and not tables:
        raise UnsafeError(FileStatus.EMPTY, "file_html_empty")
    return blocks


def _encoding(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    return found.group(1).decode("ascii", "replace") if found else "utf-8"


def _document_of(body: Any) -> Any:
    """The smallest element that holds nearly all lines that begin like those of an act; the body when none do."""
    element = body
    total = _act_lines(body)
    while total:
        inner = [
            child for child in element if isinstance(child.tag, str) and _act_lines(child) >= _MAIN_SHARE * total
        ]
        if len(inner) != 1 or inner[0].tag in ("p", "table", "tbody", "tr"):
            return element
        element = inner[0]
    return element


def _act_lines(element: Any) -> int:
    if element.tag in _SKIPPED:
        return 0
    return sum(bool(_STARTS_ACT.match(text.strip())) for text in element.itertext())


def _html_blocks(element: Any, counter: _Counter, depth: int) -> Iterator[Block]:
    """Blocks in document order; loose text between blocks is a paragraph."""
    if depth > DEEPEST:
        return
    held: list[str] = [element.text or ""]

    def flush() -> Iterator[Block]:
        for line in "".join(held).split("\n"):
            if text := " ".join(line.split()):
                yield plain(text, _is_centered(element))
        held.clear()

    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "table":
            yield from flush()
            yield from arrange_table(_html_rows(child, counter, depth), counter)
        elif tag in _BREAKS:
            yield from flush()
            yield from _html_blocks(child, counter, depth + 1)
        elif tag == "br":
            held.append("\n")
        elif tag and tag not in _SKIPPED:
            if any(d.tag in _BREAKS or d.tag == "table" for d in child.iterdescendants()):
                yield from flush()
                yield from _html_blocks(child, counter, depth + 1)
            else:
                held.append(_inline(child))
        held.append(child.tail or "")
    yield from flush()


def _inline(element: Any) -> str:
    pieces = [(element.text or "").replace("\n", " ")]
    for child in element:
        if child.tag == "br":
            pieces.append("\n")
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            pieces.append(_inline(child))
        pieces.append((child.tail or "").replace("\n", " "))
    return "".join(pieces)


def _is_centered(element: Any) -> bool:
    return "center" in (element.get("align") or "") or "text-align:center" in (element.get("style") or "").replace(
        " ", ""
    )


def _html_rows(table: Any, counter: _Counter, depth: int) -> list[list[list[Paragraph]]]:
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    return [[_html_cell(cell, counter, depth) for cell in row if cell.tag in ("td", "th")] for row in rows]


def _html_cell(cell: Any, counter: _Counter, depth: int) -> list[Paragraph]:
    flat: list[Paragraph] = []
    for block in _html_blocks(cell, counter, depth + 1):
        if isinstance(block, Paragraph):
            flat.append(block)
        elif hasattr(block, "cells"):
            flat.append(plain(" | ".join(filter(None, block.cells))))
        else:
            flat += [*block.left, *block.right]
    return flat


class _Counter(TableCounter):
    def __init__(self) -> None:
        self.tables = 0
