"""Metadata of the forms of document that the drafting decrees know."""

from __future__ import annotations

from ingest.metadata import read_metadata
from rag.law.act import Certainty, Read
from tests.ingest.act_lines import DECREE, document


def value(read: Read | None) -> str:
    return read.value if read else ""


def test_decree() -> None:
    meta = read_metadata(document(*DECREE))
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
