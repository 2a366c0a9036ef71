"""Pages whose text layer is TCVN3, VNI or Windows-1258 in Unicode: same lines, same boxes, other letters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.legacy import Converted, convert_lines, is_uppercase_font, looks_legacy
from ingest.lines import PrintedLine, PrintedPage, Span
from rag.law.act import Diagnostic


def convert_pages(pages: Iterable[PrintedPage]) -> Iterator[PrintedPage]:
    """Each page as it is, or converted with a diagnostic that says so. Unicode pages cost one search of their text."""
    for page in pages:
        yield _converted_page(page) if looks_legacy(page_text(page)) else page


def page_text(page: PrintedPage) -> str:
    """The page's printed lines and given table rows, one below the other, unrepaired."""
    return "\n".join([*map(_line_text, page.lines), *_cell_texts(page)])


def _cell_texts(page: PrintedPage) -> list[str]:
    return [cell.text for row in page.tables for cell in row.cells]


def _line_text(line: PrintedLine) -> str:
    return "".join(span.text for span in line.spans)


def _converted_page(page: PrintedPage) -> PrintedPage:
    texts = [*map(_line_text, page.lines), *_cell_texts(page)]
    converted = convert_lines(texts)
    if all(new.text == old for new, old in zip(converted, texts, strict=True)):
        return page
    lines = tuple(_converted_line(line, new) for line, new in zip(page.lines, converted, strict=False))
    cells = iter(converted[len(page.lines) :])
    words = convert_lines([word[4] for word in page.words])
    return replace(
        page,
        lines=lines,
        words=tuple((*word[:4], new.text) for word, new in zip(page.words, words, strict=True)),
        tables=tuple(
            row._replace(cells=tuple(c._replace(text=next(cells).text) for c in row.cells)) for row in page.tables
        ),
        diagnostics=(*page.diagnostics, Diagnostic("legacy_encoding", page.number)),
    )


def _converted_line(line: PrintedLine, new: Converted) -> PrintedLine:
    """The converted text cut where the spans were cut; a letter whose mark is in the next span stays with its base."""
    spans: list[Span] = []
    start = 0
    for span in line.spans:
        end = start + len(span.text)
        text = new.text[bisect_left(new.starts, start) : bisect_left(new.starts, end)]
        spans.append(replace(span, text=text.upper() if is_uppercase_font(span.font) else text))
        start = end
    return replace(line, spans=tuple(spans))
