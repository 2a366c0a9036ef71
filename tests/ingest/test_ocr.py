"""Scans: read by Tesseract in worker processes, whole and page by page, boxes on the paper, doubts shown, marks refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from ingest.doubts import mark_doubts
from ingest.glyph_maps import swapped_letters
from ingest.intake import FileStatus, hash_file
from ingest.limits import ReadLimits
from ingest.lines import Doubt, PrintedLine, PrintedPage, Span
from ingest.ocr import GrayImage, OcrFailedError, OcrWord, has_tesseract, read_image
from ingest.ocr_folder import page_file, store_page, stored_page
from ingest.ocr_pages import read_scanned_page
from ingest.ocr_repair import ReadWord, repair_words
from ingest.ocr_specks import PointLabels, with_full_stops, without_specks
from ingest.read import ReadDocument, read_document
from ingest.scan_image import is_blank, is_sideways, only_red, slant_of, without_colour
from ingest.worker import ReaderPool
from rag.law.act import Act, ActMetadata, Anchor, Box, Certainty, Read
from rag.law.passage import doubtful_words
from tests.ingest.scans import ARTICLES, LETTERHEAD, scan, typeset

pytestmark = pytest.mark.skipif(not has_tesseract(), reason="tesseract with vie is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ocr"


@pytest.fixture
def pool(folder: Path) -> Iterator[ReaderPool]:
    with ReaderPool(workers=2, ocr_folder=folder) as readers:
        yield readers


def letters(text: str) -> str:
    return re.sub(r"\W+", " ", text)


def yellow_box(path: Path, page: int, boxes: list[Box], pool: ReaderPool) -> Box:
    plain, marked = (pymupdf.Pixmap(pool.render(path, page, b, 72).result()) for b in ([], boxes))
    old, new = (np.frombuffer(p.samples, np.uint8).reshape(p.height, p.width, -1) for p in (plain, marked))
    ys, xs = np.nonzero((old != new).any(axis=2))
    return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


@pytest.mark.parametrize(("turn", "fax"), [(-2.2, True), (90.0, False), (180.0, False)])
def test_a_scan_is_indexed_and_its_lines_lie_on_the_paper(
    turn: float, fax: bool, tmp_path: Path, pool: ReaderPool
) -> None:
    path = scan(tmp_path / "a.pdf", [typeset(LETTERHEAD + ARTICLES)], turn, fax)
    read = pool.submit(path).result()
    assert (read.status, read.missing_pages) == (FileStatus.INDEXED, ())
    assert read.act is not None
    assert letters(ARTICLES[3]) in letters(read.act.text)
    assert [p.eid for p in read.act.walk() if p.level == "art"] == ["art_1", "art_2"]
    line = next(a for a in read.act.anchors if "5.000.000" in read.act.text[a.start : a.end])
    ink = read_scanned_ink(path, line.box)
    assert ink > 0.06  # print stands inside the box
    marked = yellow_box(path, 1, [line.box], pool)
    assert abs(marked.x0 - line.box.x0) < 3
    assert abs(marked.y1 - line.box.y1) < 3


def read_scanned_ink(path: Path, box: Box) -> float:
    clip = pymupdf.Rect(box.x0, box.y0, box.x1, box.y1)
    pixmap = pymupdf.open(path)[0].get_pixmap(dpi=100, clip=clip, colorspace=pymupdf.csGRAY)
    return float((np.frombuffer(pixmap.samples, np.uint8) < 128).mean())


def test_mixed_files_keep_their_good_pages(tmp_path: Path, pool: ReaderPool, folder: Path) -> None:
    whole = typeset(LETTERHEAD + ARTICLES[:2])
    whole.insert_pdf(pymupdf.open(scan(tmp_path / "b.pdf", [typeset(ARTICLES[2:])])))
    whole.save(tmp_path / "mixed.pdf")
    told: list[tuple[int, int]] = []
    read = pool.submit(tmp_path / "mixed.pdf", lambda done, total: told.append((done, total))).result()
    assert read.status is FileStatus.INDEXED
    assert told == [(0, 1), (1, 1)]
    assert [d.page for d in read.diagnostics if d.code == "page_read_by_ocr"] == [2]
    assert not list(folder.iterdir())  # nothing is left of the pages


def test_pages_read_before_are_not_read_again(tmp_path: Path, pool: ReaderPool, folder: Path) -> None:
    path = scan(tmp_path / "a.pdf", [typeset(LETTERHEAD), typeset(ARTICLES)])
    box = Box(70, 100, 500, 115)
    kept = PrintedPage(
        2, 595, 842, (PrintedLine(2, box, (Span("Điều 7. Đã đọc từ trước", box, "", 12, False, False, False),)),)
    )
    store_page(folder, hash_file(path), kept)
    read = pool.submit(path).result()
    assert read.act is not None
    assert "Điều 7. Đã đọc từ trước" in read.act.text
    assert "CỘNG HÒA" in read.act.text


def test_a_half_written_page_is_no_page(folder: Path) -> None:
    box = Box(0, 0, 1, 1)
    store_page(
        folder, "ab", PrintedPage(1, 595, 842, (PrintedLine(1, box, (Span("x", box, "", 12, False, False, False),)),))
    )
    assert stored_page(folder, "ab", 1) is not None
    page_file(folder, "ab", 1).write_bytes(page_file(folder, "ab", 1).read_bytes()[:-5])
    assert stored_page(folder, "ab", 1) is None
    assert stored_page(folder, "ab", 2) is None


def test_scans_stay_unread_without_a_folder(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", [typeset(ARTICLES)])
    with ReaderPool(workers=1) as pool:
        read = pool.submit(path).result()
    assert (read.status, read.scanned_pages) == (FileStatus.NEEDS_OCR, (1,))


def test_a_red_seal_over_the_text_is_taken_off(tmp_path: Path) -> None:
    document = typeset(ARTICLES)
    page = document[0]
    for radius in (60, 54, 30):
        page.draw_circle((200, 190), radius, color=(0.85, 0.1, 0.15), width=3, overlay=False)
    page.insert_htmlbox(
        pymupdf.Rect(150, 175, 260, 210), "<p style='font-size:16px;color:#d02030'>ỦY BAN NHÂN DÂN</p>", overlay=False
    )
    read = read_scanned_page(scan(tmp_path / "a.pdf", [document]), 1)
    text = letters(" ".join(span.text for line in read.lines for span in line.spans))
    for line in ARTICLES:
        assert letters(line).strip() in text


@pytest.mark.parametrize("stamp", ["MẬT", "TUYỆT MẬT"])
def test_a_stamped_secret_is_refused_and_nothing_is_kept(
    stamp: str, tmp_path: Path, pool: ReaderPool, folder: Path
) -> None:
    path = scan(tmp_path / "a.pdf", [typeset(LETTERHEAD + ARTICLES, stamp), typeset(ARTICLES)])
    read = pool.submit(path).result()
    assert (read.status, read.details, read.act, read.passages) == (
        FileStatus.SECRET_MARKED,
        {"degree": stamp},
        None,
        (),
    )
    assert stamp in read.text()
    assert not folder.exists() or not list(folder.iterdir())


def test_an_independent_lan_may_take_secrets_in(tmp_path: Path, folder: Path) -> None:
    path = scan(tmp_path / "a.pdf", [typeset(LETTERHEAD + ARTICLES, "MẬT")])
    with ReaderPool(ReadLimits(secret_marks_allowed=True), 1, folder) as pool:
        assert pool.submit(path).result().status is FileStatus.INDEXED


def lying_pdf(path: Path) -> Path:
    """A page that shows 5.000.000 and copies as 9.000.000."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 100), "Dieu 1. Muc phat la 5.000.000 dong doi voi hanh vi vi pham.", fontsize=14)
    font, cmap = page.get_fonts()[0][0], document.get_new_xref()
    document.update_object(cmap, "<<>>")
    document.update_stream(cmap, b"begincmap 2 beginbfchar <35> <0039> <39> <0035> endbfchar endcmap")
    document.xref_set_key(font, "ToUnicode", f"{cmap} 0 R")
    document.save(path)
    return path


