"""The forecast by category, single and cumulative, and by which date a deal belongs to it."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from deals_measured import a_row, after
from hypothesis import given
from hypothesis import strategies as st
from short_sales import Book, amounts, at, books, days_expected, owners

from salesflow import ForecastCategory, InvalidValue, Money, Outcome, Period, UnknownName
from salesflow.measure import (
    CategoryForecast,
    CategoryRule,
    DealRow,
    Forecast,
    ForecastDate,
    ForecastLine,
    MonthlyPart,
    Rate,
    Rates,
    WeightedPipeline,
    WeightedRounding,
    by_forecast_month,
    by_forecast_quarter,
    grouped,
    replayed,
)

NOVEMBER = Period.month(2026, 11, UTC)
DAY = date(2026, 11, 20)
RATES = Rates("EUR", [Rate("USD", date(2026, 1, 1), "0.9")])


def eur(amount: str | int) -> Money:
    return Money(amount, "EUR")


def said(deal_id: str, category: str | None, amount: str | None = "100", **fields) -> DealRow:
    fields.setdefault("expected_close", DAY)
    return a_row(deal_id, amount=amount, forecast_category=category, **fields)


def won(deal_id: str, amount: str = "50", **fields) -> DealRow:
    fields.setdefault("expected_close", DAY)
    return a_row(deal_id, "won", amount=amount, **fields)


def a_month() -> list[DealRow]:
    return [
        won("D-1", "50"),
        said("D-2", "commit", "100"),
        said("D-3", "best case", "150"),
        said("D-4", "pipeline", "200"),
    ]


def figures(forecast: Forecast) -> dict[str, Money | None]:
    return {line.definition.metric: line.value for line in forecast if line.value is None or not line.value.is_zero}


def test_categories_add_up_to_the_cumulative_lines():
    forecast = CategoryForecast(period=NOVEMBER).of(a_month())
    assert figures(forecast) == {
        "closed": eur(50),
        "commit": eur(100),
        "best case": eur(150),
        "pipeline": eur(200),
        "commit forecast": eur(150),
        "most likely forecast": eur(150),
        "best case forecast": eur(300),
        "open pipeline": eur(450),
    }
    assert (forecast.best_case_forecast.count, forecast["best case forecast"]) == (3, forecast.best_case_forecast)


def test_most_likely_stands_between_commit_and_best_case():
    forecast = CategoryForecast(period=NOVEMBER).of([*a_month(), said("D-5", "most likely", "7")])
    assert (forecast.commit_forecast.value, forecast.most_likely_forecast.value) == (eur(150), eur(157))
    assert (forecast.best_case_forecast.value, forecast.open_pipeline.value) == (eur(307), eur(457))


def test_the_amount_goes_in_and_not_the_weighted_amount():
    row = said("D-1", "commit", probability=Decimal("0.1"))
    assert CategoryForecast().of([row]).commit.value == eur(100)


def test_lost_deals_are_in_no_line():
    forecast = CategoryForecast(period=NOVEMBER).of([*a_month(), said("D-9", "commit", "999", outcome="lost")])
    assert forecast == CategoryForecast(period=NOVEMBER).of(a_month())


def test_omitted_deals_and_those_without_a_category_stand_apart():
    rows = [*a_month(), said("D-5", "omitted", "7"), said("D-6", None, "8")]
    forecast = CategoryForecast(period=NOVEMBER, with_ids=True).of(rows)
    assert (forecast.omitted.value, forecast.no_category.value) == (eur(7), eur(8))
    assert forecast.no_category.ids == ("D-6",)
    assert (forecast.open_pipeline.value, forecast.best_case_forecast.value) == (eur(450), eur(300))


def test_deals_without_a_date_are_a_line_of_their_own():
    rows = [said("D-1", "commit"), said("D-2", "commit", "7", expected_close=None), said("D-3", "omitted", "9")]
    rows.append(said("D-4", "omitted", "9", expected_close=None))
    forecast = CategoryForecast(period=NOVEMBER).of(rows)
    assert (forecast.commit.value, forecast.without_date.value, forecast.omitted.value) == (eur(100), eur(7), eur(18))
    assert forecast.without_date.definition.axis is None
    of_all_time = CategoryForecast().of(rows)
    assert (of_all_time.commit.value, of_all_time.without_date.value) == (eur(107), eur(7))


def test_amounts_that_are_not_known_are_counted_with_the_line():
    forecast = CategoryForecast(with_ids=True).of([said("D-1", "commit"), said("D-2", "commit", None)])
    assert (forecast.commit.value, forecast.commit.count) == (eur(100), 1)
    (left,) = forecast.commit_forecast.left_out
    assert (left.reason, left.count, left.ids) == ("the amount is not known", 1, ("D-2",))


def test_a_line_of_which_no_amount_is_known_is_undefined_and_one_without_deals_is_zero():
    forecast = CategoryForecast().of([won("D-1"), said("D-2", "commit", None)])
    assert forecast.commit.undefined == "of none of its deals the figure is known"
    assert (forecast.best_case.value, forecast.commit_forecast.value) == (eur(0), eur(50))


def test_of_no_deals_there_is_no_currency_to_be_zero_in():
    assert CategoryForecast().of([]).closed.undefined == "there are no deals with a known amount"
    assert CategoryForecast(rates=RATES).of([]).closed.value == eur(0)
    assert CategoryForecast().of([said("D-1", "commit", outcome="lost")]).open_pipeline.value is None


def test_several_currencies_take_rates_or_a_line_is_undefined():
    rows = [
        said("D-1", "commit"),
        a_row("D-2", amount=Money(100, "USD"), forecast_category="commit", expected_close=DAY),
    ]
    mixed = CategoryForecast().of(rows)
    assert mixed.commit.undefined == "amounts in EUR, USD and no rates; give rates, or group by currency"
    assert mixed.best_case.value is None
    assert CategoryForecast(rates=RATES).of(rows).commit.value == eur(190)


# By which date --------------------------------------------------------------------------------------------------------


def test_a_won_deal_is_in_the_period_in_which_it_was_won():
    early = won("D-1", expected_close=date(2026, 12, 20), closed_at=after(3))
    late = won("D-2", closed_at=after(40))
    forecast = CategoryForecast(period=NOVEMBER, with_ids=True).of([early, late])
    assert forecast.closed.ids == ("D-1",)
    by_expected = CategoryForecast(period=NOVEMBER, won_on="expected close", with_ids=True).of([early, late])
    assert by_expected.closed.ids == ("D-2",)
    assert "won deals by the date of their expected close" in str(by_expected.closed.definition)


def test_days_are_those_of_the_time_zone_of_the_period():
    zone = ZoneInfo("Asia/Jerusalem")
    late_evening = datetime(2026, 10, 31, 23, tzinfo=UTC)
    rows = [won("D-1", opened_at=None, closed_at=late_evening), said("D-2", "commit", expected_close=date(2026, 11, 1))]
    here, there = (CategoryForecast(period=Period.month(2026, 11, where)).of(rows) for where in (UTC, zone))
    assert (here.closed.count, there.closed.count) == (0, 1)
    assert (here.commit.count, there.commit.count) == (1, 1)


def test_a_won_deal_without_any_date_is_left_out_of_a_period():
    forecast = CategoryForecast(period=NOVEMBER).of([won("D-1", expected_close=None)])
    assert [one.reason for one in forecast.left_out] == ["the date on which it was won is not known"]


def test_by_month_and_quarter_with_their_year():
    rows = [
        said("D-1", "commit", expected_close=date(2026, 11, 30)),
        won("D-2", expected_close=date(2026, 11, 30), closed_at=after(60)),
        said("D-3", "commit", expected_close=date(2027, 11, 1)),
        said("D-4", "commit", expected_close=None),
    ]
    assert grouped(CategoryForecast(), by_forecast_month()).of(rows).keys == ("2026-11", "2027-01", "2027-11", None)
    assert grouped(CategoryForecast(), by_forecast_quarter()).of(rows).keys == ("2026-Q4", "2027-Q1", "2027-Q4", None)
    expected = grouped(CategoryForecast(), by_forecast_month(won_on="expected close")).of(rows)
    assert (expected["2026-11"].closed.value, expected["2026-11"].commit_forecast.value) == (eur(50), eur(150))


def test_the_local_day_of_a_close():
    row = won("D-1", opened_at=None, closed_at=datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert ForecastDate("Asia/Jerusalem").day(row) == date(2026, 11, 1)
    assert ForecastDate().day(row) == date(2026, 10, 31)
    with pytest.raises(InvalidValue, match="by its close or by its expected close"):
        ForecastDate(won_on="created")


@pytest.mark.parametrize("on", [date(2, 1, 1), date(9998, 12, 31)])
@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")])
def test_the_first_and_the_last_day_that_rows_may_have_are_days_in_every_zone(on, zone):
    rows = [said("D-1", "commit", expected_close=on)]
    assert CategoryForecast(period=Period.month(2026, 11, zone)).of(rows).commit.count == 0
    assert grouped(CategoryForecast(), by_forecast_month(zone=zone)).of(rows).keys == (f"{on.year:04}-{on.month:02}",)


def test_another_axis_is_a_cohort():
    forecast = CategoryForecast(axis="created", period=NOVEMBER).of(a_month())
    assert (forecast.open_pipeline.value, forecast.open_pipeline.definition.method) == (
        eur(450),
        "category by what the seller said",
    )
    undated = CategoryForecast(axis="created", period=NOVEMBER).of([said("D-1", "commit", expected_close=None)])
    assert (undated.commit.value, undated.without_date.value) == (eur(100), eur(100))
    unknown = CategoryForecast(axis="created", period=NOVEMBER).of([said("D-1", "commit", opened_at=None)])
    assert [one.reason for one in unknown.left_out] == ["the date on which it was created is not known"]


# Which category -------------------------------------------------------------------------------------------------------


def test_what_the_seller_said_comes_first_then_the_stage_then_the_chance():
    rule = CategoryRule(
        by_stage={"closing": "commit"}, from_probability={"0.5": "best case", "0": "pipeline"}, otherwise="omitted"
    )
    cases = [
        (said("D-1", "pipeline", stage="closing"), "pipeline"),
        (said("D-2", None, stage="closing", probability=Decimal("0.1")), "commit"),
        (said("D-3", None, probability=Decimal("0.5")), "best case"),
        (said("D-4", None, probability=Decimal("0.49")), "pipeline"),
        (said("D-5", None), "omitted"),
    ]
    assert [rule(row) for row, _ in cases] == [ForecastCategory(category) for _, category in cases]
    assert str(rule) == "category by what the seller said, then stage, then probability, or else omitted"


def test_the_stage_may_come_before_the_seller():
    rule = CategoryRule(seller_first=False, by_stage=[("closing", "commit")])
    rows = [said("D-1", "pipeline", "1", stage="closing"), said("D-2", "pipeline", "2", stage="approach")]
    forecast = CategoryForecast(category=rule).of(rows)
    assert (forecast.commit.value, forecast.pipeline.value) == (eur(1), eur(2))
    assert "category by stage, then what the seller said" in str(forecast.commit.definition)


def test_categories_and_chances_are_checked():
    with pytest.raises(UnknownName, match="commit"):
        CategoryRule(by_stage={"closing": "comit"})
    with pytest.raises(InvalidValue, match="a probability lies between 0 and 1"):
        CategoryRule(from_probability={"90": "commit"})
    with pytest.raises(UnknownName, match="best case forecast"):
        CategoryForecast().of([])["best case forcast"]


# As of a moment, by anything, and in parts ----------------------------------------------------------------------------


def test_as_of_any_past_moment():
    book = Book()
    book.open("D-1", amount=eur(100), expected_close=DAY, forecast_category="commit")
    book.update("D-1", day=3, forecast_category="best case", amount=eur(120))
    book.win("D-1", day=9)
    metric = CategoryForecast(period=NOVEMBER)
    first, second, third = (metric.of(replayed(book.storage, as_of=at(day))) for day in (1, 5, 20))
    assert (first.commit_forecast.value, second.commit_forecast.value) == (eur(100), eur(0))
    assert (second.best_case_forecast.value, third.closed.value) == (eur(120), eur(120))


def test_owners_roll_up_to_their_teams_and_these_to_all():
    rows = [
        said("D-1", "commit", "1", owner="noa", team="north"),
        said("D-2", "commit", "2", owner="dan", team="north"),
        said("D-3", "commit", "4", owner="mia", team="south"),
    ]
    teams = grouped(grouped(CategoryForecast(), "owner"), "team").of(rows)
    assert teams["north"]["dan"].commit.value == eur(2)
    assert (teams["north"].whole.commit.value, teams.whole.whole.commit.value) == (eur(3), eur(7))


def test_recurring_revenue_has_a_forecast_too():
    metric = CategoryForecast(worth=lambda row: MonthlyPart(row.amount, 12))
    assert metric.of([said("D-1", "commit", "1200")]).commit_forecast.value == eur(100)


rows = st.lists(
    st.builds(
        a_row,
        st.integers(0, 10**6).map(lambda number: f"D-{number}"),
        st.sampled_from(list(Outcome)),
        amount=amounts,
        owner=owners,
        expected_close=days_expected,
        forecast_category=st.none() | st.sampled_from(list(ForecastCategory)),
        probability=st.none() | st.decimals("0", "1", places=3),
    ),
    max_size=8,
)
METRICS = [
    metric
    for period in (None, NOVEMBER)
    for rates in (None, RATES)
    for metric in (
        CategoryForecast(period=period, rates=rates, with_ids=True),
        WeightedPipeline(period=period, rates=rates, with_ids=True, outcomes=["open", "won"]),
        WeightedPipeline(period=period, rates=rates, rounding=WeightedRounding.OF_SUM),
        grouped(CategoryForecast(period=period, rates=rates, rate_on=DAY), "owner", by_forecast_month()),
        WeightedPipeline(period=period, rates=rates, worth=lambda row: row.amount and MonthlyPart(row.amount, 7)),
    )
]


@given(rows, st.data())
def test_parts_merged_in_any_order_give_exactly_the_whole(all_rows, data):
    places = [data.draw(st.integers(0, 2)) for _ in all_rows]
    for metric in METRICS:
        parts = [metric.tally() for _ in range(3)]
        for place, row in zip(places, all_rows, strict=True):
            parts[place].add(row)
        merged = metric.tally()
        for part in reversed(parts):
            merged.merge(part)
        assert merged.result() == metric.of(all_rows)


def test_a_tally_comes_back_from_another_process_as_it_went():
    tally = grouped(CategoryForecast(period=NOVEMBER, with_ids=True), "owner", by_forecast_month()).tally()
    tally.add_all(a_month())
    assert pickle.loads(pickle.dumps(tally)).result() == tally.result()


@given(rows)
def test_cumulative_lines_are_the_sums_of_their_categories(all_rows):
    forecast = CategoryForecast(rates=RATES, rate_on=DAY).of(all_rows)

    def added(*lines: str) -> Money:
        return Money.total([forecast[line].value or eur(0) for line in lines], currency="EUR")

    for line, parts in {
        ForecastLine.COMMIT_FORECAST: ("closed", "commit"),
        ForecastLine.MOST_LIKELY_FORECAST: ("closed", "commit", "most likely"),
        ForecastLine.BEST_CASE_FORECAST: ("closed", "commit", "most likely", "best case"),
        ForecastLine.OPEN_PIPELINE: ("commit", "most likely", "best case", "pipeline"),
    }.items():
        if forecast[line].is_defined:
            assert forecast[line].value == added(*parts)
    known = [row for row in all_rows if row.outcome is not Outcome.LOST and row.amount is not None]
    everything = ("closed", "commit", "most likely", "best case", "pipeline", "omitted", "no category")
    assert sum(forecast[line].count for line in everything) == len(known)


@given(books())
def test_the_forecast_of_a_journal_counts_every_open_and_won_deal_once(book):
    found = list(replayed(book.storage, as_of=at(25) + timedelta(days=90)))
    forecast = CategoryForecast(category=CategoryRule(otherwise="pipeline")).of(found)
    counted = forecast.closed.count + forecast.pipeline.count
    unknown = sum(one.count for line in (forecast.closed, forecast.pipeline) for one in line.left_out)
    assert counted + unknown == sum(row.outcome is not Outcome.LOST for row in found)
