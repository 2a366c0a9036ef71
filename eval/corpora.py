"""Corpora that suites run over: data folders built once and kept by the fingerprint of what shaped them.

Building is resumable: documents are shown batch by batch after their points are on disk; a second start skips what is
shown. A finished folder has ``corpus.json``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import multiprocessing
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.articles import LAYOUT_VERSION, ActArticles, act_of, corpus_lines, make_document, read_acts
from eval.provisions import Unit
from eval.suites import REPOSITORY, Suite, shared_data
from rag.errors import BadInput
from rag.index.edge import EdgeIndex
from rag.index.fingerprint import Fingerprint
from rag.law.passage import Passage
from rag.record.model import Document
from rag.settings import load_settings
from rag.store import Store
from rag.vectorise import Vectorised, Vectoriser

LAW_CORPUS = "law/corpus.jsonl.zst"
BATCH_PASSAGES = 4000  # passages made visible together: few flushes, and little to do again after a kill
MERGE_PASSAGES = 50_000  # between merges: what is not merged yet is held in memory
CHUNK_ACTS = 8  # acts a worker encodes at a time: small messages between processes
WORKERS = min(2, os.cpu_count() or 1)  # encoders beside the writing process
_ID = re.compile(r'"_id": ?"([^"]+)"')

Made = tuple[Document, tuple[Passage, ...], Vectorised | None]  # None: shown already
Progress = Callable[[int, int], None]  # articles or files done, of how many (0: not known)


@dataclass(frozen=True, slots=True)
class BuiltCorpus:
    """What stands in a finished data folder."""

    kind: str
    fingerprint: str
    documents: int
    passages: int
    articles: int


def caches() -> Path:
    """Where corpora and runs are kept: ``CANCU_EVAL_CACHE``, else ``data/eval`` in the current folder."""
    return Path(os.environ.get("CANCU_EVAL_CACHE", "data/eval"))


def law_fingerprint(path: Path, unit: Unit, acts: frozenset[str] | None) -> str:
    """Twelve hex digits of everything the folder's content depends on: file, splitting, vectors, which acts."""
    with path.open("rb") as file:
        source = hashlib.file_digest(file, "sha256").hexdigest()
    chosen = None if acts is None else " ".join(sorted(acts))
    parts = f"{source}|{LAYOUT_VERSION}|{unit}|{Fingerprint().digest()}|{chosen}"
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def law_ids(path: Path) -> set[str]:
    """All article ids of the corpus."""
    return {match[1] for line in corpus_lines(path) if (match := _ID.search(line[:200]))}


def known_ids(suite: Suite) -> set[str] | None:
    """Ids that questions of the suite may expect; None when only a built data folder knows them."""
    path = shared_data() / LAW_CORPUS
    return law_ids(path) if suite.corpus == "law" and path.is_file() else None


def ensure_corpus(suite: Suite, unit: Unit, progress: Progress, acts: frozenset[str] | None = None) -> Path:
    """The data folder of the suite's corpus, built or finished when needed; of the article corpus only ``acts`` (ids
    of acts) when given. Raises BadInput without its source."""
    if suite.corpus == "law":
        path = shared_data() / LAW_CORPUS
        if not path.is_file():
            raise BadInput("corpus_missing", path=path)
        folder = caches() / f"law-{unit}-{law_fingerprint(path, unit, acts)}"
        if not (folder / "corpus.json").exists():
            build_law(path, folder, unit, progress, acts)
        return folder
    if suite.documents is None:
        return load_settings().data_dir
    return ensure_documents(suite.documents)


def ensure_documents(source: Path) -> Path:
    """A data folder with the files of ``source``, taken in by ``cancu ingest`` (ingestion is no part of eval)."""
    files = sorted(p for p in source.iterdir() if p.suffix == ".pdf")
    digest = hashlib.sha256(_code_digest().encode())
    for file in files:
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    folder = caches() / f"documents-{digest.hexdigest()[:12]}"
    if not (folder / "corpus.json").exists():
        command = [sys.executable, "-m", "api.cli", "ingest", "--data-dir", str(folder.resolve()), *map(str, files)]
        subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        _finish(folder, BuiltCorpus("documents", folder.name, len(files), 0, 0))
    return folder


