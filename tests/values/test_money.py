"""Money: exact amounts in one currency."""

from __future__ import annotations

import operator
import pickle
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow.errors import CurrencyMismatch, InvalidValue, UnknownName, WrongType
from salesflow.values import CURRENCIES, Currency, Money

CENTS = st.integers(-(10**14), 10**14)
EUROS = CENTS.map(lambda cents: Money.from_minor(cents, "EUR"))


@pytest.mark.parametrize(
    ("amount", "currency", "stored"),
    [
        ("48000", "EUR", "48000.00"),
        (48000, "EUR", "48000.00"),
        (Decimal("48000.0000"), "EUR", "48000.00"),
        (Decimal("4.8E+4"), "EUR", "48000.00"),
        ("-0.05", "EUR", "-0.05"),
        ("-0", "EUR", "0.00"),
        ("1500", "JPY", "1500"),
        ("1.5", "BHD", "1.500"),
        ("1.5", "CLF", "1.5000"),
        ("1.123456789", "XAU", "1.123456789"),
        ("-0.0", "XAU", "0.0"),
        (Decimal("1E+3"), "XAU", "1000"),
        ("1" * 30, "XAU", None),
    ],
)
def test_an_amount_is_kept_with_the_places_of_its_currency(amount, currency, stored):
    if stored is None:
        with pytest.raises(InvalidValue):
            Money(amount, currency)
    else:
        assert str(Money(amount, currency).amount) == stored


def test_money_shows_itself_plainly():
    assert repr(Money("48000", "EUR")) == "Money('48000.00', 'EUR')"
    assert str(Money("48000", "EUR")) == "48000.00 EUR"
    assert repr(Money("0.0000000001", "XAU")) == "Money('0.0000000001', 'XAU')"


def test_money_reads_back_as_it_was_written():
    for one in (Money("48000", "EUR"), Money("-0.0000000001", "XAU"), Money(7, "JPY")):
        assert pickle.loads(pickle.dumps(one)) == one
        assert eval(repr(one), {"Money": Money}) == one
        assert attrs.evolve(one) == one
        assert hash(pickle.loads(pickle.dumps(one))) == hash(one)


def test_money_never_changes():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Money("1", "EUR").amount = Decimal(2)
    assert not hasattr(Money("1", "EUR"), "__dict__")


def test_more_places_than_the_currency_has_are_refused_and_the_way_to_round_is_named():
    for amount, currency in (("1.005", "EUR"), ("0.5", "JPY"), (Decimal("0.00001"), "CLF")):
        with pytest.raises(InvalidValue, match=r"at most \d decimal places.*Money\.rounded"):
            Money(amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "stored"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("1.004", "EUR", "1.00"),
        ("0.5", "JPY", "1"),
        ("1.5", "XAU", "1.5"),
    ],
)
def test_rounding_is_asked_for_by_name_and_half_up(amount, currency, stored):
    assert str(Money.rounded(amount, currency).amount) == stored


@pytest.mark.parametrize("amount", [0.1, True, None, b"1", object()])
def test_an_amount_is_an_exact_number(amount):
    with pytest.raises(WrongType, match="amount: must be an exact number"):
        Money(amount, "EUR")


@pytest.mark.parametrize("amount", [Decimal(10**24), "1" * 25, -(10**24), Decimal(10**30)])
def test_an_amount_has_at_most_twenty_four_digits_before_the_point(amount):
    with pytest.raises(InvalidValue, match="24 digits before"):
        Money(amount, "EUR")


def test_the_currency_is_a_code_or_a_currency_of_iso_4217():
    assert Money("1", CURRENCIES["EUR"]) == Money("1", "EUR")
    with pytest.raises(UnknownName, match="EURO"):
        Money("1", "EURO")
    with pytest.raises(UnknownName):
        Money("1", Currency("BTC", "", 8, "Bitcoin"))
    with pytest.raises(InvalidValue, match="give the code 'EUR'"):
        Money("1", Currency("EUR", "978", 3, "Euro"))
    for wrong in (None, 978, ["EUR"]):
        with pytest.raises(WrongType):
            Money("1", wrong)


