"""Documents named by title, by a shortened number or an abbreviation: the one that is meant, or none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.lookup import find_named
from rag.record.model import Document
from rag.record.record import Record

HELD = [  # number, type, title, date
    ("31/2024/QH15", "Luật", "ĐẤT ĐAI", "2024-01-18"),
    ("45/2013/QH13", "Luật", "Đất đai", "2013-11-29"),
    ("91/2015/QH13", "Bộ luật", "Dân sự", "2015-11-24"),
    ("69/2014/QH13", "Luật", "Quản lý, sử dụng vốn nhà nước đầu tư vào sản xuất, kinh doanh tại doanh nghiệp", "2014-11-26"),
    ("47/VBHN-VPQH", "Văn bản hợp nhất", "Luật Bảo hiểm y tế số 25/2008/QH12 ngày 14 tháng 11 năm 2008", "2024-01-01"),
    ("25/2008/QH12", "Luật", "Bảo hiểm y tế", "2008-11-14"),
    ("1/2020/QH14", "Luật", "Nhà ở", "2020-01-01"),
    ("2/2020/QH14", "Luật", "Nhà ở", "2020-01-01"),
    ("100/2019/NĐ-CP", "Nghị định", "Xử phạt", "2019-12-30"),
    ("100/2019/TT-BTC", "Thông tư", "Khác", "2019-12-30"),
    ("100/2015/QH13", "Bộ luật", "Hình sự", "2015-11-27"),
    ("12/2020/NĐ-CP", "Nghị định", "a", "2020-01-01"),
    ("12/2021/NĐ-CP", "Nghị định", "b", "2021-01-01"),
]  # fmt: skip


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    opened = Record.open(tmp_path_factory.mktemp("named"))
    for at, (number, kind, title, date) in enumerate(HELD):
        document = Document(
            id=f"{at:036}", sha256="0" * 64, file_name=f"{at}.pdf", media_type="application/pdf", status="indexed",
            number=number, number_key=number.lower(), type=kind, issuer=None, date=date, title=title, pages=1, passages=0,
            missing_pages=(), added_at="2026-01-01", replaces=None,
        )  # fmt: skip
        opened.commit_document(document, "", None, [], visible=True)
    yield opened
    opened.close()


A8 = (("art", "8"), ("cl", "2"))


@pytest.mark.parametrize(
    ("question", "numbers", "steps"),
    [
        ("khoản 2 Điều 8 Luật Đất đai 2024 nói gì", ["31/2024/QH15"], A8),
        ("khoan 2 d 8 luat dat dai 2024", ["31/2024/QH15"], A8),
        ("khoản 2 đ 8 luật đất đai năm 2013", ["45/2013/QH13"], A8),
        ("đ8 k2 điểm đ luật đất đai", ["31/2024/QH15"], (*A8, ("point", "đ"))),
        ("theo Luật Đất đai thì ai được giao đất", ["31/2024/QH15"], ()),
        ("luật đất đai 1993 quy định gì", [], ()),
        ("điều 8 BLDS 2015", ["91/2015/QH13"], (("art", "8"),)),
        ("Điều 8 Bộ luật dân sự", ["91/2015/QH13"], (("art", "8"),)),
        (
            "luật quản lý sử dụng vốn nhà nước đầu tư vào sản xuất kinh doanh tại doanh nghiệp điều 3",
            ["69/2014/QH13"],
            (("art", "3"),),
        ),
        ("Điều 12 của luật bảo hiểm y tế", ["47/VBHN-VPQH"], (("art", "12"),)),
        ("luật bảo hiểm y tế 2008", ["25/2008/QH12"], ()),
        ("luật nhà ở", [], ()),  # two equally new: none
        ("pháp luật đất đai", [], ()),
        ("d12 nd 100/2019", ["100/2019/NĐ-CP"], (("art", "12"),)),
        ("điều 12 nghị định 100", ["100/2019/NĐ-CP"], (("art", "12"),)),
        ("nghị định số 100 năm 2019", ["100/2019/NĐ-CP"], ()),
        ("thong tu 100/2019", ["100/2019/TT-BTC"], ()),
        ("nghị định 12", [], ()),  # two fit
        ("nghị định 12 năm 2021", ["12/2021/NĐ-CP"], ()),
        ("số 100/2019", ["100/2019/NĐ-CP", "100/2019/TT-BTC"], ()),
        ("nghị định 100 triệu đồng", ["100/2019/NĐ-CP"], ()),
        ("vitamin d3 và k2 dùng thế nào", [], ()),
    ],
)
def test_what_is_meant(record: Record, question: str, numbers: list[str], steps: tuple) -> None:
    named = find_named(question, record)
    assert ([d.number for d in named.documents], named.steps) == (numbers, steps)


def test_a_law_only_spoken_of_does_not_narrow_the_search(record: Record) -> None:
    assert not find_named("theo Luật Đất đai thì ai được giao đất", record).restricts
    assert find_named("Điều 8 Luật Đất đai", record).restricts
    assert find_named("nghị định 100/2019/NĐ-CP", record).restricts
    assert find_named("Luật Đất đai số 99/2099/QH99", record).documents == ()  # the number counts, not the name


def test_the_rest_is_what_is_asked(record: Record) -> None:
    assert find_named("Khoản 2 Điều 8 Luật Đất đai 2024 quy định gì?", record).rest == "quy định gì?"
    assert find_named("d12 nd 100/2019 phạt bao nhiêu", record).rest == "phạt bao nhiêu"
