"""The heart of approval, tasks and cases: who may do what, and what is refused."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.people import Person, Role
from hub.record import approval, cases, tasks
from hub.record.approval import Approval, Move, NeedsWords, NotNow, NotYours, Stage
from hub.record.cases import BadCase, Case, Limits
from hub.record.tasks import BadTask, Task
from tests.support.incidents import NOW


def moved(*moves: tuple[Move, str]) -> Approval:
    state = Approval()
    for do, login in moves:
        state = approval.move(state, do, login, "理由")
    return state


SUBMITTED = (Move.SUBMIT, "suzuki")
CHECKED = (Move.APPROVE, "sato")


def test_the_way_of_a_record_through_the_office() -> None:
    assert moved(SUBMITTED).stage is Stage.CHECKING
    assert moved(SUBMITTED, CHECKED).stage is Stage.DECIDING
    approved = moved(SUBMITTED, CHECKED, (Move.APPROVE, "mori"))
    assert (approved.stage, approved.open) == (Stage.APPROVED, False)
    assert moved(SUBMITTED, CHECKED, (Move.RETURN, "mori")) == Approval()
    assert approval.move(approved, Move.REOPEN, "mori", "誤記").open


@pytest.mark.parametrize(
    ("before", "do", "login", "error"),
    [
        ((), Move.APPROVE, "sato", NotNow),
        ((), Move.REOPEN, "sato", NotNow),
        ((SUBMITTED,), Move.SUBMIT, "suzuki", NotNow),
        ((SUBMITTED,), Move.APPROVE, "suzuki", NotYours),
        ((SUBMITTED, CHECKED), Move.APPROVE, "suzuki", NotYours),
        ((SUBMITTED, CHECKED), Move.APPROVE, "sato", NotYours),
    ],
)
def test_moves_that_do_not_fit(before: Any, do: Move, login: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        approval.move(moved(*before), do, login, "理由")


@pytest.mark.parametrize(("do", "remark"), [(Move.RETURN, " "), (Move.RETURN, "x" * 1001)])
def test_to_return_needs_words(do: Move, remark: str) -> None:
    with pytest.raises(NeedsWords):
        approval.move(moved(SUBMITTED), do, "sato", remark)


def test_what_a_person_could_do_now() -> None:
    assert approval.allowed(Approval(), "suzuki") == {Move.SUBMIT}
    assert approval.allowed(moved(SUBMITTED), "suzuki") == {Move.RETURN}
    assert approval.allowed(moved(SUBMITTED), "sato") == {Move.APPROVE, Move.RETURN}


TASK = Task(0, "lawyer", "", "佐藤", None)


def test_tasks_are_due_and_done() -> None:
    today = date(2026, 11, 22)
    due = replace(TASK, due=date(2026, 11, 21))
    assert due.overdue(today)
    assert not replace(due, done_at=NOW).overdue(today)
    assert not replace(TASK, due=today).overdue(today)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"owner": ""}, "owner"),
        ({"owner": "a\nb"}, "owner"),
        ({"text": "x" * 401}, "text"),
        ({"kind": "other"}, "text"),
    ],
)
def test_a_faulty_task_names_its_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(BadTask) as error:
        tasks.check(replace(TASK, **changes))  # type: ignore[arg-type]
    assert error.value.field == field


def test_the_policy_asks_for_the_police_after_posts_and_attacks() -> None:
    assert tasks.advised(["2i"], []) == tasks.advised(["2a"], [TASK]) == ("police-report",)
    assert tasks.advised(["2i"], [replace(TASK, kind="police-report")]) == tasks.advised(["2b"], []) == ()


YAMADA = Person(1, "yamada", "山田", Role.SUPERVISOR)
CASE = Case(1, "黒い鞄の男性")


@pytest.mark.parametrize(
    ("role", "login", "readers", "reads", "writes"),
    [
        (Role.SUPERVISOR, "yamada", (), True, True),
        (Role.SUPERVISOR, "yamada", ("yamada",), True, True),
        (Role.SUPERVISOR, "sato", ("yamada",), False, False),
        (Role.AUDITOR, "kansa", ("yamada",), True, False),
        (Role.STAFF, "yamada", ("yamada",), False, False),
        (Role.ADMIN, "yamada", ("yamada",), False, False),
    ],
)
def test_who_may_read_a_case(
    role: Role, login: str, readers: tuple[str, ...], reads: bool, writes: bool
) -> None:
    who, case = replace(YAMADA, role=role, login=login), replace(CASE, readers=frozenset(readers))
    assert (cases.may_read(who, case), cases.may_write(who, case)) == (reads, writes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"alias": ""}, "alias"),
        ({"alias": "090-1234-5678の人"}, "alias"),
        ({"alias": "番号123456789"}, "alias"),
        ({"alias": "a\nb"}, "alias"),
        ({"note": "x" * 2001}, "note"),
        ({"limits": Limits(59.0)}, "limit"),
        ({"limits": Limits(30_000.0)}, "limit"),
        ({"readers": frozenset({"sato"})}, "readers"),
    ],
)
def test_a_faulty_case_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadCase) as error:
        cases.check(replace(CASE, **changes), YAMADA)
    assert error.value.field == field
