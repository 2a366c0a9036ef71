"""Provisions read back from the record, with their neighbours."""

from __future__ import annotations

from rag.errors import NotFound
from rag.law.act import Act, Level, Provision
from rag.law.identifier import relative_citation
from rag.record.model import StoredProvision
from rag.record.record import Record


def read_provision(record: Record, document_id: str, eid: str) -> StoredProvision:
    """One provision of a visible document. Raises NotFound."""
    document = record.document(document_id)
    act = record.act(document_id)
    path = _path_to(act, eid)
    if path is None:
        raise NotFound("provision_not_found", eid=eid, document=document.number or document.file_name)
    node = path[-1]
    siblings = path[-2].children if len(path) > 1 else act.provisions
    at = siblings.index(node)
    inside = {below.eid for below in node.walk()}
    passages = [p for p in record.document_passages(document_id) if p.eid in inside]
    return StoredProvision(
        document=document,
        eid=eid,
        level=str(node.level),
        number=node.number,
        heading=node.heading,
        text=act.text[node.start : node.end].strip(),
        citation=relative_citation(eid),
        ancestors=tuple((a.eid, relative_citation(a.eid), a.heading) for a in path[:-1]),
        previous_eid=siblings[at - 1].eid if at else None,
        next_eid=siblings[at + 1].eid if at + 1 < len(siblings) else None,
        passage_ids=tuple(p.id for p in passages),
        pages=tuple(sorted({a.page for a in act.anchors if a.start < node.end and a.end > node.start})),
    )


def table_of_contents(act: Act) -> list[tuple[int, Provision]]:
    """(depth, provision) from the top to Điều, in text order."""
    found: list[tuple[int, Provision]] = []
    stack = [(0, p) for p in reversed(act.provisions)]
    while stack:
        depth, node = stack.pop()
        if node.level in {Level.PREAMBLE, Level.CONCLUSIONS, Level.PARAGRAPH, Level.TABLE, Level.NOTE, Level.QUOTED}:
            continue
        found.append((depth, node))
        if node.level != Level.ARTICLE:
            stack += [(depth + 1, child) for child in reversed(node.children)]
    return found


def _path_to(act: Act, eid: str) -> list[Provision] | None:
    stack = [[p] for p in reversed(act.provisions)]
    while stack:
        path = stack.pop()
        if path[-1].eid == eid:
            return path
        stack += [[*path, child] for child in reversed(path[-1].children)]
    return None
