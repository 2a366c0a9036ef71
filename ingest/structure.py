"""The provision tree of a document: labels at line beginnings, kept only where the numbering goes on.

A label counts when it continues the sequence of its level (Decree 78/2025/NĐ-CP: numbers are continuous); a wrapped
citation that happens to begin a line rarely does. Nothing is refused and no character is lost: text without a label
belongs to the provision it follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.assemble import assemble_text
from ingest.contents import contents_paragraphs
from ingest.labels import Label, article_label, clause_label, outline_label, point_label
from ingest.lines import CleanDocument, CleanLine, LineClass
from ingest.metadata import read_metadata
from ingest.quotes import quoted_lines
from ingest.tree import ATTACHED_END_RANK, FORM_RANK, LEAF_RANK, OUTLINE_RANK, RANKS, Mark, build_tree
from rag.law.act import Act, Anchor, Level, Provision
from rag.law.numbering import Rank, arabic_rank, follows, part_value, point_rank

# Paragraphs: how far below its name "(Ban hành kèm theo …)" stands under the name of an attached text.
KEEM_THEO_WITHIN = 6
# Paragraphs of an upper-case or bold heading printed under "Chương I" (one to three lines in all acts seen).
HEADING_PARAGRAPHS = 4
# Characters: an unemphasised rest of a Điều line longer than this is its text, not a heading.
LONGEST_PLAIN_HEADING = 250
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


def group_paragraphs(lines: Sequence[CleanLine], anchors: Sequence[Anchor], text: str) -> list[Paragraph]:
    """Lines that are joined and of one class, as paragraphs."""
    found: list[Paragraph] = []
    first = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and lines[at].joins and lines[at].line_class is lines[first].line_class:
            continue
        start, end, line = anchors[first].start, anchors[at - 1].end, lines[first]
        found.append(Paragraph(start, end, text[start:end], line.line_class, line.bold, line.centered))
        first = at
    return found if lines else []


@dataclass(slots=True)
class _Counters:
    """The last number seen on each level of the attachment being read."""

    chapter: int | None = None
    article: Rank | None = None
    clause: Rank | None = None
    point: Rank | None = None
    outline: tuple[tuple[str, Rank], ...] = ()


class _Reader:
    """Walks the paragraphs once and yields a mark for each provision that begins."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = paragraphs
        self.quoted = quoted_lines([p.text for p in paragraphs])
        self.contents = contents_paragraphs([p.text for p in paragraphs])
        self.bold_articles = _articles_are_bold(paragraphs)
        self.seen = _Counters()
        self.attached = False
        self.after_leaf = False
        self.leaf: LineClass | None = None
        self.concluded = False
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
            level = Level.TABLE if paragraph.line_class is LineClass.TABLE else Level.NOTE
            return [] if leaf is self.leaf and level is Level.TABLE else [Mark(paragraph.start, level, LEAF_RANK)]
        if paragraph.line_class is LineClass.SIGNATURE or self._ends_act(paragraph):
            return self._conclude(paragraph)
        return self._body_marks(at, paragraph)

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
        self.seen.outline = ()

    def _article(self, at: int, paragraph: Paragraph, label: Label) -> list[Mark]:
        rank = arabic_rank(label.number)
        if rank is None or not self._article_is_heading(paragraph, label, rank):
            return []
        restart = rank == (1, 0, 0) and (self.seen.article is not None or self._is_printed_decision(at))
        before = [self._begin_unnamed(paragraph.start)] if restart else []
        self.seen.article, self.seen.clause, self.seen.point, self.seen.outline = rank, None, None, ()
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
            return self._clause(paragraph) or self._point(paragraph)
        return self._outline(paragraph)

    def _clause(self, paragraph: Paragraph) -> list[Mark]:
        label = clause_label(paragraph.text)
        rank = arabic_rank(label.number) if label else None
        if not label or rank is None or not follows(rank, self.seen.clause):
            return []
        self.seen.clause, self.seen.point = rank, None
        return [Mark(paragraph.start, Level.CLAUSE, RANKS[Level.CLAUSE], label.number)]

    def _point(self, paragraph: Paragraph) -> list[Mark]:
        label = point_label(paragraph.text)
        rank = point_rank(label.number) if label else None
        if not label or rank is None or not _follows_loosely(rank, self.seen.point):
            return []
        self.seen.point = rank
        return [Mark(paragraph.start, Level.POINT, RANKS[Level.POINT], label.number)]

    def _outline(self, paragraph: Paragraph) -> list[Mark]:
        label = outline_label(paragraph.text)
        if not label:
            return []
        depth = next(
            (i for i, (style, _) in enumerate(self.seen.outline) if style == label.style), len(self.seen.outline)
        )
        last = self.seen.outline[depth][1] if depth < len(self.seen.outline) else None
        rank = _outline_rank(label)
        if rank is None or not _outline_goes_on(label, rank, last):
            return []
        self.seen.outline = (*self.seen.outline[:depth], (label.style, rank))
        heading = label.rest if paragraph.bold and len(label.rest) <= LONGEST_PLAIN_HEADING else ""
        return [Mark(paragraph.start, Level.HEADING, OUTLINE_RANK + depth, label.number, heading)]


def _follows_loosely(rank: Rank, last: Rank | None) -> bool:
    """Points: drafters leave out đ now and then, so one letter may be missing."""
    return follows(rank, last) or (last is not None and rank == (last[0] + 2, 0, 0))


def _outline_rank(label: Label) -> Rank | None:
    if label.style == "I":
        return (part_value(label.number) or 0, 0, 0) if part_value(label.number) else None
    if label.style == "A":
        return ord(label.number) - ord("A") + 1, 0, 0
    if label.style == "a":
        return point_rank(label.number)
    return arabic_rank(label.number.rpartition(".")[2])


def _outline_goes_on(label: Label, rank: Rank, last: Rank | None) -> bool:
    # "1.1", "2.1": the last component restarts under each new parent.
    return follows(rank, last) or (rank[0] == 1 and "." in label.style) or (rank[0] == 1 and last is None)


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
    return Act(text, anchors, read_metadata(doc, text, provisions, anchors), provisions, doc.diagnostics)
