"""What an act repeals, replaces and amends: sentences as the last Điều of real acts print them, and what must be read."""

from __future__ import annotations

import pytest

from ingest.structure import parse_act
from rag.law.amendment import Amendment, Change, find_amendments, find_repeals
from tests.ingest.act_lines import document

Expected = list[tuple[str, str, str]]  # (change, number, eid)

# (lines of Điều 1 after its heading, changes, why)
SENTENCES: list[tuple[list[str], Expected, str]] = [
    (["1. Nghị định này thay thế Nghị định số 40/2018/NĐ-CP ngày 12 tháng 3 năm 2018 của Chính phủ về bán hàng."],
     [("replaces", "40/2018/NĐ-CP", "")], "the plain form"),
    (["Thông tư này có hiệu lực từ ngày 01 tháng 7 năm 2020 và thay thế Thông tư số 44/2009/TT-BCA quy định về dân chủ."],
     [("replaces", "44/2009/TT-BCA", "")], "beside the effect"),
    (["2. Nghị định số 73/2018/NĐ-CP ngày 15 tháng 5 năm 2018 của Chính phủ quy định danh mục và Nghị định số",
      "+60/2020/NĐ-CP sửa đổi danh mục ban hành kèm theo Nghị định số 73/2018/NĐ-CP hết hiệu lực kể từ ngày Nghị định",
      "+này có hiệu lực thi hành."],
     [("repeals", "73/2018/NĐ-CP", ""), ("repeals", "60/2020/NĐ-CP", "")], "two acts, the second names the first"),
    (["2. Bãi bỏ Thông tư số 17/2006/TT-BTC hướng dẫn Nghị định số 101/2005/NĐ-CP của Chính phủ về giá."],
     [("repeals", "17/2006/TT-BTC", "")], "the decree stands in the title of the circular"),
    (["2. Bãi bỏ Thông tư số 23/2014/TT-BTTTT hướng dẫn thi hành Luật xuất bản và Nghị định số 195/2013/NĐ-CP."],
     [("repeals", "23/2014/TT-BTTTT", "")], "so does what is joined to a law in a title"),
    (["2. Các văn bản sau đây hết hiệu lực kể từ ngày 01 tháng 3 năm 2021:", "a) Quyết định số 133/2002/QĐ-TTg về quỹ;",
      "b) Khoản 3 Điều 1 Thông tư số 23/2021/TT-BYT."],
     [("repeals", "133/2002/QĐ-TTg", ""), ("repeals", "23/2021/TT-BYT", "art_1__cl_3")], "a list of points"),
    (["Trường hợp Nghị định số 12/2020/NĐ-CP hết hiệu lực thì áp dụng văn bản thay thế Nghị định số 12/2020/NĐ-CP."],
     [], "a condition is no repeal"),
    (["1. Hợp đồng ký theo Thông tư số 12/2020/TT-BTC đã hết hiệu lực được thực hiện tiếp."], [], "said of the past"),
    (["2. Bãi bỏ một phần Phụ lục II ban hành kèm theo Thông tư số 30/2012/TT-NHNN."], [], "a part without a Điều"),
    (["1. Nghị định này được thay thế Nghị định số 1/2020/NĐ-CP."], [], "the passive is no act of this one"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected", "why"), SENTENCES, ids=[row[2] for row in SENTENCES])
def test_repeals(lines: list[str], expected: Expected, why: str) -> None:
    act = parse_act(document("*Điều 1. Hiệu lực thi hành", *lines))
    assert [(a.change, a.number, a.eid) for a in find_repeals(act)] == expected, why


def test_date_of_a_repeal_is_read_and_its_source_named() -> None:
    act = parse_act(
        document(
            "*Điều 7. Hiệu lực",
            "1. Thông tư số 12/2014/TT-BTTTT hết hiệu lực thi hành kể từ ngày 01 tháng 03 năm 2020.",
        )
    )
    assert find_repeals(act) == (Amendment(Change.REPEALS, "12/2014/TT-BTTTT", "", "", "art_7__cl_1", "2020-03-01"),)


def test_amending_act_names_the_provisions_it_changes() -> None:
    act = parse_act(
        document(
            "*Điều 1. Sửa đổi, bổ sung một số điều của Nghị định số 06/2021/NĐ-CP",
            "1. Sửa đổi, bổ sung khoản 2 Điều 24 như sau:",
            "“2. Cơ quan quy định tại Điều 99.”",
            "2. Sửa đổi, bổ sung một số khoản của Điều 25 như sau:",
            "a) Sửa đổi khoản 1 như sau:",
            "“1. Mới.”;",
            "b) Bổ sung khoản 7 vào sau khoản 6 như sau:",
            "“7. Thêm.”.",
            "3. Bổ sung Điều 26a vào sau Điều 26 như sau:",
            "“Điều 26a. Thêm”.",
            "4. Bãi bỏ điểm đ khoản 1 Điều 3.",
            "5. Thay thế cụm từ “cũ” bằng cụm từ “mới” tại khoản 6 Điều 89.",
            "*Điều 2. Hiệu lực",
            "Nghị định này có hiệu lực từ ngày ký.",
        )
    )
    assert [(a.change, a.eid, a.source) for a in find_amendments(act)] == [
        ("amends", "", "art_1"),
        ("amends", "art_24__cl_2", "art_1__cl_1"),
        ("amends", "art_25", "art_1__cl_2"),
        ("amends", "art_25__cl_1", "art_1__cl_2__point_a"),
        ("adds", "art_25__cl_7", "art_1__cl_2__point_b"),
        ("adds", "art_26a", "art_1__cl_3"),
        ("repeals", "art_3__cl_1__point_đ", "art_1__cl_4"),
        ("amends", "art_89__cl_6", "art_1__cl_5"),
    ]
    assert {a.number for a in find_amendments(act)} == {"06/2021/NĐ-CP"}


def test_what_is_quoted_or_attached_is_not_said_by_the_act() -> None:
    act = parse_act(
        document(
            "*Điều 1. Sửa đổi Luật Mẫu số 1/2020/QH14",
            "1. Sửa đổi Điều 9 như sau:",
            "“Điều 9. Hiệu lực",
            "Luật này thay thế Luật Cũ số 2/2010/QH12.”.",
            "*Điều 2. Thi hành",
            "Thi hành từ ngày ký.",
            "S|TM. CHÍNH PHỦ",
            "*^PHỤ LỤC I",
            "1. Bãi bỏ Nghị định số 3/2010/NĐ-CP.",
        )
    )
    assert {a.number for a in find_amendments(act)} == {"1/2020/QH14"}
