"""The regular meetings of the follow-up: on working days, and not in anybody's quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.deal.cadence import Cadence, Frequency, RestDayShift
from salesflow.deal.deal import Deal
from salesflow.deal.follow_up import FollowUp
from salesflow.errors import WrongType
from salesflow.measure.follow_ups import follow_up_dates, follow_ups_due
from salesflow.values.moments import Period
from salesflow.values.working_time import Hours, Weekday, WorkingDays, WorkingTime

JERUSALEM = ZoneInfo("Asia/Jerusalem")
ISRAEL = WorkingTime(
    zone=JERUSALEM,
    days=WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY), holidays=[date(2027, 4, 22), date(2027, 4, 28)]),
    quiet=Hours(time(20), time(8)),
)
SPRING = Period.of_days(date(2027, 4, 1), date(2027, 4, 30), JERUSALEM)


def weekly(**fields: object) -> Cadence:
    return Cadence(**{"frequency": Frequency.WEEKLY, "anchor": date(2027, 4, 1), **fields})


def days(cadence: Cadence, **asked: object) -> list[int]:
    return [one.on.day for one in follow_up_dates(cadence, SPRING, working=ISRAEL, **asked)]


class TestMovingThem:
    def test_a_meeting_on_a_holiday_moves_to_the_next_working_day(self):
        dates = follow_up_dates(weekly(), SPRING, working=ISRAEL)
        assert [one.on.day for one in dates] == [1, 8, 15, 25, 29]
        assert [one.is_moved for one in dates] == [False, False, False, True, False]
        assert dates[3].agreed_for == date(2027, 4, 22)

    def test_or_to_the_one_before(self):
        assert days(weekly(), shift=RestDayShift.PREVIOUS) == [1, 8, 15, 21, 29]

    def test_or_stays(self):
        assert days(weekly(), shift=RestDayShift.KEEP) == [1, 8, 15, 22, 29]

    def test_the_next_one_is_not_moved_along(self):
        every_ten_days = Cadence(frequency=Frequency.DAILY, every=10, anchor=date(2027, 4, 2))
        assert days(every_ten_days) == [4, 12, 25]  # the 2nd is a Friday, the 22nd a holiday before the weekend

    def test_two_that_come_to_lie_on_one_day_are_one(self):
        daily = Cadence(frequency=Frequency.DAILY, anchor=date(2027, 4, 2), count=3)
        assert days(daily) == [4]

    def test_a_time_in_the_quiet_hours_moves_to_when_they_end(self):
        dates = follow_up_dates(weekly(at=time(21)), SPRING, working=ISRAEL)
        assert [one.at.isoformat() for one in dates[:2]] == ["2027-04-04T08:00:00+03:00", "2027-04-11T08:00:00+03:00"]

    def test_nine_o_clock_stays_nine_o_clock_when_summer_time_begins(self):
        march = Period.of_days(date(2027, 3, 24), date(2027, 3, 31), JERUSALEM)
        sundays = weekly(anchor=date(2027, 3, 24), weekdays=(Weekday.WEDNESDAY,), at=time(9))
        dates = follow_up_dates(sundays, march, working=ISRAEL)
        assert [one.at.isoformat() for one in dates] == ["2027-03-24T09:00:00+02:00", "2027-03-31T09:00:00+03:00"]


class TestTheWindow:
    def test_a_meeting_counts_where_it_takes_place_and_not_where_it_was_agreed(self):
        sunday = Period.of_days(date(2027, 4, 25), date(2027, 4, 25), JERUSALEM)
        thursday = Period.of_days(date(2027, 4, 22), date(2027, 4, 22), JERUSALEM)
        assert [one.on.day for one in follow_up_dates(weekly(), sunday, working=ISRAEL)] == [25]
        assert follow_up_dates(weekly(), thursday, working=ISRAEL) == ()

    def test_the_end_of_the_window_is_not_in_it(self):
        nine = datetime(2027, 4, 8, 9, tzinfo=JERUSALEM)
        cadence = weekly(at=time(9))
        assert follow_up_dates(cadence, Period(nine - timedelta(days=1), nine), working=ISRAEL) == ()
        assert len(follow_up_dates(cadence, Period(nine, nine + timedelta.resolution), working=ISRAEL)) == 1

    def test_an_empty_window_holds_nothing(self):
        now = datetime(2027, 4, 8, tzinfo=UTC)
        assert follow_up_dates(weekly(), Period(now, now), working=ISRAEL) == ()

    @given(
        st.dates(date(2027, 1, 1), date(2027, 12, 1)),
        st.integers(1, 60),
        st.integers(1, 60),
        st.sampled_from(RestDayShift),
        st.sampled_from([None, time(9), time(23)]),
    )
    def test_windows_in_a_row_hold_every_meeting_once(self, first, some, more, shift, at):
        cadence = Cadence(frequency=Frequency.DAILY, every=3, anchor=date(2027, 1, 2), at=at)
        middle, last = first + timedelta(days=some), first + timedelta(days=some + more)
        parts = [(first, middle - timedelta(days=1)), (middle, last)]
        asked = [
            follow_up_dates(cadence, Period.of_days(*part, JERUSALEM), working=ISRAEL, shift=shift)
            for part in (*parts, (first, last))
        ]
        assert [one.on for one in (*asked[0], *asked[1])] == [one.on for one in asked[2]]
        if shift is not RestDayShift.KEEP:
            assert all(ISRAEL.days.is_working_day(one.on) for one in asked[2])
        assert not any(one.at is not None and ISRAEL.is_quiet(one.at) for one in asked[2])


def test_the_meetings_of_many_deals_come_by_day_and_time():
    def deal(id: str, **fields: object) -> Deal:
        return Deal(id=id, name="Desk", owner="noa", follow_up=FollowUp(cadence=weekly(count=1, **fields)))

    deals = [
        deal("D-4", anchor=date(2027, 4, 7)),
        deal("D-3", at=time(10)),
        deal("D-2", at=time(9)),
        deal("D-1", at=time(9)),
        deal("D-5"),
        Deal(id="D-6", name="Without"),
        Deal(id="D-7", name="Ended", follow_up=FollowUp()),
    ]
    found = follow_ups_due(deals, SPRING, working=ISRAEL)
    assert [one.deal_id for one in found] == ["D-5", "D-1", "D-2", "D-3", "D-4"]
    assert found[0].owner == "noa"


def test_how_days_of_rest_are_left_is_one_of_three():
    with pytest.raises(WrongType, match="shift"):
        follow_up_dates(weekly(), SPRING, working=ISRAEL, shift="later")
