"""The differential oracle of I1: an answer equals that of a collection that never held what its asker may not see.

One world holds documents of several departments and clearances; for each asker a second world is built that holds only
what this asker sees. The same random requests go to both over the application itself; every reply must be the same but
for times and random ids. ``python -m tests.access 100000 [SEED]`` runs it at length.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pymupdf
import sqlalchemy as sa
import structlog

from api.app import create_app
from api.running import Running
from ingest.run import Ingestor, limits_of
from ingest.worker import ReaderPool
from rag.access import Access, Holding, Scope
from rag.record.access_schema import access_keys
from rag.record.keys import make_key
from rag.store import Store
from tests.access.parts import parts_over
from tests.samples import SAMPLES, settings_for

HOLDINGS = (
    Holding(),
    Holding("", 2),
    Holding("Tài chính"),
    Holding("Tài chính", 1),
    Holding("Nội vụ"),
    Holding("Y tế", 3),
)
ASKERS = (Access(("Tài chính",), 0), Access(("Tài chính", "Nội vụ"), 1), Access((), 2), Access(None, 1))
SCOPES = (Scope.READ, Scope.WRITE, Scope.EVAL)
WORDS = "hồ sơ thủ tục lệ phí giấy phép Bộ phận Một cửa trả kết quả bạch đàn chuồn chuồn kinh phí họp báo cáo nhà ở".split()
NUMBERS = (
    "45/2025/QĐ-UBND",
    "12/2025/NQ-HĐND",
    "318/SXD-QLN",
    "27/TB-SDL",
    "7/2024/QĐ-UBND",
    "100/2019/NĐ-CP",
    "9/KH-X",
)
IGNORED = {"took_ms", "request_id", "created", "id", "created_at", "finished_at", "instance", "trace_id", "results"}
RANDOM_IDS = re.compile(r"chatcmpl-[0-9a-f]{32}")


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    files: bool = False


def small_pdf(folder: Path, name: str, title: str, text: str) -> Path:
    """An act of one page."""
    path = folder / name
    with pymupdf.open() as made:
        html = f"<p>ỦY BAN NHÂN DÂN TỈNH HÒA LẠC GIANG</p><p>Số: {title}</p><p><b>QUYẾT ĐỊNH</b></p>{text}"
        made.new_page().insert_htmlbox((60, 60, 540, 780), html)
        made.save(path, no_new_id=True)
    return path


def collection(folder: Path) -> list[tuple[Path, Holding]]:
    """Samples and small acts, spread over the holdings; words, numbers and whole files occur in several."""
    found = [(path, HOLDINGS[n % len(HOLDINGS)]) for n, path in enumerate(SAMPLES)]
    for n, holding in ((0, HOLDINGS[4]), (2, HOLDINGS[0]), (2, HOLDINGS[5])):  # copies: one path is one document
        found.append((Path(shutil.copy(SAMPLES[n], folder / f"{holding.department}-{n}.pdf")), holding))
    for n, holding in enumerate(HOLDINGS * 3):
        chosen = random.Random(n).choices(WORDS, k=12)
        text = f"<p>Điều 1. {' '.join(chosen[:6])}</p><p>1. {' '.join(chosen)} là {n} ngày.</p><p>Điều 2. Lệ phí là {n}.000 đồng.</p>"
        found.append((small_pdf(folder, f"{n}.pdf", f"{n % 8}/2024/QĐ-UBND", text), holding))
    return found


def build(data: Path, documents: Sequence[tuple[Path, Holding]], pool: ReaderPool) -> None:
    """A data folder with these documents; times of intake are made a function of the id."""
    settings = settings_for(data)
    with Store.open(settings) as store:
        for holding in HOLDINGS:
            paths = [path for path, where in documents if where == holding]
            list(Ingestor(store, settings, pool, holding).run(paths))
        with store.record.engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE documents SET added_at = '2026-01-01T00:00:' || substr(id, 1, 2), replaces = NULL")
            )
            connection.execute(sa.text("DELETE FROM files"))


class World:
    """An application over a data folder, asked in this process."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.parts: Running = parts_over(data, rate_per_minute=0)
        stack.callback(self.parts.close)
        self.app = create_app(self.parts)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1")

    def key(self, access: Access) -> str:
        key, text = make_key(self.parts.store.record, "oracle", SCOPES, access)
        with self.parts.store.record.engine.begin() as connection:  # the same id in both worlds: /v1/me shows it
            connection.execute(
                access_keys.update().where(access_keys.c.id == key.id).values(id=f"k{access.clearance}")
            )
        return f"cancu_k{access.clearance}_{text.split('_', 2)[2]}"

    async def ask(self, key: str, sent: Sent) -> tuple[int, dict[str, str], Any]:
        headers = {"Authorization": f"Bearer {key}"}
        files = {"file": ("a.pdf", b"")} if sent.files else None
        reply = await self.client.request(sent.method, sent.path, json=sent.body, headers=headers, files=files)
        kept = {name: reply.headers[name] for name in ("content-type", "location") if name in reply.headers}
        return reply.status_code, kept, comparable(reply)


