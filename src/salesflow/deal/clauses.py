"""What closing terms are made of: deliveries, services, sides and statuses, and the rules for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import attrs

from salesflow.deal.children import listed
from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import is_day, is_optional_day
from salesflow.values.money import Money
from salesflow.values.text import is_line, line

__all__ = ["AfterSalesService", "AgreementStatus", "Delivery", "TermsSide", "TermsStatus"]

T = TypeVar("T")

_MOST_CLAUSES = 1000


class TermsSide(StrEnum):
    """Whose proposal it is."""

    US = "us"
    CUSTOMER = "customer"


class TermsStatus(StrEnum):
    """How far a revision has come."""

    PROPOSED = "proposed"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class AgreementStatus(StrEnum):
    """Whether an agreement holds on a day."""

    UNSIGNED = "unsigned"
    ACTIVE = "active"
    INACTIVE = "inactive"


@attrs.frozen(kw_only=True)
class Delivery:
    """Something that will be delivered.

    Attributes:
        what: what, a line.
        on: on which day, at the latest.
    """

    what: str = attrs.field(validator=is_line(limit=1000))
    on: date = attrs.field(validator=is_day())


@attrs.frozen(kw_only=True)
class AfterSalesService:
    """What we do for the customer after the delivery.

    Attributes:
        text: what, a line ("on-site repair within two working days").
        until: the last day of it; ``None`` is without an end.
    """

    text: str = attrs.field(validator=is_line(limit=1000))
    until: date | None = attrs.field(default=None, validator=is_optional_day())


def is_discount(_instance: object, attribute: attrs.Attribute[Decimal], value: object) -> None:
    """An attrs validator: a fraction from 0 to 1, with at most 12 places."""
    if type(value) is not Decimal:
        raise WrongType(
            "a discount is a fraction, exactly", field=attribute.name, value=value, way_out="give Decimal('0.05')"
        )
    exponent = value.as_tuple().exponent
    if not (isinstance(exponent, int) and exponent >= -12 and 0 <= value <= 1):
        raise InvalidValue(
            "a discount is a fraction from 0 to 1, with at most 12 places",
            field=attribute.name,
            value=value,
            way_out="give Decimal('0.05') for 5 %",
        )


def is_price(_instance: object, attribute: attrs.Attribute[Money], value: object) -> None:
    """An attrs validator: Money, not below zero."""
    if not isinstance(value, Money):
        raise WrongType("a price is Money", field=attribute.name, value=value, way_out="give Money('48000', 'EUR')")
    if value.is_negative:
        raise InvalidValue("a price must not be negative", field=attribute.name, value=str(value))


def tuple_of(kind: type[T]) -> Callable[[object, attrs.Attribute[tuple[T, ...]], tuple[T, ...]], None]:
    """An attrs validator: a tuple of one class, not endless."""

    def check(_instance: object, attribute: attrs.Attribute[tuple[T, ...]], value: tuple[T, ...]) -> None:
        if len(value) > _MOST_CLAUSES:
            raise InvalidValue(f"there are at most {_MOST_CLAUSES:,}", field=attribute.name, value=len(value))
        for clause in value:
            if not isinstance(clause, kind):
                raise WrongType(f"must be {kind.__name__}", field=attribute.name, value=clause)
            if isinstance(clause, str):
                line(clause, field=attribute.name, limit=1000)

    return check


def deliveries(value: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """What was given as deliveries, as a tuple."""
    return listed(value, field="deliveries")


def services(value: Iterable[AfterSalesService]) -> tuple[AfterSalesService, ...]:
    """What was given as after-sales services, as a tuple."""
    return listed(value, field="services")


def conditions(value: Iterable[str]) -> tuple[str, ...]:
    """What was given as conditions, as a tuple."""
    return listed(value, field="conditions")
