"""Plots as inline SVG: plain strings, no library, no outside loads. Colours and fonts come from the page's style."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

WIDTH, BAR = 540, 26  # user units; the page scales the drawing to its column
WIDE = 1000  # drawings that take the whole page
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 28, 38
PLOT_HEIGHT = 230
_LABEL_WIDTH = 132


def interval_bars(rows: Sequence[tuple[str, float, float, float, int]], title: str) -> str:
    """Horizontal bars from 0 to 1 with their intervals: (label, value, low, high, questions)."""
    height = TOP + len(rows) * BAR + BOTTOM
    span = WIDTH - _LABEL_WIDTH - 110
    parts = [
        _line(_LABEL_WIDTH + span * t, TOP, _LABEL_WIDTH + span * t, height - BOTTOM, "grid")
        + _text(_LABEL_WIDTH + span * t, height - BOTTOM + 18, f"{t:g}", "tick middle")
        for t in (0, 0.25, 0.5, 0.75, 1)
    ]
    for place, (label, value, low, high, count) in enumerate(rows):
        y = TOP + place * BAR
        middle = y + BAR / 2
        parts += [
            _text(_LABEL_WIDTH - 10, middle + 4, label, "label end"),
            f'<rect class="bar" x="{_LABEL_WIDTH}" y="{y + 5}" width="{_n(span * value)}" height="{BAR - 10}" rx="2"/>',
            _line(_LABEL_WIDTH + span * low, middle, _LABEL_WIDTH + span * high, middle, "whisker"),
            _text(_LABEL_WIDTH + span + 12, middle + 4, f"{value:.3f}", "value"),
            _text(WIDTH, middle + 4, f"n {count}", "tick end"),
        ]
    return _svg(height, parts, title)


def curve(points: Sequence[tuple[float, float, float, float]], title: str, x_title: str) -> str:
    """A line over a band: (x on a logarithmic axis, value, low, high), values 0 to 1."""
    reach = math.log(points[-1][0]) or 1.0
    xs = [LEFT + (WIDTH - LEFT - RIGHT) * math.log(x) / reach for x, *_ in points]

    def at(value: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - value)

    upper = [f"{_n(x)},{_n(at(p[3]))}" for x, p in zip(xs, points, strict=True)]
    lower = [f"{_n(x)},{_n(at(p[2]))}" for x, p in zip(xs, points, strict=True)]
    middle = [f"{_n(x)},{_n(at(p[1]))}" for x, p in zip(xs, points, strict=True)]
    parts = _axes(x_title)
    parts += [f'<polygon class="band" points="{" ".join(upper + lower[::-1])}"/>']
    parts += [f'<polyline class="line" points="{" ".join(middle)}"/>']
    for x, (k, value, *_) in zip(xs, points, strict=True):
        parts += [
            f'<circle class="dot" cx="{_n(x)}" cy="{_n(at(value))}" r="3.5"/>',
            _text(max(x, LEFT + 18), at(value) - 10, f"{value:.2f}", "value middle"),
            _text(x, TOP + PLOT_HEIGHT + 17, f"{k:g}", "tick middle"),
        ]
    return _svg(TOP + PLOT_HEIGHT + BOTTOM, parts, title)


def histogram(values: Sequence[float], marks: Sequence[tuple[str, float]], title: str, x_title: str) -> str:
    """Counts in equal bins from 0 to the largest value, with named vertical marks."""
    most = max(values) or 1.0
    bins = min(40, max(8, round(math.sqrt(len(values)))))
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / most * bins))] += 1
    span = WIDTH - LEFT - RIGHT
    step = span / bins
    parts = _axes(x_title, scale=max(counts))
    for place, count in enumerate(counts):
        tall = PLOT_HEIGHT * count / max(counts)
        parts.append(
            f'<rect class="bar" x="{_n(LEFT + place * step + 0.5)}" y="{_n(TOP + PLOT_HEIGHT - tall)}" '
            f'width="{_n(step - 1)}" height="{_n(tall)}"/>'
        )
    parts += [
        _text(LEFT + span * t, TOP + PLOT_HEIGHT + 17, f"{most * t:.0f}", "tick middle")
        for t in (0, 0.25, 0.5, 0.75, 1)
    ]
    parts += [
        _line(x, TOP, x, TOP + PLOT_HEIGHT, "mark")
        for _, value in marks
        for x in (LEFT + span * min(1.0, value / most),)
    ]
    parts.append(_text(WIDTH - RIGHT, TOP - 12, " · ".join(label for label, _ in marks), "value end"))
    return _svg(TOP + PLOT_HEIGHT + BOTTOM, parts, title)


def two_curves(points: Sequence[tuple[float, float, float]], names: tuple[str, str], title: str, x_title: str) -> str:
    """Two lines over x from 0 to 1, values 0 to 1: (x, first, second)."""
    span = WIDTH - LEFT - RIGHT
    parts = _axes(x_title) + [
        _text(LEFT + span * t, TOP + PLOT_HEIGHT + 17, f"{t:g}", "tick middle") for t in (0, 0.25, 0.5, 0.75, 1)
    ]
    for which, kind in ((1, "line"), (2, "line second")):
        drawn = " ".join(f"{_n(LEFT + span * p[0])},{_n(TOP + PLOT_HEIGHT * (1 - p[which]))}" for p in points)
        parts.append(f'<polyline class="{kind}" points="{drawn}"/>')
    for place, (name, kind) in enumerate(zip(names, ("line", "line second"), strict=True)):
        y = TOP + PLOT_HEIGHT + BOTTOM + 14 + place * 20
        parts += [_line(LEFT, y - 4, LEFT + 28, y - 4, kind), _text(LEFT + 36, y, name, "value")]
    return _svg(TOP + PLOT_HEIGHT + BOTTOM + 40, parts, title)


def moved_bars(changes: Sequence[float], title: str) -> str:
    """Changes a question, sorted, gains up and losses down around a middle line (-1 to 1)."""
    ordered = sorted(changes, reverse=True)
    span = WIDE - LEFT - RIGHT
    middle = TOP + PLOT_HEIGHT / 2
    step = span / max(len(ordered), 1)
    parts = [_line(LEFT, middle, WIDE - RIGHT, middle, "axis")]
    for t in (-1, 0, 1):
        parts.append(_text(LEFT - 8, middle - t * PLOT_HEIGHT / 2 + 4, f"{t:+g}" if t else "0", "tick end"))
    for place, change in enumerate(ordered):
        tall = abs(change) * PLOT_HEIGHT / 2
        y = middle - tall if change > 0 else middle
        parts.append(
            f'<rect class="{"gain" if change > 0 else "loss"}" x="{_n(LEFT + place * step)}" y="{_n(y)}" '
            f'width="{_n(max(step * 0.9, 0.4))}" height="{_n(tall)}"/>'
        )
    return _svg(TOP + PLOT_HEIGHT + TOP, parts, title, WIDE)


def _axes(x_title: str, scale: int | None = None) -> list[str]:
    parts = []
    for t in (0, 0.25, 0.5, 0.75, 1):
        y = TOP + PLOT_HEIGHT * (1 - t)
        label = f"{t:g}" if scale is None else f"{scale * t:.0f}"
        parts += [
            _line(LEFT, y, WIDTH - RIGHT, y, "axis" if t == 0 else "grid"),
            _text(LEFT - 8, y + 4, label, "tick end"),
        ]
    return [*parts, _text((LEFT + WIDTH - RIGHT) / 2, TOP + PLOT_HEIGHT + 34, x_title, "tick middle")]


def _svg(height: float, parts: Sequence[str], title: str, width: int = WIDTH) -> str:
    name = html.escape(title)
    return (
        f'<svg viewBox="0 0 {width} {_n(height)}" role="img" aria-label="{name}"><title>{name}</title>'
        f"{''.join(parts)}</svg>"
    )


def _line(x0: float, y0: float, x1: float, y1: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(x1)}" y2="{_n(y1)}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{html.escape(text)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
