"""Meetings, planned and held."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from salesflow.deal.meetings import Meeting, MeetingPurpose, MeetingsDesk, MeetingStatus
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome

DAY = timedelta(days=1)


@pytest.fixture
def desk_and_sale(at_desk):
    return at_desk(MeetingsDesk)


@pytest.fixture
def desk(desk_and_sale):
    return desk_and_sale[0]


def test_a_meeting_is_planned_with_purpose_moment_place_and_people(desk, now):
    meeting = desk.plan(MeetingPurpose.FIRST_MEETING, planned_for=now + DAY, place="their office", attendees=["C-1"])
    assert desk.planned == (meeting,)
    assert (meeting.id, meeting.purpose, meeting.place) == (1, "first meeting", "their office")
    assert (meeting.planned_for, meeting.attendees) == (now + DAY, ("C-1",))
    assert meeting.is_planned
    assert not meeting.is_held


def test_a_meeting_may_be_agreed_without_a_moment(desk):
    assert desk.plan("site visit").planned_for is None


def test_a_meeting_cannot_be_planned_for_the_past(desk, now):
    with pytest.raises(InvalidValue, match="record it as held"):
        desk.plan("needs", planned_for=now - DAY)
    assert desk.plan("needs", planned_for=now).planned_for == now


def test_the_past_is_told_by_the_time_that_passes_and_not_by_the_clock_on_the_wall(at_desk):
    desk, sale = at_desk(MeetingsDesk)
    berlin = ZoneInfo("Europe/Berlin")
    sale.at = datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1)
    with pytest.raises(InvalidValue):
        desk.plan("needs", planned_for=datetime(2026, 10, 25, 2, 50, tzinfo=berlin, fold=0))


def test_a_moment_without_a_time_zone_is_refused(desk, now):
    with pytest.raises(InvalidValue, match="time zone"):
        desk.plan("needs", planned_for=(now + DAY).replace(tzinfo=None))


def test_a_planned_meeting_is_held_with_what_was_said(desk_and_sale, now):
    desk, sale = desk_and_sale
    meeting = desk.plan("needs", planned_for=now + DAY, attendees=["C-1"])
    sale.later(days=1, hours=1)
    held = desk.hold(meeting, summary="four shops", held_at=now + DAY, result="needs known", next_step="demo")
    assert desk.held == (held,)
    assert desk.planned == ()
    assert held.is_held
    assert (held.held_at, held.summary, held.attendees) == (now + DAY, "four shops", ("C-1",))
    assert (held.result, held.next_step) == ("needs known", "demo")


def test_who_really_came_replaces_who_was_to_come(desk, now):
    meeting = desk.plan("needs", attendees=["C-1", "C-2"])
    assert desk.hold(meeting, summary="x", attendees=["C-3"]).attendees == ("C-3",)


def test_a_meeting_that_was_not_planned_is_recorded(desk, now):
    meeting = desk.record(
        "presentation",
        summary="met at the fair",
        attendees=("C-1",),
        place="hall 3",
        held_at=now - DAY,
        result="they know us",
        next_step="visit them",
    )
    assert meeting.is_held
    assert meeting == Meeting(
        id=1,
        purpose="presentation",
        summary="met at the fair",
        attendees=("C-1",),
        place="hall 3",
        held_at=now - DAY,
        result="they know us",
        next_step="visit them",
        status=MeetingStatus.HELD,
    )


def test_a_meeting_may_just_be_over(desk, now):
    desk.plan("needs")
    meeting = desk.record("needs", summary="x", held_at=now)
    assert (meeting.id, meeting.held_at) == (2, now)


def test_a_meeting_is_recorded_as_of_now_and_with_nobody_where_nothing_is_said(desk, now):
    assert desk.record("needs", summary="four shops") == Meeting(
        id=1, purpose="needs", summary="four shops", held_at=now, status=MeetingStatus.HELD
    )


def test_a_meeting_is_not_held_in_the_future(desk, now):
    with pytest.raises(InvalidValue, match="or plan it"):
        desk.record("needs", summary="x", held_at=now + DAY)


@pytest.mark.parametrize("summary", ["", " \n"])
def test_a_meeting_is_held_only_with_a_summary(desk, summary):
    with pytest.raises(InvalidValue, match="summary"):
        desk.record("needs", summary=summary)


def test_one_name_is_not_taken_for_a_list_of_people(desk):
    with pytest.raises(WrongType, match="even for one"):
        desk.plan("needs", attendees="C-1")


def test_a_planned_meeting_is_canceled_with_a_reason(desk):
    meeting = desk.cancel(desk.plan("needs"), reason="they moved")
    assert (meeting.status, meeting.note) == (MeetingStatus.CANCELED, "they moved")


def test_a_meeting_is_missed_only_after_its_moment(desk_and_sale, now):
    desk, sale = desk_and_sale
    meeting = desk.plan("needs", planned_for=now + DAY)
    with pytest.raises(NotNow, match="cancel or reschedule"):
        desk.miss(meeting)
    sale.later(days=1)
    missed = desk.miss(meeting, reason="nobody came")
    assert (missed.status, missed.note) == (MeetingStatus.MISSED, "nobody came")


def test_a_meeting_without_a_moment_may_be_missed(desk):
    assert desk.miss(desk.plan("needs")).status is MeetingStatus.MISSED


def test_a_missed_meeting_can_be_moved_to_another_moment(desk, now):
    meeting = desk.miss(desk.plan("needs"))
    moved = desk.reschedule(meeting, planned_for=now + DAY, reason="they were ill")
    assert moved.is_planned
    assert (moved.planned_for, moved.note, moved.times_rescheduled) == (now + DAY, "they were ill", 1)
    assert desk.reschedule(moved, planned_for=now + 2 * DAY).times_rescheduled == 2


def test_a_meeting_is_not_moved_into_the_past(desk, now):
    with pytest.raises(InvalidValue, match="future"):
        desk.reschedule(desk.plan("needs"), planned_for=now - DAY)


def test_a_missed_meeting_is_held_only_after_it_was_moved(desk):
    with pytest.raises(NotNow, match="it is missed; reschedule it first"):
        desk.hold(desk.miss(desk.plan("needs")), summary="x")


@pytest.mark.parametrize(
    "change",
    [
        lambda desk, meeting: desk.hold(meeting, summary="x"),
        lambda desk, meeting: desk.cancel(meeting, reason="x"),
        lambda desk, meeting: desk.miss(meeting),
        lambda desk, meeting: desk.reschedule(meeting, planned_for=desk._sale.at + DAY),
    ],
)
def test_a_canceled_meeting_stays_canceled(desk, change):
    meeting = desk.cancel(desk.plan("needs"), reason="x")
    with pytest.raises(NotNow, match="it is canceled; plan a new one") as refused:
        change(desk, meeting)
    assert refused.value.id == "D-1"
    assert refused.value.tried in {"hold meeting 1", "cancel meeting 1", "miss meeting 1", "reschedule meeting 1"}


def test_a_meeting_that_the_deal_does_not_have_is_named(desk):
    with pytest.raises(UnknownName, match="no meeting '3'"):
        desk.cancel(3, reason="x")


def test_meetings_go_on_after_a_win(at_desk):
    assert at_desk(MeetingsDesk, outcome=Outcome.WON)[0].record("follow-up", summary="all works").id == 1


def test_a_lost_deal_has_no_more_meetings(at_desk):
    desk, sale = at_desk(MeetingsDesk, outcome=Outcome.LOST)
    with pytest.raises(NotNow, match="the deal is lost; reopen it first"):
        desk.plan("needs")
    assert sale.events == []


@pytest.mark.parametrize("attendees", ["Cohen", ["Cohen\x07"]])
@pytest.mark.parametrize(
    "work",
    [
        lambda desk, attendees: desk.plan("closing", attendees=attendees),
        lambda desk, attendees: desk.record("closing", summary="They agree", attendees=attendees),
        lambda desk, attendees: desk.hold(desk.plan("closing"), summary="They agree", attendees=attendees),
    ],
)
def test_who_takes_part_is_not_repeated_by_a_refusal(desk, work, attendees):
    with pytest.raises(InvalidValue) as refused:
        work(desk, attendees)
    assert (refused.value.field, refused.value.value) == ("attendees", None)
