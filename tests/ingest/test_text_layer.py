"""Text layers that do not say what the page shows are told from sound ones that merely look odd."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from ingest.layout import clean_layout
from ingest.pdf import read_pages
from ingest.read import read_document
from ingest.text_layer import is_torn, is_useless

SOUND = "Căn cứ Luật Tổ chức Chính phủ; theo đề nghị của Bộ trưởng Bộ Công an về việc quản lý chất ma túy. " * 6
CHEMICALS = "Acetyl-alpha-methylfentanyl 3-Methylthiofentanyl Desomorphine Etorphine Ketobemidone trong y học " * 6
USELESS = "B9 lu~t nay co hi~u Ive thi hanh tu ngay VAN PH<)NG QUCC HQI xAc THtrc v AN BAN HQP NHAT chuyin hinh " * 6
ENGLISH = "The proposed method improves the resolution of the detector without any change of the hardware. " * 6
TORN = "Căn cứKếhoạch củUBND vềviệc Tổchức, vì sựnghiệp Giáo dục; từngày khai giảng, Thứhai, ChợMới, vềtrang phục. "


@pytest.mark.parametrize(
    ("text", "useless", "torn"),
    [
        (SOUND, False, False),
        (CHEMICALS, False, False),
        (ENGLISH, False, False),
        (USELESS, True, False),
        (TORN, False, True),
        ("", False, False),
    ],
)
def test_layers(text: str, useless: bool, torn: bool) -> None:
    assert (is_useless(text), is_torn(text)) == (useless, torn)


def written(path: Path, text: str, scan: bool) -> Path:
    document = pymupdf.open()
    page = document.new_page()
    if scan:
        pixels = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 700, 990))
        pixels.clear_with(250)
        page.insert_image(page.rect, pixmap=pixels)
    page.insert_textbox(pymupdf.Rect(50, 50, 550, 800), text, fontfile=str(FONT), fontname="F0", fontsize=10)
    document.save(path)
    return path


FONT = next(iter(Path("/usr/share/fonts").rglob("DejaVuSans.ttf")), None)
needs_font = pytest.mark.skipif(FONT is None, reason="no font with Vietnamese letters")


@needs_font
def test_a_useless_layer_counts_only_over_a_scan(tmp_path: Path) -> None:
    """A page without an image has nothing else to be read; a foreign language over a picture is no bad reading."""
    assert [p.scanned for p in read_pages(written(tmp_path / "scan.pdf", USELESS, scan=True))] == [True]
    assert [p.scanned for p in read_pages(written(tmp_path / "poster.pdf", ENGLISH, scan=True))] == [False]
    assert [p.scanned for p in read_pages(written(tmp_path / "plain.pdf", USELESS, scan=False))] == [False]


@needs_font
def test_a_torn_page_stands_until_ocr_reads_it(tmp_path: Path) -> None:
    read = read_document(written(tmp_path / "torn.pdf", TORN * 3, scan=False))
    assert read.scanned_pages == (1,) and read.passages and not read.missing_pages
    assert [d.code for d in read.diagnostics] == ["text_layer_torn"]


@needs_font
def test_what_is_left_of_a_damaged_page_is_read_and_the_page_is_listed_as_missing(tmp_path: Path) -> None:
    document = pymupdf.open(written(tmp_path / "whole.pdf", SOUND, scan=False))
    (xref,) = document[0].get_contents()
    document.update_stream(xref, document.xref_stream(xref) + b"\n) ] 4803EM unknown1 ) )" * 40)
    document.save(tmp_path / "damaged.pdf")
    read = clean_layout(read_pages(tmp_path / "damaged.pdf"))
    assert read.missing_pages == (1,) and "Căn cứ" in read.lines[0].text
