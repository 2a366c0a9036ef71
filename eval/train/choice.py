"""What the two numbers of choosing cost and bring on tvpl-qa train: ``rag.answer.CLOSENESS_WEIGHT``, ``rag.compose.FURTHER_SHARE``.

``python -m eval.train.choice DATA_DIR`` asks every third question of train of a data folder of the article corpus and prints, for
each weight of closeness beside the ranker's chance, how often the right Điều is first and among the first three; and, for each
share of the best chance at which a further Điều is still cited, how often a cited one is right and how many are cited.
Ranker and embedding have seen these questions, so chances are surer than on others: a weight that is worth as much as
another here is worth more there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.provisions import Unit
from eval.suites import load_questions, load_suite, suite_folder
from eval.targets import name_provision
from rag import answer, compose
from rag.answer import weigh_hits
from rag.evidence import Meaning, weigh
from rag.question import check_question
from rag.restore import shipped_restorer
from rag.results import Hit
from rag.retrieve import search
from rag.settings import load_settings
from rag.shape import shape_of
from rag.store import Store

EVERY = 3  # of the questions of train
KEPT = 20  # candidates an answer is made of
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    meaning: Meaning
    hits: Sequence[Hit]
    right: frozenset[str]


def collect(data_dir: Path) -> list[Asked]:
    """The questions with what search finds for them."""
    found = []
    with Store.open(load_settings(data_dir=data_dir)) as store:
        for question in load_questions(load_suite(suite_folder("tvpl-qa")), "train")[::EVERY]:
            text = shipped_restorer().restore(check_question(question.text))
            hits = search(store, question.text, None, KEPT).hits
            found.append(Asked(text, weigh(store, text), hits, frozenset(question.expected)))
    return found


def cited(asked: Asked) -> list[str]:
    """The Điều that the answer would cite, in its order."""
    candidates = weigh_hits(asked.meaning, asked.hits)
    if not candidates:
        return []
    chosen = compose.choose(candidates, asked.meaning, shape_of(asked.text))
    return list(dict.fromkeys(_name(c.candidate.hit) for c in chosen))


def _name(hit: Hit) -> str:
    return name_provision(hit.document.number, hit.document.file_name, hit.passage.eid, Unit.ARTICLE, "law")


def shares(questions: Sequence[Asked]) -> tuple[float, float, float]:
    """(first right, any right, Điều cited) over the questions."""
    lists = [(cited(asked), asked.right) for asked in questions]
    first = sum(bool(names) and names[0] in right for names, right in lists)
    among = sum(not right.isdisjoint(names) for names, right in lists)
    return first / len(lists), among / len(lists), sum(len(names) for names, _ in lists) / len(lists)


def main(data_dir: Path) -> None:
    questions = collect(data_dir)
    for name, module, values in (("CLOSENESS_WEIGHT", answer, WEIGHTS), ("FURTHER_SHARE", compose, SHARES)):
        kept = getattr(module, name)
        for value in values:
            setattr(module, name, value)
            first, among, count = shares(questions)
            print(f"{name} {value:4.2f}: first {first:.4f}, any {among:.4f}, cited {count:.2f}", flush=True)
        setattr(module, name, kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
