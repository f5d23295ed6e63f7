"""Measuring where big data lives: the tables stay in their engine, and the metrics go there.

Give the tables as frames of any engine that narwhals supports, and measure with the metrics that measure rows::

    tables = FrameTables(deals=deals, visits=visits)
    won, cycle = WinRate(), SalesCycle(quantiles=["0.5"])
    measured = tables.measure(won, cycle)
    measured[won].percent()

The engine filters, groups and adds up; what comes back are counts, sums, and the values in the places of quantiles, not
rows (only with ``with_ids=True`` the ids that were asked for). The results are the same as those of ``measure``, digit for
digit, and have the same definitions. What an engine cannot do exactly is refused with the reason, never approximated.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.frames.child_plans import ObjectionsPlan
from salesflow.measure.frames.columns import TABLES, checked_columns
from salesflow.measure.frames.compound_plans import GroupedPlan
from salesflow.measure.frames.deal_plans import AmountPlan
from salesflow.measure.frames.engine import is_in_memory, lazy
from salesflow.measure.frames.faults import TableFault, faults_of
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.plans import plan_of
from salesflow.measure.frames.scope import Scope
from salesflow.measure.frames.session import Session
from salesflow.measure.frames.visit_plans import VisitPlan
from salesflow.measure.metric import Metric
from salesflow.measure.one_pass import Measured
from salesflow.values.currencies import currency as currency_of

__all__ = ["FrameTables"]

PLANS = (AmountPlan, GroupedPlan, ObjectionsPlan, VisitPlan)
"""They are registered by being imported."""


def _code(value: str | None) -> str | None:
    return None if value is None else currency_of(value).code


@attrs.frozen(kw_only=True, eq=False)
class FrameTables:
    """The tables of a pipeline, in the engine that holds them.

    Which columns they have, and of which types, ``TABLES`` says; the how-to page shows it.

    Attributes:
        deals: one row for each deal; a frame of polars, pandas, pyarrow, duckdb, dask, pyspark or of another engine that
            narwhals supports, eager or lazy, or one that narwhals has wrapped.
        visits: one row for each stay of a deal in a stage, where a metric needs them.
        objections: one row for each objection.
        tasks: one row for each task.
        products: one row for each product of a deal, to group by it.
        currency: the ISO 4217 code of all amounts, where the deals have no column that says it.
        naive_is_utc: whether moments without a time zone are in UTC. They are refused where nothing is said.

    Raises:
        MissingExtra: narwhals is not installed.
        WrongType: something is no frame, or columns are of wrong types. All of them are named at once.
        InvalidValue: required columns are missing, amounts are given twice or without a currency, or the ids of deals are
            text in one table and numbers in another.
        UnknownName: there is no such currency.
    """

    deals: object
    visits: object = None
    objections: object = None
    tasks: object = None
    products: object = None
    currency: str | None = attrs.field(default=None, converter=_code)
    naive_is_utc: bool = False
    _tables: dict[str, Table] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        tables = dict(self._checked())
        _check_amounts(tables["deals"], self.currency)
        _check_ids(tables)
        object.__setattr__(self, "_tables", tables)

    def _checked(self) -> Iterator[tuple[str, Table]]:
        for name in TABLES:
            native = getattr(self, name)
            if native is not None or name == "deals":
                frame = lazy(native, field=name)
                schema = dict(frame.collect_schema())
                columns = checked_columns(name, schema, naive_is_utc=self.naive_is_utc)
                yield name, Table.of(name, frame, columns, schema, is_in_memory=is_in_memory(native))

    def faults(self) -> tuple[TableFault, ...]:
        """What is wrong with the rows: the rules that ``DealRow`` and the others hold theirs to, with how many break them.

        That reads every table, and looks at the visits of each deal in order.

        Raises:
            UnknownName: an amount is of no known currency.
        """
        return tuple(faults_of(self._session()))

    def measure(self, *metrics: Metric[object], is_checked: bool = False) -> Measured:
        """Measure the deals in their engine.

        Args:
            *metrics: what is to be measured; each once. All of them are asked together, so that the engine goes through
                a table once for all that is asked of the same groups.
            is_checked: whether the rows are known to be right, because ``faults`` found nothing; otherwise it is asked.

        Returns:
            The results, as :func:`~salesflow.measure.one_pass.measure` gives them.

        Raises:
            InvalidValue: rows are wrong; a table is missing; a metric is given twice, or asks for something that an engine
                cannot do exactly or cannot be told, such as a condition in Python.

        Example::

            tables = FrameTables(deals=polars.scan_parquet("deals/*.parquet"), currency="EUR")
            by_owner = grouped(WinRate(), "owner")
            tables.measure(by_owner)[by_owner]["noa"].percent()
        """
        if len(set(metrics)) != len(metrics):
            raise InvalidValue("each metric is given once", field="metrics", way_out="leave out the equal ones")
        if not is_checked:
            self._check_rows()
        session = self._session()
        scope = Scope(session, session.tables["deals"])
        plans = {metric: plan_of(metric, scope) for metric in metrics}
        return Measured({metric: plan.result(()) for metric, plan in plans.items()})

    def _session(self) -> Session:
        return Session(self._tables, self.currency)

    def _check_rows(self) -> None:
        faults = self.faults()
        if faults:
            raise InvalidValue(
                "; ".join(str(fault) for fault in faults),
                field="rows",
                way_out="filter these rows out in your engine, or correct them",
            )


def _check_amounts(deals: Table, currency: str | None) -> None:
    given = {"amount", "amount_minor"} & deals.columns
    if "amount" in given and deals.engine.name == "dask":
        raise InvalidValue(
            "dask has no exact arithmetic of decimals", field="deals", value="amount", way_out="give amount_minor"
        )
    if len(given) == 2:
        raise InvalidValue("amounts are given once", field="deals", value="amount, amount_minor", way_out="drop one")
    if given and currency is None and "currency" not in deals.columns:
        raise InvalidValue(
            "amounts have a currency", field="deals", way_out='add a column currency, or say currency="EUR"'
        )
    if currency is not None and "currency" in deals.columns:
        raise InvalidValue(
            "the currency is said once", field="currency", value=currency, way_out="leave it out, or drop the column"
        )


def _check_ids(tables: dict[str, Table]) -> None:
    kinds = {
        name: "whole numbers" if table.schema["id" if name == "deals" else "deal_id"].is_integer() else "text"
        for name, table in tables.items()
    }
    if len(set(kinds.values())) > 1:
        shown = ", ".join(f"{kind} in {name}" for name, kind in kinds.items())
        raise InvalidValue(f"the ids of deals are of one kind in all tables, not {shown}", field="deal_id")