def comparable(reply: httpx.Response) -> Any:
    """The body without times and random ids."""
    kind = reply.headers.get("content-type", "")
    if "json" in kind and "x-ndjson" not in kind:
        return without(reply.json())
    if kind.startswith("text/"):
        text = RANDOM_IDS.sub("", re.sub(r"\"(took_ms|created|trace_id)\": [^,}]+", "", reply.text))
        return re.sub(r"[0-9a-f]{12}", "", text) if "html" in kind else text
    if "ndjson" in kind:
        return re.sub(r'"id": "[^"]+"', "", reply.text)
    return reply.content


def without(value: Any, top: bool = True) -> Any:
    if isinstance(value, dict):
        is_document = "sha256" in value or "issuer" in value
        return {
            k: without(v)
            for k, v in value.items()
            if k not in IGNORED or (k == "id" and (is_document or "eid" in value))
        }
    return [without(one) for one in value] if isinstance(value, list) else value


def requests(seed: int, documents: Sequence[str], passages: Sequence[str], eids: Sequence[str]) -> Iterator[Sent]:
    """Random requests over every route that reads, with ids of everything there is, seen or not."""
    rng = random.Random(seed)

    def words() -> str:
        said = " ".join(rng.choices(WORDS, k=rng.randint(1, 6)))
        return said if rng.random() < 0.6 else f"{said} Điều {rng.randint(1, 9)} Quyết định {rng.choice(NUMBERS)}"

    def filters() -> dict[str, Any]:
        made: dict[str, Any] = {}
        if rng.random() < 0.2:
            made["document_ids"] = rng.sample(documents, 3)
        if rng.random() < 0.2:
            made["numbers"] = rng.sample(NUMBERS, 2)
        if rng.random() < 0.1:
            made["year_from"] = rng.choice([2024, 2025, 2026])
        return made

    def page() -> str:
        query = f"?highlight={rng.choice(passages)}" if rng.random() < 0.5 else ""
        return f"/v1/documents/{rng.choice(documents)}/pages/{rng.randint(1, 3)}.png{query}"

    one = lambda: rng.choice(documents)  # noqa: E731
    makers = [
        *[lambda: Sent("POST", "/v1/search", {"query": words(), "k": rng.randint(1, 40), "filters": filters()})] * 10,
        *[lambda: Sent("POST", "/v1/answers", {"question": words(), "filters": filters()})] * 3,
        lambda: Sent("POST", "/v1/answers/stream", {"question": words()}),
        lambda: Sent("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": words()}], "stream": rng.random() < 0.5}),
        lambda: Sent("POST", "/v1/verify", {"text": f"{words()}. Theo {words()}."}),
        lambda: Sent("GET", f"/v1/documents?limit={rng.randint(1, 40)}&offset={rng.randint(0, 5)}"),
        *[lambda: Sent("GET", f"/v1/documents/{one()}{rng.choice(['', '/file', '/contents', '/passages', '/links'])}")] * 3,
        page,
        lambda: Sent("GET", f"/v1/provisions/{rng.choice(eids)}?document={rng.choice([one(), rng.choice(NUMBERS)])}"),
        lambda: Sent("GET", f"/v1/acts/{rng.choice(NUMBERS)}"),
        lambda: Sent("GET", "/v1/facets"),
        lambda: Sent("GET", f"/v1/suggestions?q={rng.choice(WORDS)[: rng.randint(1, 4)]}"),
        lambda: Sent("GET", f"/v1/suggestions?q={rng.randint(0, 9)}"),
        lambda: Sent("GET", rng.choice(["/v1/jobs", "/v1/me", "/v1/models", "/v1/feedback", "/v1/feedback/suite", "/metrics", "/readyz"])),
        lambda: Sent("GET", f"/v1/jobs/{one()}"),
        lambda: Sent("DELETE", f"/v1/documents/{rng.choice(['khong-co', '0c7b1f52-4a0e-5d7c-9a51-6a6f5f0f1f10'])}"),
        lambda: Sent("POST", "/v1/feedback", {"question": words(), "verdict": "right", "passage_ids": [rng.choice(passages)]}),
        lambda: Sent("GET", rng.choice([f"/van-ban/{one()}", f"/trich-dan/{rng.choice(passages)}", "/van-ban", f"/?q={words()}", f"/goi-y?q={words()}"])),
    ]  # fmt: skip
    while True:
        made = rng.choice(makers)()
        yield made if isinstance(made, Sent) else Sent("GET", made)


