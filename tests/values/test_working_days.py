"""Working days: weekends of any kind, holidays, and counting by them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.working_days import RestDayShift, Weekday, WorkingDays

MONDAY = date(2026, 11, 2)
FRIDAY = MONDAY + timedelta(days=4)
SATURDAY = MONDAY + timedelta(days=5)
ISRAEL = (Weekday.FRIDAY, Weekday.SATURDAY)
USUAL = WorkingDays()

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
weekends = st.sets(st.sampled_from(Weekday), max_size=6)
calendars = st.builds(WorkingDays, weekend=weekends, holidays=st.sets(days, max_size=40))


class TestWhichDaysAreWorked:
    def test_saturday_and_sunday_are_not_where_nothing_else_is_said(self):
        assert [USUAL.is_working_day(MONDAY + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2

    def test_the_weekend_may_be_friday_and_saturday(self):
        israel = WorkingDays(weekend=ISRAEL)
        assert not israel.is_working_day(FRIDAY)
        assert israel.is_working_day(SATURDAY + timedelta(days=1))

    def test_there_may_be_no_weekend(self):
        assert WorkingDays(weekend=()).between(MONDAY, MONDAY + timedelta(days=14)) == 14

    def test_a_holiday_is_not_worked(self):
        assert not WorkingDays(holidays=[MONDAY]).is_working_day(MONDAY)

    def test_a_holiday_on_the_weekend_counts_once(self):
        calendar = WorkingDays(holidays=[SATURDAY, SATURDAY, MONDAY])
        assert calendar.holidays == (MONDAY, SATURDAY)
        assert calendar.between(MONDAY, MONDAY + timedelta(days=7)) == 4


class TestCountingThem:
    def test_the_end_does_not_count_unless_it_is_asked_to(self):
        assert USUAL.between(MONDAY, FRIDAY) == 4
        assert USUAL.between(MONDAY, FRIDAY, inclusive=True) == 5
        assert USUAL.between(MONDAY, MONDAY) == 0
        assert USUAL.between(MONDAY, MONDAY, inclusive=True) == 1

    def test_a_whole_year_with_its_holidays_as_spreadsheets_count_it(self):
        # NETWORKDAYS(2026-01-01; 2026-12-31) is 261; two holidays of which one is a Saturday leave 260
        first, last = date(2026, 1, 1), date(2026, 12, 31)
        assert USUAL.between(first, last, inclusive=True) == 261
        assert WorkingDays(holidays=[first, date(2026, 12, 26)]).between(first, last, inclusive=True) == 260

    def test_backwards_the_same_number_is_below_zero(self):
        assert USUAL.between(FRIDAY, MONDAY) == -4
        assert USUAL.between(FRIDAY, MONDAY, inclusive=True) == -5

    def test_the_whole_calendar_is_counted_at_once(self):
        assert WorkingDays(weekend=()).between(date.min, date.max, inclusive=True) == date.max.toordinal()

    @given(calendars, days, days)
    def test_it_is_what_counting_one_by_one_gives(self, calendar, one, other):
        first, last = sorted((one, other))
        listed = calendar.within(first, last)
        assert calendar.between(first, last, inclusive=True) == len(listed)
        assert calendar.between(first, last) == sum(on < last for on in listed)
        assert calendar.between(last, first) == -calendar.between(first, last)
        assert calendar.between(last, first, inclusive=True) == (len(listed) if one == other else -len(listed))

    @given(calendars, days, days, days)
    def test_parts_add_up(self, calendar, one, two, three):
        assert calendar.between(one, two) + calendar.between(two, three) == calendar.between(one, three)


class TestMovingByThem:
    @pytest.mark.parametrize(
        ("on", "moved", "expected"),
        [(FRIDAY, 1, 7), (SATURDAY, 1, 7), (SATURDAY, 0, 5), (MONDAY, 5, 7), (MONDAY, -1, -3), (SATURDAY, -1, 4)],
    )
    def test_a_number_of_working_days_later(self, on, moved, expected):
        assert USUAL.add(on, moved) == MONDAY + timedelta(days=expected)

    @given(calendars, days, st.integers(-500, 500))
    def test_it_lands_on_the_day_up_to_which_as_many_are_counted(self, calendar, on, moved):
        landed = calendar.add(on, moved)
        if moved:
            assert calendar.is_working_day(landed)
        after = timedelta(days=1)
        counted = calendar.between(on + after, landed + after) if moved > 0 else calendar.between(on, landed)
        assert counted == moved

    def test_the_next_and_the_last_working_day(self):
        assert USUAL.on_or_after(SATURDAY) == MONDAY + timedelta(days=7)
        assert USUAL.on_or_before(SATURDAY) == FRIDAY
        assert USUAL.on_or_after(MONDAY) == USUAL.on_or_before(MONDAY) == MONDAY

    @pytest.mark.parametrize(
        ("shift", "expected"),
        [(RestDayShift.KEEP, SATURDAY), (RestDayShift.PREVIOUS, FRIDAY), (RestDayShift.NEXT, date(2026, 11, 9))],
    )
    def test_a_day_of_rest_is_moved_as_agreed(self, shift, expected):
        assert USUAL.shifted(SATURDAY, shift) == expected

    @pytest.mark.parametrize("moved", [10**9, -(10**9)])
    def test_the_calendar_ends(self, moved):
        with pytest.raises(InvalidValue, match="year 9999"):
            USUAL.add(MONDAY, moved)

    def test_its_first_and_its_last_day_are_in_it(self):
        every_day = WorkingDays(weekend=())
        assert every_day.on_or_after(date.max) == every_day.add(date.max - timedelta(days=1), 1) == date.max
        assert every_day.on_or_before(date.min) == every_day.add(date.min + timedelta(days=1), -1) == date.min
        with pytest.raises(InvalidValue, match="year 9999"):
            every_day.add(date.min, -1)

    def test_the_last_day_of_all_may_be_a_day_of_rest(self):
        with pytest.raises(InvalidValue, match="year 9999"):
            WorkingDays(holidays=[date.max]).on_or_after(date.max)


class TestHolidays:
    def test_those_of_the_holidays_package_are_taken(self):
        package = pytest.importorskip("holidays")
        calendar = WorkingDays(weekend=ISRAEL, holidays=package.country_holidays("IL", years=2026))
        assert not calendar.is_working_day(date(2026, 9, 21))  # Yom Kippur
        assert calendar.is_working_day(date(2026, 9, 23))

    def test_a_calendar_of_that_package_without_years_is_refused_and_not_taken_as_empty(self):
        package = pytest.importorskip("holidays")
        with pytest.raises(InvalidValue, match="years="):
            WorkingDays(holidays=package.country_holidays("IL"))

    def test_a_list_without_an_end_is_refused(self):
        endless = (date.fromordinal(number) for number in count(1))
        with pytest.raises(InvalidValue, match="at most 36,600 holidays"):
            WorkingDays(holidays=endless)

    @pytest.mark.parametrize("given", [["2026-11-02"], "2026-11-02", [datetime(2026, 11, 2)], 7, [None]])
    def test_they_are_days(self, given):
        with pytest.raises(WrongType, match="holidays"):
            WorkingDays(holidays=given)


class TestTheValue:
    def test_it_is_a_value(self):
        one = WorkingDays(weekend=[Weekday.SATURDAY, 4], holidays=iter([FRIDAY, MONDAY]))
        same = WorkingDays(weekend=ISRAEL, holidays=(MONDAY, FRIDAY))
        assert one == same
        assert hash(one) == hash(same)
        assert pickle.loads(pickle.dumps(one)).between(MONDAY, FRIDAY) == one.between(MONDAY, FRIDAY)
        assert attrs.evolve(one, weekend=()).is_working_day(SATURDAY)

    def test_it_says_what_it_is(self):
        assert str(USUAL) == "working days, without Saturday, Sunday"
        assert str(WorkingDays(weekend=(), holidays=[MONDAY])) == (
            "working days, all of the week and holidays (1, from 2026-11-02 to 2026-11-02)"
        )

    @pytest.mark.parametrize("weekend", [range(7), [7], [-1], "Saturday", 5, [True], ["5"]])
    def test_a_weekend_is_some_days_of_the_week_and_not_all(self, weekend):
        with pytest.raises(InvalidValue, match="weekend"):
            WorkingDays(weekend=weekend)

    @pytest.mark.parametrize("on", [datetime(2026, 11, 2), "2026-11-02", None])
    def test_what_is_asked_of_it_is_a_day(self, on):
        for ask in (USUAL.is_working_day, USUAL.on_or_after, USUAL.on_or_before):
            with pytest.raises(WrongType):
                ask(on)

    def test_a_hundred_years_are_listed_and_no_day_more(self):
        century = timedelta(days=36_600)
        assert len(WorkingDays(weekend=()).within(MONDAY, MONDAY + century)) == 36_601
        with pytest.raises(InvalidValue, match="up to 36,600 days later"):
            USUAL.within(MONDAY, MONDAY + century + timedelta(days=1))

    def test_what_does_not_fit_is_refused_by_name(self):
        refused: Iterator[tuple[str, object]] = iter(
            [
                ("count", lambda: USUAL.add(MONDAY, True)),
                ("shift", lambda: USUAL.shifted(MONDAY, "later")),
                ("last", lambda: USUAL.within(FRIDAY, MONDAY)),
                ("last", lambda: USUAL.within(date.min, date.max)),
            ]
        )
        for field, ask in refused:
            with pytest.raises(InvalidValue) as error:
                ask()
            assert error.value.field == field
