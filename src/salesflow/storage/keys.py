"""Values as text that stands in their order, so that a database can look them up and sort them by an index.

A database knows text, and puts it in an order of its own; what a :class:`~salesflow.storage.query.Query` means by order
is said by the values: amounts by currency and then by size, moments by the time and not by the clock on the wall, numbers
by their value whatever digits they are written with. ``text_key`` turns a value into text whose order, letter by letter,
is the order of the values. A column that holds it needs a binary collation (SQLite's ``BINARY``, PostgreSQL's ``"C"``).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from salesflow.errors import InvalidValue
from salesflow.values.contact_details import EmailAddress, PhoneNumber
from salesflow.values.money import Money

__all__ = ["is_storable", "text_key"]

_LIMIT: Final = 254
"""How long a text may be, so that it fits into an index of every database; our own choice, that of an e-mail address."""

_PLACES: Final = 5000
"""Numbers are below 1E5000, and are 0 or not nearer to it than 1E-5000; our own choice."""

_NOT_STORED = re.compile("[\x00\ud800-\udfff]")
_TURNED = str.maketrans("0123456789", "9876543210")


def is_storable(text: object) -> bool:
    """Whether this is text that every database can hold: without NUL, and without half of a surrogate pair."""
    return type(text) is str and _NOT_STORED.search(text) is None


def text_key(value: object, *, field: str = "value") -> str | None:
    """A value as text that stands in its order; what is not known has none.

    Two values of one field that are equal have the same key. Of two others the one that a ``Query`` puts first has the
    smaller key, compared letter by letter, as text or as bytes in UTF-8.

    Args:
        value: text of at most 254 characters, an ``Enum``, a number, ``Money``, an ``EmailAddress`` or ``PhoneNumber``, a
            day, an aware moment, or ``None``.
        field: what it is, for the message.

    Raises:
        InvalidValue: it has no place in such an order: another type, text that is too long or that no database holds, a
            number that is not finite or beyond 5,000 places.

    Example:
        ``text_key(Money("9.50", "EUR")) < text_key(Money("10.00", "EUR"))``
    """
    match value:
        case None:
            return None
        case Enum():
            return _text(str(value.value), field)
        case str():
            return _text(value, field)
        case Money():
            return value.currency + _number(value.amount, field)
        case EmailAddress() | PhoneNumber():
            return _text(value.matching_key, field)
        case int() | Decimal():
            return _number(Decimal(value), field)
        case datetime() if value.tzinfo is not None:
            return _moment(value, field)
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case _:
            raise InvalidValue(
                "an index holds text, numbers, money, days and aware moments",
                field=field,
                value=type(value).__name__,
                way_out="leave the field out of what is indexed",
            )


def _text(value: str, field: str) -> str:
    if len(value) > _LIMIT:
        raise InvalidValue(f"text in an index has at most {_LIMIT} characters", field=field, value=len(value))
    if not is_storable(str(value)):
        raise InvalidValue("text in a database holds no NUL and no half of a surrogate pair", field=field)
    return value


def _number(value: Decimal, field: str) -> str:
    """The sign, the place of the first digit, the digits; of a number below zero, each digit taken from nine."""
    if not value.is_finite():
        raise InvalidValue("a number in an index is finite", field=field)
    if not value:
        return "1"
    place = value.adjusted() + _PLACES
    if not 0 <= place < 2 * _PLACES:
        raise InvalidValue(f"a number in an index has at most {_PLACES} places", field=field)
    text = f"{place:04}{''.join(map(str, value.as_tuple().digits)).rstrip('0')}"
    # Of two numbers below zero that begin alike the one with fewer digits is the greater: ":" comes after all digits.
    return f"2{text}" if value > 0 else f"0{text.translate(_TURNED)}:"


def _moment(value: datetime, field: str) -> str:
    try:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    except OverflowError:
        raise InvalidValue("a moment in an index lies within the years 1 to 9999 in UTC", field=field) from None
