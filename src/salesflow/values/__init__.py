"""Small immutable things without identity: money, contact details, moments, text."""

from __future__ import annotations

from salesflow.values.contact_details import FREE_MAIL_DOMAINS, EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.currencies import CURRENCIES, Currency, currency
from salesflow.values.decimals import exact_decimal
from salesflow.values.moments import (
    Period,
    day,
    elapsed,
    is_day,
    is_moment,
    is_optional_day,
    is_optional_moment,
    moment,
)
from salesflow.values.money import Money
from salesflow.values.text import (
    are_lines,
    identifier,
    is_identifier,
    is_line,
    is_optional_line,
    is_prose,
    line,
    lines,
    matching_key,
    optional_line,
    prose,
)

__all__ = [
    "CURRENCIES",
    "FREE_MAIL_DOMAINS",
    "Currency",
    "EmailAddress",
    "Money",
    "Period",
    "PhoneNumber",
    "PostalAddress",
    "are_lines",
    "currency",
    "day",
    "elapsed",
    "exact_decimal",
    "identifier",
    "is_day",
    "is_identifier",
    "is_line",
    "is_moment",
    "is_optional_day",
    "is_optional_line",
    "is_optional_moment",
    "is_prose",
    "line",
    "lines",
    "matching_key",
    "moment",
    "optional_line",
    "prose",
]
