"""What leads, contacts and organizations share: the rules of their fields, and how plain fields are changed.

Most of what is known here is personal. So no message of these rules repeats the value that broke one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import EngineOwned, InvalidValue, NotNow, UnknownName, WrongType
from salesflow.event import Event
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.text import line

__all__ = [
    "ENTITY_FIELDS",
    "PEOPLE_ENGINE_FIELDS",
    "FieldChanges",
    "are_changes",
    "as_tuple",
    "check_changes",
    "check_not_merged",
    "first_version",
    "is_language",
    "is_optional_address",
    "is_optional_email",
    "is_optional_phone",
    "is_website",
    "with_fields_changed",
]

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

ENTITY_FIELDS = frozenset({"id", "version", "changed_at"})
"""The fields that only the engine writes, whatever the kind of entity."""

PEOPLE_ENGINE_FIELDS = ENTITY_FIELDS | {"merged_into"}
"""The fields of leads, contacts and organizations that only the engine writes."""

FieldChanges = tuple[tuple[str, object], ...]
"""New values by field name, in the order in which they are shown."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^/]", re.IGNORECASE)


def _is_optional(kind: type[T], way_out: str) -> Callable[[object, attrs.Attribute[T | None], T | None], None]:
    def check(_instance: object, attribute: attrs.Attribute[T | None], value: T | None) -> None:
        if value is not None and not isinstance(value, kind):
            raise WrongType(
                f"must be of class {kind.__name__}, or None where it is not known",
                field=attribute.name,
                way_out=f"give {way_out}, not {type(value).__name__}",
            )

    return check


def is_optional_email() -> Callable[[object, attrs.Attribute[EmailAddress | None], EmailAddress | None], None]:
    """An attrs validator for an ``EmailAddress`` or ``None``."""
    return _is_optional(EmailAddress, "EmailAddress('name@company.example')")


def is_optional_phone() -> Callable[[object, attrs.Attribute[PhoneNumber | None], PhoneNumber | None], None]:
    """An attrs validator for a ``PhoneNumber`` or ``None``."""
    return _is_optional(PhoneNumber, "PhoneNumber('+1 202 555 0123')")


def is_optional_address() -> Callable[[object, attrs.Attribute[PostalAddress | None], PostalAddress | None], None]:
    """An attrs validator for a ``PostalAddress`` or ``None``."""
    return _is_optional(PostalAddress, "PostalAddress(city='Haifa', country='IL')")


def is_language() -> Callable[[object, attrs.Attribute[str | None], str | None], None]:
    """An attrs validator for a language tag (BCP 47: ``he``, ``pt-BR``) or ``None``; only its form."""

    def check(_instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
        if value is None:
            return
        if not _LANGUAGE.fullmatch(line(value, field=attribute.name, limit=35, personal=True)):
            raise InvalidValue(
                "must be a language tag of letters, digits and hyphens",
                field=attribute.name,
                way_out="give a BCP 47 tag such as 'he' or 'pt-BR'",
            )

    return check


def is_website() -> Callable[[object, attrs.Attribute[str | None], str | None], None]:
    """An attrs validator for the address of a website or ``None``.

    It may begin with a host name or with ``http://`` or ``https://``. Everything else that could be put behind
    a link (``javascript:``, ``data:``, ``file:``) is refused.
    """

    def check(_instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
        if value is None:
            return
        text = line(value, field=attribute.name, limit=2000, personal=True)
        if any(char.isspace() for char in text) or (_SCHEME.match(text) and not _WEB.match(text)):
            raise InvalidValue(
                "must be the address of a website, without white space",
                field=attribute.name,
                way_out="give 'company.example' or 'https://company.example'",
            )

    return check


def as_tuple(values: Iterable[str]) -> tuple[str, ...]:
    """Several texts as a tuple; whatever would make no tuple of texts is left for the validator to refuse."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return values  # type: ignore[unreachable, return-value, unused-ignore]  # are_lines() refuses it, by field name
    return tuple(values)


def first_version(draft: E, event: Event[E], *, field: str, kind: type[E]) -> E:
    """The entity that a creation makes of a draft: the draft with version 1.

    Args:
        draft: the entity at version 0.
        event: the creation.
        field: what the creation calls the draft.
        kind: what the draft must be.

    Raises:
        WrongType: the draft is of another kind.
        InvalidValue: it has a version already.
    """
    if not isinstance(draft, kind):
        raise WrongType(f"must be of class {kind.__name__}", field=field, way_out=f"give a {kind.__name__}")
    if draft.version != 0:
        raise InvalidValue(
            "a creation takes a draft, at version 0",
            field=field,
            value=f"version {draft.version}",
            way_out="record an update of the one that exists",
        )
    return attrs.evolve(draft, version=1, changed_at=event.at)


def check_changes(changes: object, *, owned: frozenset[str], way_out: str) -> None:
    """Check what an update is to change, as far as it can be known without the entity.

    Args:
        changes: new values by field name.
        owned: the fields that only the engine writes.
        way_out: how these are changed instead.

    Raises:
        WrongType: they are no tuple of pairs of a name and a value.
        InvalidValue: there are none, or one field is named twice.
        EngineOwned: one of them is written by the engine only.
    """
    if not isinstance(changes, tuple) or not all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in changes
    ):
        raise WrongType(
            "must be a tuple of pairs of a field name and its new value",
            field="changes",
            way_out="give (('owner', 'noa'),)",
        )
    names = [name for name, _value in changes]
    if not names:
        raise InvalidValue("an update needs something to change", field="changes", way_out="give a field")
    if len(set(names)) != len(names):
        raise InvalidValue("a field is changed once in one update", field="changes", value=", ".join(names))
    touched = [name for name in names if name in owned]
    if touched:
        raise EngineOwned(id=None, fields=touched, way_out=way_out)


def are_changes(
    *, owned: frozenset[str], way_out: str
) -> Callable[[object, attrs.Attribute[FieldChanges], FieldChanges], None]:
    """An attrs validator for :func:`check_changes`."""

    def check(_instance: object, _attribute: attrs.Attribute[FieldChanges], value: FieldChanges) -> None:
        check_changes(value, owned=owned, way_out=way_out)

    return check


def check_not_merged(entity: Entity, *, tried: str) -> None:
    """Refuse to work on what was merged into another record.

    Args:
        entity: a lead, a contact or an organization.
        tried: what was tried, as a phrase.

    Raises:
        NotNow: it was merged; the error says into which.
    """
    into: object = getattr(entity, "merged_into", None)
    if into is not None:
        raise NotNow(
            kind=entity.root().__name__.lower(),
            id=entity.id,
            tried=tried,
            because=f"it was merged into {into}",
            way_out="work on that one",
        )


def with_fields_changed(entity: E, event: Event[E], changes: FieldChanges) -> E:
    """The entity with these fields changed and its version raised by one. All its rules are checked again.

    Args:
        entity: the entity before.
        event: the event that explains the change.
        changes: new values by field name.

    Raises:
        NotNow: the entity was merged into another one.
        UnknownName: the entity has no such field.
        InvalidValue: a value breaks the rule of its field, or all of them together a rule of the entity.
    """
    check_not_merged(entity, tried="update it")
    known = [field.name for field in attrs.fields(type(entity))]
    for name, _value in changes:
        if name not in known:
            raise UnknownName("field", name, known, where=type(entity).__name__)
    fields: dict[str, object] = dict(changes)
    fields.update(version=entity.version + 1, changed_at=event.at)
    return attrs.evolve(entity, **fields)  # type: ignore[arg-type, unused-ignore]  # the names were checked above
