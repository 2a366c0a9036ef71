"""Office and web files: what a reader sees, in order, with paragraph anchors; refused before a byte is inflated (P6)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from ingest.docx import read_docx
from ingest.docx_numbers import ListLevel, ListNumbers, numeral
from ingest.intake import FileKind, FileStatus
from ingest.limits import ReadLimits
from ingest.office import Paragraph, SideBySide, TableLine
from ingest.office_doc import document_text
from ingest.office_text import read_html, read_rtf
from ingest.office_zip import UnsafeError, open_package, read_part
from ingest.read import read_document

LEFT = ["ỦY BAN NHÂN DÂN", "TỈNH AN BÌNH", "Số: 15/2026/QĐ-UBND"]
RIGHT = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "An Bình, ngày 05 tháng 3 năm 2026"]
NUMBERING = """<w:abstractNum %s w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="Điều %%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%%2."/>
</w:lvl><w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%%3)"/></w:lvl></w:abstractNum>"""


def decision() -> Document:
    """A decision whose numbers Word counts, with letterhead and table, a deletion, hidden text and a running head."""
    word = Document()
    table = word.add_table(rows=1, cols=2)
    for cell, lines in zip(table.rows[0].cells, (LEFT, RIGHT), strict=True):
        cell.paragraphs[0].text = lines[0]
        for line in lines[1:]:
            cell.add_paragraph(line)
    for title in ("QUYẾT ĐỊNH", "Ban hành quy định về quản lý chợ"):
        paragraph = word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(title).bold = True
    root = word.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERING % nsdecls("w")))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in [
        (0, "Phạm vi điều chỉnh"), (1, "Quy định này áp dụng cho chợ hạng ba."), (1, "Các trường hợp khác:"),
        (2, "Chợ tạm;"), (2, "Chợ phiên."), (0, "Mức thu"), (1, "Mức thu là 5.000 đồng một ngày."),
    ]:  # fmt: skip
        numbered(word.add_paragraph(text), level)
    return word


def numbered(paragraph, level: int) -> None:
    settings = paragraph._p.get_or_add_pPr()
    settings.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="78"/></w:numPr>'))


def saved(word, path: Path) -> Path:
    word.save(str(path))
    return path


def test_numbers_are_those_a_reader_sees_and_places_are_paragraphs(tmp_path: Path) -> None:
    read = read_document(saved(decision(), tmp_path / "a.docx"))
    assert (read.status, read.kind, read.page_count) == (FileStatus.INDEXED, FileKind.ZIP, 0)
    assert read.act is not None
    articles = [p for p in read.act.walk() if p.level in ("art", "cl", "point")]
    assert [p.eid for p in articles] == [
        "art_1", "art_1__cl_1", "art_1__cl_2", "art_1__cl_2__point_a", "art_1__cl_2__point_b", "art_2", "art_2__cl_1",
    ]  # fmt: skip
    found = read.act.metadata
    values = [r.value if r else None for r in (found.number, found.type, found.date)]
    assert values == ["15/2026/QĐ-UBND", "Quyết định", "2026-03-05"]
    assert {anchor.page for anchor in read.act.anchors} == {0}
    rows = [anchor.box.y0 for anchor in read.act.anchors]
    assert rows == sorted(rows)
    assert rows[0] == 1
    assert read.passages[-1].text == "1. Mức thu là 5.000 đồng một ngày."


def test_deleted_and_hidden_text_stay_out(tmp_path: Path) -> None:
    word = decision()
    paragraph = word.add_paragraph("Điều 9. Hiệu lực ")
    for text, hide in (
        ("bỏ qua quy định", lambda run: setattr(run.font, "hidden", True)),
        ("trả lời là được", lambda run: setattr(run.font.color, "rgb", RGBColor(255, 255, 255))),
        ("nhỏ quá", lambda run: setattr(run.font, "size", Pt(1))),
    ):
        hide(paragraph.add_run(text))
    gone = OxmlElement("w:del")
    run = OxmlElement("w:r")
    deleted = OxmlElement("w:delText")
    deleted.text = "đã xóa"
    run.append(deleted)
    gone.append(run)
    paragraph._p.append(gone)
    read = read_document(saved(word, tmp_path / "a.docx"))
    assert read.act is not None
    assert "Điều 9. Hiệu lực" in read.act.text
    for hidden in ("bỏ qua", "trả lời", "nhỏ quá", "đã xóa"):
        assert hidden not in read.act.text
    assert [d.details["how"] for d in read.diagnostics if d.code == "hidden_text"] == ["hidden"]


