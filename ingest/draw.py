"""Draws what the reader saw: page images with each line in the colour of its class and a bar at each provision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.lines import CleanDocument, LineClass
from rag.law.act import Act, Box, Level

Colour = tuple[float, float, float]
CLASS_COLOURS: dict[LineClass, Colour] = {
    LineClass.BODY: (0.6, 0.8, 1.0),
    LineClass.TABLE: (0.6, 0.9, 0.6),
    LineClass.NOTE: (0.9, 0.7, 1.0),
    LineClass.LETTERHEAD: (1.0, 0.9, 0.4),
    LineClass.SIGNATURE: (1.0, 0.7, 0.4),
    LineClass.FURNITURE: (0.7, 0.7, 0.7),
}
LEVEL_COLOURS: dict[Level, Colour] = {
    Level.ARTICLE: (0.9, 0.1, 0.1),
    Level.CLAUSE: (0.1, 0.5, 0.1),
    Level.POINT: (0.1, 0.1, 0.9),
}
MARGIN_BAR_PT = 4.0  # width of the bar beside a provision's first line


def draw_document(path: Path, document: CleanDocument, act: Act, folder: Path) -> Iterator[Path]:
    """Writes ``page-0001.png`` … into ``folder``: lines filled by class, a bar beside the first line of each Điều
    (red), Khoản (green) and Điểm (blue). Yields each path written; a page that cannot be drawn is left out."""
    from ingest.pdf import draw_boxes

    boxes: dict[int, list[tuple[Box, Colour]]] = {}
    for line in (*document.lines, *document.furniture):
        boxes.setdefault(line.page, []).append((line.box, CLASS_COLOURS[line.line_class]))
    for page, bar in _provision_bars(act):
        boxes.setdefault(page, []).append(bar)
    folder.mkdir(parents=True, exist_ok=True)
    for page in range(1, document.page_count + 1):
        if page in document.missing_pages:
            continue
        target = folder / f"page-{page:04d}.png"
        target.write_bytes(draw_boxes(path, page, boxes.get(page, [])))
        yield target


def _provision_bars(act: Act) -> Iterator[tuple[int, tuple[Box, Colour]]]:
    starts = {anchor.start: anchor for anchor in act.anchors}
    for provision in act.walk():
        anchor = starts.get(provision.start)
        if anchor and provision.level in LEVEL_COLOURS:
            box = anchor.box
            x0 = box.x0 - 2 * MARGIN_BAR_PT
            yield anchor.page, (Box(x0, box.y0, x0 + MARGIN_BAR_PT, box.y1), LEVEL_COLOURS[provision.level])
