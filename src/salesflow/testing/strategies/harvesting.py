"""Values that only a computation makes: the computation is made on inputs that are drawn, and the value taken out of it.

A win rate has a numerator, a denominator and those that were left out, and they fit together; drawn each for itself they
would not. So the deals are drawn and the rate is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

__all__ = ["held_by", "within"]


def within(whole: object, cls: type[T]) -> Iterator[T]:
    """Every instance of a class that a value is or holds: in its fields, its items, its values."""
    if isinstance(whole, cls):
        yield whole
    kind = type(whole)
    if attrs.has(kind):
        parts: object = [getattr(whole, field.name) for field in attrs.fields(kind)]
    else:
        parts = list(whole.values()) if isinstance(whole, Mapping) else whole
    if isinstance(parts, tuple | list):
        for part in parts:
            yield from within(part, cls)


def held_by(wholes: SearchStrategy[object], cls: type[T]) -> SearchStrategy[T]:
    """One of the instances of a class that what is drawn holds; at least one is expected to be there."""
    return wholes.map(lambda whole: list(within(whole, cls))).filter(bool).flatmap(st.sampled_from)
