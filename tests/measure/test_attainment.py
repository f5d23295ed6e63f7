"""Attainment, pace and coverage: each with its definition, undefined with a reason, and never silent about currencies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import Money, Outcome, Period
from salesflow.deal.deal import Deal
from salesflow.deal.meetings import Meeting, MeetingStatus
from salesflow.errors import CurrencyMismatch, InvalidValue, WrongType
from salesflow.measure.attainment import Standing, standing, year_to_date
from salesflow.measure.credit import Credit, CreditSplit, activity_credits, deal_credits, meeting_credits
from salesflow.measure.rates import Rate, Rates
from salesflow.measure.result import Axis
from salesflow.measure.rows import DealRow, TaskRow
from salesflow.measure.target import Target
from salesflow.measure.target_split import Portion
from salesflow.values.working_days import WorkingDays

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = Period.year(2027, BERLIN)
JUNE = datetime(2027, 6, 15, 12, tzinfo=UTC)
TARGET = Target(period=YEAR, amount=Money("146000", "EUR"))
TEN_DEALS = Target(period=YEAR, count=10)


def euros(amount: str) -> Money:
    return Money(amount, "EUR")


HUNDRED = euros("100")


def a_row(id: str = "D-1", amount: Money | None = HUNDRED, **fields: object) -> DealRow:
    known = {"owner": "noa", "team": "north", "outcome": Outcome.WON, "closed_at": JUNE}
    return DealRow(id=id, amount=amount, **{**known, **fields})


def reached(amount: str, target: Target = TARGET) -> Standing:
    return Standing(target=target, achieved=euros(amount))


class TestAttainment:
    def test_it_is_what_was_reached_by_the_target(self):
        attainment = reached("73000").attainment
        assert attainment.value == Decimal("0.5")
        assert (attainment.numerator, attainment.denominator) == (euros("73000"), euros("146000"))

    def test_it_says_how_it_is_defined(self):
        definition = reached("73000").attainment.definition
        assert (definition.numerator, definition.denominator) == ("amount of won deals", "target")
        assert (definition.axis, definition.period, definition.unit) == (Axis.CLOSED, YEAR, "fraction")

    def test_of_nothing_it_is_undefined_and_not_zero(self):
        nothing = Target(period=YEAR, amount=euros("0"))
        attainment = reached("5", nothing).attainment
        assert (attainment.value, attainment.undefined) == (None, "the target is nothing")

    def test_more_than_the_target_is_more_than_one(self):
        assert reached("292000").attainment.value == 2
        assert reached("292000").still_needed == euros("0")
        assert reached("292000").is_met
        assert not reached("145999.99").is_met

    def test_it_is_of_the_unit_of_the_target(self):
        with pytest.raises(WrongType, match="must be an amount"):
            Standing(target=TARGET, achieved=5)
        with pytest.raises(WrongType, match="must be a number of deals"):
            Standing(target=TEN_DEALS, achieved=euros("5"))
        with pytest.raises(CurrencyMismatch, match="EUR and USD"):
            Standing(target=TARGET, achieved=Money("5", "USD"))
        with pytest.raises(WrongType, match="exact number"):
            Standing(target=TEN_DEALS, achieved=5.0)
        with pytest.raises(InvalidValue, match="finite"):
            Standing(target=TEN_DEALS, achieved=Decimal("NaN"))
        with pytest.raises(WrongType, match="target"):
            Standing(target=10, achieved=5)


class TestPace:
    def test_what_is_expected_goes_by_the_days_that_have_passed(self):
        at = datetime(2027, 3, 2, 15, tzinfo=BERLIN)
        assert reached("24000").expected(at) == euros("24000")
        assert reached("24000").pace(at).value == 1
        assert reached("12000").pace(at).value == Decimal("0.5")

    def test_it_says_up_to_which_day(self):
        pace = reached("24000").pace(datetime(2027, 3, 1, 23, 30, tzinfo=UTC))
        assert pace.definition.denominator == "target pro rata by days passed before 2027-03-02"

    def test_before_the_period_nothing_is_expected_and_the_pace_is_undefined(self):
        for at in (datetime(2026, 5, 1, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=BERLIN)):
            assert reached("0").expected(at) == euros("0")
            assert reached("0").pace(at).undefined == "nothing is expected by now"

    def test_after_the_period_all_of_it_is(self):
        assert reached("0").expected(datetime(2030, 1, 1, tzinfo=UTC)) == euros("146000")

    def test_by_working_days_a_weekend_changes_nothing(self):
        friday, monday = datetime(2027, 4, 9, tzinfo=BERLIN), datetime(2027, 4, 12, tzinfo=BERLIN)
        working = WorkingDays(holidays=[date(2027, 4, 9)])
        expected = reached("0").expected(friday, working=working)
        assert reached("0").expected(monday, working=working) == expected
        assert "working days" in reached("5").pace(monday, working=working).definition.denominator

    def test_by_a_distribution_of_ones_own(self):
        halves = [
            Portion(period=Period(YEAR.start, datetime(2027, 7, 1, tzinfo=BERLIN)), percent=75),
            Portion(period=Period(datetime(2027, 7, 1, tzinfo=BERLIN), YEAR.end), percent=25),
        ]
        assert reached("0").expected(datetime(2027, 7, 1, tzinfo=BERLIN), portions=halves) == euros("109500")
        assert reached("0").expected(YEAR.end, portions=halves) == euros("146000")
        assert reached("0").expected(datetime(2027, 1, 2, tzinfo=BERLIN), portions=halves) == euros("604.97")

    def test_a_moment_has_a_time_zone(self):
        for ask in (reached("0").expected, reached("0").pace):
            with pytest.raises(InvalidValue, match="time zone"):
                ask(datetime(2027, 3, 2))


class TestCoverage:
    def test_it_is_the_open_pipeline_by_what_is_missing(self):
        coverage = reached("46000").coverage(euros("300000"))
        assert coverage.value == 3
        assert coverage.denominator == euros("100000")

    @pytest.mark.parametrize("amount", ["146000", "200000"])
    def test_once_the_target_is_met_it_is_undefined_and_says_why(self, amount):
        coverage = reached(amount).coverage(euros("300000"))
        assert coverage.value is None
        assert coverage.undefined == "the target is met, so nothing is left to cover"

    def test_as_long_as_a_cent_is_missing_it_is_defined(self):
        assert reached("145999.99").coverage(euros("0.05")).value == 5

    def test_an_empty_pipeline_covers_nothing(self):
        assert reached("0").coverage(euros("0")).value == 0

    def test_a_number_of_deals_is_covered_by_a_number_of_deals(self):
        assert Standing(target=TEN_DEALS, achieved=4).coverage(12).value == 2

    def test_what_does_not_fit_is_refused(self):
        with pytest.raises(InvalidValue, match="not below zero"):
            reached("0").coverage(euros("-1"))
        with pytest.raises(CurrencyMismatch):
            reached("0").coverage(Money("1", "USD"))
        with pytest.raises(WrongType):
            reached("0").coverage(12)


class TestWhatIsStillNeeded:
    def test_a_day_by_the_working_days_that_remain_today_included(self):
        thursday = datetime(2027, 12, 30, 18, tzinfo=BERLIN)
        needed = reached("145000").needed_per_day(thursday, working=WorkingDays())
        assert (needed.value, needed.denominator) == (euros("500"), 2)

    def test_before_the_period_all_of_its_days_remain(self):
        needed = reached("0").needed_per_day(datetime(2026, 1, 1, tzinfo=UTC), working=WorkingDays())
        assert needed.denominator == WorkingDays().between(date(2027, 1, 1), date(2028, 1, 1))

    def test_where_no_day_remains_it_is_undefined(self):
        needed = reached("145000").needed_per_day(datetime(2028, 1, 1, 9, tzinfo=BERLIN), working=WorkingDays())
        assert needed.undefined == "something is missing, and no working day remains"

    def test_once_the_target_is_met_it_is_nothing(self):
        needed = reached("146000").needed_per_day(datetime(2029, 1, 1, tzinfo=UTC), working=WorkingDays())
        assert needed.value == euros("0")

    def test_deals_may_be_parts_of_deals(self):
        needed = Standing(target=TEN_DEALS, achieved=5).needed_per_day(
            datetime(2027, 12, 30, tzinfo=BERLIN), working=WorkingDays()
        )
        assert needed.value == Decimal("2.5")


class TestAddingUpCredits:
    def test_deals_won_in_the_period_count(self):
        rows = [
            a_row("D-1"),
            a_row("D-2", euros("50"), closed_at=YEAR.start),
            a_row("D-3", closed_at=YEAR.end),
            a_row("D-4", outcome=Outcome.LOST),
            a_row("D-5", outcome=Outcome.OPEN, closed_at=None),
        ]
        found = standing(TARGET, deal_credits(rows))
        assert (found.achieved, found.count, found.ids) == (euros("150"), 2, ("D-1", "D-2"))
        assert standing(TEN_DEALS, deal_credits(rows)).achieved == 2

    def test_only_what_happened_before_a_moment(self):
        assert standing(TARGET, deal_credits([a_row()]), until=JUNE).achieved == euros("0")
        assert standing(TARGET, deal_credits([a_row()]), until=JUNE + timedelta.resolution).achieved == euros("100")

    def test_what_is_not_known_is_left_out_and_counted(self):
        rows = [a_row("D-1", amount=None), a_row("D-2", closed_at=None), a_row("D-3")]
        found = standing(TARGET, deal_credits(rows))
        assert found.achieved == euros("100")
        assert [(one.reason, one.ids) for one in found.left_out] == [
            ("it is not known when", ("D-2",)),
            ("the amount is not known", ("D-1",)),
        ]
        assert found.attainment.left_out == found.left_out
        assert standing(TEN_DEALS, deal_credits(rows)).achieved == 2

    def test_activities_count_by_what_they_are(self):
        tasks = tuple(
            TaskRow(deal_id="D-1", id=place, owner="noa", kind=kind, status="done", created_at=JUNE, done_at=JUNE)
            for place, kind in enumerate(["call", "call", "visit", None], start=1)
        )
        undone = TaskRow(deal_id="D-1", id=9, kind="call", created_at=JUNE)
        credits = [*activity_credits([a_row(tasks=(*tasks, undone))]), *deal_credits([a_row()])]
        calls = Target(period=YEAR, count=4, kind="activities", activity="call")
        assert standing(calls, credits).attainment.value == Decimal("0.5")
        assert standing(Target(period=YEAR, count=4, kind="activities"), credits).achieved == 4
        assert standing(TEN_DEALS, credits).achieved == 1

    def test_meetings_that_were_held_are_activities_too(self):
        meetings = (
            Meeting(id=1, purpose="first meeting", status=MeetingStatus.HELD, held_at=JUNE),
            Meeting(id=2, purpose="needs", status=MeetingStatus.HELD, held_at=JUNE),
            Meeting(id=3, purpose="first meeting", planned_for=JUNE),
        )
        deal = Deal(id="D-1", name="Desk", owner="noa", team="north", meetings=meetings)
        credits = list(meeting_credits([deal], territory=lambda one: "NE"))
        first = Target(period=YEAR, count=2, kind="activities", activity="first meeting")
        assert standing(first, credits).attainment.value == Decimal("0.5")
        assert {(one.to, one.team, one.territory) for one in credits} == {("noa", "north", "NE")}

    def test_of_no_credits_nothing_was_reached(self):
        found = standing(TARGET, [])
        assert (found.achieved, found.overlay, found.attainment.value) == (euros("0"), euros("0"), 0)


class TestSeveralCurrencies:
    RATES = Rates("EUR", [Rate("USD", date(2027, 1, 1), "0.90"), Rate("USD", date(2027, 7, 1), "0.80")])

    def test_each_amount_goes_by_the_rate_of_its_day(self):
        rows = [
            a_row("D-1", Money("100", "USD"), closed_at=datetime(2027, 6, 30, 23, tzinfo=UTC)),
            a_row("D-2", Money("100", "USD"), closed_at=datetime(2027, 7, 1, tzinfo=UTC)),
            a_row("D-3"),
        ]
        assert standing(TARGET, deal_credits(rows), rates=self.RATES).achieved == euros("270")

    @pytest.mark.parametrize("rates", [None, RATES])
    def test_a_missing_rate_is_an_error_that_names_the_pair_and_the_day(self, rates):
        with pytest.raises(InvalidValue, match="GBP to EUR on 2027-06-15"):
            standing(TARGET, deal_credits([a_row(amount=Money("1", "GBP"))]), rates=rates)

    def test_a_rate_does_not_hold_before_its_first_day(self):
        target = Target(period=Period.year(2026, BERLIN), amount=euros("1"))
        row = a_row(amount=Money("1", "USD"), closed_at=datetime(2026, 12, 31, tzinfo=UTC))
        with pytest.raises(InvalidValue, match="USD to EUR on 2026-12-31"):
            standing(target, deal_credits([row]), rates=self.RATES)

    def test_rates_lead_to_the_currency_of_the_target(self):
        with pytest.raises(InvalidValue, match="rates lead to the currency of the target"):
            standing(TARGET, [], rates=Rates("USD"))

    def test_deals_are_counted_without_any_rate(self):
        assert standing(TEN_DEALS, deal_credits([a_row(amount=Money("1", "GBP"))])).achieved == 1


class TestDealsOfSeveral:
    def test_a_deal_of_two_is_counted_once(self):
        splits = {"D-1": [CreditSplit(to="noa", percent="33.3"), CreditSplit(to="dan", percent="66.7")]}
        credits = list(deal_credits([a_row(amount=euros("100.01"))], splits=splits))
        assert [(one.to, str(one.amount), one.share) for one in credits] == [
            ("noa", "33.30 EUR", Decimal("0.333")),
            ("dan", "66.71 EUR", Decimal("0.667")),
        ]
        assert standing(TARGET, credits).achieved == euros("100.01")
        assert standing(TEN_DEALS, credits).achieved == 1

    def test_an_overlay_comes_on_top_and_is_kept_apart(self):
        splits = {"D-1": [CreditSplit(to="eve", percent=150, is_overlay=True)]}
        credits = list(deal_credits([a_row()], splits=splits))
        found = standing(TARGET, credits)
        assert (found.achieved, found.overlay) == (euros("100"), euros("150"))
        assert [one.to for one in credits] == ["noa", "eve"]

    def test_each_part_counts_for_a_team_and_a_territory(self):
        def split(row: DealRow) -> list[CreditSplit]:
            return [CreditSplit(to="noa", percent=60), CreditSplit(to="dan", percent=40, team="south", territory="SE")]

        credits = list(deal_credits([a_row()], splits=split, territory=lambda row: "NE"))
        assert [(one.team, one.territory) for one in credits] == [("north", "NE"), ("south", "SE")]

    @pytest.mark.parametrize("percents", [("50", "49.99"), ("50", "50.01"), ("100.0000001",)])
    def test_revenue_splits_are_exactly_the_deal(self, percents):
        splits = {"D-1": [CreditSplit(to="noa", percent=percent) for percent in percents]}
        with pytest.raises(InvalidValue, match="exactly 100 percent") as refused:
            list(deal_credits([a_row()], splits=splits))
        assert "D-1" in str(refused.value)

    @pytest.mark.parametrize("percent", [-1, 0.5, "NaN", Decimal("Infinity"), True])
    def test_a_percentage_is_an_exact_number_from_zero_up(self, percent):
        with pytest.raises(InvalidValue, match="percent"):
            CreditSplit(to="noa", percent=percent)

    def test_what_is_no_split_is_refused(self):
        with pytest.raises(WrongType, match="D-1"):
            list(deal_credits([a_row()], splits={"D-1": [("noa", 100)]}))

    @given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
    def test_whatever_the_split_the_parts_are_the_deal_to_the_cent(self, units, weights):
        total = sum(weights)
        percents = [Decimal(weight) * 100 / total for weight in weights]
        rounded = [one.quantize(Decimal("0.0001")) for one in percents[:-1]]
        splits = [CreditSplit(to=f"p{place}", percent=one) for place, one in enumerate(rounded)]
        rest = 100 - sum(rounded)
        if rest < 0:
            return
        splits.append(CreditSplit(to="last", percent=rest))
        row = a_row(amount=Money.from_minor(units, "EUR"))
        credits = list(deal_credits([row], splits={"D-1": splits}))
        assert Money.total([one.amount for one in credits], currency="EUR") == row.amount
        assert sum(one.share for one in credits) == 1


class TestYearToDate:
    def test_sums_are_divided_and_percentages_never_averaged(self):
        quarters = [
            Standing(target=Target(period=Period.quarter(2027, place, BERLIN), count=target), achieved=achieved)
            for place, target, achieved in ((1, 10, 10), (2, 100, 0), (3, 0, 11))
        ]
        assert [one.percent(1) for one in year_to_date(quarters)] == [Decimal("100.0"), Decimal("9.1"), Decimal("19.1")]

    def test_amounts_add_up_with_what_they_rest_on(self):
        months = [
            Standing(
                target=Target(period=Period.month(2027, month, BERLIN), amount=euros("100")),
                achieved=euros(amount),
                count=2,
                ids=(f"D-{month}",),
            )
            for month, amount in ((1, "50"), (3, "200.50"))
        ]
        both = year_to_date(months)[1]
        assert (both.numerator, both.denominator, both.count) == (euros("250.50"), euros("200"), 4)
        assert both.ids == ("D-1", "D-3")
        assert both.definition.period == Period(months[0].target.period.start, months[1].target.period.end)

    def test_a_target_of_nothing_at_first_is_undefined_at_first(self):
        on_leave = Target(period=Period.quarter(2027, 1, BERLIN), count=0)
        back = Target(period=Period.quarter(2027, 2, BERLIN), count=4)
        first, second = year_to_date([Standing(target=on_leave, achieved=0), Standing(target=back, achieved=1)])
        assert (first.undefined, second.value) == ("the target is nothing", Decimal("0.25"))

    def test_of_no_periods_there_is_none(self):
        assert year_to_date([]) == ()

    def test_periods_come_in_order_and_in_one_unit(self):
        early, late = (Target(period=Period.quarter(2027, place, BERLIN), count=1) for place in (1, 2))
        with pytest.raises(InvalidValue, match="one after the other"):
            year_to_date([Standing(target=late, achieved=1), Standing(target=early, achieved=1)])
        dollars = Target(period=late.period, amount=Money("1", "USD"))
        with pytest.raises(InvalidValue, match="deals and USD"):
            year_to_date([Standing(target=early, achieved=1), Standing(target=dollars, achieved=Money("1", "USD"))])


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(["noa", "dan", None])), max_size=12))
def test_what_persons_reached_adds_up_to_what_all_reached(deals):
    rows = [
        a_row(f"D-{place}", Money.from_minor(units, "EUR"), owner=owner) for place, (units, owner) in enumerate(deals)
    ]
    credits: list[Credit] = list(deal_credits(rows))
    parts = [standing(TARGET, [one for one in credits if one.to == owner]) for owner in ("noa", "dan", None)]
    assert Money.total([one.achieved for one in parts], currency="EUR") == standing(TARGET, credits).achieved
