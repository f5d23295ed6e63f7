"""When two phone numbers are one line.

Written internationally (``+`` or ``00`` in front), two numbers are one line if they are the same by E.164, whatever
stands between the digits. Of a number without a country code the country is not known: two of them are one line
if their digits are the same, and such a number meets an international one if it is that one without its calling code.
A host that knows its country says so, and then every number is international.

A number of less than seven digits is an extension or a short code, which every company has, and is never compared.
Neither are numbers with different extensions, or one with and one without: behind one switchboard sit many people.
A number of less than nine digits lacks its area code in most countries and says less.
"""

from __future__ import annotations

from typing import NamedTuple

from salesflow.leads.matching.calling_codes import TRUNK_PREFIXES, calling_code
from salesflow.values.contact_details import PhoneNumber

__all__ = ["SHORT", "Line", "is_same_line", "read_phone"]

SHORT = 9
"""From how many digits on a number says whose it is; our own choice."""

_LEAST = 7
_BETWEEN_DIGITS = str.maketrans("", "", " +().-/")
_TEN = 10  # how many digits national numbers of zones 1 and 7 have; with fewer, a leading 1 or 8 is no trunk prefix


class Line(NamedTuple):
    """A phone number, read.

    Attributes:
        digits: all of them, without the zeros in front.
        country: the calling code, or ``None`` where it is not known.
        subscriber: the digits after the calling code, without the zeros in front; where there is none, all.
        extension: the digits of the extension, or ``None``.
        key: what all ways of writing the number have in common: its last seven digits.
    """

    digits: str
    country: str | None
    subscriber: str
    extension: str | None
    key: str


def read_phone(phone: PhoneNumber, *, home: str | None = None) -> Line | None:
    """What of a phone number is compared, or ``None`` where it is too short to be compared.

    Args:
        phone: the number.
        home: the calling code that a number without one is taken to have, in digits (``"49"``).

    Example:
        >>> read_phone(PhoneNumber("+49 (0)171 1234567")).digits
        '491711234567'
    """
    bare = phone.text.translate(_BETWEEN_DIGITS)
    if bare.isdecimal():
        digits, extension, international = bare, None, phone.text.lstrip("( ").startswith(("+", "00"))
    else:
        digits, extension, international = phone.digits, phone.extension, phone.is_international
    if international:
        line = _international(digits.lstrip("0"), extension)
    elif home is None:
        national = digits.lstrip("0")
        line = Line(national, None, national, extension, national[-_LEAST:])
    else:
        line = _international(home + _without_trunk(digits, home), extension)
    return line if len(line.subscriber) >= _LEAST else None


def _international(digits: str, extension: str | None) -> Line:
    country = calling_code(digits)
    subscriber = digits[len(country) :].lstrip("0")
    digits = country + subscriber
    return Line(digits, country, subscriber, extension, digits[-_LEAST:])


def _without_trunk(digits: str, home: str) -> str:
    """A national number as it stands behind the calling code."""
    trunk = TRUNK_PREFIXES.get(home, "0")
    national = digits.removeprefix(trunk)
    return digits if trunk in ("1", "8") and len(national) < _TEN else national


def is_same_line(one: Line, other: Line) -> bool:
    """Whether two numbers are one line. It is symmetric."""
    if one.extension != other.extension:
        return False
    if (one.country is None) is (other.country is None):
        return one.digits == other.digits
    known, bare = (one, other) if other.country is None else (other, one)
    trunk = TRUNK_PREFIXES.get(known.country or "", "")
    return bare.digits in (known.digits, known.subscriber, trunk.lstrip("0") + known.subscriber)
