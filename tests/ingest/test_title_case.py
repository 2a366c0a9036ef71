"""Titles printed in capitals, in the case of running text."""

from __future__ import annotations

import pytest

from ingest.title_case import title_in_running_case

LAW = "QUỐC HỘI\nLUẬT\nĐẤT ĐAI\nCăn cứ Hiến pháp;\nQuốc hội ban hành Luật Đất đai.\nĐiều 1. Luật này quy định về đất đai."
CITY = (
    "QUY CHẾ\nQUẢN LÝ CHỢ TẠI XÃ HÒA VANG, THÀNH PHỐ ĐÀ NẴNG\nChợ trên địa bàn xã Hòa Vang thuộc thành phố Đà Nẵng."
)


@pytest.mark.parametrize(
    ("title", "body", "shown"),
    [
        ("ĐẤT ĐAI", LAW, "Đất đai"),
        ("BẢO HIỂM Y TẾ", "", "Bảo hiểm y tế"),
        ("SỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU CỦA LUẬT ĐẤT ĐAI", LAW, "Sửa đổi, bổ sung một số điều của Luật Đất đai"),
        (
            "QUẢN LÝ CHỢ TẠI XÃ HÒA VANG, THÀNH PHỐ ĐÀ NẴNG",
            CITY,
            "Quản lý chợ tại xã Hòa Vang, thành phố Đà Nẵng",
        ),
        ("VỀ ĐẠI BIỂU QUỐC HỘI", "", "Về đại biểu Quốc hội"),
        ("Về việc XYZ", LAW, "Về việc XYZ"),
        ("QUẢN LÝ CHỢ TẠI XÃ HÒA VANG", "", "QUẢN LÝ CHỢ TẠI XÃ HÒA VANG"),
        ("", LAW, ""),
    ],
)
def test_a_title_in_capitals_reads_like_running_text(title: str, body: str, shown: str) -> None:
    assert title_in_running_case(title, body) == shown


def test_the_first_word_of_a_sentence_is_no_name() -> None:
    body = "Thi đua là phong trào. Thi đua gắn với khen thưởng; việc thi đua do đơn vị tổ chức."
    assert title_in_running_case("VỀ CÔNG TÁC THI ĐUA", body) == "Về công tác thi đua"
