"""Document frequencies of everything visible, kept in step with the record, one count for each holding.

The record decides what is visible; the saved statistics name the documents they count, so that opening only adds the
documents that came and removes those that went. Counting is exact, so a rebuilt index ranks as the old one did (D5).
A view sums the holdings that its access sees: a rare word in another department's document weighs nothing (I1).
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import KeysView
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.access import SHARED, Access, Holding
from rag.index.points import SparseVector
from rag.lexical import Frequencies, LexicalEncoder, TermCounts, Terms, TermStatistics


@dataclass(frozen=True, slots=True)
class SummedStatistics:
    """Several counts read as one."""

    parts: tuple[TermStatistics, ...]

    @property
    def passages(self) -> int:
        return sum(part.passages for part in self.parts)

    def frequencies(self, indices: Terms) -> NDArray[np.int64]:
        total = np.zeros(len(indices), np.int64)
        for part in self.parts:
            total += part.frequencies(indices)
        return total


class Lexicon:
    """The encoder with the statistics of the visible documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.encoder = LexicalEncoder()
        self._counts: dict[Holding, TermStatistics] = {SHARED: TermStatistics()}
        self._places: dict[str, Holding] = {}
        self._lock = threading.Lock()
        self._changed = False

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """Load the saved statistics; the store brings them to the record's state."""
        lexicon = cls(folder)
        lexicon._load()
        return lexicon

    @property
    def documents(self) -> KeysView[str]:
        """Ids of the documents counted."""
        return self._places.keys()

    @property
    def statistics(self) -> Frequencies:
        """The counts of everything."""
        return summed(tuple(self._counts.values()))

    def seen_by(self, access: Access) -> SeenLexicon:
        """The counts of what ``access`` sees; follows what comes and goes."""
        return SeenLexicon(self, access)

    def forget_all(self) -> None:
        """Count nothing any more."""
        with self._lock:
            self._counts, self._places, self._changed = {SHARED: TermStatistics()}, {}, True

    def query(self, text: str) -> SparseVector:
        """The query side of a question. Takes no lock: counts change by whole arrays."""
        return self.encoder.encode_query(text, self.statistics)

    def add(self, document_id: str, terms: TermCounts, holding: Holding = SHARED) -> None:
        with self._lock:
            if document_id not in self._places:
                self._changed = True
                self._places[document_id] = holding
                if holding not in self._counts:  # by a new dictionary: who sums the old one is not disturbed
                    self._counts = {**self._counts, holding: TermStatistics()}
                self._counts[holding].add(terms)

    def remove(self, document_id: str, terms: TermCounts) -> None:
        with self._lock:
            if document_id in self._places:
                self._changed = True
                self._counts[self._places.pop(document_id)].remove(terms)

    def save(self) -> None:
        """Write statistics and the documents they count, if they changed; a torn write is found by the pair not
        matching."""
        if not self._changed:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            names = {_file(holding): self._save_count(holding) for holding in self._counts}
        draft = self.folder / "statistics.json.new"
        draft.write_text(json.dumps(names[_file(SHARED)] | {"holdings": names}), "utf-8")
        for file in names:
            (self.folder / f"{file}.new").replace(self.folder / file)
        draft.replace(self.folder / "statistics.json")
        self._changed = False

    def _save_count(self, holding: Holding) -> dict[str, Any]:
        count = self._counts[holding]
        count.save(self.folder / f"{_file(holding)}.new")
        documents = sorted(one for one, where in self._places.items() if where == holding)
        place = {"department": holding.department, "clearance": holding.clearance}
        return place | {"documents": documents, "passages": count.passages}

    def _load(self) -> None:
        try:
            names = json.loads((self.folder / "statistics.json").read_text("utf-8"))
            parts = [self._read(*part) for part in names.get("holdings", {_file(SHARED): names}).items()]
        except (OSError, ValueError, KeyError):
            return  # no statistics yet, or damaged ones: the record has everything to count again
        for holding, statistics, documents in parts:
            self._counts[holding] = statistics
            self._places |= dict.fromkeys(documents, holding)

    def _read(self, file: str, part: dict[str, Any]) -> tuple[Holding, TermStatistics, list[str]]:
        holding = Holding(part.get("department", SHARED.department), part.get("clearance", SHARED.clearance))
        statistics = TermStatistics.load(self.folder / file)
        if statistics.passages != part["passages"]:
            raise ValueError(f"{file} does not belong to its list of documents")
        return holding, statistics, part["documents"]

    def _seen(self, access: Access) -> Frequencies:
        return summed(tuple(count for holding, count in self._counts.items() if access.sees(holding)))


class SeenLexicon(Lexicon):
    """The lexicon as one access sees it: for questions only."""

    def __init__(self, whole: Lexicon, access: Access) -> None:
        self.folder = whole.folder
        self.encoder = whole.encoder
        self._whole = whole
        self._access = access

    @property
    def statistics(self) -> Frequencies:
        return self._whole._seen(self._access)

    def add(self, document_id: str, terms: TermCounts, holding: Holding = SHARED) -> None:  # noqa: ARG002
        raise TypeError("a view only reads")

    def remove(self, document_id: str, terms: TermCounts) -> None:  # noqa: ARG002
        raise TypeError("a view only reads")

    def save(self) -> None:
        raise TypeError("a view only reads")


def summed(parts: tuple[TermStatistics, ...]) -> Frequencies:
    """The parts as one; a single one is itself."""
    return parts[0] if len(parts) == 1 else SummedStatistics(parts)


def _file(holding: Holding) -> str:
    if holding == SHARED:
        return "statistics.npz"
    digest = hashlib.sha256(f"{holding.department}|{holding.clearance}".encode()).hexdigest()[:12]
    return f"statistics-{digest}.npz"
