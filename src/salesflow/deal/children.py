"""The numbered records inside a deal: its objections, needs, tasks, meetings and the like.

They are kept in tuples and numbered in the order in which they came, from 1, so nothing random is needed and
the same history always gives the same numbers. The rules that the fields of such records share are here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values.text import line, prose

__all__ = [
    "Numbered",
    "as_it_is",
    "chosen",
    "find",
    "is_a",
    "is_optional_a",
    "is_told",
    "listed",
    "named",
    "next_id",
    "nothing_given",
    "of_class",
    "replaced",
    "told",
]


class Numbered(Protocol):
    """A record with a number."""

    @property
    def id(self) -> int:
        """Its number within the deal, from 1."""
        ...


N = TypeVar("N", bound=Numbered)


def next_id(records: Sequence[Numbered]) -> int:
    """The number that the next record gets."""
    return records[-1].id + 1 if records else 1


def find(records: Sequence[N], which: N | int, *, kind: str) -> N:
    """The record with this number, as it is now.

    Args:
        records: where to look.
        which: its number, or an earlier state of the record itself.
        kind: what is looked for, for the message.

    Raises:
        WrongType: it is neither a number nor such a record.
        UnknownName: there is none with this number.
    """
    number = which if isinstance(which, int) else getattr(which, "id", None)
    if not isinstance(number, int) or isinstance(which, bool):
        raise WrongType(f"must be the {kind}, or its number", field=kind, value=which, way_out="give 1 for the first")
    for record in records:
        if record.id == number:
            return record
    raise UnknownName(kind, number, [record.id for record in records], where="the deal")


def as_it_is(records: Sequence[N], record: N) -> N:
    """A record that is there, as it is now."""
    return next(one for one in records if one.id == record.id)


def replaced(records: Sequence[N], record: N) -> tuple[N, ...]:
    """The records with the one of the same number replaced by ``record``."""
    return tuple(record if old.id == record.id else old for old in records)


C = TypeVar("C", bound=StrEnum)
T = TypeVar("T")


def chosen(choices: type[C], value: C | str, *, kind: str) -> C:
    """The member of a closed choice that is meant.

    Args:
        choices: the choice.
        value: a member of it, or the member's text.
        kind: what is chosen, for the message.

    Raises:
        UnknownName: there is no such member; the message names the nearest ones.

    Example:
        ``chosen(Importance, "must", kind="importance")`` is ``Importance.MUST``.
    """
    try:
        return choices(value)
    except ValueError:
        raise UnknownName(kind, value, choices) from None


def named(value: str) -> str:
    """The plain text of a name, which may be a member of an enumeration. What is no text is left for the event to refuse.

    Example:
        ``named(MeetingPurpose.OTHER)`` is ``"other"``, of the class ``str``.
    """
    return str(value) if isinstance(value, str) else value


def told(value: object, *, field: str, limit: int = 10_000) -> str:
    """Check text of one or several lines that must say something, and return it unchanged.

    Raises:
        WrongType: it is not a ``str``.
        InvalidValue: it is blank, too long, or holds characters that are refused.
    """
    text = prose(value, field=field, limit=limit)
    line(text.translate(_AS_ONE_LINE), field=field, limit=limit, personal=True)
    return text


_AS_ONE_LINE = str.maketrans("\n\t", "  ")


def is_told(limit: int = 10_000) -> Callable[[object, attrs.Attribute[str], str], None]:
    """An attrs validator for :func:`told`."""

    def check(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
        told(value, field=attribute.name, limit=limit)

    return check


def is_a(kind: type[T], *, way_out: str = "") -> Callable[[object, attrs.Attribute[T], T], None]:
    """An attrs validator: the value is of this class.

    Args:
        kind: the class.
        way_out: what to give instead, for the message.
    """

    def check(_instance: object, attribute: attrs.Attribute[T], value: T) -> None:
        of_class(kind, value, field=attribute.name, way_out=way_out)

    return check


def is_optional_a(kind: type[T], *, way_out: str = "") -> Callable[[object, attrs.Attribute[T | None], T | None], None]:
    """An attrs validator: the value is of this class, or ``None``."""

    def check(_instance: object, attribute: attrs.Attribute[T | None], value: T | None) -> None:
        if value is not None:
            of_class(kind, value, field=attribute.name, way_out=way_out)

    return check


def of_class(kind: type[object], value: object, *, field: str, way_out: str = "") -> None:
    """Check that a value is of this class.

    Raises:
        WrongType: it is not.
    """
    if not isinstance(value, kind):
        raise WrongType(f"must be of class {kind.__name__}", field=field, value=value, way_out=way_out)


def listed(value: Iterable[T], *, field: str) -> tuple[T, ...]:
    """What was given as several, as a tuple; a bare text would become a tuple of its letters.

    Raises:
        WrongType: it is a text, or nothing to go through.
    """
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise WrongType("must be a list", field=field, value=value, way_out="put it into a list: [...]")
    return tuple(value)


def nothing_given(what: str, *names: str) -> InvalidValue:
    """The error for a change that changes nothing: raise it.

    Args:
        what: what was to be changed.
        *names: the fields that could have been given.
    """
    return InvalidValue("a change needs something to change", field=what, way_out=f"give {' or '.join(names)}")
