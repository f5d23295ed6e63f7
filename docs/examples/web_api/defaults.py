"""What clients write otherwise than records do: what has a default is left out, at every depth, and moments end in Z."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from salesflow.storage.records import Records

from .signatures import parts_of

Schema = dict[str, Any]

TAGS = ("type", "schema", "extends")
"""What a record says about itself; in a body the route says it."""


@cache
def defaults_of(cls: type, records: Records) -> Mapping[str, Any]:
    """The fields of an attrs class that have a default, with it, as JSON."""
    hints = get_type_hints(cls)
    optional = {one.name: one.default for one in attrs.fields(cls) if one.default is not attrs.NOTHING}
    fields = {name: attrs.field(type=hints[name], default=default) for name, default in optional.items()}
    holder = attrs.make_class(f"DefaultsOf{cls.__name__}", fields, kw_only=True)
    written = records.register(holder, name=holder.__name__, schema=1).dump(holder())
    return MappingProxyType({name: part for name, part in written.items() if name not in TAGS})


def filled(given: Schema, cls: type, records: Records) -> Schema:
    """What stands for an instance of an attrs class, with all that is left out.

    Args:
        given: the fields as they were sent.
        cls: the class.
        records: knows how its values are written.
    """
    return {**defaults_of(cls, records), **filled_below(given, cls, records)}


def filled_below(given: Schema, cls: type, records: Records) -> Schema:
    """The same fields, with all that is left out inside of them."""
    hints = get_type_hints(cls)
    return {name: _filled(part, hints.get(name), records) for name, part in given.items()}


def _filled(part: object, hint: object, records: Records) -> object:
    cls, item = _class(hint), _item(hint)
    if isinstance(part, dict) and cls is not None:
        return filled(part, cls, records)
    if isinstance(part, list) and item is not None:
        return [_filled(one, item, records) for one in part]
    if isinstance(part, str) and datetime in parts_of(hint):
        return _moment(part)
    return part


def _moment(text: str) -> str:
    """A moment as records write it, where it is one that others write otherwise: with ``Z``, or in milliseconds."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return text


def classes_in(cls: type) -> tuple[type, ...]:
    """The attrs classes that the fields of one hold, at every depth, each once."""
    found: dict[type, None] = {}
    left = [cls]
    while left:
        new = {one for hint in get_type_hints(left.pop()).values() for one in _classes(hint)} - found.keys()
        found |= dict.fromkeys(new)
        left += new
    return tuple(found)


def _classes(hint: object) -> Iterator[type]:
    """The attrs classes of an annotation, those in tuples included."""
    cls, item = _class(hint), _item(hint)
    if cls is not None:
        yield cls
    if item is not None:
        yield from _classes(item)


def _class(hint: object) -> type | None:
    """The attrs class that a JSON object stands for."""
    return next((part for part in parts_of(hint) if isinstance(part, type) and attrs.has(part)), None)


def _item(hint: object) -> object:
    """What each item of a JSON array stands for."""
    return next((get_args(part)[0] for part in parts_of(hint) if get_origin(part) is tuple), None)
