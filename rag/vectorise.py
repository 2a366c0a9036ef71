"""Passages become points: vectors, ids and the fields that searches filter by. The same in every process (D11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.access import COMMON
from rag.embed import Embedder, StaticEmbedder, Vectors, shipped_embedder
from rag.forms import FormMaker, FormRow
from rag.index.fingerprint import Fingerprint
from rag.index.points import IndexPoint
from rag.law.passage import Passage
from rag.law.text import syllables
from rag.lexical import LexicalEncoder, TermCounts, Terms, count_terms
from rag.record.model import Document
from rag.record.record import Record


@dataclass(frozen=True, slots=True)
class Vectorised:
    """A document as the index, the term statistics and the ranker take it. ``forms`` may be missing: they are made
    again when they are asked for."""

    points: list[IndexPoint]
    terms: TermCounts
    forms: list[FormRow] | None = None


class Vectoriser:
    """Makes points. Needs nothing but the texts: no statistics, no index."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        """``embedder`` makes the index's dense side; the ranker's forms are always our own."""
        self.encoder = LexicalEncoder()
        self.static = shipped_embedder()
        self.embedder: Embedder = embedder or self.static
        self.forms = FormMaker(self.static)
        self.syllable_terms = syllable_terms(self.encoder, self.static)
        self.fingerprint = Fingerprint(embedder=self.embedder.name, dense_size=self.embedder.size)

    def question(self, text: str) -> Vectors:
        """The dense side of a question."""
        return np.asarray(self.embedder.encode([text])[0])

    def vectorise(self, document: Document, passages: Sequence[Passage]) -> Vectorised:
        """Each passage's text under its headings and the document's title."""
        title = syllables(document.title or "")
        texts = [syllables(p.text) for p in passages]
        whole = [[*title, *syllables(p.context), *text] for p, text in zip(passages, texts, strict=True)]
        vectors = [self.encoder.encode_words(words) for words in whole]
        own = self.static.encode_syllables(whole)
        dense = own
        if not isinstance(self.embedder, StaticEmbedder):
            dense = self.embedder.encode([f"{document.title or ''}\n{p.searched_text}" for p in passages])
        fields = filter_fields(document)
        points = [
            IndexPoint(passage.id, document.id, vector, np.ascontiguousarray(row), fields)
            for passage, vector, row in zip(passages, vectors, dense, strict=True)
        ]
        return Vectorised(points, count_terms(vectors), self.forms.make(document, passages, texts, own))

    def stored(self, record: Record, document: Document) -> Vectorised:
        """A document of the record; passages whose text is damaged are left out, as they may not be quoted."""
        return self.vectorise(document, record.sound_passages(document.id))


def syllable_terms(encoder: LexicalEncoder, embedder: StaticEmbedder) -> Terms:
    """Lexical ids of the embedding's syllables, in the order of their numbers."""
    known = list(embedder.syllable_numbers())
    return np.fromiter((encoder.term(word) for word in known), np.uint32, len(known))


def filter_fields(document: Document) -> dict[str, str | int]:
    """What searches filter by."""
    fields: dict[str, str | int] = {}
    for name in ("number_key", "type", "issuer", "year"):
        value = getattr(document, name)
        if value is not None:
            fields[name] = value
    if document.department != COMMON:  # what lacks these fields is common and open to all
        fields["department"] = document.department
    if document.clearance:
        fields["clearance"] = document.clearance
    return fields
