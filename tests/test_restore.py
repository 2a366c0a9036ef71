"""Diacritics come back; what was typed with marks stays as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.train.restorer_score import questions, share_right
from rag.errors import Damaged
from rag.law.text import strip_diacritics
from rag.restore import shipped_restorer


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thoi han nghi thai san la bao lau?", "thời hạn nghỉ thai sản là bao lâu?"),
        ("muc phat nong do con voi xe may", "mức phạt nồng độ cồn với xe máy"),
        ("Điều kiện cấp giấy phép xây dựng", "Điều kiện cấp giấy phép xây dựng"),
        ("", ""),
        ("12/2024 !!!", "12/2024 !!!"),
        ("dieu 5, khoan 2", "điều 5, khoản 2"),
    ],
)
def test_marks_come_back(typed: str, meant: str) -> None:
    assert shipped_restorer().restore(typed) == meant


def test_a_syllable_typed_with_a_mark_is_kept() -> None:
    restored = shipped_restorer().restore("mức phat nong do cồn xe máy khong giay phep lai xe")
    assert restored.split()[0] == "mức"
    assert restored.split()[4:7] == ["cồn", "xe", "máy"]


def test_unseen_questions_are_restored(shared_data: Path) -> None:
    right, _ = share_right(questions(shared_data, "tvpl-qa"), strip_diacritics)
    assert right >= 0.98


def test_a_changed_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped_restorer.cache_clear()
    monkeypatch.setattr("rag.restore.MODEL_SHA256", "0" * 64)
    with pytest.raises(Damaged):
        shipped_restorer()
    shipped_restorer.cache_clear()
