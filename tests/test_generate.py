"""Answers worded by a language model, against a real scripted server: right, slow, broken, lying, endless."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.scripted_model import ScriptedModel, scripted_model
from rag.answering import TOO_LONG
from rag.egress import check_address
from rag.errors import Refused
from rag.generate import FAILURES_TO_OPEN, OPEN_S, Breaker, GenerationFailed, Generator
from rag.messages import message
from rag.results import Answer, AnswerStatus, DeltaEvent, DoneEvent, Origin
from rag.service import Service
from rag.settings import load_settings
from rag.verify import ground_of, quote_stands, verify_sentence
from tests.samples import ingest

QUESTION = "Hồ sơ chưa đầy đủ thì bao lâu công chức phải lập Phiếu yêu cầu bổ sung?"
DEADLINE_S = 2.0
SILENCE_S = 1.0
SPARE_S = 1.5  # on top of the deadline: searching, verifying, a busy machine


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as server:
        yield server


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("data")
    ingest(folder)
    service = Service.open(load_settings(data_dir=folder))
    yield service
    service.close()


@pytest.fixture
def ask(opened: Service, model: ScriptedModel) -> Iterator[object]:
    made: list[Generator] = []

    def asked(mode: str) -> tuple[Answer, list[object], float]:
        settings = load_settings(
            llm_url=model.url, llm_model=mode, llm_deadline_s=DEADLINE_S, llm_silence_s=SILENCE_S
        )
        opened._generator = Generator(settings)
        made.append(opened._generator)
        started = time.monotonic()
        events = list(opened.stream_answer(QUESTION))
        assert isinstance(events[-1], DoneEvent)
        return events[-1].answer, list(events), time.monotonic() - started

    yield asked
    for generator in made:
        generator.close()
    opened._generator = None


def stands(answer: Answer) -> bool:
    """L1: each sentence cites provisions of the answer that hold its quote and what it says."""
    by_number = {c.n: c for c in answer.citations}
    for sentence in answer.sentences:
        cited = [by_number[n] for n in sentence.citations]
        assert cited
        for citation in cited:
            for quote in citation.quote.split("\n"):
                assert quote_stands(quote, citation.passage)
    return True


@pytest.mark.parametrize("mode", ["normal", "slow"])
def test_a_good_model_words_the_answer(ask, mode: str) -> None:  # type: ignore[no-untyped-def]
    answer, events, _ = ask(mode)
    assert (answer.status, answer.origin) == (AnswerStatus.ANSWERED, Origin.GENERATED) and stands(answer)
    drafts = "".join(e.text for e in events if isinstance(e, DeltaEvent) and not e.verified)
    assert all(s.text.rstrip(".;")[:40] in drafts for s in answer.sentences)
    verified = [e.text for e in events if isinstance(e, DeltaEvent) and e.verified]
    assert verified == [s.text for s in answer.sentences]


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("hang", "timeout"),
        ("drip", "timeout"),
        ("cut", "unavailable"),
        ("error", "unavailable"),
        ("garbage", "garbage"),
        ("empty", "garbage"),
        ("huge", "unavailable"),
        ("no-keys", "unverified"),
        ("declines", "declined"),
        ("endless", TOO_LONG),
    ],
)
def test_whatever_the_model_does_the_law_is_quoted_in_time(ask, mode: str, why: str) -> None:  # type: ignore[no-untyped-def]
    answer, _, took_s = ask(mode)
    assert took_s < DEADLINE_S + SPARE_S
    assert (answer.status, answer.origin) == (AnswerStatus.ANSWERED, Origin.EXTRACTIVE_FALLBACK) and stands(answer)
    assert answer.notes == (message(f"note_llm_{why}"),)
    assert "02 ngày làm việc" in " ".join(s.text for s in answer.sentences)


def test_invented_keys_are_replaced_by_no_sentence_at_all_or_the_right_one(ask) -> None:  # type: ignore[no-untyped-def]
    answer, _, _ = ask("invented-keys")
    assert answer.status is AnswerStatus.ANSWERED and stands(answer)
    assert "C99" not in " ".join(s.text for s in answer.sentences)


def test_wrong_numbers_are_not_shown(ask, model: ScriptedModel) -> None:  # type: ignore[no-untyped-def]
    answer, events, _ = ask("wrong-numbers")
    drafts = "".join(e.text for e in events if isinstance(e, DeltaEvent) and not e.verified)
    assert any(c.isdigit() for c in drafts) and stands(answer)
    for sentence in answer.sentences:
        grounds = [c for c in answer.citations if c.n in sentence.citations]
        assert any(not verify_sentence(sentence.text, [ground_of(_hit(c))]) for c in grounds)
    assert answer.origin is Origin.EXTRACTIVE_FALLBACK or answer.notes


def _hit(citation):  # type: ignore[no-untyped-def]
    from rag.results import Hit

    return Hit(1, 0.0, citation.passage, citation.document, citation.citation)


def test_the_prompt_holds_keyed_blocks_and_our_instruction_last(ask, model: ScriptedModel) -> None:  # type: ignore[no-untyped-def]
    from rag.prompt import INSTRUCTION

    ask("normal")
    prompt = model.prompts[-1]
    assert prompt.endswith(INSTRUCTION) and "<<<CĂN CỨ C1 " in prompt and QUESTION in prompt


def test_the_breaker_opens_after_failures_and_lets_one_try_later() -> None:
    breaker = Breaker()
    for at in range(FAILURES_TO_OPEN):
        assert not breaker.is_open(float(at))
        breaker.record(False, float(at))
    opened_at = float(FAILURES_TO_OPEN - 1)
    assert breaker.is_open(opened_at + OPEN_S / 2) and not breaker.is_open(opened_at + OPEN_S + 1)
    breaker.record(True, opened_at + OPEN_S + 1)
    assert not breaker.is_open(opened_at + OPEN_S + 1)


def test_an_open_breaker_asks_nobody(model: ScriptedModel) -> None:
    generator = Generator(load_settings(llm_url=model.url, llm_model="error"))
    before = len(model.prompts)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(GenerationFailed, match="unavailable"):
            list(generator.stream("s", "u"))
    asked = len(model.prompts)
    with pytest.raises(GenerationFailed, match="open"):
        list(generator.stream("s", "u"))
    assert asked > before and len(model.prompts) == asked
    generator.close()


def test_nobody_listening_is_told_at_once() -> None:
    generator = Generator(load_settings(llm_url="http://127.0.0.1:9/v1"))
    with pytest.raises(GenerationFailed, match="unavailable"):
        list(generator.stream("s", "u"))
    generator.close()


@pytest.mark.parametrize(
    ("url", "allowed", "inside"),
    [
        ("http://127.0.0.1:8000/v1", "", True),
        ("http://[::1]:8000/v1", "", True),
        ("http://10.1.2.3/v1", "", True),
        ("http://192.168.0.9/v1", "", True),
        ("https://8.8.8.8/v1", "", False),
        ("https://8.8.8.8/v1", "8.8.8.8", True),
        ("https://8.8.8.8/v1", "8.8.4.4, other.example", False),
        ("http://0.0.0.0/v1", "", False),
        ("http://169.254.169.254/v1", "", False),
        ("http://[::ffff:8.8.8.8]/v1", "", False),
    ],
)
def test_text_goes_to_private_addresses_only(url: str, allowed: str, inside: bool) -> None:
    if inside:
        check_address(url, allowed)
    else:
        with pytest.raises(Refused):
            check_address(url, allowed)


def test_an_outside_model_is_never_asked() -> None:
    generator = Generator(load_settings(llm_url="https://8.8.8.8/v1"))
    with pytest.raises(GenerationFailed):
        list(generator.stream("s", "u"))
    generator.close()
