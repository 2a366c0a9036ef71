"""Page images of what was read."""

from __future__ import annotations

from pathlib import Path

from ingest.draw import draw_document, provision_boxes
from ingest.layout import clean_layout
from ingest.pdf import read_pages
from ingest.structure import parse_act
from rag.law.act import Level
from tests.samples import SAMPLES


def test_every_page_is_drawn_and_every_line_lies_in_the_box_of_its_provision(tmp_path: Path) -> None:
    document = clean_layout(read_pages(SAMPLES[0]))
    act = parse_act(document)
    written = list(draw_document(SAMPLES[0], document, act, tmp_path / "pages"))
    assert [path.name for path in written] == [f"page-{n:04d}.png" for n in range(1, document.page_count + 1)]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
    clause = next(node for node in act.walk() if node.level is Level.CLAUSE)
    boxes = provision_boxes(act, clause)
    lines = [anchor for anchor in act.anchors if clause.start <= anchor.start < clause.end]
    assert lines and set(boxes) == {anchor.page for anchor in lines}
    assert all(boxes[a.page].x0 <= a.box.x0 and a.box.x1 <= boxes[a.page].x1 for a in lines)
    assert all(boxes[a.page].y0 <= a.box.y0 and a.box.y1 <= boxes[a.page].y1 for a in lines)
