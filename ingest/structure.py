"""The provision tree of a document: labels at line beginnings, kept only where the numbering goes on.

A label counts when it continues the sequence of its level (Decree 78/2025/NĐ-CP: numbers are continuous); a wrapped
citation that happens to begin a line rarely does. Nothing is refused and no character is lost: text without a label
belongs to the provision it follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.assemble import assemble_text
from ingest.contents import contents_paragraphs
from ingest.labels import Label, article_label, clause_label, point_label, subclause_label
from ingest.lines import CleanDocument, CleanLine, LineClass
from ingest.metadata import read_metadata
from ingest.outline import Outline
from ingest.quotes import quoted_lines
from ingest.tree import (
    ATTACHED_END_RANK,
    FORM_RANK,
    LEAF_RANK,
    OUTLINE_RANK,
    RANKS,
    SUBCLAUSE_RANK,
    Mark,
    build_tree,
)
from rag.law.act import Act, Anchor, Level, Provision
from rag.law.numbering import Rank, arabic_rank, follows, part_value, point_rank

# Paragraphs: how far below its name "(Ban hành kèm theo …)" stands under the name of an attached text.
KEEM_THEO_WITHIN = 6
# Paragraphs of an upper-case or bold heading printed under "Chương I" (one to three lines in all acts seen).
HEADING_PARAGRAPHS = 4
# Characters: an unemphasised rest of a Điều line longer than this is its text, not a heading.
LONGEST_PLAIN_HEADING = 250
ABOLISHED = "(được bãi bỏ"
_ENDED = re.compile(r"[.;:!?…)”\"/]$|^\W*$")
_ATTACHED_NAME = re.compile(
    r"(?:QUY CHẾ|QUY ĐỊNH|QUY TRÌNH|ĐIỀU LỆ|NỘI QUY|CHƯƠNG TRÌNH|KẾ HOẠCH|ĐỀ ÁN|PHƯƠNG ÁN|"
    r"HƯỚNG DẪN|DANH MỤC|QUY CHUẨN|"
    r"CHIẾN LƯỢC|BẢNG GIÁ|BIỂU|TIÊU CHUẨN|CHUẨN|THỂ LỆ|QUY HOẠCH)\b"
)
_ATTACHED_NOTE = re.compile(r"[(\[]?\s*(?:Được\s+)?(?:Ban hành )?(?:kèm theo|Kèm theo)", re.IGNORECASE)
_FORM = re.compile(
    r"(?:Mẫu|MẪU|Biểu mẫu|BIỂU MẪU)(?:\s(?:số|SỐ))?\s*[:.]?\s*(\d{1,3}[a-zA-Zđ]?(?:[-./][\w-]{1,12})?)\s*[.:]?$"
)
_PASSED = re.compile(
    r"\S+(?:\s\S+)? này (?:đã )?được (?:Quốc hội|Ủy ban [Tt]hường vụ|Hội đồng nhân dân).*thông qua", re.DOTALL
)
_SIGNED_FOR = re.compile(r"(?:TM|KT|TL|TUQ|Q)\.\s?\S")
_DECIDES = re.compile(r"QUYẾT (?:ĐỊNH|NGHỊ)\W*$")
_RECIPIENTS = re.compile(r"Nơi nhận\s*:?")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Joined lines of one class. ``text`` is ``Act.text[start:end]``."""

    start: int
    end: int
    text: str
    line_class: LineClass
    bold: bool
    centered: bool
    note: str = ""  # number of the footnote that begins here


def group_paragraphs(lines: Sequence[CleanLine], anchors: Sequence[Anchor], text: str) -> list[Paragraph]:
    """Lines that are joined and of one class, as paragraphs."""
    found: list[Paragraph] = []
    first = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and lines[at].joins and lines[at].line_class is lines[first].line_class:
            continue
        start, end, line = anchors[first].start, anchors[at - 1].end, lines[first]
        note = line.note_marks[0][1] if line.line_class is LineClass.NOTE and line.note_marks else ""
        found.append(Paragraph(start, end, text[start:end], line.line_class, line.bold, line.centered, note))
        first = at
    return found if lines else []


@dataclass(slots=True)
class _Counters:
    """The last number seen on each level of the attachment being read."""

    chapter: int | None = None
    article: Rank | None = None
    article_number: str = ""
    clause: Rank | None = None
    clause_number: str = ""
    point: Rank | None = None
    abolished: bool = False  # the last điểm is printed as abolished in a consolidated text
    subclause: str = ""  # "3.2" inside khoản 3
    outline: Outline = field(default_factory=Outline)


