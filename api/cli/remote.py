"""Talking to the service that owns the data folder: its replies are the same shapes, its errors the same errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.errors import OUTCOMES
from rag.errors import CancuError, Unavailable
from rag.locking import local_key, owner_address

TIMEOUT_S = 60.0


class ToldError(CancuError):
    """An error that the service explained already; it keeps its words."""

    def __init__(self, details: dict[str, Any]) -> None:
        super().__init__(details["code"])
        self.details_text = str(details["detail"])

    def text(self, language: str = "") -> str:  # noqa: ARG002  # the service chose the language
        return self.details_text


@dataclass(frozen=True, slots=True)
class OwningService:
    """The service that owns the data folder, and the key that it left there for commands of this machine."""

    address: str
    key: str | None

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The reply's JSON. Raises the error class that the service's problem details name, or Unavailable."""
        import httpx

        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        url = self.address + path
        try:
            reply = httpx.request(method, url, json=body, headers=headers, timeout=TIMEOUT_S, trust_env=False)
            content = reply.json()
        except (httpx.HTTPError, ValueError):
            raise Unavailable("service_not_answering", address=self.address) from None
        if reply.is_success:
            return content
        raise told(content)


def owning_service(data_dir: Path) -> OwningService | None:
    """None when the folder is free, or its owner is no service."""
    address = owner_address(data_dir)
    return OwningService(address, local_key(data_dir)) if address else None


def told(details: dict[str, Any]) -> CancuError:
    """Problem details as the error of the class they name."""
    slug = str(details.get("type", "")).rpartition(":")[2]
    kind = next((kind for kind, row in OUTCOMES.items() if row.slug == slug), CancuError)
    told_kind: type[CancuError] = type(f"Told{kind.__name__}", (ToldError, kind), {})
    return told_kind(details)
