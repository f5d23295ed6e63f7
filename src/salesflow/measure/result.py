"""Results that say what they are: a figure, and beside it the definition that it has by.

Most questions about a pipeline have several right answers. On one and the same data the win rate is 63 percent of the
deals that closed and 48 percent of all, and the cycle is 52, 57, 45 or 38 days. So a result carries what was divided by
what, over which deals, by which date, in which period, how days were counted, how it was rounded, and what was left out.

Where there is nothing to divide by, a result is undefined and says why. It is never 0 instead.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import attrs

from salesflow.deal.children import chosen
from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.days import DayCount
from salesflow.values.decimals import HALF_UP, half_up
from salesflow.values.moments import Period
from salesflow.values.money import Money

__all__ = [
    "EXACTLY",
    "NOT_ASSIGNED",
    "Axis",
    "Definition",
    "Group",
    "Groups",
    "LeftOut",
    "Result",
    "axis_of",
    "quotient",
]

V_co = TypeVar("V_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)

NOT_ASSIGNED = "Not assigned"
"""What the group of those with no value is called on a screen; its key is ``None``."""

EXACTLY = "not rounded"


class Axis(StrEnum):
    """By which date a deal belongs to a period."""

    CREATED = "created"
    ENGAGED = "engaged"
    CLOSED = "closed"
    EXPECTED = "expected close"


def axis_of(value: Axis | str) -> Axis:
    """An axis, or the one of this name.

    Raises:
        UnknownName: there is none.
    """
    return chosen(Axis, value, kind="axis")


@attrs.frozen(kw_only=True)
class Definition:
    """What a figure means.

    Attributes:
        metric: what it is called ("win rate").
        numerator: what is counted or added up, in words.
        denominator: what that is divided by, in words; ``None`` where nothing is divided.
        population: which deals, in words; they are what may be counted at all.
        axis: the date by which a deal belongs to the period.
        period: the half-open time that is looked at; ``None`` is all time.
        calendar: how days are counted, where days are.
        unit: what the value is given in: "fraction", "days", "EUR", "deals", "EUR a day".
        rounding: how and where it is rounded.
        method: how it is computed where there are several ways (the kind of quantile, a sketch and its error).
    """

    metric: str
    numerator: str
    denominator: str | None = None
    population: str = "all deals"
    axis: Axis | None = None
    period: Period | None = None
    calendar: DayCount | None = None
    unit: str = ""
    rounding: str = EXACTLY
    method: str = ""

    def __str__(self) -> str:
        parts = [self.numerator if self.denominator is None else f"{self.numerator} by {self.denominator}"]
        parts.append(f"of {self.population}")
        if self.period is not None:
            parts.append(f"{self.axis} from {self.period.start.isoformat()} until before {self.period.end.isoformat()}")
        parts += [text for text in (str(self.calendar or ""), self.method, self.rounding) if text]
        return f"{self.metric}: {'; '.join(parts)}"


@attrs.frozen(kw_only=True)
class LeftOut:
    """What was left out of a figure for one reason.

    Attributes:
        reason: why, in words ("the amount is not known").
        count: how many.
        ids: which deals, where the ids were asked for, in order; ``None`` where they were not.
    """

    reason: str
    count: int
    ids: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class Result(Generic[V_co]):
    """A figure with its definition.

    Attributes:
        definition: what it means.
        value: the figure, or ``None`` where it is undefined. A fraction is a ``Decimal`` between 0 and 1, days are a
            ``Decimal``, an amount is ``Money``, a number is an ``int``.
        undefined: why there is no value; ``None`` where there is one.
        numerator: what was counted or added up, exactly.
        denominator: what that was divided by, exactly.
        count: how many deals (or visits, objections, tasks) the figure rests on.
        left_out: what was not taken, by reason.
        ids: the deals that the figure rests on, in order, where they were asked for.
        numerator_ids: those of them that are counted in the numerator, where they were asked for.
    """

    definition: Definition
    value: V_co | None
    undefined: str | None = None
    numerator: int | Decimal | Money | None = None
    denominator: int | Decimal | Money | None = None
    count: int
    left_out: tuple[LeftOut, ...] = ()
    ids: tuple[str, ...] | None = None
    numerator_ids: tuple[str, ...] | None = None

    def __attrs_post_init__(self) -> None:
        if (self.value is None) is (self.undefined is None):
            raise InvalidValue("a result has a value, or says why it has none", field="undefined", value=self.undefined)

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return self.undefined is None

    def rounded(self, places: int) -> Decimal | None:
        """The value rounded half up to a number of decimal places; an amount as its number; ``None`` if undefined."""
        return self._scaled(0, places)

    def percent(self, places: int = 2) -> Decimal | None:
        """The value times 100, rounded half up: 0.63149... is 63.15. ``None`` if undefined."""
        return self._scaled(2, places)

    def _scaled(self, power: int, places: int) -> Decimal | None:
        if self.value is None:
            return None
        number = self.value.amount if isinstance(self.value, Money) else self.value
        if not isinstance(number, int | Decimal):
            raise InvalidValue("only a number can be rounded", field="value", value=self.value)
        return half_up(Decimal(number).scaleb(power, HALF_UP), Decimal((0, (1,), -places)))

    def __str__(self) -> str:
        return f"{self.definition.metric}: {self._shown()}"

    def _shown(self) -> str:
        if self.value is None:
            return f"undefined, {self.undefined}"
        unit = self.definition.unit
        has_unit = isinstance(self.value, Money) and unit.startswith(self.value.currency)
        number = self.value.amount if isinstance(self.value, Money) and has_unit else self.value
        return f"{number} {unit}".strip()


@attrs.frozen(kw_only=True)
class Group(Generic[R_co]):
    """One group and its result.

    Attributes:
        key: what they have in common: an owner, a stage, "2026-11"; a tuple where several things; ``None`` where they have
            no value.
        result: the result for these.
    """

    key: Hashable
    result: R_co

    @property
    def label(self) -> str:
        """The key as text; "Not assigned" where there is none."""
        keys = self.key if isinstance(self.key, tuple) else (self.key,)
        return ", ".join(NOT_ASSIGNED if one is None else str(one) for one in keys)


@attrs.frozen(kw_only=True)
class Groups(Generic[R_co]):
    """The results of a metric for every group, in the order of their keys; those without a value last.

    Attributes:
        by: what they were grouped by, by name.
        groups: one for each key that occurred.
        whole: the result for all of them together.
        overlap: whether one deal may be in several groups, so that they add up to more than the whole.

    Example:
        ``rates["noa"].value`` is the figure of noa, ``rates[None]`` that of the deals without an owner.
    """

    by: tuple[str, ...]
    groups: tuple[Group[R_co], ...]
    whole: R_co
    overlap: bool = False
    _of_key: dict[Hashable, R_co] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_of_key", {group.key: group.result for group in self.groups})

    def __iter__(self) -> Iterator[Group[R_co]]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def __contains__(self, key: object) -> bool:
        return key in self._of_key

    def __getitem__(self, key: Hashable) -> R_co:
        try:
            return self._of_key[key]
        except KeyError:
            labels = (group.label for group in self.groups)
            raise UnknownName(f"group by {' and '.join(self.by)}", key, labels) from None

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """The keys that occurred, in order."""
        return tuple(group.key for group in self.groups)

    def ranked(self, figure: Callable[[R_co], Decimal | int | Money | None]) -> tuple[Group[R_co], ...]:
        """The groups from the highest figure to the lowest; equals in the order of their keys, undefined ones last.

        Args:
            figure: takes a figure out of a result: ``lambda rate: rate.value``.
        """
        known = [(figure(group.result), group) for group in self.groups]
        defined = [(value, group) for value, group in known if value is not None]
        defined.sort(key=lambda pair: pair[0], reverse=True)
        return (*(group for _, group in defined), *(group for value, group in known if value is None))


def quotient(numerator: int | Decimal, denominator: int | Decimal) -> Decimal:
    """A fraction as a ``Decimal`` of up to 34 significant digits, rounded half up once, whatever the ambient context."""
    return half_up(HALF_UP.divide(Decimal(numerator), Decimal(denominator)), None)
