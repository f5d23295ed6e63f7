"""How values are spread: mean, least, most, and any quantile.

Values are whole numbers (microseconds, days, cents), so that parts add up to the whole to the last digit. For quantiles
they have to be kept: as a histogram where they are few different ones (days), as plain numbers of eight bytes otherwise.
Where even that is too much, a sketch keeps how many values fell into each of its fixed buckets: five bits after the leading
one, so that a bucket is at most 1/32 as wide as its values are large, and its middle at most 1/64 = 1.6 % off. Buckets
merge exactly; what a sketch gives says that it is one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import ceil

import attrs

from salesflow.deal.children import chosen
from salesflow.errors import InvalidValue
from salesflow.values.decimals import exact_decimal

__all__ = [
    "Distribution",
    "Histogram",
    "Kept",
    "Quantile",
    "QuantileMethod",
    "Sketch",
    "Stored",
    "distribution",
    "kept_of",
    "quantile",
]


class QuantileMethod(StrEnum):
    """What a quantile is where it falls between two values. Numbered as by Hyndman and Fan (1996)."""

    LINEAR = "linear"
    LOWER = "lower"
    HIGHER = "higher"
    NEAREST_RANK = "nearest rank"

    @property
    def in_words(self) -> str:
        """What it does between two values."""
        return {
            QuantileMethod.LINEAR: "linear interpolation between two values (type 7, as PERCENTILE.INC)",
            QuantileMethod.LOWER: "the lower of two values",
            QuantileMethod.HIGHER: "the higher of two values",
            QuantileMethod.NEAREST_RANK: "the least value that so many are not above (type 1)",
        }[self]


class Kept(StrEnum):
    """What is kept of the values for quantiles."""

    EXACT = "exact"
    SKETCH = "sketch"

    @property
    def in_words(self) -> str:
        """How right what it gives is."""
        return "exact" if self is Kept.EXACT else "by a sketch of fixed buckets, at most 1.6 % off"


def _method(value: QuantileMethod | str) -> QuantileMethod:
    return chosen(QuantileMethod, value, kind="quantile method")


def kept_of(value: Kept | str) -> Kept:
    """What is kept, or what is of this name.

    Raises:
        UnknownName: there is none.
    """
    return chosen(Kept, value, kind="way to keep values")


def _fraction(value: Decimal | str | int) -> Decimal:
    number = exact_decimal(value, field="quantile")
    if not 0 <= number <= 1:
        raise InvalidValue(
            "a quantile lies between 0 and 1", field="quantile", value=number, way_out='"0.5" is the median'
        )
    return number


@attrs.frozen
class Quantile:
    """A quantile that is asked for.

    Attributes:
        at: the fraction of the values that lie below it: ``"0.5"`` is the median.
        method: what it is between two values.

    Raises:
        InvalidValue: it is not between 0 and 1.
    """

    at: Decimal = attrs.field(converter=_fraction)
    method: QuantileMethod = attrs.field(default=QuantileMethod.LINEAR, converter=_method)

    def __str__(self) -> str:
        name = "median" if self.at == Decimal("0.5") else f"quantile {self.at.normalize():f}"
        return f"{name}, {self.method.in_words}"


def quantile(value: Quantile | Decimal | str | int) -> Quantile:
    """A quantile from its fraction, with linear interpolation, or the quantile itself."""
    return value if isinstance(value, Quantile) else Quantile(value)


class Distribution:
    """Sum, count, least and most of whole numbers; nothing else is kept."""

    __slots__ = ("count", "least", "most", "total")

    is_exact = True

    def __init__(self) -> None:
        self.count: int = 0
        self.total: int = 0
        self.least: int | None = None
        self.most: int | None = None

    def add_all(self, values: Sequence[int]) -> None:
        """Take values in."""
        if values:
            self.count += len(values)
            self.total += sum(values)
            self._bound(min(values), max(values))
            self._keep(values)

    def merge(self, other: Distribution) -> None:
        """Take in what another one of the same kind has."""
        self.count += other.count
        self.total += other.total
        if other.least is not None and other.most is not None:
            self._bound(other.least, other.most)
            self._keep_of(other)

    def quantile(self, wanted: Quantile) -> Fraction:
        """A quantile of at least one value.

        Raises:
            InvalidValue: nothing was kept, or there is no value.
        """
        if not self.count:
            raise InvalidValue("there is no value", field="quantile", way_out="ask for the count first")
        place = Fraction(wanted.at) * (self.count - 1)
        lower = int(place)
        if wanted.method is QuantileMethod.NEAREST_RANK:
            return Fraction(self._at(max(0, ceil(Fraction(wanted.at) * self.count) - 1)))
        if place == lower or wanted.method is QuantileMethod.LOWER:
            return Fraction(self._at(lower))
        above = self._at(lower + 1)
        if wanted.method is QuantileMethod.HIGHER:
            return Fraction(above)
        below = self._at(lower)
        return below + (above - below) * (place - lower)

    def _bound(self, least: int, most: int) -> None:
        self.least = least if self.least is None else min(self.least, least)
        self.most = most if self.most is None else max(self.most, most)

    def _keep(self, values: Sequence[int]) -> None:
        pass

    def _keep_of(self, other: Distribution) -> None:
        pass

    def _at(self, place: int) -> int:
        """The value at this place of all values in order, from 0."""
        raise InvalidValue(
            "the values were not kept", field="quantile", value=place, way_out="ask for the quantile beforehand"
        )


class _Counted(Distribution):
    """Values as numbers of occurrences."""

    __slots__ = ("_counts", "_ordered")

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[int] = Counter()
        self._ordered: tuple[list[int], list[int]] | None = None

    def _keep_of(self, other: Distribution) -> None:
        assert isinstance(other, _Counted)
        self._ordered = None
        self._counts.update(other._counts)

    def _place(self, place: int) -> int:
        if self._ordered is None:
            keys = sorted(self._counts)
            self._ordered = keys, list(accumulate(self._counts[key] for key in keys))
        keys, up_to = self._ordered
        return keys[bisect_right(up_to, place)]


class Histogram(_Counted):
    """Keeps each different value once: for values that repeat, such as days."""

    __slots__ = ()

    def _keep(self, values: Sequence[int]) -> None:
        self._ordered = None
        self._counts.update(values)

    def _at(self, place: int) -> int:
        return self._place(place)


class Sketch(_Counted):
    """Keeps how many values fell into each bucket."""

    __slots__ = ()

    is_exact = False

    def _keep(self, values: Sequence[int]) -> None:
        self._ordered = None
        self._counts.update(map(_bucket, values))

    def _at(self, place: int) -> int:
        if place in (0, self.count - 1):
            return (self.least if place == 0 else self.most) or 0
        return min(max(_middle(self._place(place)), self.least or 0), self.most or 0)


def _bucket(value: int) -> int:
    """The number of the bucket: values up to 63 have their own, larger ones share the six leading bits."""
    if value < 0:
        return -_bucket(-value)
    shift = value.bit_length() - 6
    return value if shift <= 0 else (shift << 5) + (value >> shift)


def _middle(bucket: int) -> int:
    if bucket < 0:
        return -_middle(-bucket)
    if bucket < 64:
        return bucket
    shift = (bucket >> 5) - 1
    low = (bucket - (shift << 5)) << shift
    return low + ((1 << shift) >> 1)


class Stored(Distribution):
    """Keeps every value, in eight bytes."""

    __slots__ = ("_ordered", "_values")

    def __init__(self) -> None:
        super().__init__()
        self._values = array("q")
        self._ordered: list[int] | None = None

    def _keep(self, values: Iterable[int]) -> None:
        self._ordered = None
        self._values.extend(values)

    def _keep_of(self, other: Distribution) -> None:
        assert isinstance(other, Stored)
        self._keep(other._values)

    def _at(self, place: int) -> int:
        if self._ordered is None:
            self._ordered = sorted(self._values)
        return self._ordered[place]


def distribution(*, kept: Kept | None, repeats: bool) -> Distribution:
    """An empty distribution.

    Args:
        kept: what is kept for quantiles; ``None`` where none are asked for.
        repeats: whether few different values are expected.
    """
    if kept is None:
        return Distribution()
    if kept is Kept.SKETCH:
        return Sketch()
    return Histogram() if repeats else Stored()
