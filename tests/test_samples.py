"""The samples: each is marked as one, set in embedded fonts, small, and states the facts its questions ask for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pymupdf
import pytest

SAMPLES = Path(__file__).resolve().parent.parent / "docs" / "samples"
PDFS = sorted(SAMPLES.glob("*.pdf"))
QUESTIONS = [json.loads(line) for line in (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]
LARGEST_SAMPLE_BYTES = 150_000  # they travel with every clone


def read_text(path: Path) -> str:
    """All pages as one line of text."""
    with pymupdf.open(path) as document:
        return re.sub(r"\s+", " ", " ".join(page.get_text() for page in document))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Document number to the text of its PDF."""
    found = {}
    for path in PDFS:
        text = read_text(path)
        number = re.search(r"Số: (\S+)", text)
        assert number, path.name
        found[number[1]] = text
    return found


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_every_page_says_that_it_is_a_sample(path: Path) -> None:
    with pymupdf.open(path) as document:
        assert all("VĂN BẢN MẪU – không có giá trị pháp lý" in page.get_text() for page in document)


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_sample_is_small_and_its_letters_come_from_one_embedded_family(path: Path) -> None:
    assert path.stat().st_size < LARGEST_SAMPLE_BYTES
    with pymupdf.open(path) as document:
        fonts = {font for page in document for font in page.get_fonts()}
        assert fonts and all("LiberationSerif" in font[3] and font[1] == "ttf" for font in fonts)


def test_every_pdf_has_its_source_and_the_regulation_is_long() -> None:
    assert {path.stem for path in PDFS} == {path.stem for path in (SAMPLES / "source").glob("*.txt")}
    with pymupdf.open(PDFS[0]) as document:
        assert len(PDFS) == 7 and len(document) > 6


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_pdf_is_typeset_from_the_present_source(path: Path) -> None:
    """Every body paragraph is in the PDF word for word (page furniture may cut one)."""
    _, body = (SAMPLES / "source" / f"{path.stem}.txt").read_text(encoding="utf-8").split("\n\n", 1)
    text = re.sub(r"VĂN BẢN MẪU – [^;]*; cơ quan và địa danh là hư cấu \d+ ", "", read_text(path))
    for line in body.splitlines():
        if line and line[0] not in "#^|!":
            assert line in text, line


def test_there_are_enough_questions_of_each_kind() -> None:
    assert len(ANSWERABLE) >= 40 and len(QUESTIONS) - len(ANSWERABLE) >= 10
    assert sum(question["question"].isascii() for question in QUESTIONS) >= 10
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_the_named_document_states_the_fact(question: dict[str, object], texts: dict[str, str]) -> None:
    assert question["fact"] in texts[str(question["number"])]
