"""An independent BM25 (bm25s) over the same passages and tokens, to prove that ours computes what it claims.

Ours saturates with a fixed average length A, bm25s with the collection's own average L. Both have the form
tf / (tf + x + y·length) with x = k1(1-b), y = k1·b/A, so bm25s gets k1' = x + y·L and b' = y·L / k1'. A factor (k1 + 1)
differs and ranks nothing. Needs the development extra (bm25s).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from eval.metrics import ndcg_at
from eval.suites import Question, Suite
from eval.targets import best_of_each, name_provision
from rag.index.points import IndexFilter
from rag.lexical import AVERAGE_LENGTH, K1, B, Terms
from rag.record.model import Document
from rag.settings import load_settings
from rag.store import Store

CANDIDATES = 200  # passages of each side; rankings are cut at 10 provisions


def compare_with_bm25s(suite: Suite, questions: list[Question], data_dir: Path) -> dict[str, float]:
    """nDCG@10 of our index's lexical side and of bm25s, and their relative gap."""
    with Store.open(load_settings(data_dir=data_dir)) as store:
        documents = {d.id: d for d in store.record.documents()}
        names, tokens, lengths = _collection(store, suite, documents)
        reference = _reference(tokens, lengths)
        in_order = list(names.values())
        asked = [q for q in questions if any(q.expected.values())]
        ours = [ndcg_at(_ours(store, q.text, names), q.expected) for q in asked]
        theirs = [ndcg_at(_theirs(store, reference, q.text, in_order), q.expected) for q in asked]
    mean_ours, mean_theirs = float(np.mean(ours)), float(np.mean(theirs))
    return {"ours": mean_ours, "bm25s": mean_theirs, "gap": abs(mean_ours - mean_theirs) / mean_theirs}


def _collection(
    store: Store, suite: Suite, documents: dict[str, Document]
) -> tuple[dict[str, str], list[Terms], list[int]]:
    """Passage id → provision id (in reading order), the passages' tokens as small numbers, and their lengths."""
    names: dict[str, str] = {}
    tokens: list[Terms] = []
    for document in documents.values():
        for passage in store.record.document_passages(document.id):
            names[passage.id] = name_provision(
                document.number, document.file_name, passage.eid, suite.unit, suite.corpus
            )
            text = f"{document.title or ''}\n{passage.searched_text}"
            tokens.append(store.lexicon.encoder.terms(text))
    lengths = [len(t) for t in tokens]
    return names, tokens, lengths


def _reference(tokens: list[Terms], lengths: list[int]) -> tuple[Any, Any]:
    """(bm25s index, sorted term ids): bm25s wants vocabularies numbered from zero."""
    import bm25s  # type: ignore[import-untyped]

    terms = np.unique(np.concatenate(tokens))
    numbered = [np.searchsorted(terms, t).tolist() for t in tokens]
    tokens.clear()
    fixed, per_length = K1 * (1 - B), K1 * B / AVERAGE_LENGTH
    grown = per_length * float(np.mean(lengths))
    index = bm25s.BM25(k1=fixed + grown, b=grown / (fixed + grown), method="lucene")
    index.index((numbered, {str(number): number for number in range(len(terms))}), show_progress=False)
    return index, terms


def _ours(store: Store, question: str, names: dict[str, str]) -> list[str]:
    hits = store.index.search(store.lexicon.query(question), None, IndexFilter(), CANDIDATES)
    return [name for name, _ in best_of_each([(names[h.passage_id], h.lexical or 0.0) for h in hits])]


def _theirs(store: Store, reference: tuple[Any, Any], question: str, in_order: list[str]) -> list[str]:
    index, terms = reference
    asked = np.unique(store.lexicon.encoder.terms(question))
    places = np.searchsorted(terms, asked)
    known = [int(n) for n, term in zip(places, asked, strict=True) if n < len(terms) and terms[n] == term]
    scores = index.get_scores_from_ids(known)
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return [name for name, _ in best_of_each([(in_order[n], float(scores[n])) for n in best])]
