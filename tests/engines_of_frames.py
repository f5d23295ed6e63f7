"""The engines that hold frames in the tests, each skipped with the reason where it is not installed."""

from __future__ import annotations

import importlib.util
import shutil
from functools import cache

import pytest

from salesflow.measure import DealRow, FrameTables, to_frames

NEEDED = {
    "polars": ("narwhals", "polars"),
    "polars lazy": ("narwhals", "polars"),
    "pandas": ("narwhals", "pandas"),
    "pyarrow": ("narwhals", "pyarrow"),
    "duckdb": ("narwhals", "duckdb", "pyarrow"),
    "dask": ("narwhals", "dask", "pandas"),
    "pyspark": ("narwhals", "pyspark", "pyarrow"),
}
ENGINES = tuple(NEEDED)
QUICK = ("polars", "polars lazy", "pandas", "pyarrow", "duckdb")
"""Those that answer many small questions quickly enough to be asked them."""

WARNINGS = (
    "ignore:Dask support is moving out of Narwhals:FutureWarning",
    "ignore:PySpark does not yet fully support pandas:FutureWarning",
)


def needs(engine: str) -> None:
    """Skip the test where the engine is not there."""
    for package in NEEDED[engine]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    if engine == "pyspark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none")


@cache
def _spark() -> object:
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "Asia/Kolkata",  # not UTC, so that a mistake in zones is seen
        "spark.log.level": "OFF",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def framed(rows: list[DealRow], engine: str) -> FrameTables:
    """The rows as frames of an engine."""
    needs(engine)
    if engine != "polars lazy":
        return to_frames(rows, backend=engine, session=_spark() if engine == "pyspark" else None)
    tables = to_frames(rows)
    return FrameTables(
        deals=tables.deals.lazy(),
        visits=tables.visits.lazy(),
        objections=tables.objections.lazy(),
        tasks=tables.tasks.lazy(),
        products=tables.products.lazy(),
    )
