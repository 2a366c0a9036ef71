"""Acts and provisions named as officials write them, to be pasted into a document.

Forms after Decree 78/2025/NĐ-CP and Decree 30/2020/NĐ-CP (viện dẫn: tên loại, số và ký hiệu, ngày, cơ quan ban hành): an act of the
National Assembly goes by its name and number ("Luật Đất đai số 31/2024/QH15"), any other by type, number, day and
issuer ("Nghị định số 105/2021/NĐ-CP ngày 04 tháng 12 năm 2021 của Chính phủ").
"""

from __future__ import annotations

import re

from rag.law.identifier import relative_citation

NAMED_TYPES = frozenset({"Luật", "Bộ luật", "Pháp lệnh", "Hiến pháp"})
LONGEST_NAME = 120  # characters; longer names are left out of a citation, the number says which act it is
_PROPER = re.compile(  # what keeps its capital inside a name that was printed in capitals
    r"\b(bộ luật|luật|hiến pháp|nghị định|thông tư|pháp lệnh)\s+(\w)|"
    r"\b(việt nam|nhà nước|quốc hội|chính phủ|tòa án|viện kiểm sát|bộ|đảng)\b"
)
_PLACE = re.compile(r"(\b(?:tỉnh|thành phố|huyện|quận|xã|phường|thị xã|thị trấn)\s+)(\w+(?:\s\w+){0,4})(?=$|\s-\s|,)")
_OFFICE = re.compile(r"(?:bộ|sở|cục|tổng cục|ủy ban|uỷ ban|hội đồng|viện kiểm sát|tòa án|toà án|văn phòng|ban)\s")
_COUNCIL = re.compile(r"(?:ủy ban|uỷ ban|hội đồng|viện kiểm sát|tòa án|toà án|văn phòng)\s")
_NAME_PART = re.compile(r"(^(?:bộ|sở|tổng cục|cục|ban)\s+|\svà\s+|,\s+)(\w)")
_ABBREVIATION = re.compile(r"[^AEIOUYÀ-ỸĂƠƯ\W]{2,}")  # "PCCC": capitals without a vowel
MOSTLY = 0.8  # of the letters: "Số", "và" and a signature's digits may stand among capitals


def spoken_name(title: str) -> str:
    """A name printed in capitals in the case of running text: "ĐẤT ĐAI" → "Đất đai"; any other as it stands."""
    title = " ".join(title.split())
    if not is_in_capitals(title) or _PLACE.search(title.lower()):
        return title
    return _upper_first(_PROPER.sub(_with_capitals, title.lower()))


def spoken_issuer(issuer: str) -> str:
    """An issuer printed in capitals as it is written in running text: "SỞ GIÁO DỤC VÀ ĐÀO TẠO" → "Sở Giáo dục và Đào tạo".
    Schools and companies keep their capitals: which of their words are names cannot be told."""
    issuer = " ".join(issuer.split())
    if not is_in_capitals(issuer) or not _OFFICE.match(issuer.lower()):
        return issuer
    return " - ".join(_spoken_office(part) for part in issuer.split(" - "))


def _spoken_office(printed: str) -> str:
    """One office, or what follows the dash in a name like "Lao động - Thương binh và Xã hội"."""
    words = " ".join(w if _ABBREVIATION.fullmatch(w) else w.lower() for w in printed.split())
    if not _COUNCIL.match(
        words
    ):  # the names of councils, courts and procuracies have one capital; of ministries each part
        words = _NAME_PART.sub(lambda m: m[1] + m[2].upper(), words)
    return _upper_first(_PLACE.sub(lambda m: m[1] + " ".join(_upper_first(w) for w in m[2].split(" ")), words))


def is_in_capitals(text: str) -> bool:
    """Whether nearly all letters of ``text`` are capitals."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= MOSTLY * len(letters)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_capitals(match: re.Match[str]) -> str:
    if match[3]:
        return (
            " ".join(word.capitalize() for word in match[3].split())
            if match[3] == "việt nam"
            else match[3].capitalize()
        )
    return f"{match[1].capitalize()} {match[2].upper()}"


def written_date(iso: str) -> str:
    """ "2025-08-05" → "05 tháng 8 năm 2025": days, and the months January and February, with two digits (Decree
    30/2020/NĐ-CP, Appendix I, part II, point 4)."""
    year, month, day = (int(part) for part in iso.split("-"))
    return f"{day:02d} tháng {month if month > 2 else f'{month:02d}'} năm {year}"


def official_act(
    type: str | None, number: str | None, title: str | None, date: str | None, issuer: str | None
) -> str:
    """The act alone; what is not known is left out, and its name stands in for a missing number."""
    name = spoken_name(title or "")
    if type in NAMED_TYPES and number and name and len(name) <= LONGEST_NAME:
        return f"{type} {name} số {number}"
    if not number:
        return f"{type or ''} {name}".strip() if not name.lower().startswith((type or "-").lower()) else name
    parts = [type or "Văn bản", f"số {number}"]
    if type not in NAMED_TYPES:
        parts += [f"ngày {written_date(date)}"] if date else []
        parts += [f"của {spoken_issuer(issuer)}"] if issuer else []
    return " ".join(parts)


def official_citation(
    eid: str, type: str | None, number: str | None, title: str | None, date: str | None, issuer: str | None
) -> str:
    """ "điểm a khoản 2 Điều 8 Luật Đất đai số 31/2024/QH15"."""
    return f"{relative_citation(eid)} {official_act(type, number, title, date, issuer)}".strip()
