"""Reads any office or web file into blocks, by its kind; a ZIP by what is in it."""

from __future__ import annotations

from pathlib import Path

from ingest.docx import DocxText, read_docx
from ingest.intake import FileKind
from ingest.limits import ReadLimits
from ingest.office_doc import read_doc
from ingest.office_text import read_html, read_rtf


def read_blocks(path: Path, kind: FileKind, limits: ReadLimits) -> DocxText:
    """The text of ``path``. UnsafeError when it is refused."""
    if kind is FileKind.ZIP:
        return read_docx(path, limits)
    if kind is FileKind.WORD_BINARY:
        return DocxText(read_doc(path), [], [])
    if kind is FileKind.RTF:
        return DocxText(read_rtf(path), [], [])
    return DocxText(read_html(path), [], [])
