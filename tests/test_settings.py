"""Every setting is documented with its default, and the environment reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.errors import BadInput
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


def test_a_file_sets_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cancu.toml"
    path.write_text('port = 9100\nlanguage = "en"\n', "utf-8")
    monkeypatch.setenv("CANCU_CONFIG", str(path))
    assert (load_settings().port, load_settings().language) == (9100, "en")
    monkeypatch.setenv("CANCU_PORT", "9000")
    assert load_settings().port == 9000


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "Không có tệp"), ("port = ", "TOML"), ("prot = 1", "prot"), ('CANCU_PORT = "1"', "CANCU_PORT")],
)
def test_a_wrong_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, told: str
) -> None:
    path = tmp_path / "cancu.toml"
    if content is not None:
        path.write_text(content, "utf-8")
    monkeypatch.setenv("CANCU_CONFIG", str(path))
    with pytest.raises(BadInput, match=told):
        load_settings()