def test_amounts_of_one_currency_are_added_subtracted_and_turned_around():
    assert Money("0.10", "EUR") + Money("0.20", "EUR") == Money("0.30", "EUR")
    assert Money("0.10", "EUR") - Money("0.20", "EUR") == Money("-0.10", "EUR")
    assert -Money("1", "EUR") == Money("-1", "EUR")
    assert +Money("1", "EUR") == Money("1", "EUR")
    assert abs(Money("-1", "EUR")) == Money("1", "EUR")
    assert repr(-Money("0", "EUR")) == repr(Money("-1", "EUR") + Money("1", "EUR")) == "Money('0.00', 'EUR')"


@pytest.mark.parametrize(
    "doing", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge, Money.ratio]
)
def test_amounts_of_different_currencies_do_not_mix(doing):
    with pytest.raises(CurrencyMismatch) as refused:
        doing(Money("1", "EUR"), Money("1", "USD"))
    assert (refused.value.left, refused.value.right) == ("EUR", "USD")


def test_amounts_of_different_currencies_are_never_equal():
    assert Money("0", "EUR") != Money("0", "USD")
    assert Money("1", "EUR") != Decimal(1)


@pytest.mark.parametrize(
    "doing",
    [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge, operator.truediv],
)
def test_money_and_a_bare_number_do_not_mix(doing):
    with pytest.raises(TypeError):
        doing(Money("1", "EUR"), 1)


def test_amounts_of_one_currency_are_ordered():
    small, large = Money("1", "EUR"), Money("2", "EUR")
    assert small < large <= large
    assert large > small >= small
    assert not large < small
    assert not small > large
    assert not large > Money("2", "EUR")
    assert not large < Money("2", "EUR")
    assert max(small, large) is large


def test_a_whole_number_of_times_is_exact():
    assert Money("33.35", "EUR") * 3 == 3 * Money("33.35", "EUR") == Money("100.05", "EUR")
    assert repr(Money("1", "EUR") * 0) == repr(Money("0", "EUR") * -1) == "Money('0.00', 'EUR')"
    for wrong in (Decimal("0.5"), 0.5, True):
        with pytest.raises(WrongType, match="times"):
            Money("1", "EUR") * wrong
    with pytest.raises(TypeError):
        Money("1", "EUR") * "2"
    with pytest.raises(TypeError):
        Money("1", "EUR") * Money("1", "EUR")


def test_a_fraction_of_an_amount_is_rounded_half_up():
    assert Money("33.35", "EUR").times(Decimal("0.1")) == Money("3.34", "EUR")
    assert Money("-33.35", "EUR").times(Decimal("0.1")) == Money("-3.34", "EUR")
    assert Money.rounded(Decimal(15) / 30, "JPY") == Money("1", "JPY")
    assert Money("1.5", "XAU").times(Decimal("0.5")) == Money("0.75", "XAU")
    assert Money("2", "EUR").times(3) == Money("6", "EUR")
    with pytest.raises(WrongType):
        Money("1", "EUR").times(0.1)


@pytest.mark.parametrize(
    "calculate",
    [
        lambda most: most + most,
        lambda most: -most - most,
        lambda most: most * 2,
        lambda most: most * 10**12,
        lambda most: most.times(Decimal("1.5")),
        lambda most: Money.total([most, most], currency="EUR"),
    ],
)
def test_a_result_that_is_too_large_is_refused(calculate):
    with pytest.raises(InvalidValue, match="digits"):
        calculate(Money("9" * 24, "EUR"))


@pytest.mark.parametrize(
    "calculate",
    [
        lambda large, small: large + small,
        lambda large, small: large - small,
        lambda large, small: large * 123456789012345678,
        lambda large, small: Money.total([large, small], currency="XAU"),
    ],
)
def test_a_result_with_too_many_digits_is_refused_and_not_rounded(calculate):
    with pytest.raises(InvalidValue, match="more than 34 digits"):
        calculate(Money("1" * 20, "XAU"), Money("0." + "0" * 19 + "1", "XAU"))


def test_a_ratio_is_a_plain_number():
    assert Money("25", "EUR").ratio(Money("100", "EUR")) == Decimal("0.25")
    assert str(Money("2", "EUR").ratio(Money("3", "EUR"))) == "0." + "6" * 33 + "7"
    with pytest.raises(InvalidValue, match="no ratio to an amount of zero"):
        Money("1", "EUR").ratio(Money.zero("EUR"))
    with pytest.raises(WrongType):
        Money("1", "EUR").ratio(2)


