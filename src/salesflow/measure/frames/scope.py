"""What a metric is measured over: the deals, the groups that they are in, and the tables that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, timedelta, tzinfo

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.days import DayCount, ElapsedDays
from salesflow.measure.frames.days import local_day
from salesflow.measure.frames.engine import Expr, Frame, choose, col, monday, narwhals, utc_day, with_month
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.questions import Question
from salesflow.measure.frames.session import Session
from salesflow.measure.grouping import Grouping, _Column, _day, _LocalDay, _month, _quarter, _week, _year, by_product
from salesflow.measure.result import Axis
from salesflow.outcome import Outcome

__all__ = ["COLUMNS", "KeyColumn", "Scope"]

COLUMNS = {
    Axis.CREATED: "opened_at",
    Axis.ENGAGED: "engaged_at",
    Axis.CLOSED: "closed_at",
    Axis.EXPECTED: "expected_close",
}
_UNKNOWN_DAY = -1
_UNGROUPED = frozenset({"amount", "products", "visits", "objections", "tasks", "probability"})
"""Columns of rows that a table has not, or has in another form."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _text(key: object) -> Hashable:
    return key


def _outcome(key: object) -> Hashable:
    return None if key is None else Outcome(str(key))


@attrs.frozen
class KeyColumn:
    """A column that deals are grouped by.

    Attributes:
        name: of the column in the frame.
        value: makes the key that a result has of what the engine has.
    """

    name: str
    value: Callable[[object], Hashable] = _text


