"""An answer with its sources as a Word file, laid out as Decree 30/2020/NĐ-CP, Appendix I, asks of administrative papers."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Annotated
from urllib.parse import quote

from docx import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from fastapi import APIRouter, Depends, Response

from api.pages.ask import ask
from api.pages.asked import Asked, read_asked
from api.pages.words import cited, force_key, official_date, without_label
from api.routes.answers import Parts
from rag.messages import message
from rag.results import Answer, Citation

router = APIRouter(include_in_schema=False)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"  # Appendix I, part I, point 2
BODY_PT, SMALL_PT = 14, 13  # body text 13 to 14 points
PAGE_MM = (210, 297)
MARGINS_MM = {
    "top_margin": 20,
    "bottom_margin": 20,
    "left_margin": 30,
    "right_margin": 15,
}  # 20–25, 20–25, 30–35, 15–20
FIRST_LINE_MM = 10  # 1 cm or 1.27 cm
AFTER_PT = 6  # at least 6 points between paragraphs
Say = Callable[..., str]


@router.get("/cau-tra-loi.docx")
def answer_file(parts: Parts, asked: Annotated[Asked, Depends(read_asked)]) -> Response:
    """The answer to the question of the address as a Word file. Raises BadInput."""
    language = parts.settings.language
    content = write_answer(ask(parts, asked), lambda key, **fields: message(key, language, **fields))
    name = quote("tra-loi.docx")
    return Response(content, media_type=DOCX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


def write_answer(answer: Answer, say: Say) -> bytes:
    """The bytes of the file."""
    paper = _paper()
    _add(paper, answer.question, bold=True, centred=True)
    for sentence in answer.sentences:
        marks = "".join(f"[{n}]" for n in sentence.citations)
        _add(paper, f"{without_label(sentence.text)} {marks}".strip())
    if answer.reason:
        _add(paper, answer.reason)
    if answer.citations:
        _add(paper, say("page_grounds"), bold=True)
    for citation in answer.citations:
        _add(paper, _source(citation, answer.as_of, say))
    _add(paper, _machine(answer, say), size_pt=SMALL_PT, italic=True)
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _paper() -> WordDocument:  # type: ignore[valid-type] # the name is a factory of python-docx
    paper = WordDocument()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    for side, width_mm in MARGINS_MM.items():
        setattr(section, side, Mm(width_mm))
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY_PT)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    return paper


def _add(
    paper: WordDocument,  # type: ignore[valid-type]
    text: str,
    *,
    size_pt: int = BODY_PT,
    bold: bool = False,
    italic: bool = False,
    centred: bool = False,
) -> None:
    line: Paragraph = paper.add_paragraph()  # type: ignore[attr-defined]
    run = line.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size_pt)
    line.paragraph_format.space_after = Pt(AFTER_PT)
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.first_line_indent = Mm(FIRST_LINE_MM)


def _source(citation: Citation, as_of: str | None, say: Say) -> str:
    page = f", {say('page_page', page=citation.page)}" if citation.page else ""
    force = say(force_key(citation.validity, as_of)).lower()
    return f"[{citation.n}] {cited(citation.document, citation.passage.eid)}{page} ({force})."


def _machine(answer: Answer, say: Say) -> str:
    said = say(f"page_machine_{answer.origin}")
    return f"{said} {say('page_as_of_said', day=official_date(answer.as_of))}" if answer.as_of else said
