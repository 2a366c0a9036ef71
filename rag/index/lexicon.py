"""Document frequencies of everything visible, kept in step with the record.

The record decides what is visible; the saved statistics name the documents they count, so that opening only adds the
documents that came and removes those that went. Counting is exact, so a rebuilt index ranks as the old one did (D5).
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

from rag.index.points import SparseVector
from rag.lexical import LexicalEncoder, TermCounts, TermStatistics


class Lexicon:
    """The encoder with the statistics of the visible documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.encoder = LexicalEncoder()
        self.statistics = TermStatistics()
        self.documents: set[str] = set()
        self._lock = threading.Lock()
        self._changed = False

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """Load the saved statistics; the store brings them to the record's state."""
        lexicon = cls(folder)
        lexicon._load()
        return lexicon

    def forget_all(self) -> None:
        """Count nothing any more."""
        with self._lock:
            self.statistics, self.documents, self._changed = TermStatistics(), set(), True

    def query(self, text: str) -> SparseVector:
        """The query side of a question. Takes no lock: counts change by whole arrays."""
        return self.encoder.encode_query(text, self.statistics)

    def add(self, document_id: str, terms: TermCounts) -> None:
        with self._lock:
            if document_id not in self.documents:
                self._changed = True
                self.documents.add(document_id)
                self.statistics.add(terms)

    def remove(self, document_id: str, terms: TermCounts) -> None:
        with self._lock:
            if document_id in self.documents:
                self._changed = True
                self.documents.discard(document_id)
                self.statistics.remove(terms)

    def save(self) -> None:
        """Write statistics and the documents they count, if they changed; a torn write is found by the pair not
        matching."""
        if not self._changed:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self.statistics.save(self.folder / "statistics.npz.new")
            names = json.dumps({"documents": sorted(self.documents), "passages": self.statistics.passages})
        (self.folder / "statistics.json.new").write_text(names, "utf-8")
        (self.folder / "statistics.npz.new").replace(self.folder / "statistics.npz")
        (self.folder / "statistics.json.new").replace(self.folder / "statistics.json")
        self._changed = False

    def _load(self) -> None:
        try:
            names = json.loads((self.folder / "statistics.json").read_text("utf-8"))
            statistics = TermStatistics.load(self.folder / "statistics.npz")
        except (OSError, ValueError, KeyError):
            return  # no statistics yet, or damaged ones: the record has everything to count again
        if statistics.passages == names["passages"]:
            self.statistics, self.documents = statistics, set(names["documents"])
