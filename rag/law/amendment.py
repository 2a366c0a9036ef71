"""What an act does to other acts: repeals, replaces, amends or adds to them, read from its own words.

Forms after Decree 78/2025/NĐ-CP and Law 63/2025/QH15 on legal documents: the last Điều says "Nghị định này thay thế …",
"Bãi bỏ …", "… hết hiệu lực kể từ ngày …"; an amending act says "Sửa đổi, bổ sung khoản 2 Điều 5 như sau". Only what is
said outright counts: an act that is merely named inside the title of another one, or a part that cannot be written as
Điều, Khoản, Điểm ("một phần", a form, an appendix), yields nothing. Linear in the length of the act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rag.law.act import Act, Level, Provision
from rag.law.identifier import number_key
from rag.law.reference import Reference, find_references


class Change(StrEnum):
    """What happens to the target."""

    REPEALS = "repeals"  # bãi bỏ, hết hiệu lực
    REPLACES = "replaces"  # thay thế
    AMENDS = "amends"  # sửa đổi, bổ sung
    ADDS = "adds"  # bổ sung a provision that was not there


@dataclass(frozen=True, slots=True)
class Amendment:
    """``change`` done by provision ``source`` (an eid of the act read) to ``eid`` ("" = the whole act) of the act
    ``number`` ("" when only its ``name`` is printed). ``from_date`` (ISO 8601) where the sentence states one; None
    means: when the act that says it takes effect."""

    change: Change
    number: str
    name: str
    eid: str
    source: str
    from_date: str | None = None


_DATE = re.compile(r"(?:kể\s)?từ\s(?:ngày\s)?(\d{1,2})\s?(?:tháng|/|-)\s?(\d{1,2})\s?(?:năm|/|-)\s?((?:19|20)\d\d)")
_SENTENCE = re.compile(r"(?<=[^\W\d])\.\s+(?=[A-ZĐÀ-Ỹ])|(?<=\d)\.\s+(?=[A-ZĐÀ-Ỹ])|\.\n|(?<=;)\n|(?<=:)\n")
_EXPIRES = re.compile(r"(?<!đã )(?<!chưa )(?<!bị )hết\shiệu\slực")
_NOW = re.compile(
    r"(?:^|(?<=[\s,;:]))(?<!được )(?<!bị )(?<!hoặc )(?<!việc )(?<!, )(?<!văn bản )(?P<verb>[Bb]ãi\sbỏ|[Tt]hay\sthế)(?:\scho)?"
    r"(?:\stoàn\sbộ)?(?:\s(?:các|những))?(?:\svăn\sbản)?(?:\squy\sphạm\spháp\sluật)?"
    r"(?:\s(?:quyết định|thông tư|nghị định|quy định))?(?:\s(?:dưới|sau)(?:\sđây)?)?\s*:?\s*"
)
_IF = re.compile(r"^\W*(?:\d+\.|[a-zđ]\))?\s*(?:Trường hợp|Trong trường hợp|Khi|Nếu|Trong quá trình)\b")
_LIST_BELOW = re.compile(r"(?:sau(?:\sđây)?|văn\sbản|quy\sđịnh|bãi\sbỏ|thay\sthế(?:\scho)?)\s*:\s*$")
# What may stand before a mention that heads a list entry; anything else makes it part of another act's title.
_HEAD = re.compile(r"(?:^\W*(?:\d{1,3}[a-zđ]?\.|[a-zđ]\d?\))?|[,;:.]|\n\W*|\b(?:và|cùng|các|toàn\sbộ))\s*[-–+]?\s*$")
_JOINS_TITLE = re.compile(r"(?:,|\bvà|\bcùng)\s*(?:các\s)?$")
_NAMED_IN_TITLE = re.compile(r"\b(?:của|theo|hành|tại|định)\s(?:Luật|Bộ luật|Pháp lệnh|Nghị định|Nghị quyết)\b")
_AMENDING = re.compile(r"(?:Về việc\s)?(?:Sửa đổi|Bổ sung|Bãi bỏ|Thay thế)\b", re.IGNORECASE)
_ACTS_ON = re.compile(
    r"^\W*(?:\d{1,3}[a-zđ]?\d?\.|[a-zđ]\d?\))?\s*(?P<verb>Sửa đổi,?\s(?:và\s)?bổ sung|Sửa đổi|Bổ sung|Bãi bỏ|"
    r"Thay thế|Thay cụm|Thay|Bỏ)\b"
)
_WORDS_ONLY = re.compile(r"(?:cụm từ|từ|một số từ|tên|mẫu|phụ lục)\b", re.IGNORECASE)
_PLACE = re.compile(r"\s(?:vào\s)?(?:sau|trước|như\ssau)\b")
_LONGEST_SENTENCE = 6_000  # characters; the longest list of repealed acts in one sentence met has some 4,000


def find_amendments(act: Act) -> tuple[Amendment, ...]:
    """All changes that ``act`` itself says it makes, in text order. What it quotes and its notes are left out."""
    found: list[Amendment] = []
    title = act.metadata.title.value if act.metadata.title else ""
    above = _Above(subject=_named_once(title))
    for provision in act.provisions:
        _read(act, provision, above, found)
    return tuple(dict.fromkeys(found))


def find_repeals(act: Act) -> tuple[Amendment, ...]:
    """The whole acts and provisions that ``act`` puts out of force."""
    return tuple(a for a in find_amendments(act) if a.change in (Change.REPEALS, Change.REPLACES))


@dataclass(frozen=True, slots=True)
class _Above:
    """What stands above: the one act that the title says is amended; the act that the enclosing provision amends and
    where in it; or the verb of the list it opens."""

    subject: Reference | None = None
    target: Reference | None = None
    eid: str = ""
    change: Change | None = None
    from_date: str | None = None


_SKIPPED = frozenset({Level.QUOTED, Level.NOTE, Level.TABLE, Level.PREAMBLE, Level.CONCLUSIONS, Level.ATTACHMENT})


def _read(act: Act, provision: Provision, above: _Above, found: list[Amendment]) -> None:
    if provision.level in _SKIPPED:
        return
    own = act.text[provision.start : provision.intro_end]
    if provision.heading:
        own = own.partition("\n")[2]
    below = above
    if provision.level in (Level.ARTICLE, Level.CLAUSE, Level.POINT, Level.PARAGRAPH, Level.HEADING):
        mine, below = _said(own, provision, above)
        found += mine
    for child in provision.children:
        _read(act, child, below, found)


def _said(own: str, provision: Provision, above: _Above) -> tuple[list[Amendment], _Above]:
    """What the provision's own words change, and what its children inherit."""
    if above.change is not None:
        return list(_listed(own, provision.eid, above)), _Above(above.subject)
    target = above.target or _amended_by(provision, above.subject)
    if target is not None:
        return _amends(own, provision, above, target)
    found = [a for sentence in _sentences(own) for a in _in_sentence(sentence, provision.eid)]
    return found, _opens_list(own, above.subject)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE.finditer(text):
        if not _LIST_BELOW.search(text[start : end.start()]):  # its list goes on below
            yield text[start : end.start()][:_LONGEST_SENTENCE]
            start = end.end()
    yield text[start:][:_LONGEST_SENTENCE]


