"""When a value is known at all, and when two values differ only in form.

Unknown is not zero: an explicit 0 and an explicit no are known. An empty text, an empty list and an address without any
part are not.
"""

from __future__ import annotations

import re
import unicodedata

from salesflow.leads.matching.phones import is_same_line, read_phone
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress

__all__ = ["is_known", "is_same"]

_ADDRESS_OF_A_SITE = re.compile(r"(?:https?://)?(?:www\.)?(.+?)/?", re.IGNORECASE)


def is_known(value: object) -> bool:
    """Whether a field says anything: not ``None``, nor empty; 0 and ``False`` say something."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, PostalAddress):
        return not value.is_empty
    return value is not None and value != ()


def is_same(one: object, other: object, *, calling_code: str | None = None) -> bool:
    """Whether two known values are the same, or differ only in how they are written.

    E-mail addresses are compared as mailboxes, phone numbers as lines, postal addresses by their matching keys, text
    without case, white space and compatibility forms, and the address of a website without ``https://`` and ``www.``.

    Args:
        one, other: the values.
        calling_code: the calling code of phone numbers that have none (``"1"``); ``None`` is not known.
    """
    if one == other and type(one) is type(other):
        return True
    match one, other:
        case EmailAddress(), EmailAddress():
            return one.matching_key == other.matching_key
        case PostalAddress(), PostalAddress():
            return one.matching_key == other.matching_key
        case PhoneNumber(), PhoneNumber():
            return _is_one_line(one, other, calling_code)
        case str(), str():
            return _plain(one) == _plain(other)
    return False


def _is_one_line(one: PhoneNumber, other: PhoneNumber, calling_code: str | None) -> bool:
    mine, theirs = read_phone(one, home=calling_code), read_phone(other, home=calling_code)
    if mine is None or theirs is None:
        return one.matching_key == other.matching_key
    return is_same_line(mine, theirs)


def _plain(text: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    found = _ADDRESS_OF_A_SITE.fullmatch(folded)
    return folded if found is None else found[1]
