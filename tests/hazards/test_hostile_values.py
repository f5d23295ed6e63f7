"""Values from outside that did harm elsewhere: each is refused, at once, and without repeating what is personal."""

from __future__ import annotations

import signal
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal, Inexact, localcontext

import pytest

from salesflow.errors import InvalidValue, WrongType
from salesflow.values import EmailAddress, Money, Period, PhoneNumber, PostalAddress, day, line, moment, prose


@pytest.fixture(autouse=True)
def stopped_when_it_hangs():
    """What is guarded against runs for very long; five seconds of this process's own work are a hang, not slowness."""

    def stop(*_args):
        raise AssertionError("hostile input keeps the library busy")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 5)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@pytest.mark.parametrize("currency", ["EUR", "XAU"])
@pytest.mark.parametrize(
    "amount",
    ["1e999999", Decimal("1e999999"), Decimal("-1e999999"), Decimal("1e-999999"), "9" * 1_000_000, 10**100_000],
    ids=["text", "large", "negative", "small", "long text", "long int"],
)
def test_an_amount_of_a_million_digits_is_refused_before_it_is_written_out(amount, currency):
    with pytest.raises(InvalidValue) as refused:
        Money(amount, currency)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("currency", ["EUR", "XAU"])
def test_a_zero_with_a_huge_exponent_is_zero(currency):
    assert Money(Decimal("0e999999"), currency) == Money.zero(currency)
    assert len(repr(Money(Decimal("0e-999999"), currency))) < 40


@pytest.mark.parametrize("factor", [Decimal("1e999999"), Decimal("1e-999999"), Decimal("NaN"), Decimal("-Infinity")])
def test_a_hostile_factor_is_refused(factor):
    with pytest.raises(InvalidValue):
        Money("1", "EUR").times(factor)
    with pytest.raises(InvalidValue):
        Money("1", "EUR").allocate([1, factor])


@pytest.mark.parametrize("currency", ["EUR", "XAU"])
@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_amount(amount, currency):
    for one in (amount, Decimal(amount)):
        with pytest.raises(InvalidValue):
            Money(one, currency)
        with pytest.raises(InvalidValue):
            Money.rounded(one, currency)


def test_a_float_is_no_amount_and_the_way_out_is_named():
    with pytest.raises(WrongType, match=r"give text such as '12\.50', an int or a Decimal, not float"):
        Money(0.1, "EUR")


@pytest.mark.parametrize(
    "written", ["١٢", "１２", "²", "1_000", " 1", "1 ", "1\n", "1,5", "1e3", "0x1F", "", "-", ".", "1.", ".5", "1\x00"]
)
def test_only_plain_ascii_digits_are_an_amount(written):
    with pytest.raises(InvalidValue, match="ASCII digits"):
        Money(written, "EUR")


def test_the_ambient_decimal_context_changes_nothing():
    one, other = Money("123456789012.34", "EUR"), Money("0.01", "EUR")

    def calculate():
        return (
            Money("123456789012.34", "EUR"),
            Money.rounded("1.005", "EUR"),
            one + other,
            one - other,
            one * 7,
            one.times(Decimal("0.333")),
            one.ratio(Money("7", "EUR")),
            one.allocate([1, Decimal("2.5")]),
            one.split_percent([Decimal("33.3"), Decimal("66.7")]),
            one.split([Decimal("33.3"), other, 1]),
            one.minor_units,
            Money.from_minor(12345678901234, "EUR"),
            Money.total([one, other], currency="EUR"),
            abs(-one),
            repr(one),
        )

    expected = calculate()
    with localcontext() as ambient:
        ambient.prec = 2
        ambient.rounding = ROUND_DOWN
        ambient.traps[Inexact] = True
        assert calculate() == expected
    with localcontext() as ambient:
        ambient.clear_traps()
        with pytest.raises(InvalidValue):
            Money("1.005", "EUR")


@pytest.mark.parametrize(
    "text",
    ["Acme\x00", "Acme\r\nATTENDEE:x", "Acme\u202egpj.exe", "Acme\u2066", "Acme\u2028x", "\ud800", "Acme\x1b[2J"],
    ids=["nul", "crlf", "override", "isolate", "separator", "surrogate", "escape"],
)
@pytest.mark.parametrize("check", [line, prose])
def test_text_that_breaks_out_of_its_field_is_refused(check, text):
    with pytest.raises(InvalidValue) as refused:
        check(text, field="name")
    assert str(refused.value).isprintable()


def test_text_of_a_million_characters_is_refused_by_its_length():
    for check in (line, prose):
        with pytest.raises(InvalidValue, match="at most"):
            check("\u202e" * 1_000_000, field="name")


@pytest.mark.parametrize("kind", [EmailAddress, PhoneNumber, EmailAddress.parse])
@pytest.mark.parametrize("text", ["a" * 1_000_000, "1 " * 24 + "!", "a." * 126 + "@", "<" * 400, "1" + " " * 48 + "z"])
def test_contact_details_made_to_be_slow_are_refused_at_once(kind, text):
    with pytest.raises(InvalidValue):
        kind(text)


def test_a_naive_datetime_is_no_moment():
    with pytest.raises(InvalidValue, match="aware datetime"):
        moment(datetime(2026, 11, 2, 9), field="at")
    with pytest.raises(InvalidValue):
        Period(datetime(2026, 11, 2), datetime(2026, 11, 3))


def test_a_datetime_is_no_day_and_a_day_is_no_moment():
    with pytest.raises(WrongType):
        day(datetime(2026, 11, 2), field="due")
    with pytest.raises(WrongType):
        moment(date(2026, 11, 2), field="at")


@pytest.mark.parametrize(
    "make",
    [
        lambda secret: EmailAddress(secret),
        lambda secret: EmailAddress.parse(secret),
        lambda secret: PhoneNumber(secret),
        lambda secret: PostalAddress(street=secret + "\n"),
        lambda secret: line(secret * 100, field="name", personal=True),
        lambda secret: prose([secret], field="notes", personal=True),
    ],
)
def test_a_personal_value_is_in_no_message(make):
    with pytest.raises(InvalidValue) as refused:
        make("Levi 0531")
    assert "Levi" not in f"{refused.value} {refused.value!r} {vars(refused.value)}"
    assert "0531" not in str(refused.value)


def test_a_personal_value_is_in_no_repr():
    shown = f"{EmailAddress('levi@acme.example')!r}{PhoneNumber('0531 98765')!r}{PostalAddress(street='1 Levi St')!r}"
    assert "evi" not in shown
    assert "0531" not in shown
