"""Money: an exact amount in one currency.

An amount of money is a decimal number of a currency's smallest units, and never a binary fraction. It is
kept with exactly the decimal places that ISO 4217 gives the currency, so that equal amounts are equal, hash
alike and read back as they were written. Nothing is rounded in silence: what needs rounding says so in its
name or its description, and rounds half up. What is divided is divided so that the parts add up to the
whole.

Amounts of different currencies cannot be added or compared, because that takes a rate, and a rate has a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, Inexact, InvalidOperation
from typing import final

import attrs

from salesflow.errors import CurrencyMismatch, InvalidValue, WrongType
from salesflow.values.currencies import CURRENCIES, Currency
from salesflow.values.currencies import currency as currency_of
from salesflow.values.decimals import (
    DIGITS,
    EXACT,
    HALF_UP,
    WHOLE_DIGITS,
    exact_decimal,
    exponent_of,
    half_up,
)
from salesflow.values.shares import list_of_parts, not_negative, ratios, shares

__all__ = ["Money"]

_QUANTA = {
    code: None if one.minor_units is None else Decimal((0, (1,), -one.minor_units)) for code, one in CURRENCIES.items()
}
_ONE = Decimal(1)
_NAN = Decimal("NaN")
_HUNDRED = Decimal(100)


@final
@attrs.frozen(init=False, repr=False)
class Money:
    """An exact amount in one currency.

    Two are equal if amount and currency are; they are ordered, added and subtracted within one currency
    only, exactly and independently of the ambient decimal context. ``*`` takes a whole number and is exact;
    :meth:`times` takes a fraction and rounds half up. There is no ``/``: see :meth:`allocate` for shares
    and :meth:`ratio` for a quotient. There is no truth value of its own either: ask :attr:`is_zero`, and
    ask whether an unknown amount ``is None``.

    Attributes:
        amount: the amount in the currency's major unit, with exactly its decimal places
            (``Decimal("48000.00")``). In a currency without a minor unit (gold, say) with the places that
            were given.
        currency: the ISO 4217 code (``"EUR"``).

    Args:
        amount: a ``Decimal``, an ``int``, or text such as ``"48000"`` or ``"-0.05"``.
        currency: an ISO 4217 code, or a :class:`~salesflow.values.currencies.Currency`.

    Raises:
        WrongType: the amount is a ``float`` or not a number at all, or the currency is not text.
        InvalidValue: the amount is NaN or infinite, has more decimal places than the currency, or more than
            24 digits before the decimal point.
        UnknownName: there is no such currency.

    Example:
        >>> Money("48000", "EUR") + Money("0.50", "EUR")
        Money('48000.50', 'EUR')
    """

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str | Currency) -> None:
        code = currency if type(currency) is str and currency in _QUANTA else _code(currency)
        number = amount if type(amount) is Decimal else exact_decimal(amount, field="amount")
        _set_amount(self, _in_places(number, code))
        _set_currency(self, code)

    @classmethod
    def rounded(cls, amount: Decimal | int | str, currency: str | Currency) -> Money:
        """An amount rounded half up to the minor unit of its currency: 1.005 EUR is 1.01 EUR.

        Args:
            amount: as for ``Money``, but with any number of decimal places up to 34.
            currency: as for ``Money``.

        Raises:
            WrongType: as for ``Money``.
            InvalidValue: the amount is NaN, infinite or too large.
            UnknownName: there is no such currency.
        """
        code = _code(currency)
        return _money(half_up(exact_decimal(amount, field="amount"), _QUANTA[code]), code)

    @classmethod
    def zero(cls, currency: str | Currency) -> Money:
        """Nothing, in a currency.

        Raises:
            UnknownName: there is no such currency.
        """
        return cls(0, currency)

    @classmethod
    def from_minor(cls, units: int, currency: str | Currency) -> Money:
        """An amount from a whole number of minor units: 4800000 in EUR is 48,000.00 EUR.

        Raises:
            WrongType: ``units`` is no ``int``.
            InvalidValue: the currency has no minor unit, or the amount is too large.
            UnknownName: there is no such currency.
        """
        code = _code(currency)
        places = _places(code)
        if not isinstance(units, int):
            raise WrongType("must be a whole number", field="units", value=units, way_out="give an int")
        return _money(exact_decimal(units, field="units").scaleb(-places, HALF_UP), code)

    @classmethod
    def total(cls, amounts: Iterable[Money], *, currency: str | Currency) -> Money:
        """The sum of any number of amounts of one currency; of none it is zero.

        Args:
            amounts: the amounts.
            currency: which currency they are all in.

        Raises:
            WrongType: one is no ``Money``.
            CurrencyMismatch: one is in another currency.
            InvalidValue: the sum is too large.
        """
        code = _code(currency)
        total = cls(0, code).amount
        if not isinstance(amounts, Iterable):
            raise WrongType("must be amounts", field="amounts", value=amounts, way_out="give a list of Money")
        try:
            for one in amounts:
                if not isinstance(one, Money):
                    raise WrongType("must be Money", field="amounts", value=one, way_out="leave out what is not known")
                if one.currency != code:
                    raise CurrencyMismatch(code, one.currency, doing="added")
                total = _add(total, one.amount)
        except Inexact:
            raise _too_many_digits() from None
        return _money(total, code)

    @property
    def minor_units(self) -> int:
        """The amount as a whole number of minor units: 48,000.00 EUR is 4800000.

        Raises:
            InvalidValue: the currency has no minor unit.
        """
        return int(self.amount.scaleb(_places(self.currency), HALF_UP))

    @property
    def is_zero(self) -> bool:
        """Whether it is nothing."""
        return not self.amount

    @property
    def is_positive(self) -> bool:
        """Whether it is more than nothing."""
        return self.amount > 0

    @property
    def is_negative(self) -> bool:
        """Whether it is less than nothing."""
        return self.amount < 0

    def __repr__(self) -> str:
        return f"Money('{self.amount:f}', '{self.currency}')"

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency, doing="added")
        try:
            return _money(_add(self.amount, other.amount), self.currency)
        except Inexact:
            raise _too_many_digits() from None

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency, doing="subtracted")
        try:
            return _money(EXACT.subtract(self.amount, other.amount), self.currency)
        except Inexact:
            raise _too_many_digits() from None

    def __neg__(self) -> Money:
        return _money(self.amount.copy_negate(), self.currency)

    def __pos__(self) -> Money:
        return self

    def __abs__(self) -> Money:
        return _money(self.amount.copy_abs(), self.currency)

    def __mul__(self, count: int) -> Money:
        if isinstance(count, Decimal | float | bool):
            raise WrongType(
                "an amount is multiplied with a whole number",
                field="count",
                value=count,
                way_out="use times(Decimal('...')), which rounds half up",
            )
        if not isinstance(count, int):
            return NotImplemented
        try:
            return _money(EXACT.multiply(self.amount, exact_decimal(count, field="count")), self.currency)
        except Inexact:
            raise _too_many_digits() from None

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount < self._comparable(other)

    def __le__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount <= self._comparable(other)

    def __gt__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount > self._comparable(other)

    def __ge__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount >= self._comparable(other)

    def _comparable(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency, doing="compared")
        return other.amount

    def times(self, factor: Decimal | int) -> Money:
        """The product with a factor, rounded half up to the minor unit: 33.35 EUR times 0.1 is 3.34 EUR.

        In a currency without a minor unit it is rounded to 34 significant digits.

        Args:
            factor: a fraction, such as a probability, or any other exact number.

        Raises:
            WrongType: the factor is a ``float`` or not a number.
            InvalidValue: the factor is NaN, infinite or too large, or the product is too large.
        """
        product = HALF_UP.multiply(self.amount, exact_decimal(factor, field="factor"))
        return _money(half_up(product, _QUANTA[self.currency]), self.currency)

    def ratio(self, other: Money) -> Decimal:
        """How many times the other amount this one is, to 34 significant digits, rounded half up.

        Raises:
            WrongType: the other one is no ``Money``.
            CurrencyMismatch: the other one is in another currency.
            InvalidValue: the other one is zero, so that there is no ratio.
        """
        if not isinstance(other, Money):
            raise WrongType("must be Money", field="other", value=other, way_out="use times() for a number")
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency, doing="divided")
        if not other.amount:
            raise InvalidValue(
                "there is no ratio to an amount of zero",
                field="other",
                value=str(other),
                way_out="ask is_zero first and treat the ratio as unknown",
            )
        return half_up(HALF_UP.divide(self.amount, other.amount), None)

    def allocate(self, parts: int | Sequence[int | Decimal]) -> tuple[Money, ...]:
        """Divide it into shares that add up to exactly the whole.

        Each share is cut down to whole minor units; those left over go one by one to the first shares, in
        order, that have a ratio above zero. So no share is a whole minor unit away from its exact value. In
        a currency without a minor unit, the last decimal place of the amount takes its role.

        Args:
            parts: how many equal shares, or the ratio of each share, in any unit: ``[1, 1, 2]`` is a
                quarter, a quarter and a half. At most 10,000; a ratio of zero gets nothing.

        Returns:
            As many shares as there are parts, in their order.

        Raises:
            WrongType: a part is not a number, or a ``float``.
            InvalidValue: there are no parts or too many, or a ratio is negative, or all are zero.

        Example:
            >>> Money("100", "EUR").allocate(3)
            (Money('33.34', 'EUR'), Money('33.33', 'EUR'), Money('33.33', 'EUR'))
        """
        last_place = exponent_of(self.amount)
        units = int(self.amount.scaleb(-last_place, HALF_UP))
        return tuple(
            _money(Decimal(share).scaleb(last_place, HALF_UP), self.currency)
            for share in shares(units, parts, field="parts")
        )

    def split_percent(self, percents: Sequence[int | Decimal]) -> tuple[Money, ...]:
        """Divide it by percentages that add up to 100; the last part takes the rest.

        Args:
            percents: percent, not fractions: ``[30, 70]``. Their sum is taken exactly.

        Returns:
            The parts in order. All but the last are rounded half up; the last is the whole less the others.

        Raises:
            WrongType: a percentage is a ``float`` or not a number.
            InvalidValue: a percentage is negative, or they do not add up to exactly 100.
        """
        exact = ratios(percents, field="percents")
        total = Decimal(0)
        for percent in exact:
            total = HALF_UP.add(total, percent)
        if total != _HUNDRED:
            raise InvalidValue(
                "percentages must add up to exactly 100",
                field="percents",
                value=total,
                way_out="change one of them, or use allocate() for ratios",
            )
        return self.split(exact)

    def split(self, parts: Sequence[int | Decimal | Money]) -> tuple[Money, ...]:
        """Divide it by percentages and fixed amounts; the last part takes the rest, whatever it says.

        Args:
            parts: each a percentage of the whole or a fixed amount, at most 10,000. They need not add up:
                the rest may be negative.

        Returns:
            The parts in order; percentages are rounded half up.

        Raises:
            WrongType: the parts are no list or tuple, or one is a ``float`` or not a number.
            InvalidValue: there are no parts or too many, or a percentage is negative.
            CurrencyMismatch: a fixed amount is in another currency.

        Example:
            >>> Money("1000", "EUR").split([70, Money("200", "EUR"), 30])
            (Money('700.00', 'EUR'), Money('200.00', 'EUR'), Money('100.00', 'EUR'))
        """
        checked = [self._part(part) for part in list_of_parts(parts, field="parts")]
        given = [part if isinstance(part, Money) else self.times(part.scaleb(-2, HALF_UP)) for part in checked[:-1]]
        return (*given, self - Money.total(given, currency=self.currency))

    def _part(self, part: object) -> Decimal | Money:
        """A percentage from zero up, or an amount of the same currency."""
        if not isinstance(part, Money):
            return not_negative(part, field="parts")
        self._comparable(part)
        return part


# A frozen value is written once, by way of its slots: faster than object.__setattr__, which looks them up by name.
_add = EXACT.add
_new = Money.__new__
_set_amount = Money.__dict__["amount"].__set__
_set_currency = Money.__dict__["currency"].__set__


def _money(amount: Decimal, code: str) -> Money:
    """Money from an amount that has the right places already; a calculation ends here."""
    if not amount:
        amount = amount.copy_abs()
    elif amount.adjusted() >= WHOLE_DIGITS:
        raise InvalidValue(
            f"an amount has at most {WHOLE_DIGITS} digits before the decimal point",
            field="amount",
            value=amount,
            way_out="check where the amounts come from",
        )
    made = _new(Money)
    _set_amount(made, amount)
    _set_currency(made, code)
    return made


def _code(currency: object) -> str:
    if type(currency) is str and currency in _QUANTA:
        return currency
    if isinstance(currency, Currency):
        known = currency_of(currency.code)
        if known != currency:
            raise InvalidValue(
                "only the currencies of ISO 4217 are known",
                field="currency",
                value=currency,
                way_out=f"give the code {known.code!r}",
            )
        return known.code
    return currency_of(currency).code  # type: ignore[arg-type]  # whatever it is, it is refused there


def _places(code: str) -> int:
    places = CURRENCIES[code].minor_units
    if places is None:
        raise InvalidValue(
            "this currency has no minor unit", field="currency", value=code, way_out="use the amount itself"
        )
    return places


def _in_places(number: Decimal, code: str) -> Decimal:
    """The number with exactly the decimal places of its currency, never rounded."""
    quantum = _QUANTA[code]
    if quantum is None:
        number = exact_decimal(number, field="amount")
        return EXACT.quantize(number, _ONE) if exponent_of(number) > 0 else EXACT.plus(number)
    try:
        amount = EXACT.quantize(number, quantum)
    except (Inexact, InvalidOperation):
        amount = _NAN
    if amount.is_finite() and amount.adjusted() < WHOLE_DIGITS:
        return amount or amount.copy_abs()
    exact_decimal(number, field="amount")  # says what is wrong with the number itself, if anything is
    raise InvalidValue(
        f"an amount in {code} has at most {CURRENCIES[code].minor_units} decimal places",
        field="amount",
        value=number,
        way_out="round it half up with Money.rounded(amount, currency)",
    )


def _too_many_digits() -> InvalidValue:
    return InvalidValue(f"the result has more than {DIGITS} digits", field="amount", way_out="round the amounts first")
