"""Footnotes of consolidated texts, as the National Assembly's office prints them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.lines import CleanDocument
from ingest.structure import parse_act
from rag.law.act import Act
from rag.law.amendment import Change
from rag.law.consolidation import Consolidation, find_consolidations
from tests.ingest.act_lines import document


def consolidated(*notes: str) -> Act:
    doc = document("*Điều 1. Một", "1. Khoản đầu", "a) Điểm đầu;", "2. Khoản hai.", *(f"N|{note}" for note in notes))
    lines = list(doc.lines)
    lines[2] = replace(lines[2], note_marks=((13, "1"),))
    for at in range(len(notes)):
        lines[4 + at] = replace(lines[4 + at], note_marks=((0, str(at + 1)),))
    return parse_act(CleanDocument(tuple(lines), (), 1))


LAW = "khoản 2 Điều 1 của Luật số 32/2013/QH13 sửa đổi một số điều của Luật Mẫu, có hiệu lực kể từ ngày 01 tháng 01 năm 2014."


@pytest.mark.parametrize(
    ("note", "change", "eid"),
    [
        (f"Điểm này được sửa đổi, bổ sung theo quy định tại {LAW}", Change.AMENDS, "art_1__cl_1__point_a"),
        (f"Khoản này được bãi bỏ theo quy định tại {LAW}", Change.REPEALS, "art_1__cl_1"),
        (f"Điều này được bổ sung theo quy định tại {LAW}", Change.ADDS, "art_1"),
        (f"Từ “quy hoạch” được bãi bỏ theo quy định tại {LAW}", Change.AMENDS, "art_1__cl_1__point_a"),
    ],
)
def test_a_note_tells_what_changed_by_what_and_when(note: str, change: Change, eid: str) -> None:
    (told,) = find_consolidations(consolidated(note))
    assert (told.change, told.eid, told.number, told.by) == (change, eid, "32/2013/QH13", "art_1__cl_2")
    assert told.from_date == "2014-01-01"
    assert told.note.endswith("note_1")


def test_a_note_that_tells_no_change_is_left_out() -> None:
    assert find_consolidations(consolidated("Luật số 32/2013/QH13 có căn cứ ban hành như sau:")) == ()


def test_a_note_is_one_provision_though_it_has_several_paragraphs() -> None:
    act = consolidated("Khoản này được bãi bỏ theo", "Hai")
    assert [node.eid for node in act.walk() if node.eid.rpartition("__")[2].startswith("note")] == [
        "art_1__cl_2__note_1", "art_1__cl_2__note_2",
    ]  # fmt: skip
    assert act.note_marks == ((len("Điều 1. Một\n1. Khoản đầu\n") + 13, "1"),)
    assert not any(isinstance(told, Consolidation) and told.note.endswith("2") for told in find_consolidations(act))
