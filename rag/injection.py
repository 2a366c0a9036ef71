"""Text in documents is data (L2): sentences that speak to a machine instead of stating a rule are withheld.

A law addresses people and offices. A sentence that tells a reader program what to answer, to forget its instructions or to
reveal them is no rule, whoever put it there; it is kept out of evidence, so that it is neither quoted nor believed. The
rules below look for that address, not for single known attacks; the structure of the prompt and verification do the rest.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib import resources

from rag.law.text import fold_case_and_tone, strip_diacritics
from rag.sentences import split_sentences

_SPACED_OUT = re.compile(r"(?<!\S)(?:[a-z] ){2,}[a-z](?!\S)")  # "b o q u a"
_LOOK_ALIKE = str.maketrans(
    {"\u0430": "a", "\u0435": "e", "\u043e": "o", "\u0440": "p", "\u0441": "c", "\u0443": "y"}
)


@functools.cache
def _rules() -> tuple[re.Pattern[str], ...]:
    lines = resources.files("rag").joinpath("injection.txt").read_text("utf-8").splitlines()
    return tuple(re.compile(line, re.MULTILINE | re.DOTALL) for line in lines if line and not line.startswith("#"))


def speaks_to_machine(text: str) -> bool:
    """Whether ``text`` gives orders to a program that reads it."""
    bare = _bare(text)
    return any(rule.search(bare) for rule in _rules())


@functools.lru_cache(maxsize=2048)
def withheld(text: str) -> tuple[tuple[int, int], ...]:
    """Spans (start, end) of the sentences of ``text`` that speak to a machine."""
    if not speaks_to_machine(text):
        return ()
    spans = [(s.start, s.end) for s in split_sentences(text) if speaks_to_machine(s.text)]
    return tuple(spans or [(0, len(text))])  # the order runs over several sentences: none can be trusted


def without_orders(text: str) -> str:
    """``text`` with the withheld sentences blanked: offsets hold, white space stands in their place."""
    for start, end in withheld(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _bare(text: str) -> str:
    """Lower case without diacritics, full-width and look-alike letters, zero-width characters and spaced-out words."""
    text = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKE)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return _SPACED_OUT.sub(lambda m: m.group().replace(" ", ""), strip_diacritics(fold_case_and_tone(text)))
