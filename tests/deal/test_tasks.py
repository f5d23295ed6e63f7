"""What has to be done for a deal."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from salesflow.deal.tasks import TasksDesk, TaskStatus
from salesflow.errors import InvalidValue, NotNow, UnknownName
from salesflow.outcome import Outcome

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(at_desk):
    return at_desk(TasksDesk)[0]


def test_a_task_says_what_has_to_be_done_until_when_and_by_whom(desk, now):
    task = desk.add("call", due_at=now + HOUR, owner="dan", kind="phone")
    assert desk.open == (task,)
    assert (task.id, task.title, task.due_at, task.owner, task.kind) == (1, "call", now + HOUR, "dan", "phone")
    assert task.created_at == now


def test_a_task_remembers_the_stage_in_which_it_came_up(desk):
    assert desk.add("call").stage == "approach"


def test_a_task_is_the_deal_owners_unless_somebody_else_is_named(desk):
    assert desk.add("call").owner == "noa"


def test_a_task_of_a_deal_without_owner_is_nobodys(at_desk):
    assert at_desk(TasksDesk, owner=None)[0].add("call").owner is None


def test_a_task_is_completed(at_desk):
    desk, sale = at_desk(TasksDesk)
    task = desk.add("call")
    sale.later(hours=1)
    done = desk.complete(task, note="they are content")
    assert (done.status, done.done_at, done.note) == (TaskStatus.DONE, sale.at, "they are content")
    assert desk.open == ()


def test_a_task_is_canceled_with_a_reason(desk, now):
    task = desk.cancel(desk.add("call"), reason="they called")
    assert (task.status, task.done_at, task.note) == (TaskStatus.CANCELED, now, "they called")


def test_what_is_done_needs_no_words(desk):
    assert desk.complete(desk.add("call")).note == ""


def test_a_task_can_be_reopened(desk):
    task = desk.reopen(desk.complete(desk.add("call")), reason="nobody answered")
    assert task.is_open
    assert (task.done_at, task.note) == (None, "nobody answered")


def test_an_open_task_is_not_reopened(desk):
    with pytest.raises(NotNow, match="complete or cancel it"):
        desk.reopen(desk.add("call"), reason="x")


def test_a_task_changes_hands_and_may_be_nobodys(desk):
    task = desk.add("call")
    assert desk.reassign(task, owner="dan").owner == "dan"
    assert desk.reassign(task, owner=None).owner is None


def test_a_task_is_moved_to_another_moment_or_left_open_ended(desk, now):
    task = desk.add("call")
    assert desk.reschedule(task, due_at=now + HOUR).due_at == now + HOUR
    assert desk.reschedule(task, due_at=None).due_at is None


@pytest.mark.parametrize(
    "change",
    [
        lambda d, t: d.complete(t),
        lambda d, t: d.cancel(t, reason="x"),
        lambda d, t: d.reassign(t, owner="dan"),
        lambda d, t: d.reschedule(t, due_at=None),
    ],
)
def test_what_is_done_is_not_changed(desk, change):
    task = desk.complete(desk.add("call"))
    with pytest.raises(NotNow, match="it is done; reopen it first"):
        change(desk, task)


def test_a_task_is_overdue_after_its_moment_and_not_at_it(desk, now):
    task = desk.add("call", due_at=now)
    assert not task.is_overdue(now)
    assert task.is_overdue(now + timedelta(microseconds=1))


def test_summer_time_does_not_hide_that_a_task_is_overdue(desk):
    berlin = ZoneInfo("Europe/Berlin")
    task = desk.add("call", due_at=datetime(2026, 10, 25, 2, 50, tzinfo=berlin, fold=0))
    assert task.is_overdue(datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1))


def test_neither_done_nor_open_ended_tasks_are_overdue(at_desk, now):
    desk, sale = at_desk(TasksDesk)
    done, late, _open_ended = desk.add("a", due_at=now), desk.add("b", due_at=now), desk.add("c")
    desk.complete(done)
    sale.later(hours=1)
    assert desk.overdue == (late,)


@pytest.mark.parametrize("outcome", Outcome)
def test_tasks_are_kept_whatever_became_of_the_deal(at_desk, outcome):
    desk = at_desk(TasksDesk, outcome=outcome)[0]
    assert desk.complete(desk.add("call again in a year")).status is TaskStatus.DONE


def test_a_task_without_a_title_is_refused(desk):
    with pytest.raises(InvalidValue, match="title"):
        desk.add(" ")


def test_a_due_moment_needs_a_time_zone(desk, now):
    with pytest.raises(InvalidValue, match="time zone"):
        desk.add("call", due_at=now.replace(tzinfo=None))


def test_a_task_that_the_deal_does_not_have_is_named(desk):
    with pytest.raises(UnknownName, match="no task '5'"):
        desk.complete(5)
