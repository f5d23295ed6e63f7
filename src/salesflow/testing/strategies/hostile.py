"""Strategies for what comes from outside and is not to be trusted: fields of which any may hold anything."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from salesflow.testing.strategies.building import field_strategies
from salesflow.testing.strategies.texts import hostile_text

__all__ = ["hostile_fields"]

_ANYTHING: SearchStrategy[object] = st.one_of(
    hostile_text(),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("-0"), Decimal("1E+999")]),
    st.just(datetime(2026, 11, 2, 9)),  # noqa: DTZ001  # without a time zone
    st.binary(max_size=5),
    st.lists(st.integers(), max_size=2),
)


def hostile_fields(cls: type) -> SearchStrategy[dict[str, object]]:
    """Fields of a class, one or more of which hold what nobody expects.

    They are not an instance: building one has to refuse them with an error of salesflow, or keep them to the letter.

    Args:
        cls: an attrs class: an entity, an event, a value of your own.

    Example::

        @given(hostile_fields(Deal))
        def test_nothing_gets_in(fields):
            with suppress(SalesflowError):
                assert Deal(**fields).name == fields["name"]
    """
    tame = field_strategies(cls)
    names = sorted(tame)

    def spoiled(chosen: list[str]) -> SearchStrategy[dict[str, object]]:
        return st.fixed_dictionaries({**tame, **dict.fromkeys(chosen, _ANYTHING)})

    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).flatmap(spoiled)
