"""Dividing a whole so that nothing is lost: equal shares, and shares by ratio, of whole units.

Dividing 100.00 by three leaves a cent over, and it has to go somewhere. Here the whole is a number of units that
cannot be divided (cents, say); each share is cut down to whole units, and those left over go one by one to the shares
that lost the most by that, the first of equals first (the method of the largest remainder). So no share is a whole unit
off what it should be, equal parts differ by a unit at most, and the same input always gives the same shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.decimals import HALF_UP, exact_decimal, exponent_of

__all__ = ["MOST_PARTS", "list_of_parts", "not_negative", "ratios", "shares"]

MOST_PARTS = 10_000
"""How many parts one whole may be divided into; our own choice, so that hostile input cannot take all memory."""


def shares(units: int, parts: int | Sequence[int | Decimal], *, field: str) -> list[int]:
    """Divide a whole number of units, in shares that add up to exactly it.

    Args:
        units: how many; a debt, below zero, is divided like the same sum above zero.
        parts: how many equal shares, or the ratio of each share.
        field: what the parts are, for the message.

    Raises:
        WrongType: a part is not a number, or a ``float``.
        InvalidValue: there are no parts or too many, or a ratio is negative, or all are zero.
    """
    weights = _weights(parts, field=field)
    whole = sum(weights)
    result = [abs(units) * weight // whole for weight in weights]
    lost = [abs(units) * weight % whole for weight in weights]
    left = abs(units) - sum(result)
    for index in sorted(range(len(weights)), key=lambda index: -lost[index])[:left]:
        result[index] += 1
    return result if units >= 0 else [-share for share in result]


def ratios(parts: object, *, field: str) -> list[Decimal]:
    """Check a list of numbers from zero up, and return them exactly.

    Raises:
        WrongType: it is no list or tuple, or holds something that is not an exact number.
        InvalidValue: there are none or too many, or one is negative.
    """
    return [not_negative(part, field=field) for part in list_of_parts(parts, field=field)]


def list_of_parts(parts: object, *, field: str) -> Sequence[object]:
    """Check that it is a list or a tuple of at least one part, and of not too many.

    Raises:
        WrongType: it is no list or tuple.
        InvalidValue: there are none, or more than 10,000.
    """
    if not isinstance(parts, Sequence) or isinstance(parts, str | bytes):
        raise WrongType("must be a list of parts", field=field, value=parts, way_out="give a list or a tuple")
    _check_count(len(parts), field=field)
    return parts


def not_negative(part: object, *, field: str) -> Decimal:
    """Check an exact number from zero up, and return it.

    Raises:
        WrongType: it is not an exact number.
        InvalidValue: it is negative, or not finite, or too large.
    """
    number = exact_decimal(part, field=field)
    if number < 0:
        raise InvalidValue("a share must not be negative", field=field, value=number, way_out="give 0 or more")
    return number


def _check_count(count: int, *, field: str) -> None:
    if not 1 <= count <= MOST_PARTS:
        raise InvalidValue(
            f"there must be 1 to {MOST_PARTS:,} parts", field=field, value=count, way_out="divide in steps"
        )


def _weights(parts: object, *, field: str) -> list[int]:
    """The ratios of the shares as whole numbers."""
    if isinstance(parts, int) and not isinstance(parts, bool):
        _check_count(parts, field=field)
        return [1] * parts
    exact = ratios(parts, field=field)
    if not any(exact):
        raise InvalidValue("at least one ratio must be above zero", field=field, way_out="leave out what gets nothing")
    places = max(0, *(-exponent_of(ratio) for ratio in exact))
    return [int(ratio.scaleb(places, HALF_UP)) for ratio in exact]
