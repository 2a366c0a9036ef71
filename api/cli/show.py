"""``cancu show``: what each stage of reading made of a file, without taking it in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from api.cli.ask import print_json
from ingest.lines import CleanDocument
from rag.errors import BadInput
from rag.law.act import Act
from rag.law.links import Link
from rag.settings import Settings


def show_stage(path: Path, stage: str, draw: Path | None, as_json: bool, settings: Settings) -> None:
    """Raises BadInput when the file cannot be read."""
    from ingest.draw import draw_document
    from ingest.structure import parse_act

    document = _clean_document(path, settings)
    act = parse_act(document)
    for plain, value in _STAGES[stage](document, act):
        print_json(msgspec.to_builtins(value)) if as_json else print(plain)
    if draw:
        for written in draw_document(path, document, act, draw):
            print_json({"drawn": str(written)}) if as_json else print(written)


def _clean_document(path: Path, settings: Settings) -> CleanDocument:
    from ingest.intake import take_in
    from ingest.layout import clean_layout
    from ingest.pdf import UnreadableError, read_pages
    from ingest.run import limits_of
    from rag.messages import message

    limits = limits_of(settings)
    taken = take_in(path, limits)
    if taken.status:
        reason = message(taken.reason, settings.language, **dict(taken.details))
        raise BadInput("stage_needs_document", reason=reason)
    try:
        return clean_layout(read_pages(path, limits))
    except UnreadableError as error:
        raise BadInput(
            "stage_needs_document", reason=message(error.reason, settings.language, **error.details)
        ) from None


Rows = list[tuple[str, Any]]


def _lines(document: CleanDocument, _: Act) -> Rows:
    return [(f"{line.page:4} {line.line_class:10} {line.text}", line) for line in document.lines]


def _structure(_: CleanDocument, act: Act) -> Rows:
    found: Rows = []
    stack = [(0, p) for p in reversed(act.provisions)]
    while stack:
        depth, node = stack.pop()
        first = act.text[node.start : node.end].strip().partition("\n")[0][:80]
        value = {"depth": depth, "level": str(node.level), "eid": node.eid, "number": node.number}
        value |= {"heading": node.heading, "start": node.start, "end": node.end}
        found.append((f"{'  ' * depth}{node.eid}  {first}", value))
        stack += [(depth + 1, child) for child in reversed(node.children)]
    return found


def _metadata(_: CleanDocument, act: Act) -> Rows:
    found = msgspec.to_builtins(act.metadata)
    return [(f"{name:16} {_value(value)}", {name: value}) for name, value in found.items()]


def _value(read: Any) -> str:
    if isinstance(read, dict):
        where = f" (trang {read['page']})" if read["page"] else ""
        return f"{read['value']}{where}{' — đoán' if read['certainty'] == 'guessed' else ''}"
    return "; ".join(read) if isinstance(read, list | tuple) else "—"


def _passages(_: CleanDocument, act: Act) -> Rows:
    from ingest.split import split_passages

    return [(f"{p.citation}: {p.text}", p) for p in split_passages("", act)]


def _references(_: CleanDocument, act: Act) -> Rows:
    from rag.law.links import find_links

    return [(f"{link.source}: {act.text[link.start : link.end]} → {_target(link)}", link) for link in find_links(act)]


def _target(link: Link) -> str:
    act = "văn bản này" if link.own else link.number or f"«{link.name}» (chưa rõ số)"
    return f"{act} {link.eid}".strip()


_STAGES = {
    "lines": _lines, "structure": _structure, "metadata": _metadata, "passages": _passages, "references": _references,
}  # fmt: skip
