"""What every page speaks with: the templates, their filters, and the words of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from api.pages.linking import linked
from api.pages.marking import excerpt, mark_phrase, marked
from api.running import Running
from rag.law.identifier import relative_citation
from rag.law.official import official_act, official_citation, spoken_issuer, spoken_name
from rag.messages import catalogue, message
from rag.record.model import Document
from rag.results import Answer, Citation
from rag.validity import ForceStatus, Validity, today

VIETNAM = timezone(timedelta(hours=7))
PAUSE = Markup("\x00")  # never sent, and no text of ours holds it
FOLDER = Path(__file__).parent.parent
templates = Jinja2Templates(FOLDER / "templates")
_LABEL = re.compile(r"^\s*(?:\d{1,3}[a-zđ]?\.|[a-zđ]{1,2}\))\s+")


def official_date(iso: str | None) -> str:
    """The date as officials write it: "2025-08-18" → "18/8/2025"; a dash where there is none."""
    if not iso:
        return "–"
    year, month, day = iso[:10].split("-")
    return f"{int(day)}/{int(month)}/{year}"


def moment(utc: str) -> str:
    """When something was done, in Hanoi's time: "2026-01-05T02:11:09+00:00" → "09:11 5/1/2026"."""
    here = datetime.fromisoformat(utc).astimezone(VIETNAM)
    return f"{here:%H:%M} {here.day}/{here.month}/{here.year}"


def cited(document: Document, eid: str) -> str:
    """The provision in official form, for copying."""
    return official_citation(eid, *_naming(document))


def act_name(document: Document) -> str:
    """The act in official form; the file's name when nothing was read."""
    return official_act(*_naming(document)) or document.file_name


def force_key(validity: Validity, day: str | None = None) -> str:
    """The message that says whether something is in force on ``day`` (today when None); what is not in force either was
    or will be."""
    if validity.status != ForceStatus.NOT_IN_FORCE:
        return f"force_{validity.status}"
    begins = validity.effective_from
    return "force_not_yet" if begins and (day or today()) < begins else "force_ended"


def cite_address(citation: Citation) -> str:
    """Where a citation opens: its passage, with the stretch that is quoted."""
    start = citation.passage.text.find(citation.quote)
    stretch = f"?tu={start}&den={start + len(citation.quote)}" if start >= 0 else ""
    return f"/trich-dan/{citation.passage.id}{stretch}"


def counted(values: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    """Facets as choices: ("CHÍNH PHỦ", 3) → ("CHÍNH PHỦ", "Chính phủ (3)")."""
    return [(value, f"{spoken_issuer(value)} ({count})") for value, count in values]


def first_upper(text: str) -> str:
    """The first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def answer_text(answer: Answer, text: Callable[..., str]) -> str:
    """The answer with its sources as plain text, for pasting into a document."""
    said = [f"{without_label(s.text)} {''.join(f'[{n}]' for n in s.citations)}".strip() for s in answer.sentences]
    sources = [
        f"[{c.n}] {cited(c.document, c.passage.eid)}{_force_said(c, answer.as_of, text)}" for c in answer.citations
    ]
    return "\n".join([*said, "", text("page_grounds"), *sources, "", text(f"page_machine_{answer.origin}")])


def _force_said(citation: Citation, as_of: str | None, text: Callable[..., str]) -> str:
    return f" ({text(force_key(citation.validity, as_of)).lower()})"


def without_label(text: str) -> str:
    """The words of a sentence without the number of its khoản or điểm, which stands in its citation."""
    return _LABEL.sub("", text, count=1)


def show_page(request: Request, parts: Running, name: str, shown: dict[str, Any], status: int = 200) -> Response:
    """The template ``name`` with what every page knows: its words, who is signed in, the token of its forms."""
    who = {"bearer": parts.bearer, "csrf": parts.bearer.csrf or ""}
    return templates.TemplateResponse(request, name, words(parts.settings.language) | who | shown, status_code=status)


def stream_page(parts: Running, name: str, shown: dict[str, Any]) -> StreamingResponse:
    """``show_page`` that is sent piece by piece: at each ``{{ pause }}`` what is made so far goes out, so that it is on the
    screen while the template works on the rest."""
    who = {"bearer": parts.bearer, "csrf": parts.bearer.csrf or "", "pause": PAUSE}
    pieces = templates.get_template(name).generate(words(parts.settings.language) | who | shown)
    return StreamingResponse(_joined(pieces), media_type="text/html; charset=utf-8")


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    for piece in pieces:
        if piece == PAUSE:
            yield "".join(waiting)
            waiting = []
        else:
            waiting.append(piece)
    yield "".join(waiting)


def rendered(name: str, language: str, shown: dict[str, Any]) -> str:
    """The template ``name`` as text: a fragment of a stream, an error page."""
    return templates.get_template(name).render(words(language) | shown)


def error_page(problem: dict[str, Any], language: str) -> str:
    """The problem details as a page, for a person who followed a link or sent a form."""
    return rendered("error.html", language, {"problem": problem})


def words(language: str) -> dict[str, Any]:
    """What every template calls to speak ``language``."""

    def text(key: str, **fields: object) -> str:
        return message(key, language, **fields)

    def status_name(status: str | None) -> str:
        key = f"status_{status}"
        return text(key) if key in catalogue() else status or ""

    return {"t": text, "status_name": status_name, "link": urlencode, "language": language}


def _naming(document: Document) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    return document.type, document.number, document.title, document.date, document.issuer


templates.env.filters |= {
    "ngay": official_date,
    "moment": moment,
    "cited": cited,
    "act_name": act_name,
    "spoken": spoken_name,
    "issuer": spoken_issuer,
    "without_label": without_label,
    "excerpt": excerpt,
    "marked": marked,
    "cite_address": cite_address,
    "force_key": force_key,
    "counted": counted,
    "first_upper": first_upper,
    "answer_text": answer_text,
    "mark_phrase": mark_phrase,
    "linked": linked,
    "relative": relative_citation,
}