class _Reader:
    """Walks the paragraphs once and yields a mark for each provision that begins."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = paragraphs
        # A footnote that quotes and goes on over the page would swallow the text between its two parts.
        self.quoted = quoted_lines(["" if p.line_class is LineClass.NOTE else p.text for p in paragraphs])
        self.contents = contents_paragraphs([p.text for p in paragraphs])
        self.bold_articles = _articles_are_bold(paragraphs)
        self.seen = _Counters()
        self.attached = False
        self.after_leaf = False
        self.leaf: LineClass | None = None
        self.concluded = False
        self.note = ""  # number of the last footnote
        self.appendix = ""  # number of the Phụ lục being read

    def marks(self) -> Iterator[Mark]:
        at = 0
        while at < len(self.paragraphs):
            marks = self._marks_at(at)
            if marks:
                self.after_leaf = marks[-1].rank == LEAF_RANK and marks[-1].level is not Level.PARAGRAPH
                yield from marks
            at = self.quoted.get(at, at) + 1

    def _marks_at(self, at: int) -> list[Mark]:
        paragraph = self.paragraphs[at]
        leaf, self.leaf = self.leaf, None
        if at in self.quoted and self.seen.article:
            return [Mark(paragraph.start, Level.QUOTED, LEAF_RANK)]
        self.quoted.pop(at, None)
        if paragraph.line_class in (LineClass.TABLE, LineClass.NOTE):
            self.leaf = paragraph.line_class
            return self._leaf(paragraph, goes_on=leaf is self.leaf)
        if paragraph.line_class is LineClass.SIGNATURE or self._ends_act(paragraph):
            return self._conclude(paragraph)
        return self._body_marks(at, paragraph)

    def _leaf(self, paragraph: Paragraph, *, goes_on: bool) -> list[Mark]:
        """A table, or a footnote; one that goes on after text of the next page keeps its number."""
        if paragraph.line_class is LineClass.TABLE:
            return [] if goes_on else [Mark(paragraph.start, Level.TABLE, LEAF_RANK)]
        if goes_on and not paragraph.note:
            return []
        self.note = paragraph.note or self.note
        return [Mark(paragraph.start, Level.NOTE, LEAF_RANK, self.note)]

    def _ends_act(self, paragraph: Paragraph) -> bool:
        in_articles = self.seen.article is not None
        signed = _SIGNED_FOR.match(paragraph.text) and paragraph.text.isupper()
        passed = in_articles and (_PASSED.match(paragraph.text) or signed)
        return bool(passed or _RECIPIENTS.match(paragraph.text))

    def _conclude(self, paragraph: Paragraph) -> list[Mark]:
        if self.concluded:
            return []
        self.concluded = True
        return [Mark(paragraph.start, Level.CONCLUSIONS, self._end_rank())]

    def _end_rank(self) -> int:
        return ATTACHED_END_RANK if self.attached else RANKS[Level.CONCLUSIONS]

    def _body_marks(self, at: int, paragraph: Paragraph) -> list[Mark]:
        label = None if at in self.contents else article_label(paragraph.text)
        marks = (
            (self._labelled(at, paragraph, label) if label else [])
            or self._attachment_without_number(at, paragraph)
            or (self._numbered(paragraph) if at not in self.contents else [])
        )
        if not marks and paragraph.text and (self.after_leaf or self.concluded):
            rank = self._end_rank() if self.concluded else LEAF_RANK
            marks = [Mark(paragraph.start, Level.PARAGRAPH, rank)]
        if marks:
            self.concluded = False
        return marks

    def _labelled(self, at: int, paragraph: Paragraph, label: Label) -> list[Mark]:
        if label.level is Level.ARTICLE:
            return self._article(at, paragraph, label)
        if label.level is Level.ATTACHMENT:
            return self._attachment(at, paragraph, label) if _stands_out(paragraph) else []
        if label.rest and not _stands_out(paragraph):
            return []
        restart = label.level is Level.CHAPTER and self._chapters_restart(label)
        self._enter(label)
        heading = self._heading_below(at, label.rest)
        mark = Mark(paragraph.start, label.level, RANKS[label.level], label.number, heading)
        return [self._begin_attachment(paragraph.start, keep_chapter=True), mark] if restart else [mark]

    def _chapters_restart(self, label: Label) -> bool:
        return part_value(label.number) == 1 and bool(self.seen.chapter) and self.seen.article is not None

    def _enter(self, label: Label) -> None:
        if label.level is Level.CHAPTER:
            self.seen.chapter = part_value(label.number) or self.seen.chapter
        elif label.level is Level.PART:
            self.seen.chapter = None
        self.seen.clause = self.seen.point = None
        self.seen.subclause = ""
        self.seen.outline = Outline()

    def _article(self, at: int, paragraph: Paragraph, label: Label) -> list[Mark]:
        rank = arabic_rank(label.number)
        if rank is None or not self._article_is_heading(paragraph, label, rank):
            return []
        restart = rank == (1, 0, 0) and (self.seen.article is not None or self._is_printed_decision(at))
        before = [self._begin_unnamed(paragraph.start)] if restart else []
        self.seen.article, self.seen.clause, self.seen.point, self.seen.subclause = rank, None, None, ""
        self.seen.article_number = label.number
        heading = label.rest if self._is_article_heading_text(paragraph, label) else ""
        if not label.rest:
            heading = self._heading_below(at, "")
        return [*before, Mark(paragraph.start, Level.ARTICLE, RANKS[Level.ARTICLE], label.number, heading)]

    def _is_printed_decision(self, at: int) -> bool:
        """A form of a decision inside an appendix: "QUYẾT ĐỊNH:" and then its own Điều 1."""
        return self.attached and at > 0 and bool(_DECIDES.match(self.paragraphs[at - 1].text))

    def _is_article_heading_text(self, paragraph: Paragraph, label: Label) -> bool:
        return paragraph.bold or (len(label.rest) <= LONGEST_PLAIN_HEADING and not _ENDED.search(label.rest))

    def _article_is_heading(self, paragraph: Paragraph, label: Label, rank: Rank) -> bool:
        unlike_others = self.bold_articles and not paragraph.bold
        if label.rest and not (label.rest[0].isupper() or not label.rest[0].isalpha()):
            return False
        last = self.seen.article
        if follows(rank, last):
            return bool(label.rest) or not unlike_others
        if rank == (1, 0, 0):
            return not unlike_others or self.attached or self.concluded
        if not label.rest:
            return False
        return last is None or (rank > last and not unlike_others)

    def _begin_attachment(
        self, start: int, number: str = "", heading: str = "", *, keep_chapter: bool = False
    ) -> Mark:
        self.seen = _Counters(chapter=1 if keep_chapter else None)
        self.attached = True
        return Mark(start, Level.ATTACHMENT, RANKS[Level.ATTACHMENT], number, heading)

    def _begin_unnamed(self, start: int) -> Mark:
        """Numbering begins anew without a name above it: inside an attachment that is a printed form."""
        if not self.attached:
            return self._begin_attachment(start)
        self.seen = _Counters()
        return Mark(start, Level.ATTACHMENT, FORM_RANK)

    def _attachment(self, at: int, paragraph: Paragraph, label: Label) -> list[Mark]:
        heading = self._heading_below(at, label.rest)
        if label.number and label.number == self.appendix:
            # The label again, above a form of the same appendix ("Phụ lục I", "Mẫu số 02").
            self.seen = _Counters()
            return [Mark(paragraph.start, Level.ATTACHMENT, FORM_RANK, label.number, heading)]
        self.appendix = label.number
        return [self._begin_attachment(paragraph.start, label.number, heading)]

    def _attachment_without_number(self, at: int, paragraph: Paragraph) -> list[Mark]:
        form = _FORM.match(paragraph.text)
        if form and self.attached:
            self.seen = _Counters()
            heading = self._heading_below(at, "")
            return [Mark(paragraph.start, Level.ATTACHMENT, FORM_RANK, form[1].replace("/", "-"), heading)]
        if not (at and (self.seen.article or self.concluded) and _ATTACHED_NAME.match(paragraph.text)):
            return []
        below = self.paragraphs[at + 1 : at + 1 + KEEM_THEO_WITHIN]
        if not paragraph.text.isupper() or not any(_ATTACHED_NOTE.match(p.text) for p in below):
            return []
        return [self._begin_attachment(paragraph.start, heading=self._heading_below(at, paragraph.text))]

    def _heading_below(self, at: int, heading: str) -> str:
        lines = [heading] if heading else []
        for paragraph in self.paragraphs[at + 1 : at + 1 + HEADING_PARAGRAPHS]:
            emphasised = paragraph.text.isupper() or (paragraph.bold and paragraph.centered)
            if paragraph.line_class is not LineClass.BODY or not emphasised or article_label(paragraph.text):
                break
            lines.append(paragraph.text)
        return " ".join(lines)

    def _numbered(self, paragraph: Paragraph) -> list[Mark]:
        if self.seen.article is not None:
            return self._clause(paragraph) or self._subclause(paragraph) or self._point(paragraph)
        return self._outline(paragraph)

    def _clause(self, paragraph: Paragraph) -> list[Mark]:
        label = clause_label(paragraph.text)
        rank = arabic_rank(label.number) if label else None
        if not label or rank is None or not _follows_loosely(rank, self.seen.clause):
            return []
        self.seen.clause, self.seen.point, self.seen.subclause = rank, None, ""
        self.seen.clause_number = label.number
        return [Mark(paragraph.start, Level.CLAUSE, RANKS[Level.CLAUSE], label.number)]

    def _subclause(self, paragraph: Paragraph) -> list[Mark]:
        """ "3.2." inside khoản 3 (or "5.2." inside a Điều 5 without khoản): regulations of schools and companies."""
        label = subclause_label(paragraph.text)
        if not label or not self._subclause_goes_on(label.number.split(".")):
            return []
        self.seen.subclause, self.seen.point = label.number, None
        deeper = label.number.count(".") > 1
        return [Mark(paragraph.start, Level.HEADING, SUBCLAUSE_RANK + deeper, label.number)]

    def _subclause_goes_on(self, parts: list[str]) -> bool:
        """Whether the parent is the khoản (Điều, subclause) that is open, and the last number the next one there."""
        base = self.seen.clause_number if self.seen.clause else self.seen.article_number
        last, rank = self.seen.subclause.split(".") if self.seen.subclause else [base], arabic_rank(parts[-1])
        if rank is None or last[: len(parts) - 1] != parts[:-1]:
            return False
        return _follows_loosely(rank, arabic_rank(last[len(parts) - 1]) if len(last) >= len(parts) else None)

    def _point(self, paragraph: Paragraph) -> list[Mark]:
        label = point_label(paragraph.text)
        rank = point_rank(label.number) if label else None
        again = self.seen.abolished and rank == self.seen.point  # "b) (được bãi bỏ)", then the new điểm b
        if not label or rank is None or not (again or _follows_loosely(rank, self.seen.point)):
            return []
        self.seen.point, self.seen.abolished = rank, label.rest.startswith(ABOLISHED)
        return [Mark(paragraph.start, Level.POINT, RANKS[Level.POINT], label.number)]

    def _outline(self, paragraph: Paragraph) -> list[Mark]:
        place = self.seen.outline.place(paragraph.text, paragraph.bold)
        if place is None:
            return []
        heading = place.rest if paragraph.bold and len(place.rest) <= LONGEST_PLAIN_HEADING else ""
        return [Mark(paragraph.start, Level.HEADING, OUTLINE_RANK + place.depth, place.number, heading)]


def _follows_loosely(rank: Rank, last: Rank | None) -> bool:
    """Drafters leave out đ now and then, and a khoản in printed decrees (105/2021/NĐ-CP, Điều 35): one may be missing."""
    return follows(rank, last) or (last is not None and rank == (last[0] + 2, 0, 0))


def _stands_out(paragraph: Paragraph) -> bool:
    return paragraph.bold or paragraph.centered or paragraph.text.isupper()


def _articles_are_bold(paragraphs: Sequence[Paragraph]) -> bool:
    labelled = [p.bold for p in paragraphs if p.text.startswith("Điều ") and article_label(p.text)]
    return sum(labelled) * 2 > len(labelled)


def find_provisions(paragraphs: Sequence[Paragraph], text_end: int) -> tuple[Provision, ...]:
    """The tree over the text; what stands before the first provision is the preamble."""
    marks = list(_Reader(paragraphs).marks())
    if not text_end:
        return ()
    if not marks or marks[0].start > 0:
        marks.insert(0, Mark(0, Level.PREAMBLE, RANKS[Level.PREAMBLE]))
    return build_tree(marks, text_end)


def parse_act(doc: CleanDocument) -> Act:
    """The document read whole: text, anchors, metadata, tree. Never refuses; every character is in one provision."""
    text, anchors = assemble_text(doc.lines)
    paragraphs = group_paragraphs(doc.lines, anchors, text)
    provisions = find_provisions(paragraphs, len(text))
    metadata = read_metadata(doc, text, provisions, anchors)
    return Act(text, anchors, metadata, provisions, doc.diagnostics, _note_marks(doc.lines, anchors))


def _note_marks(lines: Sequence[CleanLine], anchors: Sequence[Anchor]) -> tuple[tuple[int, str], ...]:
    """Where footnote marks stood in the text (those that begin a note left out), with their numbers."""
    return tuple(
        (anchor.start + at, mark)
        for line, anchor in zip(lines, anchors, strict=True)
        if line.note_marks and line.line_class is not LineClass.NOTE
        for at, mark in line.note_marks
    )
