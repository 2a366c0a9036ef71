"""Roman numerals, inserted numbers, point letters and the order they come in."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rag.law.numbering import arabic_rank, follows, ordinal_value, part_value, point_rank, roman_value


@pytest.mark.parametrize(
    ("numeral", "value"), [("I", 1), ("IV", 4), ("XIX", 19), ("XL", 40), ("IIII", None), ("", None)]
)
def test_roman(numeral: str, value: int | None) -> None:
    assert roman_value(numeral) == value


def test_part_labels_in_every_spelling() -> None:
    assert [part_value(label) for label in ("IV", "4", "thứ tư", "THỨ TƯ")] == [4, 4, 4, 4]
    assert ordinal_value("thứ mười") == 10


def test_point_letters_run_d_then_dd_then_e() -> None:
    ranks = [point_rank(letter) for letter in ("c", "d", "đ", "e", "g", "h")]
    assert all(r is not None for r in ranks)
    assert all(follows(after, before) for before, after in pairwise(ranks) if after and before)
    assert point_rank("f") is None and point_rank("w") is None


@pytest.mark.parametrize(
    ("label", "last", "goes_on"),
    [
        ("1", None, True),
        ("2", None, False),
        ("13", "12", True),
        ("12a", "12", True),
        ("12b", "12a", True),
        ("12đ", "12d", True),
        ("13", "12b", True),
        ("14", "12", False),
        ("12", "12", False),
    ],
)
def test_what_may_follow(label: str, last: str | None, goes_on: bool) -> None:
    rank = arabic_rank(label)
    assert rank is not None
    assert follows(rank, arabic_rank(last) if last else None) is goes_on