def test_tables_come_row_by_row_and_letterheads_side_by_side(tmp_path: Path) -> None:
    word = decision()
    table = word.add_table(rows=2, cols=3)
    for row, values in zip(table.rows, (("TT", "Tên chợ", "Mức thu"), ("1", "Chợ Đông", "5.000")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    blocks = read_docx(saved(word, tmp_path / "a.docx")).blocks
    assert isinstance(blocks[0], SideBySide)
    assert [p.text for p in blocks[0].right] == RIGHT
    rows = [block for block in blocks if isinstance(block, TableLine)]
    assert [(row.cells, row.number) for row in rows] == [
        (("TT", "Tên chợ", "Mức thu"), 0),
        (("1", "Chợ Đông", "5.000"), 1),
    ]


def test_a_secret_in_the_running_head_is_refused(tmp_path: Path) -> None:
    word = decision()
    word.sections[0].header.paragraphs[0].text = "TỐI MẬT"
    read = read_document(saved(word, tmp_path / "a.docx"))
    assert (read.status, read.act, read.passages) == (FileStatus.SECRET_MARKED, None, ())
    allowed = read_document(saved(word, tmp_path / "a.docx"), ReadLimits(secret_marks_allowed=True))
    assert allowed.status is FileStatus.INDEXED


def test_capital_fonts_and_tcvn3_in_word(tmp_path: Path) -> None:
    word = decision()
    head = word.add_paragraph()
    for text, font in (
        ("NghÞ ®Þnh cña ChÝnh phñ", ".VnTimeH"),
        (" vÒ ®¨ng ký kinh doanh, xö ph¹t hµnh chÝnh", ".VnTime"),
    ):
        run = head.add_run(text)
        run.font.name = font
    read = read_document(saved(word, tmp_path / "a.docx"))
    assert read.act is not None
    assert "NGHỊ ĐỊNH CỦA CHÍNH PHỦ về đăng ký kinh doanh, xử phạt hành chính" in read.act.text


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (4, "decimal", "4"),
        (4, "upperRoman", "IV"),
        (29, "lowerRoman", "xxix"),
        (3, "lowerLetter", "c"),
        (28, "upperLetter", "BB"),
        (7, "decimalZero", "07"),
        (2, "none", ""),
    ],
)
def test_number_formats(value: int, form: str, shown: str) -> None:
    assert numeral(value, form) == shown


def test_levels_begin_anew_and_lists_of_one_definition_count_on() -> None:
    levels = {
        0: ListLevel(text="%1."),
        1: ListLevel(text="%1.%2", restart=None),
        2: ListLevel(format="lowerLetter", text="%3)", restart=0),
    }
    numbers = ListNumbers({"1": levels, "2": levels}, {"1": "x", "2": "x"})
    asked = [("1", 0), ("1", 1), ("1", 2), ("1", 0), ("1", 1), ("1", 2), ("2", 0), ("9", 0)]
    assert [numbers.label(*one) for one in asked] == ["1.", "1.1", "a)", "2.", "2.1", "b)", "3.", ""]


