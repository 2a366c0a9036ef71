"""Vietnamese from before Unicode: TCVN3 (both ways PDFs show it), VNI, Windows-1258 read as Latin-1, told apart by the text.

Font names mislead (Unicode text in .VnTime, VNI text in a TCVN3 font), so the text decides: a word is read in each
encoding, and the one in which it and its neighbours are Vietnamese syllables wins. Text whose
letters are already Unicode is never touched. Tables: TCVN 5712:1993 (VN3) and the VNI-Windows layout.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from rag.law.text import fold_case_and_tone


class Encoding(StrEnum):
    """How a text's letters are coded. Order is preference when two read equally well."""

    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"
    CP1258 = "cp1258"


class Converted(NamedTuple):
    """``text`` in NFC; ``starts[i]`` is where in the source the character ``text[i]`` began."""

    text: str
    starts: tuple[int, ...]


SUSPECT_SHARE = 0.02  # of the letters: Unicode Vietnamese has none of these characters, legacy text 8 % or more
SUSPECT_COUNT = 3  # fewer in a whole page are symbols (§, ®, ×), not letters
UNKNOWN_COST = 16.0  # nats: dearer than the rarest syllable kept (once in 3.5 million)
CHANGE_COST = 12.0  # nats for a change of encoding: two or three words that read well, not one
# What legacy bytes look like when read as Latin-1 or through glyph names: never letters of Unicode Vietnamese.
_SUSPECT = re.compile(
    "[\u00a1-\u00a8\u00aa\u00ab\u00ac\u00ad\u00ae\u00af\u00b5-\u00b9\u00bb-\u00be\u00c4-\u00c7\u00cb\u00ce\u00cf"
    "\u00d0\u00d1\u00d6-\u00d8\u00db\u00dc\u00de\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe\u00ff\u2212\u2219]"
)
_WORD = re.compile(r"[^\s!-@\[-`{-~\u2010-\u2027\u2030-\u205e]+")  # between spaces, ASCII signs and printed dashes
# Glyph names through which a PDF may show a TCVN3 byte: minus for 0xAD (ư), bullet operator for 0xB7 (ã), Greek mu.
_GLYPH = {"\u2212": "\u00ad", "\u2219": "\u00b7", "\u03bc": "\u00b5", "\u0110": "\u00d0", "\u02c9": "\u00af"}
_TCVN3_BYTES = "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¸¶·¹»¾¼½ÆÇÊÈÉËÌÐÎÏÑÒÕÓÔÖ×ÝØÜÞßãáâäåèæçéêíëìîïóñòôõøö÷ùúýûüþ"
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
_TCVN3 = dict(zip(_TCVN3_BYTES, _TCVN3_LETTERS, strict=True))
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_HORNED = "ôö"
_CP1258 = {
    "ã": "ă", "Ã": "Ă", "ð": "đ", "Ð": "Đ", "\u0110": "Đ", "õ": "ơ", "Õ": "Ơ", "ý": "ư", "Ý": "Ư", "Ì": "\u0300", "ì": "\u0301",
    "Ò": "\u0309", "Þ": "\u0303", "ò": "\u0323",
}  # fmt: skip
_UPPERCASE_FONT = re.compile(r"^(?:[A-Z]{6}\+)?\.?Vn\w*?H(?=$|[\s,-]|Bold|Italic)")


def _vni_pairs() -> dict[str, str]:
    """Base letter and mark → letter, lower case."""
    pairs = {base + mark: base + tone for base in "aeiouy" for mark, tone in _TONES.items()}
    pairs |= {base + mark: base + "\u0302" + tone for base in "aeo" for mark, tone in _CIRCUMFLEX.items()}
    pairs |= {"a" + mark: "a\u0306" + tone for mark, tone in _BREVE.items()}
    pairs |= {base + mark: _VNI_SINGLE[base] + tone for base in _VNI_HORNED for mark, tone in _TONES.items()}
    return {pair: unicodedata.normalize("NFC", letter) for pair, letter in pairs.items()}


_VNI = _vni_pairs()


def convert(text: str, encoding: Encoding) -> Converted:
    """``text`` read in ``encoding``; characters outside its table stay as they are."""
    if encoding is Encoding.TCVN3:
        return _composed([(_tcvn3_letter(text, at), at) for at in range(len(text))])
    if encoding is Encoding.VNI:
        return _composed(_vni_letters(text))
    if encoding is Encoding.CP1258:
        return _composed([(_CP1258.get(c, c), at) for at, c in enumerate(text)])
    return Converted(text, tuple(range(len(text))))


def _tcvn3_letter(text: str, at: int) -> str:
    """A glyph that may be a sign or a letter is a letter beside another one ("t−", not "−5")."""
    char = text[at]
    if (byte := _GLYPH.get(char)) is None:
        return _TCVN3.get(char, char)
    beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return _TCVN3.get(byte, char) if any(c.isalpha() or c in _TCVN3 for c in beside) else char