def test_what_is_seen_is_read_when_the_text_layer_lies(tmp_path: Path, pool: ReaderPool) -> None:
    path = lying_pdf(tmp_path / "a.pdf")
    assert "9.000.000" in pymupdf.open(path)[0].get_text()
    read = pool.submit(path).result()
    assert read.act is not None
    assert "5.000.000" in read.act.text
    assert "9.000.000" not in read.act.text
    unread = read_document(path)
    assert (unread.status, unread.reason, unread.act) == (FileStatus.NEEDS_OCR, "file_glyphs_swapped", None)
    assert [d.details["how"] for d in unread.diagnostics if d.code == "hidden_text"] == ["swapped_glyphs"]


@pytest.mark.parametrize(
    ("cmap", "swapped"),
    [
        (b"beginbfchar <35> <0039> <39> <0035> endbfchar", 2),
        (b"beginbfchar <35> <0035> <41> <0041> endbfchar", 0),
        (b"beginbfrange <30> <39> <0030> endbfrange", 0),
        (b"beginbfrange <30> <39> <0031> endbfrange", 9),
        (b"beginbfchar <80> <20AC> endbfchar", 0),
        (b"", 0),
    ],
)
def test_maps_that_swap_letters(cmap: bytes, swapped: int) -> None:
    assert swapped_letters(cmap) == swapped


