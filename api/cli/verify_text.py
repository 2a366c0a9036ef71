"""``verify-text`` and ``replay``: a text held against the record, a stored answer asked again."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.cli.ask import print_json
from rag.messages import message
from rag.settings import Settings

FINDINGS = 11  # exit code: done, and there is something to look at
_WRONG = frozenset({"contradicted", "provision_missing", "act_missing"})


def run_verify_text(file: Path, settings: Settings, as_json: bool, as_of: str | None) -> int:
    """Check the file against the record; reading needs no lock, so a running service is no hindrance."""
    from api.shapes import claim_shape
    from rag.check_text import check_text
    from rag.errors import BadInput
    from rag.record.record import Record
    from rag.validity import read_day, today

    day = read_day(as_of) if as_of else today()
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("file_not_opened", why="UTF-8") from error
    with closing(Record.open(settings.data_dir)) as record:
        claims = [claim_shape(c, settings.language) for c in check_text(record, text, day)]
    for claim in claims:
        if as_json:
            print_json(claim.model_dump(mode="json"))
        else:
            _print_claim(claim.model_dump(mode="json"), settings.language)
    return FINDINGS if any(c.verdict in _WRONG or _expired(c.model_dump()) for c in claims) else 0


def _expired(claim: dict[str, Any]) -> bool:
    return any(c["validity"]["status"] == "not_in_force" for c in claim["cited"])


def _print_claim(claim: dict[str, Any], language: str) -> None:
    print(
        f"{'✗' if claim['verdict'] in _WRONG else '·' if claim['verdict'] == 'names_nothing' else '✓'} {claim['text']}"
    )
    print(f"    {claim['reason']}")
    for fault in claim["faults"]:
        print(f"    - {fault['text']}: {fault['reason']}")
    for name in claim["missing"]:
        print(f"    - {name}")
    for cited in claim["cited"]:
        print(f"    {cited['citation']}: {message('force_' + cited['validity']['status'], language)}")


def run_replay(trace_id: str, settings: Settings, as_json: bool) -> int:
    """Ask again and compare. Needs the data folder for itself."""
    from rag.service import Service

    with closing(Service.open(settings)) as service:
        before, answer, changes = service.replay(trace_id)
    if as_json:
        print_json({"trace_id": trace_id, "question": before.question, "differences": [asdict(c) for c in changes]})
    else:
        print(before.question)
        for sentence in answer.sentences:
            print(f"  {sentence.text}")
        for change in changes:
            print(message(f"replay_{change.what}", settings.language, before=change.before, after=change.after))
        if not changes:
            print(message("replay_same", settings.language))
    return FINDINGS if changes else 0
