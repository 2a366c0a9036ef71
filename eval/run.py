"""A run: every question of a suite asked once, one JSON line each, so that a killed run goes on where it stopped.

A line is written whole by one ``write`` to a file opened for appending; what a kill leaves unfinished at the end is cut
off at the next start. Failed questions are asked again then. Scores depend on the lines alone, never on their order.
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.corpora import built_corpus
from eval.provisions import Unit
from eval.slices import slices_of
from eval.suites import REPOSITORY, Question, Suite
from eval.targets import InProcess, OverHttp, Target
from eval.typing import Typing, retype
from rag.errors import BadInput, NotFound
from rag.index.fingerprint import Fingerprint
from rag.settings import load_settings

DEFAULT_SEED = 1
DEFAULT_WORKERS = 2
MANIFEST, LINES, QUESTIONS = "manifest.json", "answers.jsonl", "questions.json"
_MUST_AGREE = ("suite", "split", "typing", "seed", "sample", "unit", "corpus", "target", "questions", "fingerprint")
_DATA_FILES = frozenset({".npz", ".safetensors", ".bin", ".txt", ".json"})

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """``sample``: so many questions drawn by the seed, in the suite's order; None for all."""

    split: str
    typing: Typing = Typing.AS_WRITTEN
    seed: int = DEFAULT_SEED
    sample: int | None = None
    workers: int = DEFAULT_WORKERS
    against: str | None = None


def run_suite(
    suite: Suite, questions: list[Question], data_dir: Path | None, out: Path, options: RunOptions, progress: Progress
) -> Path:
    """Ask what is not asked yet and leave a complete run in ``out``. Raises BadInput when ``out`` holds another run."""
    chosen = draw_sample(questions, options)
    out.mkdir(parents=True, exist_ok=True)
    _claim(out, _manifest(suite, chosen, data_dir, options))
    _write_whole(out / QUESTIONS, [_plan(q, options) for q in chosen])
    done = _mend(out / LINES)
    waiting = [q for q in chosen if q.id not in done]
    if waiting:
        _ask_all(suite, waiting, data_dir, out / LINES, options, lambda n: progress(len(done) + n, len(chosen)))
    return out


def draw_sample(questions: list[Question], options: RunOptions) -> list[Question]:
    """The sample, or all of them."""
    if options.sample is None or options.sample >= len(questions):
        return questions
    places = sorted(random.Random(options.seed).sample(range(len(questions)), options.sample))
    return [questions[place] for place in places]


def _plan(question: Question, options: RunOptions) -> dict[str, Any]:
    """What is asked and expected: with the lines, all that scoring needs."""
    return {
        "id": question.id,
        "question": question.text,
        "asked": retype(question.text, options.typing, options.seed),
        "expected": question.expected,
        "facts": list(question.facts),
        "expects_refusal": question.expects_refusal,
        "slices": slices_of(question),
    }


def _ask_all(
    suite: Suite,
    questions: list[Question],
    data_dir: Path | None,
    path: Path,
    options: RunOptions,
    progress: Callable[[int], None],
) -> None:
    target = _open_target(data_dir, options)
    if suite.answers:
        target.warm()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        with ThreadPoolExecutor(options.workers) as pool:
            asked = [pool.submit(_ask, target, suite, _plan(q, options)) for q in questions]
            for count, future in enumerate(as_completed(asked), 1):
                os.write(file, future.result())
                progress(count)
        os.fsync(file)
    finally:
        os.close(file)
        target.close()


def _open_target(data_dir: Path | None, options: RunOptions) -> Target:
    if options.against:
        return OverHttp(options.against)
    return InProcess(data_dir or load_settings().data_dir)


def _ask(target: Target, suite: Suite, plan: dict[str, Any]) -> bytes:
    """One question's line. A failure is a result too: its kind and text, and zero in every score."""
    line: dict[str, Any] = {"id": plan["id"], "ranking": [], "ms": None, "answer": None, "error": None}
    try:
        found = target.find(plan["asked"], suite.unit, suite.corpus)
        line |= {"ranking": found.ranking, "ms": round(found.ms, 3)}
        if suite.answers:
            line["answer"] = asdict(target.answer(plan["asked"]))
    except Exception as error:  # whatever one question meets, the others are still asked
        line["error"] = f"{type(error).__name__}: {error}"
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _mend(path: Path) -> set[str]:
    """Keep the whole lines of questions that did not fail; returns their ids."""
    if not path.exists():
        return set()
    kept = {line["id"]: line for line in _whole_lines(path) if line["error"] is None}
    draft = path.with_suffix(".new")
    draft.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept.values()), "utf-8")
    draft.replace(path)
    return set(kept)


def _whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    for raw in path.read_bytes().split(b"\n"):
        try:
            line = json.loads(raw.decode("utf-8"))
        except ValueError:
            continue  # empty, or cut by a kill
        if isinstance(line, dict):
            yield line


def read_run(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """(manifest, questions in the suite's order, lines by question id). Raises NotFound."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        questions = json.loads((folder / QUESTIONS).read_text("utf-8"))
    except OSError as error:
        raise NotFound("run_not_found", folder=folder) from error
    lines = {line["id"]: line for line in _whole_lines(folder / LINES)} if (folder / LINES).exists() else {}
    return manifest, questions, lines


def _claim(out: Path, manifest: dict[str, Any]) -> None:
    path = out / MANIFEST
    if path.exists():
        before = json.loads(path.read_text("utf-8"))
        for field in _MUST_AGREE:
            if before.get(field) != manifest[field]:
                raise BadInput("run_differs", folder=out, field=field)
        return
    _write_whole(path, manifest)


def _write_whole(path: Path, value: Any) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    draft.replace(path)


def _manifest(suite: Suite, questions: list[Question], data_dir: Path | None, options: RunOptions) -> dict[str, Any]:
    corpus = built_corpus(data_dir) if data_dir and not options.against else None
    return {
        "suite": suite.name,
        "measures": suite.measures,
        "split": options.split,
        "questions": len(questions),
        "sample": options.sample,
        "typing": str(options.typing),
        "seed": options.seed,
        "unit": str(Unit(suite.unit)),
        "corpus": asdict(corpus) if corpus else suite.corpus,
        "target": options.against or "in-process",
        "fingerprint": Fingerprint().digest() if not options.against else None,
        "index": asdict(Fingerprint()) if not options.against else None,
        "models": model_digests(),
        "settings": json.loads(load_settings().model_dump_json(exclude={"data_dir", "qdrant_url"})),
        "commit": current_commit(),
        "python": platform.python_version(),
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "byte_order": sys.byteorder},
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def model_digests() -> dict[str, str]:
    """SHA-256 of each model file that ships with the project."""
    import hashlib

    folder = REPOSITORY / "rag" / "models"
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in _DATA_FILES)
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def current_commit() -> str | None:
    """The commit of the code, with "+changes" when the working tree differs; None outside a repository."""
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout.strip()
        dirty = subprocess.run(
            ["git", "status", "--porcelain", "-uno"], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit}+changes" if dirty else commit
