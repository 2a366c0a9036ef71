"""Reads one file whole: pages → repair → layout → structure → passages, with the one status it ends in (P2).

Runs inside a worker process (``ingest.worker``). Expected outcomes are values; only what nobody expects is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.intake import FileKind, FileStatus, Intake, take_in
from ingest.limits import DEFAULT_LIMITS, ReadLimits
from ingest.lines import CleanDocument, Doubt, PrintedPage
from ingest.secrecy import find_secrecy_mark
from rag.law.act import Act, Diagnostic
from rag.law.links import Link, find_links
from rag.law.passage import Passage
from rag.messages import DEFAULT_LANGUAGE, message

PAGES_NAMED = 20  # missing pages named in the message; the list in the value is complete


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """How reading a file ended. ``act`` and ``passages`` are there for the two indexed statuses only; ``reason`` is a
    message key ("" when all is well) and ``details`` fill it."""

    status: FileStatus
    kind: FileKind
    size_bytes: int = 0
    sha256: str = ""
    document_id: str = ""
    reason: str = ""
    details: dict[str, str] = field(default_factory=dict)
    page_count: int = 0
    missing_pages: tuple[int, ...] = ()
    scanned_pages: tuple[int, ...] = ()  # pages of images, or whose text layer is torn, that OCR has not read
    act: Act | None = None
    passages: tuple[Passage, ...] = ()
    links: tuple[Link, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The sentence a user reads: what is wrong and what to do. "" when all is well."""
        return message(self.reason, language, **self.details) if self.reason else ""


@dataclass(slots=True)
class _Seen:
    """What passed by while pages were streamed: scans, broken pages, and the doubts of scans that were read."""

    scanned: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def read_document(
    path: Path,
    limits: ReadLimits = DEFAULT_LIMITS,
    ocr_folder: Path | None = None,
    skip: Collection[int] = (),
    begin: Callable[[int], object] = int,
) -> ReadDocument:
    """The file at ``path`` read whole; scanned pages as ``ocr_folder`` holds them. Pages to ``skip`` are left out,
    ``begin`` hears of each page before it is read. OSError when the file cannot be opened."""
    from ingest.pdf import UnreadableError, read_pages

    intake = take_in(path, limits)
    if intake.status:
        return _ended(intake, intake.status, intake.reason, dict(intake.details))
    if intake.kind is not FileKind.PDF:
        return _read_office(path, intake, limits)
    seen = _Seen()
    try:
        pages = read_pages(path, limits, skip, begin)
        document = _clean(_watched(_with_ocr(pages, ocr_folder, intake.sha256), seen))
    except UnreadableError as error:
        return _ended(intake, error.status, error.reason, error.details)
    except MemoryError:
        return _ended(intake, FileStatus.MEMORY, "file_memory", {"limit_mb": str(limits.memory_bytes >> 20)})
    return _judged(intake, document, seen, limits)


def _read_office(path: Path, intake: Intake, limits: ReadLimits) -> ReadDocument:
    """A file without pages: its places are paragraphs."""
    from ingest.office import pages_of, to_paragraphs
    from ingest.office_read import read_blocks
    from ingest.office_zip import UnsafeError
    from ingest.secrecy import find_mark

    seen = _Seen()
    try:
        found = read_blocks(path, intake.kind, limits)
        if not limits.secret_marks_allowed and (degree := find_mark(found.heads)):
            return _ended(intake, FileStatus.SECRET_MARKED, "file_secret_marked", {"degree": degree})
        document = _clean(_watched(pages_of(found.blocks, found.diagnostics), seen))
    except UnsafeError as error:
        return _ended(intake, error.status, error.reason, error.details)
    except MemoryError:
        return _ended(intake, FileStatus.MEMORY, "file_memory", {"limit_mb": str(limits.memory_bytes >> 20)})
    if not limits.secret_marks_allowed and (degree := find_secrecy_mark(document)):
        return _ended(intake, FileStatus.SECRET_MARKED, "file_secret_marked", {"degree": degree})
    if not document.lines:
        return _ended(intake, FileStatus.EMPTY, "file_no_text", {"pages": "0"}, document, seen)
    return _indexed(intake, to_paragraphs(document), seen)


