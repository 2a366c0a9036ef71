"""The known traps of real documents, each with what must be read; counts were taken by hand from the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.parse_gold import count_provisions
from ingest.layout import clean_layout
from ingest.pdf import read_pages
from ingest.split import LONGEST_PASSAGE, split_passages
from ingest.structure import parse_act
from rag.law.act import Act, Level

# (beginning of the file name, number, Điều, Chương, the trap)
TRAPS = [
    ("51_2024_QH15", "51/2024/QH15", 3, 0, "whole articles quoted inside an amending law"),
    (
        "5445_QD-DHBK",
        "5445/QĐ-ĐHBK",
        50,
        6,
        "number and date in the signature widget; table of contents; regulation attached",
    ),
    ("36_2024_QH15__01", "36/2024/QH15", 23, 2, "an act cut between two gazette issues"),
    ("26_2023_QH15", "26/2023/QH15", 46, 7, "gazette frame"),
    ("47_VBHN-VPQH", "47/VBHN-VPQH", 55, 10, "articles of amending laws quoted in footnotes; own number at the end"),
    ("66.17_2026_NQ-CP", "66.17/2026/NQ-CP", None, None, "number with a full stop"),
    (
        "01_2022_TTLT",
        "01/2022/TTLT-VKSNDTC-TANDTC-BCA-BQP-BLĐTBXH",
        27,
        None,
        "a number over two lines; five issuers",
    ),
    ("362_KH-SGDDT", "362/KH-SGDĐT", 0, 0, "a plan without Điều"),
    ("08_2023_TT", "08/2023/TT-BLĐTBXH", 5, 0, "forms of decisions with a Điều 1 of their own"),
]


def read(shared_data: Path, name: str) -> Act:
    path = next((shared_data / "pdfs/born-digital").glob(f"{name}*"))
    return parse_act(clean_layout(read_pages(path)))


@pytest.mark.parametrize(("name", "number", "articles", "chapters", "trap"), TRAPS, ids=[row[0] for row in TRAPS])
def test_trap(
    shared_data: Path, name: str, number: str, articles: int | None, chapters: int | None, trap: str
) -> None:
    act = read(shared_data, name)
    assert act.metadata.number is not None and act.metadata.number.value == number, trap
    if articles is not None:
        assert count_provisions(act, Level.ARTICLE) == articles, trap
    if chapters is not None:
        assert count_provisions(act, Level.CHAPTER) == chapters, trap
    spans = [(node.start, node.end) for node in act.provisions]
    assert "".join(act.text[start:end] for start, end in spans) == act.text
    passages = split_passages("d", act)
    assert passages and all(len(p.text) <= LONGEST_PASSAGE and p.lines for p in passages)
    assert len({p.id for p in passages}) == len(passages)
