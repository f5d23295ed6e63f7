"""The leaderboard: who is first, with a rule for ties.

Places are given by standard competition ranking ("1224"): equals share a place, and the places that they take up are left
out after them. Whether two are equal is decided on the figures themselves, never on what a screen rounds them to, unless a
number of decimal places is asked for. Who has no figure has no place.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Generic, TypeVar

import attrs

from salesflow.errors import CurrencyMismatch, InvalidValue, WrongType
from salesflow.measure.result import NOT_ASSIGNED, Groups, Result
from salesflow.values.decimals import half_up
from salesflow.values.money import Money

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Decimal | Money | int)

__all__ = ["Place", "leaderboard"]


@attrs.frozen(kw_only=True)
class Place(Generic[V]):
    """A line of a leaderboard.

    Attributes:
        rank: the place, from 1; ``None`` for those without a figure, who come last.
        key: whose it is.
        result: the figure that it goes by.
        is_shared: whether others have the same place.
    """

    rank: int | None
    key: Hashable
    result: Result[V]
    is_shared: bool = False

    @property
    def label(self) -> str:
        """The key as text; "Not assigned" where there is none."""
        return NOT_ASSIGNED if self.key is None else str(self.key)


def leaderboard(
    results: Mapping[K, Result[V]] | Groups[Result[V]], *, lowest_first: bool = False, places: int | None = None
) -> tuple[Place[V], ...]:
    """Rank results.

    Args:
        results: of each one, or those of a grouped metric.
        lowest_first: whether less is better, as with days.
        places: compares the figures rounded half up to so many decimal places; exactly, where it is not given.

    Returns:
        From the first to the last; those who share a place in the order of their names.

    Raises:
        CurrencyMismatch: the figures are amounts in several currencies.
        WrongType: figures are of different kinds, or ``places`` is no whole number.
        InvalidValue: ``places`` is not 0 to 34.

    Example:
        ``leaderboard({owner: one.attainment for owner, one in standings.items()})``
    """
    if places is not None and (type(places) is not int or not 0 <= places <= 34):
        raise InvalidValue("must be 0 to 34 decimal places", field="places", value=places)
    given: dict[Hashable, Result[V]] = {}
    if isinstance(results, Groups):
        given.update((group.key, group.result) for group in results)
    else:
        given.update((key, result) for key, result in results.items())
    numbers = _numbers(given, places)
    ordered = sorted(numbers, key=lambda key: (numbers[key] if lowest_first else -numbers[key], _name(key)))
    found: list[Place[V]] = []
    for place, key in enumerate(ordered, start=1):
        same = found[-1].rank if found and numbers[ordered[place - 2]] == numbers[key] else None
        if same is not None:
            found[-1] = attrs.evolve(found[-1], is_shared=True)
        found.append(
            Place(rank=place if same is None else same, key=key, result=given[key], is_shared=same is not None)
        )
    last = sorted((key for key in given if key not in numbers), key=_name)
    return (*found, *(Place(rank=None, key=key, result=given[key]) for key in last))


def _numbers(given: Mapping[Hashable, Result[V]], places: int | None) -> dict[Hashable, Decimal]:
    """The figures as numbers, of those who have one; all of one unit."""
    found: dict[Hashable, Decimal] = {}
    units: dict[str, None] = {}
    for key, result in given.items():
        value = result.value
        if value is None:
            continue
        if not isinstance(value, Money | Decimal | int):
            raise WrongType("only figures can be ranked", field="results", value=value)
        units[value.currency if isinstance(value, Money) else ""] = None
        number = value.amount if isinstance(value, Money) else Decimal(value)
        found[key] = number if places is None else half_up(number, Decimal((0, (1,), -places)))
    _check_units(tuple(units))
    return found


def _check_units(units: tuple[str, ...]) -> None:
    if len(units) < 2:
        return
    if "" in units:
        raise WrongType("amounts and numbers cannot be ranked together", field="results", value=list(units))
    raise CurrencyMismatch(units[0], units[1], doing="ranked")


def _name(key: Hashable) -> tuple[bool, str]:
    return key is None, str(key)
