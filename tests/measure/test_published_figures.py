"""Figures that others have published about the CRM Sales Opportunities data, each by the definition that reproduces it.

The data lies in ``docs/examples/data``; ``published_figures.json`` holds what was published, collected from reports and
notebooks about that data set (facts, without their text). The same question has several answers there, and each is right
by its own definition: that is what a metric has to say.
"""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter
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
    DealSize,
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
    rows = opportunities()
    open_by_account = grouped(DealCount(outcomes=Outcome.OPEN), "organization_id").of(rows)
    assert open_by_account[None].value == 1425
    assert grouped(DealCount(), "product").of(rows)["GTXPro"].value == 1480
    undated = SalesCycle(outcomes=["open", "won"]).of(rows).left_out
    assert [(one.reason, one.count) for one in undated] == [("the moment of the close is not known", 500 + 1589)]


# Others of the same kind, against the file itself ------------------------------------------------------------------------


def days(row: dict[str, str]) -> int:
    return (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days


def raw(**wanted: str) -> list[dict[str, str]]:
    """The rows of the file in which these columns begin like this."""
    found = [
        row for row in table("sales_pipeline.csv") if all(row[name].startswith(text) for name, text in wanted.items())
    ]
    assert found
    return found


@pytest.mark.parametrize("agent", ["Anna Snelling", "Vicki Laflamme", "Moses Frase"])
def test_the_win_rate_of_any_agent(agent):
    won, lost = len(raw(sales_agent=agent, deal_stage="Won")), len(raw(sales_agent=agent, deal_stage="Lost"))
    rate = grouped(WinRate(), "owner").of(opportunities())[agent]
    assert (rate.won, rate.lost) == (won, lost)
    assert rate.percent(2) == half_up(Decimal(100 * won) / (won + lost), Decimal("0.01"))


@pytest.mark.parametrize("product", ["GTX Basic", "MG Special", "GTK 500"])
def test_the_average_and_the_median_deal_of_any_product(product):
    values = sorted(int(row["close_value"]) for row in raw(product=product, deal_stage="Won"))
    size = grouped(DealSize(quantiles=["0.5", "0.9"]), "product").of(opportunities())[product]
    assert size.mean.value == Money.rounded(half_up(Decimal(sum(values)) / len(values), None), "USD")
    assert size.median.value.amount == Decimal(statistics.median(values))
    assert size.quantile("0.9").value.amount == pytest.approx(
        Decimal(str(statistics.quantiles(values, n=10, method="inclusive")[8]))
    )
    assert (size.least.amount, size.most.amount) == (values[0], values[-1])


@pytest.mark.parametrize(("month", "outcome"), [("2017-05", "Won"), ("2017-12", "Lost"), ("2017-09", "Won")])
def test_the_cycle_of_the_deals_that_closed_in_any_month(month, outcome):
    lengths = [days(row) for row in raw(close_date=month, deal_stage=outcome)]
    year, number = map(int, month.split("-"))
    cycle = SalesCycle(outcomes=outcome.lower(), period=Period.month(year, number, UTC), quantiles=["0.5"]).of(
        opportunities()
    )
    assert cycle.mean.numerator == sum(lengths)
    assert cycle.median.value == Decimal(str(statistics.median(lengths)))
    assert (cycle.count, cycle.least, cycle.most) == (len(lengths), min(lengths), max(lengths))


def test_revenue_by_region_and_quarter_adds_up_to_the_whole():
    table_of = grouped(TotalAmount(), "region", "quarter").of(opportunities())
    regions = {team["sales_agent"]: team["regional_office"] for team in table("sales_teams.csv")}
    expected: dict[tuple[str, str], int] = {}
    for row in raw(deal_stage="Won"):
        closed = date.fromisoformat(row["close_date"])
        key = regions[row["sales_agent"]], f"{closed.year}-Q{(closed.month + 2) // 3}"
        expected[key] = expected.get(key, 0) + int(row["close_value"])
    found = {group.key: group.result.value.amount for group in table_of if group.result.value is not None}
    assert found == expected
    assert table_of.whole.value.amount == sum(expected.values())


def test_won_deals_by_the_day_of_the_week():
    def weekday(deal: DealRow) -> str | None:
        return None if deal.closed_at is None else f"{deal.closed_at:%a}"

    expected = Counter(f"{date.fromisoformat(row['close_date']):%a}" for row in raw(deal_stage="Won"))
    by_day = grouped(DealCount(outcomes="won"), weekday).of(opportunities())
    assert {group.key: group.result.value for group in by_day if group.key} == expected


@pytest.mark.parametrize("on", [date(2017, 6, 30), date(2017, 12, 31)])
def test_the_age_of_open_deals_on_any_day(on):
    ages = [
        (on - date.fromisoformat(row["engage_date"])).days
        for row in raw(deal_stage="Engaging")
        if date.fromisoformat(row["engage_date"]) <= on
    ]
    at = datetime.combine(on, time(), UTC)
    age = OpenAge(at=at, start="engaged", older_than=60, quantiles=["0.5"]).of(opportunities())
    assert (age.count, age.mean.numerator, age.older) == (len(ages), sum(ages), sum(one > 60 for one in ages))
    assert age.median.value == Decimal(str(statistics.median(ages)))


def test_the_value_of_what_was_won_by_all_that_closed():
    won = sum(int(row["close_value"]) for row in raw(deal_stage="Won"))
    lost = sum(int(row["close_value"]) for row in raw(deal_stage="Lost"))
    rate = WinRate(by_value=True).of(opportunities())
    assert (rate.numerator, rate.denominator) == (Money(won, "USD"), Money(won + lost, "USD"))


def test_each_figure_says_what_it_is():
    rows = opportunities()
    of_closed, of_all = WinRate().of(rows).definition, WinRate(among="all").of(rows).definition
    assert of_closed.denominator == "number of won and lost deals"
    assert of_all.denominator == "number of won, lost and open deals"
    cycles = [CYCLE, CLOSED_CYCLE, SalesCycle(calendar=WorkedDays())]
    won, closed, worked = (cycle.of(rows).mean.definition for cycle in cycles)
    assert (won.population, closed.population) == ("won deals", "won or lost deals")
    assert "first and last day included" in str(worked.calendar)
    assert CYCLE.of(rows).quantile("0.75").definition.method.startswith("linear interpolation")
