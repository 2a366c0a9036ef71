"""References (viện dẫn): mentions of provisions and acts in running text. Linear in the length of the text.

The grammar goes from the inside out, as Vietnamese does: điểm … khoản … Điều … (Chương …) [của] act. Lists and ranges
are one mention that yields one `Reference` for each provision. Chains of coordinated parts ("điểm a khoản 1 và điểm b
khoản 2 Điều 5") share what stands to the right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.law.identifier import parse_act_number
from rag.law.numbering import POINT_LETTERS

_MAX_RANGE = 200  # provisions; a longer "từ … đến" is no range a drafter would write
_MAX_CHAIN = 40  # parts joined in one mention; bounds the work on a text that is nothing but "Điều 1, Điều 1, …"
_LABEL = r"(?:\d{1,4}[a-zđ]?\d?|[a-zđ]\d?)(?![\w/])"
_LIST = rf"{_LABEL}(?:(?:\s?,\s?|\s?;\s?|\s(?:và|hoặc|đến|tới)\s|\s?[-–]\s?){_LABEL}){{0,40}}"
_PART = rf"(?:(?:các\s)?(?P<word>điểm|khoản|điều)\s(?P<list>{_LIST}|này))"
_PARTS = re.compile(_PART, re.IGNORECASE)
_ACT_TYPE = (
    r"(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh|Nghị quyết liên tịch|Nghị quyết|Nghị định|Thông tư liên tịch|Thông tư|"
    r"Quyết định|Lệnh|Chỉ thị|Công văn|Kế hoạch|Thông báo|Quy chế|Quy định|Văn bản hợp nhất)"
)
_NUMBERED = r"\d{1,5}(?:\.\d{1,5})?[a-zA-Z]?/(?:(?:19|20)\d\d/)?[A-ZĐƯ][\wĐđ]*(?:-[A-ZĐƯ0-9]\w*)*"
_NAME = r"[A-ZÀ-ỸĐ]\w*(?:,?\s(?!của|về|và các|ngày|quy|được|có|này|năm|số|theo|tại|để|thì|là|phải|đã)\w+){0,12}"
_ACT = re.compile(
    rf"(?P<type>{_ACT_TYPE})\s(?:(?:số\s)?(?P<number>{_NUMBERED})|(?P<this>này)|(?P<name>{_NAME}?(?=\ssố\s|\snăm\s(?:19|20)|\s(?:19|20)\d\d|[,.;:)]|\s(?:và|hoặc|của|về|ngày|quy|được|có|này|theo|tại|để|thì|là|phải|đã)\s|$))"
    rf"(?:\s(?:năm\s)?(?P<year>(?:19|20)\d\d))?(?:\ssố\s(?P<number2>{_NUMBERED}))?)",
)
_LINK = re.compile(r"\s?(?:(?:và|hoặc|,|;|của|tại)\s)?")
_OF_ACT = re.compile(r"\s(?:(?:của|tại|trong)\s)?")  # "và" and "," begin another mention
_PREFIX = {"điểm": "point", "khoản": "cl", "điều": "art"}
_ORDER = {"point": 0, "cl": 1, "art": 2}


@dataclass(frozen=True, slots=True)
class Reference:
    """``text`` is ``source[start:end]``. ``number`` and ``name`` are None for the document itself ("Luật này").

    ``eid`` is the path of the provision, "" when the whole act is meant.
    """

    start: int
    end: int
    number: str | None
    name: str | None
    eid: str
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    level: str
    labels: tuple[str, ...]  # ("này",) for "khoản này"


def _expand(written: str) -> Iterator[str]:
    """ "a, b và d" → a b d; "1 đến 3" → 1 2 3."""
    tokens = re.findall(rf"{_LABEL}|đến|tới|[-–]", written)
    previous = ""
    for at, token in enumerate(tokens):
        if token in ("đến", "tới", "-", "–"):
            yield from _between(previous, tokens[at + 1] if at + 1 < len(tokens) else "")
        else:
            yield token
            previous = token


def _between(first: str, last: str) -> Iterator[str]:
    if first.isdecimal() and last.isdecimal() and int(last) - int(first) <= _MAX_RANGE:
        yield from (str(n) for n in range(int(first) + 1, int(last)))
    elif first in POINT_LETTERS and last in POINT_LETTERS and first and last:
        yield from POINT_LETTERS[POINT_LETTERS.index(first) + 1 : POINT_LETTERS.index(last)]


def _parts(text: str) -> Iterator[_Part]:
    for match in _PARTS.finditer(text):
        written = match["list"]
        level = _PREFIX[match["word"].lower()]
        fits = str.isalpha if level == "point" else str.isdecimal
        labels = ("này",) if written.lower() == "này" else tuple(x for x in _expand(written.lower()) if fits(x[0]))
        if labels:
            yield _Part(match.start(), match.end(), level, labels)


def _chains(text: str) -> Iterator[list[_Part]]:
    """Runs of parts that are only linked by "và", "," or a space."""
    chain: list[_Part] = []
    for part in _parts(text):
        if chain and (len(chain) == _MAX_CHAIN or not _LINK.fullmatch(text, chain[-1].end, part.start)):
            yield chain
            chain = []
        chain.append(part)
    if chain:
        yield chain


def _context_steps(context: str | None) -> dict[str, str]:
    return dict(
        step.split("_", 1) for step in (context or "").split("__") if step.split("_")[0] in _ORDER and "_" in step
    )


def _label_for(part: _Part, here: dict[str, str]) -> tuple[str, ...]:
    return (here[part.level],) if part.labels == ("này",) and part.level in here else part.labels


def _resolve(chain: list[_Part], here: dict[str, str]) -> Iterator[tuple[_Part, str]]:
    """Innermost parts with their path: each part takes from its right the nearest part of each higher level."""
    above: dict[str, str] = {}
    for at in range(len(chain) - 1, -1, -1):
        part = chain[at]
        order = _ORDER[part.level]
        labels = _label_for(part, here)
        if part.labels == ("này",) and part.level == "cl" and "art" in here:
            above.setdefault("art", here["art"])
        for level in [name for name in above if _ORDER[name] <= order]:
            del above[level]
        names_parent = at > 0 and _ORDER[chain[at - 1].level] < order
        if not names_parent:
            for label in reversed(labels):  # the caller turns the whole chain round
                if label != "này":
                    steps = [f"art_{above['art']}"] if "art" in above else []
                    steps += [f"cl_{above['cl']}"] if "cl" in above and part.level == "point" else []
                    yield part, "__".join([*steps, f"{part.level}_{label}"])
        above[part.level] = labels[-1]


def find_references(text: str, context: str | None = None) -> list[Reference]:
    """All references in ``text`` in order of place. ``context`` is the eid it stands in, for "Điều này"."""
    here = _context_steps(context)
    acts = list(_ACT.finditer(text))
    found: list[Reference] = []
    used: set[int] = set()
    at = 0
    for chain in _chains(text):
        while at < len(acts) and acts[at].start() < chain[-1].end:
            at += 1
        act = acts[at] if at < len(acts) and _OF_ACT.fullmatch(text, chain[-1].end, acts[at].start()) else None
        if act:
            used.add(at)
        number, name = _act_named(act)
        end = act.end() if act else chain[-1].end
        for part, eid in reversed(list(_resolve(chain, here))):
            start = part.start if len(chain) > 1 else chain[0].start
            found.append(Reference(start, end, number, name, eid, text[start:end]))
    found += [_whole_act(act) for i, act in enumerate(acts) if i not in used and not act["this"]]
    return sorted(found, key=lambda r: (r.start, r.end))


def _act_named(act: re.Match[str] | None) -> tuple[str | None, str | None]:
    if act is None or act["this"]:
        return None, None
    written = act["number"] or act["number2"]
    parsed = parse_act_number(written) if written else None
    name = f"{act['type']} {act['name']}" + (f" {act['year']}" if act["year"] else "") if act["name"] else None
    return (parsed.printed if parsed else None), name


def _whole_act(act: re.Match[str]) -> Reference:
    number, name = _act_named(act)
    return Reference(act.start(), act.end(), number, name, "", act[0])
