"""Deals to measure with: just opened, with as long a life as is wanted, and worked to the end of the process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from salesflow import ChangeSet, Deal, Money, Outcome, Sale, SalesProcess, Stage
from salesflow.standard import StandardProcess

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
INDEXED = {Deal: ("stage", "owner", "expected_close")}


class First(Stage[Deal]):
    """Where a deal begins."""


class Second(Stage[Deal]):
    """Where it goes next, and comes back from."""


class Won(Stage[Deal]):
    """Won."""

    outcome = Outcome.WON


class Lost(Stage[Deal]):
    """Lost."""

    outcome = Outcome.LOST


class BackAndForth(SalesProcess[Deal]):
    """A process in which a deal can have as long a life as is wanted."""

    key = "back_and_forth"
    first = First()
    second = Second()
    won = Won()
    lost = Lost()


PROCESS = BackAndForth()


def opened(number: int) -> Sale[Deal]:
    """A deal that was just opened."""
    return PROCESS.open(
        id=f"D-{number:06}",
        name="Order desk for Acme",
        organization_id="O-1",
        contact_id="C-1",
        owner=f"seller {number % 50}",
        amount=Money(48_000 + number, "EUR"),
        expected_close=date(2026, 1, 1) + timedelta(days=number * 7919 % 3650),
        by="noa",
        at=AT,
    )


def moved(number: int, moves: int) -> Sale[Deal]:
    """A deal that went to and fro: one event more than there were moves."""
    sale = opened(number)
    for move in range(moves):
        sale.go_back(reason="the budget changed") if move % 2 else sale.advance()
    return sale


def next_move(changes: ChangeSet, number: int) -> ChangeSet:
    """The move that follows, as a set of its own."""
    (change,) = changes.changes
    sale = PROCESS.work_on(change.after, by="noa", at=AT)
    sale.go_back(reason="the budget changed") if number % 2 else sale.advance()
    return sale.changes


def single_moves(count: int) -> list[ChangeSet]:
    """The opening of a deal, and then one move after the other, each a set of its own."""
    sets = [opened(1).changes]
    for number in range(count):
        sets.append(next_move(sets[-1], number))
    return sets


def many(count: int) -> Iterator[ChangeSet]:
    """Sets of a thousand new deals each."""
    for start in range(0, count, 1000):
        yield ChangeSet.of(*(opened(number).changes for number in range(start, min(start + 1000, count))))


def walked() -> Sale[Deal]:
    """A deal that walked the standard process to its end."""
    sale = StandardProcess().open(Deal(id="D-1", name="Order desk", amount=Money("48000", "EUR")), by="noa", at=AT)
    sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"), can_afford=True)
    sale.advance()
    sale.briefing.add_product("Order desk")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.note_no_competition()
    sale.briefing.set_pitch("One place for all orders")
    sale.advance()
    sale.meetings.record("first meeting", summary="They want one place for all orders")
    need = sale.needs.record("one place for all orders")
    sale.advance()
    sale.presentation.show(need, how="The desk collects all orders")
    objection = sale.objections.raise_("It costs too much", kind="price")
    sale.advance()
    sale.objections.answer(objection, "It pays back in a year")
    sale.objections.resolve(objection)
    return sale
