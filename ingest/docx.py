"""Reads a DOCX as a reader sees it: list numbers resolved, deletions left out, hidden text left out and reported, tables
row by row, footnotes at the end. Nothing outside the package is ever opened (templates, images, links)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.docx_numbers import ListNumbers, W, read_numbering
from ingest.intake import FileStatus
from ingest.limits import DEFAULT_LIMITS, ReadLimits
from ingest.office import Block, Paragraph, Run, SideBySide, TableLine
from ingest.office_zip import UnsafeError, open_package, parse_xml, read_part
from rag.law.act import Diagnostic

WHITE = frozenset({"FFFFFF", "FEFEFE", "FDFDFD"})
TINY_HALF_POINTS = 4  # below 2 points: not meant to be read
LONG_CELL = 8  # paragraphs in one cell from which a table only places text
SKIPPED = frozenset(
    f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "fldData", "pict", "object", "drawing")
)
# U+00AD is ư in TCVN3; the repair of Unicode text takes it out.
SHOWN_AS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_PLACING = re.compile(
    r"CỘNG H[OÒ][AÀ]\s+X|Độc lập\s*[-–]|N[ơo]i nhận|^(?:TM|KT|TL|TUQ)\.", re.IGNORECASE | re.MULTILINE
)
_ARTICLE = re.compile(r"^\s*Điều\s+\d", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says of its paragraphs; None where it says nothing."""

    based_on: str = ""
    number_id: str | None = None
    level: int | None = None
    centered: bool | None = None
    bold: bool | None = None


@dataclass(slots=True)
class DocxText:
    """A DOCX read: its blocks, the text of its running heads and what was hidden in it."""

    blocks: list[Block]
    heads: list[str]
    diagnostics: list[Diagnostic]


@dataclass(slots=True)
class _Reader:
    numbers: ListNumbers
    styles: dict[str, Style]
    hidden: int = 0
    tables: int = 0
    blocks: list[Block] = field(default_factory=list)


def read_docx(path: Path, limits: ReadLimits = DEFAULT_LIMITS) -> DocxText:
    """The text of the DOCX at ``path``. UnsafeError when it is no DOCX or is refused."""
    with open_package(path, limits) as package:
        names = set(package.namelist())
        main = read_part(package, "word/document.xml", limits)
        if main is None:
            raise UnsafeError(FileStatus.UNSUPPORTED, "file_unsupported_docx")

        def part(name: str) -> Any | None:
            data = read_part(package, name, limits)
            return parse_xml(data) if data else None

        root = parse_xml(main)
        reader = _Reader(read_numbering(part("word/numbering.xml")), _styles(part("word/styles.xml")))
        body = root.find(f"{W}body")
        if body is not None:
            _read_body(reader, body)
        reader.blocks += _notes(reader, part("word/footnotes.xml"))
        heads = [
            _plain(part(name)) for name in sorted(names) if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name)
        ]
    hidden = (
        [Diagnostic("hidden_text", 0, {"how": "hidden", "characters": str(reader.hidden)})] if reader.hidden else []
    )
    return DocxText(reader.blocks, [line for head in heads for line in head.split("\n")], hidden)


def _plain(root: Any | None) -> str:
    paragraphs = root.iter(f"{W}p") if root is not None else ()
    return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in paragraphs)


def _styles(root: Any | None) -> dict[str, Style]:
    found = {}
    for style in root.iter(f"{W}style") if root is not None else ():
        based = style.find(f"{W}basedOn")
        number_id, level, centered = _paragraph_settings(style.find(f"{W}pPr"))
        bold = _switch(style.find(f"{W}rPr"), "b")
        found[style.get(f"{W}styleId") or ""] = Style(
            based.get(f"{W}val") if based is not None else "", number_id, level, centered, bold
        )
    return found


def _paragraph_settings(settings: Any | None) -> tuple[str | None, int | None, bool | None]:
    """List id, level and whether centred, each None where nothing is said."""
    if settings is None:
        return None, None, None
    number_id = settings.find(f"{W}numPr/{W}numId")
    level = settings.find(f"{W}numPr/{W}ilvl")
    align = settings.find(f"{W}jc")
    return (
        None if number_id is None else number_id.get(f"{W}val"),
        None if level is None else int(level.get(f"{W}val")),
        None if align is None else align.get(f"{W}val") == "center",
    )


def _switch(settings: Any | None, name: str) -> bool | None:
    """An on/off property: absent None, present without value on."""
    found = settings.find(f"{W}{name}") if settings is not None else None
    return None if found is None else found.get(f"{W}val") not in ("0", "false", "off", "none")


def _inherited(styles: dict[str, Style], style: str, name: str) -> Any:
    for _ in range(len(styles) + 1):  # a style may be based on itself in a damaged file
        if style not in styles:
            return None
        if (value := getattr(styles[style], name)) is not None:
            return value
        style = styles[style].based_on
    return None


def _read_body(reader: _Reader, parent: Any) -> None:
    for child in parent:
        if child.tag == f"{W}p":
            reader.blocks += _paragraphs(reader, child)
        elif child.tag == f"{W}tbl":
            reader.blocks += _table(reader, child)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}smartTag"):
            _read_body(reader, child)


