"""The tables while something is measured, and what is found out about them once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.days import DayCount
from salesflow.measure.frames.days import Span, with_units
from salesflow.measure.frames.engine import Expr, Frame, choose, col, narwhals
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.questions import Question
from salesflow.values.currencies import CURRENCIES

__all__ = ["Session", "places"]

_PRECISION = 32


@attrs.define(eq=False)
class Session:
    """The tables, and what was found out about them once.

    Attributes:
        tables: by name.
        currency: of all amounts, where it is given for the whole table.
    """

    tables: dict[str, Table]
    currency: str | None = None
    _currencies: tuple[str, ...] | None = None
    _span: Span | None = None
    _questions: dict[tuple[str, tuple[str, ...]], Question] = attrs.field(factory=dict)

    def table(self, name: str, *, needed_for: object) -> Table:
        """A table that a metric needs.

        Raises:
            InvalidValue: it was not given.
        """
        found = self.tables.get(name)
        if found is None:
            raise InvalidValue(
                f"{type(needed_for).__name__} needs the table of {name}",
                field=name,
                way_out=f"give it: FrameTables(..., {name}=frame)",
            )
        return found

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the amounts that are known."""
        if self._currencies is None:
            self._currencies = self._found_currencies()
        return self._currencies

    def _found_currencies(self) -> tuple[str, ...]:
        deals = self.tables["deals"]
        if self.currency is not None or not self.has_amounts:
            return () if self.currency is None else (self.currency,)
        nw = narwhals()
        known = (
            deals.frame.filter(self.amount_known & deals.known("currency"))
            .select(col("currency").cast(nw.String))
            .unique()
        )
        return tuple(sorted(str(one) for (one,) in known.collect().iter_rows()))

    @property
    def has_amounts(self) -> bool:
        """Whether there is a column of amounts."""
        return bool({"amount", "amount_minor"} & self.tables["deals"].columns)

    @property
    def amount_known(self) -> Expr:
        """The deals whose amounts are known."""
        deals = self.tables["deals"]
        return deals.known("amount") | deals.known("amount_minor")

    def of_currency(self, code: str) -> Expr:
        """The deals whose amounts are of this currency."""
        deals = self.tables["deals"]
        known = self.amount_known
        return known if self.currency is not None else known & deals.any_of("currency", (code,))

    def minor_units(self, code: str) -> Expr:
        """The amounts, in minor units of this currency, where it is theirs.

        Raises:
            UnknownName: there is no such currency.
            InvalidValue: it has no minor unit.
        """
        deals, scale = self.tables["deals"], places(code)
        if "amount_minor" in deals.columns:
            return deals.number("amount_minor")
        units = self.scaled_amount(scale).floor().cast(narwhals().Int64)
        return choose(self.of_currency(code), units, 0)

    def scaled_amount(self, scale: int) -> Expr:
        """The decimal amounts with the point moved by so many places; 0 where they are not known.

        Both factors get just the digits that they need, because the product has those of both, and 38 are the most.
        """
        nw = narwhals()
        dtype = self.tables["deals"].schema["amount"]
        amount = col("amount").fill_null(Decimal(0)).cast(nw.Decimal(_PRECISION, dtype.scale))
        scaled: Expr = amount * nw.lit(Decimal(10**scale))
        return scaled

    @property
    def span(self) -> Span:
        """The first and the last moment in the data."""
        if self._span is None:
            firsts, lasts = [0], [0]
            for table in self.tables.values():
                moments = [one for one in table.columns if one.endswith(("_at", "_since"))]
                asked = Question(table.frame, ())
                names = [
                    (asked.least(table.known(one), table.at(one)), asked.most(table.known(one), table.at(one)))
                    for one in moments
                ]
                cell = asked.cell(())
                found = [(cell[low], cell[high]) for low, high in names if cell[low] <= cell[high]]
                firsts += [low for low, _ in found]
                lasts += [high for _, high in found]
            self._span = Span(min(firsts[1:], default=0), max(lasts[1:], default=0))
        return self._span

    def question(self, frame_name: str, frame: Callable[[], Frame], keys: tuple[str, ...]) -> Question:
        """The question that is asked of a frame with these keys; the same for all metrics."""
        found = self._questions.get((frame_name, keys))
        if found is None:
            found = self._questions[frame_name, keys] = Question(frame(), keys)
        return found

    def with_days(
        self, frame: Frame, calendar: DayCount, start: Expr, end: Expr, *, name: str, at: datetime | None = None
    ) -> Frame:
        """A frame with the units of a calendar between two moments.

        Args:
            frame: the rows.
            calendar: how days are counted.
            start: microseconds from 1970.
            end: of a later moment.
            name: what the new column is called.
            at: a moment of the metric that one of them may be.
        """
        span = self.span.with_moment(at) if hasattr(calendar, "zone") else Span(0, 0)
        return with_units(frame, calendar, start, end, span, name=name)


def places(code: str) -> int:
    """The decimal places of a currency.

    Raises:
        UnknownName: there is no such currency.
        InvalidValue: it has no minor unit, as gold has none.
    """
    if code not in CURRENCIES:
        raise UnknownName("currency", code, CURRENCIES, where="the table deals")
    scale = CURRENCIES[code].minor_units
    if scale is None:
        raise InvalidValue("in an engine amounts are whole minor units, and it has none", field="currency", value=code)
    return scale
