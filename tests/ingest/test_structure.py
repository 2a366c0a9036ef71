"""The provision tree: labels, traps, and the promise that no character is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.structure import parse_act
from rag.law.act import Act, Level, Provision
from tests.ingest.act_lines import DECREE, document


def eids(act: Act) -> list[str]:
    return [node.eid for node in act.walk()]


def node(act: Act, eid: str) -> Provision:
    return next(found for found in act.walk() if found.eid == eid)


def text_of(act: Act, eid: str) -> str:
    found = node(act, eid)
    return act.text[found.start : found.end].strip()


def leaf_spans(provision: Provision) -> list[tuple[int, int]]:
    """The parts of the text that belong to this provision alone, in order, then those of its children."""
    own = [(provision.start, provision.intro_end)]
    return own + [span for child in provision.children for span in leaf_spans(child)]


def test_hierarchy_of_a_decree() -> None:
    act = parse_act(document(*DECREE))
    assert eids(act) == [
        "preamble", "chp_I", "art_1", "art_2", "art_2__cl_1", *(f"art_2__cl_1__point_{p}" for p in "abcdđ"), "art_2__cl_2",
        "art_2a", "chp_II", "art_3", "conclusions", "att_I", "att_I__hcontainer_1", "att_I__hcontainer_2",
    ]  # fmt: skip
    assert node(act, "chp_I").heading == "QUY ĐỊNH CHUNG"
    assert node(act, "art_2").heading == "Giải thích từ ngữ"
    assert text_of(act, "art_2__cl_1__point_đ") == "đ) Vườn."


def test_wrapped_citation_is_no_heading() -> None:
    act = parse_act(document(*DECREE))
    assert "Điều 2 của Luật Thư viện." in text_of(act, "art_1")


def test_point_out_of_order_stays_in_the_point_before_it() -> None:
    assert "d) Kho." in text_of(parse_act(document(*DECREE)), "art_2__cl_1__point_a")


def test_quoted_articles_of_an_amending_law_are_not_its_own() -> None:
    act = parse_act(
        document(
            "*Điều 1. Sửa đổi, bổ sung một số điều của Luật Mẫu",
            "1. Sửa đổi Điều 5 như sau:",
            "“*Điều 5. Quyền",
            "1. Có quyền đọc.",
            "2. Có quyền mượn.”;",
            "2. Bổ sung Điều 5a như sau:",
            "“Điều 5a. Nghĩa vụ",
            "Giữ gìn sách.”.",
            "*Điều 2. Hiệu lực",
            "Luật này có hiệu lực từ ngày 01 tháng 01 năm 2031.",
        )
    )
    assert eids(act) == ["art_1", "art_1__cl_1", "art_1__cl_1__qstr_1", "art_1__cl_2", "art_1__cl_2__qstr_1", "art_2"]
    assert text_of(act, "art_1__cl_1__qstr_1").endswith("mượn.”;")


def test_a_quotation_in_a_footnote_that_goes_on_over_the_page_hides_no_article() -> None:
    act = parse_act(
        document(
            "*Điều 49. Xử lý", "A.", "N|“Điều 38. Thi hành", "N|1. Luật này có hiệu lực.", "*Điều 50. Chuyển tiếp", "B.",
            "*Điều 51. Hiệu lực", "C.", "N|4. Chính phủ rà soát.”.", "*Điều 52. Chi tiết", "D.",
        )
    )  # fmt: skip
    assert [e for e in eids(act) if e.startswith("art") and "__" not in e] == ["art_49", "art_50", "art_51", "art_52"]


def test_quotation_never_closed_hides_nothing() -> None:
    act = parse_act(document("*Điều 1. Một", "“không đóng", "*Điều 2. Hai", "Hết."))
    assert [e for e in eids(act) if e.startswith("art")] == ["art_1", "art_2"]


def test_attached_regulation_numbers_its_articles_anew() -> None:
    act = parse_act(
        document(
            "*QUYẾT ĐỊNH:",
            "*Điều 1. Ban hành kèm theo Quyết định này Quy chế mẫu.",
            "*Điều 2. Quyết định này có hiệu lực từ ngày ký.",
            "S|Nơi nhận:",
            "*^QUY CHẾ",
            "*^Về việc mẫu",
            "^(Ban hành kèm theo Quyết định số 1/QĐ-M)",
            "*^Chương I",
            "*^CHUNG",
            "*Điều 1. Phạm vi",
            "1. Một.",
            "*Điều 2. Đối tượng",
            "Hai.",
        )
    )
    assert [e for e in eids(act) if "art_" in e] == [
        "art_1",
        "art_2",
        "att_1__art_1",
        "att_1__art_1__cl_1",
        "att_1__art_2",
    ]
    assert node(act, "att_1").heading.startswith("QUY CHẾ Về việc mẫu")


def test_table_of_contents_is_not_counted() -> None:
    act = parse_act(
        document("Điều 1. Một ..... 3", "Điều 2. Hai ..... 4", "*Điều 1. Một", "A.", "*Điều 2. Hai", "B.")
    )
    assert [e for e in eids(act) if e.startswith("art")] == ["art_1", "art_2"]


def test_contents_between_an_act_and_its_regulation_open_nothing() -> None:
    act = parse_act(
        document(
            "*Điều 1. Ban hành Quy chế mẫu.", "*MỤC LỤC", "*Chương I CHUNG ........ 2", "Điều 2. Một rất dài", "và còn nữa ...... 3",
            "*^QUY CHẾ", "^(Ban hành kèm theo Quyết định số 1/QĐ-M)", "*Chương I", "*^CHUNG", "*Điều 1. Một", "A.", "*Điều 2. Hai", "B.",
        )
    )  # fmt: skip
    assert [e for e in eids(act) if "art_" in e] == ["art_1", "att_1__art_1", "att_1__art_2"]
    assert sum(e.endswith("chp_I") for e in eids(act)) == 1


def test_forms_of_decisions_in_an_appendix_number_for_themselves() -> None:
    form = ("*^QUYẾT ĐỊNH:", "Điều 1. Cấp thẻ cho ông.....", "Điều 2. Có hiệu lực từ ngày ký.", "S|Nơi nhận:")
    act = parse_act(document("*Điều 1. Một", "A.", "S|Nơi nhận:", "*^PHỤ LỤC", "*^CÁC MẪU", *form, *form))
    assert [e for e in eids(act) if "art_" in e] == [
        "art_1", "att_1__att_1__art_1", "att_1__att_1__art_2", "att_1__att_2__art_1", "att_1__att_2__art_2",
    ]  # fmt: skip


def test_appendix_label_repeated_above_its_next_form_stays_inside() -> None:
    act = parse_act(
        document(
            "*Điều 1. Một", "A.", "*^PHỤ LỤC I", "1. Đơn.", "*^PHỤ LỤC I", "1. Tờ khai.", "*^PHỤ LỤC II", "1. Thẻ."
        )
    )
    assert [e for e in eids(act) if "__h" not in e] == ["art_1", "att_I", "att_I__att_I", "att_II"]


def test_closing_formula_and_office_of_the_signer_end_the_last_article() -> None:
    for closing in ("Luật này được Quốc hội khóa XVI thông qua ngày 01 tháng 6 năm 2030.", "KT. BỘ TRƯỞNG"):
        act = parse_act(document("*Điều 1. Một", "Hai.", closing))
        assert eids(act) == ["art_1", "conclusions"]


def test_word_cut_at_a_hyphen_is_joined_without_a_space() -> None:
    act = parse_act(document("*Điều 1. Một", "Nặng một ki-", "+lô-gam; Bộ Lao động -", "+Thương binh."))
    assert text_of(act, "art_1").endswith("Nặng một ki-lô-gam; Bộ Lao động - Thương binh.")


def test_document_without_articles_by_its_own_outline() -> None:
    act = parse_act(
        document(
            "*KẾ HOẠCH", "*I. MỤC ĐÍCH", "1. Mục đích", "a) Một;", "b) Hai.", "2. Yêu cầu", "*II. NỘI DUNG", "1. Làm."
        )
    )
    assert eids(act) == [
        "preamble", "hcontainer_I", "hcontainer_I__hcontainer_1", "hcontainer_I__hcontainer_1__hcontainer_a",
        "hcontainer_I__hcontainer_1__hcontainer_b", "hcontainer_I__hcontainer_2", "hcontainer_II", "hcontainer_II__hcontainer_1",
    ]  # fmt: skip


def test_notes_and_tables_stand_apart_and_the_clause_goes_on() -> None:
    act = parse_act(
        document(
            "*Điều 1. Một",
            "1. Đầu của khoản",
            "N|1 Khoản này được sửa đổi.",
            "phần còn lại.",
            "T|A | B",
            "T|1 | 2",
            "2. Hai.",
        )
    )
    assert eids(act) == [
        "art_1", "art_1__cl_1", "art_1__cl_1__note_1", "art_1__cl_1__para_1", "art_1__cl_1__table_1", "art_1__cl_2",
    ]  # fmt: skip


def test_gazette_part_two_begins_with_a_later_article() -> None:
    act = parse_act(document("*Điều 24. Tốc độ", "Một.", "*Điều 25. Làn", "Hai."))
    assert eids(act) == ["art_24", "art_25"]


def test_empty_document() -> None:
    act = parse_act(document())
    assert act.provisions == () and act.text == ""


def test_a_missing_number_loses_only_itself() -> None:
    act = parse_act(document("*Điều 35. Phối hợp", "1. Một.", "2. Hai:", "a) A;", "4. Bốn:", "a) A.", "5. Năm."))
    assert [e for e in eids(act) if "cl" in e] == [
        "art_35__cl_1", "art_35__cl_2", "art_35__cl_2__point_a", "art_35__cl_4", "art_35__cl_4__point_a", "art_35__cl_5",
    ]  # fmt: skip


def test_numbers_below_a_clause_hold_points_of_their_own() -> None:
    act = parse_act(
        document(
            "*Điều 5. Học bổng", "3. Mức:", "3. Mức học bổng", "1. Đối tượng", "2. Nguồn", "3. Xét", "3.1. Tiêu chuẩn:",
            "a) Điểm;", "b) Rèn luyện.", "3.2. Trình tự:", "a) Nộp;", "3.2.1. Hồ sơ", "3.3. Nguồn.", "4.1. Không thuộc.",
            "4. Khác", "*Điều 6. Chung", "6.1. Một", "6.2. Hai",
        )
    )  # fmt: skip
    assert [e for e in eids(act) if "hcontainer" in e] == [
        "art_5__cl_3__hcontainer_3.1", "art_5__cl_3__hcontainer_3.1__point_a", "art_5__cl_3__hcontainer_3.1__point_b",
        "art_5__cl_3__hcontainer_3.2", "art_5__cl_3__hcontainer_3.2__point_a",
        "art_5__cl_3__hcontainer_3.2__hcontainer_3.2.1", "art_5__cl_3__hcontainer_3.3",
        "art_6__hcontainer_6.1", "art_6__hcontainer_6.2",
    ]  # fmt: skip


def test_abolished_point_and_the_one_that_took_its_letter() -> None:
    act = parse_act(
        document("*Điều 21. Phạm vi", "1. Gồm:", "a) Khám;", "b) (được bãi bỏ)", "b) Vận chuyển.", "c) Hết.")
    )
    assert [e.rpartition("__")[2] for e in eids(act) if "point" in e] == [
        "point_a",
        "point_b",
        "point_b-2",
        "point_c",
    ]


def test_collection_of_procedures_by_their_bold_lines() -> None:
    act = parse_act(
        document(
            "*THỦ TỤC 1: Cấp biển số nhà", "*1. Mã thủ tục", "1.009022", "*Thành phần hồ sơ", "• Đơn.", "*Căn cứ pháp lý",
            "1. Quyết định số 05/2006/QĐ-BXD", "2. Quyết định số 51/2019/QĐ-UBND", "*THỦ TỤC 2: Cấp phép lao động",
            "*Mã thủ tục", "2.000205",
        )
    )  # fmt: skip
    assert eids(act) == [
        "hcontainer_1", "hcontainer_1__hcontainer_1", "hcontainer_1__hcontainer_2", "hcontainer_1__hcontainer_3",
        "hcontainer_1__hcontainer_3__hcontainer_1", "hcontainer_1__hcontainer_3__hcontainer_2",
        "hcontainer_2", "hcontainer_2__hcontainer_1",
    ]  # fmt: skip
    assert node(act, "hcontainer_1__hcontainer_3").heading == "Căn cứ pháp lý"
    assert "51/2019" in text_of(act, "hcontainer_1__hcontainer_3")


def test_lists_that_begin_anew_do_not_nest() -> None:
    act = parse_act(
        document("*1. Chung", "*I. TÊN", "1. Một", "2. Hai", "1. Ba", "*II. KHÁC", "1. Bốn", "a) Năm", "1. Sáu")
    )
    assert max(e.count("__") for e in eids(act)) == 2
    assert [e for e in eids(act) if e.startswith("hcontainer_I__")] == [
        "hcontainer_I__hcontainer_1", "hcontainer_I__hcontainer_2", "hcontainer_I__hcontainer_1-2",
    ]  # fmt: skip


def test_a_list_inside_a_deep_section_leaves_the_outline_going_on() -> None:
    act = parse_act(document("6. Sáu", "1. Một", "1.1. A", "1.1.1. B", "1. Liệt kê", "2. Liệt kê", "2. Hai", "3. Ba"))
    assert "hcontainer_1__hcontainer_1.1__hcontainer_1.1.1__hcontainer_2" in eids(act)
    assert "hcontainer_3" in eids(act)


FRAGMENTS = st.sampled_from(
    [*DECREE, "+nối tiếp", "“Điều 5. Trích", "đóng.”", '"thẳng"', "T|ô | ô", "N|1 ghi chú", "S|Nơi nhận:", "Mẫu số 01", "",
     "*QUY CHẾ", "(Ban hành kèm theo)", "1.1. Một", "A. Phần", "- gạch", "12a. Khoản", "1.1.1. Sâu", "*THỦ TỤC 1: Cấp", "*Đậm", "b) (được bãi bỏ)", "*Phần thứ nhất", "*Mục 1", "   "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=30)), max_size=40))
def test_every_character_is_in_exactly_one_provision(lines: list[str]) -> None:
    act = parse_act(document(*lines))
    spans = [span for top in act.provisions for span in leaf_spans(top)]
    assert "".join(act.text[start:end] for start, end in spans) == act.text
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    names = eids(act)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_a_prefix_that_cites(level: Level) -> None:
    from rag.law.identifier import relative_citation

    assert relative_citation(f"{level}_1") != f"{level} 1"
