"""Text from before Unicode: every letter of each encoding, mixtures, and text that must be left alone."""

from __future__ import annotations

import unicodedata

import pytest

from ingest.legacy import _TCVN3, _VNI, _VNI_SINGLE, Encoding, convert, convert_lines, is_uppercase_font
from ingest.legacy_pages import convert_pages
from ingest.lines import PrintedLine, PrintedPage, Span
from rag.law.act import Box

DECREE = [
    "Căn cứ Luật Tổ chức Chính phủ ngày 25 tháng 12 năm 2001;",
    "Điều 1. Nghị định này quy định về đăng ký kinh doanh, xử phạt vi phạm hành chính trong lĩnh vực thuế.",
    "Khoản 2. Cơ quan nhà nước có thẩm quyền giải quyết khiếu nại, tố cáo; bảo vệ quyền lợi của người nộp thuế.",
    "Những người được cử đi học ở nước ngoài phải nộp hồ sơ đầy đủ, đúng hạn; kẻ cắp, dã thú, giường chiếu, khuỷu tay.",
]
TCVN3_OF = {letter: byte for byte, letter in _TCVN3.items()}
VNI_OF = {letter: pair for pair, letter in _VNI.items()} | {
    letter: byte for byte, letter in _VNI_SINGLE.items() if byte not in "ìí"
}
CP1258_OF = {"ă": "ã", "Ă": "Ã", "đ": "ð", "Đ": "Ð", "ơ": "õ", "Ơ": "Õ", "ư": "ý", "Ư": "Ý"}
CP1258_MARKS = {"\u0300": "Ì", "\u0301": "ì", "\u0309": "Ò", "\u0303": "Þ", "\u0323": "ò"}


def as_tcvn3(text: str) -> str:
    """As .VnTime documents hold it: small marked letters only."""
    return "".join(TCVN3_OF.get(c, TCVN3_OF.get(c.lower(), c)) for c in text)


def as_vni(text: str) -> str:
    return "".join(VNI_OF.get(c, VNI_OF[c.lower()].upper() if c.lower() in VNI_OF else c) for c in text)


def as_cp1258(text: str) -> str:
    """As a Latin-1 reader shows Windows-1258: base letter, then its tone."""
    out = []
    for char in text:
        decomposed = unicodedata.normalize("NFD", char)
        tone = next((m for m in decomposed if m in CP1258_MARKS), "")
        base = unicodedata.normalize("NFC", decomposed.replace(tone, "")) if tone else char
        out.append(CP1258_OF.get(base, base) + CP1258_MARKS.get(tone, ""))
    return "".join(out)


@pytest.mark.parametrize(("write", "name"), [(as_tcvn3, "tcvn3"), (as_vni, "vni"), (as_cp1258, "cp1258")], ids=str)
def test_each_encoding_is_recognised_by_its_text(write, name: str) -> None:
    coded = [write(line) for line in DECREE]
    assert coded != DECREE
    read = [line.text for line in convert_lines(coded)]
    if name == "tcvn3":  # its marked capitals exist only in capital fonts
        read, wanted = [line.lower() for line in read], [line.lower() for line in DECREE]
    else:
        wanted = DECREE
    assert read == wanted


def test_the_pdf_variant_of_tcvn3_and_its_minus_signs() -> None:
    lines = [as_tcvn3(line).replace("\u00ad", "\u2212").replace("\u00b7", "\u2219") for line in DECREE]
    assert [c.text.lower() for c in convert_lines(lines)] == [line.lower() for line in DECREE]
    assert convert("t\u2212, \u22125 hay 3 \u2212 2", Encoding.TCVN3).text == "tư, \u22125 hay 3 \u2212 2"


