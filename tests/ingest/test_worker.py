"""Worker processes: limits end the worker, never the pool; pages are drawn in them too (P1, P3)."""

from __future__ import annotations

import os
import signal
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pymupdf
import pytest

from ingest.intake import FileStatus
from ingest.limits import ReadLimits
from ingest.read import read_document
from ingest.worker import ReaderPool, RenderError
from rag.law.act import Box

BUSY_S = 1.5  # processor seconds of a worker that is surely inside the endless page: the others take some 0.1 s
TEXT = "Điều 1. Phạm vi điều chỉnh\nQuyết định này quy định mức phạt tiền."


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(workers=1) as readers:
        yield readers


def write_pdf(path: Path, pages: int = 1, rotation: int = 0) -> Path:
    document = pymupdf.open()
    for _ in range(pages):
        page = document.new_page()
        page.insert_htmlbox(pymupdf.Rect(72, 100, 520, 200), TEXT.replace("\n", "<br>"))
        page.set_rotation(rotation)
    document.save(path)
    return path


def write_recursion(path: Path) -> Path:
    """Form objects that draw the next one ten times, ten deep: hours of work from 2 KB."""
    document = pymupdf.open()
    document.new_page()
    deepest = 10
    xrefs = [document.get_new_xref() for _ in range(deepest)]
    for depth, xref in enumerate(xrefs):
        below = f"/Resources<</XObject<</X {xrefs[depth + 1]} 0 R>>>>" if depth + 1 < deepest else ""
        document.update_object(xref, f"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]{below}>>")
        document.update_stream(xref, b"/X Do\n" * 10 if below else b"0 0 m 1 1 l S\n" * 20)
    page = document[0]
    contents = document.get_new_xref()
    document.update_object(contents, "<<>>")
    document.update_stream(contents, b"/X Do\n")
    document.xref_set_key(page.xref, "Contents", f"{contents} 0 R")
    document.xref_set_key(page.xref, "Resources", f"<</XObject<</X {xrefs[0]} 0 R>>>>")
    document.save(path)
    return path


def test_a_document_crosses_whole(tmp_path: Path, pool: ReaderPool) -> None:
    path = write_pdf(tmp_path / "a.pdf", pages=2)
    assert pool.submit(path).result() == read_document(path)


def test_a_hung_worker_is_killed_and_the_next_file_is_read(tmp_path: Path) -> None:
    with ReaderPool(ReadLimits(wall_s=1.0), workers=1) as pool:
        hung, good = pool.submit(write_recursion(tmp_path / "loop.pdf")), pool.submit(write_pdf(tmp_path / "a.pdf"))
        assert hung.result().status is FileStatus.TIMEOUT
        assert "1 giây" in hung.result().text()
        assert good.result().status is FileStatus.INDEXED


def test_processor_time_is_limited(tmp_path: Path) -> None:
    with ReaderPool(ReadLimits(cpu_s=1), workers=1) as pool:
        assert pool.submit(write_recursion(tmp_path / "loop.pdf")).result().status is FileStatus.TIMEOUT


def test_too_many_pages(tmp_path: Path) -> None:
    with ReaderPool(ReadLimits(pages=2), workers=1) as pool:
        assert pool.submit(write_pdf(tmp_path / "a.pdf", pages=3)).result().status is FileStatus.TOO_LARGE


def test_a_vanished_file_is_an_error_not_a_status(tmp_path: Path, pool: ReaderPool) -> None:
    with pytest.raises(FileNotFoundError):
        pool.submit(tmp_path / "gone.pdf").result()


def png_size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_box_is_drawn_where_the_line_is(rotation: int, tmp_path: Path, pool: ReaderPool) -> None:
    path = write_pdf(tmp_path / "a.pdf", rotation=rotation)
    document = pool.submit(path).result()
    assert document.act is not None
    box = document.act.anchors[0].box
    plain, marked = (pymupdf.Pixmap(pool.render(path, 1, boxes, 72).result()) for boxes in ([], [box]))
    yellow = [
        (x, y)
        for x in range(0, plain.width, 3)
        for y in range(0, plain.height, 3)
        if marked.pixel(x, y) != plain.pixel(x, y)
    ]
    assert yellow
    assert all(box.x0 - 2 <= x <= box.x1 + 2 and box.y0 - 2 <= y <= box.y1 + 2 for x, y in yellow)


def test_the_image_stays_within_its_pixels(tmp_path: Path) -> None:
    with ReaderPool(ReadLimits(render_pixels=100_000), workers=1) as pool:
        width, height = png_size(pool.render(write_pdf(tmp_path / "a.pdf"), 1, dpi=600).result())
    assert 90_000 < width * height <= 102_000


def test_a_page_that_is_not_there_cannot_be_drawn(tmp_path: Path, pool: ReaderPool) -> None:
    with pytest.raises(RenderError):
        pool.render(write_pdf(tmp_path / "a.pdf"), 2, [Box(0, 0, 9, 9)]).result()


def test_a_page_that_crashes_the_worker_loses_only_itself(tmp_path: Path) -> None:
    good = pymupdf.open(write_pdf(tmp_path / "good.pdf", pages=2))
    good.insert_pdf(pymupdf.open(write_recursion(tmp_path / "endless.pdf")), start_at=1)
    good.save(tmp_path / "mixed.pdf")
    others = {one.pid for one in psutil.Process().children(recursive=True)}  # what other tests keep running
    with ReaderPool(workers=1) as readers:
        reading = readers.submit(tmp_path / "mixed.pdf")
        deadline = time.monotonic() + 30
        while not (stuck := _working(others)) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(stuck[0], signal.SIGSEGV)
        document = reading.result(timeout=60)
    assert document.status is FileStatus.INDEXED_PARTIAL
    assert document.missing_pages == (2,)
    assert {line.page for passage in document.passages for line in passage.lines} == {1, 3}


def _working(others: set[int]) -> list[int]:
    """New processes below this one that have computed for half a second: the worker, lost in the endless page."""
    below = [one for one in psutil.Process().children(recursive=True) if one.pid not in others]
    return [one.pid for one in below if not one.children() and one.cpu_times().user > BUSY_S]


def test_a_worker_left_bloated_does_not_fail_the_next_file(tmp_path: Path) -> None:
    """Memory that one task left behind ends the worker, not the file that comes next."""
    with ReaderPool(ReadLimits(memory_bytes=700 << 20), workers=1) as pool:
        before = pool._pool.schedule(_leave_memory, args=[450 << 20]).result()
        read = pool.submit(write_pdf(tmp_path / "a.pdf")).result()
        after = pool._pool.schedule(os.getpid).result()
    assert read.status is FileStatus.INDEXED
    assert after != before


_LEFT: list[bytearray] = []


def _leave_memory(size: int) -> int:
    _LEFT.append(bytearray(size))
    return os.getpid()
