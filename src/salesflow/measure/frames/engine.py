"""What the engines can do, and the few things that each of them says in its own way.

Tried with narwhals 2.29 on polars 2.1, pandas 3.1, pyarrow 26, duckdb 2.0, dask 2026.8 and pyspark 4.3 (in local mode):

=====================================  ======  ======  =======  ======  =====  =====
what is needed                         polars  pandas  pyarrow  duckdb  dask   spark
=====================================  ======  ======  =======  ======  =====  =====
group_by and sum, min, max, len        yes     yes     yes      yes     yes    yes
groups of what is null                 yes     yes     yes      yes     yes    yes
``dt.timestamp("us")``                 yes     yes     yes      no [1]  yes    no [2]
exact ``Decimal`` times a number       yes     [3]     yes      yes     [3]    yes
``%`` of whole numbers                 yes     [4]     yes      yes     no     yes
``rank("ordinal").over(...)``          yes     yes     no [5]   yes     no     yes
``with_row_index(order_by=...)``       yes     yes     yes      yes     [6]    yes
quantile, lower and higher             yes     yes     [7]      no      no     no
median of 1 and 3 within a group       2       2       1 [8]    2       [8]    2
=====================================  ======  ======  =======  ======  =====  =====

1. The difference to a moment, ``dt.total_microseconds()``, is there instead.
2. A cast to whole numbers gives seconds, and ``dt.microsecond()`` the rest.
3. Of Arrow columns; a column of Python objects has no type that can be relied on, and is refused.
4. Not of Arrow columns; so it is never used, and ``a - a // b * b`` is.
5. The row index within an order is used instead, less the least one of the group.
6. It counts in each partition, and so gives wrong numbers in silence; not used.
7. Not within groups.
8. Pyarrow approximates the median of groups in silence, and dask that of a whole column (of 10 and 30 it is 10). So no
   engine is asked for a median: quantiles are values in their places, picked out by rank and interpolated here.

So only whole numbers are ever summed, ranked and compared: microseconds, days, minor units, counts. They have eight bytes
in every engine, and durations and amounts are added up in two halves, so that no sum of theirs overflows. Whatever is not
in the table is done with these.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from salesflow.errors import MissingExtra, WrongType

if TYPE_CHECKING:
    import narwhals as nw

Frame: TypeAlias = "nw.LazyFrame[Any]"
Expr: TypeAlias = "nw.Expr"
"""Rows that an engine holds and has not looked at yet."""

__all__ = [
    "DAY_US",
    "EPOCH_DAY",
    "Engine",
    "Expr",
    "Frame",
    "balanced",
    "choose",
    "col",
    "is_in_memory",
    "lazy",
    "monday",
    "narwhals",
    "utc_day",
    "with_month",
]

DAY_US = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = _EPOCH.toordinal()
_TO_YEAR_1 = (EPOCH_DAY - 1) * DAY_US
"""The microseconds from the first of the year 1 to 1970: with them added, every moment that Python knows is positive."""


def narwhals() -> Any:
    """The package narwhals.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import narwhals
    except ImportError:
        raise MissingExtra("frames", needed_for="measuring in the engine that holds the data") from None
    return narwhals


def col(name: str) -> Expr:
    """A column of a frame."""
    found: Expr = narwhals().col(name)
    return found


def choose(mask: Expr, then: Expr | int, otherwise: Expr | int) -> Expr:
    """One number where a condition holds, and another one elsewhere."""
    nw = narwhals()
    one, other = (nw.lit(value, nw.Int64) if isinstance(value, int) else value for value in (then, otherwise))
    chosen: Expr = nw.when(mask).then(one).otherwise(other)
    return chosen


def lazy(native: object, *, field: str) -> Frame:
    """A frame of any engine as narwhals takes it, lazily.

    Raises:
        MissingExtra: narwhals is not installed.
        WrongType: it is no frame that narwhals knows.
    """
    nw = narwhals()
    try:
        frame: Any = nw.from_native(native)
    except TypeError:
        raise WrongType(
            "must be a frame that narwhals supports",
            field=field,
            value=type(native).__name__,
            way_out="give one of polars, pandas, pyarrow, duckdb, dask or pyspark",
        ) from None
    found: Frame = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
    return found


def is_in_memory(native: object) -> bool:
    """Whether an engine holds a frame in memory, as polars and pandas do one that is not lazy."""
    nw = narwhals()
    return isinstance(nw.from_native(native), nw.DataFrame)


def balanced(terms: list[Expr]) -> Expr:
    """A sum as a tree of little depth: engines refuse, or fail on, expressions that are a thousand levels deep."""
    while len(terms) > 1:
        pairs = [terms[place : place + 2] for place in range(0, len(terms), 2)]
        terms = [pair[0] + pair[1] if len(pair) == 2 else pair[0] for pair in pairs]
    return terms[0]


