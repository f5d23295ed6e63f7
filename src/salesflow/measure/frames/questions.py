"""Questions to the engine: what is counted and added up over one frame, for every group of its keys.

All that is asked of one frame with the same keys is one question, so the engine goes through its table once. What comes
back are the aggregates alone. Each question is asked when the first answer is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesflow.measure.frames.engine import Expr, Frame, choose, col, narwhals

__all__ = ["Cell", "Key", "Noting", "Question", "Total"]

Key = tuple[object, ...]
Cell = Mapping[str, int]

_HALF = 2**31
_MOST = 2**62
_NOTHING: Cell = {}


def plain(value: object) -> object:
    """A value as Python has it: no value is ``None``, whatever the engine calls it."""
    if value is None or isinstance(value, str | int):
        return value
    is_missing = type(value).__name__ in ("NAType", "NaTType") or value != value
    return None if is_missing else value


class Total:
    """A sum that is asked for, in two halves, so that no engine overflows."""

    __slots__ = ("high", "low")

    def __init__(self, high: str, low: str) -> None:
        self.high: str = high
        self.low: str = low

    def of(self, cell: Cell) -> int:
        """The sum in one group."""
        return cell.get(self.high, 0) * _HALF + cell.get(self.low, 0)


class Question:
    """What is asked of one frame, for every group of its keys.

    Args:
        frame: with the columns of the keys.
        keys: the names of these columns; the whole frame is one group without any.
    """

    def __init__(self, frame: Frame, keys: tuple[str, ...]) -> None:
        self.frame: Frame = frame
        self.keys: tuple[str, ...] = keys
        self._columns: list[Expr] = []
        self._ways: list[str] = []
        self._cells: dict[Key, Cell] | None = None
        self._id_masks: dict[str, tuple[Expr, str]] = {}
        self._ids: dict[str, dict[Key, list[str]]] = {}
        self._once: dict[int, tuple[Expr, str]] = {}

    def count(self, mask: Expr) -> str:
        """How many rows are of a kind; the name under which the answer is given."""
        return self._ask(mask.cast(narwhals().Int64), "sum")

    def sum(self, mask: Expr, value: Expr) -> str:
        """The sum of small numbers (days, counts) over the rows of a kind."""
        return self._ask(self._where(mask, value, 0), "sum")

    def total(self, mask: Expr, value: Expr) -> Total:
        """The sum of large numbers (microseconds, minor units) over the rows of a kind."""
        known = self._where(mask, value, 0)
        high = known // _HALF
        return Total(self._ask(high, "sum"), self._ask(known - high * _HALF, "sum"))

    def least(self, mask: Expr, value: Expr) -> str:
        """The least number among the rows of a kind."""
        return self._ask(self._where(mask, value, _MOST), "min")

    def most(self, mask: Expr, value: Expr) -> str:
        """The greatest number among the rows of a kind."""
        return self._ask(self._where(mask, value, -_MOST), "max")

    def ids(self, mask: Expr, column: str) -> str:
        """The ids in the rows of a kind: the only thing that is fetched row by row, and only where they are asked for."""
        name = f"ids{len(self._id_masks)}"
        self._id_masks[name] = mask, column
        return name

    def _where(self, mask: Expr, value: Expr, otherwise: int) -> Expr:
        return choose(self._column(mask), self._column(value), otherwise)

    def _column(self, expression: Expr) -> Expr:
        """A column of its own for what is used more than once, because most engines would work it out as often."""
        if id(expression) not in self._once:
            self._once[id(expression)] = expression, f"sf_once{len(self._once)}"
        return col(self._once[id(expression)][1])

    def _ask(self, column: Expr, way: str) -> str:
        name = f"sf{len(self._columns)}"
        self._columns.append(column.alias(name))
        self._ways.append(way)
        return name

    # The answers ------------------------------------------------------------------------------------------------------

    @property
    def cells(self) -> Mapping[Key, Cell]:
        """The answers for every group."""
        if self._cells is None:
            self._cells = dict(self._answers())
        return self._cells

    def cell(self, key: Key) -> Cell:
        """The answers for one group; nothing where it has no rows."""
        return self.cells.get(key, _NOTHING)

    def under(self, key: Key) -> dict[Key, Cell]:
        """The answers for the groups whose keys begin with these, by the rest of their keys."""
        return {own[len(key) :]: cell for own, cell in self.cells.items() if own[: len(key)] == key}

    def ids_of(self, name: str, key: Key) -> list[str]:
        """The ids that were asked for under this name, in one group."""
        if name not in self._ids:
            self._ids[name] = self._fetched(*self._id_masks[name])
        return self._ids[name].get(key, [])

    def _answers(self) -> Iterator[tuple[Key, Cell]]:
        nw = narwhals()
        names = [f"sf{place}" for place in range(len(self._columns))]
        made = [getattr(nw.col(name), way)().alias(name) for name, way in zip(names, self._ways, strict=True)]
        frame = self.frame
        if self._once:
            frame = frame.with_columns(*(expression.alias(name) for expression, name in self._once.values()))
        if self.keys:
            asked = frame.select(*self.keys, *self._columns)
            asked = asked.group_by(*self.keys).agg(*made) if made else asked.unique()
        elif not made:
            return
        else:
            asked = frame.select(
                *(getattr(column, way)() for column, way in zip(self._columns, self._ways, strict=True))
            )
        for row in asked.collect().iter_rows(named=True):
            key = tuple(plain(row[name]) for name in self.keys)
            yield key, {name: _number(row[name]) for name in names}

    def _fetched(self, mask: Expr, column: str) -> dict[Key, list[str]]:
        nw = narwhals()
        found: dict[Key, list[str]] = {}
        wanted = self.frame.filter(mask).select(*self.keys, nw.col(column).alias("sf_ids"))
        for row in wanted.collect().iter_rows(named=True):
            key = tuple(plain(row[name]) for name in self.keys)
            found.setdefault(key, []).append(str(row["sf_ids"]))
        return found


def _number(value: object) -> int:
    known = plain(value)
    return 0 if known is None else int(known)  # type: ignore[call-overload]  # a number


class Noting:
    """A number of rows of a kind, and their ids where a metric asks for them."""

    __slots__ = ("_count", "_ids", "_question")

    def __init__(self, question: Question, mask: Expr, ids: str | None) -> None:
        self._question = question
        self._count = question.count(mask)
        self._ids = None if ids is None else question.ids(mask, ids)

    def count(self, key: Key) -> int:
        """How many there are in a group."""
        return self._question.cell(key).get(self._count, 0)

    def ids(self, key: Key) -> list[str] | None:
        """Which these are."""
        return None if self._ids is None else self._question.ids_of(self._ids, key)
