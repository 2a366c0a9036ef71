"""Metadata values as they are read from lines: text tidied, dates in ISO form, the line they stand on kept."""

from __future__ import annotations

import re

from ingest.lines import CleanLine
from rag.law.act import Certainty, Read

_EDGES = " .,;:_-–—*|/"  # rules and separators printed beside a value
_DATE = re.compile(r"(?:ngày|Ngày)\s*(\d{1,2})\s*(?:tháng|/|-)\s*(\d{1,2})\s*(?:năm|/|-)\s*((?:19|20)\d\d)")
# "ngày / 07 10 /2024": a signing program drew day and month beside the slashes of the form.
_STAMPED_DATE = re.compile(r"(?:ngày|Ngày)\s*/\s*(\d{1,2})\s+(\d{1,2})\s*/\s*((?:19|20)\d\d)")


def read_value(value: str, line: CleanLine, certainty: Certainty = Certainty.CERTAIN) -> Read:
    """``value`` without the rules and separators around it, read on ``line``."""
    return Read(re.sub(r"\s+", " ", value).strip(_EDGES), certainty, line.page, line.box)


def date_of(text: str) -> str | None:
    """The first whole date in ``text`` (ISO 8601), None where day, month or year is missing or impossible."""
    match = _DATE.search(text) or _STAMPED_DATE.search(text)
    if not match or not (1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12):
        return None
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
