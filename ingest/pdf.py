"""Reads a PDF page by page into plain values: printed lines, ruling lines, hidden text, page images.

The one module that reads text with PyMuPDF. It runs in a worker process, because a hostile file can crash, hang or
bloat it; nothing here holds more than one page of the library's objects.
"""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pymupdf

from ingest.glyph_maps import STANDARD_ENCODINGS, swapped_letters
from ingest.intake import FileStatus
from ingest.limits import DEFAULT_LIMITS, ReadLimits
from ingest.lines import PrintedLine, PrintedPage, Span
from ingest.text_layer import is_soup, is_torn, is_useless
from rag.law.act import Box, Diagnostic

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)

# Text outside the page must be seen to be flagged (P10), so no clipping; image bytes are never wanted.
TEXT_FLAGS = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES & ~pymupdf.TEXT_MEDIABOX_CLIP & ~pymupdf.TEXT_CLIP
SUPERSCRIPT, ITALIC, BOLD = 1, 2, 16  # span["flags"]
PAINTED = 16 | 32  # span["char_flags"]: filled or stroked; neither means render mode 3, invisible
TINY_PT = 1.5  # text below this size cannot be read on paper; the smallest real print met is 4 pt
NEAR_WHITE = 0xF0  # each of red, green and blue at least this: as white as paper
MOST_INFLATION = 1_032  # deflate cannot grow data more than this (zlib technical notes)
LARGE_IMAGE_PIXELS = 300_000  # an image that may be a scanned page (A4 at 60 dpi has 350,000)
SCAN_COVER = 0.5  # share of the page under images from which it is a scan
SCAN_TEXT_CHARACTERS = 250  # a scan with less visible text has only a signature line or a gazette header
RULE_THICKNESS_PT = 3.0  # a filled rectangle thinner than this is a ruling line
RULE_LENGTH_PT = 6.0  # shorter strokes are glyph parts and underlines
MAX_RULES = 6_000  # per page; the densest real table met has 1,900
DAMAGED_ERRORS = 20  # syntax errors in one page's content from which words are lost (2 of 3,300 real pages have any)
REPORTED_HIDDEN = 4  # hidden characters on a page worth a diagnostic: gazettes hide page numbers in white
SIMPLE_FONTS = frozenset({"Type1", "TrueType", "MMType1"})
EVERYWHERE = pymupdf.INFINITE_RECT()  # text off the page must be seen to be flagged
ACROSS = 0.9  # cosine of the angle to the horizontal from which a line runs across (stamps may lean)
TABULAR_PAIRS = 2  # lines printed beside another line from which a page may hold a table


