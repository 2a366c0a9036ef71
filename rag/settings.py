"""Every setting in one table: name, default, unit, help. Environment ``CANCU_<NAME>``, or a TOML file that
``CANCU_CONFIG`` names; see docs/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from rag.errors import BadInput

CONFIG_VARIABLE = "CANCU_CONFIG"


class Settings(BaseSettings):
    """What a deployment may change. Frozen: a process runs with the settings it started with."""

    model_config = SettingsConfigDict(env_prefix="CANCU_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder of the record, the originals and the embedded index.")
    qdrant_url: str | None = Field(
        None, description="Address of a Qdrant server; without it the engine runs inside the process."
    )
    qdrant_timeout_s: float = Field(2.0, gt=0, description="Seconds to wait for the Qdrant server.")
    embedder: Path | None = Field(
        None, description="Folder of a sentence-transformers model for the dense side; without it our own is used."
    )
    host: str = Field(
        "127.0.0.1", description="Address the service listens on; loopback unless you decide otherwise."
    )
    port: int = Field(8620, ge=0, le=65535, description="Port the service listens on; 0 picks a free one.")
    workers: int = Field(2, ge=1, le=64, description="Processes that read files at the same time.")
    reorganise_points: int = Field(
        10_000, ge=1, description="New passages after which a service merges its index, in a process beside it."
    )
    language: str = Field("vi", pattern="^(vi|en)$", description="Language of messages: vi or en.")
    max_file_mb: int = Field(200, ge=1, description="Largest file accepted, in MiB.")
    max_pages: int = Field(5000, ge=1, description="Most pages of a document.")
    read_timeout_s: float = Field(120.0, gt=0, description="Seconds a file may take to read.")
    read_memory_mb: int = Field(1024, ge=128, description="MiB of memory a reading process may use.")
    ocr: bool = Field(True, description="Read scanned pages with Tesseract where it is installed.")
    independent_lan: bool = Field(
        False,
        description="Profile of a network that is joined to no other: documents with a secrecy mark are taken in.",
    )
    llm_url: str | None = Field(
        None,
        description="Address of an OpenAI-compatible server (…/v1) that words answers; without it they are quoted.",
    )
    llm_model: str = Field("default", description="Name of the model to ask that server for.")
    llm_key: SecretStr | None = Field(None, description="Key for that server, when it wants one.")
    llm_deadline_s: float = Field(30.0, gt=0, description="Seconds a worded answer may take; then it is quoted.")
    llm_silence_s: float = Field(10.0, gt=0, description="Seconds that server may be silent.")
    llm_max_tokens: int = Field(800, ge=1, description="Most tokens of a worded answer.")
    llm_evidence_characters: int = Field(
        12000, ge=500, description="Most characters of evidence sent to that server."
    )
    trace_days: int = Field(
        30, ge=0, description="Days the traces of answers are kept for cancu replay; 0 keeps none."
    )
    allow_egress: str = Field(
        "", description="Hosts outside private addresses that text may be sent to, by comma; each use is logged."
    )
    audit_text: bool = Field(False, description="Keep questions themselves in the audit, not only their SHA-256.")
    audit_days: int | None = Field(None, ge=1, description="Days the audit is kept; without it all of it is.")
    hosts: str = Field("", description="Host names answered to, separated by commas; empty: loopback names, or any.")
    rate_per_minute: int = Field(
        12_000, ge=0, description="Requests a minute of one key, account or address; 0: no limit."
    )
    max_in_flight: int = Field(64, ge=1, description="Requests served at the same time; more get 429.")
    max_in_flight_each: int = Field(64, ge=1, description="The same for one key, account or address.")
    log_level: str = Field("warning", pattern="^(debug|info|warning|error)$", description="Least level logged.")
    log_format: str = Field("json", pattern="^(json|text)$", description="Form of log lines on standard error.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings  # two sources are enough to look through
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if path := os.environ.get(CONFIG_VARIABLE):
            return (*sources, _read_file(settings_cls, Path(path)))
        return sources


def _read_file(settings_cls: type[BaseSettings], path: Path) -> TomlConfigSettingsSource:
    if not path.is_file():
        raise BadInput("config_missing", path=path)
    try:
        source = TomlConfigSettingsSource(settings_cls, toml_file=path)
    except ValueError as error:
        raise BadInput("config_not_toml", path=path, why=error) from error
    unknown = sorted(source.toml_data.keys() - settings_cls.model_fields.keys())
    if unknown:
        raise BadInput("config_unknown", path=path, names=", ".join(unknown))
    return source


def load_settings(**overrides: object) -> Settings:
    """Settings from the file that CANCU_CONFIG names, the environment before it, ``overrides`` that are not None
    (command-line options) before both. Raises BadInput when that file is missing, is no TOML or holds unknown names."""
    return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
