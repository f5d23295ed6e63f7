"""What managers expect stands beside what the deals say."""

from __future__ import annotations

from datetime import UTC, date

import attrs
import pytest
from deals_measured import a_row, after

from salesflow import CurrencyMismatch, InvalidValue, Money, Period, UnknownName, WrongType
from salesflow.measure import EVERYBODY, CategoryForecast, ForecastAdjustment, adjusted, grouped

FORECAST = CategoryForecast()


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def deals():
    return [
        a_row("D-1", amount="100", owner="noa", forecast_category="commit"),
        a_row("D-2", amount="200", owner="dan", forecast_category="commit"),
        a_row("D-3", amount="50", owner="dan", forecast_category="best case"),
        a_row("D-4", amount="7", forecast_category="commit"),
    ]


def by_owner():
    return grouped(FORECAST, "owner").of(deals())


def says(of, to: int | Money, **fields) -> ForecastAdjustment:
    known = {"by": "mia", "at": after(1), "reason": "the budget was cut"}
    return ForecastAdjustment(of=of, to=to if isinstance(to, Money) else eur(to), **{**known, **fields})


def test_the_adjusted_figure_and_total_stand_next_to_the_unadjusted_ones():
    said = adjusted(by_owner(), [says("dan", 150)])
    dan, noa = said["dan"], said["noa"]
    assert (dan.unadjusted.value, dan.adjusted, dan.difference) == (eur(200), eur(150), eur(-50))
    assert (dan.adjustment.by, dan.adjustment.reason) == ("mia", "the budget was cut")
    assert (noa.adjusted, noa.adjustment) == (eur(100), None)
    assert (said.whole.unadjusted.value, said.whole.adjusted) == (eur(307), eur(257))


def test_an_adjustment_changes_neither_the_forecast_nor_a_deal():
    rows, forecast = deals(), by_owner()
    adjusted(forecast, [says("dan", 150)])
    assert (rows, forecast) == (deals(), by_owner())


def test_the_latest_adjustment_holds_and_the_earlier_ones_are_kept():
    first, second = says("dan", 150, at=after(1)), says("dan", 180, at=after(2))
    dan = adjusted(by_owner(), [second, first])["dan"]
    assert (dan.adjustment, dan.earlier) == (second, (first,))
    assert adjusted(by_owner(), [second, first], as_of=after(1))["dan"].adjusted == eur(150)
    assert adjusted(by_owner(), [second, first], as_of=after(0))["dan"].adjustment is None


def test_of_two_at_one_moment_the_last_one_given_holds():
    assert adjusted(by_owner(), [says("dan", 1), says("dan", 2)])["dan"].adjusted == eur(2)


def test_each_line_has_its_own_adjustments():
    said = [says("dan", 150), says("dan", 300, line="best case forecast")]
    best = adjusted(by_owner(), said, line="best case forecast")["dan"]
    assert (best.unadjusted.value, best.adjusted) == (eur(250), eur(300))


def test_each_period_has_its_own_adjustments():
    november, december = Period.month(2026, 11, UTC), Period.month(2026, 12, UTC)
    rows = [attrs.evolve(row, expected_close=date(2026, 11, 20)) for row in deals()]
    forecast = grouped(CategoryForecast(period=november), "owner").of(rows)
    said = [says("dan", 150, period=november), says("dan", 1, period=december, at=after(2))]
    assert adjusted(forecast, said)["dan"].adjusted == eur(150)
    assert adjusted(by_owner(), said)["dan"].adjustment is None


def test_the_whole_may_be_adjusted_apart_from_its_parts():
    said = adjusted(by_owner(), [says("dan", 150), says(EVERYBODY, 290)])
    assert (said.whole.adjusted, said.whole.difference) == (eur(290), eur(-17))
    assert (said.whole.label, said["dan"].adjusted) == ("everybody", eur(150))


def test_the_deals_of_nobody_and_single_deals_can_be_adjusted():
    assert adjusted(by_owner(), [says(None, 0)])[None].label == "Not assigned"
    assert adjusted(grouped(FORECAST, "id").of(deals()), [says("D-1", 60)])["D-1"].adjusted == eur(60)
    both = adjusted(grouped(FORECAST, "owner", "team").of(deals()), [says(("dan", None), 1)])
    assert (both["dan", None].adjusted, both["dan", None].label) == (eur(1), "dan, Not assigned")


def test_an_adjustment_of_somebody_unknown_is_an_error_with_the_nearest_name():
    with pytest.raises(UnknownName, match="dan"):
        adjusted(by_owner(), [says("dam", 1)])
    with pytest.raises(UnknownName, match="noa"):
        adjusted(by_owner(), [])["nao"]


def test_somebody_without_deals_can_be_adjusted_where_they_are_known():
    said = adjusted(by_owner(), [says("mia", 40)], also=["mia", "dan"])
    assert (said["mia"].unadjusted.undefined, said["mia"].adjusted) == ("there are no deals of this group", eur(40))
    assert (said["mia"].difference, said.whole.adjusted) == (None, eur(347))
    assert said["dan"].unadjusted.value == eur(200)


def test_currencies_are_not_mixed():
    with pytest.raises(CurrencyMismatch):
        adjusted(by_owner(), [says("dan", Money(1, "USD"))])
    rows = [*deals(), a_row("D-5", amount=Money(1, "USD"), owner="mia", forecast_category="commit")]
    whole = adjusted(grouped(FORECAST, "owner").of(rows), []).whole
    assert (whole.adjusted, whole.undefined) == (None, whole.unadjusted.undefined)


def test_of_no_deals_there_is_nothing_to_adjust():
    assert adjusted(grouped(FORECAST, "owner").of([]), []).whole.undefined == "there are no deals with a known amount"


def test_groups_that_share_deals_do_not_add_up():
    with pytest.raises(InvalidValue, match="groups that share deals do not add up"):
        adjusted(grouped(FORECAST, "product").of(deals()), [])


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("to", 100, WrongType),
        ("reason", "", InvalidValue),
        ("by", "", InvalidValue),
        ("at", after(1).replace(tzinfo=None), InvalidValue),
        ("line", "comit forecast", UnknownName),
        ("period", Period(after(0), after(0)), InvalidValue),
    ],
)
def test_an_adjustment_says_who_when_why_and_what(field, value, error):
    with pytest.raises(error):
        attrs.evolve(says("dan", 1), **{field: value})
