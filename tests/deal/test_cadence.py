"""How often we meet, as a rule that gives the days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salesflow.deal.cadence import WORKDAYS, Cadence, Frequency, RestDayShift, ShortMonths, Weekday
from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import Period


def monthly(anchor: date, **parts: object) -> Cadence:
    return Cadence(frequency=Frequency.MONTHLY, anchor=anchor, **parts)


def weekly(anchor: date, **parts: object) -> Cadence:
    return Cadence(frequency=Frequency.WEEKLY, anchor=anchor, **parts)


def daily(anchor: date, **parts: object) -> Cadence:
    return Cadence(frequency=Frequency.DAILY, anchor=anchor, **parts)


def yearly(anchor: date, **parts: object) -> Cadence:
    return Cadence(frequency=Frequency.YEARLY, anchor=anchor, **parts)


YEAR = (date(2026, 1, 1), date(2026, 12, 31))


class TestTheAnchor:
    def test_two_months_after_31_january_is_31_march_although_february_was_shorter(self):
        cadence = monthly(date(2026, 1, 31), every=2, short_months=ShortMonths.LAST_DAY)
        assert cadence.days(date(2026, 1, 1), date(2026, 4, 30)) == (date(2026, 1, 31), date(2026, 3, 31))

    def test_the_last_day_stands_in_for_the_31st_and_the_31st_returns(self):
        cadence = monthly(date(2026, 1, 31), short_months=ShortMonths.LAST_DAY)
        assert [on.day for on in cadence.days(date(2026, 1, 1), date(2026, 5, 31))] == [31, 28, 31, 30, 31]

    def test_short_months_can_be_skipped(self):
        cadence = monthly(date(2026, 1, 31), short_months=ShortMonths.SKIP)
        assert [on.month for on in cadence.days(*YEAR)] == [1, 3, 5, 7, 8, 10, 12]

    def test_the_window_does_not_change_which_days_they_are(self):
        cadence = weekly(date(2026, 1, 6), every=2)
        assert cadence.days(date(2031, 6, 1), date(2031, 6, 30)) == tuple(
            on for on in cadence.days(date(2026, 1, 1), date(2031, 12, 31)) if (on.year, on.month) == (2031, 6)
        )

    def test_the_first_of_the_month_is_the_first_in_every_month(self):
        cadence = monthly(date(2026, 1, 1), short_months=ShortMonths.LAST_DAY)
        assert [(on.month, on.day) for on in cadence.days(*YEAR)] == [(month, 1) for month in range(1, 13)]

    def test_the_29th_of_february_comes_back_in_leap_years(self):
        cadence = yearly(date(2024, 2, 29), short_months=ShortMonths.SKIP)
        assert cadence.days(date(2024, 1, 1), date(2029, 12, 31)) == (date(2024, 2, 29), date(2028, 2, 29))

    def test_nothing_happens_before_the_anchor(self):
        assert weekly(date(2026, 1, 7), weekdays=WORKDAYS).days(date(2026, 1, 1), date(2026, 1, 9)) == (
            date(2026, 1, 7),
            date(2026, 1, 8),
            date(2026, 1, 9),
        )

    def test_the_30th_and_the_31st_are_one_meeting_in_february(self):
        cadence = monthly(date(2026, 2, 1), month_days=(30, 31), short_months=ShortMonths.LAST_DAY)
        assert cadence.days(date(2026, 2, 1), date(2026, 3, 31)) == (
            date(2026, 2, 28),
            date(2026, 3, 30),
            date(2026, 3, 31),
        )

    def test_every_half_year_is_counted_from_the_anchor_in_the_chosen_months_alone(self):
        cadence = monthly(date(2026, 1, 5), every=6, months=(7,))
        assert cadence.days(*YEAR) == (date(2026, 7, 5),)

    def test_the_twentieth_monday_of_the_year(self):
        cadence = yearly(date(1997, 5, 19), weekdays=(Weekday.MONDAY,), nth=(20,), count=3)
        assert cadence.days(date(1997, 1, 1), date(2000, 1, 1)) == (
            date(1997, 5, 19),
            date(1998, 5, 18),
            date(1999, 5, 17),
        )

    def test_friday_the_13th(self):
        cadence = monthly(date(1997, 9, 2), weekdays=(Weekday.FRIDAY,), month_days=(13,), count=3)
        assert cadence.days(date(1997, 9, 2), date(1999, 1, 1)) == (
            date(1998, 2, 13),
            date(1998, 3, 13),
            date(1998, 11, 13),
        )

    def test_where_the_week_begins_decides_every_second_week(self):
        tuesday_and_sunday = {"every": 2, "weekdays": (Weekday.TUESDAY, Weekday.SUNDAY), "count": 4}
        window = (date(1997, 8, 1), date(1997, 9, 30))
        from_monday = weekly(date(1997, 8, 5), **tuesday_and_sunday)
        from_sunday = weekly(date(1997, 8, 5), week_start=Weekday.SUNDAY, **tuesday_and_sunday)
        assert [on.day for on in from_monday.days(*window)] == [5, 10, 19, 24]
        assert [on.day for on in from_sunday.days(*window)] == [5, 17, 19, 31]

    def test_a_week_that_begins_on_sunday_ends_on_saturday(self):
        ends = (Weekday.SATURDAY, Weekday.SUNDAY)
        cadence = weekly(date(2026, 1, 6), every=2, weekdays=ends, week_start=Weekday.SUNDAY)
        assert [on.day for on in cadence.days(date(2026, 1, 1), date(2026, 1, 31))] == [10, 18, 24]

    def test_the_last_day_of_every_month_needs_no_choice(self):
        assert [on.day for on in monthly(date(2026, 1, 1), month_days=(-1,), count=2).days(*YEAR)] == [31, 28]


class TestTheEnd:
    def test_it_ends_after_a_number_of_meetings(self):
        assert len(daily(date(2026, 1, 1), count=3).days(*YEAR)) == 3

    def test_it_ends_on_a_day_which_still_counts(self):
        assert daily(date(2026, 1, 1), until=date(2026, 1, 3)).days(*YEAR)[-1] == date(2026, 1, 3)

    def test_what_ended_long_before_the_window_has_ended(self):
        assert daily(date(2025, 1, 1), count=20).days(*YEAR) == ()

    def test_meetings_before_the_window_count(self):
        assert daily(date(2025, 12, 30), count=3).days(*YEAR) == (date(2026, 1, 1),)

    def test_both_ends_are_refused(self):
        with pytest.raises(InvalidValue, match="leave out count or until"):
            daily(date(2026, 1, 1), count=3, until=date(2026, 1, 3))

    def test_the_calendar_ends_with_the_year_9999(self):
        window = (date(9999, 12, 1), date.max)
        assert len(daily(date(2026, 1, 1)).days(*window)) == 31
        assert monthly(date(2026, 1, 5)).days(*window) == (date(9999, 12, 5),)
        assert len(weekly(date(9999, 12, 31), weekdays=tuple(Weekday)).days(*window)) == 1

    def test_the_calendar_begins_with_its_first_day(self):
        assert daily(date.min).days(date.min, date.min) == (date.min,)

    def test_a_week_may_begin_before_the_calendar_does(self):
        assert weekly(date(1, 1, 2), week_start=Weekday.SUNDAY, weekdays=(0, 1)).days(date.min, date(1, 1, 3)) == (
            date(1, 1, 2),
        )


class TestDaysOfRest:
    FRIDAY_AND_SATURDAY = (Weekday.FRIDAY, Weekday.SATURDAY)

    @pytest.mark.parametrize(
        ("shift", "days"),
        [(RestDayShift.NEXT, [4]), (RestDayShift.PREVIOUS, [1]), (RestDayShift.KEEP, [2, 3])],
    )
    def test_a_meeting_on_one_is_moved_as_agreed(self, shift, days):
        # 2 and 3 January 2026 are a Friday and a Saturday.
        cadence = daily(date(2026, 1, 2), rest_days=self.FRIDAY_AND_SATURDAY, on_rest_day=shift, count=2)
        assert [on.day for on in cadence.days(*YEAR)] == days

    def test_what_happens_must_be_said(self):
        with pytest.raises(InvalidValue, match="what happens to a meeting on a day of rest"):
            daily(date(2026, 1, 2), rest_days=self.FRIDAY_AND_SATURDAY)

    def test_a_meeting_is_found_where_it_was_moved_to(self):
        cadence = weekly(date(2026, 1, 2), rest_days=self.FRIDAY_AND_SATURDAY, on_rest_day=RestDayShift.NEXT)
        assert cadence.days(date(2026, 1, 4), date(2026, 1, 4)) == (date(2026, 1, 4),)
        assert cadence.days(date(2026, 1, 2), date(2026, 1, 3)) == ()

    def test_it_is_found_after_several_days_of_rest_too(self):
        three = (Weekday.THURSDAY, Weekday.FRIDAY, Weekday.SATURDAY)
        thursdays = daily(
            date(2026, 1, 1), weekdays=(Weekday.THURSDAY,), rest_days=three, on_rest_day=RestDayShift.NEXT
        )
        assert thursdays.days(date(2026, 3, 8), date(2026, 3, 8)) == (date(2026, 3, 8),)

    def test_a_week_has_a_working_day(self):
        with pytest.raises(InvalidValue, match="at least one day of the week"):
            daily(date(2026, 1, 2), rest_days=tuple(Weekday), on_rest_day=RestDayShift.NEXT)

    def test_a_meeting_that_would_move_before_the_calendar_does_not_take_the_next_ones_along(self):
        cadence = daily(date.min, rest_days=(Weekday.MONDAY,), on_rest_day=RestDayShift.PREVIOUS)
        assert date.min.weekday() == Weekday.MONDAY
        assert cadence.days(date.min, date(1, 1, 3)) == (date(1, 1, 2), date(1, 1, 3))

    def test_nothing_is_moved_beyond_the_calendar(self):
        cadence = daily(date.max, rest_days=(date.max.weekday(),), on_rest_day=RestDayShift.NEXT)
        assert cadence.days(date.max, date.max) == ()


class TestTheClock:
    def test_nine_o_clock_stays_nine_o_clock_when_summer_time_begins(self):
        berlin = ZoneInfo("Europe/Berlin")
        cadence = weekly(date(2026, 3, 23), at=time(9))
        window = Period.of_days(date(2026, 3, 23), date(2026, 3, 30), berlin)
        found = cadence.moments(window, berlin)
        assert [on.isoformat() for on in found] == ["2026-03-23T09:00:00+01:00", "2026-03-30T09:00:00+02:00"]

    def test_the_end_of_a_window_is_not_in_it(self):
        window = Period(datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2026, 1, 2, 9, tzinfo=UTC))
        assert daily(date(2026, 1, 1), at=time(9)).moments(window, UTC) == (window.start,)

    def test_a_window_in_another_zone_finds_the_same_moments(self):
        jerusalem = ZoneInfo("Asia/Jerusalem")
        window = Period(datetime(2026, 1, 1, 22, tzinfo=UTC), datetime(2026, 1, 1, 23, tzinfo=UTC))
        found = daily(date(2026, 1, 1), at=time(0, 30)).moments(window, jerusalem)
        assert found == (datetime(2026, 1, 2, 0, 30, tzinfo=jerusalem),)

    def test_the_days_of_a_window_are_those_of_the_zone_that_is_asked_about(self):
        new_york = ZoneInfo("America/New_York")
        window = Period(datetime(2026, 1, 2, 2, tzinfo=UTC), datetime(2026, 1, 2, 3, tzinfo=UTC))
        found = daily(date(2026, 1, 1), at=time(21, 30)).moments(window, new_york)
        assert found == (datetime(2026, 1, 1, 21, 30, tzinfo=new_york),)

    def test_a_cadence_without_a_time_has_no_moments(self):
        with pytest.raises(InvalidValue, match=r"use days\(\)"):
            daily(date(2026, 1, 1)).moments(Period.month(2026, 1, UTC), UTC)

    def test_a_zone_is_no_name(self):
        with pytest.raises(WrongType, match="zone"):
            daily(date(2026, 1, 1), at=time(9)).moments(Period.month(2026, 1, UTC), "UTC")

    @pytest.mark.parametrize("at", ["09:00", time(9, tzinfo=UTC)])
    def test_the_time_is_one_on_the_clock(self, at):
        with pytest.raises(InvalidValue, match="time"):
            daily(date(2026, 1, 1), at=at)


class TestWhatIsRefused:
    @pytest.mark.parametrize("anchor", [date(2026, 1, 29), date(2026, 1, 31)])
    def test_a_day_that_some_months_lack_asks_what_to_do(self, anchor):
        with pytest.raises(InvalidValue, match=r"ShortMonths.SKIP .* or ShortMonths.LAST_DAY"):
            monthly(anchor)

    def test_it_is_not_asked_where_the_months_met_have_the_day(self):
        assert yearly(date(2026, 12, 31)).days(*YEAR) == (date(2026, 12, 31),)
        assert monthly(date(2026, 1, 31), every=12).days(*YEAR) == (date(2026, 1, 31),)

    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            (
                {"frequency": "monthly", "month_days": (31,), "months": (2, 4), "short_months": ShortMonths.SKIP},
                "ever has",
            ),
            ({"frequency": "monthly", "every": 6, "months": (2,)}, "none of the months is met"),
            ({"frequency": "daily", "month_days": (1,)}, "monthly or yearly"),
            ({"frequency": "monthly", "nth": (1,)}, "nth chooses"),
            ({"frequency": "monthly", "month_days": (32,)}, "1 to 31, or -1"),
            ({"frequency": "monthly", "month_days": (0,)}, "1 to 31, or -1"),
            ({"frequency": "monthly", "month_days": "15"}, "list of whole numbers"),
            ({"frequency": "monthly", "month_days": 15}, "list of whole numbers"),
            ({"frequency": "monthly", "month_days": (True,)}, "whole numbers"),
            ({"frequency": "monthly", "months": (13,)}, "1 to 12"),
            ({"frequency": "weekly", "weekdays": (7,)}, "0 to 6"),
            ({"frequency": "weekly", "rest_days": (7,)}, "rest_days"),
            ({"frequency": "weekly", "every": 1.0}, "whole number"),
            ({"frequency": "weekly", "anchor": datetime(2026, 1, 1, tzinfo=UTC)}, "day"),
        ],
    )
    def test_what_does_not_fit_together_says_so(self, parts, message):
        with pytest.raises(InvalidValue, match=message):
            Cadence(**{"anchor": date(2026, 1, 1), **parts})

    @pytest.mark.parametrize(
        ("part", "most"),
        [("every", 1000), ("count", 10_000), ("month_days", 31), ("months", 12), ("nth", 366)],
    )
    def test_the_ends_of_a_range_are_in_it(self, part, most):
        def agreed(value):
            given = {part: value if part in ("every", "count") else (value,)}
            days = {"nth": {"weekdays": WORKDAYS}}.get(part, {})
            return Cadence(
                frequency="yearly", anchor=date(2026, 12, 1), short_months=ShortMonths.LAST_DAY, **given, **days
            )

        assert agreed(1)
        assert agreed(most)
        for outside in (0, most + 1):
            with pytest.raises(InvalidValue) as refused:
                agreed(outside)
            assert refused.value.field == part

    @pytest.mark.parametrize(("part", "least"), [("month_days", -28), ("months", 1), ("nth", -366)])
    def test_some_are_counted_from_the_end(self, part, least):
        given = {"frequency": "yearly", "anchor": date(2026, 12, 1), "weekdays": WORKDAYS}
        assert getattr(Cadence(**given, **{part: (least,)}), part) == (least,)
        for outside in {least - 1, min(least, 0) - 1}:
            with pytest.raises(InvalidValue) as refused:
                Cadence(**given, **{part: (outside,)})
            assert refused.value.field == part
        assert refused.value.rule.endswith({"month_days": "-28", "months": "1 to 12", "nth": "-366"}[part])

    def test_a_window_may_be_a_hundred_years_and_hold_ten_thousand_meetings(self):
        first = date(2026, 1, 1)
        assert len(yearly(first).days(first, first + timedelta(days=36_600))) == 101
        assert len(daily(first).days(first, first + timedelta(days=9_999))) == 10_000
        for cadence, days in ((yearly(first), 36_601), (daily(first), 10_000)):
            with pytest.raises(InvalidValue) as refused:
                cadence.days(first, first + timedelta(days=days))
            assert refused.value.field == "last"

    def test_a_window_does_not_end_before_it_starts(self):
        with pytest.raises(InvalidValue, match="window"):
            daily(date(2026, 1, 1)).days(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("cadence", "text"),
    [
        (weekly(date(2026, 1, 6)), "every week from 2026-01-06"),
        (weekly(date(2026, 1, 6), every=2, count=5), "every 2 weeks from 2026-01-06, 5 times"),
        (daily(date(2026, 1, 6), until=date(2026, 2, 1)), "every day from 2026-01-06, until 2026-02-01"),
        (monthly(date(2026, 1, 6)), "every month from 2026-01-06"),
        (yearly(date(2026, 1, 6), every=3), "every 3 years from 2026-01-06"),
    ],
)
def test_a_cadence_reads_as_a_sentence(cadence, text):
    assert str(cadence) == text


FREQUENCIES = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY, "yearly": YEARLY}


@settings(max_examples=120, deadline=None)
@given(
    frequency=st.sampled_from(sorted(FREQUENCIES)),
    anchor=st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    every=st.integers(1, 14),
    weekdays=st.sets(st.integers(0, 6), max_size=4),
    month_days=st.sets(st.integers(1, 31) | st.integers(-28, -1), max_size=3),
    months=st.sets(st.integers(1, 12), max_size=3),
    nth=st.sets(st.integers(1, 5) | st.integers(-5, -1), max_size=2),
    week_start=st.sampled_from(Weekday),
)
def test_the_days_are_those_of_rfc_5545_as_dateutil_computes_them(
    frequency, anchor, every, weekdays, month_days, months, nth, week_start
):
    by_month = frequency in ("monthly", "yearly")
    if not by_month:
        month_days = set()
    if frequency == "weekly" or (not weekdays and not month_days):
        nth = set()  # in the week of the anchor, dateutil counts from the anchor; here it is from the week's first day
    if frequency == "yearly" and month_days and not months:
        months = {anchor.month}  # where RFC 5545 means every month, sellers do not
    try:
        cadence = Cadence(
            frequency=frequency,
            anchor=anchor,
            every=every,
            weekdays=weekdays,
            month_days=month_days,
            months=months,
            nth=nth,
            week_start=week_start,
            short_months=ShortMonths.SKIP,
        )
    except InvalidValue:
        assume(False)
    if not by_month and not weekdays and frequency == "weekly":
        weekdays = {anchor.weekday()}
    last = anchor.replace(year=anchor.year + 20, day=1)
    found = cadence.days(anchor, last)
    assume(found)  # of a rule that no day fulfills, dateutil searches all years up to 9999
    theirs = rrule(
        FREQUENCIES[frequency],
        dtstart=datetime.combine(anchor, time()),
        interval=every,
        byweekday=sorted(weekdays) or None,
        bymonthday=sorted(month_days) or (None if not by_month or weekdays else [anchor.day]),
        bymonth=sorted(months) or (anchor.month if frequency == "yearly" and not weekdays else None),
        bysetpos=sorted(nth) or None,
        wkst=int(week_start),
        until=datetime.combine(last, time()),
    )
    expected = tuple(one.date() for one in islice(theirs, 60))
    assert found[:60] == expected
    if len(expected) > 20:
        assert cadence.days(expected[10], expected[20]) == expected[10:21]
