"""What reading one file may cost (P3): one table of named limits with their units, read from nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Limits of one file. The largest real document met (340 pages, 3.9 MB, 2 s) is far below each of them."""

    file_bytes: int = 200 * MIB  # larger files are refused unread; a signed scan of 500 pages is about 100 MB
    pages: int = 3_000  # per file; the longest gazette issue met has 340
    page_side_pt: float = 14_400.0  # 200 inches, the largest legal side (ISO 32000-1, annex C)
    page_characters: int = 200_000  # per page; a dense A3 table holds about 15,000
    page_inflated_bytes: int = 64 * MIB  # content stream of a page once inflated; real ones stay below 4 MiB
    render_pixels: int = 16_000_000  # one page image; A4 at 300 dpi is 8.7 million
    package_entries: int = 5_000  # files in a ZIP or DOCX; a report of 300 pages with images has 400
    package_inflated_bytes: int = 200 * MIB  # all of a ZIP or DOCX once inflated
    wall_s: float = 120.0  # whole file, wall clock, twice the processor time: other work may share the cores
    cpu_s: int = 60  # whole file, processor time: the kernel ends the worker then
    memory_bytes: int = 768 * MIB  # address space of a worker; it needs about 300 MiB before the first page
    secret_marks_allowed: bool = False  # True only in the profile of an independent LAN (S5)


DEFAULT_LIMITS = ReadLimits()
