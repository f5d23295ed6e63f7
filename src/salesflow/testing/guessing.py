"""Guesses: which value of which plain field could make a requirement hold, or break it.

Many requirements of one's own ask a field of one's own: ``deal.seats > 0``, ``deal.source == "existing customer"``. What
such a requirement wants is found by trying: a few values of the type of each field, and the constants that stand in the
code of the requirement. A guess only ever proposes; the requirement itself says whether it was right.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeVar

import attrs

from salesflow._copying import evolved
from salesflow.process.requirement import Requirement
from salesflow.testing.auditing import answer_of
from salesflow.testing.surroundings import constants_of
from salesflow.values.money import Money
from salesflow.worked import STAGE_FIELDS, Worked

W = TypeVar("W", bound=Worked)

__all__ = ["are_told_apart", "at_other_times", "guessed", "variants"]

_OWNED = STAGE_FIELDS | {"id", "version", "changed_at"}
_DAY = date(2026, 11, 2)
_MOMENT = datetime(2026, 11, 2, 9, tzinfo=UTC)
_YEARS = (2027, 2025, 2100, 1970)
_VALUES: dict[type, tuple[object, ...]] = {
    bool: (True, False),
    int: (0, 1, 2, 10, 100, 1000, 1_000_000),
    float: (0.0, 0.5, 1.0, 100.0),
    str: ("something", "EUR"),
    Decimal: (Decimal(0), Decimal("0.5"), Decimal(1), Decimal(1000)),
    Money: (Money("0", "EUR"), Money("1", "EUR"), Money("48000", "EUR"), Money("10000000", "EUR")),
    date: (_DAY, *(_DAY.replace(year=year) for year in _YEARS)),
    datetime: (_MOMENT, *(_MOMENT.replace(year=year) for year in _YEARS)),
}
"""Values worth a try, by type; our own choice."""


_LATER = (timedelta(hours=11), timedelta(days=5, hours=4), timedelta(days=150))
"""A night, a weekend, and another half of the year, seen from a Monday morning in November; our own choice."""


def guessed(requirement: Requirement[W], entity: W, *, met: bool, leave: Collection[str] = ()) -> W | None:
    """The deal with one plain field changed, of which the requirement holds, or does not.

    Args:
        requirement: what is asked.
        entity: the deal, or the lead, as it is.
        met: whether it shall hold.
        leave: fields that are not to be changed.

    Returns:
        The changed one, or ``None`` where no guess was right.
    """
    for edited in _edits(entity, constants_of(requirement.test), leave):
        answer = answer_of(requirement, edited)
        if answer.is_met is met and not answer.is_broken:
            return edited
    return None


def are_told_apart(first: Requirement[W], second: Requirement[W], entity: W) -> bool:
    """Whether a deal is found, with one plain field of this one changed, of which only one of two requirements holds."""
    constants = (*constants_of(first.test), *constants_of(second.test))
    return any(
        answer_of(first, edited).is_met is not answer_of(second, edited).is_met
        for edited in _edits(entity, constants, ())
    )


def _edits(entity: W, constants: Collection[object], leave: Collection[str]) -> Iterator[W]:
    hints = typing.get_type_hints(type(entity))
    for field in attrs.fields(type(entity)):
        if field.name in _OWNED or field.name in leave or not field.init:
            continue
        for value in _tried(hints.get(field.name), constants):
            with suppress(Exception):  # whatever the rule of a field of yours is: this value is none
                if getattr(entity, field.name) != value:
                    yield evolved(entity, {field.name: value})


def _tried(hint: object, constants: Iterable[object]) -> Iterator[object]:
    """Values of a type: those that the requirement itself names first, and their neighbors."""
    for kind in _kinds(hint):
        if kind is types.NoneType:
            yield None
            continue
        if not isinstance(kind, type):
            continue
        for constant in constants:
            if type(constant) is kind:
                yield constant
                yield from _neighbors(constant)
            elif kind in (Decimal, Money) and isinstance(constant, str | int | Decimal):
                with suppress(ArithmeticError, ValueError):
                    yield from _numbers(kind, Decimal(constant))
        yield from _VALUES.get(kind, ())
        if issubclass(kind, Enum):
            yield from kind


def _kinds(hint: object) -> tuple[object, ...]:
    """The types that a field may have, the definite ones before ``None``."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return (hint,)
    return tuple(sorted(typing.get_args(hint), key=lambda kind: kind is types.NoneType))


def _numbers(kind: type, number: Decimal) -> Iterator[object]:
    """A number that a requirement names, and its neighbors, as a number or as an amount."""
    for one in (number, number - 1, number + 1):
        yield Money(one, "EUR") if kind is Money else one


def _neighbors(value: object) -> tuple[object, ...]:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return (value - 1, value + 1)
    if isinstance(value, date):
        return (value - timedelta(days=1), value + timedelta(days=1))
    return (Money(value.amount + 1, value.currency),) if isinstance(value, Money) else ()


def variants(entity: W) -> Iterator[W]:
    """The deal with one thing about it unknown, or half done: what a requirement has to tell apart."""
    for field in attrs.fields(type(entity)):
        value = getattr(entity, field.name)
        if field.name in _OWNED or not field.init:
            continue
        for other in _less(value, field.default):
            with suppress(Exception):  # a rule of the class that says: not like this
                yield evolved(entity, {field.name: other})


def at_other_times(entity: W) -> Iterator[W]:
    """The deal as if all of it had happened at another hour, on another day, or in another month."""
    moments = {
        field.name: value
        for field in attrs.fields(type(entity))
        if field.init and isinstance(value := getattr(entity, field.name), datetime)
    }
    for later in _LATER:
        with suppress(Exception):  # as above
            yield evolved(entity, {name: value + later for name, value in moments.items()})


def _less(value: object, default: object) -> Iterator[object]:
    if _is_value(default) and value != default:
        yield default
    if isinstance(value, tuple):
        yield from (value[:number] for number in range(1, len(value)))
        for place, one in enumerate(value):
            yield from ((*value[:place], less, *value[place + 1 :]) for less in _inside(one))
    yield from _inside(value)


def _inside(value: object) -> Iterator[object]:
    """A record with one of its fields as it is where nothing was said, or where another choice was made."""
    if not attrs.has(type(value)) or isinstance(value, type):
        return
    for field in attrs.fields(type(value)):  # type: ignore[arg-type]  # it was just seen to be an attrs class
        if field.init:
            for other in _others(getattr(value, field.name), field.default):
                with suppress(Exception):
                    yield evolved(value, {field.name: other})


def _others(value: object, default: object) -> Iterator[object]:
    if _is_value(default) and value != default:
        yield default
    if isinstance(value, Enum):
        yield from (other for other in type(value) if other is not value)


def _is_value(default: object) -> bool:
    """Whether a default is a value, and neither missing nor made by a function."""
    return default is not attrs.NOTHING and type(default).__name__ != "Factory"