def test_a_web_page_without_its_portal(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    articles = "".join(
        f"<p>Điều {n}. Tên điều {n}</p><div>1. Nội dung khoản một<br>2. Nội dung khoản <b>hai</b></div>"
        for n in range(1, 9)
    )
    page.write_text(
        f"""<html><head><meta charset=utf-8><title>Cổng</title><script>var a = "Điều 99. Giả";</script></head><body>
        <nav>Trang chủ | Văn bản</nav><div class=menu><a>Đăng nhập</a></div><div id=content>
        <table><tr><td>CHÍNH PHỦ<br>Số: 1/2026/NĐ-CP</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc
        </td></tr></table><p align=center>NGHỊ ĐỊNH</p>{articles}<table><tr><td>TT</td><td>Mức</td></tr><tr><td>1</td><td>5 %</td></tr>
        </table></div><footer>Bản quyền</footer></body></html>""",
        encoding="utf-8",
    )
    read = read_document(page)
    assert read.act is not None
    assert [p.number for p in read.act.walk() if p.level == "art"] == [str(n) for n in range(1, 9)]
    assert "2. Nội dung khoản hai" in read.act.text
    for outside in ("Trang chủ", "Điều 99", "Bản quyền", "Đăng nhập"):
        assert outside not in read.act.text
    assert "1 | 5 %" in read.act.text


def test_an_empty_portal_page_is_empty(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html><body><div id=app></div><p>404 Not Found</p></body></html>")
    assert (read_document(page).status, read_document(page).reason) == (FileStatus.EMPTY, "file_html_empty")
    with pytest.raises(UnsafeError):
        read_html(page)


def test_rtf_paragraphs_and_cells(tmp_path: Path) -> None:
    file = tmp_path / "a.rtf"
    file.write_bytes(
        rb"{\rtf1\ansi\ansicpg1258\uc1 \u272?i\u7873?u 1. Ph\u7841?m vi\par M\'f4t d\'e2n\par"
        rb"\trowd\cellx100\cellx200 TT\cell S\u7889?\cell\row\trowd\cellx100\cellx200 1\cell 2\cell\row\pard h\u7871?t\par}"
    )
    blocks = read_rtf(file)
    assert [b.text for b in blocks if isinstance(b, Paragraph)][0::2] == ["Điều 1. Phạm vi", "hết"]
    assert [b.cells for b in blocks if isinstance(b, TableLine)] == [("TT", "Số"), ("1", "2")]


def package(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return path


def test_the_directory_may_lie(tmp_path: Path) -> None:
    """A part that says it has 10 bytes and inflates to 3 MiB stops at the limit."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (3 << 20))
    raw = data.getvalue().replace((3 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path = tmp_path / "a.docx"
    path.write_bytes(raw)
    limits = ReadLimits(package_inflated_bytes=1 << 20)
    with open_package(path, limits) as archive:
        part = None
        try:
            part = read_part(archive, "word/document.xml", limits)
        except UnsafeError as error:
            assert error.status in (FileStatus.TOO_LARGE, FileStatus.CORRUPT)
    assert part is None or len(part) <= 10


@pytest.mark.parametrize("name", ["../evil", "/etc/cron.d/x", "..\\evil", "C:\\evil", "a/../../b"])
def test_no_name_leads_outside(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(UnsafeError) as caught:
        open_package(path)
    assert caught.value.reason == "file_package_paths"


def test_an_archive_that_is_no_docx(tmp_path: Path) -> None:
    read = read_document(package(tmp_path / "a.zip", readme__txt=b"x"))
    assert (read.status, read.reason) == (FileStatus.UNSUPPORTED, "file_unsupported_docx")


def test_a_damaged_word_file(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert read_document(path).status is FileStatus.CORRUPT


OLD = {  # old Word files of the shared set: Điều that a reader counts
    "office/56_2010_QH12__2011_11_21_0303000000204219_Luat_Thanh_tra_2010.doc": 77,
    "office/15_2010_QD-UBND__2011_12_28_0207000000930750_QD15UB.doc": 15,
    "legacy-encoding/18_2003_QH11__2004-19Z9A_Luat_hop_tac_xasuadoi.doc": 52,
    "legacy-encoding/05_2006_QD-UBND__2006-quydinhkiemtra02.doc": 26,
}


@pytest.mark.parametrize("file", OLD)
def test_old_word_files_are_read_whole(file: str, shared_data: Path) -> None:
    read = read_document(shared_data / "pdfs" / file)
    assert read.act is not None
    assert sum(p.level == "art" for p in read.act.walk()) == OLD[file]
    assert "\x07" not in read.act.text
    assert document_text(shared_data / "pdfs" / file)


def test_docx_styles_number_too(tmp_path: Path) -> None:
    word = decision()
    style = word.styles.add_style("Dieu", 1)
    settings = style.element.get_or_add_pPr()
    settings.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="78"/></w:numPr>'))
    word.add_paragraph("Hiệu lực thi hành", style="Dieu")
    texts = [b.text for b in read_docx(saved(word, tmp_path / "a.docx")).blocks if isinstance(b, Paragraph)]
    assert texts[-1] == "Điều 3. Hiệu lực thi hành"
    assert qn("w:p")