def test_a_total_of_nothing_is_zero_in_its_currency():
    assert Money.total([], currency="EUR") == Money.zero("EUR") == Money("0", "EUR")
    assert Money.total(iter([Money("1", "EUR")] * 3), currency="EUR") == Money("3", "EUR")
    with pytest.raises(CurrencyMismatch):
        Money.total([Money("1", "USD")], currency="EUR")


def test_an_amount_is_a_whole_number_of_minor_units():
    assert Money("48000.01", "EUR").minor_units == 4800001
    assert Money("-7", "JPY").minor_units == -7
    assert Money.from_minor(4800001, "EUR") == Money("48000.01", "EUR")
    assert repr(Money.from_minor(0, "BHD")) == "Money('0.000', 'BHD')"
    for wrong in ("1", 1.0, Decimal(1), True):
        with pytest.raises(WrongType):
            Money.from_minor(wrong, "EUR")


def test_gold_has_no_minor_unit():
    with pytest.raises(InvalidValue, match="no minor unit"):
        Money("1", "XAU").minor_units
    with pytest.raises(InvalidValue, match="no minor unit"):
        Money.from_minor(1, "XAU")


def test_the_sign_of_an_amount_is_asked_by_name():
    asked = [(one.is_negative, one.is_zero, one.is_positive) for one in map(Money, (-1, 0, 1), ["EUR"] * 3)]
    assert asked == [(True, False, False), (False, True, False), (False, False, True)]


def test_an_amount_of_zero_is_an_amount_and_not_false():
    assert bool(Money.zero("EUR"))


def test_nothing_is_lost_when_an_amount_is_divided():
    assert [str(one.amount) for one in Money("100", "EUR").allocate(3)] == ["33.34", "33.33", "33.33"]
    assert [str(one.amount) for one in Money("-100", "EUR").allocate(3)] == ["-33.34", "-33.33", "-33.33"]
    assert [str(one.amount) for one in Money("0.05", "EUR").allocate([3, 7])] == ["0.02", "0.03"]
    assert [str(one.amount) for one in Money("10", "XAU").allocate(3)] == ["4", "3", "3"]
    assert [str(one.amount) for one in Money("0", "EUR").allocate([0, 1])] == ["0.00", "0.00"]


@settings(max_examples=60)
@given(EUROS, st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any))
def test_shares_of_an_amount_add_up_to_exactly_the_whole(whole, parts):
    given_out = whole.allocate(parts)
    assert Money.total(given_out, currency="EUR") == whole
    assert all(share.is_zero for share, part in zip(given_out, parts, strict=True) if not part)


@settings(max_examples=60)
@given(EUROS, st.lists(st.integers(0, 20), min_size=0, max_size=5))
def test_percentages_of_an_amount_add_up_to_exactly_the_whole(whole, percents):
    parts = whole.split_percent([*percents, 100 - sum(percents)])
    assert Money.total(parts, currency="EUR") == whole
    for part, percent in zip(parts, percents, strict=False):
        assert part == Money.rounded(whole.amount * percent / 100, "EUR")


@pytest.mark.parametrize("percents", [[], [99], [50, Decimal("50.01")], [-10, 110], [Decimal("NaN")]])
def test_percentages_that_do_not_make_a_hundred_are_refused(percents):
    with pytest.raises(InvalidValue, match="percents: "):
        Money("1", "EUR").split_percent(percents)


@pytest.mark.parametrize("parts", [[], [-1, 5], [1] * 10_001])
def test_parts_that_cannot_be_taken_are_refused(parts):
    with pytest.raises(InvalidValue):
        Money("1", "EUR").split(parts)


ONE = Money("1", "EUR")
ARGUMENTS = {
    "Money": (Money, {"amount": 1, "currency": "EUR"}),
    "rounded": (Money.rounded, {"amount": 1, "currency": "EUR"}),
    "zero": (Money.zero, {"currency": "EUR"}),
    "from_minor": (Money.from_minor, {"units": 1, "currency": "EUR"}),
    "total": (Money.total, {"amounts": [ONE], "currency": "EUR"}),
    "times": (ONE.times, {"factor": 2}),
    "ratio": (ONE.ratio, {"other": ONE}),
    "allocate": (ONE.allocate, {"parts": [1, 2]}),
    "split": (ONE.split, {"parts": [30, ONE, 70]}),
    "split_percent": (ONE.split_percent, {"percents": [30, 70]}),
}
"""Whatever takes arguments, with arguments that are right."""


