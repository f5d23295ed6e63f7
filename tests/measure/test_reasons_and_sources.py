"""Why deals are won and lost, to whom, and where they come from."""

from __future__ import annotations

from decimal import Decimal

from deals_measured import START, a_row, after

from salesflow import Money, Period
from salesflow.measure import Competitors, LeadSources, LossReasons, WinReasons


def lost(*reasons: str | None, **fields):
    return [a_row(f"D-{n}", "lost", took=n, loss_reason=reason, **fields) for n, reason in enumerate(reasons, start=1)]


def test_reasons_are_shares_of_the_lost_deals_and_no_reason_is_one_of_them():
    reasons = LossReasons(with_ids=True).of(lost("price", "price", "timing", None))
    assert reasons.keys == ("price", "timing", None)
    assert (reasons["price"].percent(), reasons["price"].numerator, reasons["price"].denominator) == (50, 2, 4)
    assert reasons[None].numerator_ids == ("D-4",)
    assert sum(group.result.value for group in reasons) == 1
    assert reasons.groups[-1].label == "Not assigned"


def test_a_blank_reason_is_none_known():
    assert LossReasons().of(lost("", None)).keys == (None,)


def test_won_and_open_deals_have_no_reason_of_loss():
    rows = [*lost("price"), a_row("D-8", "won", win_reason="trust"), a_row("D-9")]
    assert LossReasons().of(rows)["price"].value == 1
    assert WinReasons().of(rows)["trust"].value == 1


def test_without_a_lost_deal_shares_are_undefined():
    assert LossReasons().of([]).whole.undefined == "no deal was lost"
    assert len(LossReasons().of([])) == 0


def test_reasons_of_a_period_are_by_the_date_of_the_close():
    assert LossReasons(period=Period(after(2), after(3))).of(lost("a", "b", "c")).keys == ("b",)


def test_competitors_are_those_who_won_instead():
    shares = Competitors().of(lost("price", "price", competitor="Globex") + lost("price"))
    assert shares["Globex"].rounded(4) == Decimal("0.6667")
    assert shares.ranked(lambda share: share.value)[0].key == "Globex"


def test_a_source_is_judged_by_what_became_of_its_deals():
    rows = [
        a_row("D-1", "won", took=10, source="fair", amount="100"),
        a_row("D-2", "lost", took=10, source="fair"),
        a_row("D-3", source="web"),
        a_row("D-4", "won", took=4, amount="7"),
    ]
    sources = LeadSources().of(rows)
    fair = sources["fair"]
    assert (fair.deals, fair.win_rate.percent(), fair.won_amount.value) == (2, 50, Money("100", "EUR"))
    assert fair.cycle.value == 10
    assert (sources["web"].win_rate.value, sources["web"].deals) == (None, 1)
    assert sources[None].won_amount.value == Money("7", "EUR")
    assert sources.whole.deals == 4


def test_sources_of_a_period_are_by_the_date_of_opening():
    rows = [a_row("D-1", source="fair"), a_row("D-2", source="web", opened_at=after(40))]
    assert LeadSources(period=Period(START, after(30))).of(rows)["fair"].deals == 1
    assert LeadSources(period=Period(START, after(30))).of(rows).whole.deals == 1
