"""The one catalogue of what people read: Vietnamese first, English second.

Texts live in ``rag/messages.toml`` (one table a key, ``vi`` and ``en``); code names keys only, so a test can walk
the catalogue and find the missing and the unused.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

DEFAULT_LANGUAGE = "vi"


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """All messages: key to language to template (``str.format`` fields)."""
    return tomllib.loads(resources.files("rag").joinpath("messages.toml").read_text("utf-8"))


def message(key: str, language: str = DEFAULT_LANGUAGE, **details: object) -> str:
    """The text of ``key`` with its fields filled. KeyError when the catalogue has no such key: that is our bug."""
    texts = catalogue()[key]
    return texts.get(language, texts[DEFAULT_LANGUAGE]).format(**details)
