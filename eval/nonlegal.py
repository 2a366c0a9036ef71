"""Questions that are none of law: 300 to choose thresholds on (``train``), 300 of other subjects to report on (``test``).

Method: every pattern of ``nonlegal.tsv`` joined with every filling of its row, then 300 drawn by hash. The two halves share
no pattern and no filling; a third of each is typed without diacritics, and most have a polite opening, as people type.
"""

from __future__ import annotations

import csv
import zlib
from pathlib import Path

from rag.law.text import strip_diacritics

FILE = Path(__file__).parent / "nonlegal.tsv"  # half, pattern, fillings of the {} in it
WANTED = 300
_OPENINGS = ("", "", "cho mình hỏi ", "Ad ơi, ", "Em muốn hỏi ")


def nonlegal_questions(half: str) -> list[str]:
    """The 300 questions of ``half`` ("train" or "test"), always the same."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["half"] == half]
    made = [row["pattern"].format(filling) for row in rows for filling in row["fillings"].split("|")]
    opened = [_opened(text, opening) for opening in _OPENINGS[1:] for text in made]
    drawn = sorted(dict.fromkeys(opened), key=lambda text: zlib.crc32(text.encode()))
    return [strip_diacritics(text) if at % 3 == 2 else text for at, text in enumerate(drawn[:WANTED])]


def _opened(text: str, opening: str) -> str:
    return f"{opening}{text[0].lower()}{text[1:]}" if opening else text
