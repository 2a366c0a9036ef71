"""Cursors: where a page of a list ended, as an opaque word. They say a position, never a permission."""

from __future__ import annotations

import base64
import json

from rag.errors import BadInput


def make_cursor(*position: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, *kinds: type) -> list[str | int] | None:
    """The position; None without a cursor. Raises BadInput for what is no cursor of this list."""
    if cursor is None:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        position = None
    if not isinstance(position, list) or [type(one) for one in position] != list(kinds):
        raise BadInput("cursor_wrong")
    return position