def _code_digest() -> str:
    """What reads documents: a changed parser makes another corpus."""
    digest = hashlib.sha256(Fingerprint().digest().encode())
    for file in sorted([*(REPOSITORY / "ingest").rglob("*.py"), *(REPOSITORY / "rag" / "law").rglob("*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def build_law(
    path: Path, folder: Path, unit: Unit, progress: Progress, acts: frozenset[str] | None = None
) -> BuiltCorpus:
    """Build (or go on building) the data folder of the article corpus; ``acts`` takes those acts only."""
    total = sum(acts is None or act_of(one) in acts for one in law_ids(path))
    wanted = (act for act in read_acts(corpus_lines(path)) if acts is None or act.slug in acts)
    settings = load_settings(data_dir=folder)
    articles = 0
    with Store.open(settings) as store:
        done = {d.id for d in store.record.documents()}
        unmerged = 0
        for batch in _batches(_encoded(wanted, unit, done)):
            unmerged += _publish(store, batch)
            if unmerged >= MERGE_PASSAGES:
                _merge(store)
                unmerged = 0
            articles += sum(len({p.article_eid for p in made[1]}) for made in batch)
            progress(articles, total)
        _merge(store)
        documents = store.record.documents()
    built = BuiltCorpus("law", folder.name, len(documents), sum(d.passages for d in documents), articles)
    _finish(folder, built)
    return built


def _encoded(acts: Iterable[ActArticles], unit: Unit, done: set[str]) -> Iterator[Made]:
    """Acts as documents, passages and vectors, made in worker processes, in order. Those in ``done`` have no vectors."""
    rest = iter(acts)
    chunks = iter(lambda: tuple(itertools.islice(rest, CHUNK_ACTS)), ())
    context = multiprocessing.get_context("spawn")
    with context.Pool(WORKERS, _start_worker, (unit, frozenset(done))) as pool:
        waiting: list[Any] = []
        for chunk in chunks:
            waiting.append(pool.apply_async(_encode_chunk, (chunk,)))
            if len(waiting) > WORKERS * 4:  # bounds what is read ahead, and with it memory
                yield from waiting.pop(0).get()
        for result in waiting:
            yield from result.get()


_worker: dict[str, Any] = {}


def _start_worker(unit: Unit, done: frozenset[str]) -> None:
    _worker.update(unit=unit, done=done, vectoriser=Vectoriser())


def _encode_chunk(acts: tuple[ActArticles, ...]) -> list[Made]:
    made: list[Made] = []
    for act in acts:
        document, passages = make_document(act, _worker["unit"])
        vectorised = None if document.id in _worker["done"] else _worker["vectoriser"].vectorise(document, passages)
        made.append((document, passages, vectorised))
    return made


def _batches(made: Iterable[Made]) -> Iterator[list[Made]]:
    batch: list[Made] = []
    size = 0
    for item in made:
        batch.append(item)
        size += len(item[1])
        if size >= BATCH_PASSAGES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _merge(store: Store) -> None:
    if isinstance(store.index, EdgeIndex):  # a server merges by itself
        store.index.optimize()


def _publish(store: Store, batch: list[Made]) -> int:
    """Points first and flushed, then the documents shown: a kill in between leaves points that nobody is shown.
    Returns how many passages are new."""
    for _, _, vectorised in batch:
        if vectorised:
            store.index.upsert(vectorised.points)
    store.index.flush()
    store.forms.put_many([(document.id, made.forms or ()) for document, _, made in batch if made])
    for document, passages, vectorised in batch:
        if vectorised:
            store.record.commit_document(document, "", None, passages, visible=True)
            store.lexicon.add(document.id, vectorised.terms)
    store.lexicon.save()
    return sum(len(vectorised.points) for _, _, vectorised in batch if vectorised)


def _finish(folder: Path, built: BuiltCorpus) -> None:
    draft = folder / "corpus.json.new"
    draft.write_text(json.dumps(asdict(built), indent=1), "utf-8")
    draft.replace(folder / "corpus.json")


def built_corpus(folder: Path) -> BuiltCorpus | None:
    """What ``corpus.json`` says; None for a data folder that was not built here."""
    path = folder / "corpus.json"
    return BuiltCorpus(**json.loads(path.read_text("utf-8"))) if path.exists() else None
