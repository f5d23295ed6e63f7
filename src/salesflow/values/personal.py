"""Which fields say something about a person, declared where the field is.

A person may ask to be forgotten, and the ledger must stay: that a deal was won, when, and for how much. So a field that
says something about a person is marked as such, once, beside its type and its rule, and what stands there after the
person was forgotten is part of the mark. Erasing, the audit chain and whoever shows data to others read this one mark.

Mark fields of your own in the same way, in entities, in events, and in the values that they hold::

    @attrs.frozen(kw_only=True)
    class Patient(Contact):
        insurance_number: str | None = attrs.field(default=None, metadata=personal())

E-mail addresses, phone numbers and postal addresses are personal by their type and need no mark.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, cast

import attrs

from salesflow.errors import InvalidValue
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress

__all__ = ["ERASED", "is_personal", "personal", "replacement"]

ERASED: Final = "erased"
"""What stands where a text was that must not be missing."""

_MARK: Final = "salesflow.personal"
_PERSONAL_TYPES: Final = (EmailAddress, PhoneNumber, PostalAddress)


def personal(instead: object = attrs.NOTHING) -> dict[str, object]:
    """The metadata of a field that says something about a person.

    Args:
        instead: what stands there once the person was forgotten, the same for everybody. It passes the validator of the
            field. Where it is not given it is the default of the field, usually "not known".

    Example:
        ``nickname: str = attrs.field(validator=is_line(personal=True), metadata=personal(ERASED))``
    """
    return {_MARK: instead}


def is_personal(field: attrs.Attribute[object], value: object = None) -> bool:
    """Whether a field says something about a person: it is marked, or holds what is personal by its type."""
    return _MARK in field.metadata or _is_of_personal_type(value)


def _is_of_personal_type(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_is_of_personal_type, value))
    return isinstance(value, _PERSONAL_TYPES)


class _Factory(Protocol):
    """What ``attrs.Factory`` makes, which its type stubs do not say."""

    takes_self: bool
    factory: Callable[[], object]


def replacement(field: attrs.Attribute[object]) -> object:
    """What stands in a personal field once the person was forgotten.

    Raises:
        InvalidValue: nothing says what; the field has neither a default nor a mark with ``instead``.
    """
    instead = field.metadata.get(_MARK, attrs.NOTHING)
    found = field.default if instead is attrs.NOTHING else instead
    factory = cast("_Factory", found) if isinstance(found, cast("type", attrs.Factory)) else None
    if found is attrs.NOTHING or (factory is not None and factory.takes_self):
        raise InvalidValue(
            "a personal field says what stands there once the person was forgotten",
            field=field.name,
            way_out="mark it with metadata=personal(instead=...), or give it a default",
        )
    return found if factory is None else factory.factory()