def _in_sentence(sentence: str, source: str) -> Iterator[Amendment]:
    if _IF.match(sentence):
        return
    if expires := _EXPIRES.search(sentence):
        date = _date_in(sentence[expires.end() :])
        for reference in _heads(sentence, 0, expires.start()):
            yield _changed(Change.REPEALS, reference, source, date)
    for verb in _NOW.finditer(sentence):
        change = Change.REPEALS if verb["verb"].lower().startswith("b") else Change.REPLACES
        for reference in _heads(sentence, verb.end(), len(sentence)):
            yield _changed(change, reference, source, None)


def _listed(own: str, source: str, above: _Above) -> Iterator[Amendment]:
    """Entries below "Các văn bản sau đây hết hiệu lực:"."""
    assert above.change is not None
    for reference in _heads(own, 0, len(own)):
        yield _changed(above.change, reference, source, above.from_date)


def _opens_list(own: str, subject: Reference | None) -> _Above:
    last = list(_sentences(own.rstrip()))[-1]
    if not last.rstrip().endswith(":") or _IF.match(last):
        return _Above(subject)
    if expires := _EXPIRES.search(last):
        return _Above(subject, change=Change.REPEALS, from_date=_date_in(last[expires.end() :]))
    verb = next((v for v in _NOW.finditer(last) if not last[v.end() :].strip(" :")), None)
    if verb is None:
        return _Above(subject)
    return _Above(subject, change=Change.REPEALS if verb["verb"].lower().startswith("b") else Change.REPLACES)


