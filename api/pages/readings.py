"""The acts that people read just now, laid out: a long one is decoded once, not for each part that is scrolled to."""

from __future__ import annotations

import threading
from collections import OrderedDict

from api.pages.reading import Reading
from rag.record.model import Document
from rag.record.record import Record

KEPT = 4  # acts; the longest of the sample set (408 pages) takes some 12 MB and 65 ms


class Readings:
    """Safe to share between threads. What may be seen is checked by who asks, before."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Reading] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, record: Record, document: Document) -> Reading:
        """``document`` as ``record`` gave it out: a visible one. Raises NotFound, Damaged."""
        key = (document.id, document.added_at)  # reading a file anew catalogues it anew
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = Reading(record.act(document.id))
        with self._guard:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def forget(self, document_id: str) -> None:
        """Drop a document that is deleted (S6)."""
        with self._guard:
            for key in [key for key in self._kept if key[0] == document_id]:
                del self._kept[key]
