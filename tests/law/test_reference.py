"""The grammar of viện dẫn: a table of texts and what they refer to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.law.reference import find_references

# (text, [(eid, number, name)]); the mention stands in khoản 3 Điều 9.
CASES = [
    ("quy định tại khoản 2 Điều 14", [("art_14__cl_2", None, None)]),
    (
        "các điểm a, b và d khoản 2 Điều 14 của Luật này",
        [(f"art_14__cl_2__point_{p}", None, None) for p in "abd"],
    ),
    ("khoản 1 Điều này", [("art_9__cl_1", None, None)]),
    ("điểm a khoản này", [("art_9__cl_3__point_a", None, None)]),
    ("Điều 5 đến 7", [("art_5", None, None), ("art_6", None, None), ("art_7", None, None)]),
    ("các điểm c, d và đ khoản 1 Điều 2", [(f"art_2__cl_1__point_{p}", None, None) for p in "cdđ"]),
    (
        "điểm a khoản 1 và điểm b khoản 2 Điều 5 Nghị định số 100/2019/NĐ-CP",
        [("art_5__cl_1__point_a", "100/2019/NĐ-CP", None), ("art_5__cl_2__point_b", "100/2019/NĐ-CP", None)],
    ),
    ("Nghị định số 100/2019/NĐ-CP", [("", "100/2019/NĐ-CP", None)]),
    ("Điều 12 Nghị định 100/2019/NĐ-CP", [("art_12", "100/2019/NĐ-CP", None)]),
    ("theo Luật Đất đai năm 2024, ", [("", None, "Luật Đất đai 2024")]),
    ("Điều 3 của Bộ luật Dân sự.", [("art_3", None, "Bộ luật Dân sự")]),
    ("Luật Đất đai số 31/2024/QH15", [("", "31/2024/QH15", "Luật Đất đai")]),
    ("Điều 14 và Luật Đất đai 2024", [("art_14", None, None), ("", None, "Luật Đất đai 2024")]),
    ("điểm A khoản 1 Điều 2", [("art_2__cl_1__point_a", None, None)]),
    ("Luật này quy định", []),
    ("điều kiện khoản tiền điểm thi", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_references_of(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    found = find_references(text, "art_9__cl_3")
    assert [(r.eid, r.number, r.name) for r in found] == expected


@given(
    st.lists(
        st.sampled_from(["điểm", "khoản", "Điều", "a", "đ", "1", "12a", "A", "đến", ",", "và", "Luật này", "của"])
    )
)
def test_offsets_are_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for reference in find_references(text, "art_1__cl_1"):
        assert text[reference.start : reference.end] == reference.text
        assert reference.eid


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    find_references(text)


@pytest.mark.parametrize(
    "unit", ["Điều 1, ", "khoản 1 ", "Luật ", "Luật Đất ", "các điểm a, ", "1/", "Nghị định số 1/2", "đến "]
)
def test_work_grows_with_length_not_with_its_square(unit: str) -> None:
    """Counted in regular expression results, not in seconds: 64 kB of the worst repetitions come back at all."""
    text = unit * (64_000 // len(unit))
    assert all(r.end <= len(text) for r in find_references(text))
