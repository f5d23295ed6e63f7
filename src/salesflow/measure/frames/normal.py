"""The tables as metrics read them: conditions that are never null, and whole numbers that are never null.

What an engine makes of null in a comparison, a sum or a negation differs. So each column is read as two: whether it is
known, and its value where it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from salesflow.errors import UnknownName
from salesflow.measure.frames.engine import Engine, Expr, Frame, choose, col, narwhals

__all__ = ["Table"]

ONE = "sf_one"


@attrs.frozen(eq=False)
class Table:
    """A table, as metrics read it.

    Attributes:
        name: what it is called.
        frame: its rows.
        columns: which of its columns are there.
        engine: what holds it.
        schema: the types of all columns of the frame.
        is_in_memory: whether the engine holds it in memory anyway.
    """

    name: str
    frame: Frame
    columns: frozenset[str]
    engine: Engine
    schema: dict[str, Any]
    is_in_memory: bool = False

    @classmethod
    def of(
        cls, name: str, frame: Frame, columns: frozenset[str], schema: dict[str, Any], *, is_in_memory: bool
    ) -> Table:
        """A table of a frame whose columns are checked."""
        nw = narwhals()
        counted = frame.with_columns(nw.lit(1, nw.Int64).alias(ONE))
        return cls(name, counted, columns, Engine.of(frame), schema, is_in_memory)

    def held(self, frame: Frame) -> Frame:
        """What was made of this table, worked out once by an engine that holds tables in memory; it stays there."""
        return frame.collect().lazy() if self.is_in_memory else frame

    @property
    def every(self) -> Expr:
        """Every row."""
        return col(ONE) == 1

    @property
    def none(self) -> Expr:
        """No row."""
        return col(ONE) == 0

    @property
    def zero(self) -> Expr:
        """0 in every row."""
        return col(ONE) * 0

    @property
    def nothing(self) -> Expr:
        """No text in every row."""
        nw = narwhals()
        null: Expr = nw.lit(None, nw.String)
        return null

    def known(self, column: str) -> Expr:
        """The rows in which a column is known; empty text is not."""
        nw = narwhals()
        if column not in self.columns:
            return self.none
        known = ~col(column).is_null()
        if self.schema[column] == nw.String:
            known = known & (col(column) != "").fill_null(False)
        return known

    def at(self, column: str) -> Expr:
        """A moment in microseconds from 1970; 0 where it is not known."""
        if column not in self.columns:
            return self.zero
        naive = self.schema[column].time_zone is None
        return self.engine.microseconds(col(column), naive=naive)

    def day(self, column: str) -> Expr:
        """The number of a date; that of some day where it is not known."""
        return self.engine.day_number(col(column)) if column in self.columns else self.zero

    def number(self, column: str) -> Expr:
        """A whole number; 0 where it is not known."""
        nw = narwhals()
        if column not in self.columns:
            return self.zero
        return col(column).fill_null(0).cast(nw.Int64)

    def is_true(self, column: str) -> Expr:
        """The rows in which a flag is set."""
        if column not in self.columns:
            return self.none
        return col(column).fill_null(False)

    def text(self, column: str, *, empty: bool = False) -> Expr:
        """A text as a key; null where it is not known.

        Args:
            column: which one.
            empty: whether empty text is a text like others; otherwise it is not known.
        """
        nw = narwhals()
        if column not in self.schema:
            return self.nothing
        text = col(column)
        if self.schema[column] == nw.String and not empty:
            text = nw.when(text != "").then(text)
        return text

    def any_of(self, column: str, values: Iterable[str]) -> Expr:
        """The rows in which a text is one of these."""
        possible = self._possible(column, values) if column in self.columns else []
        if not possible:
            return self.none
        found = col(column) == possible[0]
        for value in possible[1:]:
            found = found | (col(column) == value)
        return found.fill_null(False)

    def _possible(self, column: str, values: Iterable[str]) -> list[str]:
        """Those of the values that the column can hold at all; to ask an enumeration for another one is an error."""
        dtype = self.schema[column]
        categories = dtype.categories if isinstance(dtype, narwhals().Enum) else None
        return [str(value) for value in values if categories is None or str(value) in categories]

    def lookup(self, column: str, places: Iterable[tuple[str, int]], otherwise: int) -> Expr:
        """A whole number for each of some texts, and another one for all other rows."""
        found = self.zero + otherwise
        for text, number in places:
            found = choose(self.any_of(column, (text,)), number, found)
        return found

    def key(self, column: str) -> Expr:
        """Any column as a key of groups.

        Raises:
            UnknownName: there is no such column.
        """
        if column not in self.schema:
            raise UnknownName("column", column, self.schema, where=f"the table {self.name}")
        return self.text(column)
