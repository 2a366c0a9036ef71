"""Metadata of the forms of document that the drafting decrees know."""

from __future__ import annotations

import pytest

from ingest.metadata import read_metadata
from ingest.structure import parse_act
from rag.law.act import Certainty, Read
from tests.ingest.act_lines import DECREE, document


def value(read: Read | None) -> str:
    return read.value if read else ""


def test_decree() -> None:
    meta = parse_act(document(*DECREE)).metadata
    assert value(meta.number) == "12/2030/NĐ-CP"
    assert value(meta.type) == "Nghị định"
    assert value(meta.issuer) == "Chính phủ"
    assert value(meta.date) == "2030-03-05"
    assert value(meta.place) == "Hà Nội"
    assert value(meta.title) == "Quy định về thư viện mẫu"
    assert value(meta.signer) == "Nguyễn Văn Mẫu"
    assert value(meta.effective_from) == "2030-05-01"
    assert meta.legal_basis == ("Căn cứ Luật Thư viện số 46/2019/QH14",)
    assert meta.number is not None and meta.number.page == 1 and meta.number.box is not None


def test_law_is_dated_by_the_day_it_was_passed() -> None:
    meta = read_metadata(
        document(
            "L|QUỐC HỘI", "L|Luật số: 1/2030/QH16", "*^LUẬT", "*^THƯ VIỆN", "Căn cứ Hiến pháp;", "*Điều 1. Một", "Hai.",
            "Luật này được Quốc hội nước Cộng hòa xã hội chủ nghĩa Việt Nam khóa XVI,", "+kỳ họp thứ 2 thông qua ngày 01 tháng 6 năm 2030.",
        )
    )  # fmt: skip
    assert (value(meta.number), value(meta.type), value(meta.issuer)) == ("1/2030/QH16", "Luật", "Quốc hội")
    assert value(meta.date) == "2030-06-01"


def test_consolidated_text_prints_its_own_number_at_the_end() -> None:
    meta = read_metadata(
        document(
            "*^LUẬT", "*^THƯ VIỆN", "Luật Thư viện số 46/2019/QH14 được sửa đổi, bổ sung bởi:", "*Điều 1. Một", "Hai.",
            "^VĂN PHÒNG QUỐC HỘI", "Số: 7/VBHN-VPQH", "Hà Nội, ngày 02 tháng 02 năm 2031",
        )
    )  # fmt: skip
    assert (value(meta.number), value(meta.type)) == ("7/VBHN-VPQH", "Văn bản hợp nhất")
    assert (value(meta.issuer), value(meta.date)) == ("Văn phòng Quốc hội", "2031-02-02")


def test_issuing_body_is_the_one_below_its_superior_and_may_wrap() -> None:
    meta = read_metadata(
        document(
            "BỘ GIÁO DỤC VÀ ĐÀO TẠO",
            "*TRƯỜNG ĐẠI HỌC",
            "*BÁCH KHOA MẪU",
            "Số: 9/QĐ-ĐHM",
            "*^QUYẾT ĐỊNH",
            "*^Về việc mẫu",
        )
    )
    assert value(meta.issuer) == "TRƯỜNG ĐẠI HỌC BÁCH KHOA MẪU"


def test_official_letter_has_a_subject_instead_of_a_title() -> None:
    meta = read_metadata(document("SỞ NỘI VỤ", "Số: 5/SNV-TCBC", "V/v cấp thẻ thư viện", "Kính gửi: Ủy ban nhân dân"))
    assert value(meta.type) == "Công văn" and meta.type is not None and meta.type.certainty is Certainty.GUESSED
    assert value(meta.title) == "cấp thẻ thư viện"


def test_attached_text_without_head_is_known_by_the_act_it_came_with() -> None:
    meta = read_metadata(
        document(
            "*^QUY CHẾ",
            "*^Đào tạo mẫu",
            "(Ban hành kèm theo Quyết định số 43/2029/QĐ-BM",
            "ngày 15 tháng 8 năm 2029 của Bộ trưởng)",
        )
    )
    assert (value(meta.number), value(meta.type), value(meta.date)) == ("43/2029/QĐ-BM", "Quy chế", "2029-08-15")


def test_nothing_printed_nothing_said() -> None:
    meta = read_metadata(document("Xin chào."))
    assert (meta.number, meta.type, meta.issuer, meta.date, meta.signer) == (None, None, None, None, None)


def test_department_of_a_province_is_named_with_its_place() -> None:
    meta = read_metadata(
        document("L|UBND TỈNH AN GIANG", "L|*SỞ NỘI VỤ", "L|Số: 5/KH-SNV", "L|An Giang, ngày 1/2/2030", "*^KẾ HOẠCH")
    )
    assert (value(meta.issuer), value(meta.place)) == ("SỞ NỘI VỤ TỈNH AN GIANG", "An Giang")
    assert value(meta.date) == "2030-02-01"


