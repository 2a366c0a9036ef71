"""The layout on small printed pages whose lines are placed as real documents place them."""

from __future__ import annotations

from ingest.layout import clean_layout
from ingest.lines import CleanDocument, LineClass, PrintedLine, PrintedPage, Span
from ingest.secrecy import find_secrecy_mark
from rag.law.act import Box

WIDTH, HEIGHT, SIZE = 595.0, 842.0, 14.0


def line(
    text: str, x0: float, y0: float, x1: float, size: float = SIZE, bold: bool = False, sup: str = "", page: int = 1
) -> PrintedLine:
    box = Box(x0, y0, x1, y0 + size)
    spans = [Span(text, box, "TimesNewRoman", size, bold, False, False)]
    if sup:
        spans.append(Span(sup, Box(x1, y0, x1 + 4, y0 + 6), "TimesNewRoman", 8.0, False, False, True))
    return PrintedLine(page, box, tuple(spans))


def clean(*lines: PrintedLine) -> CleanDocument:
    return clean_layout([PrintedPage(1, WIDTH, HEIGHT, lines)])


def texts(document: CleanDocument, line_class: LineClass) -> list[str]:
    return [item.text for item in document.lines if item.line_class is line_class]


PROSE = [
    line("Điều 8. Vi phạm quy định tại điểm a khoản 1 và bị phạt theo", 113, 300, 540),
    line("Điều 5 của Nghị định này thì bị phạt tiền từ 2.000.000 đồng", 85, 320, 540),
    line("đến 3.000.000 đồng.", 85, 340, 230),
    line("Điều 9. Xử phạt người điều khiển xe ô tô và các loại xe khác", 113, 360, 540),
]


def test_a_wrapped_citation_is_no_new_paragraph() -> None:
    assert [item.joins for item in clean(*PROSE).lines] == [False, True, True, False]


def test_reading_order_is_by_place_not_by_drawing() -> None:
    assert clean(*reversed(PROSE)).lines == clean(*PROSE).lines


def test_number_printed_over_its_blanks() -> None:
    widget = [line("Số:                 /QĐ-ĐHBK", 105, 88, 244, 13), line("5445", 131, 90, 157, 13)]
    assert clean(*widget, *PROSE).lines[0].text == "Số: 5445 /QĐ-ĐHBK"


def test_letterhead_left_column_then_right() -> None:
    head = [
        line("CHÍNH PHỦ", 110, 60, 190),
        line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 265, 60, 540, 12),
        line("Độc lập - Tự do - Hạnh phúc", 300, 78, 500),
        line("Số: 12/2026/NĐ-CP", 90, 100, 210),
        line("Hà Nội, ngày 02 tháng 3 năm 2026", 300, 100, 520),
        line("NGHỊ ĐỊNH", 262, 140, 364, bold=True),
    ]
    document = clean(*head, *PROSE)
    letterhead = texts(document, LineClass.LETTERHEAD)
    assert letterhead[:2] == ["CHÍNH PHỦ", "Số: 12/2026/NĐ-CP"]
    assert letterhead[-1] == "Hà Nội, ngày 02 tháng 3 năm 2026"
    assert texts(document, LineClass.BODY)[0] == "NGHỊ ĐỊNH"


def test_signature_and_recipients_stand_apart() -> None:
    foot = [
        line("Nơi nhận:", 85, 500, 140, 12, bold=True),
        line("TM. CHÍNH PHỦ", 380, 500, 480, bold=True),
        line("- Như Điều 9;", 85, 515, 150, 11),
        line("THỦ TƯỚNG", 390, 518, 470, bold=True),
        line("- Lưu: VT.", 85, 530, 140, 11),
        line("Nguyễn Văn A", 385, 610, 475, bold=True),
    ]
    document = clean(*PROSE, *foot)
    assert texts(document, LineClass.BODY) == [item.spans[0].text for item in PROSE]
    assert texts(document, LineClass.SIGNATURE) == [
        "Nơi nhận:", "- Như Điều 9;", "- Lưu: VT.", "TM. CHÍNH PHỦ", "THỦ TƯỚNG", "Nguyễn Văn A",
    ]  # fmt: skip


def test_footnote_marks_leave_the_words() -> None:
    document = clean(
        line("có hiệu lực từ năm 2018", 113, 300, 300, sup="12"), line("diện tích 30 m", 113, 330, 200, sup="2")
    )
    assert (document.lines[0].text, document.lines[0].note_marks) == ("có hiệu lực từ năm 2018", ((23, "12"),))
    assert (document.lines[1].text, document.lines[1].note_marks) == ("diện tích 30 m2", ())


