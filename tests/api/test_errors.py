"""The table of errors covers the tree, and each row is told apart where callers need it."""

from __future__ import annotations

import pytest

from api.cli.remote import told
from api.errors import OUTCOMES, outcome_of, problem
from rag import errors


def tree(kind: type[errors.CancuError]) -> list[type[errors.CancuError]]:
    own = [below for below in kind.__subclasses__() if below.__module__ == "rag.errors"]
    return [kind, *(found for below in own for found in tree(below))]


def test_every_class_of_the_tree_has_its_own_row() -> None:
    assert set(tree(errors.CancuError)) == set(OUTCOMES)


def test_exit_codes_and_slugs_are_distinct_and_leave_the_parsers_code_alone() -> None:
    codes = [row.exit_code for row in OUTCOMES.values()]
    assert len(set(codes)) == len(codes) and not {0, 2} & set(codes)
    assert len({row.slug for row in OUTCOMES.values()}) == len(OUTCOMES)


@pytest.mark.parametrize("kind", tree(errors.CancuError), ids=lambda kind: kind.__name__)
def test_a_problem_told_over_http_is_the_same_error_again(kind: type[errors.CancuError]) -> None:
    details = problem(kind("question_empty"), "vi")
    again = told(details)
    assert isinstance(again, kind) and outcome_of(again).exit_code == OUTCOMES[kind].exit_code
    assert again.text() == details["detail"]


@pytest.mark.parametrize(("kind", "retry"), [(errors.Unavailable, True), (errors.BadInput, False)])
def test_a_problem_says_whether_waiting_helps(kind: type[errors.CancuError], retry: bool) -> None:
    assert problem(kind("question_empty"), "vi")["retryable"] is retry
