"""Whether a scan is found as well as its text twin: questions from the twin's headings, BM25 over everything else too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from eval.reading_score import own_articles
from rag.law.act import Act
from rag.law.passage import Passage
from rag.lexical import LexicalEncoder, TermStatistics, count_terms

QUESTIONS = 30
HITS = 5
SHORTEST_HEADING = 3  # words; "Hiệu lực thi hành" is no question about one act


def heading_questions(twin: Act) -> list[tuple[str, str]]:
    """Up to ``QUESTIONS`` (heading, article number) of the twin, spread over it."""
    found = [
        (node.heading, number)
        for number, node in own_articles(twin).items()
        if len(node.heading.split()) > SHORTEST_HEADING
    ]
    step = max(1.0, len(found) / QUESTIONS)
    return [found[int(at * step)] for at in range(min(QUESTIONS, len(found)))]


def hits_at_five(
    questions: Sequence[tuple[str, str]], document: Sequence[Passage], others: Iterable[Passage]
) -> float:
    """Share of the questions whose article is among the first five passages of ``document`` and ``others`` together."""
    passages = [*document, *others]
    encoder = LexicalEncoder()
    vectors = encoder.encode_passages(passage.searched_text for passage in passages)
    statistics = TermStatistics()
    statistics.add(count_terms(vectors))
    terms = np.concatenate([vector.indices for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors])
    rows = np.repeat(np.arange(len(vectors)), [len(vector.indices) for vector in vectors])
    found = 0
    for heading, number in questions:
        query = encoder.encode_query(heading, statistics)
        if not len(query.indices):
            continue
        at = np.minimum(np.searchsorted(query.indices, terms), len(query.indices) - 1)
        asked = query.indices[at] == terms
        scores = np.bincount(rows[asked], (values * query.values[at])[asked], len(vectors))
        best = [n for n in np.argsort(-scores, kind="stable")[:HITS].tolist() if scores[n] > 0]
        found += any(n < len(document) and passages[n].article_eid == f"art_{number}" for n in best)
    return found / len(questions) if questions else 1.0
