"""What was read of real documents and of the project's own samples, kept as files: one line a provision.

``pytest tests/golden --regen`` writes them anew; the difference is read like code. Of real documents only the beginning is
kept: identifiers and the first words.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.layout import clean_layout
from ingest.pdf import read_pages
from ingest.structure import parse_act
from rag.law.act import Act, Level, Read
from rag.law.amendment import find_amendments
from rag.law.consolidation import find_consolidations
from tests.samples import SAMPLES

TREES = Path(__file__).with_name("trees")
MOST_PROVISIONS = 80  # of one document: enough for head, traps and nesting; the counts cover the rest
FIRST_WORDS = 40  # characters of each provision
MOST_CHANGES = 10

# (beginning of the file name, the trap it stands for)
TRAPS = [
    ("11_2020_TT-BLDTBXH__thong-tu-11-2020-tt-bldtbxh-nghe-nang-nhoc-phan-1", "gazette frames at any depth"),
    (
        "11_2020_TT-BLDTBXH__thong-tu-11-2020-tt-bldtbxh-nghe-nang-nhoc-phan-2",
        "tables sideways; second gazette issue",
    ),
    ("36_2024_QH15__01", "an act cut between two gazette issues, the first"),
    ("36_2024_QH15__02", "an act cut between two gazette issues, the second"),
    ("145_2020", "a bold heading whose line is full"),
    ("24_2026_NQ-CP", "wrapped citations that begin a line; forms with Điều of their own"),
    ("51_2024_QH15", "whole articles quoted inside an amending law"),
    ("175_2024", "quotations where nothing is indented; a name below the recipients"),
    ("04_VBHN", "footnotes over page breaks; own number at the end"),
    ("47_VBHN", "notes that say what was amended; a point abolished and put in again"),
    ("5_VBHN", "notes in the size of the forms; inserted numbers (2a, 3a)"),
    ("5445_QD-DHBK", "number and date in the signature widget; regulation attached"),
    ("362_KH-SGDDT", "a plan by its own outline; number in the widget"),
    ("01_2022_TTLT", "five issuers and five signers"),
    ("134_2026", "signature before the appendices; a wrapped Điều 89"),
    ("105_2021_ND-CP", "khoản 3 left out in print; forms of decisions"),
    ("4618_QD-DHQGHN", "numbers below a khoản"),
    ("thu_tuc", "a collection of procedures"),
    ("08_2023_TT", "letterhead drawn as a table"),
    ("42_2020", "both tone placements in one file"),
    ("57_2022", "few diacritics in chemical tables"),
    ("43_2007", "a regulation alone; a font name that misleads"),
    ("20_2026_TT-BXD", "private-use glyphs"),
    ("137_TB", "lost spaces and letters"),
    ("66.17_2026", "a number with a full stop; an end of effect"),
]


def tree_lines(act: Act) -> list[str]:
    """Metadata, counts, provisions and changes, one a line."""
    fields = {name: getattr(act.metadata, name) for name in act.metadata.__slots__}
    lines = [f"{name}: {_said(read)}" for name, read in fields.items() if name not in ("legal_basis", "signer")]
    lines.append(
        f"signers: {len(act.metadata.signer.value.split('; ')) if act.metadata.signer else 0}"
    )  # no names kept
    lines.append(f"legal_basis: {len(act.metadata.legal_basis)}")
    nodes = [node for node in act.walk() if node.level is not Level.TABLE]  # tables have goldens of their own
    lines.append(f"provisions: {len(nodes)}, note marks: {len(act.note_marks)}")
    for node in nodes[:MOST_PROVISIONS]:
        words = " ".join(act.text[node.start : node.end].split())
        lines.append(f"{node.eid}\t{words[:FIRST_WORDS]}")
    for a in find_amendments(act)[:MOST_CHANGES]:
        lines.append(f"> {a.change} {a.number or a.name} {a.eid or '-'} by {a.source} {a.from_date or ''}".rstrip())
    for c in find_consolidations(act)[:MOST_CHANGES]:
        lines.append(f"> {c.eid} {c.change} by {c.number} {c.by or '-'} {c.from_date or ''}".rstrip())
    return lines


def _said(read: Read | None) -> str:
    return f"{read.value} ({read.certainty}, page {read.page})" if read else "-"


def compare(path: Path, name: str, regen: bool) -> None:
    found = "\n".join(tree_lines(parse_act(clean_layout(read_pages(path))))) + "\n"
    golden = TREES / f"{name}.txt"
    if regen:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert golden.exists(), f"no golden file {golden}: pytest tests/golden --regen writes it"
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("sample", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_sample(sample: Path, regen: bool) -> None:
    compare(sample, sample.stem, regen)


@pytest.mark.parametrize(("name", "trap"), TRAPS, ids=[name for name, _ in TRAPS])
def test_trap(shared_data: Path, name: str, trap: str, regen: bool) -> None:
    path = next((shared_data / "pdfs/born-digital").glob(f"{name}*"))
    compare(path, name, regen)
