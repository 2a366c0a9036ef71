"""Makes a scanned page fit for reading: colour (stamps, signatures) taken off, its slant and its turn measured.

Pure functions over grey arrays of shape (height, width), 0 black to 255 white.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
SMALL_WIDTH_PX = (
    800  # the slant is measured on an image about this wide: a tenth of a degree moves its edge by a pixel
)
MOST_SLANT_DEG = 6.0  # a page fed into a scanner askew; more is a photograph
COARSE_STEP_DEG, FINE_STEP_DEG = 1.0, 0.2
LEAST_SLANT_DEG = 0.5  # less hurts neither the engine nor the layout
INK_SHARE = 0.0005  # of the pixels: with less there is nothing on the page
DARK = 0.62  # of the paper's brightness: darker pixels are ink
SIDEWAYS = 1.6  # times as much contrast between columns as between rows: the lines run upward
RED_EXCESS = 50  # of 255 that red exceeds green and blue by in stamp ink, also where JPEG has paled it
CLEAR_PEAK = 1.05  # times the contrast at no slant that another slant must have to be believed


def without_colour(rgb: NDArray[np.uint8]) -> Gray:
    """Grey as the brightest of red, green and blue: black print stays black, red stamps and blue ink fade to paper."""
    return np.asarray(rgb.max(axis=2), np.uint8)


def ink_of(gray: Gray) -> NDArray[np.bool_]:
    """Which pixels are print: darker than ``DARK`` of the paper, whose grey is the commonest bright one."""
    counts = np.bincount(gray.ravel(), minlength=256)
    paper = 128 + int(counts[128:].argmax())
    return np.asarray(gray < DARK * paper)


def is_blank(gray: Gray) -> bool:
    """Whether there is nothing to read."""
    return float(ink_of(gray).mean()) < INK_SHARE


def slant_of(gray: Gray) -> float:
    """Degrees by which lines of print fall to the right (negative: rise), 0.0 when they are level or there are none.

    The slant at which the rows of a sheared image differ most (projection profile; Postl 1986).
    """
    step = max(1, gray.shape[1] // SMALL_WIDTH_PX)
    ink = ink_of(gray)[::step, ::step]
    if ink.sum() < INK_SHARE * ink.size:
        return 0.0
    coarse = _steepest(ink, 0.0, MOST_SLANT_DEG, COARSE_STEP_DEG)
    angle = _steepest(ink, coarse, COARSE_STEP_DEG, FINE_STEP_DEG)
    clear = _contrast_at(ink, angle) > CLEAR_PEAK * _contrast_at(ink, 0.0)
    return angle if abs(angle) >= LEAST_SLANT_DEG and clear else 0.0


def _steepest(ink: NDArray[np.bool_], middle: float, reach: float, step: float) -> float:
    angles = np.arange(middle - reach, middle + reach + step / 2, step)
    return float(max(angles, key=lambda angle: _contrast_at(ink, float(angle))))


def _contrast_at(ink: NDArray[np.bool_], angle: float) -> float:
    """Variance between rows after shearing by ``angle`` degrees."""
    ys, xs = np.nonzero(ink)
    rows = np.round(ys - np.tan(np.radians(angle)) * (xs - ink.shape[1] / 2)).astype(np.int64)
    rows = rows[(rows >= 0) & (rows < ink.shape[0])]
    return float(np.bincount(rows, minlength=ink.shape[0]).var())


def only_red(rgb: NDArray[np.uint8]) -> Gray:
    """Red ink alone as black on white: stamps, read for their secrecy marks before they are taken off."""
    red, other = rgb[..., 0].astype(np.int16), rgb[..., 1:].max(axis=2).astype(np.int16)
    return np.where(red - other > RED_EXCESS, other, 255).astype(np.uint8)


def is_sideways(gray: Gray) -> bool:
    """Whether lines of print run upward or downward instead of across."""
    step = max(1, gray.shape[1] // SMALL_WIDTH_PX)
    ink = ink_of(gray)[::step, ::step].astype(np.float64)
    rows, columns = np.diff(ink.mean(axis=1)).var(), np.diff(ink.mean(axis=0)).var()
    return bool(columns > SIDEWAYS * rows)
