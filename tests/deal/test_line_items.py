"""What would be sold, and what it comes to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from salesflow.deal.line_items import LineItem, LineItemsDesk
from salesflow.errors import CurrencyMismatch, InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome
from salesflow.values.money import Money


def euros(amount):
    return Money(amount, "EUR")


@pytest.fixture
def desk(at_desk):
    return at_desk(LineItemsDesk, amount=euros("48000"))[0]


def test_a_line_item_comes_to_quantity_times_price_less_the_discount(desk):
    item = desk.add("seat", quantity=40, unit_price=euros("1200"), discount=Decimal("0.1"), note="yearly")
    assert (item.id, item.product, item.quantity, item.note) == (1, "seat", Decimal(40), "yearly")
    assert item.total == euros("43200")


def test_it_is_rounded_half_up_once_at_the_end(desk):
    assert desk.add("hour", quantity=Decimal("0.5"), unit_price=euros("0.01")).total == euros("0.01")
    assert desk.add("metre", quantity=3, unit_price=euros("3.35"), discount=Decimal("0.1")).total == euros("9.05")


def test_the_total_is_the_sum_of_the_rounded_lines(desk):
    for _ in range(3):
        desk.add("x", quantity=Decimal("0.1"), unit_price=euros("33.35"))
    assert desk.total == euros("10.02")


def test_without_line_items_the_total_is_not_known(desk):
    assert desk.total is None


def test_one_piece_without_discount_is_meant_where_nothing_is_said(desk):
    item = desk.add("x", unit_price=euros("5"))
    assert item == LineItem(id=1, product="x", quantity=Decimal(1), unit_price=euros("5"), discount=Decimal(0), note="")
    assert item.total == euros("5")


@pytest.mark.parametrize(("field", "places"), [("quantity", 6), ("discount", 8)])
def test_a_number_may_have_so_many_decimal_places_and_no_more(desk, field, places):
    smallest = Decimal(1).scaleb(-places)
    assert getattr(desk.add("x", unit_price=euros("5"), **{field: smallest}), field) == smallest
    with pytest.raises(InvalidValue) as refused:
        desk.add("x", unit_price=euros("5"), **{field: smallest / 10})
    assert refused.value.field == field


def test_a_discount_of_everything_makes_it_free(desk):
    assert desk.add("x", unit_price=euros("5"), discount=1).total == euros("0")


def test_line_items_never_change_the_amount_of_the_deal(desk):
    desk.add("x", unit_price=euros("5"))
    assert desk.deal.amount == euros("48000")


@pytest.mark.parametrize("quantity", [0, -1, 10**12, Decimal("0.0000001"), Decimal("NaN"), Decimal("1e999999")])
def test_a_quantity_that_nobody_sells_is_refused(desk, quantity):
    with pytest.raises(InvalidValue, match="quantity"):
        desk.add("x", quantity=quantity, unit_price=euros("5"))


@pytest.mark.parametrize(
    "discount", [Decimal("-0.01"), Decimal("1.01"), 10, Decimal("Infinity"), Decimal("0.123456789")]
)
def test_a_discount_that_is_no_fraction_is_refused(desk, discount):
    with pytest.raises(InvalidValue, match="discount"):
        desk.add("x", discount=discount, unit_price=euros("5"))


@pytest.mark.parametrize("field", ["quantity", "discount"])
@pytest.mark.parametrize("number", [0.5, True])
def test_numbers_must_be_exact(desk, field, number):
    with pytest.raises(WrongType, match=field):
        desk.add("x", unit_price=euros("5"), **{field: number})


def test_a_price_must_be_money(desk):
    with pytest.raises(WrongType, match="give Money"):
        desk.add("x", unit_price=5)


def test_all_line_items_are_in_one_currency(desk):
    first = desk.add("x", unit_price=euros("5"))
    with pytest.raises(CurrencyMismatch, match="EUR and USD"):
        desk.add("y", unit_price=Money("5", "USD"))
    assert desk.deal.line_items == (first,)


def test_the_only_line_item_may_change_its_currency_but_one_of_several_may_not(desk):
    first = desk.add("x", unit_price=euros("5"))
    assert desk.change(first, unit_price=Money("6", "USD")).total == Money("6", "USD")
    desk.add("y", unit_price=Money("5", "USD"))
    with pytest.raises(CurrencyMismatch):
        desk.change(first, unit_price=euros("5"))


def test_a_total_with_too_many_digits_is_refused_before_it_is_recorded(desk):
    with pytest.raises(InvalidValue):
        desk.add("x", quantity=10**11, unit_price=euros(10**20))
    assert desk.deal.line_items == ()


def test_a_change_keeps_what_is_not_given(desk):
    item = desk.add("x", quantity=2, unit_price=euros("5"), discount=Decimal("0.5"), note="n")
    changed = desk.change(item, discount=0)
    assert (changed.product, changed.quantity, changed.note) == ("x", 2, "n")
    assert changed.total == euros("10")


def test_everything_about_a_line_item_can_be_changed(desk):
    desk.add("other", unit_price=euros("1"))
    changed = desk.change(
        desk.add("x", unit_price=euros("5")).id, product="y", quantity=3, unit_price=euros("2"), note="n"
    )
    assert (changed.product, changed.note, changed.total) == ("y", "n", euros("6"))
    assert desk.total == euros("7")


def test_changing_nothing_is_refused(desk):
    with pytest.raises(InvalidValue, match="something to change"):
        desk.change(desk.add("x", unit_price=euros("5")))


def test_a_line_item_can_be_taken_out(desk):
    first, second = desk.add("x", unit_price=euros("5")), desk.add("y", unit_price=euros("6"))
    desk.remove(first)
    assert desk.deal.line_items == (second,)


def test_a_line_item_that_the_deal_does_not_have_is_named(desk):
    with pytest.raises(UnknownName, match="no line item '4'"):
        desk.remove(4)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.add("x", unit_price=euros("5")),
        lambda d: d.change(1, note="x"),
        lambda d: d.remove(1),
    ],
)
def test_what_was_sold_stays_as_it_was_agreed(at_desk, change):
    with pytest.raises(NotNow, match="the deal is won"):
        change(at_desk(LineItemsDesk, outcome=Outcome.WON)[0])
