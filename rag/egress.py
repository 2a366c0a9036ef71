"""Where text may be sent: to this machine and private addresses; anywhere else only by name, and it is logged (S1)."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import structlog

from rag.errors import Refused, Unavailable

log = structlog.get_logger(__name__)


def check_address(url: str, allowed: str) -> None:
    """Pass when every address of the host of ``url`` is loopback or private, or ``allowed`` (hosts by comma) names it.
    Raises Refused, Unavailable when the name is not known."""
    host = urlsplit(url).hostname or ""
    if host.lower() in {name.strip().lower() for name in allowed.split(",") if name.strip()}:
        log.warning("egress", host=host, why="CANCU_ALLOW_EGRESS")
        return
    if not all(_is_inside(address) for address in _addresses(host)):
        raise Refused("egress_refused", host=host)


def _addresses(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, None)})
    except (OSError, UnicodeError) as error:
        raise Unavailable("llm_unavailable", why=host) from error


def _is_inside(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_loopback or (found.is_private and not found.is_unspecified and not found.is_link_local)
