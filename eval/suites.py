"""Suites of questions: folders that anyone can write, read strictly. What is wrong is said with file and line.

``suite.toml`` names the suite; the questions are BEIR files (``queries.jsonl``, ``qrels/<split>.tsv``) or one
``<split>.jsonl``. docs/evaluation.md shows both.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.provisions import Unit
from rag.errors import BadInput
from rag.law.text import nfc

REPOSITORY = Path(__file__).resolve().parent.parent
OWN_SUITES = Path(__file__).resolve().parent / "suites"
MOST_PROBLEMS_SHOWN = 20
HIGHEST_GRADE = 2
DEFAULT_K = 100  # ids ranked a question


@dataclass(frozen=True, slots=True)
class Question:
    """``expected``: provision id → grade (0 to 2). ``metadata`` is what slices are made of."""

    id: str
    text: str
    expected: dict[str, int]
    facts: tuple[str, ...] = ()
    expects_refusal: bool = False
    as_of: str | None = None
    note: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suite:
    """``corpus``: "law" (the article corpus) or "documents" (``documents`` is their folder, else what a data folder
    or a service already holds). ``answers``: whether questions are asked for answers too, not only searched."""

    name: str
    measures: str
    licence: str
    corpus: str
    unit: Unit
    layout: str
    questions: Path
    splits: tuple[str, ...]
    default_split: str
    answers: bool
    documents: Path | None
    folder: Path


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a suite. ``line`` counts from 1; 0 is the file as a whole."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class SuiteWrong(BadInput):
    """A suite that must not run; ``problems`` says what to mend."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        shown = "\n".join(str(problem) for problem in problems[:MOST_PROBLEMS_SHOWN])
        super().__init__("suite_wrong", count=len(problems), problems=shown)


def shared_data() -> Path:
    """The folder of shared law texts and questions: ``CANCU_SHARED`` or ``../shared`` beside the repository."""
    return Path(os.environ.get("CANCU_SHARED", REPOSITORY.parent / "shared")) / "data"


def find_suites(*roots: Path) -> list[Path]:
    """Folders with a ``suite.toml``, of the project first, then under ``roots``."""
    return sorted({p.parent for root in (OWN_SUITES, *roots) for p in root.glob("*/suite.toml")})


def suite_folder(name: str) -> Path:
    """The folder of a suite by its name or path. Raises BadInput."""
    for folder in (Path(name), OWN_SUITES / name):
        if (folder / "suite.toml").is_file():
            return folder
    raise BadInput("suite_unknown", suite=name)


_TEXT_KEYS = ("name", "measures", "licence", "corpus", "layout", "questions")
_OTHER_KEYS = ("unit", "splits", "default_split", "answers", "documents")


def load_suite(folder: Path) -> Suite:
    """Read and check ``suite.toml``; the questions are read by ``load_questions``. Raises SuiteWrong."""
    path = folder / "suite.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SuiteWrong([Problem(path, 0, str(error))]) from error
    problems = [Problem(path, 0, text) for text in _toml_problems(table)]
    if problems:
        raise SuiteWrong(problems)
    splits = tuple(table["splits"])
    return Suite(
        **{key: table[key] for key in ("name", "measures", "licence", "corpus", "layout")},
        unit=Unit(table.get("unit", Unit.ARTICLE)),
        questions=_place(table["questions"], folder),
        splits=splits,
        default_split=table.get("default_split", splits[0]),
        answers=table.get("answers", False),
        documents=_place(table["documents"], folder) if table.get("documents") else None,
        folder=folder,
    )


def _place(text: str, folder: Path) -> Path:
    """``shared:…`` lies in the shared data, ``repository:…`` in this repository, anything else beside the suite."""
    kind, mark, rest = text.partition(":")
    roots = {"shared": shared_data(), "repository": REPOSITORY}
    return roots[kind] / rest if mark and kind in roots else folder / text


def _toml_problems(table: dict[str, Any]) -> Iterator[str]:
    for key in _TEXT_KEYS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            yield f"'{key}' is missing or not a text"
    for key in table.keys() - {*_TEXT_KEYS, *_OTHER_KEYS}:
        yield f"unknown key '{key}'"
    splits = table.get("splits")
    if not isinstance(splits, list) or not splits or not all(isinstance(s, str) for s in splits):
        yield "'splits' must list at least one name"
    elif table.get("default_split", splits[0]) not in splits:
        yield f"'default_split' is none of {splits}"
    for key, allowed in (("layout", ("beir", "jsonl")), ("corpus", ("law", "documents")), ("unit", tuple(Unit))):
        if key in table and table[key] not in allowed:
            yield f"'{key}' must be one of {', '.join(allowed)}"


def load_questions(suite: Suite, split: str | None = None, known: Set[str] | None = None) -> list[Question]:
    """The questions of a split in the file's order. ``known``: ids that the corpus has, when they are to be checked.
    Raises SuiteWrong with every problem found."""
    split = split or suite.default_split
    if split not in suite.splits:
        raise SuiteWrong([Problem(suite.folder / "suite.toml", 0, f"no split '{split}' among {list(suite.splits)}")])
    problems: list[Problem] = []
    read = _read_beir if suite.layout == "beir" else _read_jsonl
    questions = read(suite.questions, split, known, problems.append)
    if not questions and not problems:
        problems.append(Problem(suite.questions, 0, f"split '{split}' has no questions"))
    if problems:
        raise SuiteWrong(problems)
    return questions


Report = Callable[[Problem], None]


def _lines(path: Path, report: Report) -> Iterator[tuple[int, str]]:
    """Numbered non-empty lines; what is not UTF-8 is reported and left out."""
    try:
        data = path.read_bytes()
    except OSError as error:
        report(Problem(path, 0, f"cannot be read: {error.strerror}"))
        return
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            report(Problem(path, number, f"not UTF-8 (byte {error.start + 1})"))
            continue
        if line.strip():
            yield number, line


