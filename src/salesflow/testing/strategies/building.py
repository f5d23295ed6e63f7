"""Strategies for any attrs class, made from the types and the names of its fields.

A field is drawn by what is said of it here: for its class, else for its name, else for its type. A new field of a known
type is therefore drawn without being asked for. What belongs together (a cadence, the parts of a payment) has a strategy
of its own, which is registered and found by its type.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import TypeVar, cast

import attrs
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from salesflow._copying import built
from salesflow.entity import Entity
from salesflow.errors import SalesflowError, UnknownName, WrongType
from salesflow.testing.strategies import values
from salesflow.testing.strategies.texts import identifiers, lines, proses

T = TypeVar("T")
Strategies = Mapping[str, SearchStrategy[object]]

__all__ = ["FIELDS", "SPECIAL", "TYPES", "field_strategies", "of_class", "of_type", "special"]

SPECIAL: dict[type, Callable[[], SearchStrategy[object]]] = {}
"""The strategies of classes that have one of their own; the rooms next door fill it."""


def special(cls: type) -> SearchStrategy[object]:
    """The strategy of a class that has one of its own, made when it is first drawn from."""
    return st.deferred(lambda: SPECIAL[cls]())  # noqa: PLW0108  # it wants a function, and some are partial ones


_ACTORS = st.sampled_from(["noa", "ben", "dana"])

FIELDS: dict[str, SearchStrategy[object]] = {
    "by": _ACTORS,
    "owner": st.none() | _ACTORS,
    "currency": st.sampled_from(["EUR", "USD", "ILS"]),
    "language": st.none() | st.sampled_from(["en", "he", "pt-BR"]),
    "website": st.none() | st.sampled_from(["acme.example", "https://www.acme.example/shop"]),
    "note": proses(),
    "notes": proses(),
    "interest": proses(),
    "probability": st.none() | values.shares(),
    "predicted_probability": st.none() | values.shares(),
    "tags": st.lists(lines(limit=20), max_size=3, unique=True).map(tuple),
}
"""What a field of this name is drawn from, in whatever class it stands."""

TYPES: dict[object, Callable[[], SearchStrategy[object]]] = {
    str: lines,
    int: lambda: st.integers(1, 50),
    bool: st.booleans,
    float: lambda: st.floats(0, 1),
    Decimal: values.shares,
    datetime: values.moments,
    date: values.days,
    time: lambda: st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
    timedelta: lambda: st.timedeltas(timedelta(minutes=1), timedelta(days=90)),
    tzinfo: values.zones,
    types.NoneType: st.none,
    object: lambda: st.one_of(st.none(), st.integers(0, 9), lines()),
}
"""The types that fields are made of in the end; the rooms next door add theirs."""


def of_class(cls: type[T], **fields: SearchStrategy[object]) -> SearchStrategy[T]:
    """Valid instances of an attrs class: of the library, or of your own.

    Args:
        cls: the class.
        **fields: strategies for single fields, by their names.

    Raises:
        WrongType: it is no attrs class.
        UnknownName: it has no such field.
    """
    if not (isinstance(cls, type) and attrs.has(cls)):
        raise WrongType("a strategy is made of an attrs class", field="cls", value=cls)
    known = [field.name for field in attrs.fields(cls) if field.init]
    for name in fields:
        if name not in known:
            raise UnknownName("field", name, known, where=cls.__name__)
    drawn = st.fixed_dictionaries({**field_strategies(cls, leave=fields), **fields})

    def instance(values: dict[str, object]) -> T:
        try:
            return cast("T", built(cls, values))
        except SalesflowError:  # two of the values do not go together
            reject()

    return drawn.map(instance)


def field_strategies(cls: type, *, leave: Mapping[str, object] | None = None) -> dict[str, SearchStrategy[object]]:
    """What each field of an attrs class is drawn from, by its name.

    Args:
        cls: the class.
        leave: fields that are not wanted.
    """
    hints = _hints(cls)
    return {
        field.name: _of_field(cls, field, hints[field.name])
        for field in attrs.fields(cls)
        if field.init and field.name not in (leave or {}) and not _is_left_to_default(cls, field)
    }


def _hints(cls: type) -> dict[str, object]:
    try:
        return typing.get_type_hints(cls)
    except NameError as error:
        raise WrongType(
            "the types of the fields are known when the program runs",
            field="cls",
            value=f"{cls.__name__}: {error}",
            way_out="import them outside of TYPE_CHECKING, or give the strategies of the fields by name",
        ) from error


def _is_left_to_default(cls: type, field: attrs.Attribute[object]) -> bool:
    """What only the engine writes is as it is in a draft."""
    return field.default is not attrs.NOTHING and (
        (issubclass(cls, Entity) and field.name in ("version", "changed_at"))
        or getattr(field.default, "takes_self", False)
    )


def _of_field(cls: type, field: attrs.Attribute[object], hint: object) -> SearchStrategy[object]:
    name = field.name
    if name == "id" and str in _kinds(hint):
        drawn: SearchStrategy[object] = identifiers(cls.__name__[:1])
    elif name.endswith("_id") and str in _kinds(hint):
        drawn = identifiers(name[:1].upper())
    elif name in FIELDS and not _is_a_number(name, hint):
        drawn = FIELDS[name]
    elif field.default is not attrs.NOTHING and _is_a_function(hint):
        return st.just(field.default)
    else:
        drawn = of_type(hint)
    if field.default is attrs.NOTHING or getattr(field.default, "factory", None) is not None:
        return drawn
    return st.one_of(st.just(field.default), drawn)


def _is_a_number(name: str, hint: object) -> bool:
    """Whether a field has a name that elsewhere stands for a text."""
    return name not in ("probability", "predicted_probability") and str not in _kinds(hint) and name != "tags"


def _is_a_function(hint: object) -> bool:
    return any(typing.get_origin(kind) is Callable for kind in _kinds(hint))


def _kinds(hint: object) -> tuple[object, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


def of_type(hint: object) -> SearchStrategy[object]:
    """What a type hint is drawn from."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([of_type(kind) for kind in sorted(arguments, key=lambda kind: kind is not types.NoneType)])
    if origin is tuple:
        return _of_tuple(arguments)
    if origin in (frozenset, set):
        return st.frozensets(of_type(arguments[0]), max_size=3)
    if origin in (dict, Mapping, typing.Mapping) or hint is Mapping:
        return st.dictionaries(of_type(arguments[0]), of_type(arguments[1]), max_size=3)
    if origin is type:
        return st.just(arguments[0])
    if origin in (typing.Literal,):
        return st.sampled_from(arguments)
    kind = origin or hint
    if isinstance(kind, type) and kind in SPECIAL:
        return special(kind)
    if kind in TYPES:
        return TYPES[kind]()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and attrs.has(kind):
        return st.deferred(lambda: of_class(kind))
    if isinstance(hint, TypeVar):
        return of_type(hint.__bound__ or object)
    raise WrongType(
        "there is no strategy for this type",
        field="cls",
        value=str(hint),
        way_out="give the strategy of the field by its name",
    )


def _of_tuple(arguments: tuple[object, ...]) -> SearchStrategy[object]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return st.lists(of_type(arguments[0]), max_size=2).map(tuple)
    return st.tuples(*(of_type(one) for one in arguments))
