"""The review of a sales pipeline: 8,800 real opportunities walked through their own process, row by row.

::

    uv run docs/examples/pipeline_review.py [--limit N] [--data DIR] [--all-lines] [--html FILE]

The files beside this one, in the order of a first reading:

1. ``catalog_sales.py``: the seller's own process, and how a row becomes moves in it. What is assumed stands there.
2. this one: every row is committed or refused; rows in = deals committed + rows refused, or the program fails.
3. ``seven_stages.py``: one deal by hand through the standard process.
4. ``opportunity_file.py``: how hostile files are read, and what is odd in them.
5. ``review_figures.py``: the figures with their definitions, and the page with the board of all deals.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
from catalog_sales import PROCESS, CatalogDeal, walk
from opportunity_file import CURRENCY, BadRow, Finding, Row, RowRefused, findings, read_catalog, read_rows
from review_figures import print_figures, review_page, rows_of
from seven_stages import walk_by_hand

from salesflow import (
    DuplicateKey,
    InvalidValue,
    MemoryStorage,
    Money,
    MoveRefused,
    Outcome,
    OutOfOrder,
    SalesflowError,
    Unmet,
)

DATA = Path(__file__).resolve().parent / "data"


# All rows --------------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Review:
    """What became of the rows.

    Attributes:
        rows_in: how many rows the file had.
        deals: every deal as it is stored now.
        refused: the lines of the refused rows, by reason.
        findings: what is odd in the files, and was taken nevertheless.
        undated: the day on which opportunities without a date were opened.
        storage: where everything that happened to the deals lies.
    """

    rows_in: int
    deals: tuple[CatalogDeal, ...]
    refused: dict[str, list[int]]
    findings: tuple[Finding, ...]
    undated: date | None
    storage: MemoryStorage

    @property
    def rows_refused(self) -> int:
        """How many rows were refused."""
        return sum(len(lines) for lines in self.refused.values())

    @property
    def is_complete(self) -> bool:
        """Whether every row is accounted for: rows in = deals committed + rows refused."""
        return self.rows_in == len(self.deals) + self.rows_refused


def review(folder: Path = DATA, *, limit: int | None = None) -> Review:
    """Walk the opportunities of a folder through ``CatalogProcess`` and commit each to a storage.

    Args:
        folder: with the files of the CRM.
        limit: how many rows; all where it is not given.

    Raises:
        OSError: a file cannot be read.
    """
    catalog = read_catalog(folder)
    read = list(read_rows(folder / "sales_pipeline.csv", limit=limit))
    rows = [row for row in read if isinstance(row, Row)]
    undated = max((day for row in rows for day in (row.engaged_on, row.closed_on) if day), default=None)
    storage = MemoryStorage()
    committed: list[str] = []
    refused: defaultdict[str, list[int]] = defaultdict(list)
    for row in _with_progress(read):
        if isinstance(row, BadRow):
            refused[row.reason].append(row.line)
            continue
        try:
            for sale in walk(row, catalog, undated=undated):
                storage.commit(sale.changes)
        except (RowRefused, SalesflowError) as error:
            refused[reason_of(error)].append(row.line)
        else:
            committed.append(row.id)
    return Review(
        rows_in=len(read),
        deals=tuple(storage.get(CatalogDeal, deal_id) for deal_id in dict.fromkeys(committed)),
        refused=dict(refused),
        findings=findings(rows, catalog),
        undated=undated,
        storage=storage,
    )


def reason_of(error: Exception) -> str:
    """Why a row was refused, without the values of this row, so that equal reasons can be counted."""
    if isinstance(error, MoveRefused):
        return f"to be {error.target} it lacks: {'; '.join(unmet.text for unmet in error.unmet)}"
    if isinstance(error, InvalidValue):
        return f"{error.field}: {error.rule}"
    if isinstance(error, DuplicateKey):
        return "opportunity_id is taken by an earlier row"
    if isinstance(error, OutOfOrder):
        return "close_date lies before engage_date"
    return str(error) if isinstance(error, RowRefused) else type(error).__name__


def _with_progress(rows: Sequence[Row | BadRow]) -> Iterator[Row | BadRow]:
    """The rows, counted on standard error where somebody watches."""
    shows = sys.stderr.isatty()
    for number, row in enumerate(rows):
        if shows and number % 200 == 0:
            print(f"\r{number:,} of {len(rows):,} rows", end="", file=sys.stderr, flush=True)
        yield row
    if shows:
        print(f"\r{len(rows):,} of {len(rows):,} rows", file=sys.stderr)


# The report ------------------------------------------------------------------------------------------------------------


def print_review(result: Review, *, all_lines: bool = False) -> None:
    """Print the pipeline by stage, what was refused and why, what is odd, and whether every row is accounted for."""
    most = None if all_lines else 3
    _print_stages(result.deals)
    _print_outcomes(result.deals)
    _print_regions(result.deals)

    print("\nWhat the process still asks of the open deals")
    lacking = Counter(unmet.text for deal in result.deals if deal.is_open for unmet in _blockers(deal))
    for text, count in lacking.most_common():
        print(f"  {count:>6,}  {text}")
    if not lacking:
        print("  nothing")

    print("\nTaken as written, although it does not match")
    for finding in result.findings:
        print(f"  {finding.what}{_where(finding.lines, most)}")
    if not result.findings:
        print("  nothing")

    print("\nRefused, and why")
    for reason, lines in sorted(result.refused.items(), key=lambda item: -len(item[1])):
        print(f"  {reason}{_where(lines, most)}")
    if not result.refused:
        print("  nothing")

    holds = "every row is accounted for" if result.is_complete else "ROWS ARE MISSING"
    print(
        f"\n{result.rows_in:,} rows in = {len(result.deals):,} deals committed + {result.rows_refused:,} rows refused: {holds}"
    )
    if result.undated:
        print(f"Opportunities without a date were opened on {result.undated}, the last day in the rows that were read.")


def _print_stages(deals: Sequence[CatalogDeal]) -> None:
    print("The pipeline, by stage")
    print(f"  {'':12} {'deals':>6} {'amount':>18} {'amount unknown':>15} {'at list price':>18} {'no list price':>14}")
    for stage in PROCESS.stages:
        here = [deal for deal in deals if deal.stage == stage.key]
        amounts = [deal.amount for deal in here if deal.amount is not None]
        prices = [deal.list_price for deal in here if deal.list_price is not None]
        print(
            f"  {stage.label:12} {len(here):>6,} {_total(amounts):>18} {len(here) - len(amounts):>15,}"
            f" {_total(prices):>18} {len(here) - len(prices):>14,}"
        )


def _print_outcomes(deals: Sequence[CatalogDeal]) -> None:
    count = Counter(deal.outcome for deal in deals)
    won, lost = count[Outcome.WON], count[Outcome.LOST]
    print(f"\nWon {won:,}, lost {lost:,}, open {count[Outcome.OPEN]:,}, in all {len(deals):,}")
    print(f"  won of those that closed: {_percent(won, won + lost)}; won of all: {_percent(won, len(deals))}")


def _print_regions(deals: Sequence[CatalogDeal]) -> None:
    print("\nWon, by region of the agent")
    won: defaultdict[str, list[Money]] = defaultdict(list)
    for deal in deals:
        if deal.outcome is Outcome.WON and deal.amount is not None:
            won[deal.region or "unknown"].append(deal.amount)
    for region, amounts in sorted(won.items()):
        print(f"  {region:12} {len(amounts):>6,} {_total(amounts):>18}")


def _blockers(deal: CatalogDeal) -> tuple[Unmet, ...]:
    """What is missing before the deal can make its next move, asked at the moment of its last event."""
    return () if deal.changed_at is None else PROCESS.work_on(deal, by="review", at=deal.changed_at).blockers()


def _total(amounts: Sequence[Money]) -> str:
    """The sum; with nothing to add up it is unknown, not zero."""
    if not amounts:
        return "unknown"
    total = Money.total(amounts, currency=CURRENCY)
    return f"{total.amount:,.2f} {total.currency}"


def _percent(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / whole:.2f} %" if whole else "undefined, there are none"


def _where(lines: Sequence[int], most: int | None) -> str:
    """How many rows, and where: the first ones, or all."""
    if not lines:
        return ""
    shown = ", ".join(str(line) for line in lines[:most])
    noun = "line" if len(lines) == 1 else "lines"
    more = ", ..." if most is not None and len(lines) > most else ""
    return f": {len(lines):,} {'row' if len(lines) == 1 else 'rows'} ({noun} {shown}{more})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Returns:
        The exit code: 0, or 1 where rows are not accounted for, or 2 where a file cannot be read or written.
    """
    parser = argparse.ArgumentParser(description="Walk the opportunities of a CRM through their own sales process.")
    parser.add_argument("--limit", type=_count, metavar="N", help="read the first N rows only")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="the folder with the files of the CRM")
    parser.add_argument("--all-lines", action="store_true", help="print the line of every odd or refused row")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the board of all deals as a page")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names may hold what a terminal cannot show
    try:
        result = review(options.data, limit=options.limit)
    except (OSError, csv.Error) as error:
        print(f"The data cannot be read: {error}", file=sys.stderr)
        return 2
    print_review(result, all_lines=options.all_lines)
    rows = rows_of(result.storage)
    print_figures(rows)
    if options.html is not None:
        try:
            options.html.write_text(review_page(result.deals, rows, last_day=result.undated), encoding="utf-8")
        except OSError as error:
            print(f"The page cannot be written: {error}", file=sys.stderr)
            return 2
        print(f"\nThe board of {len(result.deals):,} deals is in {options.html}")
    print("\nOne deal by hand, through the seven stages of the standard process")
    walk_by_hand()
    return 0 if result.is_complete else 1


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return count


if __name__ == "__main__":
    sys.exit(main())
