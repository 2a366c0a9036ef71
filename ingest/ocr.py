"""Reads a page image with Tesseract, called directly: words with boxes and confidence, line by line.

The one engine shipped; another is a function of the same shape (``read_image``). Its own command with tsv output keeps the
spaces that MuPDF's built-in call loses after stacked diacritics. It runs as a child of a reading worker and inherits
the worker's limits on memory and processor time.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import NamedTuple

LANGUAGE = "vie"
COMMAND = (
    "tesseract", "stdin", "stdout", "-l", LANGUAGE, "--oem", "1",  # LSTM
    "-c", "tessedit_do_invert=0",  # white on black is not print; trying it costs a tenth of the time
)  # fmt: skip
COLUMN = "4"  # page segmentation: a column of lines of varying size; 3 is slower and no better, 6 loses margins
SPARSE = "11"  # find what text there is, in no order: a stamp in an empty picture
IMAGE_TIMEOUT_S = 60.0  # one page, wall clock; the densest A4 page met took 8 s on a busy core
_TSV_COLUMNS = 12
_WORD_LEVEL = "5"


class OcrUnavailableError(Exception):
    """Tesseract or its Vietnamese data is not installed."""


class OcrFailedError(Exception):
    """The engine died or ran out of time on this image."""


class OcrWord(NamedTuple):
    """``confidence`` is the engine's, 0 to 100. The box is in pixels of the image, origin top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


OcrLine = tuple[OcrWord, ...]


class GrayImage(NamedTuple):
    """Eight-bit grey, row by row from the top, no padding."""

    width: int
    height: int
    pixels: bytes
    dpi: int


ImageReader = Callable[[GrayImage, str], tuple[OcrLine, ...]]  # an image and COLUMN or SPARSE


@functools.cache
def has_tesseract() -> bool:
    """Whether the command and its Vietnamese data are there."""
    if shutil.which(COMMAND[0]) is None:
        return False
    listed = subprocess.run([COMMAND[0], "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
    return LANGUAGE in listed.stdout.split()


def read_image(image: GrayImage, segmentation: str = COLUMN) -> tuple[OcrLine, ...]:
    """The lines of ``image``, each its words from left to right. OcrUnavailableError, OcrFailedError."""
    if not has_tesseract():
        raise OcrUnavailableError(LANGUAGE)
    header = b"P5 %d %d 255\n" % (image.width, image.height)
    try:
        done = subprocess.run(
            [*COMMAND, "--psm", segmentation, "--dpi", str(image.dpi), "tsv"],
            input=header + image.pixels,
            capture_output=True,
            check=False,
            timeout=IMAGE_TIMEOUT_S,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # its threads cost more than they give on a page
        )
    except subprocess.TimeoutExpired as error:
        raise OcrFailedError("timeout") from error
    if done.returncode:
        raise OcrFailedError(done.stderr.decode("utf-8", "replace")[-200:])
    return tuple(_lines(done.stdout.decode("utf-8", "replace")))


def _lines(tsv: str) -> Iterator[OcrLine]:
    """Rows of the table with the same block, paragraph and line number are one line."""
    held: list[OcrWord] = []
    last: list[str] = []
    for row in tsv.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < _TSV_COLUMNS or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        if held and cells[1:5] != last:
            yield tuple(held)
            held = []
        last = cells[1:5]
        x, y, width, height = (float(cell) for cell in cells[6:10])
        held.append(OcrWord(cells[11].strip(), x, y, x + width, y + height, float(cells[10])))
    if held:
        yield tuple(held)
