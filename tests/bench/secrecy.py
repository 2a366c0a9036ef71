"""Recall of secrecy marks on a made set: ``python -m tests.bench.secrecy [STEP]`` (every STEP-th scan; 1: all).

Printed marks: three degrees in several spellings, in letterhead, running head and DOCX header. Stamps: three degrees in red
and in black, upright and askew, in colour and as one-bit fax. And acts *about* secrets, which bear no mark.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path

from ingest.intake import FileStatus
from ingest.read import read_document
from ingest.worker import ReaderPool
from tests.ingest.scans import ARTICLES, LETTERHEAD, scan, typeset

DEGREES = ("MẬT", "TỐI MẬT", "TUYỆT MẬT")
FORMS = ("{}", "Độ mật: {}", "ĐỘ MẬT: {}", "[{}]", "- {} -", "{}.")
PLACES = (0, 2, 3)  # before the motto, below it, below the number
ABOUT = (
    "LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "Điều 3. Bí mật nhà nước được phân thành ba độ: Tuyệt mật, Tối mật và Mật.",
    "DANH MỤC BÍ MẬT NHÀ NƯỚC ĐỘ TUYỆT MẬT, TỐI MẬT VÀ MẬT CỦA BỘ CÔNG AN",
)


def printed(folder: Path) -> tuple[int, int, list[str]]:
    caught, all_, missed = 0, 0, []
    for degree, form, place in itertools.product(DEGREES, FORMS, PLACES):
        lines = [*LETTERHEAD[:place], form.format(degree), *LETTERHEAD[place:], *ARTICLES]
        path = folder / "printed.pdf"
        typeset(lines).save(path)
        all_ += 1
        if read_document(path).status is FileStatus.SECRET_MARKED:
            caught += 1
        else:
            missed.append(f"{form.format(degree)} at {place}")
    return caught, all_, missed


def stamped(folder: Path, step: int) -> tuple[int, int, list[str]]:
    caught, all_, missed = 0, 0, []
    cases = list(itertools.product(DEGREES, ("#d01818", "#b03040", "#000"), (0.0, 1.2, -1.8, 3.0), (False, True)))
    with ReaderPool(workers=2, ocr_folder=folder / "ocr") as pool:
        tasks = []
        for at, (degree, colour, turn, fax) in enumerate(cases[::step]):
            path = scan(folder / f"{at}.pdf", [typeset([*LETTERHEAD, *ARTICLES], degree, colour)], turn, fax)
            tasks.append((f"{degree} {colour} {turn} fax={fax}", pool.submit(path)))
        for name, task in tasks:
            all_ += 1
            if task.result().status is FileStatus.SECRET_MARKED:
                caught += 1
            else:
                missed.append(name)
    return caught, all_, missed


def wrongly_refused(folder: Path) -> int:
    path = folder / "about.pdf"
    typeset([*LETTERHEAD, *ABOUT, *ARTICLES]).save(path)
    return int(read_document(path).status is FileStatus.SECRET_MARKED)


def main(step: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("printed", *printed(folder))
        print("wrongly refused", wrongly_refused(folder))
        print("stamped", *stamped(folder, step))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
