"""Every setting is documented with its default, and the environment reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.messages import catalogue
from rag.settings import Settings, load_settings

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def rows() -> list[str]:
    return [
        f"| `CANCU_{name.upper()}` | `{field.default if field.default is not None else ''}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_the_table_in_the_docs_is_the_table_in_the_code() -> None:
    assert [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `CANCU_")] == rows()


def test_the_environment_sets_and_an_option_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANCU_PORT", "9000")
    assert load_settings().port == 9000
    assert load_settings(port=9001).port == 9001
    monkeypatch.setenv("CANCU_PORT", "many")
    with pytest.raises(ValidationError):
        load_settings()


def test_every_message_is_there_in_both_languages() -> None:
    for key, texts in catalogue().items():
        assert set(texts) == {"vi", "en"}, key
        assert all(texts.values()), key
