"""Figures that others have published about the CRM Sales Opportunities data, each by the definition that reproduces it.

The data lies in ``docs/examples/data``; ``published_figures.json`` holds what was published, collected from reports and
notebooks about that data set (facts, without their text). The same question has several answers there, and each is right
by its own definition: that is what a metric has to say.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

import attrs
import pytest

from salesflow import Money, Outcome, Period
from salesflow.measure import (
    DealCount,
    DealRow,
    OpenAge,
    SalesCycle,
    TotalAmount,
    WinRate,
    WorkedDays,
    grouped,
)
from salesflow.values.decimals import half_up

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "docs" / "examples" / "data"
PUBLISHED = {figure["id"]: figure for figure in json.loads((HERE / "published_figures.json").read_text("utf-8"))}


@attrs.frozen(kw_only=True)
class OpportunityRow(DealRow):
    """A row of the file, with what the other files say of it."""

    region: str | None = None
    sector: str | None = None


def moment(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def opportunities() -> tuple[OpportunityRow, ...]:
    regions = {team["sales_agent"]: team["regional_office"] for team in table("sales_teams.csv")}
    sectors = {account["account"]: account["sector"] for account in table("accounts.csv")}
    means = {"Won": Outcome.WON, "Lost": Outcome.LOST}
    return tuple(
        OpportunityRow(
            id=row["opportunity_id"],
            owner=row["sales_agent"],
            organization_id=row["account"] or None,
            products=(row["product"],),
            stage=row["deal_stage"],
            outcome=means.get(row["deal_stage"], Outcome.OPEN),
            opened_at=moment(row["engage_date"]),
            engaged_at=moment(row["engage_date"]),
            closed_at=moment(row["close_date"]),
            amount=Money(row["close_value"], "USD") if row["close_value"] else None,
            region=regions.get(row["sales_agent"]),
            sector=sectors.get(row["account"]),
        )
        for row in table("sales_pipeline.csv")
    )


def stage(name: str) -> DealCount:
    return DealCount(where=lambda deal: deal.stage == name, population=f"deals in {name}")


def won_in(year: int, month: int) -> Period:
    return Period.month(year, month, UTC)


def won_by(*by: str) -> object:
    return grouped(TotalAmount(), *by).of(opportunities())


def amount(total: Money | None) -> Decimal:
    assert total is not None
    return total.amount


def top_agent() -> tuple[str, Decimal, Decimal]:
    revenue = grouped(TotalAmount(), "owner").of(opportunities())
    best = revenue.ranked(lambda total: total.value)[0]
    share = best.result.value.ratio(revenue.whole.value)
    return best.label, best.result.value.amount, half_up(share * 100, Decimal("0.01"))


CYCLE = SalesCycle(quantiles=["0.5", "0.75"])
CLOSED_CYCLE = SalesCycle(quantiles=["0.5"], outcomes=[Outcome.WON, Outcome.LOST])
ENGAGING_ON_NEW_YEARS_EVE = OpenAge(
    at=datetime(2017, 12, 31, tzinfo=UTC),
    start="engaged",
    older_than=138,
    where=lambda deal: deal.stage == "Engaging",
    population="deals in Engaging",
)

FIGURES: dict[str, Callable[[tuple[OpportunityRow, ...]], object]] = {
    "M01": lambda rows: DealCount().of(rows).value,
    "M02": lambda rows: stage("Won").of(rows).value,
    "M03": lambda rows: stage("Lost").of(rows).value,
    "M04": lambda rows: stage("Engaging").of(rows).value,
    "M05": lambda rows: stage("Prospecting").of(rows).value,
    "M06": lambda rows: WinRate().of(rows).percent(2),
    "M07": lambda rows: WinRate(among="all").of(rows).percent(2),
    "M08": lambda rows: TotalAmount().of(rows).value.amount,
    "M09": lambda rows: CYCLE.of(rows).mean.rounded(1),
    "M10": lambda rows: CLOSED_CYCLE.of(rows).median.value,
    "M11": lambda rows: CYCLE.of(rows).median.value,
    "M12": lambda rows: CYCLE.of(rows).quantile("0.75").value,
    "M14": lambda rows: SalesCycle(calendar=WorkedDays(inclusive=True)).of(rows).mean.rounded(1),
    "M15": lambda rows: WinRate(period=Period.month(2017, 3, UTC)).of(rows).percent(1),
    "M16": lambda rows: grouped(WinRate(), "month").of(rows)["2017-04"].percent(1),
    "M20": lambda rows: grouped(TotalAmount(), "month").of(rows)["2017-03"].value.amount,
    "M28": lambda rows: grouped(TotalAmount(), "owner").of(rows)["Darcel Schlecht"].value.amount,
    "M29": lambda rows: top_agent()[2],
    "M42": lambda rows: grouped(TotalAmount(), "region").of(rows)["West"].value.amount,
    "M46": lambda rows: grouped(TotalAmount(), "product").of(rows)["GTXPro"].value.amount,
    "M50": lambda rows: grouped(WinRate(among="all"), "product").of(rows)["GTX Plus Pro"].percent(),
    "M54": lambda rows: grouped(TotalAmount(), "sector").of(rows)["retail"].value.amount,
    "M58": lambda rows: ENGAGING_ON_NEW_YEARS_EVE.of(rows).older,
    "M60": lambda rows: grouped(DealCount(outcomes=Outcome.OPEN), "organization_id").of(rows)[None].value,
    "M64": lambda rows: grouped(TotalAmount(), "owner", "quarter").of(rows)["Garret Kinder", "2017-Q4"].value.amount,
}


@pytest.mark.parametrize("figure", PUBLISHED, ids=lambda figure: f"{figure}-{PUBLISHED[figure]['metric']}")
def test_a_published_figure_is_reproduced(figure):
    assert FIGURES[figure](opportunities()) == Decimal(str(PUBLISHED[figure]["stated"]))


def test_the_longest_observed_cycle_is_the_one_that_was_published():
    assert CLOSED_CYCLE.of(opportunities()).most == 138


def test_the_best_agent_is_the_one_that_was_published():
    assert top_agent()[0] == "Darcel Schlecht"


def test_what_is_odd_in_the_data_is_reported_and_not_dropped():
    assert SalesCycle(outcomes=["open", "won"]).of(opportunities()).left_out[0].count == 500 + 1589
