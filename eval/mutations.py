"""The mutation suite: sentences true of a provision of the law corpus, and the same sentences made wrong in one place.

Method, deterministic. Acts fall into two folds by the CRC-32 of their id: thresholds were chosen on ``train``, figures are
reported on ``test``. From each fold Khoản are drawn by the hash of their id, one sentence each (a point together with the
sentence that leads into it), at most ``MOST_OF_AN_ACT`` an act. Every sentence is asserted true in the law's own words and
in one reworded form (numbers in words or digits, dates in the other form, "UBND" for "Ủy ban nhân dân", "Theo khoản … Điều …,"
in front, "Như vậy," in front, the other tone placement), and false once for each class of mutation that finds something to
change. A mutation that yields the law's own words again is dropped.
"""

from __future__ import annotations

import itertools
import random
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from eval.articles import corpus_lines, make_document, read_acts
from eval.corpora import LAW_CORPUS
from eval.metrics import percentile
from eval.provisions import Unit
from eval.suites import shared_data
from rag.law.identifier import relative_citation
from rag.law.passage import Passage
from rag.record.model import Document
from rag.sentences import split_sentences
from rag.support import unlabelled
from rag.verify import Fault, Ground, verify_sentence

FOLDS = ("train", "test")
DEFAULT_SENTENCES = 2400
MOST_OF_AN_ACT = 4
WORDS = (8, 90)  # shortest and longest sentence taken
_WANTED_SHARE = 0.03  # of the Khoản looked at more closely; enough for some 5,000 sentences a fold

Mutate = Callable[[str, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class Truth:
    """``text`` is true of ``ground``; ``other`` is a ground that says something else."""

    id: str
    text: str
    reworded: str
    ground: Ground
    other: Ground
    sibling: bool


@dataclass(frozen=True, slots=True)
class Case:
    """``kind`` "true", "reworded", or a class of mutation; ``text`` is held against ``ground``."""

    id: str
    kind: str
    text: str
    ground: Ground


# --- where sentences come from -------------------------------------------------------------------------------------


def fold_of(slug: str) -> str:
    return FOLDS[zlib.crc32(slug.encode()) % 2]


def truths(fold: str, count: int, articles: int | None = None) -> list[Truth]:
    """``count`` true sentences of the fold, drawn by hash, or as many as the first ``articles`` articles (None: all) give."""
    found: list[Truth] = []
    stray: Ground | None = None
    for act in read_acts(itertools.islice(corpus_lines(shared_data() / LAW_CORPUS), articles)):
        if fold_of(act.slug) != fold or any(a["metadata"].get("truncated") for a in act.articles):
            continue
        document, passages = make_document(act, Unit.CLAUSE)
        taken = 0
        for at, passage in enumerate(passages):
            if taken == MOST_OF_AN_ACT or not _drawn(passage.id, _WANTED_SHARE):
                continue
            sentence = _sentence_of(passage)
            other = _other_ground(document, passages, at) if taken % 2 == 0 else stray
            if sentence and other and sentence not in other.text:
                rng = random.Random(passage.id)
                found.append(
                    Truth(
                        passage.id,
                        sentence,
                        reword(sentence, document, passage, rng),
                        ground_of(document, passage),
                        other,
                        other.number == document.number,
                    )
                )
                taken += 1
            stray = ground_of(document, passage)
    found.sort(key=lambda t: zlib.crc32(t.id.encode()))
    return found[:count]


def ground_of(document: Document, passage: Passage) -> Ground:
    return Ground(document.number, document.title or "", passage.eid, passage.context, passage.text)


def _drawn(name: str, share: float) -> bool:
    return zlib.crc32(name.encode()) / 2**32 < share


def _sentence_of(passage: Passage) -> str | None:
    sentences = split_sentences(passage.text)
    usable = [i for i, s in enumerate(sentences) if not s.text.rstrip().endswith(":")]
    if not usable:
        return None
    at = usable[zlib.crc32(passage.sha256.encode()) % len(usable)]
    chain, seen = [], at
    while seen is not None and len(chain) < 3:
        chain.append(unlabelled(sentences[seen].text).strip())
        seen = sentences[seen].lead  # type: ignore[assignment]
    text = " ".join(" ".join(reversed(chain)).split()).rstrip(" ;")
    return text if WORDS[0] <= len(text.split()) <= WORDS[1] else None


def _other_ground(document: Document, passages: tuple[Passage, ...], at: int) -> Ground | None:
    """The next Khoản of the same act that stands in another place: the wrong citation hardest to see."""
    for step in (1, -1, 2, -2):
        if 0 <= at + step < len(passages):
            return ground_of(document, passages[at + step])
    return None


# --- true in other words -------------------------------------------------------------------------------------------

_WORDED = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_TONES = (("hòa", "hoà"), ("thủy", "thuỷ"), ("khỏe", "khoẻ"), ("tòa", "toà"), ("hóa", "hoá"))


def reword(text: str, document: Document, passage: Passage, rng: random.Random) -> str:
    """The same statement in other words: every rewording that applies is tried in random order, two are made."""
    made = 0
    ways = [_numbers_in_words, _date_in_figures, _short_names, _other_tones, _millions, _opened]
    rng.shuffle(ways)
    for way in ways:
        changed = way(text)
        if changed != text:
            text, made = changed, made + 1
        if made == 2:
            break
    where = f"{relative_citation(passage.eid)} {document.type or ''} số {document.number}"
    return (
        f"Theo {where}, {text[0].lower()}{text[1:]}"
        if rng.random() < 0.5 and "/" in (document.number or "")
        else text
    )


def in_words(number: int) -> str:
    """1 to 99 as law texts write them: "mười lăm", "hai mươi mốt"."""
    tens, ones = divmod(number, 10)
    if number <= 10:
        return _WORDED[number]
    last = "" if ones == 0 else "lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else _WORDED[ones]
    first = "mười" if tens == 1 else f"{_WORDED[tens]} mươi"
    return f"{first} {last}".strip()


def _numbers_in_words(text: str) -> str:
    def worded(match: re.Match[str]) -> str:
        return f"{in_words(int(match[1]))} {match[2]}"

    return re.sub(
        r"(?<![\d.,/])(\d{1,2})(?:\s\([^()]*\))?\s(ngày làm việc|ngày|tháng|năm|giờ|phút|tuổi|lần)\b(?!\s\d)",
        worded,
        text,
    )


def _date_in_figures(text: str) -> str:
    return re.sub(
        r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})", lambda m: f"ngày {int(m[1])}/{int(m[2])}/{m[3]}", text
    )


