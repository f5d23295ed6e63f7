"""The columns that the tables have in an engine: those of the rows, by the same names.

A warehouse keeps them like this; rename its columns in its own engine where they are called otherwise. A column that is
not there is one whose values are not known, as a row does not have to give them; a column of another name is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.frames.engine import narwhals

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["TABLES", "FrameColumn", "Kind", "checked_columns"]


class Kind(Enum):
    """What a column holds; the value says which types are accepted."""

    KEY = "text or whole numbers"
    TEXT = "text, a category or an enumeration"
    MOMENT = "a date and time with a time zone, to the microsecond"
    DAY = "a date (in pandas also a date and time without a zone, whose date counts)"
    AMOUNT = "an exact decimal, in whole units of the currency"
    UNITS = "whole numbers of minor units, such as cents"
    FLAG = "true or false"
    NUMBER = "whole numbers"


@attrs.frozen
class FrameColumn:
    """One column of a table.

    Attributes:
        name: as in the class of rows.
        kind: what it holds.
        required: whether the table must have it.
        note: what stands in for it where it is not there, or is null.
    """

    name: str
    kind: Kind
    required: bool = False
    note: str = "not known"


_OPEN = 'open, as where a row does not say; the values are "open", "won" and "lost"'

TABLES: Mapping[str, tuple[FrameColumn, ...]] = MappingProxyType(
    {
        "deals": (
            FrameColumn("id", Kind.KEY, required=True, note="refused; one row for each deal"),
            FrameColumn("outcome", Kind.TEXT, required=True, note='refused; the values are "open", "won" and "lost"'),
            FrameColumn("owner", Kind.TEXT),
            FrameColumn("team", Kind.TEXT),
            FrameColumn("source", Kind.TEXT),
            FrameColumn("product", Kind.TEXT, note="not known; the table ``products`` holds several of one deal"),
            FrameColumn("amount", Kind.AMOUNT, note="not known; give this one or amount_minor"),
            FrameColumn("amount_minor", Kind.UNITS, note="not known; give this one or amount"),
            FrameColumn("currency", Kind.TEXT, note="the currency that is given for the whole table"),
            FrameColumn("expected_close", Kind.DAY),
            FrameColumn("first_expected_close", Kind.DAY),
            FrameColumn("process", Kind.TEXT),
            FrameColumn("stage", Kind.TEXT),
            FrameColumn("opened_at", Kind.MOMENT),
            FrameColumn("engaged_at", Kind.MOMENT),
            FrameColumn("entered_at", Kind.MOMENT),
            FrameColumn("closed_at", Kind.MOMENT),
            FrameColumn("closed_from", Kind.TEXT),
            FrameColumn("win_reason", Kind.TEXT),
            FrameColumn("loss_reason", Kind.TEXT),
            FrameColumn("competitor", Kind.TEXT),
            FrameColumn("held_since", Kind.MOMENT, note="not on hold"),
            FrameColumn("has_next_step", Kind.FLAG),
            FrameColumn("pushes", Kind.NUMBER),
        ),
        "visits": (
            FrameColumn("deal_id", Kind.KEY, required=True, note="refused"),
            FrameColumn("stage", Kind.TEXT, required=True, note="a stay in no stage"),
            FrameColumn("entered_at", Kind.MOMENT, required=True, note="refused"),
            FrameColumn("left_at", Kind.MOMENT, required=True, note="it is there still"),
            FrameColumn("outcome", Kind.TEXT, note=_OPEN),
            FrameColumn("next_stage", Kind.TEXT),
            FrameColumn("next_outcome", Kind.TEXT),
        ),
        "objections": (
            FrameColumn("deal_id", Kind.KEY, required=True, note="refused"),
            FrameColumn("kind", Kind.TEXT, required=True),
            FrameColumn(
                "status", Kind.TEXT, required=True, note="refused; the values are those of ``ObjectionStatus``"
            ),
            FrameColumn("raised_at", Kind.MOMENT, required=True, note="refused"),
            FrameColumn("settled_at", Kind.MOMENT),
            FrameColumn("times_reopened", Kind.NUMBER, note="never"),
        ),
        "tasks": (
            FrameColumn("deal_id", Kind.KEY, required=True, note="refused"),
            FrameColumn("status", Kind.TEXT, required=True, note="refused; the values are those of ``TaskStatus``"),
            FrameColumn("created_at", Kind.MOMENT, required=True, note="refused"),
            FrameColumn("due_at", Kind.MOMENT, required=True, note="it has no due date"),
            FrameColumn("done_at", Kind.MOMENT, required=True, note="it is neither done nor canceled"),
            FrameColumn("owner", Kind.TEXT),
            FrameColumn("kind", Kind.TEXT),
            FrameColumn("stage", Kind.TEXT),
        ),
        "products": (
            FrameColumn("deal_id", Kind.KEY, required=True, note="refused"),
            FrameColumn("product", Kind.TEXT, required=True, note="refused"),
        ),
    }
)
"""The tables and their columns. Only ``deals`` has to be there; a metric that needs another one says so."""

_WAYS_OUT = {
    Kind.MOMENT: "give it a time zone in your engine, or say naive_is_utc=True if these moments are in UTC",
    Kind.AMOUNT: "a float is not exact: cast it to a decimal, or give whole minor units as amount_minor",
    Kind.UNITS: "cast it to whole numbers of eight bytes",
    Kind.DAY: "cast it to a date",
}


def checked_columns(table: str, schema: Mapping[str, nw.dtypes.DType], *, naive_is_utc: bool) -> frozenset[str]:
    """The columns of a table that are there and mean something.

    Args:
        table: one of ``TABLES``.
        schema: the names and types of the frame.
        naive_is_utc: whether moments without a zone are taken as UTC.

    Raises:
        InvalidValue: required columns are missing.
        WrongType: columns hold values of another kind. All of them are named at once.
    """
    known = TABLES[table]
    missing = [column.name for column in known if column.required and column.name not in schema]
    if missing:
        raise InvalidValue(
            f"the table must have {', '.join(missing)}",
            field=table,
            value=", ".join(schema),
            way_out="rename the columns in your engine; those that are always null may be missing unless required",
        )
    there = [column for column in known if column.name in schema]
    wrong = [one for one in there if not _is_accepted(one.kind, schema[one.name], naive_is_utc)]
    if wrong:
        raise WrongType(
            "; ".join(f"{one.name} must be {one.kind.value}, not {schema[one.name]}" for one in wrong),
            field=table,
            way_out="; ".join(dict.fromkeys(_WAYS_OUT[one.kind] for one in wrong if one.kind in _WAYS_OUT))
            or "cast them in your engine",
        )
    return frozenset(one.name for one in there)


def _is_accepted(kind: Kind, dtype: Any, naive_is_utc: bool) -> bool:
    nw = narwhals()
    if kind is Kind.MOMENT:
        return isinstance(dtype, nw.Datetime) and (naive_is_utc or dtype.time_zone is not None)
    if kind is Kind.DAY:
        return dtype == nw.Date or (isinstance(dtype, nw.Datetime) and dtype.time_zone is None)
    if kind is Kind.AMOUNT:
        return bool(isinstance(dtype, nw.Decimal))
    text = dtype in (nw.String, nw.Categorical) or isinstance(dtype, nw.Enum)
    whole = bool(dtype.is_integer())
    accepted: dict[Kind, bool] = {
        Kind.KEY: text or whole,
        Kind.TEXT: text,
        Kind.UNITS: whole,
        Kind.FLAG: dtype == nw.Boolean,
        Kind.NUMBER: whole,
    }
    return accepted[kind]
