"""Passages: one Khoản each, verbatim, with the lines they were printed on."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.split import LONGEST_PASSAGE, split_passages
from ingest.structure import parse_act
from rag.law.passage import text_sha256
from tests.ingest.act_lines import DECREE, document
from tests.ingest.test_structure import FRAGMENTS


def test_one_passage_a_clause_with_its_points_and_context() -> None:
    passages = {p.eid: p for p in split_passages("d", parse_act(document(*DECREE)))}
    clause = passages["art_2__cl_1"]
    assert clause.text.startswith("1. Thư viện là nơi giữ sách") and clause.text.endswith("đ) Vườn.")
    assert "Điều 2. Giải thích từ ngữ" in clause.context and "QUY ĐỊNH CHUNG" in clause.context
    assert "được hiểu như sau:" in clause.context
    assert (clause.citation, clause.article_eid, clause.heading) == ("khoản 1 Điều 2", "art_2", "Giải thích từ ngữ")
    assert "art_1" in passages and "art_2__cl_1__point_a" not in passages and "chp_I" not in passages


def test_same_act_same_passages_and_ids() -> None:
    act = parse_act(document(*DECREE))
    assert split_passages("d", act) == split_passages("d", act)
    assert split_passages("d", act)[0].id != split_passages("e", act)[0].id


def test_long_clause_is_cut_at_sentence_ends() -> None:
    sentence = "Người đọc giữ gìn sách của thư viện. "
    passages = split_passages("d", parse_act(document("*Điều 1. Một", "1. " + sentence * 150)))
    assert len(passages) > 2
    assert all(len(p.text) <= LONGEST_PASSAGE and p.text.endswith(".") for p in passages)
    assert len({p.id for p in passages}) == len(passages)


def test_note_inside_a_clause_is_a_passage_of_its_own() -> None:
    lines = ("*Điều 1. Một", "1. Đầu của khoản", "N|1 Khoản này được sửa đổi.", "phần còn lại.")
    clause, note = split_passages("d", parse_act(document(*lines)))
    assert clause.text == "1. Đầu của khoản\nphần còn lại."
    assert note.text == "1 Khoản này được sửa đổi."


def test_each_table_row_is_a_passage() -> None:
    passages = split_passages("d", parse_act(document("*Điều 1. Một", "1. Bảng:", "T|Tên | Giá", "T|Sách | 5")))
    assert [p.text for p in passages] == ["1. Bảng:", "Tên | Giá", "Sách | 5"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=30)), max_size=40))
def test_passages_are_verbatim_and_printed_somewhere(lines: list[str]) -> None:
    act = parse_act(document(*lines))
    passages = split_passages("d", act)
    assert len({p.id for p in passages}) == len(passages)
    for passage in passages:
        assert passage.sha256 == text_sha256(passage.text)
        assert all(part.strip() in act.text for part in passage.text.split("\n"))
        assert passage.lines
        assert all(0 <= line.start < line.end <= len(passage.text) for line in passage.lines)