@attrs.frozen(eq=False)
class Scope:
    """The deals in their groups.

    Attributes:
        session: the tables.
        deals: the table of deals, with the columns of the keys; a deal that is in several groups comes several times.
        keys: what they are grouped by.
        name: of the groups, so that questions about the same ones are one.
    """

    session: Session
    deals: Table
    keys: tuple[KeyColumn, ...] = ()
    name: str = ""

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the columns of the keys."""
        return tuple(one.name for one in self.keys)

    def about_deals(self) -> Question:
        """The question about the deals, for every group."""
        return self.session.question(f"deals{self.name}", lambda: self.deals.frame, self.key_names)

    def about_days(
        self, calendar: DayCount, start: Expr, end: Expr, *, of: str, at: datetime | None = None
    ) -> tuple[Question, Expr]:
        """The question about the deals and their days, and the units of these.

        Args:
            calendar: how days are counted.
            start: microseconds from 1970.
            end: of a later moment.
            of: what they are days of, so that questions about the same ones are one.
            at: a moment of the metric that one of them may be.
        """
        if type(calendar) is ElapsedDays:
            return self.about_deals(), end - start
        frame, session = self.deals.frame, self.session
        question = session.question(
            f"deals{self.name} {of} {calendar!r} {at}",
            lambda: session.with_days(frame, calendar, start, end, name="sf_units", at=at),
            self.key_names,
        )
        return question, col("sf_units")

    def about_rate_days(self, axis: Axis) -> Question:
        """The question about the deals with the column ``sf_rate_day``: the days whose rates count, or any if not known."""
        deals, column = self.deals, COLUMNS[axis]
        day = deals.day(column) if axis is Axis.EXPECTED else utc_day(deals.at(column))
        return self.session.question(
            f"deals{self.name} rates on {axis}",
            lambda: deals.frame.with_columns(day.alias("sf_rate_day")),
            self.key_names,
        )

    def about_deals_with(self, name: str, key: Expr) -> Question:
        """The question about the deals, for every group and one key more.

        Args:
            name: what the key is called.
            key: its values.
        """
        frame = self.deals.frame
        return self.session.question(
            f"deals{self.name}+{name}", lambda: frame.with_columns(key.alias(name)), (*self.key_names, name)
        )

    def microseconds(self, at: datetime) -> int:
        """The microseconds from 1970 to a moment."""
        return self.length(at - _EPOCH)

    def length(self, duration: timedelta) -> int:
        """The microseconds of a duration."""
        return duration // timedelta(microseconds=1)

    def with_key(self, column: KeyColumn, key: Expr, name: str) -> Scope:
        """The same deals in smaller groups."""
        made = self.deals.frame.with_columns(key.alias(column.name))
        return attrs.evolve(
            self, deals=attrs.evolve(self.deals, frame=made), keys=(*self.keys, column), name=f"{self.name}/{name}"
        )

    def grouped(self, by: Grouping) -> Scope:
        """The deals in the groups of a grouping.

        Raises:
            InvalidValue: it is a function of the host's own, which no engine can be told.
        """
        name, key = f"sf_key_{len(self.keys)}", by.key
        if by.overlap and key is by_product:
            return self._by_product(KeyColumn(name))
        if isinstance(key, _Column):
            if key.name == "is_open":
                return self.with_key(KeyColumn(name), self.deals.any_of("outcome", ("open",)), key.name)
            if key.name == "currency" and "currency" not in self.deals.schema:
                return self._by_currency(KeyColumn(name))
            value = _outcome if key.name == "outcome" else _text
            column = self._unknown(key.name) if key.name in _UNGROUPED else self.deals.key(key.name)
            return self.with_key(KeyColumn(name, value), column, key.name)
        if isinstance(key, _LocalDay) and isinstance(key.zone, tzinfo):
            return self._by_day(name, key, key.zone, f"{by.name} {key.zone}")
        raise InvalidValue(
            "an engine groups by a column, the product, or a day, week, month, quarter or year in one zone",
            field="by",
            value=by.name,
            way_out="add a column to the deals in your engine, and group by its name",
        )

    def _unknown(self, name: str) -> Expr:
        raise InvalidValue("deals are not grouped by this in an engine", field="by", value=name)

    def _by_currency(self, column: KeyColumn) -> Scope:
        nw = narwhals()
        known = nw.when(self.session.amount_known).then(nw.lit(self.session.currency, nw.String))
        return self.with_key(column, known, "currency")

    def _by_day(self, name: str, key: _LocalDay, zone: tzinfo, of: str) -> Scope:
        axis = key.axis
        if axis is Axis.EXPECTED:
            day = self.deals.day(COLUMNS[axis])
        else:
            at = self.deals.at(COLUMNS[axis])
            day = utc_day(at) if zone is UTC else local_day(at, zone, self.session.span)
        part = _PARTS[key.text]
        known, own = self.deals.known(COLUMNS[axis]), f"{name}_day"
        frame = self.deals.frame.with_columns(day.alias(own))
        if part.is_of_month:
            frame = with_month(frame, own, f"{name}_month")
            own = f"{name}_month"
        value = choose(known, part.of(col(own)), _UNKNOWN_DAY)
        scope = attrs.evolve(self, deals=attrs.evolve(self.deals, frame=frame))
        return scope.with_key(KeyColumn(name, _DayKey(key.text, part)), value, f"{of} {axis}")

    def _by_product(self, column: KeyColumn) -> Scope:
        products = self.session.tables.get("products")
        if products is None:
            if "product" not in self.deals.schema:
                raise InvalidValue(
                    "grouping by product needs the table of products, or a column product in the deals",
                    field="products",
                    way_out="give FrameTables(..., products=frame)",
                )
            return self.with_key(column, self.deals.key("product"), "product")
        several = products.frame.select(
            col("deal_id").alias("sf_of"), products.text("product").alias(column.name)
        ).unique()
        made = self.deals.frame.join(several, left_on="id", right_on="sf_of", how="left")
        return attrs.evolve(
            self,
            deals=attrs.evolve(self.deals, frame=made),
            keys=(*self.keys, column),
            name=f"{self.name}/products",
        )

    def joined(self, table: Table, flags: dict[str, Expr]) -> Frame:
        """The rows of a table that belong to the deals, with the keys of these, and with conditions on them.

        Args:
            table: with the column ``deal_id``.
            flags: conditions, or other columns, of the deals, by the names that they get.
        """
        if not flags and not self.keys:
            return table.frame
        of_deals = self.deals.frame.select(
            col("id").alias("sf_deal"), *self.key_names, *(one.alias(name) for name, one in flags.items())
        )
        return table.frame.join(of_deals, left_on="deal_id", right_on="sf_deal", how="inner")


@attrs.frozen
class _Part:
    """A part of the calendar as a whole number: what it is made of, and a date in it.

    Attributes:
        of: makes it of the number of a day, or of a month.
        back: gives that number of one in it.
        is_of_month: whether it is made of a month.
    """

    of: Callable[[Expr], Expr]
    back: Callable[[int], int]
    is_of_month: bool

    def date(self, number: int) -> date:
        """A date in it."""
        inside = self.back(number)
        return date(inside // 12, inside % 12 + 1, 1) if self.is_of_month else date.fromordinal(inside)


def _itself(number: int) -> int:
    return number


_PARTS: dict[Callable[[date], str], _Part] = {
    _day: _Part(lambda day: day, _itself, is_of_month=False),
    _week: _Part(monday, _itself, is_of_month=False),
    _month: _Part(lambda month: month, _itself, is_of_month=True),
    _quarter: _Part(lambda month: month // 3, lambda quarter: quarter * 3, is_of_month=True),
    _year: _Part(lambda month: month // 12, lambda year: year * 12, is_of_month=True),
}


@attrs.frozen
class _DayKey:
    """Makes the text of a part of the calendar of its number."""

    text: Callable[[date], str]
    part: _Part

    def __call__(self, found: object) -> Hashable:
        number = int(str(found))
        return None if number == _UNKNOWN_DAY else self.text(self.part.date(number))
