"""Payment terms: when an invoice is due, in how many parts, and what is gained by paying early.

Sellers write them in a shorthand that is centuries old: "2/10 net 30" gives 2 % off whoever pays within 10 days, and
asks for all of it after 30. A due day is counted from the day of the invoice, in one of four ways (``DueFrom``). An
invoice may be payable in parts: by share or by fixed amount, each part due on its own day, the last one taking what
is left, so that the parts always add up to the whole, to the cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Self

import attrs

from salesflow.deal.children import is_a, is_optional_a, listed, of_class
from salesflow.deal.due_days import Due, DueFrom, are_days
from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import day
from salesflow.values.money import Money

__all__ = ["Due", "DueFrom", "EarlyDiscount", "Installment", "PaymentPart", "PaymentTerms"]

_MOST_PARTS = 120
_SHORTHAND = re.compile(
    r"(?:(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,4})?)/(?P<within>[0-9]{1,4})[ ,]+)?"
    r"(?:net|n/) ?(?P<days>[0-9]{1,4})(?P<eom> eom)?",
    re.IGNORECASE,
)


def _fraction(value: object, *, field: str) -> Decimal:
    """Check a share of a whole: an exact fraction above 0 and not above 1."""
    if type(value) is not Decimal:
        raise WrongType("must be a fraction, exactly", field=field, value=value, way_out="give Decimal('0.02') for 2 %")
    if not value.is_finite() or not 0 < value <= 1 or value.as_tuple().exponent < -12:  # type: ignore[operator]  # it is finite
        raise InvalidValue(
            "must be a fraction above 0 and up to 1, with at most 12 places",
            field=field,
            value=value,
            way_out="give Decimal('0.02') for 2 %",
        )
    return value


def _is_fraction(_instance: object, attribute: attrs.Attribute[Decimal], value: object) -> None:
    _fraction(value, field=attribute.name)


@attrs.frozen
class EarlyDiscount:
    """What is taken off for whoever pays early; the "2/10" of "2/10 net 30".

    Attributes:
        fraction: what is taken off, above 0 and up to 1: ``Decimal("0.02")`` is 2 %.
        within_days: the last day on which it counts, in days after the invoice, 0 to 3650.
        tax_included: whether the tax is reduced along with the price. Tax law decides that, not the seller: with a
            price of 1000, a tax of 150 and 10 % off, 1035 is due if it is, 1050 if it is not.

    Raises:
        WrongType: the fraction is no ``Decimal``, the days are no ``int``, or ``tax_included`` no ``bool``.
        InvalidValue: one of them is out of range.
    """

    fraction: Decimal = attrs.field(validator=_is_fraction)
    within_days: int = attrs.field(validator=are_days)
    tax_included: bool = attrs.field(default=True, validator=is_a(bool), kw_only=True)

    def __str__(self) -> str:
        return f"{_plain(self.fraction * 100)}/{self.within_days}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check_size(_instance: object, attribute: attrs.Attribute[Decimal | Money | None], value: object) -> None:
    if isinstance(value, Money):
        if value.is_negative:
            raise InvalidValue("a fixed part must not be negative", field=attribute.name, value=str(value))
    elif value is not None:
        _fraction(value, field=attribute.name)


@attrs.frozen
class PaymentPart:
    """One part of what has to be paid: a share of it, a fixed amount, or the rest.

    Attributes:
        size: a share as a fraction (``Decimal("0.3")`` is 30 %), a fixed ``Money``, or ``None`` for the rest.
        due: when this part is due.

    Raises:
        WrongType: the size is none of these.
        InvalidValue: the share is not above 0 and up to 1, or the amount is negative.

    Example:
        ``PaymentPart(Decimal("0.3"), Due(0))`` is a deposit of 30 %, due with the invoice.
    """

    size: Decimal | Money | None = attrs.field(validator=_check_size)
    due: Due = attrs.field(factory=Due, validator=is_a(Due))


def _parts(value: Iterable[PaymentPart]) -> tuple[PaymentPart, ...]:
    return listed(value, field="parts")


@attrs.frozen(kw_only=True)
class Installment:
    """One payment of a schedule.

    Attributes:
        due_on: the last day on which it is in time.
        amount: what has to be paid.
    """

    due_on: date
    amount: Money


@attrs.frozen(kw_only=True)
class PaymentTerms:
    """When and how it has to be paid.

    Attributes:
        due: when all of it is due, or when it is payable in parts, nothing (each part has its own day).
        early_discount: what is taken off for paying early; not together with parts.
        parts: the parts in which it is payable, at most 120, none for all at once. Shares add up to exactly 1, or the
            last part is the rest. The last part takes what is left in any case: cents lost to rounding, and the
            fixed amounts before it.

    Raises:
        WrongType: a field is of another class than its own.
        InvalidValue: the parts do not add up, the rest is not last, or a discount cannot be had.

    Example::

        PaymentTerms.parse("2/10 net 30")
        PaymentTerms.net(45, DueFrom.END_OF_MONTH)
        PaymentTerms.in_parts([PaymentPart(Decimal("0.3"), Due(0)), PaymentPart(None, Due(60))])
    """

    due: Due = attrs.field(factory=Due, validator=is_a(Due))
    early_discount: EarlyDiscount | None = attrs.field(default=None, validator=is_optional_a(EarlyDiscount))
    parts: tuple[PaymentPart, ...] = attrs.field(default=(), converter=_parts)

    def __attrs_post_init__(self) -> None:
        if self.parts:
            self._check_parts()
        discount = self.early_discount
        if discount is None:
            return
        if self.parts:
            raise InvalidValue(
                "a discount for paying early goes with paying all at once",
                field="early_discount",
                value=str(discount),
                way_out="leave out the parts or the discount",
            )
        if self.due.counted is DueFrom.INVOICE and discount.within_days > self.due.days:
            raise InvalidValue(
                "a discount for paying early must end no later than the due day",
                field="early_discount",
                value=f"{discount} {self.due}",
                way_out=f"give within_days up to {self.due.days}",
            )

    def _check_parts(self) -> None:
        if len(self.parts) > _MOST_PARTS:
            raise InvalidValue(f"there are at most {_MOST_PARTS} parts", field="parts", value=len(self.parts))
        for part in self.parts:
            if not isinstance(part, PaymentPart):
                raise WrongType("must be PaymentPart", field="parts", value=part)
        if any(part.size is None for part in self.parts[:-1]):
            raise InvalidValue(
                "only the last part can be the rest", field="parts", way_out="give the parts before it a size"
            )
        shares = sum(part.size for part in self.parts if isinstance(part.size, Decimal))
        takes_rest = self.parts[-1].size is None
        if shares > 1 or (shares != 1 and not takes_rest):
            raise InvalidValue(
                "the shares of all parts must add up to exactly 1, or less if the last part is the rest",
                field="parts",
                value=shares,
                way_out="change a share, or make the last part PaymentPart(None, ...), the rest",
            )

    @classmethod
    def net(cls, days: int, counted: DueFrom = DueFrom.INVOICE, *, day_of_month: int | None = None) -> Self:
        """All of it at once, after some days.

        Args:
            days: 0 to 3650.
            counted: what they are counted from.
            day_of_month: 1 to 31, where ``counted`` asks for one.

        Raises:
            WrongType: a number is no ``int``.
            InvalidValue: a number is out of range or out of place.
        """
        return cls(due=Due(days, counted, day_of_month=day_of_month))

    @classmethod
    def in_parts(cls, parts: Iterable[PaymentPart]) -> Self:
        """Payable in parts.

        Raises:
            WrongType: it is no list, or holds something else than parts.
            InvalidValue: there are none or too many, or they do not add up.
        """
        given = _parts(parts)
        if not given:
            raise InvalidValue("there must be a part", field="parts", way_out="use PaymentTerms.net(30)")
        return cls(parts=given)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the usual shorthand, which ``str()`` of simple terms writes.

        Args:
            text: ``"net 30"``, ``"n/30"``, ``"2/10 net 30"``, ``"net 45 EOM"`` (after the end of the month), or
                ``"due on receipt"``; upper or lower case, ASCII digits.

        Raises:
            WrongType: it is no text.
            InvalidValue: it is none of these, or a number is out of range.
        """
        if not isinstance(text, str):
            raise WrongType("must be text", field="payment", value=text, way_out="give '2/10 net 30'")
        written = text if len(text) <= 60 else ""
        if written.strip().lower() == "due on receipt":
            return cls()
        match = _SHORTHAND.fullmatch(written.strip())
        if match is None:
            raise InvalidValue(
                "must be payment terms in the usual shorthand",
                field="payment",
                value=text,
                way_out="write 'net 30', '2/10 net 30', 'net 45 EOM' or 'due on receipt'",
            )
        counted = DueFrom.END_OF_MONTH if match["eom"] else DueFrom.INVOICE
        discount = None
        if match["percent"]:
            discount = EarlyDiscount(Decimal(match["percent"]).scaleb(-2), int(match["within"]))
        return cls(due=Due(int(match["days"]), counted), early_discount=discount)

    @property
    def net_days(self) -> int | None:
        """How many days after the invoice all of it is due, or ``None`` where that is no fixed number."""
        if self.parts or self.due.counted is not DueFrom.INVOICE:
            return None
        return self.due.days

    def due_on(self, invoiced_on: date) -> date:
        """The day on which all of it must be paid; with parts, the latest of their days.

        Raises:
            WrongType: the day of the invoice is no plain date.
            InvalidValue: the due day would lie beyond the year 9999.
        """
        return max(part.due.on(invoiced_on) for part in self.parts or (PaymentPart(None, self.due),))

    def schedule(self, total: Money, *, invoiced_on: date) -> tuple[Installment, ...]:
        """What has to be paid when, in the order of the parts.

        Args:
            total: all of it. Shares are rounded half up; the last part takes the rest, which is negative if the fixed
                amounts are more than there is.
            invoiced_on: the day of the invoice.

        Returns:
            One installment a part; their amounts add up to exactly the total.

        Raises:
            WrongType: the total is no ``Money``, or the day no plain date.
            CurrencyMismatch: a fixed part is in another currency.

        Example:
            ``PaymentTerms.net(30).schedule(Money("100", "EUR"), invoiced_on=date(2026, 1, 1))``
        """
        of_class(Money, total, field="total")
        parts = self.parts or (PaymentPart(None, self.due),)
        sizes = [part.size.scaleb(2) if isinstance(part.size, Decimal) else part.size or 0 for part in parts]
        return tuple(
            Installment(due_on=part.due.on(invoiced_on), amount=amount)
            for part, amount in zip(parts, total.split(sizes), strict=True)
        )

    def amount_due(self, amount: Money, *, invoiced_on: date, paid_on: date, tax: Money | None = None) -> Money:
        """What settles the invoice if all of it is paid on a day.

        Args:
            amount: what is invoiced; without the tax, if that is given apart.
            invoiced_on: the day of the invoice.
            paid_on: the day of the payment; the last day of the discount counts as early.
            tax: the tax on it.

        Returns:
            The amount with the tax, less the discount for paying early where it applies, rounded half up once.

        Raises:
            WrongType: a day is no plain date, or an amount no ``Money``.
            CurrencyMismatch: the tax is in another currency.

        Example:
            ``PaymentTerms.parse("2/10 net 30").amount_due(Money("100", "EUR"), invoiced_on=..., paid_on=...)``
        """
        day(invoiced_on, field="invoiced_on")
        day(paid_on, field="paid_on")
        of_class(Money, amount, field="amount")
        on_top = Money.zero(amount.currency) if tax is None else tax
        of_class(Money, on_top, field="tax")
        discount = self.early_discount
        if discount is None or (paid_on - invoiced_on).days > discount.within_days:
            return amount + on_top
        if discount.tax_included:
            return (amount + on_top).times(1 - discount.fraction)
        return amount.times(1 - discount.fraction) + on_top

    def __str__(self) -> str:
        if self.parts:
            return f"in {len(self.parts)} part{'s' if len(self.parts) > 1 else ''}"
        return f"{self.early_discount} {self.due}" if self.early_discount else str(self.due)
