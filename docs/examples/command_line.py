"""Deals on the command line, with Typer, in a file of SQLite.

::

    export DEALS=deals.db   # where the deals are kept; or --file
    uv run --group examples docs/examples/command_line.py open D-1 "Order desk for Acme" --amount "48000 EUR"
    uv run --group examples docs/examples/command_line.py qualify D-1 --need "one place for all orders" --budget "50000 EUR"
    uv run --group examples docs/examples/command_line.py advance D-1
    uv run --group examples docs/examples/command_line.py next D-1
    uv run --group examples docs/examples/command_line.py board

What a command exits with: 0 where it was done, 1 where the rules say no, 2 where it was asked for wrongly, 3 where somebody
else was faster (ask again), 4 where the storage failed.
"""

from __future__ import annotations

import getpass
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

sys.path.append(str(Path(__file__).parent / "storage"))  # in your application the storage is one of your modules
from sqlite_storage import SQLiteStorage

from salesflow import (
    Deal,
    Entity,
    InvalidValue,
    Money,
    MoveRefused,
    NotFound,
    Refused,
    Sale,
    SalesflowError,
    StaleVersion,
    StorageError,
    UnknownName,
)
from salesflow.board import pipeline_board
from salesflow.standard import StandardProcess
from salesflow.storage import Query

PROCESS: Final = StandardProcess()
INDEXED: Final[dict[type[Entity], tuple[str, ...]]] = {Deal: ("stage", "owner", "expected_close")}

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Deals on the command line.")


def money(text: str) -> Money:
    """An amount as it is typed: ``48000 EUR``."""
    try:
        return Money(*text.split())
    except (SalesflowError, TypeError):
        raise typer.BadParameter("write an amount as 48000 EUR") from None


Id = Annotated[str, typer.Argument(help="The id of the deal.")]
File = Annotated[Path, typer.Option("--file", envvar="DEALS", help="Where the deals are kept.")]
By = Annotated[str, typer.Option("--by", envvar="SELLER", help="Who works.", default_factory=getpass.getuser)]
Name = Annotated[str, typer.Argument(help="What the deal is called.")]
Amount = Annotated[Money | None, typer.Option(parser=money, metavar="AMOUNT", help="48000 EUR, say.")]
Reason = Annotated[str, typer.Option(help="Why.")]


# Commands


@app.command("open")
def open_deal(
    id: Id, name: Name, by: By, amount: Amount = None, owner: str | None = None, file: File = Path("deals.db")
) -> None:
    """Open a deal at the first stage."""
    with reporting(), kept_in(file) as storage:
        sale = PROCESS.open(id=id, name=name, amount=amount, owner=owner or by, by=by, at=datetime.now(UTC))
        storage.commit(sale.changes)
        typer.echo(line_of(sale.deal))


@app.command()
def qualify(id: Id, by: By, need: str | None = None, budget: Amount = None, file: File = Path("deals.db")) -> None:
    """Record what was found out about need and budget."""
    with working_on(id, file, by) as sale:
        sale.qualification.record(need=need, budget=budget)


@app.command()
def advance(id: Id, by: By, file: File = Path("deals.db")) -> None:
    """Move a deal to the next stage."""
    with working_on(id, file, by) as sale:
        sale.advance()


@app.command()
def lose(id: Id, by: By, reason: Reason, note: str = "", file: File = Path("deals.db")) -> None:
    """Lose a deal, for a reason that the process knows."""
    with working_on(id, file, by) as sale:
        sale.lose(reason=reason, note=note)


@app.command()
def show(id: Id, file: File = Path("deals.db")) -> None:
    """Show a deal, and what happened to it."""
    with reporting(), kept_in(file) as storage:
        typer.echo(line_of(storage.get(Deal, id)))
        for recorded in storage.history(Deal, id):
            event = recorded.event
            typer.echo(f"  {event.at:%Y-%m-%d %H:%M}  {type(event).__name__} by {event.by}")


@app.command("next")
def next_steps(id: Id, by: By, file: File = Path("deals.db")) -> None:
    """Say what to do next, and which moves there are."""
    with reporting(), kept_in(file) as storage:
        sale = PROCESS.work_on(storage.get(Deal, id), by=by, at=datetime.now(UTC))
        for step in sale.next_steps():
            typer.echo(f"- {step}")
        for move in sale.next_moves():
            typer.echo(f"{move.move} -> {move.target}: {'possible' if move.is_possible else 'not yet'}")


@app.command()
def board(file: File = Path("deals.db"), zone: str = "UTC") -> None:
    """Show the pipeline: every stage, and what is in it."""
    with reporting(), kept_in(file) as storage:
        view = pipeline_board(all_deals(storage), PROCESS, at=datetime.now(UTC), zone=zone)
        typer.echo(view.text(width=shutil.get_terminal_size().columns), nl=False)


# What stands around every command


@contextmanager
def kept_in(file: Path) -> Iterator[SQLiteStorage]:
    """The storage in a file, closed afterwards."""
    try:
        opened = SQLiteStorage(file, indexed=INDEXED)
    except sqlite3.Error:
        raise StorageError(f"{file} cannot be opened as a file of SQLite") from None
    with closing(opened) as storage:
        yield storage


@contextmanager
def working_on(id: str, file: Path, by: str) -> Iterator[Sale[Deal]]:
    """A unit of work on a deal, committed at the end, and then shown."""
    with reporting(), kept_in(file) as storage:
        sale = PROCESS.work_on(storage.get(Deal, id), by=by, at=datetime.now(UTC))
        yield sale
        storage.commit(sale.changes)
        typer.echo(line_of(sale.deal))


@contextmanager
def reporting() -> Iterator[None]:
    """Say what was refused, on the error stream, and exit with its code."""
    try:
        yield
    except MoveRefused as refusal:
        typer.echo(f"not yet: {PROCESS.stage(refusal.source).label} -> {PROCESS.stage(refusal.target).label}", err=True)
        for unmet in refusal.unmet:
            typer.echo(f"  [ ] {unmet}", err=True)
            typer.echo(f"      {unmet.hint}", err=True)
        raise typer.Exit(1) from None
    except SalesflowError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exit_code(error)) from None


def exit_code(error: SalesflowError) -> int:
    """What a command exits with."""
    match error:
        case Refused():
            return 1
        case InvalidValue() | UnknownName() | NotFound():
            return 2
        case StaleVersion():
            return 3
        case StorageError():
            return 4
        case _:
            raise error


def all_deals(storage: SQLiteStorage) -> Iterator[Deal]:
    """Every deal, page by page."""
    query = Query(Deal, limit=1000)
    while True:
        page = storage.find(query)
        yield from page.items
        if page.cursor is None:
            return
        query = query.next(page.cursor)


def line_of(deal: Deal) -> str:
    """A deal in a line."""
    amount = "amount not known" if deal.amount is None else str(deal.amount)
    return f"{deal.id}  {deal.name}  {amount}  {PROCESS.stage(deal.stage).label} ({deal.outcome})"


if __name__ == "__main__":
    app()
