"""The figures of the review, each with its definition, and the page that shows them beside the board.

The rows come from the journal of the storage, so they are what really happened to the deals and not what a file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import attrs
from catalog_sales import PROCESS, CatalogDeal

from salesflow import Deal, MemoryStorage, Money, Outcome
from salesflow.board import (
    Chart,
    ChartLine,
    ChartView,
    Label,
    Language,
    Tone,
    figures_view,
    funnel_view,
    page,
    pipeline_board,
)
from salesflow.measure import (
    DealCount,
    DealRow,
    DealSize,
    Funnel,
    Groups,
    Result,
    SalesCycle,
    TotalAmount,
    WinRate,
    grouped,
    measure,
    replayed,
)

LAST_DAY = date(2017, 12, 31)  # of the data, where the rows that were read have no date


@attrs.frozen(kw_only=True)
class CatalogRow(DealRow):
    """A row with the region of its agent, so that figures can be had by region."""

    region: str | None = None


def rows_of(storage: MemoryStorage) -> tuple[CatalogRow, ...]:
    """A row for each deal, replayed from the journal."""
    return tuple(replayed(storage, row=CatalogRow, process=PROCESS, facts=_facts))


def _facts(deal: Deal) -> Mapping[str, object]:
    assert isinstance(deal, CatalogDeal)
    return {"products": (deal.product,), "region": deal.region}


def figures_of(rows: Sequence[CatalogRow]) -> dict[str, Result[object]]:
    """Figures by name. The same question has several right answers, and the definition says which one this is."""
    of_closed, of_all, by_value = WinRate(), WinRate(among="all"), WinRate(by_value=True)
    deals, total, size = DealCount(), TotalAmount(), DealSize(quantiles=["0.5"])
    won, closed = (SalesCycle(outcomes=outcomes, quantiles=["0.5"]) for outcomes in ("won", ["won", "lost"]))
    found = measure(rows, deals, of_closed, of_all, by_value, total, size, won, closed)
    return {
        "deals": found[deals],
        "win rate of what closed": found[of_closed],
        "win rate of all": found[of_all],
        "win rate by value": found[by_value],
        "revenue": found[total],
        "average won deal": found[size].mean,
        "median won deal": found[size].median,
        "mean cycle of won deals": found[won].mean,
        "median cycle of won deals": found[won].median,
        "mean cycle of closed deals": found[closed].mean,
    }


def print_figures(rows: Sequence[CatalogRow]) -> None:
    """Print the figures and their definitions, and who brought in most."""
    print("\nWhat it comes to, and by which definition")
    for line in figures_view(figures_of(rows)).text(width=118).splitlines():
        print(f"  {line}")
    print("\nRevenue by agent, the first five")
    for place, group in enumerate(_by(rows, "owner").ranked(lambda result: result.value)[:5], start=1):
        if group.result.value is not None:
            print(f"  {place}. {group.label:20} {Language().money(group.result.value):>16}")


def _by(rows: Sequence[CatalogRow], column: str) -> Groups[Result[Money]]:
    return grouped(TotalAmount(), column).of(rows)


@attrs.frozen(kw_only=True)
class WonBy(ChartView):
    """A view of one's own: what was won, by something."""

    column: str
    groups: Groups[Result[Money]]

    def title(self, language: Language) -> str:
        """What it is called."""
        return f"{language.label(Label.WON)}: {language.own(self.column)}"

    def chart(self, language: Language) -> Chart:
        """A line for each group, the largest first."""
        return Chart(
            title=self.title(language),
            columns=(
                language.term(self.column),
                *(language.label(label) for label in (Label.AMOUNT, Label.DEALS)),
            ),
            lines=tuple(self._lines(language)),
        )

    def _lines(self, language: Language) -> Iterator[ChartLine]:
        ranked = self.groups.ranked(lambda result: result.value)
        most = max(
            (group.result.value.amount for group in ranked if group.result.value is not None), default=Decimal(0)
        )
        for group in ranked:
            value = group.result.value
            if value is not None:
                yield ChartLine(
                    label=group.label,
                    cells=(language.money(value), language.number(group.result.count)),
                    parts=((0.0, float(value.amount / most) if most else 0.0, Tone.GOOD),),
                )


def review_page(deals: Sequence[CatalogDeal], rows: Sequence[CatalogRow], *, last_day: date | None) -> str:
    """The page of a review: the board, the funnel, what was won by region, and the figures.

    Args:
        deals: as they are stored; a deal says what it lacks, and a row does not.
        rows: of the same deals.
        last_day: the board is of the end of this day.
    """
    at = datetime.combine(last_day or LAST_DAY, time(), tzinfo=UTC) + timedelta(days=1)
    return page(
        pipeline_board(deals, PROCESS, at=at, zone=UTC, outcomes=Outcome),
        funnel_view(Funnel(stages=PROCESS).of(rows), PROCESS),
        WonBy(column="region", groups=_by(rows, "region")),
        figures_view(figures_of(rows)),
    )