def _paragraphs(reader: _Reader, element: Any) -> list[Paragraph]:
    """The paragraph with its list number, cut at line breaks."""
    settings = element.find(f"{W}pPr")
    style_of = settings.find(f"{W}pStyle") if settings is not None else None
    style = style_of.get(f"{W}val") if style_of is not None else ""
    number_id, level, centered = _paragraph_settings(settings)
    number_id = _inherited(reader.styles, style, "number_id") if number_id is None else number_id
    level = _inherited(reader.styles, style, "level") if level is None else level
    centered = _inherited(reader.styles, style, "centered") if centered is None else centered
    bold = bool(_inherited(reader.styles, style, "bold"))
    runs = list(_runs(reader, element, bold))
    if number_id and number_id != "0" and any(run.text.strip() for run in runs):
        label = reader.numbers.label(number_id, level or 0)
        runs = [Run(f"{label} ", runs[0].bold), *runs] if label else runs
    return [
        Paragraph(tuple(line), bool(centered))
        for line in _cut_at_breaks(runs)
        if any(run.text.strip() for run in line)
    ]


def _cut_at_breaks(runs: list[Run]) -> Iterator[list[Run]]:
    held: list[Run] = []
    for run in runs:
        first, *others = run.text.split("\n")
        held.append(Run(first, run.bold, run.font, run.superscript))
        for other in others:
            yield held
            held = [Run(other, run.bold, run.font, run.superscript)]
    yield held


def _runs(reader: _Reader, element: Any, bold: bool) -> Iterator[Run]:
    for child in element:
        if child.tag in SKIPPED:
            continue
        if child.tag == f"{W}r":
            yield from _run(reader, child, bold)
        elif child.tag != f"{W}pPr" and len(child):
            yield from _runs(reader, child, bold)


def _run(reader: _Reader, element: Any, bold: bool) -> Iterator[Run]:
    settings = element.find(f"{W}rPr")
    text = "".join(_piece(child) for child in element)
    if not text:
        return
    if _is_hidden(settings):
        reader.hidden += len(text.strip())
        return
    if _switch(settings, "caps"):
        text = text.upper()
    own = _switch(settings, "b")
    fonts = settings.find(f"{W}rFonts") if settings is not None else None
    raised = settings.find(f"{W}vertAlign") if settings is not None else None
    is_mark = element.find(f"{W}footnoteReference") is not None
    yield Run(
        text,
        bold if own is None else own,
        (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else "",
        is_mark or (raised is not None and raised.get(f"{W}val") == "superscript"),
    )


def _piece(child: Any) -> str:
    """What one element of a run shows."""
    name = child.tag.removeprefix(W) if isinstance(child.tag, str) else ""
    if name == "t":
        return child.text or ""
    if name == "sym":
        return chr(int(child.get(f"{W}char") or "20", 16))
    if name == "footnoteReference":
        return child.get(f"{W}id") or ""
    return SHOWN_AS.get(name, "")


def _is_hidden(settings: Any | None) -> bool:
    """Vanished, white, or too small to be seen (P10)."""
    if settings is None:
        return False
    colour, size = settings.find(f"{W}color"), settings.find(f"{W}sz")
    white = colour is not None and (colour.get(f"{W}val") or "").upper() in WHITE and settings.find(f"{W}shd") is None
    tiny = (
        size is not None and (size.get(f"{W}val") or "99").isdigit() and int(size.get(f"{W}val")) < TINY_HALF_POINTS
    )
    return bool(_switch(settings, "vanish") or white or tiny)


def _table(reader: _Reader, table: Any) -> list[Block]:
    rows = [[_cell(reader, cell) for cell in row.iter(f"{W}tc") if cell.getparent() is row] for row in _rows(table)]
    return arrange_table(rows, reader)


def _rows(table: Any) -> list[Any]:
    return [row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table]


def _cell(reader: _Reader, cell: Any) -> list[Paragraph]:
    inner = _Reader(reader.numbers, reader.styles)
    _read_body(inner, cell)
    reader.hidden += inner.hidden
    flat: list[Paragraph] = []
    for block in inner.blocks:
        if isinstance(block, Paragraph):
            flat.append(block)
        elif isinstance(block, TableLine):
            flat.append(Paragraph((Run(" | ".join(filter(None, block.cells))),)))
        else:
            flat += [*block.left, *block.right]
    return flat


class TableCounter:
    """Anything that counts the tables of its document."""

    tables: int


def arrange_table(rows: list[list[list[Paragraph]]], counter: Any) -> list[Block]:
    """A table as what it is: letterhead or signature side by side, text that a table only places, or rows of data."""
    whole = "\n".join(paragraph.text for row in rows for cell in row for paragraph in cell)
    columns = max(map(len, rows), default=0)
    if columns == 2 and _PLACING.search(whole) and len(rows) <= 4:
        left = tuple(p for row in rows for p in row[0])
        return [SideBySide(left, tuple(p for row in rows for p in (row[1] if len(row) > 1 else [])))]
    if columns <= 1 or _ARTICLE.search(whole) or any(len(cell) > LONG_CELL for row in rows for cell in row):
        return [paragraph for row in rows for cell in row for paragraph in cell]
    counter.tables += 1
    cells = [tuple(" ".join(p.text.strip() for p in cell) for cell in row) for row in rows]
    return [TableLine(row, counter.tables, at) for at, row in enumerate(cells)]


def _notes(reader: _Reader, root: Any | None) -> list[Block]:
    """The footnotes, each with its number before its text."""
    found: list[Block] = []
    for note in root.iter(f"{W}footnote") if root is not None else ():
        if note.get(f"{W}type"):
            continue  # separators
        inner = _Reader(reader.numbers, reader.styles)
        _read_body(inner, note)
        text = " ".join(block.text.strip() for block in inner.blocks if isinstance(block, Paragraph))
        if text:
            found.append(Paragraph((Run(f"[{note.get(f'{W}id')}] {text}"),), note=True))
    return found