class UnreadableError(Exception):
    """The file as a whole cannot be read: ``status`` and the message key that says why."""

    def __init__(self, status: FileStatus, reason: str, **details: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.details = status, reason, details


def open_pdf(path: Path, limits: ReadLimits) -> Any:
    """The open document. UnreadableError when it is damaged, locked, without pages or with too many."""
    try:
        document = pymupdf.open(path, filetype="pdf")
    except (RuntimeError, ValueError, AssertionError) as error:
        raise UnreadableError(FileStatus.CORRUPT, "file_corrupt") from error
    if document.needs_pass and not document.authenticate(""):
        raise UnreadableError(FileStatus.NEEDS_PASSWORD, "file_needs_password")
    try:
        pages = document.page_count
    except RuntimeError as error:  # "Invalid number of pages": /Count lies
        raise UnreadableError(FileStatus.CORRUPT, "file_corrupt") from error
    if pages <= 0:
        raise UnreadableError(FileStatus.ZERO_PAGES, "file_zero_pages")
    if pages > limits.pages:
        raise UnreadableError(FileStatus.TOO_LARGE, "file_too_many_pages", pages=str(pages), limit=str(limits.pages))
    return document


def read_pages(
    path: Path,
    limits: ReadLimits = DEFAULT_LIMITS,
    skip: Collection[int] = (),
    begin: Callable[[int], object] = int,
) -> Iterator[PrintedPage]:
    """The pages of ``path`` in order, one at a time. A page that cannot be read is yielded ``broken`` (P4), and so are
    the pages to ``skip`` (from 1). ``begin`` hears of each page before it is touched."""
    document = open_pdf(path, limits)
    swapped: dict[int, int] = {}
    for index in range(document.page_count):
        if index + 1 in skip:
            yield PrintedPage(index + 1, 0.0, 0.0, (), broken=True)
            continue
        begin(index + 1)
        try:
            yield _read_page(document, index, limits, swapped)
        except (RuntimeError, ValueError, AssertionError, IndexError, OverflowError, TypeError, AttributeError):
            yield PrintedPage(index + 1, 0.0, 0.0, (), broken=True)


def _read_page(document: Any, index: int, limits: ReadLimits, swapped: dict[int, int]) -> PrintedPage:
    page = document[index]
    if page.rotation:
        page.remove_rotation()  # in memory only: boxes then are those of the page as displayed
    if max(page.rect.width, page.rect.height) > limits.page_side_pt:
        return PrintedPage(index + 1, page.rect.width, page.rect.height, (), broken=True)
    if _inflates_beyond(document, page, limits.page_inflated_bytes):
        return PrintedPage(index + 1, page.rect.width, page.rect.height, (), broken=True)
    pymupdf.TOOLS.reset_mupdf_warnings()
    textpage = page.get_textpage(flags=TEXT_FLAGS, clip=EVERYWHERE)
    damaged = pymupdf.TOOLS.mupdf_warnings(reset=1).count("syntax error") >= DAMAGED_ERRORS
    blocks = textpage.extractDICT()["blocks"]
    if turned := _turn_needed(blocks):
        page.set_rotation(turned)
        page.remove_rotation()
        textpage = page.get_textpage(flags=TEXT_FLAGS, clip=EVERYWHERE)
        blocks = textpage.extractDICT()["blocks"]
    width, height = page.rect.width, page.rect.height
    kept, hidden = _printed_lines(page, blocks, index + 1)
    text = "\n".join("".join(span.text for span in line.spans) for line in kept)
    visible = len(text)
    if visible > limits.page_characters:
        return PrintedPage(index + 1, width, height, (), broken=True)
    useless = is_useless(text)
    cover = _image_cover(document, page) if visible < SCAN_TEXT_CHARACTERS or hidden or useless else 0.0
    few = visible < SCAN_TEXT_CHARACTERS or hidden["invisible"] > visible
    scanned = cover >= SCAN_COVER and (few or useless)
    if lies := _swapped_letters(document, page, swapped):  # what is seen must be read, not what the text layer says
        hidden["swapped_glyphs"] = max(lies, REPORTED_HIDDEN)
        scanned = True
    scanned = scanned or is_soup(text)
    torn = not scanned and is_torn(text)
    rules = _ruling_lines(page) if _may_hold_table(kept) else ()
    words = tuple(word[:5] for word in textpage.extractWORDS()) if rules else ()
    notes = _hidden_diagnostics(hidden, index + 1, cover)
    notes += (Diagnostic("text_layer_torn", index + 1),) if torn else ()
    return PrintedPage(
        index + 1, width, height, kept, cover, rules, words, scanned,
        turned=turned, diagnostics=notes, torn=torn, damaged=damaged,
    )  # fmt: skip


def _swapped_letters(document: Any, page: Any, known: dict[int, int]) -> int:
    """Letters that the fonts of the page show as others than they are copied as. ``known``: per font, filled here."""
    found = 0
    for xref, _, kind, *_ in page.get_fonts():
        if xref not in known:
            known[xref] = _font_lies(document, xref) if kind in SIMPLE_FONTS else 0
        found += known[xref]
    return found


def _font_lies(document: Any, xref: int) -> int:
    if xref <= 0:  # a font written into the page itself has no object of its own to look at
        return 0
    encoding = document.xref_get_key(xref, "Encoding")
    kind, where = document.xref_get_key(xref, "ToUnicode")
    if kind != "xref" or encoding[1] not in STANDARD_ENCODINGS:
        return 0
    return swapped_letters(document.xref_stream(int(where.split()[0])) or b"")


def _inflates_beyond(document: Any, page: Any, limit_bytes: int) -> bool:
    """Whether a content stream of the page grows beyond the limit. Only streams long enough to do so, or packed
    twice, are inflated here, and never further than the limit."""
    for xref in page.get_contents():
        raw = document.xref_stream_raw(xref) or b""
        filters = document.xref_get_key(xref, "Filter")[1].count("FlateDecode")
        if (
            filters
            and (filters > 1 or len(raw) * MOST_INFLATION > limit_bytes)
            and _inflated(raw, filters, limit_bytes)
        ):
            return True
    return False


def _inflated(raw: bytes, times: int, limit_bytes: int) -> bool:
    """Whether ``raw``, inflated ``times`` times, reaches the limit at any step."""
    for _ in range(times):
        try:
            raw = zlib.decompressobj().decompress(raw, limit_bytes)
        except zlib.error:
            return False  # MuPDF reads what can be read of it
        if len(raw) >= limit_bytes:
            return True
    return False


def _turn_needed(blocks: list[dict[str, Any]]) -> int:
    """Degrees clockwise that make most lines run across: tables printed sideways on an upright page. 0 for most."""
    up = down = across = 0
    for block in blocks:
        for line in block.get("lines", ()):
            rise = line["dir"][1]
            up, down, across = up + (rise < -0.9), down + (rise > 0.9), across + (-0.9 <= rise <= 0.9)
    if max(up, down) <= across:
        return 0
    return 90 if up > down else 270


def _hidden_diagnostics(hidden: Counter[str], page: int, cover: float) -> tuple[Diagnostic, ...]:
    """One a kind. The invisible text over a scan is its OCR layer, not something hidden from the reader."""
    return tuple(
        Diagnostic("hidden_text", page, {"how": how, "characters": str(count)})
        for how, count in hidden.items()
        if count >= REPORTED_HIDDEN and not (how == "invisible" and cover >= SCAN_COVER)
    )


def _printed_lines(
    page: Any, blocks: list[dict[str, Any]], number: int
) -> tuple[tuple[PrintedLine, ...], Counter[str]]:
    """The lines a reader can see, and how many characters are hidden in which way (P10)."""
    width, height = page.rect.width, page.rect.height
    fills: list[tuple[float, ...]] | None = None
    lines: list[PrintedLine] = []
    hidden: Counter[str] = Counter()
    for block in blocks:
        for line in block.get("lines", ()):
            spans: list[Span] = []
            for raw in line["spans"]:
                text = raw["text"]
                if not text:
                    continue
                box = raw["bbox"]
                how = _hidden_how(raw, box, width, height)
                if how == "white":
                    fills = _dark_areas(page) if fills is None else fills
                    how = "" if _is_over(box, fills) else how
                if how and not text.isspace():
                    hidden[how] += len(text.strip())
                    continue
                flags = raw["flags"]
                spans.append(
                    Span(
                        text,
                        Box(*box),
                        raw["font"],
                        raw["size"],
                        flags & BOLD != 0,
                        flags & ITALIC != 0,
                        flags & SUPERSCRIPT != 0,
                    )
                )
            if spans and not all(span.text.isspace() for span in spans):
                lines.append(PrintedLine(number, Box(*line["bbox"]), tuple(spans), line["dir"][0] > ACROSS))
    return tuple(lines), hidden


def _hidden_how(raw: dict[str, Any], box: tuple[float, ...], width: float, height: float) -> str:
    """How the span is hidden from a reader of the paper, or ""."""
    if not raw["char_flags"] & PAINTED or raw["alpha"] == 0:
        return "invisible"
    if raw["size"] < TINY_PT:
        return "tiny"
    if box[2] < 0 or box[3] < 0 or box[0] > width or box[1] > height:
        return "off_page"
    color = raw["color"]
    white = (
        color >= 0xF00000
        and color >> 16 >= NEAR_WHITE
        and color >> 8 & 255 >= NEAR_WHITE
        and color & 255 >= NEAR_WHITE
    )
    return "white" if white else ""


def _is_over(box: tuple[float, ...], areas: list[tuple[float, ...]]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(a[0] <= x <= a[2] and a[1] <= y <= a[3] for a in areas)


def _dark_areas(page: Any) -> list[tuple[float, ...]]:
    """Boxes of filled shapes that are not white, and of images: white text over them can be read."""
    areas: list[tuple[float, ...]] = [tuple(info["bbox"]) for info in page.get_image_info()]

    def keep(path: dict[str, Any]) -> None:
        fill = path.get("fill")
        if fill is not None and min(fill) * 255 < NEAR_WHITE and len(areas) < MAX_RULES:
            areas.append(tuple(path["rect"]))

    page.get_cdrawings(callback=keep)
    return areas


def _image_cover(document: Any, page: Any) -> float:
    """Share of the page under large images, 0 to 1."""
    if not any(image[2] * image[3] >= LARGE_IMAGE_PIXELS for image in document.get_page_images(page.number)):
        return 0.0
    area = float(sum(abs(pymupdf.Rect(info["bbox"]) & page.rect) for info in page.get_image_info()))
    return min(1.0, area / max(float(abs(page.rect)), 1.0))


def _may_hold_table(lines: tuple[PrintedLine, ...]) -> bool:
    """Whether at least ``TABULAR_PAIRS`` lines stand beside another: prose pages are spared the search for rules."""
    boxes = sorted((line.box.y0 + line.box.y1, line.box.x0, line.box.x1) for line in lines)
    pairs = sum(
        low[0] + 4 > high[0] and (low[2] < high[1] or high[2] < low[1]) for low, high in itertools.pairwise(boxes)
    )
    return pairs >= TABULAR_PAIRS


def _ruling_lines(page: Any) -> tuple[tuple[float, float, float, float], ...]:
    """Straight horizontal and vertical strokes and thin filled rectangles, each with x0 <= x1 and y0 <= y1."""
    rules: list[tuple[float, float, float, float]] = []

    def keep(path: dict[str, Any]) -> None:
        if len(rules) <= MAX_RULES and not _is_white(path):
            stroked = "s" in path["type"] and path.get("color") != path.get("fill")  # else it is a shaded area
            items = path["items"]
            if not stroked and any(item[0] == "l" for item in items):
                items = [
                    ("re", path["rect"])
                ]  # a filled polygon: its sides are no lines, it may be a thick one itself
            for item in items:
                rules.extend(_strokes(item, stroked))

    page.get_cdrawings(callback=keep)
    return tuple(rules) if len(rules) <= MAX_RULES else ()


def _is_white(path: dict[str, Any]) -> bool:
    """Whether nothing of the path can be seen on paper: lines that only place text."""
    colours = [path[name] for name in ("color", "fill") if path.get(name) is not None]
    return bool(colours) and all(min(colour) * 255 >= NEAR_WHITE for colour in colours)


def _strokes(item: tuple[Any, ...], stroked: bool) -> Iterable[tuple[float, float, float, float]]:
    """The ruling lines of one path item: a line, a thin rectangle, or the four sides of a stroked one."""
    if item[0] == "l":
        (ax, ay), (bx, by) = item[1], item[2]
        candidate = (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
    elif item[0] == "re":
        candidate = tuple(item[1])
    else:
        return ()
    x0, y0, x1, y1 = candidate
    width, height = x1 - x0, y1 - y0
    if min(width, height) < RULE_THICKNESS_PT:
        return (candidate,) if max(width, height) >= RULE_LENGTH_PT else ()
    if item[0] == "l" or not stroked:
        return ()
    return ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))


class PagePixels(NamedTuple):
    """A page drawn: RGB bytes row by row, and the page's size in points as displayed."""

    width: int
    height: int
    rgb: bytes
    page_width_pt: float
    page_height_pt: float


def page_pixels(
    path: Path, page: int, dpi: int, turn_deg: float = 0.0, limits: ReadLimits = DEFAULT_LIMITS
) -> PagePixels:
    """Page ``page`` (from 1) drawn at ``dpi`` as displayed, turned clockwise by ``turn_deg``, print of widgets included.

    UnreadableError as for reading, and for a page beyond ``limits``.
    """
    sheet = open_pdf(path, limits)[page - 1]
    width, height = sheet.rect.width, sheet.rect.height
    if width * height * (dpi / 72) ** 2 > limits.render_pixels:
        raise UnreadableError(FileStatus.TOO_LARGE, "file_pages_broken", pages="1")
    matrix = pymupdf.Matrix(dpi / 72, dpi / 72).prerotate(turn_deg)
    pixmap = sheet.get_pixmap(matrix=matrix, colorspace=pymupdf.csRGB, alpha=False)
    return PagePixels(pixmap.width, pixmap.height, bytes(pixmap.samples), width, height)


HIGHLIGHT_RGB = (1.0, 0.84, 0.0)
HIGHLIGHT_OPACITY = 0.35


def render_page(
    path: Path, page: int, boxes: Iterable[Box] = (), dpi: int = 110, limits: ReadLimits = DEFAULT_LIMITS
) -> bytes:
    """Page ``page`` (from 1) as PNG with ``boxes`` (points, as displayed) highlighted.

    A page too large for ``limits.render_pixels`` is drawn smaller. UnreadableError as for reading; IndexError for a
    page that is not there.
    """
    document = open_pdf(path, limits)
    if not 1 <= page <= document.page_count:
        raise IndexError(page)
    return _draw(document[page - 1], [(box, HIGHLIGHT_RGB) for box in boxes], dpi, limits)


def draw_boxes(
    path: Path,
    page: int,
    boxes: Iterable[tuple[Box, tuple[float, float, float]]],
    dpi: int = 80,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> bytes:
    """As ``render_page`` with a colour (red, green, blue from 0 to 1) for each box."""
    return _draw(open_pdf(path, limits)[page - 1], list(boxes), dpi, limits)


def _draw(page: Any, boxes: list[tuple[Box, tuple[float, float, float]]], dpi: int, limits: ReadLimits) -> bytes:
    for box, colour in boxes:
        area = pymupdf.Rect(box.x0, box.y0, box.x1, box.y1) * page.derotation_matrix
        page.draw_rect(area, color=None, fill=colour, fill_opacity=HIGHLIGHT_OPACITY)
    pixels = abs(page.rect) * (dpi / 72) ** 2
    zoom = dpi / 72 * min(1.0, (limits.render_pixels / max(pixels, 1.0)) ** 0.5)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False)
    return bytes(pixmap.tobytes("png"))
