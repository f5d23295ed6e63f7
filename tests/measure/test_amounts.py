"""What deals are worth: numbers, totals, averages, and several currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, getcontext, localcontext

import pytest
from deals_measured import START, a_row, after, rows_of

from salesflow import InvalidValue, Money, Period, UnknownName
from salesflow.measure import DealCount, DealSize, Rate, Rates, TotalAmount, grouped
from salesflow.measure.amounts import Sums

SIZES = ("100", "200", "300", "1000")


def won(*amounts: str | Money | None):
    return [a_row(f"D-{number}", "won", took=number, amount=one) for number, one in enumerate(amounts, start=1)]


def test_deals_are_counted_by_outcome():
    rows = rows_of(won=2, lost=3, open=4)
    assert DealCount().of(rows).value == 9
    assert DealCount(outcomes="open").of(rows).value == 4
    assert DealCount(outcomes=["won", "lost"]).of(rows).value == 5
    assert DealCount().of([]).value == 0
    with pytest.raises(InvalidValue, match="at least one outcome"):
        DealCount(outcomes=[])


def test_sums_are_kept_by_currency_and_merged_by_currency():
    some, others = Sums(), Sums()
    some.add_all([Money("1", "EUR"), Money("2", "USD"), Money("3", "EUR")])
    others.add_all([Money("10", "USD"), Money("20", "ILS")])
    some.merge(others)
    assert some.by_currency == {"EUR": 4, "USD": 12, "ILS": 20}
    assert some.total is None
    assert (Sums().total, others.by_currency["USD"]) == (None, 10)


def test_a_sum_of_too_many_digits_is_an_error_that_says_so():
    gold = [
        a_row("D-1", "won", amount=Money("0." + "1" * 34, "XAU")),
        a_row("D-2", "won", amount=Money("1" * 24, "XAU")),
    ]
    with pytest.raises(InvalidValue, match="a sum has at most 34 digits"):
        TotalAmount().of(gold)
    some, others = Sums(), Sums()
    some.add_all([gold[0].amount])
    others.add_all([gold[1].amount])
    with pytest.raises(InvalidValue, match="a sum has at most 34 digits"):
        some.merge(others)


def test_a_total_is_exact_whatever_the_decimal_context():
    with localcontext() as context:
        context.prec = 2
        assert TotalAmount().of(won("123456.78", "0.01")).value == Money("123456.79", "EUR")
    assert getcontext().prec == 28


def test_of_no_known_amount_a_total_is_unknown_and_not_zero():
    total = TotalAmount().of(won(None))
    assert (total.value, total.undefined) == (None, "there are no won deals with a known amount")
    assert total.left_out[0].reason == "the amount is not known"
    assert TotalAmount().of(won("0")).value == Money("0", "EUR")


def test_the_average_says_over_how_many_and_what_was_left_out():
    size = DealSize(quantiles=["0.5", "0.25"]).of(won(*SIZES, None))
    assert (size.mean.value, size.count) == (Money("400", "EUR"), 4)
    assert (size.mean.numerator, size.mean.denominator) == (Money("1600", "EUR"), 4)
    assert (size.median.value, size.quantile("0.25").value) == (Money("250", "EUR"), Money("175", "EUR"))
    assert (size.least, size.most, size.total) == (Money("100", "EUR"), Money("1000", "EUR"), Money("1600", "EUR"))
    assert size.left_out[0].count == 1


def test_an_average_is_rounded_half_up_to_the_minor_unit_once():
    size = DealSize().of(won("0.01", "0.02"))
    assert (size.mean.value, size.mean.definition.rounding) == (
        Money("0.02", "EUR"),
        "rounded half up to the minor unit",
    )
    assert DealSize().of(
        [a_row("D-1", "won", amount=Money("1", "JPY")), a_row("D-2", "won", amount=Money("2", "JPY"))]
    ).mean.value == Money("2", "JPY")


def test_a_quantile_has_to_be_asked_for_beforehand():
    with pytest.raises(UnknownName, match=r"no quantile '0.5'"):
        DealSize().of(won("1")).median


def test_several_currencies_give_one_figure_only_with_rates():
    rows = won("100", Money("100", "USD"))
    assert TotalAmount().of(rows).undefined == "amounts in EUR, USD and no rates; give rates, or group by currency"
    assert DealSize().of(rows).mean.undefined == "amounts in EUR, USD and no rates; give rates, or group by currency"
    by_currency = grouped(TotalAmount(), "currency").of(rows)
    assert [(one.key, one.result.value) for one in by_currency] == [
        ("EUR", Money("100", "EUR")),
        ("USD", Money("100", "USD")),
    ]
    assert by_currency.whole.value is None


def test_the_rate_of_the_day_of_the_close_counts():
    rates = Rates("EUR", [Rate("USD", date(2026, 11, 1), "0.90"), Rate("USD", date(2026, 11, 4), "0.80")])
    rows = [a_row(f"D-{days}", "won", took=days, amount=Money("100", "USD")) for days in (1, 2)]
    assert TotalAmount(rates=rates).of(rows).value == Money("170", "EUR")


def test_without_a_rate_or_a_date_a_deal_is_left_out_and_counted():
    rates = Rates("EUR", [Rate("USD", date(2026, 11, 4), "0.80")])
    rows = [
        a_row("D-1", "won", took=0, amount=Money("100", "USD")),
        a_row("D-2", "won", amount=Money("100", "USD")),
        a_row("D-3", "won", took=5, amount="7"),
    ]
    total = TotalAmount(rates=rates, with_ids=True).of(rows)
    assert (total.value, total.ids) == (Money("7", "EUR"), ("D-3",))
    assert [(one.reason, one.ids) for one in total.left_out] == [
        ("no closed date to take a rate of", ("D-2",)),
        ("no rate of USD on its closed date", ("D-1",)),
    ]


def test_rates_are_refused_where_they_contradict_each_other():
    with pytest.raises(InvalidValue, match="one rate a day"):
        Rates("EUR", [Rate("USD", date(2026, 1, 1), 1), Rate("USD", date(2026, 1, 1), 2)])
    with pytest.raises(InvalidValue, match="one rate a day"):
        Rates("EUR", [Rate("EUR", date(2026, 1, 1), 1)])
    with pytest.raises(InvalidValue, match="a rate is above zero"):
        Rate("USD", date(2026, 1, 1), 0)
    with pytest.raises(InvalidValue):
        Rate("USD", START, 1)


def test_a_conversion_is_rounded_half_up():
    rates = Rates("EUR", [Rate("USD", date(2026, 1, 1), "0.005")])
    assert rates.converted(Money("1", "USD"), date(2026, 5, 1)) == Money("0.01", "EUR")
    assert rates.converted(Money("1", "USD"), date(2025, 5, 1)) is None
    assert rates.rate("EUR", date(2025, 5, 1)) == Decimal(1)
    assert rates.converted(Money("7", "EUR"), date(2025, 5, 1)) == Money("7", "EUR")


def test_expected_amounts_are_by_the_day_of_the_expected_close():
    rows = [
        a_row("D-1", amount="5", expected_close=date(2026, 11, 30)),
        a_row("D-2", amount="6", expected_close=date(2026, 12, 1)),
    ]
    november = TotalAmount(outcomes="open", axis="expected close", period=Period.month(2026, 11, START.tzinfo))
    assert november.of(rows).value == Money("5", "EUR")


@pytest.mark.parametrize("metric", [DealCount, DealSize, TotalAmount])
def test_a_figure_of_open_deals_by_the_date_of_the_close_is_refused(metric):
    with pytest.raises(InvalidValue, match="open deals have no date of the close"):
        metric(outcomes="open", axis="closed", period=Period(after(0), after(9)))


def test_an_average_of_amounts_without_a_minor_unit_is_refused():
    with pytest.raises(InvalidValue, match="without a minor unit"):
        DealSize().of([a_row("D-1", "won", amount=Money("1.5", "XAU"))])
    assert TotalAmount().of([a_row("D-1", "won", amount=Money("1.5", "XAU"))]).value == Money("1.5", "XAU")


def test_a_period_may_be_any_period():
    assert TotalAmount(period=Period(after(1), after(3))).of(won("1", "2", "4")).value == Money("3", "EUR")