def test_notes_at_the_foot() -> None:
    note = [line("3 Điểm này được sửa đổi theo Luật số 12/2017/QH14.", 113, 700, 500, 11)]
    document = clean(*PROSE, *note)
    (found,) = (item for item in document.lines if item.line_class is LineClass.NOTE)
    assert found.note_marks == ((0, "3"),)
    assert found.text.startswith("Điểm này")


def test_running_heads_and_page_numbers_are_furniture() -> None:
    pages = [
        PrintedPage(
            number, WIDTH, HEIGHT,
            (
                line("QUY CHẾ ĐÀO TẠO NỘI BỘ", 85, 50, 250, page=number),
                line(f"Đoạn {'không một hai ba bốn'[number * 3 :]} của văn bản", 113, 300, 540, page=number),
                line(str(number), 290, 800, 300, page=number),
            ),
        )
        for number in range(1, 5)
    ]  # fmt: skip
    document = clean_layout(pages)
    assert len(document.lines) == 4
    assert {item.text for item in document.furniture} == {"QUY CHẾ ĐÀO TẠO NỘI BỘ", "1", "2", "3", "4"}


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [line(f"trái dòng thứ {n} trong cột", 60, 100 + 20 * n, 280) for n in range(10)]
    right = [line(f"phải dòng thứ {n} trong cột", 315, 100 + 20 * n, 535) for n in range(10)]
    mixed = [item for pair in zip(right, left, strict=True) for item in pair]
    assert [item.text for item in clean(*mixed).lines] == [item.spans[0].text for item in left + right]


def test_a_broken_page_is_missing_and_the_others_stay() -> None:
    pages = [PrintedPage(1, WIDTH, HEIGHT, tuple(PROSE)), PrintedPage(2, 0, 0, (), broken=True)]
    document = clean_layout(pages)
    assert (len(document.lines), document.page_count, document.missing_pages) == (4, 2, (2,))


def test_secrecy_marks() -> None:
    assert find_secrecy_mark(clean(line("TỐI MẬT", 100, 130, 160), *PROSE)) == "TỐI MẬT"
    assert find_secrecy_mark(clean(line("Độ mật: Mật", 100, 130, 170), *PROSE)) == "MẬT"
    about = line("1. Độ mật gồm: Tuyệt mật, Tối mật, Mật theo quy định của pháp luật", 113, 130, 540)
    assert find_secrecy_mark(clean(about, *PROSE)) == ""
    form = line("TUYỆT MẬT", 250, 600, 340)
    assert find_secrecy_mark(clean(*PROSE, form)) == ""


def test_a_bold_heading_is_never_one_paragraph_with_its_text() -> None:
    document = clean(
        line("Điều 30. Danh mục công việc được thực hiện cho thuê lại lao động", 113, 300, 520, bold=True),
        line("Danh mục công việc được quy định tại Phụ lục II kèm theo Nghị", 113, 320, 540),
        line("định này. Thời hạn hoàn thành là trước ngày 30", 85, 340, 540),
        line("tháng 6 năm 2026", 85, 360, 200, bold=True),
    )
    assert [item.joins for item in document.lines] == [False, False, True, True]


def test_bold_headings_of_a_page_of_short_lines_stay_apart() -> None:
    prose = PrintedPage(
        2, WIDTH, HEIGHT, tuple(line(f"Đoạn văn thứ {n} dài", 85, 100 + 40 * n, 540) for n in range(9))
    )
    short = [
        line(text, 85, 100 + 20 * n, 85 + 7 * len(text), bold=bold)
        for n, (text, bold) in enumerate(
            [
                ("Hồ sơ nộp tại Bộ phận Một cửa", False),
                ("Điều kiện thực hiện", True),
                ("Không có", False),
                ("Phí", True),
            ]
        )
    ]
    document = clean_layout([PrintedPage(1, WIDTH, HEIGHT, tuple(short)), prose])
    assert not any(item.joins for item in document.lines)


def test_signatures_of_a_joint_act_stand_left_and_right_and_in_the_middle() -> None:
    foot = [
        line("KT. CHÁNH ÁN", 121, 400, 217, bold=True), line("KT. VIỆN TRƯỞNG", 348, 400, 467, bold=True),
        line("TÒA ÁN NHÂN DÂN TỐI CAO", 78, 416, 260, bold=True), line("PHÓ VIỆN TRƯỞNG", 345, 416, 470, bold=True),
        line("Nguyễn Trí Mẫu", 124, 470, 220, bold=True), line("Lê Thị Mẫu", 365, 470, 450, bold=True),
        line("KT. BỘ TRƯỞNG", 246, 540, 351, bold=True), line("Trần Văn Mẫu", 250, 600, 345, bold=True),
    ]  # fmt: skip
    document = clean(*PROSE, *foot)
    assert texts(document, LineClass.BODY) == [item.spans[0].text for item in PROSE]
    assert len(texts(document, LineClass.SIGNATURE)) == len(foot)


