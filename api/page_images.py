"""Page images with marked lines: drawn in a worker process, kept in memory up to a limit."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import BadInput, NotFound
from rag.law.passage import Passage
from rag.record.record import Record

if TYPE_CHECKING:
    from ingest.worker import ReaderPool
    from rag.law.act import Box

CACHE_BYTES = 32 << 20  # some 150 pages; a page of text at 110 dpi is about 200 kB
DPI = 110  # readable on a 1280 px screen beside the answer
DRAWERS = 1  # worker processes: a page takes 50 ms, and ingestion needs the other core


@dataclass(frozen=True, slots=True)
class Marks:
    """Which lines of a passage to mark: those overlapping ``[start, end)`` of its text."""

    passage_id: str
    start: int = 0
    end: int = 1 << 30


class PageImages:
    """One drawer and its cache. What may be seen is checked by the asker's record on every call, cached or not."""

    def __init__(self) -> None:
        self._pool: ReaderPool | None = None
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, Marks | None], bytes] = OrderedDict()
        self._kept_bytes = 0

    async def image(self, record: Record, document_id: str, page: int, marks: Marks | None) -> bytes:
        """PNG of page ``page`` (from 1). Raises NotFound, BadInput, Damaged."""
        boxes = await asyncio.to_thread(_boxes, record, document_id, page, marks)
        key = (document_id, page, marks)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        image = await self._draw(record, document_id, page, boxes)
        self._keep(key, image)
        return image

    def close(self) -> None:
        with self._guard:
            if self._pool:
                self._pool.close()

    async def _draw(self, record: Record, document_id: str, page: int, boxes: list[Box]) -> bytes:
        from ingest.worker import RenderError

        path = await asyncio.to_thread(record.original, document_id)
        try:
            return await asyncio.wrap_future(self._drawer().render(path, page, boxes, DPI))
        except RenderError as error:
            raise BadInput("page_not_drawn", page=page) from error

    def _drawer(self) -> ReaderPool:
        from ingest.worker import ReaderPool

        with self._guard:
            if self._pool is None:
                self._pool = ReaderPool(workers=DRAWERS)
            return self._pool

    def _keep(self, key: tuple[str, int, Marks | None], image: bytes) -> None:
        if key not in self._kept:
            self._kept[key] = image
            self._kept_bytes += len(image)
        while self._kept_bytes > CACHE_BYTES:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1])

    def forget(self, document_id: str) -> None:
        """Drop the images of a deleted document (S6)."""
        for key in [key for key in self._kept if key[0] == document_id]:
            self._kept_bytes -= len(self._kept.pop(key))


@dataclass(frozen=True, slots=True)
class SeenPages:
    """The page images of what one asker's record holds."""

    images: PageImages
    record: Record

    async def image(self, document_id: str, page: int, marks: Marks | None) -> bytes:
        return await self.images.image(self.record, document_id, page, marks)


def marked_boxes(passage: Passage, page: int, marks: Marks) -> list[Box]:
    """Boxes of the passage's lines on ``page`` that overlap the marked stretch."""
    lines = [line for line in passage.lines if line.page == page]
    return [line.box for line in lines if line.start < marks.end and line.end > marks.start]


def _boxes(record: Record, document_id: str, page: int, marks: Marks | None) -> list[Box]:
    document = record.document(document_id)
    if not 1 <= page <= document.pages:
        raise NotFound("page_not_found", page=page, pages=document.pages)
    if marks is None:
        return []
    stored = record.passages([marks.passage_id]).get(marks.passage_id)
    if stored is None or stored.passage.document_id != document_id:
        raise NotFound("passage_not_found", passage_id=marks.passage_id)
    return marked_boxes(stored.passage, page, marks)