def _short_names(text: str) -> str:
    return re.sub(r"[ỦU][ỷy] ban nhân dân|Ủy ban nhân dân", "UBND", text).replace("Hội đồng nhân dân", "HĐND")


def _other_tones(text: str) -> str:
    for new, old in _TONES:
        text = text.replace(new, old)
    return text


def _millions(text: str) -> str:
    return re.sub(r"\b(\d{1,3})\.000\.000 đồng", r"\1 triệu đồng", text)


def _opened(text: str) -> str:
    return f"Như vậy, {text[0].lower()}{text[1:]}"


# --- made wrong ----------------------------------------------------------------------------------------------------


def _replace_one(pattern: re.Pattern[str], change: Callable[[re.Match[str], random.Random], str]) -> Mutate:
    def mutate(text: str, rng: random.Random) -> str | None:
        places = list(pattern.finditer(text))
        if not places:
            return None
        match = rng.choice(places)
        return f"{text[: match.start()]}{change(match, rng)}{text[match.end() :]}"

    return mutate


_UNIT = (
    r"(?:ngày làm việc|ngày|tháng|năm|giờ|phút|tuổi|lần|đồng|triệu đồng|%|m2|m|km|kg|tấn|lít|người|bộ|bản|tuần|ha)"
)
_AMOUNT = re.compile(rf"(?<![\d./,-])(\d{{1,3}}(?:\.\d{{3}})+|\d+)(?=(?:\s\([^()]*\))?\s?{_UNIT}(?!\w))")


