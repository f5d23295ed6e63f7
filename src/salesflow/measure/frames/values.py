"""Distributions from an engine: number, sum, least, most, and the values in the places that quantiles need.

No engine is asked for a quantile, because several approximate without saying so. Whole days come as a histogram, and a
sketch as its buckets; of microseconds and minor units the engine picks out the values in the places that count, by rank,
and between them is interpolated here, exactly as on rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.distribution import Distribution, Histogram, Kept, Quantile, QuantileMethod, Sketch, Stored
from salesflow.measure.frames.engine import Engine, Expr, Frame, choose, col, narwhals
from salesflow.measure.frames.questions import Key, Question, plain
from salesflow.measure.spread import SpreadMetric

__all__ = ["Values"]

_NO_TEXT = "\0"
_DIGITS = 9
"""How many decimal places a quantile may have, so that its place is found with whole numbers of eight bytes."""


class Placed(Stored):
    """Values of which only those in the places that count are known."""

    __slots__ = ("_in_place",)

    def __init__(self, in_place: Mapping[int, int]) -> None:
        super().__init__()
        self._in_place = in_place

    def _at(self, place: int) -> int:
        return self._in_place[place]


def _is_binary(one: Quantile) -> bool:
    """Whether its place is found without rounding in floating point: medians and quartiles."""
    return one.at * 4 == int(one.at * 4) and one.method is not QuantileMethod.NEAREST_RANK


@attrs.frozen
class _Numbers:
    """What is known of the values of a group without looking at their places."""

    count: int = 0
    total: int = 0
    least: int = 0
    most: int = 0

    def __add__(self, other: _Numbers) -> _Numbers:
        if not self.count or not other.count:
            return self if self.count else other
        least, most = min(self.least, other.least), max(self.most, other.most)
        return _Numbers(self.count + other.count, self.total + other.total, least, most)


class Values:
    """A distribution that is asked for.

    Args:
        question: over the frame in which the values are.
        mask: the rows that count.
        value: whole numbers.
        metric: says what is wanted of them.
        repeats: whether few different values are expected.
        parts: the same values in smaller groups, if they are asked for too: then only their places are asked for here.

    Raises:
        InvalidValue: the engine cannot find the quantiles exactly, or one has too many decimal places.
    """

    def __init__(
        self,
        question: Question,
        mask: Expr,
        value: Expr,
        *,
        metric: SpreadMetric[Any],
        repeats: bool,
        parts: Values | None = None,
    ) -> None:
        self._question = question
        self._mask, self._value = mask, value
        self._parts = parts
        if parts is None:
            self._count, self._total = question.count(mask), question.total(mask, value)
            self._least, self._most = question.least(mask, value), question.most(mask, value)
        self._wanted = metric.quantiles
        self._engine = Engine.of(question.frame)
        self._kept = metric.kept
        self._repeats = repeats
        self._found: dict[Key, dict[int, int]] | None = None
        if self._wanted and metric.kept is Kept.EXACT and not repeats:
            self._check()

    def _check(self) -> None:
        if not self._engine.has_row_index:
            raise InvalidValue(
                "this engine has no exact quantiles of microseconds and minor units: it numbers rows for each part alone",
                field="quantiles",
                value=self._engine.name,
                way_out='ask for kept="sketch", or count whole days; or measure in another engine',
            )
        finer = [one.at for one in self._wanted if one.at != round(one.at, _DIGITS)]
        if finer:
            raise InvalidValue(
                f"in an engine a quantile has at most {_DIGITS} decimal places", field="quantiles", value=finer[0]
            )

    def distribution(self, key: Key) -> Distribution:
        """The distribution in one group."""
        known = self._numbers(key)
        if not known.count:
            return Distribution()
        made = self._made(key)
        made.count, made.total, made.least, made.most = known.count, known.total, known.least, known.most
        return made

    def _numbers(self, key: Key) -> _Numbers:
        if self._parts is not None:
            parts = self._parts
            return sum((parts._numbers((*key, *own)) for own in parts._question.under(key)), _Numbers())
        cell = self._question.cell(key)
        if not cell.get(self._count):
            return _Numbers()
        return _Numbers(cell[self._count], self._total.of(cell), cell[self._least], cell[self._most])

    def _made(self, key: Key) -> Distribution:
        if not self._wanted:
            return Distribution()
        found = self._values().get(key, {})
        if self._kept is Kept.EXACT and not self._repeats:
            return Placed(found)
        made = Sketch() if self._kept is Kept.SKETCH else Histogram()
        made._counts.update(found)
        return made

    def _values(self) -> dict[Key, dict[int, int]]:
        """For each group: how often each value or bucket occurs, or which value is in each place."""
        if self._found is None:
            self._found = {}
            for key, one, other in self._pairs():
                self._found.setdefault(key, {})[one] = other
        return self._found

    def _pairs(self) -> Iterator[tuple[Key, int, int]]:
        if self._kept is Kept.SKETCH:
            greatest = max((self._numbers(key).most for key in self._keys()), default=0)
            return self._counted(_bucket(col("sf_value"), greatest))
        if self._repeats:
            return self._counted(col("sf_value"))
        if self._engine.has_group_quantiles and all(_is_binary(one) for one in self._wanted):
            return self._by_quantile()
        return self._by_rank()

    def _keys(self) -> set[Key]:
        """The keys of the groups."""
        asked, size = (self._parts or self)._question, len(self._question.keys)
        return {key[:size] for key in asked.cells}

    def _counted(self, value: Expr) -> Iterator[tuple[Key, int, int]]:
        nw, keys = narwhals(), self._question.keys
        chosen = (
            self._chosen(self._value)
            .with_columns(value.alias("sf_value"))
            .group_by(*keys, "sf_value")
            .agg(nw.len().alias("sf_len"))
        )
        for row in chosen.collect().iter_rows(named=True):
            yield _key(row, keys), int(row["sf_value"]), int(row["sf_len"])

    def _chosen(self, value: Expr) -> Frame:
        frame = self._question.frame.filter(self._mask)
        return frame.select(*self._question.keys, value.alias("sf_value"))

    def _by_quantile(self) -> Iterator[tuple[Key, int, int]]:
        keys = self._question.keys
        ways = {
            f"sf_{place}_{way}": col("sf_value").quantile(float(at), interpolation=way)
            for place, at in enumerate(self._fractions())
            for way in ("lower", "higher")
        }
        chosen = self._chosen(self._value)
        asked = chosen.group_by(*keys).agg(**ways) if keys else chosen.select(**ways)
        for row in asked.collect().iter_rows(named=True):
            key = _key(row, keys)
            count = self._numbers(key).count
            for place, at in enumerate(self._fractions() if count else ()):
                lower = Fraction(at) * (count - 1)
                yield key, int(lower), int(row[f"sf_{place}_lower"])
                yield key, ceil(lower), int(row[f"sf_{place}_higher"])

    def _fractions(self) -> tuple[Decimal, ...]:
        return tuple(dict.fromkeys(one.at for one in self._wanted))

    def _by_rank(self) -> Iterator[tuple[Key, int, int]]:
        nw, keys = narwhals(), self._question.keys
        chosen = self._chosen(self._value)
        if self._engine.has_ranks:
            chosen = chosen.with_columns(nw.lit(1).alias("sf_all"))
            within = keys or ("sf_all",)
            place = col("sf_value").rank("ordinal").over(*within).cast(nw.Int64) - 1
            chosen = chosen.with_columns(place.alias("sf_place"), nw.len().over(*within).alias("sf_number"))
        else:
            chosen = self._numbered(chosen, keys)
        place, number = col("sf_place"), col("sf_number").cast(nw.Int64)
        wanted = chosen.filter(nw.any_horizontal(*(place == at for at in self._places(number)), ignore_nulls=True))
        for row in wanted.select(*keys, "sf_place", "sf_value").collect().iter_rows(named=True):
            yield _key(row, keys), int(row["sf_place"]), int(row["sf_value"])

    def _numbered(self, chosen: Frame, keys: tuple[str, ...]) -> Frame:
        """The place of each row within its group, where the engine only numbers all rows."""
        nw = narwhals()
        if not keys:
            return chosen.with_row_index("sf_place", order_by="sf_value").with_columns(
                col("sf_place").cast(nw.Int64), col("sf_value").len().alias("sf_number")
            )
        names = tuple(f"sf_text_{place}" for place in range(len(keys)))  # windows leave out what is null
        texts = [
            col(key).cast(nw.String).fill_null(_NO_TEXT).alias(name) for key, name in zip(keys, names, strict=True)
        ]
        chosen = chosen.with_columns(*texts).with_row_index("sf_index", order_by=(*names, "sf_value"))
        chosen = chosen.with_columns(col("sf_index").cast(nw.Int64))
        chosen = chosen.with_columns(
            col("sf_index").min().over(*names).alias("sf_first"), nw.len().over(*names).alias("sf_number")
        )
        return chosen.with_columns((col("sf_index") - col("sf_first")).alias("sf_place"))

    def _places(self, number: Expr) -> Iterator[Expr]:
        """The places that the quantiles need, of so many values in order, from 0."""
        for one in self._wanted:
            part, whole = Fraction(one.at).as_integer_ratio()
            if one.method is QuantileMethod.NEAREST_RANK:
                yield narwhals().max_horizontal((number * part + whole - 1) // whole - 1, number * 0)
            else:
                lower = (number - 1) * part // whole
                yield lower
                yield lower + 1


def _key(row: Mapping[str, object], keys: tuple[str, ...]) -> Key:
    return tuple(plain(row[name]) for name in keys)


def _bucket(value: Expr, greatest: int) -> Expr:
    """The bucket of a sketch, as ``Sketch`` counts it: found by halving the powers of two up to the greatest value."""

    def shifted(low: int, high: int) -> Expr:
        if low == high:
            return value if low == 0 else value // 2**low + (low << 5)
        middle = (low + high) // 2
        return choose(value < 2 ** (middle + 6), shifted(low, middle), shifted(middle + 1, high))

    return shifted(0, max(0, greatest.bit_length() - 6))
