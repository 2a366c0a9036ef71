"""``search``, ``ask`` and ``documents``: over HTTP when a service owns the folder, else in this process."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from api.cli.remote import OwningService, owning_service
from rag.messages import message
from rag.settings import Settings
from rag.validity import read_day

WIDTH = 100  # columns of running text
EXPLAINED = 12  # features of a hit that are printed; --json has all
PREVIEW_CHARACTERS = 400  # of a hit; --json has it whole


def print_search(
    query: str, k: int, settings: Settings, as_json: bool, explain: bool = False, as_of: str | None = None
) -> None:
    """Raises BadInput, also for an ``as_of`` that is no day."""
    day = read_day(as_of) if as_of else None
    service = owning_service(settings.data_dir)
    body = {"query": query, "k": k, "explain": explain, "as_of": day}
    found = service.call("POST", "/v1/search", body) if service else _search_here(query, k, settings, explain, day)
    if as_json:
        print_json(found)
        return
    for hit in found["hits"]:
        known = f"{hit['score']:.2f}; trang {_pages(hit['pages'])}{_force(hit['validity'], settings.language)}"
        print(f"{hit['rank']}. {hit['citation']}  [{known}]")
        print(_wrapped(textwrap.shorten(hit["text"], PREVIEW_CHARACTERS, placeholder=" …")), end="\n\n")
        for part in hit["parts"][:EXPLAINED]:
            print(f"     {part['part']:+.3f}  {part['feature']} = {part['value']:g}")
    print(f"{len(found['hits'])} kết quả, {found['took_ms']:.1f} ms")


def print_answer(question: str, settings: Settings, as_json: bool, as_of: str | None = None) -> None:
    """Raises BadInput, also for an ``as_of`` that is no day."""
    day = read_day(as_of) if as_of else None
    service = owning_service(settings.data_dir)
    body = {"question": question, "as_of": day}
    found = service.call("POST", "/v1/answers", body) if service else _ask_here(question, settings, day)
    if as_json:
        print_json(found)
        return
    if found["status"] == "refused":
        print(_wrapped(found["reason"], "", ""), end="\n\n")
        for reading in found["readings"]:
            print(f"  - {reading['question']} ({reading['citation']})")
        for hit in found["nearest"]:
            print(f"  Gần nhất: {hit['citation']} (trang {_pages(hit['pages'])})")
        return
    for sentence in found["sentences"]:
        print(_wrapped(sentence["text"] + " " + "".join(f"[{n}]" for n in sentence["citations"]), "", ""))
    print("\nCăn cứ:")
    for one in found["citations"]:
        print(f"  [{one['n']}] {one['citation']} (trang {one['page']}){_force(one['validity'], settings.language)}")
    for note in found["notes"]:
        print(_wrapped(note, "", ""))


def _force(validity: dict[str, Any], language: str) -> str:
    """What a reader must know of a citation's effect: nothing when it is in force or nobody says."""
    if validity["status"] != "not_in_force":
        return ""
    return f"; {message('force_not_in_force', language).lower()}: {validity['source']}"


def print_documents(settings: Settings, as_json: bool) -> None:
    service = owning_service(settings.data_dir)
    found = _all_documents(service) if service else _documents_here(settings)
    for one in found:
        if as_json:
            print_json(one)
        else:
            name = one["number"] or one["file_name"]
            title = textwrap.shorten(one["title"] or "", 60, placeholder=" …")
            print(f"{one['id']}  {one['status']:16} {one['date'] or '':10}  {name}  {title}".rstrip())


def print_json(value: Any) -> None:
    """One line of JSON."""
    print(json.dumps(value, ensure_ascii=False))


def _all_documents(service: OwningService) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = service.call("GET", f"/v1/documents?limit=1000&offset={len(found)}")
        found += page["documents"]
        if not page["documents"] or len(found) >= page["total"]:
            return found


def _search_here(query: str, k: int, settings: Settings, explain: bool, day: str | None) -> dict[str, Any]:
    from contextlib import closing

    from api.shapes import search_shape
    from rag.service import Service

    with closing(Service.open(settings)) as service:
        return search_shape(service.search(query, None, k, explain, as_of=day)).model_dump(mode="json")


def _ask_here(question: str, settings: Settings, day: str | None) -> dict[str, Any]:
    from contextlib import closing

    from api.shapes import answer_shape
    from rag.service import Service

    with closing(Service.open(settings)) as service:
        return answer_shape(service.ask(question, as_of=day)).model_dump(mode="json")


def _documents_here(settings: Settings) -> list[dict[str, Any]]:
    from api.shapes import document_shape
    from rag.record.record import Record

    record = Record.open(settings.data_dir)  # reading needs no lock: SQLite serves many readers
    try:
        return [document_shape(d).model_dump(mode="json") for d in record.documents()]
    finally:
        record.close()


def _pages(pages: list[int]) -> str:
    return ", ".join(map(str, pages)) or "?"


def _wrapped(text: str, first: str = "   ", rest: str = "   ") -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=first, subsequent_indent=rest)