def test_everything_that_takes_an_argument_is_looked_at():
    """Mutants of a method stand beside it, under names of no alphabet; they are left out."""
    taking = {
        name for name in dir(Money) if not name.startswith("_") and name.isascii() and callable(getattr(Money, name))
    }
    assert taking == set(ARGUMENTS) - {"Money"}
    for call, right in ARGUMENTS.values():
        call(**right)


@pytest.mark.parametrize("wrong", [object(), None, 0.5, True], ids=lambda wrong: type(wrong).__name__)
@pytest.mark.parametrize(
    ("name", "argument"), [(name, argument) for name, (_, right) in ARGUMENTS.items() for argument in right]
)
def test_an_argument_of_the_wrong_type_is_refused_by_its_name(name, argument, wrong):
    call, right = ARGUMENTS[name]
    with pytest.raises(WrongType) as refused:
        call(**{**right, argument: wrong})
    assert refused.value.field == argument


@pytest.mark.parametrize(
    ("refused_for", "calculate"),
    [
        ("amount", lambda: Money("1e5", "EUR")),
        ("amount", lambda: Money("9" * 25, "XAU")),
        ("amount", lambda: Money.rounded(Decimal("NaN"), "EUR")),
        ("units", lambda: Money.from_minor(10**24, "EUR")),
        ("count", lambda: ONE * 10**24),
        ("count", lambda: 10**24 * ONE),
        ("factor", lambda: ONE.times(Decimal("Infinity"))),
        ("parts", lambda: ONE.allocate(0)),
        ("parts", lambda: ONE.allocate([-1, 2])),
        ("parts", lambda: ONE.allocate([0, 0])),
        ("parts", lambda: ONE.split([])),
        ("parts", lambda: ONE.split([-1, 101])),
        ("parts", lambda: ONE.split("70")),
        ("parts", lambda: ONE.split([50, Decimal("NaN")])),
        ("percents", lambda: ONE.split_percent([0.3, 0.7])),
        ("amounts", lambda: Money.total([ONE, None], currency="EUR")),
    ],
)
def test_a_number_that_cannot_be_calculated_with_is_refused_by_its_name(refused_for, calculate):
    with pytest.raises(InvalidValue) as refused:
        calculate()
    assert refused.value.field == refused_for


@pytest.mark.parametrize(
    ("parts", "divided"),
    [
        ([70, Money("200", "EUR"), 30], ["700.00", "200.00", "100.00"]),
        ([Money("1200", "EUR"), 5], ["1200.00", "-200.00"]),
        ([Decimal("33.335"), 0, 1], ["333.35", "0.00", "666.65"]),
        ([Money("5", "EUR")], ["1000.00"]),
    ],
)
def test_the_last_part_takes_what_percentages_and_fixed_amounts_leave(parts, divided):
    assert [str(one.amount) for one in Money("1000", "EUR").split(parts)] == divided


def test_a_fixed_part_is_in_the_same_currency():
    with pytest.raises(CurrencyMismatch):
        Money("1", "EUR").split([Money("1", "USD"), 50])
    with pytest.raises(CurrencyMismatch):
        Money("1", "EUR").split([50, Money("1", "USD")])


@settings(max_examples=60)
@given(CENTS, CENTS)
def test_money_adds_like_whole_cents(left, right):
    one, other = Money.from_minor(left, "EUR"), Money.from_minor(right, "EUR")
    assert (one + other).minor_units == left + right
    assert (one - other).minor_units == left - right
    assert (one < other, one == other) == (left < right, left == right)
    assert one + other - other == one
    assert (one * 3).minor_units == left * 3


def test_an_amount_in_a_unit_without_minor_units_is_written_without_an_exponent():
    assert [str(Money(Decimal(given), "XAU").amount) for given in ("1E+1", "1E+2", "1", "0.5")] == [
        "10",
        "100",
        "1",
        "0.5",
    ]


@pytest.mark.parametrize("currency", ["EUR", "XAU"])
@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+100", "1E-100"])
def test_a_decimal_that_is_no_amount_is_refused_as_the_amount(number, currency):
    with pytest.raises(InvalidValue) as refused:
        Money(Decimal(number), currency)
    assert refused.value.field == "amount"
