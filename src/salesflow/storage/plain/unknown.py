"""Fields that a class does not know, kept: written by a newer program, carried along by an older one.

They are kept in a field of a subclass, as immutable text. So they go along like any other field when an event makes the
next version of an entity, and come out again when it is written.
"""

from __future__ import annotations

import functools
import json

import attrs

from salesflow.errors import InvalidValue
from salesflow.storage.plain.form import JSON, wrong
from salesflow.storage.plain.values import LEAVES
from salesflow.values.personal import personal

__all__ = [
    "check_kept",
    "is_keeping",
    "known_class",
    "unknown_fields",
    "with_unknown_fields",
]

_KEPT_DEPTH = 20
_KEPT = "unknown_fields"


@functools.cache
def _keeping(cls: type) -> type:
    """A subclass that also holds the fields of the data that the class does not know.

    It is a field like any other, so it goes along when an event makes the next version of an entity. What nobody here knows
    may say something about a person, so it counts as personal.
    """
    kept = {_KEPT: attrs.field(default=(), kw_only=True, repr=False, metadata=personal())}
    made = attrs.make_class(cls.__name__, kept, bases=(cls,), frozen=True, slots=True)
    made.__qualname__, made.__module__, made.__doc__ = cls.__qualname__, cls.__module__, cls.__doc__
    type.__setattr__(made, "__reduce__", _reduced)
    return made


def _reduced(value: attrs.AttrsInstance) -> tuple[object, ...]:
    cls = type(value)
    return _revived, (cls.__bases__[0], {field.name: getattr(value, field.name) for field in attrs.fields(cls)})


def _revived(cls: type, fields: dict[str, object]) -> object:
    made: object = object.__new__(_keeping(cls))
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def is_keeping(cls: type) -> bool:
    """Whether instances of this class hold fields that the class they stand for does not know."""
    return cls.__dict__.get("__reduce__") is _reduced


def known_class(value: object) -> type:
    """The class of a value as it was written by its author."""
    cls = type(value)
    return cls.__bases__[0] if is_keeping(cls) else cls


def unknown_fields(value: object) -> dict[str, JSON]:
    """What a value keeps that its class does not know."""
    return {name: json.loads(text) for name, text in getattr(value, _KEPT)} if is_keeping(type(value)) else {}


def with_unknown_fields(cls: type, values: dict[str, object], unknown: dict[str, JSON]) -> object:
    """An instance that keeps what is unknown, as immutable text."""
    kept = tuple((name, json.dumps(data)) for name, data in unknown.items())
    return _keeping(cls)(**values, **{_KEPT: kept})


def check_kept(data: object, at: str, depth: int = 0) -> None:
    """Refuse what is no plain data, or too much of it."""
    if depth > _KEPT_DEPTH:
        raise InvalidValue(f"must not be nested deeper than {_KEPT_DEPTH} levels to be kept", field=at)
    if isinstance(data, dict):
        for name, part in data.items():
            LEAVES[str].read(name, at)
            check_kept(part, at, depth + 1)
    elif isinstance(data, list):
        for part in data:
            check_kept(part, at, depth + 1)
    elif type(data) is float:
        LEAVES[float].read(data, at)
    elif data is not None and type(data) not in (bool, int, str):
        raise wrong(at, "plain data", data)
    else:
        form = LEAVES.get(type(data))
        if form is not None:
            form.read(data, at)
