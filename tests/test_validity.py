"""Was it in force on that day? Intervals, what ends them, and that it is read from the documents themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from eval.articles import ActArticles, make_document
from eval.provisions import Unit
from rag.errors import BadInput
from rag.record.answer_schema import relations
from rag.record.migrate import HEAD
from rag.record.relations import endings_of
from rag.results import AnswerStatus
from rag.service import Service
from rag.settings import load_settings
from rag.store import Store
from rag.validity import Ending, ForceStatus, judge_validity, read_day
from tests.answer_values import document_of

OLD = document_of("10/2015/NĐ-CP", id="old", effective_from="2015-03-01")
NEW = document_of("20/2020/NĐ-CP", id="new", type="Nghị định", effective_from="2020-07-01", date="2020-05-01")
REPLACED = ("", Ending("2020-07-01", NEW, "art_30__cl_2"))
UNDATED = ("", Ending(None, NEW, "art_30__cl_2"))
PART = ("art_5__cl_2", Ending("2018-01-01", NEW, "art_30__cl_3"))


@pytest.mark.parametrize(
    ("document", "endings", "day", "eid", "status", "why"),
    [
        (OLD, (), "2016-01-01", "art_1", ForceStatus.IN_FORCE, "begun, nothing ends it"),
        (OLD, (), "2015-02-28", "art_1", ForceStatus.NOT_IN_FORCE, "not begun"),
        (OLD, (), "2015-03-01", "art_1", ForceStatus.IN_FORCE, "the first day counts"),
        (OLD, (REPLACED,), "2020-06-30", "art_1", ForceStatus.IN_FORCE, "the day before it ends"),
        (OLD, (REPLACED,), "2020-07-01", "art_1", ForceStatus.NOT_IN_FORCE, "the end is not within"),
        (OLD, (UNDATED,), "2021-01-01", "art_1", ForceStatus.UNKNOWN, "ended on a day nobody states"),
        (OLD, (PART,), "2019-01-01", "art_5__cl_2__point_a", ForceStatus.NOT_IN_FORCE, "inside the part ended"),
        (OLD, (PART,), "2019-01-01", "art_5__cl_20", ForceStatus.IN_FORCE, "another clause"),
        (OLD, (PART,), "2019-01-01", "att_1__art_5__cl_2", ForceStatus.NOT_IN_FORCE, "wherever its Điều stands"),
        (document_of(effective_from=None), (), "2020-01-01", "art_1", ForceStatus.UNKNOWN, "nobody says when it began"),
    ],
)  # fmt: skip
def test_status_on_a_day(document, endings, day, eid, status, why) -> None:  # type: ignore[no-untyped-def]
    assert judge_validity(document, endings, day, eid).status is status, why


def test_the_source_is_the_provision_that_says_so() -> None:
    found = judge_validity(OLD, (REPLACED,), "2021-01-01", "art_1")
    assert found.source == "khoản 2 Điều 30 Nghị định số 20/2020/NĐ-CP"
    assert (found.source_document_id, found.source_eid) == ("new", "art_30__cl_2")
    assert (found.effective_from, found.effective_to) == ("2015-03-01", "2020-07-01")
    unknown = judge_validity(document_of(effective_from=None), (), "2020-01-01", "art_1")
    assert unknown.source is None


def _act(number: str, text: str, effective: str, issued: str) -> ActArticles:
    about = {"doc_no": number, "doc_type": "Nghị định", "doc_name": "về tiếp nhận hồ sơ", "article": "1"}
    about |= {"article_title": "Thời hạn giải quyết hồ sơ", "issued": issued, "effective": effective}
    return ActArticles(number, ({"_id": f"{number}.d1", "title": "", "text": text, "metadata": about},))


@pytest.fixture
def service(tmp_path: Path):  # type: ignore[no-untyped-def]
    settings = load_settings(data_dir=tmp_path)
    old = _act(
        "10/2015/NĐ-CP",
        "1. Thời hạn giải quyết hồ sơ khai sinh là 05 ngày làm việc.\n2. Không thu lệ phí.",
        "01/03/2015",
        "01/02/2015",
    )
    new = _act(
        "20/2020/NĐ-CP",
        "1. Việc tổ chức thực hiện do các bộ, ngành quy định.\n"
        "2. Nghị định này thay thế Nghị định số 10/2015/NĐ-CP ngày 01 tháng 02 năm 2015 của Chính phủ.",
        "01/07/2020",
        "01/05/2020",
    )
    with Store.open(settings) as store:
        for act in (old, new):
            document, passages = make_document(act, Unit.CLAUSE)
            store.record.commit_document(document, "", None, passages)
            store.publish(document, passages)
    opened = Service.open(settings)
    yield opened
    opened.close()


def test_what_a_document_replaces_is_read_when_it_is_committed(service: Service) -> None:
    question = "Nghị định 10/2015/NĐ-CP: thời hạn giải quyết hồ sơ khai sinh là bao nhiêu ngày làm việc?"
    before = service.ask(question, as_of="2019-01-01").citations[0].validity
    after = service.ask(question, as_of="2021-01-01").citations[0].validity
    assert before.status is ForceStatus.IN_FORCE and before.effective_to == "2020-07-01"
    assert after.status is ForceStatus.NOT_IN_FORCE
    assert after.source == "khoản 2 Điều 1 Nghị định số 20/2020/NĐ-CP"


def test_what_is_not_in_force_answers_only_when_it_is_named(service: Service) -> None:
    question = "Thời hạn giải quyết hồ sơ khai sinh là bao nhiêu ngày làm việc?"
    then, now = service.ask(question, as_of="2019-01-01"), service.ask(question, as_of="2021-01-01")
    assert then.citations[0].document.number == "10/2015/NĐ-CP"
    assert all(c.validity.status is not ForceStatus.NOT_IN_FORCE for c in now.citations)
    assert now.status is AnswerStatus.REFUSED or now.citations[0].document.number != "10/2015/NĐ-CP"


def test_what_is_not_in_force_on_the_day_steps_back_in_a_search(service: Service) -> None:
    question = "Thời hạn giải quyết hồ sơ khai sinh, nghị định thay thế"
    old, new = "10/2015/NĐ-CP", "20/2020/NĐ-CP"
    free = service.search(question)
    assert {hit.document.number for hit in free.hits} == {old, new} and free.as_of
    ranked = [hit.passage.id for hit in free.hits]
    for day, expired in (("2019-01-01", new), ("2021-01-01", old)):
        hits = service.search(question, as_of=day).hits
        behind = [hit.validity.status is ForceStatus.NOT_IN_FORCE for hit in hits]
        assert behind == sorted(behind) and any(behind) and not all(behind), day
        assert {hit.document.number for hit in hits if hit.validity.status is ForceStatus.NOT_IN_FORCE} == {expired}
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        standing = [hit.passage.id for hit in hits if hit.validity.status is not ForceStatus.NOT_IN_FORCE]
        assert standing == [one for one in ranked if one in standing], (
            "the ranker's order holds among what is in force"
        )
    named = service.search("khoản 1 Điều 1 Nghị định 10/2015/NĐ-CP", as_of="2021-01-01").hits[0]
    assert named.exact and named.validity.status is ForceStatus.NOT_IN_FORCE, (
        "what is named comes first, and is said to be over"
    )
    assert len(service.search(question, k=1, as_of="2021-01-01").hits) == 1
    assert service.search(question, k=1, as_of="2021-01-01").hits[0].document.number == new


@pytest.mark.parametrize("typed", ["31/02/2025", "2025-02-30", "hôm nay", ""])
def test_a_day_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as wrong:
        read_day(typed)
    assert "năm-tháng-ngày" in wrong.value.text("vi")


def test_a_document_taken_out_ends_nothing_any_more(service: Service) -> None:
    record = service.store.record
    documents = {d.number: d for d in record.documents()}
    assert endings_of(record, [documents["10/2015/NĐ-CP"]])
    service.store.withdraw(documents["20/2020/NĐ-CP"].id)
    assert not endings_of(record, [documents["10/2015/NĐ-CP"]])
    with record.engine.connect() as connection:
        assert connection.execute(sa.select(relations)).all() == []


def test_the_newest_revision_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "rag" / "record" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
