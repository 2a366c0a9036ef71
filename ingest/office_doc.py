"""Reads the text of a binary Word file (97 to 2003) from its piece table, without Word or LibreOffice.

[MS-DOC] 2.4.1 "Retrieving Text": the FIB names the table stream and the place of the Clx, whose piece table says where
each stretch of characters lies and whether it is 8-bit. Numbers that Word counts by itself are not in the
text, so automatic lists are read without theirs.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from ingest.docx import TableCounter, arrange_table
from ingest.intake import FileStatus
from ingest.office import Block, Paragraph, plain
from ingest.office_zip import UnsafeError

FIB_IDENT = 0xA5EC  # Word 97 and later
LEAST_NFIB = 0xC1  # 193: Word 97; older files keep their text elsewhere
ENCRYPTED, WHICH_TABLE = 0x0100, 0x0200  # bits of the FIB's flags
AT_FLAGS, AT_COUNTS, AT_CLX = 0x0A, 0x4C, 0x1A2  # offsets in the FIB
COMPRESSED = 0x40000000  # bit of a piece's place: 8-bit characters
_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))")
_NOT_TEXT = re.compile("[\x01-\x06\x08\x0e\x0f\x10-\x12\x14-\x1d\x1f]")
LETTERHEAD_PARAGRAPHS = 8  # before the first cell that may be the left half of the letterhead


def read_doc(path: Path) -> list[Block]:
    """The blocks of the file at ``path``. UnsafeError when it is no such file, damaged or locked."""
    return list(_blocks(_shown(document_text(path))))


def document_text(path: Path) -> str:
    """The main text, every control character as stored: \\r paragraph, \\x07 cell, \\x0b line, \\x0c page."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as ole:
            main = ole.openstream("WordDocument").read()
            flags = struct.unpack_from("<H", main, AT_FLAGS)[0]
            ident, version = struct.unpack_from("<HH", main, 0)
            if flags & ENCRYPTED:
                raise UnsafeError(FileStatus.NEEDS_PASSWORD, "file_needs_password")
            if ident != FIB_IDENT or version < LEAST_NFIB:
                raise UnsafeError(FileStatus.UNSUPPORTED, "file_unsupported_doc")
            table = ole.openstream("1Table" if flags & WHICH_TABLE else "0Table").read()
        length = struct.unpack_from("<i", main, AT_COUNTS)[0]
        return "".join(_pieces(main, table))[:length]
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise UnsafeError(FileStatus.CORRUPT, "file_office_corrupt") from error


def _pieces(main: bytes, table: bytes) -> Iterator[str]:
    start, length = struct.unpack_from("<II", main, AT_CLX)
    clx = table[start : start + length]
    at = 0
    while clx[at] == 1:  # property modifiers before the piece table
        at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
    size = struct.unpack_from("<I", clx, at + 1)[0]
    pieces = clx[at + 5 : at + 5 + size]
    count = (len(pieces) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}i", pieces, 0)
    for number, (first, last) in enumerate(pairwise(bounds)):
        place = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)[0]
        if place & COMPRESSED:
            begin = (place & ~COMPRESSED) // 2
            yield main[begin : begin + last - first].decode("cp1252", "replace")
        else:
            yield main[place : place + 2 * (last - first)].decode("utf-16-le", "replace")


def _shown(text: str) -> str:
    """What the text shows: results of fields without their codes, no objects, hyphens as hyphens."""
    while (shorter := _FIELD_CODE.sub("", text)) != text:
        text = shorter
    return _NOT_TEXT.sub(
        "", text.replace("\x1e", "-").replace("\x0b", "\r").replace("\x0c", "\r").replace("\xa0", " ")
    )


def _blocks(text: str) -> Iterator[Block]:
    """Paragraphs and tables: \\x07 ends a cell, one more right after ends the row. What stands before the first cell of a
    table cannot be told from it: its last paragraph is taken for the cell (at the top of the file: all of them)."""
    counter = _Counter()
    held: list[Paragraph] = []
    rows: list[list[list[Paragraph]]] = []
    row: list[list[Paragraph]] = []
    began = False
    for cell in re.split("(\x07)", text):
        if cell == "\x07":
            continue
        paragraphs = [plain(part.strip()) for part in cell.split("\r")]
        if cell == "" and row:  # two marks in a row: the row ends
            rows.append(row)
            row = []
            continue
        if cell == "":
            continue
        if not row and (rows or not began or len(paragraphs) > 1):
            first = _first_cell(paragraphs, began or bool(rows))
            before = paragraphs[: len(paragraphs) - len(first)]
            if before and rows:
                yield from arrange_table(rows, counter)
                rows = []
            held = [p for p in before if p.text]
            yield from held
            paragraphs = first
        began = True
        row.append([p for p in paragraphs if p.text])
    tail = row.pop() if row else []
    if rows:
        yield from arrange_table(rows, counter)
    yield from (p for cell in [*row, tail] for p in cell)


def _first_cell(paragraphs: list[Paragraph], began: bool) -> list[Paragraph]:
    if not began and sum(bool(p.text) for p in paragraphs) <= LETTERHEAD_PARAGRAPHS:
        return paragraphs
    return paragraphs[-1:]


class _Counter(TableCounter):
    def __init__(self) -> None:
        self.tables = 0
