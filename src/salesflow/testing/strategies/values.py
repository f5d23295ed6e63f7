"""Strategies for the values that everything is made of: money, moments, periods, ways to reach somebody."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from salesflow.testing.strategies.texts import hostile_text, lines
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.currencies import CURRENCIES, Currency
from salesflow.values.hours import Hours
from salesflow.values.moments import Period
from salesflow.values.money import Money

__all__ = [
    "amounts",
    "currencies",
    "days",
    "email_addresses",
    "hours",
    "moments",
    "numbers",
    "periods",
    "phone_numbers",
    "postal_addresses",
    "shares",
    "zones",
]

_COMMON = ("EUR", "USD", "ILS", "JPY", "BHD", "CLF")
"""Currencies with two, none, three and four decimal places."""


def currencies() -> SearchStrategy[Currency]:
    """A currency of ISO 4217."""
    return st.one_of(
        st.sampled_from([CURRENCIES[code] for code in _COMMON]), st.sampled_from(sorted(CURRENCIES.values(), key=str))
    )


def numbers(*, least: int = 0, most: int = 10**9, places: int = 2) -> SearchStrategy[Decimal]:
    """Exact numbers.

    Args:
        least: no number is smaller.
        most: no number is larger.
        places: how many decimal places it may have.
    """
    return st.decimals(least, most, allow_nan=False, allow_infinity=False, places=places)


def shares() -> SearchStrategy[Decimal]:
    """Fractions from 0 to 1: probabilities, discounts, shares."""
    return st.sampled_from([Decimal(text) for text in ("0", "1", "0.5", "0.1", "0.65", "0.3333")])


def amounts(*, currency: str | None = None, least: int = 0, most: int = 10**9) -> SearchStrategy[Money]:
    """Money with as many decimal places as its currency has.

    Args:
        currency: the code of the only currency; a few with none to four places where it is not given.
        least: no amount is smaller; below zero is allowed for refunds.
        most: no amount is larger.
    """
    codes = st.sampled_from(_COMMON) if currency is None else st.just(currency)

    def of(code: str) -> SearchStrategy[Money]:
        places = CURRENCIES[code].minor_units or 0
        number = st.integers(least * 10**places, most * 10**places)
        return number.map(lambda units: Money(Decimal(units).scaleb(-places), code))

    return codes.flatmap(of)


def zones() -> SearchStrategy[tzinfo]:
    """Time zones: UTC, two with summer time on either side of the ocean, one fixed offset."""
    return st.sampled_from(
        [UTC, ZoneInfo("Asia/Jerusalem"), ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=30))]
    )


_FIRST, _LAST = datetime(2020, 1, 1), datetime(2035, 12, 31)  # noqa: DTZ001  # the zone is drawn


def moments() -> SearchStrategy[datetime]:
    """Aware moments from 2020 to 2035, to the microsecond, in several time zones."""
    return st.datetimes(_FIRST, _LAST, timezones=zones(), allow_imaginary=False)


def days() -> SearchStrategy[date]:
    """Days from 2020 to 2035."""
    return st.dates(_FIRST.date(), _LAST.date())


def periods() -> SearchStrategy[Period]:
    """Periods of some length, up to two years."""

    def of(start: datetime, length: timedelta) -> Period:
        return Period(start, (start.astimezone(UTC) + length).astimezone(start.tzinfo))

    return st.builds(of, moments(), st.timedeltas(timedelta(minutes=1), timedelta(days=731)))


def hours() -> SearchStrategy[Hours]:
    """Hours of a day that do not end when they begin."""
    clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
    return st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Hours(*pair))


def email_addresses() -> SearchStrategy[EmailAddress]:
    """Addresses in the domains that are kept for examples, so that none of them can be anybody's."""
    local = st.from_regex(r"[a-z][a-z0-9]{0,9}([.+_-][a-zA-Z0-9]{1,5})?", fullmatch=True)
    domain = st.sampled_from(["acme.example", "Globex.example", "mail.initech.example", "example.com"])
    return st.builds(lambda name, where: EmailAddress(f"{name}@{where}"), local, domain)


def phone_numbers() -> SearchStrategy[PhoneNumber]:
    """Numbers of the ranges that are kept for fiction, written in different ways."""
    line = st.integers(100, 199).map(lambda number: f"0{number}")
    style = st.sampled_from(["+1 202 555 {}", "+1-202-555-{}", "(202) 555 {}", "2025550{}", "+44 20 7946 {}"])
    return st.builds(lambda how, number: PhoneNumber(how.format(number)), style, line)


def postal_addresses(*, hostile: bool = False) -> SearchStrategy[PostalAddress]:
    """Addresses of which some parts are known.

    Args:
        hostile: draw hostile text as well, as far as an address takes it.
    """
    part = st.one_of(st.none(), lines(), hostile_text().filter(_is_taken) if hostile else st.nothing())
    return st.builds(PostalAddress, street=part, city=part, region=part, postal_code=part, country=part)


def _is_taken(text: str) -> bool:
    try:
        PostalAddress(street=text)
    except ValueError:
        return False
    return True
