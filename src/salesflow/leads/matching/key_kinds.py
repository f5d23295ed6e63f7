"""The kinds of matching keys, by which a key begins."""

from __future__ import annotations

from enum import StrEnum

from salesflow.errors import InvalidValue

__all__ = ["KeyKind", "kind_of"]


class KeyKind(StrEnum):
    """What a matching key is made of."""

    EMAIL = "email"
    DOMAIN = "domain"
    PHONE = "phone"
    NAME = "name"
    SOUND = "sound"
    PART = "part"
    COLLEAGUE = "colleague"
    ORGANIZATION = "organization"
    ORGANIZATION_SOUND = "organization-sound"
    ORGANIZATION_PART = "organization-part"
    REGISTRATION = "registration"


def kind_of(key: str) -> KeyKind:
    """What a matching key is made of.

    Raises:
        InvalidValue: it is no matching key.

    Example:
        >>> kind_of("phone 5550123")
        <KeyKind.PHONE: 'phone'>
    """
    try:
        return KeyKind(key.partition(" ")[0])
    except ValueError:
        raise InvalidValue(
            "a matching key begins with its kind", field="key", way_out="take keys from matching_keys(...)"
        ) from None
