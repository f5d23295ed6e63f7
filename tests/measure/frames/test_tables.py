"""The tables: which columns they must have, which types are taken, and what is wrong with their rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from deals_measured import START, a_row, after
from engines_of_frames import QUICK, WARNINGS, framed, needs
from made_up_pipelines import RegionRow, pipeline

from salesflow import InvalidValue, MissingExtra, Money, UnknownName, WrongType
from salesflow.measure import (
    DealCount,
    DealMetric,
    FrameTables,
    Funnel,
    Rate,
    Rates,
    RottingShare,
    SalesCycle,
    TaskCompletion,
    TimeInStage,
    TotalAmount,
    VisitRow,
    WinRate,
    grouped,
    measure,
    to_frames,
)
from salesflow.values.working_time import WorkingTime

pytest.importorskip("narwhals")
pl = pytest.importorskip("polars")

pytestmark = [pytest.mark.filterwarnings(one) for one in WARNINGS]


def deals(**columns):
    return pl.DataFrame({"id": ["D-1", "D-2"], "outcome": ["won", "lost"], **columns})


# Columns --------------------------------------------------------------------------------------------------------------


def test_a_table_needs_little_and_passes_over_what_it_does_not_know():
    tables = FrameTables(deals=deals(colour=["red", "blue"], score=[0.1, 0.2]))
    assert tables.measure(WinRate())[WinRate()].percent() == 50


def test_what_is_not_there_is_not_known_and_the_result_says_so():
    total = FrameTables(deals=deals()).measure(TotalAmount())[TotalAmount()]
    assert (total.value, total.undefined) == (None, "there are no won deals with a known amount")
    assert [(one.reason, one.count) for one in total.left_out] == [("the amount is not known", 1)]


def test_missing_columns_are_named_at_once():
    with pytest.raises(InvalidValue, match="deals: the table must have id, outcome"):
        FrameTables(deals=pl.DataFrame({"name": ["x"]}))


def test_columns_of_wrong_types_are_named_at_once_with_the_way_out():
    wrong = deals(amount=[1.5, 2.5], closed_at=[datetime(2026, 1, 1)] * 2, pushes=["a", "b"])
    with pytest.raises(WrongType) as refused:
        FrameTables(deals=wrong, currency="EUR")
    said = str(refused.value)
    for part in ("amount must be an exact decimal", "closed_at must be", "pushes must be", "naive_is_utc=True"):
        assert part in said


def test_moments_without_a_zone_are_taken_where_they_are_said_to_be_in_utc():
    naive = deals(opened_at=[datetime(2026, 1, 1)] * 2, closed_at=[datetime(2026, 1, 4), datetime(2026, 1, 9)])
    cycle = FrameTables(deals=naive, naive_is_utc=True).measure(SalesCycle())[SalesCycle()]
    assert cycle.mean.value == 3


@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "duckdb"])
def test_moments_without_a_zone_are_those_of_utc_in_every_engine(engine):
    needs(engine)
    naive = deals(opened_at=[datetime(2026, 1, 1)] * 2, closed_at=[datetime(2026, 1, 4, 0, 0, 0, 5), None])
    if engine == "duckdb":
        import duckdb

        native = duckdb.connect().from_arrow(naive.to_arrow())
    else:
        native = naive.to_pandas() if engine == "pandas" else naive.to_arrow()
    cycle = FrameTables(deals=native, naive_is_utc=True).measure(SalesCycle())[SalesCycle()]
    assert cycle.mean.numerator == Decimal("3.000000000057870370370370370370370")


def test_amounts_need_a_currency_said_once():
    cents = deals(amount_minor=[100, 200])
    with pytest.raises(InvalidValue, match="amounts have a currency"):
        FrameTables(deals=cents)
    with pytest.raises(InvalidValue, match="the currency is said once"):
        FrameTables(deals=cents.with_columns(currency=pl.lit("EUR")), currency="EUR")
    with pytest.raises(InvalidValue, match="amounts are given once"):
        FrameTables(deals=cents.with_columns(amount=pl.lit(Decimal("1.00"))), currency="EUR")
    with pytest.raises(UnknownName, match="currency"):
        FrameTables(deals=cents, currency="EURO")


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("scale", [2, 6])
def test_amounts_may_be_exact_decimals(engine, scale):
    needs(engine)
    amounts = pl.Series([Decimal("12345678.91"), None], dtype=pl.Decimal(20, scale))
    frame = deals(amount=amounts, currency=["EUR", None])
    native = {
        "polars": lambda: frame,
        "polars lazy": frame.lazy,
        "pandas": lambda: frame.to_pandas(use_pyarrow_extension_array=True),
        "pyarrow": frame.to_arrow,
        "duckdb": lambda: _in_duckdb(frame),
    }[engine]()
    assert FrameTables(deals=native).measure(TotalAmount())[TotalAmount()].value == Money("12345678.91", "EUR")


def _in_duckdb(frame):
    import duckdb

    return duckdb.connect().from_arrow(frame.to_arrow())


def test_ids_are_of_one_kind_in_all_tables():
    visits = pl.DataFrame({"deal_id": [1], "stage": ["a"], "entered_at": [START], "left_at": [None]}).with_columns(
        pl.col("left_at").cast(pl.Datetime("us", "UTC"))
    )
    with pytest.raises(InvalidValue, match="text in deals, whole numbers in visits"):
        FrameTables(deals=deals(), visits=visits)


def test_an_enumeration_that_cannot_hold_an_outcome_holds_none_of_it():
    frame = pl.DataFrame({"id": [1, 2], "outcome": pl.Series(["won", "open"], dtype=pl.Enum(["open", "won"]))})
    assert FrameTables(deals=frame).measure(WinRate())[WinRate()].value == 1


def test_what_is_no_frame_is_refused():
    with pytest.raises(WrongType, match="must be a frame that narwhals supports"):
        FrameTables(deals=[{"id": 1}])


def test_without_narwhals_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "narwhals", None)
    with pytest.raises(MissingExtra, match="frames"):
        FrameTables(deals=deals())


# Rows -----------------------------------------------------------------------------------------------------------------


def faulty(engine: str, **changes) -> list[str]:
    """What is wrong with two right deals of an engine after a change of columns in polars."""
    tables = to_frames([a_row("D-1", "won", took=2), a_row("D-2")])
    frame = tables.deals.with_columns(**changes)
    native = {"polars": lambda: frame, "pyarrow": frame.to_arrow, "duckdb": lambda: _in_duckdb(frame)}[engine]()
    return [fault.rule for fault in FrameTables(deals=native).faults()]


@pytest.mark.parametrize("engine", ["polars", "pyarrow", "duckdb"])
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"closed_at": pl.lit(START - timedelta(days=1))}, "closed_at does not lie before opened_at"),
        ({"closed_at": pl.lit(after(1))}, "an open deal is not closed yet"),
        ({"outcome": pl.lit("Won")}, "outcome is one of open, won, lost"),
        ({"outcome": pl.lit(None, pl.String)}, "outcome is one of open, won, lost"),
        ({"id": pl.lit("D-1")}, "a deal has one row"),
        ({"id": pl.lit("")}, "a deal has an id"),
        ({"pushes": pl.lit(-1)}, "pushes is a number from 0 up"),
        ({"amount_minor": pl.lit(5)}, "an amount has a currency"),
    ],
)
def test_rows_that_contradict_themselves_are_found(engine, changes, rule):
    needs(engine)
    assert rule in faulty(engine, **changes)


def test_an_amount_has_no_more_places_than_its_currency():
    frame = deals(amount=[Decimal("1.005"), Decimal("1.000")], currency=["EUR", "JPY"])
    (fault,) = FrameTables(deals=frame).faults()
    assert "no more places than its currency" in fault.rule
    assert fault.count == 1


def test_an_amount_of_an_unknown_currency_is_refused():
    with pytest.raises(UnknownName, match="EURO"):
        FrameTables(deals=deals(amount_minor=[1, 2], currency=["EURO", "EUR"])).faults()


def visited(engine: str, *stays: tuple[str, float, float | None]) -> FrameTables:
    tables = to_frames([a_row("D-1"), a_row("D-2")])
    visits = pl.DataFrame(
        {
            "deal_id": [deal for deal, _, _ in stays],
            "stage": ["closing"] * len(stays),
            "entered_at": [after(entered) for _, entered, _ in stays],
            "left_at": [None if left is None else after(left) for _, _, left in stays],
        },
        schema_overrides={"left_at": pl.Datetime("us", "UTC"), "entered_at": pl.Datetime("us", "UTC")},
    )
    if engine == "polars":
        return FrameTables(deals=tables.deals, visits=visits)
    return FrameTables(deals=tables.deals.to_arrow(), visits=visits.to_arrow())


@pytest.mark.parametrize("engine", ["polars", "pyarrow"])
@pytest.mark.parametrize(
    ("stays", "rule"),
    [
        ([("D-1", 3, 1)], "left_at does not lie before entered_at"),
        ([("D-9", 1, 3)], "each row belongs to one of the deals"),
        ([("D-1", 1, 3), ("D-1", 2, 4)], "a visit begins when the one before has ended"),
        ([("D-1", 1, None), ("D-1", 2, 4)], "a visit begins when the one before has ended"),
        ([("D-1", 1, 9), ("D-1", 1, 2)], "a visit begins when the one before has ended"),
    ],
)
def test_visits_that_cannot_be_are_found(engine, stays, rule):
    needs(engine)
    faults = visited(engine, *stays).faults()
    assert [(fault.table, fault.rule) for fault in faults] == [("visits", rule)]


@pytest.mark.parametrize("engine", ["polars", "pyarrow"])
def test_visits_one_after_the_other_are_right_even_if_one_takes_no_time(engine):
    needs(engine)
    stays = [("D-1", 1, 3), ("D-1", 3, 3), ("D-1", 3, None), ("D-2", 2, 9)]
    assert visited(engine, *stays).faults() == ()


def test_nothing_is_measured_of_wrong_rows_unless_they_are_said_to_be_right():
    tables = FrameTables(deals=deals(pushes=[-1, 0]))
    with pytest.raises(InvalidValue, match=r"deals: pushes is a number from 0 up \(1 do not\)"):
        tables.measure(WinRate())
    assert tables.measure(WinRate(), is_checked=True)[WinRate()].value == Decimal("0.5")


# What an engine is not told -------------------------------------------------------------------------------------------


class Half:
    per_day = 2

    def units(self, start, end):
        return (end - start) // timedelta(hours=12)

    def __str__(self):
        return "half days"


class OwnMetric(DealMetric[int]):
    pass


REFUSED = {
    "a condition": (WinRate(where=lambda deal: deal.owner == "noa"), "a condition in Python"),
    "a condition on tasks": (TaskCompletion(at=START, tasks=lambda task: True), "a condition in Python"),
    "a function to group by": (grouped(WinRate(), lambda deal: deal.owner), "an engine groups by a column"),
    "a function to group tasks by": (TaskCompletion(at=START).by(lambda task: task.kind), "groups tasks by a column"),
    "amounts to group by": (grouped(WinRate(), "amount"), "not grouped by this"),
    "days of one's own": (SalesCycle(calendar=Half()), "an engine counts days as"),
    "working hours": (
        RottingShare(at=START, rots_after={}, working=WorkingTime(zone="UTC")),
        "does not count working hours",
    ),
    "too fine a quantile": (SalesCycle(quantiles=["0.1234567891"]), "at most 9 decimal places"),
    "a metric of one's own": (OwnMetric(), "not told how to measure this"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_an_engine_cannot_be_told_is_refused_with_the_reason(name):
    metric, reason = REFUSED[name]
    with pytest.raises(InvalidValue, match=reason):
        to_frames(pipeline(3, seed=1)).measure(metric)


@pytest.mark.parametrize("metric", [TimeInStage(), TaskCompletion(at=START)])
def test_a_table_that_a_metric_needs_must_be_given(metric):
    with pytest.raises(InvalidValue, match=f"{type(metric).__name__} needs the table of"):
        FrameTables(deals=deals()).measure(metric)


def test_a_funnel_without_visits_goes_by_where_the_deals_are():
    frame = deals(stage=["closing", None], closed_from=[None, "approach"])
    funnel = Funnel(stages=["approach", "closing"])
    assert [step.reached for step in FrameTables(deals=frame).measure(funnel)[funnel].steps] == [2, 1]


def test_a_column_to_group_by_that_is_not_there_is_named():
    with pytest.raises(UnknownName, match=r"no column .ownr.*owner"):
        to_frames(pipeline(3, seed=1)).measure(grouped(WinRate(), "ownr"))


def test_groups_by_what_rows_work_out_themselves():
    frame = deals(amount_minor=[100, None], product=["desk", None])
    tables = FrameTables(deals=frame, currency="EUR")
    by_currency, by_open = grouped(DealCount(), "currency"), grouped(DealCount(), "is_open")
    by_product = grouped(DealCount(), "product")
    measured = tables.measure(by_currency, by_open, by_product)
    assert measured[by_currency].keys == ("EUR", None)
    assert measured[by_open].keys == (False,)
    assert measured[by_product].keys == ("desk", None)


def test_products_to_group_by_are_somewhere():
    with pytest.raises(InvalidValue, match="needs the table of products, or a column product"):
        FrameTables(deals=deals()).measure(grouped(DealCount(), "product"))


def test_gold_has_no_minor_units():
    with pytest.raises(InvalidValue, match="amounts are whole minor units"):
        FrameTables(deals=deals(amount_minor=[1, 2]), currency="XAU").measure(TotalAmount(), is_checked=True)


def test_amounts_and_rates_that_have_no_room_in_eight_bytes_are_refused():
    rates = Rates("EUR", [Rate("USD", date(2020, 1, 1), "0.9123456789012345")])
    frame = deals(amount_minor=[10**12, 1], closed_at=[START, None]).with_columns(currency=pl.lit("USD"))
    with pytest.raises(InvalidValue, match="room in eight bytes"):
        FrameTables(deals=frame).measure(TotalAmount(rates=rates))


def test_rates_for_every_day_of_some_years_are_too_many():
    daily = [Rate("USD", date(2020, 1, 1) + timedelta(days=number), "0.9") for number in range(1_001)]
    frame = deals(amount_minor=[1, 1], currency=["USD", "USD"])
    with pytest.raises(InvalidValue, match="at most 1,000 rates"):
        FrameTables(deals=frame).measure(TotalAmount(rates=Rates("EUR", daily)))


@pytest.mark.filterwarnings("ignore:Dask support")
def test_dask_is_given_minor_units():
    needs("dask")
    import dask.dataframe as dd

    frame = deals(amount=[Decimal("1.00"), None]).to_pandas(use_pyarrow_extension_array=True)
    with pytest.raises(InvalidValue, match="dask has no exact arithmetic of decimals"):
        FrameTables(deals=dd.from_pandas(frame, npartitions=1), currency="EUR")


def test_spark_is_given_frames_through_its_session():
    with pytest.raises(InvalidValue, match="through its session"):
        to_frames([], backend="pyspark")


def test_a_metric_is_measured_once():
    with pytest.raises(InvalidValue, match="each metric is given once"):
        FrameTables(deals=deals()).measure(WinRate(), WinRate())


# Rows to frames -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", QUICK)
def test_rows_come_to_an_engine_as_they_are(engine):
    rows = pipeline(12, seed=3)
    assert framed(rows, engine).measure(DealCount())[DealCount()] == measure(rows, DealCount())[DealCount()]


def test_an_engine_that_is_not_known_is_named():
    with pytest.raises(UnknownName, match="polars"):
        to_frames([], backend="polar")


def test_the_types_of_a_warehouse_are_those_of_the_frames():
    row = a_row(
        "D-1", "won", took=1, amount=Money("12", "JPY"), visits=[VisitRow(deal_id="D-1", stage=None, entered_at=START)]
    )
    tables = to_frames([row])
    assert tables.deals.select("amount_minor", "currency").row(0) == (12, "JPY")
    assert tables.deals.schema["opened_at"] == pl.Datetime("us", "UTC")
    assert tables.visits.row(0, named=True)["entered_at"] == START


def test_columns_of_ones_own_come_with_the_deals_even_where_none_is_known():
    rows = [RegionRow(id="D-1"), RegionRow(id="D-2", region=None)]
    by_region = grouped(DealCount(), "region")
    assert to_frames(rows).measure(by_region)[by_region].keys == (None,)