def _vni_letters(text: str) -> list[tuple[str, int]]:
    letters: list[tuple[str, int]] = []
    at = 0
    while at < len(text):
        base = text[at]
        letter = _VNI.get(text[at : at + 2].lower())
        taken = 2 if letter else 1
        letter = letter or _VNI_SINGLE.get(base.lower(), base)
        letters.append((letter.upper() if base.isupper() else letter, at))
        at += taken
    return letters


def _composed(letters: Iterable[tuple[str, int]]) -> Converted:
    """Letters joined, a combining mark composed with the letter before it."""
    text: list[str] = []
    starts: list[int] = []
    for letter, at in letters:
        if text and unicodedata.combining(letter[:1] or " "):
            whole = unicodedata.normalize("NFC", text[-1] + letter)
            if len(whole) == 1:
                text[-1] = whole
                continue
        for char in letter:
            text.append(char)
            starts.append(at)
    return Converted("".join(text), tuple(starts))


def looks_legacy(text: str) -> bool:
    """Whether ``text`` (a page, a document) holds enough characters that no Unicode Vietnamese has to be worth a look."""
    found = len(_SUSPECT.findall(text))
    return found >= SUSPECT_COUNT and found >= SUSPECT_SHARE * sum(map(str.isalpha, text))


def convert_lines(lines: Sequence[str]) -> list[Converted]:
    """Each line in Unicode. As they are when the lines together do not look legacy (``looks_legacy``).

    The encoding is chosen word by word (files are put together from parts typed on different machines): the most likely
    sequence over all lines (Viterbi), where a word costs what its syllable costs in the law corpus and a change of
    encoding costs ``CHANGE_COST``.
    """
    if not looks_legacy("\n".join(lines)):
        return [convert(line, Encoding.UNICODE) for line in lines]
    places = [
        (number, word.start(), word.group())
        for number, line in enumerate(lines)
        for word in _WORD.finditer(line)
        if not word.group().isascii()
    ]
    chosen = _cheapest([_costs(word) for _, _, word in places])
    changes: list[list[tuple[int, Encoding]]] = [[] for _ in lines]
    for (number, start, _), encoding in zip(places, chosen, strict=True):
        changes[number].append((start, encoding))
    return [_by_parts(line, marked) for line, marked in zip(lines, changes, strict=True)]


def _by_parts(line: str, words: Sequence[tuple[int, Encoding]]) -> Converted:
    """The line converted from each word that changes the encoding to the next; what precedes the first goes with it."""
    parts = [(0, words[0][1] if words else Encoding.UNICODE)]
    for at, encoding in words[1:]:
        if encoding is not parts[-1][1]:
            parts.append((at, encoding))
    ends = [start for start, _ in parts[1:]] + [len(line)]
    text: list[str] = []
    origin: list[int] = []
    for (start, encoding), end in zip(parts, ends, strict=True):
        part = convert(line[start:end], encoding)
        text.append(part.text)
        origin += [start + at for at in part.starts]
    return Converted("".join(text), tuple(origin))


def _cheapest(costs: Sequence[tuple[float, ...]]) -> list[Encoding]:
    """The cheapest sequence of encodings (Viterbi)."""
    kinds = tuple(Encoding)
    total = [0.0] + [CHANGE_COST] * (len(kinds) - 1)  # a text begins as Unicode
    back: list[list[int]] = []
    for cost in costs:
        best = min(range(len(kinds)), key=total.__getitem__)
        came = [at if total[at] <= total[best] + CHANGE_COST else best for at in range(len(kinds))]
        total = [min(total[at], total[best] + CHANGE_COST) + cost[at] for at in range(len(kinds))]
        back.append(came)
    at = min(range(len(kinds)), key=total.__getitem__)
    chosen = []
    for came in reversed(back):
        chosen.append(kinds[at])
        at = came[at]
    return chosen[::-1]


@functools.lru_cache(maxsize=1 << 16)
def _costs(word: str) -> tuple[float, ...]:
    """What ``word`` costs in each encoding: -ln of its share of the corpus's syllables; a sign alone speaks for none."""
    if not any(c.isascii() and c.isalpha() for c in word):
        return (0.0,) * len(Encoding)
    return tuple(syllable_cost(convert(word, encoding).text) for encoding in Encoding)


def syllable_cost(word: str) -> float:
    """-ln of the share of ``word`` among the syllables of the law corpus, ``UNKNOWN_COST`` when it is none of them."""
    from rag.restore import shipped_restorer

    model = shipped_restorer()
    number = model.number.get(fold_case_and_tone(word))
    return (
        UNKNOWN_COST if number is None else min(UNKNOWN_COST, math.log(model.total / float(model.unigrams[number])))
    )


def is_uppercase_font(name: str) -> bool:
    """Whether the font draws capitals for small letters (".VnTimeH"): TCVN3 has no marked capitals of its own."""
    return _UPPERCASE_FONT.match(name) is not None
