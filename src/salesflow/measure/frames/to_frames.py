"""Rows as frames: the tables as columns of exact types, for a chosen engine.

What a warehouse should hold is what these have. Ids are text, moments have microseconds and are in UTC, and amounts are
whole minor units with the currency beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from typing import Any, Literal

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.frames.columns import TABLES, FrameColumn, Kind
from salesflow.measure.frames.engine import narwhals
from salesflow.measure.frames.frame_tables import FrameTables
from salesflow.measure.frames.session import places
from salesflow.measure.rows import DealRow
from salesflow.values.decimals import EXACT
from salesflow.values.money import Money

__all__ = ["to_frames"]

Backend = Literal["polars", "pandas", "pyarrow", "duckdb", "dask", "pyspark"]
_MADE_OF = {"polars": "polars", "pandas": "pandas", "pyarrow": "pyarrow"}
_THROUGH = {"duckdb": "pyarrow", "dask": "pandas", "pyspark": "pyarrow"}
_OWN_KINDS = {str: Kind.TEXT, bool: Kind.FLAG, int: Kind.NUMBER}


def to_frames(rows: Iterable[DealRow], *, backend: Backend = "polars", session: object = None) -> FrameTables:
    """The tables of deals, visits, objections, tasks and products, as frames of an engine.

    Args:
        rows: the deals; all are held in memory.
        backend: whose frames: "polars", "pandas" and "pyarrow" hold them in memory, "duckdb" and "dask" are handed them,
            and so is "pyspark".
        session: the session of Spark, for "pyspark".

    Returns:
        The tables. Each is a frame of the engine (``tables.deals.write_parquet(...)``). Columns of your own class of rows
        come with the deals if they hold text, whole numbers or truth values.

    Raises:
        MissingExtra: narwhals is not installed.
        UnknownName: there is no such engine.
        InvalidValue: an amount is of a currency without a minor unit.

    Example:
        ``to_frames(rows).measure(WinRate())`` gives what ``measure(rows, WinRate())`` does.
    """
    if backend not in _MADE_OF and backend not in _THROUGH:
        raise UnknownName("engine", backend, [*_MADE_OF, *_THROUGH])
    deals = list(rows)
    own = _own_columns(deals)
    tables: dict[str, tuple[tuple[FrameColumn, ...], list[dict[str, object]]]] = {
        "deals": ((*_deal_columns(), *own), [_deal(row, own) for row in deals]),
        "products": (TABLES["products"], list(_products(deals))),
    }
    for name in ("visits", "objections", "tasks"):
        tables[name] = TABLES[name], [_child(one, TABLES[name]) for row in deals for one in getattr(row, name)]
    frames = {name: _frame(columns, found, backend, session) for name, (columns, found) in tables.items()}
    return FrameTables(
        deals=frames["deals"],
        visits=frames["visits"],
        objections=frames["objections"],
        tasks=frames["tasks"],
        products=frames["products"],
    )


def _deal_columns() -> tuple[FrameColumn, ...]:
    return tuple(one for one in TABLES["deals"] if one.name not in ("amount", "product"))


def _own_columns(deals: list[DealRow]) -> tuple[FrameColumn, ...]:
    """The columns of the host's own that an engine can hold."""
    known = {field.name for field in attrs.fields(DealRow)}
    names = dict.fromkeys(field.name for kind in {type(row) for row in deals} for field in attrs.fields(kind))
    found = []
    for name in sorted(names.keys() - known):
        kinds = {type(getattr(row, name, None)) for row in deals} - {type(None)} or {str}
        kind = _OWN_KINDS.get(kinds.pop())
        if kind is not None and not kinds:
            found.append(FrameColumn(name, kind))
    return tuple(found)


def _deal(row: DealRow, own: tuple[FrameColumn, ...]) -> dict[str, object]:
    found: dict[str, object] = {one.name: getattr(row, one.name, None) for one in (*_deal_columns(), *own)}
    found["outcome"] = str(row.outcome)
    found["amount_minor"] = None if row.amount is None else _minor_units(row.amount)
    return found


def _minor_units(amount: Money) -> int:
    return int(amount.amount.scaleb(places(amount.currency), EXACT))


def _child(one: object, columns: tuple[FrameColumn, ...]) -> dict[str, object]:
    found = {column.name: getattr(one, column.name) for column in columns}
    return {name: str(value) if isinstance(value, StrEnum) else value for name, value in found.items()}


def _products(deals: list[DealRow]) -> Iterator[dict[str, object]]:
    for row in deals:
        for product in dict.fromkeys(row.products):
            yield {"deal_id": row.id, "product": product}


def _frame(columns: tuple[FrameColumn, ...], several: list[dict[str, object]], backend: str, session: object) -> object:
    data = {column.name: [one[column.name] for one in several] for column in columns}
    kinds = {column.name: column.kind for column in columns}
    if backend == "pandas" or _THROUGH.get(backend) == "pandas":
        native: Any = _in_pandas(data, kinds)
    else:
        schema = {name: _dtype(kind) for name, kind in kinds.items()}
        native = narwhals().from_dict(data, schema, backend=_THROUGH.get(backend, backend)).to_native()
    if backend not in _THROUGH:
        return native
    handed = narwhals().from_native(native)
    if backend == "pyspark":
        if session is None:
            raise InvalidValue("Spark is given frames through its session", field="session", way_out="give it")
        return handed.lazy(backend, session=session).to_native()
    return handed.lazy(backend).to_native()


def _dtype(kind: Kind) -> Any:
    nw = narwhals()
    return {
        Kind.KEY: nw.String,
        Kind.TEXT: nw.String,
        Kind.MOMENT: nw.Datetime("us", "UTC"),
        Kind.DAY: nw.Date,
        Kind.FLAG: nw.Boolean,
    }.get(kind, nw.Int64)


_PANDAS = {
    Kind.KEY: "string",
    Kind.TEXT: "string",
    Kind.MOMENT: "datetime64[us, UTC]",
    Kind.DAY: "datetime64[us]",
    Kind.FLAG: "boolean",
}


def _in_pandas(data: Mapping[str, list[object]], kinds: Mapping[str, Kind]) -> object:
    """A frame of pandas with types that know what is missing, which whole numbers of numpy do not."""
    pandas: Any = import_module("pandas")
    made: object = pandas.DataFrame(
        {name: pandas.Series(values, dtype=_PANDAS.get(kinds[name], "Int64")) for name, values in data.items()}
    )
    return made
