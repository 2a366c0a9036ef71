"""What is accepted as a question, and what is taken out of it."""

from __future__ import annotations

import pytest

from rag.errors import BadInput
from rag.question import MAX_CHARACTERS, check_question


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u0008Kể từ ngày thông báo", "Kể từ ngày thông báo"),  # as in two questions of ALQAC 2022
        ("mức phạt tối \u0008thiểu", "mức phạt tối thiểu"),
        ("Điều\u000b5\u000cLuật", "Điều 5 Luật"),  # Word's own line and page break are spaces
        ("giấy\u200b phép\ufeff lái\u00ad xe", "giấy phép lái xe"),
        ("  thời\thạn \n nộp ", "thời hạn nộp"),
    ],
)
def test_pasted_left_overs_are_taken_out(typed: str, kept: str) -> None:
    assert check_question(typed) == kept


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("hồ\u0000 sơ", "question_control_characters"),
        ("hồ\u001b[31m sơ", "question_control_characters"),
        ("\ud800", "question_control_characters"),
        ("\u0008\u200b", "question_empty"),
        ("?!", "question_empty"),
        ("a" * (MAX_CHARACTERS + 1), "question_too_long"),
    ],
)
def test_what_is_no_question_is_refused(typed: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_question(typed)
    assert caught.value.key == key
