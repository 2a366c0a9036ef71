"""How many syllables of real questions the restorer gets right: ``python -m eval.train.restorer_score SHARED_DATA``."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rag.law.text import strip_diacritics, syllables
from rag.restore import shipped_restorer

SEED = 1
SETS = {"tvpl-qa": "qrels/dev.tsv", "alqac2022": "qrels/train.tsv", "bds-realestate": "qrels/all.tsv"}


def questions(shared_data: Path, name: str) -> list[str]:
    """The judged questions of a set, in the split that was not trained on."""
    folder = shared_data / "questions" / name
    judged = {line.split("\t")[0] for line in (folder / SETS[name]).read_text("utf-8").splitlines()[1:]}
    queries = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
    return [q["text"] for q in queries if q["_id"] in judged]


def half_typed(question: str, rng: random.Random) -> str:
    """Each word loses its marks with probability one half."""
    return " ".join(strip_diacritics(w) if rng.random() < 0.5 else w for w in question.split(" "))


def share_right(asked: list[str], typed: Callable[[str], str]) -> tuple[float, float]:
    """(share of syllables right, milliseconds a question)."""
    restorer = shipped_restorer()
    right = total = 0
    spent = 0.0
    for question in asked:
        text = typed(question)
        started = time.perf_counter()
        restored = restorer.restore(text)
        spent += time.perf_counter() - started
        pairs = list(zip(syllables(question), syllables(restored), strict=True))
        right += sum(a == b for a, b in pairs)
        total += len(pairs)
    return right / total, spent / len(asked) * 1000


def main(shared_data: Path) -> None:
    rng = random.Random(SEED)
    print("| set | questions | no diacritics | half | full | ms a question |\n| --- | --- | --- | --- | --- | --- |")
    for name in SETS:
        asked = questions(shared_data, name)
        bare, ms = share_right(asked, strip_diacritics)
        half, _ = share_right(asked, lambda q: half_typed(q, rng))
        full, _ = share_right(asked, str)
        print(f"| {name} | {len(asked)} | {bare:.4f} | {half:.4f} | {full:.4f} | {ms:.2f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