def _clean(pages: Iterator[PrintedPage]) -> CleanDocument:
    from ingest.layout import clean_layout

    return clean_layout(pages)


def _with_ocr(pages: Iterator[PrintedPage], folder: Path | None, sha256: str) -> Iterator[PrintedPage]:
    """Scanned and torn pages replaced by what OCR has read of them."""
    from ingest.ocr_folder import stored_page

    for page in pages:
        read = stored_page(folder, sha256, page.number) if folder and (page.scanned or page.torn) else None
        yield read or page


def _watched(pages: Iterator[PrintedPage], seen: _Seen) -> Iterator[PrintedPage]:
    from ingest.legacy_pages import convert_pages

    for page in convert_pages(pages):
        if page.scanned or page.torn:
            seen.scanned.append(page.number)
        elif page.broken:
            seen.broken.append(page.number)
        seen.doubts += page.doubts
        yield page


def _judged(intake: Intake, document: CleanDocument, seen: _Seen, limits: ReadLimits) -> ReadDocument:
    """The status of a PDF whose pages were all visited, and the act where there is one."""
    if not limits.secret_marks_allowed and (degree := find_secrecy_mark(document)):
        return _ended(intake, FileStatus.SECRET_MARKED, "file_secret_marked", {"degree": degree})
    if verdict := _unusable(document, seen):
        return _ended(intake, *verdict, {"pages": str(document.page_count)}, document, seen)
    return _indexed(intake, document, seen)


def _unusable(document: CleanDocument, seen: _Seen) -> tuple[FileStatus, str] | None:
    """Why there is no text worth indexing: status and message key, or None."""
    from ingest.repair import lost_letters

    if not document.lines:
        if seen.scanned:
            lies = any(d.details.get("how") == "swapped_glyphs" for d in document.diagnostics)
            return FileStatus.NEEDS_OCR, "file_glyphs_swapped" if lies else "file_needs_ocr"
        return (FileStatus.CORRUPT, "file_pages_broken") if seen.broken else (FileStatus.EMPTY, "file_no_text")
    if lost_letters("\n".join(line.text for line in document.lines)):
        return FileStatus.NEEDS_OCR, "file_letters_lost"
    return None


def _indexed(intake: Intake, document: CleanDocument, seen: _Seen) -> ReadDocument:
    from ingest.doubts import mark_doubts
    from ingest.split import split_passages
    from ingest.structure import parse_act
    from rag.record.record import document_id

    act, identity = mark_doubts(parse_act(document), seen.doubts), document_id(intake.sha256)
    passages = split_passages(identity, act)
    missing = document.missing_pages
    if not passages:
        return _ended(intake, FileStatus.EMPTY, "file_no_text", {"pages": str(document.page_count)}, document, seen)
    named = ", ".join(map(str, missing[:PAGES_NAMED])) + (", …" if len(missing) > PAGES_NAMED else "")
    return ReadDocument(
        status=FileStatus.INDEXED_PARTIAL if missing else FileStatus.INDEXED,
        kind=intake.kind,
        size_bytes=intake.size_bytes,
        sha256=intake.sha256,
        document_id=identity,
        reason="file_pages_missing" if missing else "",
        details={"missing": named, "count": str(len(missing)), "pages": str(document.page_count)} if missing else {},
        page_count=document.page_count,
        missing_pages=missing,
        scanned_pages=tuple(seen.scanned),
        act=act,
        passages=passages,
        links=find_links(act),
        diagnostics=document.diagnostics,
    )


def _ended(
    intake: Intake,
    status: FileStatus,
    reason: str,
    details: dict[str, str],
    document: CleanDocument | None = None,
    seen: _Seen | None = None,
) -> ReadDocument:
    return ReadDocument(
        status, intake.kind, intake.size_bytes, intake.sha256, reason=reason, details=details,
        page_count=document.page_count if document else 0, missing_pages=document.missing_pages if document else (),
        scanned_pages=tuple(seen.scanned) if seen else (), diagnostics=document.diagnostics if document else (),
    )  # fmt: skip