def test_a_name_below_the_recipients_level_is_still_the_signature() -> None:
    foot = [line("TM. CHÍNH PHỦ", 396, 500, 480, bold=True), line("Nơi nhận:", 85, 505, 140, 12)]
    foot += [line(f"- Cơ quan thứ {n};", 85, 520 + 12 * n, 250, 11) for n in range(12)]
    foot.append(line("Trần Văn Mẫu", 400, 590, 480, bold=True))
    assert texts(clean(*PROSE, *foot), LineClass.BODY) == [item.spans[0].text for item in PROSE]


def test_running_head_beside_a_sideways_page_is_furniture() -> None:
    page = PrintedPage(
        1, HEIGHT, WIDTH,
        (
            PrintedLine(1, Box(780, 200, 794, 400), line("PHỤ BẢN CỦA TỜ TIN", 0, 0, 9).spans, across=False),
            PrintedLine(1, Box(780, 500, 794, 510), line("17", 0, 0, 9).spans, across=False),
            line("Bảng xoay ngang đọc từ trái sang phải", 85, 100, 540),
        ),
        turned=90,
    )  # fmt: skip
    document = clean_layout([page])
    assert [item.text for item in document.lines] == ["Bảng xoay ngang đọc từ trái sang phải"]
    assert {item.text for item in document.furniture} == {"PHỤ BẢN CỦA TỜ TIN", "17"}


def test_a_line_of_text_that_names_a_date_is_no_letterhead() -> None:
    head = [
        line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 265, 60, 540, 12, bold=True),
        line("THÔNG TƯ", 260, 100, 336, bold=True),
        line("Thông tư số 05/2015/TT-BYT ngày 17 tháng 3 năm 2015 của Bộ trưởng", 113, 130, 540),
    ]
    document = clean(*head, *PROSE)
    assert texts(document, LineClass.LETTERHEAD) == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]


def test_a_note_that_breaks_off_goes_on_in_the_small_print_of_the_next_page() -> None:
    first = [
        *PROSE,
        line("2 Các điều 10, 11 quy định như sau:", 113, 700, 500, 11),
        line("“Điều 10. Hiệu lực", 113, 715, 300, 11),
    ]
    second = [
        line("1. Thông tư này có hiệu lực.", 113, 100, 540, page=2),
        line("Điều 11. Tổ chức", 113, 600, 300, 11, page=2),
        line("Các Vụ thi hành.”", 113, 615, 300, 11, page=2),
    ]
    third = [line("PHỤ LỤC I in chữ nhỏ", 113, 100, 300, 11, page=3)]
    pages = [PrintedPage(n, WIDTH, HEIGHT, tuple(lines)) for n, lines in enumerate((first, second, third), 1)]
    document = clean_layout(pages)
    assert [item.text[:8] for item in document.lines if item.line_class is LineClass.NOTE] == [
        "Các điều", "“Điều 10", "Điều 11.", "Các Vụ t",
    ]  # fmt: skip


def test_notes_in_the_size_of_the_forms_that_fill_the_document() -> None:
    article = [line("1. Báo cáo theo mẫu tại Phụ lục của Thông tư này và quy định", 113, 300, 540, 14)]
    article.append(line("3 Khoản này được bãi bỏ theo quy định tại Thông tư khác.", 113, 700, 500, 12))
    forms = [line(f"Tờ khai dòng thứ {n} của biểu mẫu", 85, 100 + 20 * n, 540, 12, page=2) for n in range(30)]
    document = clean_layout(
        [PrintedPage(1, WIDTH, HEIGHT, tuple(article)), PrintedPage(2, WIDTH, HEIGHT, tuple(forms))]
    )
    assert [item.note_marks for item in document.lines if item.line_class is LineClass.NOTE] == [((0, "3"),)]


def test_where_the_gazette_cuts_an_act_is_furniture() -> None:
    document = clean(*PROSE, line("(Xem tiếp Công báo số 979 + 980)", 200, 500, 400))
    assert [item.text for item in document.furniture] == ["(Xem tiếp Công báo số 979 + 980)"]


def test_a_quoted_clause_begins_a_paragraph_where_nothing_is_indented() -> None:
    document = clean(
        line("a) Sửa đổi, bổ sung khoản 2, bổ sung khoản 2a vào sau khoản 2 như sau:", 85, 300, 540),
        line('"2. Thẩm quyền kiểm tra:', 85, 320, 300),
    )
    assert [item.joins for item in document.lines] == [False, False]
