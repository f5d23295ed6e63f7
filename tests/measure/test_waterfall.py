"""The pipeline waterfall: every movement, and that they add up to the cent."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from deals_measured import a_row, after
from hypothesis import given
from hypothesis import strategies as st
from short_sales import Book, amounts, at, books, days_expected, owners

from salesflow import InvalidValue, Money, Period, UnknownName, WrongType
from salesflow.measure import Movement, Rate, Rates, Waterfall, rows_at, waterfall_by, waterfall_of

NOVEMBER = Period.month(2026, 11, UTC)
IN_NOVEMBER, IN_DECEMBER = date(2026, 11, 20), date(2026, 12, 20)
RATES = Rates("EUR", [Rate("USD", date(2026, 1, 1), "0.9")])


def eur(amount: str | int) -> Money:
    return Money(amount, "EUR")


def expected(deal_id: str, on: date | None, amount: str | None = "100", outcome: str = "open", **fields):
    return a_row(deal_id, outcome, amount=amount, expected_close=on, **fields)


def moved(waterfall: Waterfall) -> dict[str, Decimal]:
    """What happened, as the heights of the bars."""
    return {bar.movement.value: bar.amount.amount for bar in waterfall}


def assert_adds_up(waterfall: Waterfall) -> None:
    total = waterfall.opening.value
    for bar in waterfall.bars:
        total += bar.change
    assert total == waterfall.closing.value


def test_every_movement_has_its_bar_and_the_bars_add_up():
    before = [
        expected("grows", IN_NOVEMBER, "100"),
        expected("shrinks", IN_NOVEMBER, "200"),
        expected("is pulled in", IN_DECEMBER, "40"),
        expected("is pushed", IN_NOVEMBER, "50"),
        expected("is won", IN_NOVEMBER, "70"),
        expected("is lost", IN_NOVEMBER, "30"),
        expected("stays", IN_NOVEMBER, "10"),
        expected("comes back", IN_NOVEMBER, "5", "lost"),
        expected("vanishes", IN_NOVEMBER, "3"),
    ]
    now = [
        expected("grows", IN_NOVEMBER, "125.50"),
        expected("shrinks", IN_NOVEMBER, "150.25"),
        expected("is pulled in", IN_NOVEMBER, "40"),
        expected("is pushed", IN_DECEMBER, "50"),
        expected("is won", IN_NOVEMBER, "70", "won", closed_at=after(5)),
        expected("is lost", IN_NOVEMBER, "30", "lost"),
        expected("stays", IN_NOVEMBER, "10"),
        expected("comes back", IN_NOVEMBER, "5"),
        expected("is new", IN_NOVEMBER, "60"),
    ]
    waterfall = waterfall_of(before, now, period=NOVEMBER)
    assert (waterfall.opening.value, waterfall.closing.value) == (eur(463), eur("390.75"))
    assert moved(waterfall) == {
        "new": 60,
        "reopened": 5,
        "pulled in": 40,
        "increased": Decimal("25.50"),
        "decreased": Decimal("49.75"),
        "pushed out": 50,
        "removed": 3,
        "lost": 30,
        "won": 70,
    }
    assert waterfall["won"].ids == ("is won",)
    assert waterfall["won"].change == eur(-70)
    assert waterfall.opening.definition.period == NOVEMBER
    assert_adds_up(waterfall)


def test_without_a_period_nobody_is_pushed():
    waterfall = waterfall_of([expected("D-1", IN_NOVEMBER)], [expected("D-1", IN_DECEMBER)])
    assert (moved(waterfall), waterfall.closing.value) == ({}, eur(100))
    assert waterfall.opening.definition.axis is None


def test_a_won_deal_is_worth_what_it_was_won_for():
    waterfall = waterfall_of([expected("D-1", IN_NOVEMBER)], [expected("D-1", IN_NOVEMBER, "80", "won")])
    assert moved(waterfall) == {"decreased": 20, "won": 80}


def test_a_deal_that_is_pushed_and_changed_leaves_with_the_amount_it_has_now():
    waterfall = waterfall_of([expected("D-1", IN_NOVEMBER)], [expected("D-1", IN_DECEMBER, "120")], period=NOVEMBER)
    assert moved(waterfall) == {"increased": 20, "pushed out": 120}


def test_a_period_holds_its_first_day_and_not_the_one_after_its_last():
    days = {"D-1": date(2026, 10, 31), "D-2": date(2026, 11, 1), "D-3": date(2026, 11, 30), "D-4": date(2026, 12, 1)}
    rows = [expected(deal_id, on) for deal_id, on in days.items()]
    for zone in (UTC, ZoneInfo("Asia/Jerusalem")):
        assert waterfall_of(rows, [], period=Period.month(2026, 11, zone)).opening.ids == ("D-2", "D-3")


def test_a_deal_that_lost_its_date_is_pushed_out():
    waterfall = waterfall_of([expected("D-1", IN_NOVEMBER)], [expected("D-1", None)], period=NOVEMBER)
    assert moved(waterfall) == {"pushed out": 100}


def test_a_deal_that_came_and_was_closed_in_between_is_new_and_then_won_or_lost():
    now = [expected("D-1", IN_NOVEMBER, "100", "won"), expected("D-2", IN_NOVEMBER, "30", "lost")]
    waterfall = waterfall_of([], now, period=NOVEMBER)
    assert moved(waterfall) == {"new": 130, "won": 100, "lost": 30}
    assert waterfall.closing.value == eur(0)


def test_a_deal_that_was_won_before_it_was_expected_is_pulled_in_and_won():
    now = [expected("D-1", IN_DECEMBER, "100", "won", closed_at=after(10))]
    assert moved(waterfall_of([expected("D-1", IN_DECEMBER)], now, period=NOVEMBER)) == {"pulled in": 100, "won": 100}


def test_what_is_closed_in_another_period_is_no_movement_of_this_one():
    now = [expected("D-1", IN_DECEMBER, "100", "lost")]
    waterfall = waterfall_of([expected("D-1", IN_DECEMBER)], now, period=NOVEMBER)
    assert (list(waterfall), waterfall.undefined) == ([], "there are no deals with a known amount")


def test_a_lost_deal_that_was_reopened_and_won_is_both():
    before = [expected("D-1", IN_NOVEMBER, "100", "lost", closed_at=after(1))]
    now = [expected("D-1", IN_NOVEMBER, "100", "won", closed_at=after(3))]
    assert moved(waterfall_of(before, now)) == {"reopened": 100, "won": 100}


def test_a_lost_deal_that_was_reopened_and_lost_again_is_both():
    before = [expected("D-1", IN_NOVEMBER, "100", "lost", closed_at=after(1))]
    again = [expected("D-1", IN_NOVEMBER, "100", "lost", closed_at=after(3))]
    assert moved(waterfall_of(before, again)) == {"reopened": 100, "lost": 100}
    assert moved_nothing(before)


def moved_nothing(rows) -> bool:
    return not list(waterfall_of(rows, rows))


def test_an_amount_that_was_not_known_becomes_known_and_the_other_way_round():
    known, unknown = expected("D-1", IN_NOVEMBER), expected("D-1", IN_NOVEMBER, None)
    other = expected("D-2", IN_NOVEMBER, "1")
    learned = waterfall_of([unknown, other], [known, other])
    assert moved(learned) == {"amount became known": 100}
    assert (learned.opening.value, learned.opening.left_out[0].ids) == (eur(1), ("D-1",))
    assert moved(waterfall_of([known, other], [unknown, other])) == {"amount became unknown": 100}


def test_a_new_deal_without_an_amount_is_counted_and_adds_nothing():
    waterfall = waterfall_of(
        [expected("D-1", IN_NOVEMBER)], [expected("D-1", IN_NOVEMBER), expected("D-2", None, None)]
    )
    assert (waterfall["new"].count, waterfall["new"].amount) == (1, eur(0))


def test_a_change_of_currency_is_a_movement_of_its_own():
    before, now = a_row("D-1", amount=Money("100", "USD")), a_row("D-1", amount=Money("100", "EUR"))
    waterfall = waterfall_of([before], [now], rates=RATES, rate_on=IN_NOVEMBER)
    assert (moved(waterfall), waterfall.opening.value) == ({"currency changed": 10}, eur(90))
    assert "by the rates of 2026-11-20" in str(waterfall.opening.definition)


def test_several_currencies_without_rates_are_undefined_and_each_has_its_own_waterfall():
    before, now = a_row("D-1", amount=Money("100", "USD")), a_row("D-1", amount=Money("95", "EUR"))
    waterfall = waterfall_of([before], [now])
    assert waterfall.undefined == "amounts in EUR, USD and no rates; give rates, or group by currency"
    assert (waterfall.closing.value, waterfall["currency changed"].amount) == (None, None)
    groups = waterfall_by([before], [now], "currency")
    assert moved(groups["USD"]) == {"handed over": 100}
    assert (moved(groups["EUR"]), groups["EUR"].closing.value) == ({"taken over": 95}, eur(95))


def test_a_deal_that_changed_hands_was_handed_over_at_the_amount_it_had():
    before = [a_row("D-1", amount="100", owner="noa")]
    now = [a_row("D-1", "won", amount="120", owner="dan")]
    groups = waterfall_by(before, now, "owner")
    assert moved(groups["noa"]) == {"handed over": 100}
    assert moved(groups["dan"]) == {"taken over": 100, "increased": 20, "won": 120}
    assert moved(groups.whole) == {"increased": 20, "won": 120}
    for group in groups:
        assert_adds_up(group.result)


def test_deals_of_nobody_are_a_group():
    groups = waterfall_by([], [a_row("D-1", amount="100")], "owner", "team")
    assert groups.groups[0].label == "Not assigned, Not assigned"


def test_from_a_journal_alone():
    book = Book()
    book.open("D-1", amount=eur(100), expected_close=IN_NOVEMBER)
    book.open("D-2", amount=eur(200), expected_close=IN_NOVEMBER)
    book.update("D-1", day=3, amount=eur(150))
    book.win("D-2", day=4)
    book.open("D-3", day=5, amount=eur(10), expected_close=IN_DECEMBER)
    waterfall = waterfall_of(*rows_at(book.storage, at(1), at(7)), period=NOVEMBER)
    assert (waterfall.opening.value, waterfall.closing.value) == (eur(300), eur(150))
    assert moved(waterfall) == {"increased": 50, "won": 200}


@given(books(), st.integers(0, 21), st.integers(0, 21), st.booleans())
def test_opening_and_all_movements_make_the_closing_whatever_happened(book, one, other, with_period):
    first, second = sorted((one, other))
    rows = rows_at(book.storage, at(first), at(second))
    chosen = {"period": NOVEMBER if with_period else None, "rates": RATES, "rate_on": IN_NOVEMBER}
    whole = waterfall_of(*rows, **chosen)
    assert_adds_up(whole)
    assert whole.opening.value == pipeline(rows[0], with_period)
    assert whole.closing.value == pipeline(rows[1], with_period)
    groups = waterfall_by(*rows, "owner", **chosen)
    assert groups.whole == whole
    for end in ("opening", "closing"):
        parts = [getattr(group.result, end).value for group in groups]
        assert Money.total(parts, currency="EUR") == getattr(whole, end).value
    for group in groups:
        assert_adds_up(group.result)
    for movement in set(Movement) - {Movement.HANDED_OVER, Movement.TAKEN_OVER}:
        parts = [group.result[movement].change for group in groups]
        assert Money.total(parts, currency="EUR") == whole[movement].change


snapshots = st.lists(
    st.builds(
        a_row,
        st.sampled_from(["D-1", "D-2", "D-3"]),
        st.sampled_from(["open", "won", "lost"]),
        amount=amounts,
        owner=owners,
        expected_close=days_expected,
    ),
    unique_by=lambda row: row.id,
)


@given(snapshots, snapshots, st.booleans())
def test_whatever_two_snapshots_of_a_host_say_the_movements_make_the_closing(before, now, with_period):
    chosen = {"period": NOVEMBER if with_period else None, "rates": RATES, "rate_on": IN_NOVEMBER}
    whole = waterfall_of(before, now, **chosen)
    assert_adds_up(whole)
    assert whole.closing.value == pipeline(now, with_period)
    for group in waterfall_by(before, now, "owner", **chosen):
        assert_adds_up(group.result)
    for group in waterfall_by(before, now, "currency"):
        if group.result.undefined is None:
            assert_adds_up(group.result)


def pipeline(rows, with_period: bool) -> Money:
    """What the open pipeline comes to, worked out apart."""
    total = eur(0)
    for row in rows:
        inside = not with_period or (row.expected_close is not None and row.expected_close.month == 11)
        if row.is_open and row.amount is not None and inside:
            total += RATES.converted(row.amount, IN_NOVEMBER)
    return total


@given(books(), st.integers(0, 21))
def test_between_a_moment_and_itself_nothing_happened(book, day):
    rows = rows_at(book.storage, at(day), at(day))
    assert list(waterfall_of(*rows, rates=RATES, rate_on=IN_NOVEMBER)) == []


def test_an_empty_pipeline_has_no_currency_unless_rates_say_it():
    assert waterfall_of([], []).undefined == "there are no deals with a known amount"
    assert waterfall_of([], [], rates=RATES, rate_on=IN_NOVEMBER).closing.value == eur(0)


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"period": Period(after(0), after(0))}, InvalidValue, "a period must have some length"),
        ({"period": "november"}, WrongType, "must be a Period"),
        ({"rates": RATES}, InvalidValue, "give the day whose rates count"),
        ({"rates": Rates("EUR"), "rate_on": IN_NOVEMBER}, InvalidValue, "no rate is given from USD to EUR"),
    ],
)
def test_what_makes_no_waterfall_is_a_clear_error(asked, error, says):
    with pytest.raises(error, match=says):
        waterfall_of([], [a_row("D-1", amount=Money(1, "USD"))], **asked)


def test_a_deal_comes_once():
    with pytest.raises(InvalidValue, match="a deal has one row at each moment"):
        waterfall_of([a_row("D-1"), a_row("D-1")], [])


def test_groups_of_a_waterfall_share_no_deals_and_have_names():
    with pytest.raises(InvalidValue, match="a deal is in one group of a waterfall"):
        waterfall_by([], [], "product")
    with pytest.raises(UnknownName, match="owner"):
        waterfall_by([a_row()], [], "ownr")
    with pytest.raises(UnknownName, match="pulled in"):
        waterfall_of([], [])["puled in"]
