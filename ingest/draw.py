"""Draws what the reader saw: page images with each line in the colour of its class, and a frame around each provision."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from ingest.lines import CleanDocument, LineClass
from rag.law.act import Act, Box, Level, Provision

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
    Level.HEADING: (0.6, 0.1, 0.6),
}
FRAME_PT = 1.2  # thickness of a frame's sides
INSET_PT = 3.0  # how far the frame of an inner level stands inside that of the outer one
_DEPTH = {Level.ARTICLE: 2, Level.HEADING: 1, Level.CLAUSE: 1, Level.POINT: 0}


def draw_document(path: Path, document: CleanDocument, act: Act, folder: Path) -> Iterator[Path]:
    """Writes ``page-0001.png`` … into ``folder``: lines filled by class, a frame around the lines of each Điều (red),
    Khoản (green), Điểm (blue) and section of an outline (purple) on every page it stands on. Yields each path written; a
    page that cannot be drawn is left out."""
    from ingest.pdf import draw_boxes

    boxes: dict[int, list[tuple[Box, Colour]]] = {}
    for line in (*document.lines, *document.furniture):
        boxes.setdefault(line.page, []).append((line.box, CLASS_COLOURS[line.line_class]))
    for page, side in _frames(act):
        boxes.setdefault(page, []).append(side)
    folder.mkdir(parents=True, exist_ok=True)
    for page in range(1, document.page_count + 1):
        if page in document.missing_pages:
            continue
        target = folder / f"page-{page:04d}.png"
        target.write_bytes(draw_boxes(path, page, boxes.get(page, [])))
        yield target


def _frames(act: Act) -> Iterator[tuple[int, tuple[Box, Colour]]]:
    """The four sides of the frame of each provision, page by page."""
    for provision in act.walk():
        if provision.level in LEVEL_COLOURS:
            for page, box in provision_boxes(act, provision).items():
                away = INSET_PT * _DEPTH[provision.level]
                frame = Box(box.x0 - away, box.y0 - away / 2, box.x1 + away, box.y1 + away / 2)
                yield from ((page, (side, LEVEL_COLOURS[provision.level])) for side in _sides(frame))


def provision_boxes(act: Act, provision: Provision) -> dict[int, Box]:
    """Page → the box around all lines of the provision there."""
    first = bisect_left(act.anchors, provision.start + 1, key=lambda anchor: anchor.end)
    found: dict[int, Box] = {}
    for anchor in act.anchors[first:]:
        if anchor.start >= provision.end:
            break
        held = found.get(anchor.page, anchor.box)
        box = anchor.box
        found[anchor.page] = Box(
            min(held.x0, box.x0), min(held.y0, box.y0), max(held.x1, box.x1), max(held.y1, box.y1)
        )
    return found


def _sides(frame: Box) -> tuple[Box, Box, Box, Box]:
    return (
        Box(frame.x0, frame.y0, frame.x1, frame.y0 + FRAME_PT),
        Box(frame.x0, frame.y1 - FRAME_PT, frame.x1, frame.y1),
        Box(frame.x0, frame.y0, frame.x0 + FRAME_PT, frame.y1),
        Box(frame.x1 - FRAME_PT, frame.y0, frame.x1, frame.y1),
    )