@dataclass(frozen=True)
class Difference:
    asker: Access
    sent: Sent
    whole: Any
    alone: Any


class Worlds:
    """The world that holds all, and one for each asker."""

    def __init__(self, folder: Path, askers: Sequence[Access] = ASKERS) -> None:
        self._stack = ExitStack()
        documents = collection(folder)
        pool = ReaderPool(limits_of(settings_for(folder)), 2)
        self._stack.callback(pool.close)
        build(folder / "all", documents, pool)
        self.whole = World(folder / "all", self._stack)
        self.pairs: list[tuple[Access, World, str, str]] = []
        for n, asker in enumerate(askers):
            build(folder / str(n), [(path, where) for path, where in documents if asker.sees(where)], pool)
            alone = World(folder / str(n), self._stack)
            self.pairs.append((asker, alone, "", ""))
        record = self.whole.parts.store.record
        self.documents = [d.id for d in record.documents()]
        kept = [p for d in self.documents for p in record.document_passages(d)]
        self.passages, self.eids = [p.id for p in kept], sorted({p.eid for p in kept})

    def close(self) -> None:
        self._stack.close()

    async def compare(self, count: int, seed: int, stop_at: int = 5) -> list[Difference]:
        """The first differences in ``count`` random requests spread over the askers."""
        found: list[Difference] = []
        for n, (asker, alone, _, _) in enumerate(self.pairs):
            self._drop_keys(alone, asker)
            keys = self.whole.key(asker), alone.key(asker)
            made = requests(seed * 100 + n, self.documents, self.passages, self.eids)
            for _ in range(count // len(self.pairs)):
                sent = next(made)
                whole, only = await self.whole.ask(keys[0], sent), await alone.ask(keys[1], sent)
                if whole != only:
                    found.append(Difference(asker, sent, whole, only))
                    if len(found) >= stop_at:
                        return found
        return found

    def _drop_keys(self, alone: World, asker: Access) -> None:
        for world in (self.whole, alone):
            with world.parts.store.record.engine.begin() as connection:
                connection.execute(access_keys.delete().where(access_keys.c.id == f"k{asker.clearance}"))
                connection.execute(sa.text("DELETE FROM feedback"))


def apart(whole: Any, alone: Any, where: str = "") -> Iterator[str]:
    """Where two replies differ."""
    if isinstance(whole, dict) and isinstance(alone, dict):
        for key in sorted(whole.keys() | alone.keys()):
            yield from apart(whole.get(key), alone.get(key), f"{where}.{key}")
    elif isinstance(whole, list | tuple) and isinstance(alone, list | tuple) and len(whole) == len(alone):
        for n, (one, other) in enumerate(zip(whole, alone, strict=True)):
            yield from apart(one, other, f"{where}[{n}]")
    elif whole != alone:
        yield f"{where}: {str(whole)[:300]} ≠ {str(alone)[:300]}"


def main(count: int, seed: int) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        worlds = Worlds(Path(folder))
        found = asyncio.run(worlds.compare(count, seed))
        worlds.close()
    for one in found:
        print(f"{one.asker}\n  {one.sent}")
        for line in apart(one.whole, one.alone):
            print(f"    {line}")
    print(f"seed {seed}: {count} requests, {len(found)} differences")
    return 1 if found else 0
