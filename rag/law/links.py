"""The references of a whole act, each resolved as far as the act itself, its place and the known acts allow.

Where a mention stands decides what it means: "Điều này" is the Điều around it; "Điều 5" in a regulation "ban hành kèm theo" is
its own; inside what an amending act quotes, and in its instructions, it is of the act amended; "Luật Đất đai" is the one that
the act's legal basis names. Two candidates are none (eyecite's rule): the link then keeps the name and no number.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rag.law.act import Act, Level, Provision
from rag.law.act_mention import ATTACHED, NamedAct, Which, fold_name, read_act
from rag.law.catalogue import Catalogue, KnownAct, known_acts
from rag.law.identifier import number_key
from rag.law.reading import Reading
from rag.law.reference import Reference, context_of, find_references

_STATUTE = re.compile(r"(?<!\w)(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh)(?!\w)")
_NUMBERED = re.compile(r"(?<!\w)(?:[Nn]ghị định|[Tt]hông tư|[Qq]uyết định|[Nn]ghị quyết|[Pp]háp lệnh)(?!\w)")
_AMENDS = re.compile(
    r"(?:Điều\s\S{1,5}\s|\d{1,3}[a-zđ]?\.\s|[a-zđ]\d?\)\s)?"
    r"(?:Sửa đổi|Bổ sung|Bãi bỏ|Thay thế|Hủy bỏ|Huỷ bỏ|Thay cụm từ|Bỏ)(?!\w)",
    re.IGNORECASE,
)
_QUOTED_ARTICLE = re.compile(r"[“\"‘']?\s{0,3}Điều\s(\d{1,4}[a-zđ]?\d?)\s?\.")
_QUOTED_CLAUSE = re.compile(r"[“\"‘']?\s{0,3}(\d{1,3}[a-zđ]?)\.\s")
_NOTE_OF_CHANGE = re.compile(r"\s(?:được|bị)\s(?:sửa đổi|bổ sung|bãi bỏ|thay thế|đính chính)")
LONGEST_INSTRUCTION = 400  # characters at the beginning of a provision that say what it amends
_CONSOLIDATED = "văn bản hợp nhất"


@dataclass(frozen=True, slots=True)
class Link:
    """A reference of an act. ``text`` is ``Act.text[start:end]``; ``source`` the eid it stands in.

    ``own``: it points into the act itself. Else ``number`` is the act it points to, or "" where only ``name`` is known
    and more than one act (or none known) bears it. ``eid`` is "" for a whole act.
    """

    source: str
    start: int
    end: int
    own: bool
    number: str
    name: str
    eid: str


@dataclass(frozen=True, slots=True)
class _Place:
    """What a stretch of text is: where it stands, and which act it amends ("" = none)."""

    node: Provision
    context: dict[str, str]
    attachment: str = ""  # eid of the innermost attachment
    amends: str = ""
    amended: dict[str, str] | None = None  # level → number in the act amended, as the instruction says


def find_links(act: Act, catalogue: Catalogue | None = None) -> tuple[Link, ...]:
    """All links of ``act`` in text order. ``catalogue``: the acts known beside those the act names itself."""
    return tuple(_Linker(act, catalogue or known_acts()).links())


class _Linker:
    def __init__(self, act: Act, catalogue: Catalogue) -> None:
        self.act = act
        self.catalogue = catalogue
        meta = act.metadata
        self.type = meta.type.value if meta.type else ""
        self.own_number = number_key(meta.number.value) if meta.number else ""
        self.eids = {node.eid for node in act.walk()}
        self.attachments = _by_last_step(self.eids)
        self.opened, self.closed = _places_of("“", act.text), _places_of("”", act.text)
        self._numbers: dict[NamedAct, str] = {}
        preamble_end = next((n.start for n in act.walk() if n.level is not Level.PREAMBLE), len(act.text))
        self.basis, self.named = self._introduced(preamble_end)
        self.names = {**catalogue.name_prefixes, **self.named.name_prefixes}
        self.own_names = self._own_names()
        self.amends = self._amended_by_title()

    # --- what the act says of other acts ---------------------------------------------------------------------------

    def _introduced(self, preamble_end: int) -> tuple[Catalogue, Catalogue]:
        """The acts named with number, year or date: in the preamble, and in the whole text."""
        reading = Reading(self.act.text)
        found: list[tuple[int, KnownAct]] = []
        for match in (*_STATUTE.finditer(self.act.text), *_NUMBERED.finditer(self.act.text)):
            named = read_act(reading, match.start(), self.catalogue.name_prefixes)
            if named and named[0].which is Which.NAMED and (known := self._introduces(named[0])):
                found.append((match.start(), known))
        return Catalogue(act for at, act in found if at < preamble_end), Catalogue(act for _, act in found)

    def _introduces(self, named: NamedAct) -> KnownAct | None:
        if named.number.count("/") + named.number.count("-") >= 2:
            return KnownAct(named.number, named.name or named.type, named.date)
        if named.name and (named.date or named.year):
            number = self.catalogue.number_of(named)
            return KnownAct(number, named.name, named.date) if number else None
        return None

    def _own_names(self) -> frozenset[str]:
        """The act's own name: "Luật Căn cước" (only statutes are cited by name)."""
        title = self.act.metadata.title
        return frozenset({fold_name(f"{self.type} {title.value}")}) if title and self.type else frozenset()

    def _amended_by_title(self) -> str:
        title = self.act.metadata.title
        if not title or not _AMENDS.match(title.value):
            return ""
        return self._amended_act(title.value)

    def _amended_act(self, text: str) -> str:
        """The number of the act that a title or instruction amends, when it names one."""
        for match in (
            *_NUMBERED.finditer(text),
            *re.finditer(r"(?<!\w)(?:Bộ luật|Luật|Pháp lệnh)(?!\w)", text, re.I),
        ):
            written = text[match.start() :]
            written = written[:1].upper() + (written[1:].lower() if written[:8].isupper() else written[1:])
            named = read_act(Reading(written), 0, self.names)
            if named and named[0].which is Which.NAMED and (number := self._number_of(named[0])):
                return number
        return ""

    # --- where a mention stands -------------------------------------------------------------------------------------

    def links(self) -> Iterator[Link]:
        for node in self.act.provisions:
            yield from self._below(node, _Place(node, {}))

    def _below(self, node: Provision, above: _Place) -> Iterator[Link]:
        place = self._place(node, above)
        end = node.intro_end if node.children else node.end
        yield from self._in_text(place, node.start, end)
        for child in node.children:
            yield from self._below(child, place)

    def _place(self, node: Provision, above: _Place) -> _Place:
        attachment = node.eid if node.level is Level.ATTACHMENT else above.attachment
        context = context_of(node.eid) if node.level not in (Level.NOTE, Level.TABLE) else {}
        place = replace(above, node=node, context=context, attachment=attachment)
        if node.level is Level.QUOTED:
            return replace(place, amended=self._quoted_context(node, above)) if above.amends else place
        return self._amending(place, node)

    def _amending(self, place: _Place, node: Provision) -> _Place:
        """The place inside an instruction ("1. Sửa đổi, bổ sung khoản 2 Điều 5 như sau:") knows what it amends."""
        if node.level not in (Level.ARTICLE, Level.CLAUSE, Level.POINT):
            return place
        head = self.act.text[node.start : min(node.intro_end, node.start + LONGEST_INSTRUCTION)]
        if not _AMENDS.match(head):
            return place
        amends = self._amended_act(head) or place.amends or self.amends
        if not amends:
            return place
        named = [r for r in find_references(head, {}, self.names) if r.eid and not r.act.number]
        amended = {**(place.amended or {}), **(context_of(named[-1].eid) if named else {})}
        return replace(place, amends=amends, amended=amended)

    def _quoted_context(self, node: Provision, above: _Place) -> dict[str, str]:
        """Where the quoted words will stand: their own label, else what the instruction named."""
        text = self.act.text[node.start : node.start + LONGEST_INSTRUCTION]
        if article := _QUOTED_ARTICLE.match(text):
            return {"art": article[1]}
        amended = dict(above.amended or {})
        if clause := _QUOTED_CLAUSE.match(text):
            amended["cl"] = clause[1]
        return amended

    # --- what a mention means ---------------------------------------------------------------------------------------

    def _in_text(self, place: _Place, start: int, end: int) -> Iterator[Link]:
        text = self.act.text[start:end]
        context = place.amended if place.amends and place.amended is not None else place.context
        last: dict[str, NamedAct] = {}
        line_end, first_of_line = -1, ""
        for reference in find_references(text, context, self.names):
            if place.node.level is Level.TABLE and reference.start > line_end:
                line_end = text.find("\n", reference.start)
                line_end, first_of_line = (line_end if line_end >= 0 else len(text)), ""
            link = self._link(reference, place, start, last, first_of_line)
            if reference.act.which is Which.NAMED:
                last[reference.act.type] = reference.act
                if link and not first_of_line:
                    first_of_line = link.number
            if link:
                yield link

    def _link(
        self, reference: Reference, place: _Place, shift: int, last: dict[str, NamedAct], row_act: str
    ) -> Link | None:
        named = reference.act
        if named.which is Which.ABOVE:
            if named.type not in last:
                return None
            named = last[named.type]
        if named.which is Which.OWN:
            return self._own_link(reference, place, shift, row_act)
        number = self._number_of(named)
        own = (bool(number) and number_key(number) == self.own_number) or fold_name(named.name) in self.own_names
        if own and not named.type:
            return None  # the act's own number, printed in its head
        name = "" if number or own else _shown_name(named)
        if not (number or name or own):
            return None
        return Link(
            place.node.eid,
            reference.start + shift,
            reference.end + shift,
            own,
            "" if own else number,
            name,
            reference.eid,
        )

    def _own_link(self, reference: Reference, place: _Place, shift: int, row_act: str) -> Link | None:
        span = reference.start + shift, reference.end + shift
        source = place.node.eid
        bare = not reference.act.type
        if reference.here and _NOTE_OF_CHANGE.match(self.act.text, span[1]):
            return None  # "Khoản này được sửa đổi …" of a consolidated text is of the provision that bears the mark
        if place.amends and (bare or place.node.level is Level.QUOTED or self._in_quotes(reference, place, shift)):
            return Link(source, *span, False, place.amends, "", reference.eid)
        if place.node.level is Level.TABLE and bare:
            return Link(source, *span, False, row_act, "", reference.eid) if row_act else None
        eid = self._own_eid(reference, place)
        return Link(source, *span, True, "", "", eid) if eid is not None else None

    def _in_quotes(self, reference: Reference, place: _Place, shift: int) -> bool:
        """Whether the mention stands between quotation marks of its provision: words of the act amended."""
        span = place.node.start, reference.start + shift
        return _within(self.opened, *span) > _within(self.closed, *span)

    def _own_eid(self, reference: Reference, place: _Place) -> str | None:
        """The eid in this act, its attachment put before it. None when more than one would fit."""
        inside = place.attachment
        if reference.act.type:
            within = self._says_attachment(reference.act.type, inside)
            return _joined(inside if within else "", reference.eid)
        if reference.here:
            return _joined(inside, reference.eid)
        if reference.eid.startswith("att_"):
            return self._attachment_eid(reference.eid)
        wanted = reference.eid.partition("__")[0]
        if not inside and not wanted.startswith("art_"):
            return reference.eid
        prefixes = [inside.rsplit("__", cut)[0] for cut in range(inside.count("__") + 1)] if inside else []
        prefixes.append("")
        return next((_joined(p, reference.eid) for p in prefixes if _joined(p, wanted) in self.eids), None)

    def _says_attachment(self, type_: str, inside: str) -> bool:
        """ "Quy chế này" is the attached text around it; "Quyết định này" in a form of a Thông tư is the form."""
        if not inside:
            return False
        if type_ in ATTACHED and type_ != self.type:
            return True
        consolidated = self.type.lower() == _CONSOLIDATED
        return type_ != self.type and not consolidated and inside.count("__") > 0

    def _attachment_eid(self, eid: str) -> str:
        first, _, rest = eid.partition("__")
        held = self.attachments.get(first, ())
        return _joined(held[0], rest) if len(held) == 1 else eid

    def _number_of(self, named: NamedAct) -> str:
        """The number of the act named, "" when it cannot be told. Each is told once: acts of one name may be many."""
        if named not in self._numbers:
            self._numbers[named] = self._told_number(named)
        return self._numbers[named]

    def _told_number(self, named: NamedAct) -> str:
        if named.number and not named.number.rpartition("/")[2].isdecimal():
            return named.number
        if named.number:
            return self.named.number_of(named) or self.catalogue.number_of(named)
        if fold_name(named.name) in self.own_names:
            return ""
        if named.date or named.year:
            return self.named.number_of(named) or self.catalogue.number_of(named)
        return self.basis.number_of(named) or self._unless_doubtful(named)

    def _unless_doubtful(self, named: NamedAct) -> str:
        if self.named.candidates(named):
            return self.named.number_of(named)
        return self.catalogue.number_of(named)


def _by_last_step(eids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Last step of an eid ("att_I") → the eids that end in it."""
    found: dict[str, tuple[str, ...]] = {}
    for eid in eids:
        step = eid.rpartition("__")[2]
        if step.startswith("att_"):
            found[step] = (*found.get(step, ())[:1], eid)  # two are as good as many: neither is meant
    return found


def _places_of(mark: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(mark, text)]


def _within(places: list[int], start: int, end: int) -> int:
    """How many of the sorted ``places`` lie in [start, end)."""
    return bisect_left(places, end) - bisect_left(places, start)


def _shown_name(named: NamedAct) -> str:
    if not named.name:
        return f"{named.type} {named.number}".strip()
    return f"{named.name} {named.year}" if named.year and not named.date else named.name


def _joined(prefix: str, eid: str) -> str:
    return "__".join(step for step in (prefix, eid) if step)