def test_parts_of_one_file_may_differ_even_within_a_line() -> None:
    unicode, tcvn3, vni = DECREE[0], as_tcvn3(DECREE[2]), as_vni(DECREE[1])
    mixed = f"{as_vni('hệ thống quản lý các chương trình của tỉnh')} {as_tcvn3('hệ thống quản lý các chương trình')}"
    read = [c.text for c in convert_lines([vni, unicode, tcvn3, mixed])]
    assert read[:3] == [DECREE[1], DECREE[0], DECREE[2]]
    assert read[3] == "hệ thống quản lý các chương trình của tỉnh hệ thống quản lý các chương trình"


def test_every_character_knows_where_it_came_from() -> None:
    line = "Ñieàu 12. Quyeát ñònh soá 5"
    read = convert(line, Encoding.VNI)
    assert read.text == "Điều 12. Quyết định số 5"
    assert len(read.starts) == len(read.text)
    assert line[read.starts[read.text.index("12")] :].startswith("12.")
    assert list(read.starts) == sorted(read.starts)


@pytest.mark.parametrize(
    "lines",
    [
        DECREE,
        [unicodedata.normalize("NFD", line) for line in DECREE],
        ["El señor Muñoz y la niña pequeña comen piñas mañana en España; año, sueño, otoño, compañía."],
        ["Die Größe der Straße für Fußgänger müßte größer sein; schöne Häuser, übermäßig, Gefäß."],
        ["§ 5 ± 2 °C × 3 ¼ µm ½ ¾ ® © « thép » ¹ ² ³ 10 µg ÷ 20 µg, ß-caroten ±0,5"],
        ["2,4-Dichlorophenol C₆H₄Cl₂O ≥ 98 %"],
        [],
    ],
    ids=["unicode", "nfd", "spanish", "german", "signs", "chemistry", "nothing"],
)
def test_what_is_not_legacy_is_left_alone(lines: list[str]) -> None:
    assert [c.text for c in convert_lines(lines)] == lines


@pytest.mark.parametrize(
    ("font", "capitals"),
    [
        (".VnTimeH", True),
        ("VnTimeHBold", True),
        ("ABCDEF+.VnArialH,Bold", True),
        (".Vn3DH", True),
        (".VnTime", False),
        (".VnHelvetIns", False),
        ("TimesNewRomanPSMT", False),
        ("VNI-Times", False),
    ],
)
def test_fonts_of_capitals(font: str, capitals: bool) -> None:
    assert is_uppercase_font(font) is capitals


def page_of(*lines: tuple[tuple[str, str], ...]) -> PrintedPage:
    box = Box(0, 0, 1, 1)
    return PrintedPage(
        1,
        595,
        842,
        tuple(
            PrintedLine(1, box, tuple(Span(text, box, font, 12, False, False, False) for text, font in spans))
            for spans in lines
        ),
    )


def test_a_page_keeps_its_spans_and_gets_its_capitals() -> None:
    body = as_tcvn3(DECREE[2])
    page = page_of(
        ((as_tcvn3("Nghị định"), ".VnTimeH"), (as_tcvn3(" về đăng ký"), ".VnTime")),
        ((body[:31], ".VnTime"), (body[31:], ".VnTime,Bold")),
    )
    (read,) = convert_pages([page])
    assert [s.text for s in read.lines[0].spans] == ["NGHỊ ĐỊNH", " về đăng ký"]
    assert "".join(s.text for s in read.lines[1].spans) == DECREE[2]
    assert len(read.lines[1].spans[0].text) == 31
    assert [d.code for d in read.diagnostics] == ["legacy_encoding"]


def test_a_mark_in_the_next_span_stays_with_its_letter() -> None:
    coded = as_vni(DECREE[1])
    at = coded.index("eà") + 1
    (read,) = convert_pages([page_of(((coded[:at], "VNI-Times"), (coded[at:], "VNI-Times")))])
    assert "".join(s.text for s in read.lines[0].spans) == DECREE[1]


def test_a_unicode_page_is_the_same_object() -> None:
    page = page_of(*(((line, ".VnTime"),) for line in DECREE))
    (read,) = convert_pages([page])
    assert read is page
