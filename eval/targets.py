"""What a run measures: the parts in this process, or a running service over HTTP. Two verbs: find and answer."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from eval.provisions import Unit, article_id, provision_id
from rag.settings import load_settings

MOST_HITS = 100  # passages a search may give (the service's own limit)
KEY_VARIABLE = "CANCU_KEY"  # an access key for a service that is not open
HTTP_TIMEOUT_S = 60.0  # a question that takes longer has failed


@dataclass(frozen=True, slots=True)
class Found:
    """Provisions with their best passage's score, best first; ``ms`` is the time the caller waited."""

    ranking: list[tuple[str, float]]
    ms: float


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as scored. ``quotes``: (quote, whether it stands verbatim in its provision)."""

    refused: bool
    reason: str | None
    text: str
    cited: list[str] = field(default_factory=list)  # provision ids, uncut
    quotes: list[tuple[str, bool]] = field(default_factory=list)
    validity: list[str] = field(default_factory=list)  # of each citation on the day
    confidence: float | None = None  # what the refusal threshold is held against; None when the target does not say
    ms: float = 0.0


class Target(Protocol):
    name: str

    def warm(self) -> None: ...

    def find(self, question: str, unit: Unit, corpus: str) -> Found: ...

    def answer(self, question: str) -> Given: ...

    def close(self) -> None: ...


def name_provision(number: str | None, fallback: str, eid: str, unit: Unit, corpus: str) -> str:
    """The id that questions use for a hit."""
    if corpus == "law":
        return article_id(number or fallback, eid) or f"{fallback}#{eid}"
    return provision_id(number or fallback, eid, unit)


def best_of_each(named: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """A provision scores as its best passage: the first in the ranking."""
    best: dict[str, float] = {}
    for name, score in named:
        best.setdefault(name, round(score, 6))
    return list(best.items())


def _stands(quote: str, text: str) -> bool:
    """Whether each line of ``quote`` (sentences of one provision that need not be neighbours) stands in ``text``."""
    return bool(quote) and all(line in text for line in quote.split("\n"))


class InProcess:
    """Search and answers of a data folder opened here."""

    def __init__(self, data_dir: Path) -> None:
        from rag.service import Service

        self.name = "in-process"
        self.service = Service.open(load_settings(data_dir=data_dir))

    def warm(self) -> None:
        """Load what answers need before the first is timed: a service in use has long done so."""
        self.service.pipeline()

    def find(self, question: str, unit: Unit, corpus: str) -> Found:
        started = time.perf_counter()
        hits = self.service.search(question, k=MOST_HITS).hits
        waited = (time.perf_counter() - started) * 1000
        named = [
            (name_provision(h.document.number, h.document.file_name, h.passage.eid, unit, corpus), h.score)
            for h in hits
        ]
        return Found(best_of_each(named), waited)

    def answer(self, question: str) -> Given:
        started = time.perf_counter()
        answer = self.service.ask(question)
        waited = (time.perf_counter() - started) * 1000
        return Given(
            refused=answer.reason_code is not None,
            reason=answer.reason_code,
            text=" ".join(sentence.text for sentence in answer.sentences),
            cited=[f"{c.document.number or c.document.file_name}#{c.passage.eid}" for c in answer.citations],
            quotes=[(c.quote, _stands(c.quote, c.passage.text)) for c in answer.citations],
            validity=[str(c.validity.status) for c in answer.citations],
            confidence=answer.confidence,
            ms=waited,
        )

    def close(self) -> None:
        self.service.close()


class OverHttp:
    """A deployed service. Quotes are checked against the provision's text as that service gives it."""

    def __init__(self, url: str) -> None:
        import httpx

        self.name = url
        key = os.environ.get(KEY_VARIABLE)  # a secret: never an option, which other users of a machine can read
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.client = httpx.Client(base_url=url, timeout=HTTP_TIMEOUT_S, headers=headers)

    def warm(self) -> None:
        """Nothing: a deployed service is measured as it stands."""

    def find(self, question: str, unit: Unit, corpus: str) -> Found:
        started = time.perf_counter()
        hits = self._post("/v1/search", {"query": question, "k": MOST_HITS})["hits"]
        waited = (time.perf_counter() - started) * 1000
        named = [
            (name_provision(h["document"]["number"], h["document"]["id"], h["eid"], unit, corpus), h["score"])
            for h in hits
        ]
        return Found(best_of_each(named), waited)

    def answer(self, question: str) -> Given:
        started = time.perf_counter()
        answer = self._post("/v1/answers", {"question": question})
        waited = (time.perf_counter() - started) * 1000
        cited = answer["citations"]
        return Given(
            refused=answer["status"] == "refused",
            reason=answer["reason_code"],
            text=" ".join(sentence["text"] for sentence in answer["sentences"]),
            cited=[f"{c['document']['number'] or c['document']['id']}#{c['eid']}" for c in cited],
            quotes=[(c["quote"], _stands(c["quote"], text)) for c in cited if (text := self._text(c)) is not None],
            validity=[c["validity"]["status"] for c in cited],
            ms=waited,
        )

    def close(self) -> None:
        self.client.close()

    def _text(self, citation: dict[str, Any]) -> str | None:
        """The provision's text; None where the service has passages alone (the article corpus): nothing to hold a quote to."""
        answer = self.client.get(f"/v1/provisions/{citation['eid']}", params={"document": citation["document"]["id"]})
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        answer.raise_for_status()
        return str(answer.json()["text"])

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()