def _other_number(match: re.Match[str], rng: random.Random) -> str:
    value = int(match[1].replace(".", ""))
    changed = rng.choice([value * 2, value + 1, value * 10, max(1, value // 2) if value > 1 else value + 3])
    if changed == value:
        changed = value + 1
    return f"{changed:,}".replace(",", ".") if "." in match[1] else str(changed).zfill(len(match[1]))


_UNITS = {
    "ngày làm việc": "ngày", "ngày": "tháng", "tháng": "ngày", "năm": "tháng", "giờ": "ngày", "phút": "giờ",
    "tuần": "tháng", "triệu đồng": "nghìn đồng", "đồng": "USD", "%": "‰", "m2": "ha", "km": "m", "m": "km", "kg": "tấn",
    "tấn": "kg", "lít": "m3", "tuổi": "tháng tuổi",
}  # fmt: skip
_WITH_UNIT = re.compile(
    r"(?<![\d./,-])(?P<number>\d[\d.]*(?:\s\([^()]*\))?)\s?"
    r"(?P<unit>ngày làm việc|ngày|tháng|năm|giờ|phút|tuần|triệu đồng|đồng|%|m2|km|m|kg|tấn|lít|tuổi)(?!\w)"
)
_DATE = re.compile(r"ngày (?P<d>\d{1,2})(?P<a> tháng |/)(?P<m>\d{1,2})(?P<b> năm |/)(?P<y>\d{4})")


def _other_unit(match: re.Match[str], _: random.Random) -> str:
    return f"{match['number']} {_UNITS[match['unit']]}"


def _other_date(match: re.Match[str], rng: random.Random) -> str:
    day, month, year = int(match["d"]), int(match["m"]), int(match["y"])
    what = rng.randrange(3)
    day = day % 28 + 1 if what == 0 else day
    month = month % 12 + 1 if what == 1 else month
    year = year + rng.choice([-1, 1, 2]) if what == 2 else year
    return f"ngày {day:02d}{match['a']}{month:02d}{match['b']}{year}"


def _other_label(match: re.Match[str], rng: random.Random) -> str:
    value = int(match["n"])
    return f"{match['word']}{max(1, value + rng.choice([-2, -1, 1, 2, 3])) if value > 2 else value + rng.choice([1, 2, 4])}"


_ARTICLE = re.compile(r"(?P<word>\bĐiều )(?P<n>\d{1,3})\b(?!\.)")
_CLAUSE = re.compile(r"(?P<word>\b[Kk]hoản )(?P<n>\d{1,2})\b(?!\.)")
_ACTORS = (
    ("Ủy ban nhân dân", "Hội đồng nhân dân"), ("Uỷ ban nhân dân", "Hội đồng nhân dân"), ("cấp tỉnh", "cấp xã"), ("cấp huyện", "cấp tỉnh"),
    ("cấp xã", "cấp huyện"), ("người sử dụng lao động", "người lao động"), ("người lao động", "người sử dụng lao động"),
    ("Người lao động", "Người sử dụng lao động"), ("Bộ trưởng", "Thứ trưởng"), ("Thủ tướng Chính phủ", "Chủ tịch nước"),
    ("Bộ Tài chính", "Bộ Y tế"), ("Bộ Y tế", "Bộ Công Thương"), ("Bộ Công an", "Bộ Quốc phòng"), ("Bộ Quốc phòng", "Bộ Công an"),
    ("Bộ Tư pháp", "Bộ Nội vụ"), ("Bộ Nội vụ", "Bộ Tư pháp"), ("Bộ Xây dựng", "Bộ Tài chính"), ("Bộ Công Thương", "Bộ Xây dựng"),
    ("Bộ Giáo dục và Đào tạo", "Bộ Khoa học và Công nghệ"), ("Chính phủ", "Quốc hội"), ("Quốc hội", "Chính phủ"),
    ("Giám đốc", "Phó Giám đốc"), ("Chủ tịch", "Phó Chủ tịch"), ("doanh nghiệp", "hộ kinh doanh"), ("Doanh nghiệp", "Hợp tác xã"),
    ("cá nhân", "doanh nghiệp"), ("tổ chức", "hộ gia đình"), ("chủ đầu tư", "nhà thầu"), ("nhà thầu", "chủ đầu tư"),
    ("Tòa án", "Viện kiểm sát"), ("Toà án", "Viện kiểm sát"), ("Viện kiểm sát", "Tòa án"), ("cơ quan thuế", "cơ quan hải quan"),
    ("cơ quan hải quan", "cơ quan thuế"), ("người nộp thuế", "cơ quan thuế"), ("công chức", "viên chức"), ("viên chức", "công chức"),
    ("học sinh", "sinh viên"), ("Ngân hàng Nhà nước", "Kho bạc Nhà nước"), ("Kho bạc Nhà nước", "Ngân hàng Nhà nước"),
    ("Hiệu trưởng", "Giáo viên"), ("bên mua", "bên bán"), ("bên bán", "bên mua"), ("người khiếu nại", "người bị khiếu nại"),
)  # fmt: skip


def _actor(text: str, rng: random.Random) -> str | None:
    there = [(old, new) for old, new in _ACTORS if re.search(rf"\b{old}\b", text)]
    if not there:
        return None
    old, new = rng.choice(there)
    return re.sub(rf"\b{old}\b", new, text, count=1)


def _negation(text: str, rng: random.Random) -> str | None:
    """Take a "không" or "chưa" out, or put a "không" in where a verb may take one."""
    without = list(re.finditer(r"\b(?:không|chưa)\s(?!quá|ít|dưới|nhỏ|vượt|thấp|phận|khí|gian|chỉ)", text))
    if without:
        match = rng.choice(without)
        return f"{text[: match.start()]}{text[match.end() :]}"
    places = list(re.finditer(r"(?<!không )\b(?:được|phải|áp dụng|thuộc|chịu)\b", text))
    if not places:
        return None
    at = rng.choice(places).start()
    return f"{text[:at]}không {text[at:]}"


_MODALS = re.compile(
    r"(?<!không )\b(?:có trách nhiệm|có nghĩa vụ|có quyền|có thể|không được|được phép|phải|nghiêm cấm)\b(?! là)"
)
_OTHER_MODAL = {
    "có trách nhiệm": "có quyền", "có nghĩa vụ": "có quyền", "có quyền": "có nghĩa vụ", "có thể": "phải", "không được": "được",
    "được phép": "phải", "phải": "có thể", "nghiêm cấm": "được phép",
}  # fmt: skip


def _quote(text: str, rng: random.Random) -> str:
    """A quotation that the provision does not hold: its own words with two of them exchanged."""
    words = text.rstrip(".;").split()
    start = rng.randrange(max(1, len(words) - 7))
    quoted = words[start : start + 8]
    quoted[len(quoted) // 2] = rng.choice(["toàn bộ", "tối thiểu", "vĩnh viễn", "miễn phí", "ngay lập tức"])
    return f"{text.rstrip('.;')}, nguyên văn là “{' '.join(quoted)}”."


MUTATIONS: dict[str, Mutate] = {
    "number": _replace_one(_AMOUNT, _other_number),
    "unit": _replace_one(_WITH_UNIT, _other_unit),
    "date": _replace_one(_DATE, _other_date),
    "article": _replace_one(_ARTICLE, _other_label),
    "clause": _replace_one(_CLAUSE, _other_label),
    "actor": _actor,
    "negation": _negation,
    "modality": _replace_one(_MODALS, lambda m, _: _OTHER_MODAL[m.group()]),
    "quote": _quote,
}


def cases(truth: Truth) -> Iterator[Case]:
    """The statements made of one true sentence."""
    yield Case(truth.id, "true", truth.text, truth.ground)
    if truth.reworded != truth.text:
        yield Case(truth.id, "reworded", truth.reworded, truth.ground)
    known = " ".join(f"{truth.ground.lead}\n{truth.ground.text}".split())
    for kind, mutate in MUTATIONS.items():
        for source in dict.fromkeys((truth.text, truth.reworded)):
            made = mutate(source, random.Random(f"{kind}{truth.id}"))
            if made and made != source and made not in known:
                yield Case(truth.id, kind, made, truth.ground)
                break
    yield Case(truth.id, "citation", truth.text, truth.other)


# --- scores --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    case: Case
    faults: tuple[Fault, ...]
    ms: float


def judge(made: Iterable[Case]) -> list[Outcome]:
    """Every case held against its ground, with the time it took."""
    found = []
    for case in made:
        started = time.perf_counter()
        faults = verify_sentence(case.text, [case.ground])
        found.append(Outcome(case, faults, (time.perf_counter() - started) * 1000))
    return found


def table(outcomes: Iterable[Outcome]) -> dict[str, object]:
    """Per class: how many, how many found wrong; and the times."""
    outcomes = list(outcomes)
    rows: dict[str, dict[str, float]] = {}
    for outcome in outcomes:
        row = rows.setdefault(outcome.case.kind, {"n": 0, "rejected": 0})
        row["n"] += 1
        row["rejected"] += bool(outcome.faults)
    for row in rows.values():
        row["share"] = round(row["rejected"] / row["n"], 4)
    times = [o.ms for o in outcomes]
    return {"classes": rows, "ms": {f"p{p}": round(percentile(times, p), 3) for p in (50, 95, 99)}}