def test_a_page_the_engine_dies_on_is_a_missing_page(tmp_path: Path) -> None:
    def dies(image: GrayImage, segmentation: str) -> tuple[tuple[OcrWord, ...], ...]:
        raise OcrFailedError("x")

    with pytest.raises(OcrFailedError):
        read_scanned_page(scan(tmp_path / "a.pdf", [typeset(ARTICLES)]), 1, reader=dies)


def test_the_engine_says_when_it_cannot_read() -> None:
    with pytest.raises(OcrFailedError):
        read_image(GrayImage(100, 100, b"\x00" * 7, 100))


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("tô chức", "tổ chức"),
        ("cơ quan có thâm quyên", "cơ quan có thẩm quyền"),
        ("SỬA ĐÔI, BỖ SUNG", "SỬA ĐỔI, BỔ SUNG"),
        ("xuất khâu, nhập khâu", "xuất khẩu, nhập khẩu"),
        ("nguôn vôn đâu tư", "nguồn vốn đầu tư"),
        ("Bộ trưởng Bộ Tài chính", "Bộ trưởng Bộ Tài chính"),
        ("Điêu 12. Thông tin", "Điều 12. Thông tin"),
        ("số 15/2024/QH15", "số 15/2024/QH15"),
        ("Nghị định 2l/2020/NĐ-CP", "Nghị định 2l/2020/NĐ-CP"),
        ("SCADA/EMS", "SCADA/EMS"),
    ],
)
def test_marks_are_put_right_and_numbers_left_alone(read: str, right: str) -> None:
    assert " ".join(repair_words([ReadWord(word, 85.0) for word in read.split()])) == right


@pytest.mark.parametrize(
    ("line", "closes", "clean"),
    [
        ("` Điều 18. Kiểm soát", False, "Điều 18. Kiểm soát"),
        ("“b) Tổ chức", False, "b) Tổ chức"),
        ("“b) Tổ chức", True, "“b) Tổ chức"),
        ("“Điều 5. Sửa đổi", False, "“Điều 5. Sửa đổi"),
        ("ˆ»‹ Phối hợp _ theo |dõi", False, "Phối hợp theo dõi"),
        ("- Số: 5/QĐ ..... (nếu có) + 3", False, "- Số: 5/QĐ ..... (nếu có) + 3"),
    ],
)
def test_specks_are_no_words(line: str, closes: bool, clean: str) -> None:
    assert " ".join(word for word in without_specks(line.split(), closes) if word) == clean


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Điều 5, Nghỉ hưu ở tuổi thấp hơn", "Điều 5. Nghỉ hưu ở tuổi thấp hơn"),
        ("2, Cơ quan có thẩm quyền", "2. Cơ quan có thẩm quyền"),
        ("Điều 5, khoản 2", "Điều 5, khoản 2"),
        ("2, 3 và 4", "2, 3 và 4"),
        ("tại Điều 5, Điều 6", "tại Điều 5, Điều 6"),
    ],
)
def test_labels_end_in_a_full_stop(read: str, right: str) -> None:
    assert " ".join(with_full_stops(read.split())) == right


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("a) b) e) đ) đ) c) ø) h)", "a) b) c) d) đ) e) g) h)"),
        ("a) b) ©) d)", "a) b) c) d)"),
        ("a) b) a) b)", "a) b) a) b)"),
        ("đ) e) g)", "đ) e) g)"),
        ("a) c) d)", "a) c) d)"),
        ("1. xét a) 2) b)", "1. xét a) 2) b)"),
    ],
)
def test_point_labels_follow_their_list(read: str, right: str) -> None:
    labels = PointLabels()
    assert " ".join(map(labels.read, read.split())) == right


