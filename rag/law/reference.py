"""References (viện dẫn): mentions of provisions and acts in running text.

The grammar goes from the inside out, as Vietnamese does: điểm … khoản … Điều … (Mục … Chương … Phụ lục …) [của] act.
Lists ("các điểm a, b và d khoản 2 Điều 14") and ranges ("từ Điều 5 đến Điều 9") are one mention that yields one
`Reference` a provision; coordinated parts ("điểm a khoản 1 và điểm b khoản 2 Điều 5") share what stands to the right.
Nothing is guessed: a part whose Điều cannot be told is left out. Resolving to one act is the work of `rag.law.links`.

Linear in the length of the text: a mention begins at a trigger word, is read token by token over at most ``MOST_PARTS``
parts of ``MOST_LABELS`` labels, and reading goes on behind it (``count_steps``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.law.act_mention import NamedAct, Which
from rag.law.mention import HERE, ORDER, Mention, Part, labels_between, read_mention
from rag.law.reading import Reading

MOST_LOOK_RIGHT = 45  # parts looked over for what encloses a part
# Words that make "điểm" and "khoản" something else: "thời điểm", "tài khoản".
_COMPOUND = {
    "điểm": frozenset("thời địa quan đặc trọng ưu nhược khuyết yếu cao tiêu bưu giao cực trung thang số".split()),
    "khoản": frozenset("tài ngân bồi thương trái điều".split()),
    "phần": frozenset("thành cổ một học bộ góp tín".split()),
    "mục": frozenset("danh hạng đề tiết thư chuyên giáo".split()),
    "chương": frozenset("huy hiến văn ấn".split()),
    "mẫu": frozenset("biểu tờ".split()),
    "luật": frozenset("pháp kỷ quy dự".split()),
}
_TRIGGER = re.compile(
    r"(?<!\w)(?:điểm|khoản|điều|tiểu mục|mục|chương|phần|phụ lục|mẫu|biểu mẫu|hiến pháp|bộ luật|luật|pháp lệnh|nghị quyết|"
    r"nghị định|thông tư|quyết định|sắc lệnh|lệnh|chỉ thị|quy (?:chế|định|trình|chuẩn)|điều lệ|nội quy|chương trình|kế hoạch|"
    r"đề án|công văn|thông báo|kết luận|hướng dẫn|công điện|văn bản hợp nhất|báo cáo|tờ trình|\d{1,5}[a-z]?(?=[/.-]))(?!\w)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[^\S\n]{0,8}(?:[.:]|\n)")
# What stands behind "Chương IV" in a heading or a table of contents: a title in capitals, or the dots that lead to a page.
_TITLE = re.compile(r"[^\S\n]{0,8}(?:[A-ZĐÀ-ỸƯƠ]{2}|\.{4}|…)")
_QUOTE_MARKS = "“\"‘'« "


@dataclass(frozen=True, slots=True)
class Reference:
    """``text`` is ``source[start:end]``; ``eid`` the path of the provision in its act, "" for the whole act.

    ``here``: the path was completed with, or is relative to, the provision the mention stands in.
    """

    start: int
    end: int
    act: NamedAct
    eid: str
    text: str
    here: bool = False

    @property
    def number(self) -> str | None:
        """The number printed, None for the act itself and where only a name is printed."""
        return self.act.number or None

    @property
    def name(self) -> str | None:
        """The name printed, with its year; None where there is none."""
        return (f"{self.act.name} {self.act.year}" if self.act.year else self.act.name) or None


Context = Mapping[str, str]
"""Level → number of the provision a text stands in ({"art": "9", "cl": "3"})."""


def context_of(eid: str) -> dict[str, str]:
    """The steps of an eid from its last attachment on: "att_1__art_9__cl_3" → {"art": "9", "cl": "3"}."""
    steps = [step.partition("_") for step in eid.split("__") if step]
    inner = max((at + 1 for at, step in enumerate(steps) if step[0] == "att"), default=0)
    return {level: number for level, _, number in steps[inner:] if level in ORDER}


def find_references(
    text: str, context: str | Context | None = None, names: Mapping[str, bool] | None = None
) -> list[Reference]:
    """All references in ``text`` in order of place.

    ``context`` is where it stands (an eid, or level → number), for "Điều này" and for "khoản 2" alone; when it is not
    known at all (None), "khoản 2" yields the path that is said, "cl_2". ``names`` are the names of statutes known
    (`rag.law.act_mention.prefixes`), without which a name ends at a stop word.
    """
    here = context_of(context) if isinstance(context, str) else context
    return list(_references(Reading(text), here, names or {}))


def count_steps(text: str) -> int:
    """Tokens read while finding the references of ``text``: the measure of the work."""
    reading = Reading(text)
    list(_references(reading, {"art": "1", "cl": "1"}, {}))
    return reading.steps


def _references(reading: Reading, here: Context | None, names: Mapping[str, bool]) -> Iterator[Reference]:
    text, at = reading.text, 0
    while match := _TRIGGER.search(text, at):
        at = match.end()
        if _is_compound(text, match):
            continue
        mention = read_mention(reading, match.start(), names)
        if mention is None:
            continue
        at = max(at, mention.end)
        if mention.meant and not _is_heading(text, mention):
            yield from _resolved(text, mention, here)


def _is_compound(text: str, match: re.Match[str]) -> bool:
    """ "thời điểm", "tài khoản", "pháp luật", or a number that goes on to the left."""
    word = match[0].lower()
    if word[0].isdecimal():
        return match.start() > 0 and text[match.start() - 1] in "/.,-"
    before = text[max(0, match.start() - 8) : match.start()].lower().split()
    return bool(before) and before[-1] in _COMPOUND.get(word, ()) and text[match.start() - 1].isspace()


def _is_heading(text: str, mention: Mention) -> bool:
    """ "Điều 14. Tên" at the beginning of a paragraph is a label, not a reference."""
    if len(mention.parts) != 1 or mention.act.which is not Which.OWN or mention.act.type:
        return False
    part = mention.parts[0]
    if len(part.labels) > 1:
        return False
    if ORDER[part.level] >= ORDER["sec"] and _TITLE.match(text, part.end):
        return True
    line = text.rfind("\n", max(0, part.start - 4), part.start) + 1 or (0 if part.start < 4 else -1)
    at_start = line >= 0 and not text[line : part.start].strip(_QUOTE_MARKS)
    return at_start and ORDER[part.level] >= ORDER["art"] and bool(_HEADING.match(text, part.end))


def _resolved(text: str, mention: Mention, here: Context | None) -> Iterator[Reference]:
    """The references of a mention; of parts whose place cannot be told only the act remains, where one is named."""
    parts = _without_ranges(mention.parts)
    found = [reference for at in range(len(parts)) for reference in _of_part(text, mention, parts, at, here)]
    start = mention.act_start if parts else mention.start
    if (not found and start >= 0 and mention.act.which is not Which.OWN) or not parts:
        found = [Reference(start, mention.end, mention.act, "", text[start : mention.end])]
    yield from found


def _of_part(
    text: str, mention: Mention, parts: Sequence[Part], at: int, known: Context | None
) -> Iterator[Reference]:
    part = parts[at]
    labels = part.labels[1:] if _is_parent(parts, at) else part.labels
    here = known or {}
    row = list(_enclosing(parts, at))
    above = _completed(part, _steps(row, here), known if mention.act.which is Which.OWN else {})
    if above is None:
        return
    start = min(one.start for one in (part, *row)) if len(parts) > 1 else mention.start
    end = max(one.end for one in (part, *row))
    end = mention.end if end == parts[-1].end else end
    for label in labels:
        number = here.get(part.level, "") if label == HERE else label or "1"
        if number:
            eid = _path({**above, part.level: number})
            relative = any(one.labels == (HERE,) for one in (part, *row))
            yield Reference(start, end, mention.act, eid, text[start:end], relative)


def _without_ranges(parts: Sequence[Part]) -> list[Part]:
    """ "Điều 5 đến Điều 9": the part behind "đến" is given the labels between."""
    found: list[Part] = []
    for part in parts:
        if part.link == "đến" and found and found[-1].level == part.level:
            between = labels_between(part.level, found[-1].labels[-1], part.labels[0])
            found.append(Part(part.start, part.end, part.level, (*between, *part.labels), ","))
        else:
            found.append(part)
    return found


def _is_parent(parts: Sequence[Part], at: int) -> bool:
    """Whether the part only says where its neighbour stands: "khoản 2 [Điều 5]", "[Điều 5] khoản 2"."""
    order = ORDER[parts[at].level]
    return (at > 0 and ORDER[parts[at - 1].level] < order and not _descends(parts, at - 1)) or (
        at + 1 < len(parts) and _descends(parts, at + 1)
    )


def _descends(parts: Sequence[Part], at: int) -> bool:
    """Whether the part stands inside the one before it ("Điều 5 khoản 2"): nothing to its right encloses it."""
    order = ORDER[parts[at].level]
    return (
        at > 0
        and order < ORDER["art"]
        and parts[at].link in ("", ",")
        and ORDER[parts[at - 1].level] == order + 1
        and (at + 1 == len(parts) or ORDER[parts[at + 1].level] != order + 1)
        and not any(ORDER[right.level] > order for right in parts[at + 1 : at + 1 + MOST_LOOK_RIGHT])
    )


def _enclosing(parts: Sequence[Part], at: int) -> Iterator[Part]:
    """What a part stands in: the nearest of each higher level to its right, or to its left where it descends."""
    floor = ORDER[parts[at].level]
    row = _left_of(parts, at) if _descends(parts, at) else parts[at + 1 : at + 1 + MOST_LOOK_RIGHT]
    for part in row:
        if ORDER[part.level] > floor:
            floor = ORDER[part.level]
            yield part


def _steps(row: Sequence[Part], here: Context) -> dict[str, str]:
    """Level → number of what encloses a part; "này" is that of the place it stands in."""
    named = (
        (part.level, here.get(part.level, "") if part.labels == (HERE,) else part.labels[0] or "1") for part in row
    )
    return {level: number for level, number in named if number}


def _left_of(parts: Sequence[Part], at: int) -> Iterator[Part]:
    while _descends(parts, at):
        at -= 1
        yield parts[at]


def _completed(part: Part, above: dict[str, str], here: Context | None) -> dict[str, str] | None:
    """``above`` with what the place it stands in adds; None when the Điều of a khoản or điểm cannot be told there."""
    if here is None:
        return above
    if part.level == "point" and "cl" not in above and "art" not in above and "cl" in here and "art" in here:
        above["cl"] = here["cl"]
    if part.level in ("point", "cl") and "art" not in above:
        if "art" not in here or (part.level == "point" and "cl" not in above and "cl" in here):
            return None
        above["art"] = here["art"]
    return above


def _path(steps: Mapping[str, str]) -> str:
    """The eid of the steps. A Điều is numbered through its act: what encloses it but an appendix is left out."""
    levels = sorted(steps, key=lambda level: -ORDER[level])
    if "art" in steps:
        levels = [level for level in levels if ORDER[level] <= ORDER["art"] or level in ("att", "form")]
    return "__".join(f"{'att' if level == 'form' else level}_{steps[level]}" for level in levels)