def _objects(path: Path, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path, report):
        try:
            value = json.loads(line)
        except ValueError as error:
            report(Problem(path, number, f"not JSON: {error}"))
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            report(Problem(path, number, "not a JSON object"))


def _text_problem(key: object, text: object, seen: Counter[str]) -> str | None:
    if not isinstance(key, str) or not key:
        return "no id"
    seen[key] += 1
    if seen[key] > 1:
        return f"question '{key}' occurs twice"
    if not isinstance(text, str) or not any(c.isalnum() for c in text):
        return f"question '{key}' is empty"
    if "\ufffd" in text:
        return f"question '{key}' has replacement characters: it was read in a wrong encoding"
    return None


def _read_beir(folder: Path, split: str, known: Set[str] | None, report: Report) -> list[Question]:
    texts: dict[str, tuple[str, dict[str, Any]]] = {}
    seen: Counter[str] = Counter()
    path = folder / "queries.jsonl"
    for number, row in _objects(path, report):
        wrong = _text_problem(row.get("_id"), row.get("text"), seen)
        if wrong:
            report(Problem(path, number, wrong))
        else:
            texts[row["_id"]] = (nfc(row["text"]), row.get("metadata") or {})
    expected = _read_qrels(folder / "qrels" / f"{split}.tsv", texts.keys(), known, report)
    return [
        Question(name, *(text, expected[name]), metadata=metadata)
        for name, (text, metadata) in texts.items()
        if name in expected
    ]


def _read_qrels(path: Path, questions: Set[str], known: Set[str] | None, report: Report) -> dict[str, dict[str, int]]:
    expected: dict[str, dict[str, int]] = {}
    for number, line in _lines(path, report):
        cells = line.split("\t")
        if number == 1 and cells[0] == "query-id":
            continue
        wrong = _qrel_problem(cells, questions, known, expected)
        if wrong:
            report(Problem(path, number, wrong))
        else:
            expected.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return expected


def _qrel_problem(
    cells: list[str], questions: Set[str], known: Set[str] | None, expected: dict[str, dict[str, int]]
) -> str | None:
    if len(cells) != 3:
        return f"{len(cells)} columns where 3 are needed (query-id, corpus-id, score)"
    question, provision, grade = cells
    if question not in questions:
        return f"unknown question id '{question}'"
    if known is not None and provision not in known:
        return f"unknown provision id '{provision}'"
    if provision in expected.get(question, {}):
        return f"'{provision}' judged twice for '{question}'"
    return _grade_problem(grade)


def _grade_problem(grade: object) -> str | None:
    good = {str(n) for n in range(HIGHEST_GRADE + 1)}
    return None if str(grade) in good else f"grade '{grade}' is not 0 to {HIGHEST_GRADE}"


_JSONL_KEYS = frozenset(
    "id question as_of expected facts expects_refusal note metadata number eids fact answerable".split()
)


def _read_jsonl(folder: Path, split: str, known: Set[str] | None, report: Report) -> list[Question]:
    path = folder if folder.suffix == ".jsonl" else folder / f"{split}.jsonl"
    questions: list[Question] = []
    seen: Counter[str] = Counter()
    for number, row in _objects(path, report):
        wrong = _text_problem(row.get("id"), row.get("question"), seen) or _row_problem(row, known)
        if wrong:
            report(Problem(path, number, wrong))
        else:
            questions.append(_question(row))
    return questions


def _row_problem(row: dict[str, Any], known: Set[str] | None) -> str | None:
    unknown = row.keys() - _JSONL_KEYS
    if unknown:
        return f"unknown key '{sorted(unknown)[0]}'"
    wrong = _shape_problem(row)
    if wrong:
        return wrong
    expected = _expected(row)
    for provision, grade in expected.items():
        if known is not None and provision not in known:
            return f"unknown provision id '{provision}'"
        wrong = _grade_problem(grade)
        if wrong:
            return wrong
    if _refusal(row) == any(grade > 0 for grade in expected.values()):
        return "either expect a provision (graded above 0) or set expects_refusal"
    return None


def _shape_problem(row: dict[str, Any]) -> str | None:
    expected = row.get("expected", [])
    if not isinstance(expected, list) or not all(
        isinstance(e, dict) and isinstance(e.get("provision"), str) for e in expected
    ):
        return "'expected' must list objects with 'provision' (and 'grade')"
    names = [e["provision"] for e in expected]
    if len(names) != len(set(names)):
        return "a provision is expected twice"
    for key in ("facts", "eids"):
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return f"'{key}' must be a list of texts"
    return None


def _expected(row: dict[str, Any]) -> dict[str, int]:
    """``expected`` in full, or its short form ``number`` + ``eids`` (all of them right)."""
    if "expected" in row:
        return {e["provision"]: e.get("grade", HIGHEST_GRADE) for e in row["expected"]}
    return {f"{row.get('number')}#{eid}": HIGHEST_GRADE for eid in row.get("eids", [])}


def _refusal(row: dict[str, Any]) -> bool:
    return bool(row.get("expects_refusal", not row.get("answerable", True)))


def _question(row: dict[str, Any]) -> Question:
    facts = row.get("facts") or ([row["fact"]] if row.get("fact") else [])
    return Question(
        id=row["id"],
        text=nfc(row["question"]),
        expected=_expected(row),
        facts=tuple(facts),
        expects_refusal=_refusal(row),
        as_of=row.get("as_of"),
        note=row.get("note", ""),
        metadata=row.get("metadata") or {},
    )
