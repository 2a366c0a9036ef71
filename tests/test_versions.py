"""What a file held before, other copies, what ends what: as far as the reader may see."""

from __future__ import annotations

import shutil
from pathlib import Path

from ingest.run import Ingestor
from rag.access import Access
from rag.record.versions import versions_of
from rag.service import Service
from rag.settings import Settings
from tests.samples import SAMPLES
from tests.test_validity import service as acts  # noqa: F401 - two acts, one of which replaces the other


def test_each_content_of_a_file_is_a_version(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", workers=1)
    file = tmp_path / "in" / "quy chế.pdf"
    file.parent.mkdir()
    with Service.open(settings).store as store:
        for content in SAMPLES[:3]:
            shutil.copy(content, file)
            list(Ingestor(store, settings).run([file]))
        (now,) = store.record.documents()
        found = versions_of(store.record, now)
        assert len({d.sha256 for d in (now, *found.older)}) == 3
        assert [d.added_at for d in found.older] == sorted((d.added_at for d in found.older), reverse=True)
        assert not found.copies and store.record.document(now.id) == now
        assert not versions_of(store.record.seen_by(Access((), -1)), now).older


def test_what_ends_an_act_is_told_at_both_ends(acts: Service) -> None:  # noqa: F811
    record = acts.store.record
    old, new = (next(d for d in record.documents() if d.number == n) for n in ("10/2015/NĐ-CP", "20/2020/NĐ-CP"))
    ends = versions_of(record, new).ends
    assert [(e.target.number if e.target else None, e.eid, e.on) for e in ends] == [
        ("10/2015/NĐ-CP", "", "2020-07-01")
    ]
    ended = versions_of(record, old).ended_by
    assert [(eid, e.source.number, e.eid) for eid, e in ended] == [("", "20/2020/NĐ-CP", "art_1__cl_2")]
    assert not versions_of(record, old).ends and not versions_of(record, new).ended_by
