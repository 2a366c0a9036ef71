"""A scanned page as printed lines: drawn, laid straight, stamps taken off, read, put right, doubts noted.

page → pixels → grey without colour → turn and slant → words with boxes → repaired words → lines in points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.layout import place_back
from ingest.limits import DEFAULT_LIMITS, ReadLimits
from ingest.lines import Doubt, PrintedLine, PrintedPage, Span
from ingest.ocr import COLUMN, SPARSE, GrayImage, ImageReader, OcrLine, OcrWord, read_image
from ingest.ocr_repair import ReadWord, fixed_line, repair_words
from ingest.ocr_specks import PointLabels, has_closer, with_full_stops, without_specks
from ingest.pdf import PagePixels, page_pixels
from ingest.scan_image import Gray, is_blank, is_sideways, only_red, slant_of, without_colour
from rag.law.act import Box, Diagnostic
from rag.law.text import fold_case_and_tone

DPI = 175  # the engine scales lines to 36 pixels; 150 to 200 read as well as or better than 300, in 0.7 of the time
GOOD_READING = 0.5  # share of letters in syllables of the corpus; a page upside down has 0.1
JUDGED_WORDS = 20  # fewer are no evidence that a page stands on its head
COLUMN_GAP = 2.2  # line heights between words from which they belong to two columns
LIKE_HEIGHT = (0.7, 1.4)  # of the page's median line height: such lines are body text of one size
SIZE_OF_HEIGHT = 0.9  # letter size of a line box's height: boxes reach from the marks to the descenders
NOISE_CONFIDENCE = 40.0  # a line below it without one long syllable is a scribble or a seal
WORD_DOUBT = 60.0  # confidence below which a word is doubtful (3 of 10 were wrong on the tuning pages)
NUMBER_DOUBT = 90.0  # the same for a word with a digit: no context can put a number right
STAMP_SHARE = 0.0004  # red ink on the part of a first page where secrecy marks are stamped, worth reading by itself
STAMP_DEPTH = 0.45  # share of the height
_DIGIT_LIKE = re.compile(r"(?<=\d)[lI|](?=[\d.,/):]|$)|^[lI|](?=\d)")
_ZERO_LIKE = re.compile(r"(?<=\d)[oO](?=[\d.,/):]|$)")
_SYLLABLES = re.compile(r"[^\W\d_]{2,}")


def read_scanned_page(
    path: Path, number: int, limits: ReadLimits = DEFAULT_LIMITS, reader: ImageReader = read_image
) -> PrintedPage:
    """Page ``number`` (from 1) of the PDF at ``path`` read from its image. Errors: those of ``reader`` and
    ``page_pixels``."""
    drawn = _draw(path, number, 0.0, limits)
    gray = without_colour(_rgb(drawn))
    width, height = drawn.page_width_pt, drawn.page_height_pt
    if is_blank(gray):
        return PrintedPage(number, width, height, ())
    reading = _best_reading(path, number, gray, limits, reader)
    if reading.turned in (90, 270):
        width, height = height, width
    return _assembled(number, reading, width, height)


class Reading(NamedTuple):
    """Lines in pixels of an image of ``size`` drawn at ``dpi``, turned clockwise and laid straight for reading."""

    lines: tuple[OcrLine, ...]
    size: tuple[int, int]
    dpi: int
    turned: int
    slant_deg: float


def _draw(path: Path, number: int, turn_deg: float, limits: ReadLimits) -> PagePixels:
    return page_pixels(path, number, DPI, turn_deg, limits)


def _rgb(drawn: PagePixels) -> NDArray[np.uint8]:
    return np.frombuffer(drawn.rgb, np.uint8).reshape(drawn.height, drawn.width, 3)


def _best_reading(path: Path, number: int, gray: Gray, limits: ReadLimits, reader: ImageReader) -> Reading:
    """The first turn that reads well, else the best of those tried. Upright pages are read once."""
    turns = (90, 270) if is_sideways(gray) else (0, 180)
    best: Reading | None = None
    for turned in turns:
        reading = _reading(path, number, gray, turned, limits, reader)
        if best is None or _quality(reading.lines) > _quality(best.lines):
            best = reading
        if _quality(best.lines) >= GOOD_READING or sum(map(len, reading.lines)) < JUDGED_WORDS:
            break
    assert best is not None
    return best


def _reading(path: Path, number: int, gray: Gray, turned: int, limits: ReadLimits, reader: ImageReader) -> Reading:
    turned_gray: Gray = np.rot90(gray, -turned // 90)
    slant = slant_of(turned_gray)
    if slant:
        straight = _draw(path, number, turned - slant, limits)
        turned_gray = without_colour(_rgb(straight))
    image = np.ascontiguousarray(turned_gray)
    size = (image.shape[1], image.shape[0])
    lines = reader(GrayImage(*size, image.tobytes(), DPI), COLUMN)
    return Reading(lines, size, DPI, turned, slant)


def _quality(lines: Sequence[OcrLine]) -> float:
    """Share of the letters (in runs of two and more) that are syllables of the law corpus, 0 to 1."""
    from rag.restore import shipped_restorer

    known = shipped_restorer().number
    runs = [run for line in lines for word in line for run in _SYLLABLES.findall(word.text)]
    return sum(len(run) for run in runs if fold_case_and_tone(run) in known) / max(sum(map(len, runs)), 1)


def _assembled(number: int, reading: Reading, width: float, height: float) -> PrintedPage:
    lines = [line for line in reading.lines if not _is_noise(line)]
    repaired = iter(repair_words([ReadWord(word.text, word.confidence) for line in lines for word in line]))
    texts = _cleaned([[_digits_for_letters(next(repaired)) for _ in line] for line in lines])
    body = _body_height(lines)
    printed: list[PrintedLine] = []
    doubts: list[Doubt] = []
    for line, shown in zip(lines, texts, strict=True):
        placed = [_placed(word, text, reading, width, height) for word, text in zip(line, shown, strict=True)]
        printed += _printed(number, [word for word in placed if word.text], body * 72 / reading.dpi)
        doubts += _doubts(number, line, placed, reading, width, height)
    note = Diagnostic("page_read_by_ocr", number, {"doubtful": str(len(doubts))})
    return PrintedPage(
        number, width, height, tuple(printed), 1.0, turned=reading.turned, diagnostics=(note,),
        slant_deg=reading.slant_deg, doubts=tuple(doubts),
    )  # fmt: skip


def _cleaned(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """Lines of words without specks, point labels by their place in the list; "" where a word was a speck."""
    labels = PointLabels()
    out: list[list[str]] = []
    for at, line in enumerate(lines):
        closes = any(has_closer(word) for later in lines[at:] for word in later)
        words = with_full_stops(without_specks(line, closes))
        first = next((n for n, word in enumerate(words) if word), None)
        if first is not None:
            words[first] = labels.read(words[first])
        out.append(words)
    return out


class Placed(NamedTuple):
    """A word in points of the page laid straight and turned."""

    text: str
    box: Box


def _placed(word: OcrWord, text: str, reading: Reading, width: float, height: float) -> Placed:
    """The middle of the image is the middle of the page, however it was turned."""
    scale, (wide, high) = 72 / reading.dpi, reading.size
    x0, x1 = ((x - wide / 2) * scale + width / 2 for x in (word.x0, word.x1))
    y0, y1 = ((y - high / 2) * scale + height / 2 for y in (word.y0, word.y1))
    return Placed(text, Box(x0, y0, x1, y1))


def _digits_for_letters(text: str) -> str:
    """l and o among digits read as 1 and 0; such a word is always doubtful."""
    return _ZERO_LIKE.sub("0", _DIGIT_LIKE.sub("1", text))


def _is_noise(line: OcrLine) -> bool:
    sure = sum(word.confidence * len(word.text) for word in line) / max(sum(len(word.text) for word in line), 1)
    return not any(c.isalnum() for word in line for c in word.text) or (
        sure < NOISE_CONFIDENCE and _quality([line]) < GOOD_READING
    )


def _body_height(lines: Sequence[OcrLine]) -> float:
    heights = [_height(line) for line in lines if len(line) > 3]
    return median(heights) if heights else median([_height(line) for line in lines] or [0.0])


def _height(line: OcrLine) -> float:
    return max(word.y1 for word in line) - min(word.y0 for word in line)


def _printed(number: int, words: Sequence[Placed], body: float) -> Iterator[PrintedLine]:
    """The line, cut where a gap divides columns."""
    held: list[Placed] = []
    for word in words:
        if held and word.box.x0 - held[-1].box.x1 > COLUMN_GAP * body:
            yield _line(number, held, body)
            held = []
        held.append(word)
    if held:
        yield _line(number, held, body)


def _line(number: int, words: Sequence[Placed], body: float) -> PrintedLine:
    box = Box(
        min(w.box.x0 for w in words),
        min(w.box.y0 for w in words),
        max(w.box.x1 for w in words),
        max(w.box.y1 for w in words),
    )
    height = box.y1 - box.y0
    like = LIKE_HEIGHT[0] * body <= height <= LIKE_HEIGHT[1] * body
    size = SIZE_OF_HEIGHT * (body if like else height)
    text = fixed_line(" ".join(w.text for w in words))
    return PrintedLine(number, box, (Span(text, box, "", size, False, False, False),))


def _doubts(
    number: int, line: OcrLine, placed: Sequence[Placed], reading: Reading, width: float, height: float
) -> Iterator[Doubt]:
    for word, shown in zip(line, placed, strict=True):
        has_digit = any(map(str.isdigit, shown.text))
        changed = has_digit != any(map(str.isdigit, word.text)) or (has_digit and shown.text != word.text)
        relabelled = shown.text.endswith(")") and len(shown.text) == 2 and shown.text.lower() != word.text.lower()
        if shown.text and (word.confidence < (NUMBER_DOUBT if has_digit else WORD_DOUBT) or changed or relabelled):
            yield Doubt(shown.text, number, place_back(shown.box, width, height, reading.turned, reading.slant_deg))


def read_stamps(
    path: Path, number: int, limits: ReadLimits = DEFAULT_LIMITS, reader: ImageReader = read_image
) -> tuple[tuple[str, ...], bool]:
    """The scraps of text on the upper part of a page, where secrecy marks are stamped, and whether they are red: red ink
    alone where there is any, else everything (a copy without colour)."""
    rgb = _rgb(_draw(path, number, 0.0, limits))
    upper = rgb[: math.ceil(rgb.shape[0] * STAMP_DEPTH)]
    red = only_red(upper)
    is_red = float((red < 255).mean()) >= STAMP_SHARE
    image = np.ascontiguousarray(red if is_red else without_colour(upper))
    lines = reader(GrayImage(image.shape[1], image.shape[0], image.tobytes(), DPI), SPARSE)
    return tuple(" ".join(word.text for word in line) for line in lines), is_red