@attrs.frozen
class Engine:
    """The engine of a frame.

    Attributes:
        name: what it is called ("polars").
    """

    name: str

    @classmethod
    def of(cls, frame: Frame) -> Engine:
        """The engine that a frame belongs to."""
        return cls(str(frame.implementation.value))

    @property
    def has_ranks(self) -> bool:
        """Whether it numbers rows within groups."""
        return self.name not in ("pyarrow", "dask")

    @property
    def is_spark(self) -> bool:
        """Whether it is Spark, or says things as Spark does."""
        return self.name in ("pyspark", "pyspark[connect]", "sqlframe")

    @property
    def has_row_index(self) -> bool:
        """Whether it numbers all rows in an order, rightly."""
        return self.name != "dask"

    @property
    def has_group_quantiles(self) -> bool:
        """Whether it picks the lower and the higher value at a median or quartile, exactly; only where that is quicker."""
        return self.name == "polars"

    def microseconds(self, moment: Expr, *, naive: bool) -> Expr:
        """The microseconds from 1970 to a moment, as whole numbers; 0 where it is null.

        Args:
            moment: the column.
            naive: whether it has no zone, and is in UTC.
        """
        nw = narwhals()
        start = _EPOCH.replace(tzinfo=None) if naive else _EPOCH
        at = moment.fill_null(start)
        if self.name == "duckdb":
            since: Expr = (at - nw.lit(start)).dt.total_microseconds().cast(nw.Int64)
            return since
        if not self.is_spark:
            return at.dt.timestamp("us").cast(nw.Int64)
        seconds = _seconds_of_parts(at) if naive else at.cast(nw.Int64)
        return seconds * 1_000_000 + at.dt.microsecond().cast(nw.Int64)

    def day_number(self, day: Expr) -> Expr:
        """The number of a date, 1 for the first of the year 1, as ``date.toordinal``; that of 1970 where it is null."""
        nw = narwhals()
        if self.name == "polars":
            return day.cast(nw.Date).cast(nw.Int32).fill_null(0).cast(nw.Int64) + EPOCH_DAY
        year, month, number = (
            getattr(day.dt, part)().fill_null(value).cast(nw.Int64)
            for part, value in (("year", 1970), ("month", 1), ("day", 1))
        )
        return _ordinal(year, month, number)


def _seconds_of_parts(at: Expr) -> Expr:
    """The seconds from 1970 to a moment without a zone, from what stands on the clock."""
    nw = narwhals()
    year, month, day, hour, minute, second = (
        getattr(at.dt, part)().cast(nw.Int64) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    seconds: Expr = (_ordinal(year, month, day) - EPOCH_DAY) * 86_400 + hour * 3_600 + minute * 60 + second
    return seconds


def _ordinal(year: Expr, month: Expr, day: Expr) -> Expr:
    """The number of a day in the calendar of Gregory, whose years are taken to begin in March."""
    late = (month + 9) // 12  # 0 in January and February, which belong to the March-year before
    years, months = year + late - 1, month + 9 - 12 * late
    return years * 365 + years // 4 - years // 100 + years // 400 + (months * 153 + 2) // 5 + day - 307 + 1


def utc_day(microseconds: Expr) -> Expr:
    """The number of the day on which a moment lies, from microseconds since 1970."""
    return (microseconds + _TO_YEAR_1) // DAY_US + 1


def with_month(frame: Frame, day: str, month: str) -> Frame:
    """A frame with twelve times the year plus the month from 0, of the numbers of days: the way back from a date.

    It goes step by step, because what stands in an expression several times is worked out as often by most engines.

    Args:
        frame: with the numbers of days.
        day: the name of their column.
        month: what the new column is called.
    """
    since = col(day) + 305  # from the first of March of the year 0
    of_era, year, of_year = (f"{month}_of_era", f"{month}_year", f"{month}_of_year")
    frame = frame.with_columns((since - since // 146_097 * 146_097).alias(of_era))
    left = col(of_era)
    frame = frame.with_columns(((left - left // 1_460 + left // 36_524 - left // 146_096) // 365).alias(year))
    years = col(year)
    frame = frame.with_columns((left - (years * 365 + years // 4 - years // 100)).alias(of_year))
    months = (col(of_year) * 5 + 2) // 153 + 2  # from January; January and February of the next year are 12 and 13
    return frame.with_columns(((years + since // 146_097 * 400) * 12 + months).alias(month))


def monday(day: Expr) -> Expr:
    """The number of the Monday of the week in which a day lies; day 1 is a Monday."""
    return (day - 1) // 7 * 7 + 1
