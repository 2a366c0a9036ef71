"""Any text held against the record: do the acts and provisions it names exist, do they say what it says, are they in force?

Each sentence is judged by the provisions that it names itself, else by those named last in the same paragraph. What names
nothing is listed as such and not judged; it is no error to say something without a source, only no ground either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.errors import BadInput
from rag.law.identifier import number_key
from rag.law.reference import Reference, find_references
from rag.law.text import clean_controls, fold_case_and_tone, syllables
from rag.record.model import Document, StoredPassage
from rag.record.record import Record
from rag.record.relations import endings_of
from rag.retrieve import cite
from rag.sentences import split_sentences
from rag.validity import Validity, judge_validity
from rag.verify import Fault, Ground, verify_sentence

MAX_CHARACTERS = 100_000  # of a text checked at once: some forty pages

MOST_GROUNDS = 24  # passages a sentence is held against; more share too little with it to matter

_PART_OF_ACT = re.compile(
    r"\s*(?:(?:của|tại|thuộc|trong)\s+)?(?:(?:Phụ lục|Quy chế|Quy định|Chương|Mục|Phần)(?:\s+[\dIVXLC]+)?)?"
    r"\s*(?:(?:ban hành\s+)?kèm theo\s+)?,?\s*"
)


class Verdict(StrEnum):
    """Each has a message ``verdict_<value>``."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"  # the provision is there and does not say so
    PROVISION_MISSING = "provision_missing"  # the act is there, the provision is not
    ACT_MISSING = "act_missing"  # the act named is not in the collection
    NAMES_NOTHING = "names_nothing"  # no provision is named: nothing to hold it against


@dataclass(frozen=True, slots=True)
class Cited:
    """A provision that a sentence names, as the record has it."""

    citation: str
    document: Document
    eid: str
    validity: Validity


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, ``text == source[start:end]``, and what the record says to it. ``inherited``: the provision is named
    in a sentence before."""

    start: int
    end: int
    text: str
    verdict: Verdict
    cited: tuple[Cited, ...] = ()
    missing: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    inherited: bool = False


def check_text(record: Record, text: str, as_of: str) -> tuple[Claim, ...]:
    """A claim for each sentence of ``text``. Raises BadInput when it is empty or too long."""
    text = clean_controls(text)
    if not text.strip():
        raise BadInput("text_empty")
    if len(text) > MAX_CHARACTERS:
        raise BadInput("text_too_long", length=len(text), limit=MAX_CHARACTERS)
    return tuple(_claims(record, text, as_of))


def _claims(record: Record, text: str, as_of: str) -> Iterator[Claim]:
    named: list[Reference] = []
    last_end = 0
    for sentence in split_sentences(text):
        if "\n\n" in text[last_end : sentence.start]:
            named = []
        last_end = sentence.end
        own = list(_named_in(sentence.text))
        claim = Claim(sentence.start, sentence.end, sentence.text, Verdict.NAMES_NOTHING)
        named, inherited = (own, False) if own else (named, True)
        yield _judge(record, replace(claim, inherited=inherited), named, as_of) if named else claim


def _named_in(text: str) -> Iterator[Reference]:
    """References that name an act; "khoản 1 Điều 5 Phụ lục 1 Quyết định …" is one, whatever part of the act stands between."""
    before: Reference | None = None
    for reference in find_references(text):
        if reference.number or reference.name:
            joined = (
                before is not None and not reference.eid and _PART_OF_ACT.fullmatch(text, before.end, reference.start)
            )
            yield replace(reference, eid=before.eid, start=before.start) if joined and before else reference
            before = None
        else:
            before = reference


def _judge(record: Record, claim: Claim, named: list[Reference], as_of: str) -> Claim:
    found: list[StoredPassage] = []
    cited: list[Cited] = []
    missing: list[tuple[Verdict, str]] = []
    for reference in named:
        documents = _documents(record, reference)
        if not documents:
            missing.append((Verdict.ACT_MISSING, reference.text))
            continue
        passages = [p for d in documents for p in _passages(record, d, reference.eid)]
        if not passages:
            missing.append((Verdict.PROVISION_MISSING, reference.text))
        found += passages
        cited += [_cited(record, document, reference, as_of) for document in documents if passages]
    faults = verify_sentence(claim.text, _grounds(_nearest(claim.text, found))) if found else ()
    verdict = missing[0][0] if missing and not found else Verdict.CONTRADICTED if faults else Verdict.SUPPORTED
    names = tuple(dict.fromkeys(name for _, name in missing))
    return replace(claim, verdict=verdict, cited=tuple(dict.fromkeys(cited)), missing=names, faults=faults)


def _documents(record: Record, reference: Reference) -> list[Document]:
    if reference.number:
        key = number_key(reference.number)
        return [d for d in record.documents_numbered(key.partition("/")[0]) if d.number_key == key]
    name = fold_case_and_tone(reference.name or "").rpartition(" ")
    year = int(name[2]) if name[2].isdigit() else None
    title = name[0] if year else fold_case_and_tone(reference.name or "")
    same = [d for d in record.documents() if _bears(d, title) and (year is None or d.year == year)]
    return same if len(same) == 1 else []  # two candidates are none


def _bears(document: Document, title: str) -> bool:
    own = fold_case_and_tone(document.title or "")
    return own == title or fold_case_and_tone(f"{document.type} {document.title}") == title


def _passages(record: Record, document: Document, eid: str) -> list[StoredPassage]:
    """The passages of the provision; the whole document's when only the act is named."""
    passages = record.document_passages(document.id)
    article = eid.partition("__point_")[0]  # a điểm stands in the passage of its khoản
    return [StoredPassage(p, document) for p in passages if not eid or _lies_in(p.eid, article)]


def _lies_in(eid: str, provision: str) -> bool:
    path = eid[eid.find("art_") :] if "art_" in eid and not provision.startswith("att_") else eid
    return path == provision or path.startswith(f"{provision}__") or provision.startswith(f"{path}__")


def _cited(record: Record, document: Document, reference: Reference, as_of: str) -> Cited:
    endings = endings_of(record, [document]).get(document.id, ())
    validity = judge_validity(document, endings, as_of, reference.eid)
    return Cited(cite(document, reference.eid), document, reference.eid, validity)


def _nearest(text: str, found: list[StoredPassage]) -> list[StoredPassage]:
    """Those that share most syllables with the text, when a whole act is named."""
    if len(found) <= MOST_GROUNDS:
        return found
    asked = set(syllables(text))
    shared = [len(asked & set(syllables(s.passage.searched_text))) for s in found]
    order = sorted(range(len(found)), key=lambda at: (-shared[at], at))
    return [found[at] for at in order[:MOST_GROUNDS]]


def _grounds(found: Iterable[StoredPassage]) -> list[Ground]:
    return [
        Ground(s.document.number, s.document.title or "", s.passage.eid, s.passage.context, s.passage.text)
        for s in found
    ]
