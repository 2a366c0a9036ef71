"""Which Điều of the law corpus are gold for which file, and why the others are not.

A text of the corpus is gold only where it is the text as enacted: consolidated texts are no enacted ones, and a Điều
whose text changed between the corpus' snapshots was amended later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.parse_gold import EXCLUDED_ACTS, Label, held_by, score_articles
from rag.law.act import Act
from rag.law.identifier import number_key

_CONSOLIDATED = "vbhn"


@dataclass(frozen=True, slots=True)
class ArticlePairs:
    """``used``: file → Điều → text of the corpus. ``left_out``: file → why nothing of it is compared."""

    used: Mapping[str, Mapping[str, str]]
    amended: Mapping[str, Sequence[str]]
    left_out: Mapping[str, str]

    def described(self) -> list[dict[str, Any]]:
        """The list of pairs for the report."""
        used = [
            {
                "file": Path(file).name,
                "articles": len(texts),
                "why": "the corpus holds the act as enacted",
                "amended_left_out": list(self.amended.get(file, ())),
            }
            for file, texts in self.used.items()
        ]
        return [*used, *({"file": Path(file).name, "articles": 0, "why": why} for file, why in self.left_out.items())]


def pair_articles(labels: Sequence[Label], corpus: Iterable[str], versions: Iterable[str]) -> ArticlePairs:
    """The pairs of ``labels`` with the lines of the corpus and of its changed articles (JSON lines)."""
    left_out = {label.file: why for label in labels if (why := _no_pair(label))}
    wanted = {number_key(label.number): label.file for label in labels if label.file not in left_out}
    changed = {json.loads(line)["_id"] for line in versions}
    texts: dict[str, dict[str, str]] = {}
    amended: dict[str, list[str]] = {}
    for line in corpus:
        entry = json.loads(line)
        meta = entry["metadata"]
        key = number_key(meta["doc_no"])
        if key not in wanted or meta.get("truncated"):
            continue
        if entry["_id"] in changed:
            amended.setdefault(key, []).append(str(meta["article"]))
        else:
            texts.setdefault(key, {})[str(meta["article"])] = entry["text"]
    used = {
        label.file: texts[key]
        for label in labels
        if (key := number_key(label.number)) in texts and label.file not in left_out
    }
    missing = {label.file: "not in the law corpus" for label in labels if label.file not in used | left_out}
    by_file = {label.file: amended.get(number_key(label.number), []) for label in labels}
    return ArticlePairs(used, by_file, left_out | missing)


def _no_pair(label: Label) -> str:
    if not label.number:
        return "no number"
    if _CONSOLIDATED in label.number.lower():
        return "a consolidated text"
    return EXCLUDED_ACTS.get(number_key(label.number), "")


def score_pairs(act: Act, label: Label, pairs: ArticlePairs) -> dict[str, float]:
    """Điều → character similarity with the corpus, for the Điều that the file holds."""
    gold = held_by(act, pairs.used.get(label.file, {}), label)
    return {score.eid: score.similarity for score in score_articles(act, label.file, gold)}