def _heads(text: str, start: int, end: int) -> Iterator[Reference]:
    """The mentions in ``text[start:end]`` that head an entry of its list, in order."""
    part = text[start:end]
    in_title = False  # the mention before was part of another act's title: what is joined to it is too
    previous_end = -1
    for reference in find_references(part):
        before = part[: reference.start]
        text_between = part[max(previous_end, 0) : reference.start]
        if reference.start < previous_end:  # one more provision of the same mention
            if not in_title and (reference.number or reference.name):
                yield reference
            continue
        previous_end = reference.end
        heads = _HEAD.search(before[-40:]) is not None or (start > 0 and not before.strip())
        joined = _JOINS_TITLE.search(before[-12:]) is not None
        if heads and joined and (in_title or _NAMED_IN_TITLE.search(text_between)):
            heads = False
        in_title = not heads
        if heads and (reference.number or reference.name):
            yield reference


def _changed(change: Change, reference: Reference, source: str, date: str | None) -> Amendment:
    return Amendment(change, reference.number or "", reference.name or "", reference.eid, source, date)


def _date_in(text: str) -> str | None:
    match = _DATE.search(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else None


def _named_once(title: str) -> Reference | None:
    """The one act that a title "Sửa đổi, bổ sung một số điều của Luật …" names, None when it names several."""
    if not _AMENDING.match(title):
        return None
    named = [r for r in find_references(title) if r.number or r.name]
    several = any(_JOINS_TITLE.search(title[max(0, r.start - 12) : r.start]) for r in named[1:])
    return named[0] if named and not several else None


def _amended_by(provision: Provision, subject: Reference | None) -> Reference | None:
    """The act that a Điều or Khoản headed "Sửa đổi, bổ sung …" amends."""
    if not _AMENDING.match(provision.heading):
        return None
    named = [r for r in find_references(provision.heading) if r.number or r.name]
    return named[0] if named else subject


def _amends(own: str, provision: Provision, above: _Above, target: Reference) -> tuple[list[Amendment], _Above]:
    """Changes to ``target`` said by one provision of an amending act."""
    if above.target is None:
        whole = [Amendment(Change.AMENDS, target.number or "", target.name or "", "", provision.eid)]
        return [*whole, *_acted(own, provision.eid, target, "")], _Above(above.subject, target)
    found = list(_acted(own, provision.eid, target, above.eid))
    eids = {a.eid for a in found}
    return found, _Above(above.subject, target, eids.pop() if len(eids) == 1 else above.eid)


def _acted(own: str, source: str, target: Reference, within: str) -> Iterator[Amendment]:
    verb = _ACTS_ON.match(own)
    if verb is None:
        return
    sentence = own[: own.find(":") if ":" in own else len(own)][verb.end() :]
    change = _change_of(verb["verb"], sentence)
    limit = _PLACE.search(sentence) if change is Change.ADDS else None
    end = limit.start() if limit else len(sentence)
    mentions = [r for r in find_references(sentence) if r.eid and _is_of(r, target)]
    article = next((r.eid.split("__")[0] for r in mentions if r.eid.startswith("art_")), within)
    for mention in (r for r in mentions if r.start < end):
        whole = mention.eid.startswith("art_")
        if whole or article:  # "khoản 2" of which Điều is not said: nothing is guessed
            eid = mention.eid if whole else f"{article}__{mention.eid}"
            yield Amendment(change, target.number or "", target.name or "", eid, source)


def _change_of(verb: str, sentence: str) -> Change:
    if _WORDS_ONLY.match(sentence.strip()) or verb.startswith("Sửa"):
        return Change.AMENDS
    if verb == "Bổ sung":
        return Change.ADDS
    return Change.REPEALS if verb in ("Bãi bỏ", "Bỏ") else Change.AMENDS


def _is_of(reference: Reference, target: Reference) -> bool:
    """Whether the mention means the amended act: it names none, or the same."""
    if reference.number and target.number:
        return number_key(reference.number) == number_key(target.number)
    return not reference.number and (reference.name is None or reference.name == target.name)