def test_what_the_engine_is_unsure_of_is_shown_as_doubtful() -> None:
    text = "Phạt tiền 5.000.000 đồng"
    box = Box(70, 100, 400, 115)
    act = Act(text, (Anchor(0, len(text), 3, box),), ActMetadata(number=Read("5/QĐ", Certainty.CERTAIN, 3, box)), ())
    marked = mark_doubts(act, [Doubt("5.000.000", 3, Box(150, 101, 220, 113)), Doubt("đồng", 4, box)])
    assert marked.anchors[0].doubtful == ((10, 19),)
    assert marked.metadata.number is not None
    assert marked.metadata.number.certainty is Certainty.GUESSED
    assert mark_doubts(act, []) is act


def test_doubts_reach_passages(tmp_path: Path, pool: ReaderPool) -> None:
    path = scan(tmp_path / "a.pdf", [typeset(LETTERHEAD + ARTICLES)])
    read = pool.submit(path).result()
    assert read.act is not None
    passage = next(p for p in read.passages if "5.000.000" in p.text)
    line = next(one for one in passage.lines if "5.000.000" in passage.text[one.start : one.end])
    at = passage.text.index("5.000.000")
    lines = tuple(replace(one, doubtful=((at, at + 9),)) if one is line else one for one in passage.lines)
    doubted = replace(passage, lines=lines)
    assert doubtful_words(doubted.text, doubted.lines) == ("5.000.000",)


def gray_page(turn_deg: float = 0.0) -> np.ndarray:
    pixmap = typeset(LETTERHEAD + ARTICLES * 3)[0].get_pixmap(
        matrix=pymupdf.Matrix(2, 2).prerotate(turn_deg), colorspace=pymupdf.csGRAY
    )
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width)


@pytest.mark.parametrize("turn", [-4.0, -1.4, 0.0, 0.8, 3.2])
def test_the_slant_is_measured(turn: float) -> None:
    assert slant_of(gray_page(turn)) == pytest.approx(turn, abs=0.25)


def test_sideways_blank_and_colours() -> None:
    assert not is_sideways(gray_page())
    assert is_sideways(gray_page(90))
    assert is_blank(np.full((100, 100), 250, np.uint8))
    assert not is_blank(gray_page())
    rgb = np.asarray([[[20, 20, 20], [220, 40, 50], [40, 40, 200], [250, 250, 250]]], np.uint8)
    assert without_colour(rgb).tolist() == [[20, 220, 200, 250]]
    assert only_red(rgb).tolist() == [[255, 50, 255, 255]]


REAL = {  # short scans of the shared set: file, Điều, a phrase that stands on the paper
    "scanned/05_SYT-NVY__05_syt_nvy.pdf": "SỞ Y TẾ",
    "scanned/01_TB-BGH__01_TB-BGH_22.1.2013__Tang_cuong_giam_sat_trong_phong_thi.pdf": "phòng thi",
}


@pytest.mark.parametrize("file", REAL)
def test_real_scans_are_indexed(file: str, shared_data: Path, pool: ReaderPool) -> None:
    read: ReadDocument = pool.submit(shared_data / "pdfs" / file).result()
    assert read.status is FileStatus.INDEXED
    assert read.act is not None
    assert REAL[file] in read.act.text
