"""Exact decimal numbers, taken in strictly and calculated with independently of the ambient decimal context.

Much parses as a number that nobody meant as one: ``Decimal("١٢")``, ``Decimal("1_000")``, ``Decimal(" 1
")``; a float brings digits that were never there; NaN and Infinity pass through sums unnoticed; and
``1e999999`` is seven characters that take seconds once it is turned into an integer. So numbers enter here,
and what enters is finite and of a size that every later step can bear.

How many digits a calculation keeps depends, in Python, on the decimal context of the thread that happens to
run it. Money must not: all arithmetic goes through the two contexts below, one that refuses to round and
one that rounds half up, which is how amounts are rounded in trade.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)

import attrs

from salesflow.errors import InvalidValue, WrongType

__all__ = [
    "DIGITS",
    "EXACT",
    "HALF_UP",
    "WHOLE_DIGITS",
    "exact_decimal",
    "exponent_of",
    "half_up",
    "is_optional_probability",
]

DIGITS = 34
"""How many significant digits, and decimal places, a number may have: those of IEEE 754 decimal128."""

WHOLE_DIGITS = 24
"""How many digits a number may have before the decimal point."""

_ERRORS = [InvalidOperation, DivisionByZero, Overflow]

EXACT = Context(prec=DIGITS, rounding=ROUND_HALF_UP, traps=[Inexact, *_ERRORS])
"""Calculates exactly or raises ``decimal.Inexact``."""

HALF_UP = Context(prec=4 * DIGITS, rounding=ROUND_HALF_UP, traps=_ERRORS)
"""Has room for any product of two accepted numbers, and rounds half away from zero."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_LONGEST = 100
_TOO_LARGE = 10**WHOLE_DIGITS
_LAST_PLACE = Decimal((0, (1,), -DIGITS))
_ROUNDED = Context(prec=DIGITS, rounding=ROUND_HALF_UP, traps=_ERRORS)


def exact_decimal(value: object, *, field: str) -> Decimal:
    """A number as a finite ``Decimal`` of bearable size, with exactly the value given.

    Args:
        value: a ``Decimal``, an ``int``, or text of ASCII digits with an optional sign and decimal point.
        field: what the number is, for the message.

    Raises:
        WrongType: it is a ``float``, a ``bool`` or something else.
        InvalidValue: it is NaN or infinite, or not written as a plain number, or has more than 24 digits
            before the decimal point, 34 after it, or 34 in all.
    """
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, str):
        if len(value) > _LONGEST or not _NUMBER.fullmatch(value):
            raise InvalidValue(
                "must be written with ASCII digits, an optional sign and an optional decimal point",
                field=field,
                value=value,
                way_out="give text such as '-1234.50'",
            )
        number = Decimal(value)
        if len(value) <= WHOLE_DIGITS:
            return number
    elif isinstance(value, int) and not isinstance(value, bool):
        if not -_TOO_LARGE < value < _TOO_LARGE:
            raise _too_large(field, None)
        return Decimal(value)
    else:
        raise WrongType(
            "must be an exact number",
            field=field,
            value=value,
            way_out=f"give text such as '12.50', an int or a Decimal, not {type(value).__name__}",
        )
    return _bounded(number, field=field)


def _bounded(number: Decimal, *, field: str) -> Decimal:
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidValue("must be a finite number", field=field, value=number, way_out="leave it unknown instead")
    if not number:
        return number if -DIGITS <= exponent <= 0 else Decimal(0)
    if number.adjusted() >= WHOLE_DIGITS:
        raise _too_large(field, number)
    if len(digits) > DIGITS or exponent < -DIGITS:
        raise InvalidValue(
            f"must have at most {DIGITS} digits, also after the decimal point",
            field=field,
            value=number,
            way_out="round it first",
        )
    return number


def _too_large(field: str, value: object) -> InvalidValue:
    return InvalidValue(
        f"must have at most {WHOLE_DIGITS} digits before the decimal point",
        field=field,
        value=value,
        way_out="check where the number comes from",
    )


def half_up(number: Decimal, quantum: Decimal | None) -> Decimal:
    """Round half away from zero to the places of a quantum; 0.5 is 1, and -0.5 is -1.

    Args:
        number: a finite number, such as the product of two accepted ones.
        quantum: a ``Decimal`` with the places wanted, such as ``Decimal("0.01")``; with ``None``, to 34
            significant digits and 34 places.
    """
    if quantum is not None:
        return HALF_UP.quantize(number, quantum)
    rounded = _ROUNDED.plus(number)
    return HALF_UP.quantize(rounded, _LAST_PLACE) if exponent_of(rounded) < -DIGITS else rounded


def exponent_of(number: Decimal) -> int:
    """The exponent of a finite number: -2 for 1.50, 3 for 1E+3."""
    return int(number.as_tuple().exponent)


def is_optional_probability() -> Callable[[object, attrs.Attribute[Decimal | None], Decimal | None], None]:
    """An attrs validator for a probability, a ``Decimal`` between 0 and 1, or ``None`` where it is not known."""

    def check(_instance: object, attribute: attrs.Attribute[Decimal | None], value: object) -> None:
        if value is None:
            return
        if type(value) is not Decimal:
            raise WrongType(
                "a probability is a Decimal between 0 and 1",
                field=attribute.name,
                value=value,
                way_out="give Decimal('0.65')",
            )
        if not (value.is_finite() and 0 <= value <= 1):
            raise InvalidValue("a probability lies between 0 and 1", field=attribute.name, value=value)

    return check