def test_letterhead_drawn_as_a_table_and_a_line_of_two_columns() -> None:
    meta = read_metadata(
        document(
            "T|BỘ Y TẾ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
            "Số: 01/2030/TT-BYT TP. Hồ Chí Minh, ngày 03 tháng 6 năm 2030",
            "*^THÔNG TƯ",
            "*^Quy định thử",
            "*^____",
            "*^BỘ TRƯỞNG BỘ Y TẾ",
        )
    )
    assert (value(meta.issuer), value(meta.place)) == ("Bộ Y tế", "TP. Hồ Chí Minh")
    assert value(meta.title) == "Quy định thử"


def test_title_in_capitals_may_begin_like_an_issuer() -> None:
    meta = read_metadata(
        document("L|QUỐC HỘI", "L|Luật số: 1/2030/QH16", "*^LUẬT", "*^PHÒNG, CHỐNG MA TÚY", "*^QUỐC HỘI", "Căn cứ A;")
    )
    assert value(meta.title) == "Phòng, chống ma túy"


def test_consolidated_text_is_titled_with_the_type_of_its_base_and_its_effect_is_a_guess() -> None:
    meta = parse_act(
        document(
            "*^VĂN BẢN HỢP NHẤT - BỘ Y TẾ", "*^THÔNG TƯ", "*^Ban hành Danh mục",
            "Thông tư số 05/2015/TT-BYT ngày 17 tháng 3 năm 2015 của Bộ trưởng Bộ Y tế, có hiệu lực kể từ ngày 01",
            "+tháng 5 năm 2015 được sửa đổi, bổ sung bởi:", "*Điều 1. Một", "Hai.", "BỘ Y TẾ", "Số: 04/VBHN-BYT",
            "Hà Nội, ngày 13 tháng 4 năm 2018",
        )
    ).metadata  # fmt: skip
    assert value(meta.title) == "Thông tư Ban hành Danh mục"
    assert meta.effective_from is not None
    assert (meta.effective_from.value, meta.effective_from.certainty) == ("2015-05-01", Certainty.GUESSED)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Nghị định này có hiệu lực thi hành từ ngày 01 tháng 5 năm 2030.", "2030-05-01"),
        ("Nghị định này có hiệu lực kể từ ngày ký ban hành và áp dụng từ ngày 01 tháng 7 năm 2031.", "2030-03-05"),
        ("Nghị định này có hiệu lực thi hành sau 45 ngày, kể từ ngày ký.", "2030-04-19"),
        ("Nghị định này có hiệu lực thi hành từ ngày 01/7/2030 đến hết ngày 28/02/2031.", "2030-07-01"),
        ("Nghị định này có hiệu lực kể từ ngày Luật Thư viện có hiệu lực.", ""),
        ("Quyết định cấp thẻ có hiệu lực từ ngày 02 tháng 5 năm 2030.", ""),
        ("Thông tư này có hiệu lực thi hành từ ngày 02 tháng 5 năm 2030.", ""),
    ],
)
def test_effect_is_what_the_act_says_of_itself(words: str, day: str) -> None:
    lines = [line for line in DECREE if "có hiệu lực" not in line]
    at = lines.index("*Điều 3. Hiệu lực") + 1
    meta = parse_act(document(*lines[:at], words, *lines[at:])).metadata
    assert value(meta.effective_from) == day


def test_effect_in_a_quotation_or_an_appendix_is_not_the_acts_own() -> None:
    lines = [line for line in DECREE if "có hiệu lực" not in line]
    at = lines.index("*Điều 3. Hiệu lực") + 1
    quoted = ["1. Sửa đổi như sau:", "“Nghị định này có hiệu lực từ ngày 01 tháng 01 năm 2020.”."]
    form = ["*Điều 1. Một", "Nghị định này có hiệu lực từ ngày 01 tháng 01 năm 2021."]
    meta = parse_act(document(*lines[:at], *quoted, *lines[at:], *form)).metadata
    assert meta.effective_from is None


def test_every_signer_of_a_joint_act_is_named() -> None:
    meta = read_metadata(
        document(
            "*^THÔNG TƯ LIÊN TỊCH", "S|*KT. CHÁNH ÁN", "S|*KT. BỘ TRƯỞNG", "S|*Nguyễn Trí Mẫu Trần Duy Thử",
            "S|*Đại tá Lê Văn Mẫu",
        )
    )  # fmt: skip
    assert value(meta.signer) == "Nguyễn Trí Mẫu; Trần Duy Thử; Lê Văn Mẫu"


def test_no_number_is_said_so() -> None:
    assert value(read_metadata(document("L|CHÍNH PHỦ", "L|Không số", "*^NGHỊ ĐỊNH")).number) == "Không số"


def test_date_that_wraps_in_a_narrow_letterhead() -> None:
    meta = read_metadata(
        document("L|UBND TỈNH MẪU", "L|Số: 1/QĐ-UBND Hòa Lạc, ngày 18 tháng 8", "năm 2025", "*^QUYẾT ĐỊNH", "*^Thử")
    )
    assert (value(meta.date), value(meta.place)) == ("2025-08-18", "Hòa Lạc")
