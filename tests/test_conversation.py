"""Follow-up questions made to stand alone."""

from __future__ import annotations

import pytest

from rag.conversation import is_follow_up, stand_alone

REGISTER = "Hộ kinh doanh đăng ký ở đâu?"


@pytest.mark.parametrize(
    ("history", "question", "alone", "why"),
    [
        ([REGISTER], "còn với doanh nghiệp thì sao?", "doanh nghiệp đăng ký ở đâu?", "same kind: exchanged"),
        ([REGISTER], "Thế còn hợp tác xã thì sao ạ?", "hợp tác xã đăng ký ở đâu?", "two openings"),
        (
            ["Mức phạt xe máy vượt đèn đỏ là bao nhiêu?"],
            "còn ô tô?",
            "Ô tô (Mức phạt xe máy vượt đèn đỏ là bao nhiêu)?",
            "it asks nothing itself but has no ending: joined",
        ),
        (
            [REGISTER],
            "Thủ tục này mất bao lâu?",
            "Mất bao lâu (Hộ kinh doanh đăng ký ở đâu)?",
            "it points back",
        ),
        (
            ["Ai được cấp giấy phép xây dựng?"],
            "Còn nhà ở riêng lẻ thì sao?",
            "Ai được cấp giấy phép xây dựng đối với nhà ở riêng lẻ?",
            "no kind in common: added",
        ),
        (
            [REGISTER, "còn với doanh nghiệp thì sao?"],
            "còn với hợp tác xã thì sao?",
            "hợp tác xã đăng ký ở đâu?",
            "through two turns",
        ),
        ([REGISTER], "Thời hạn nộp thuế thu nhập cá nhân?", "Thời hạn nộp thuế thu nhập cá nhân?", "no follow-up"),
        ([], "còn với doanh nghiệp thì sao?", "còn với doanh nghiệp thì sao?", "nothing before"),
    ],
)
def test_stands_alone(history: list[str], question: str, alone: str, why: str) -> None:
    assert stand_alone(question, history) == alone, why


def test_a_long_question_is_never_taken_for_a_follow_up() -> None:
    assert not is_follow_up(
        "Vậy người sử dụng lao động có phải trả lương cho người lao động trong thời gian tạm đình chỉ công việc hay không?"
    )


def test_only_the_last_turns_count() -> None:
    turns = [REGISTER, "Thuế môn bài là gì?", "Lệ phí trước bạ là gì?", "Ai cấp hộ chiếu?"]
    assert "kinh doanh" not in stand_alone("còn với trẻ em thì sao?", turns)
