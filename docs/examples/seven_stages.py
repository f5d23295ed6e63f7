"""One deal by hand through the seven stages of the standard process, refusals included.

Each unit of work begins with the deal as it is stored and ends with a commit, as in an application.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from salesflow import BuyingRole, Deal, MemoryStorage, Money, MoveRefused, PaymentTerms, Sale, StageChanged
from salesflow.deal.closing_terms import Delivery
from salesflow.standard import StandardProcess

FIRST_DAY = datetime(2018, 1, 8, 9, tzinfo=UTC)
DEAL = "BY-HAND-1"


class Desk:
    """Where the seller works: the process, the storage, and the days that pass."""

    def __init__(self) -> None:
        self.process = StandardProcess()
        self.storage = MemoryStorage()

    @contextmanager
    def on_day(self, number: int) -> Iterator[Sale]:
        """A unit of work on the deal, some days after the first one; committed at the end."""
        at = FIRST_DAY + timedelta(days=number)
        sale = self.process.work_on(self.storage.get(Deal, DEAL), by="seller", at=at)
        yield sale
        self.storage.commit(sale.changes)


def try_to_advance(sale: Sale) -> None:
    """Advance, and say what is missing where that is refused."""
    source = sale.stage.label
    try:
        stage = sale.advance()
    except MoveRefused as refusal:
        print(f"  {source}: refused, the deal stays where it is; missing:")
        for unmet in refusal.unmet:
            print(f"    - {unmet}. {unmet.hint}")
    else:
        print(f"  {source} -> {stage.label}")


def walk_by_hand() -> Deal:
    """Open a deal, take it through every stage, win it, and print what happens.

    Returns:
        The deal as it is stored in the end.
    """
    desk = Desk()
    sale = desk.process.open(
        id=DEAL,
        name="GTK 500 for Acme Corporation",
        organization_id="Acme Corporation",
        contact_id="C-1",
        amount=Money("26768", "USD"),
        by="seller",
        at=FIRST_DAY,
    )
    try_to_advance(sale)  # too early: nothing is known yet
    sale.qualification.record(need="faster servers for design work", budget=Money("30000", "USD"))
    try_to_advance(sale)
    desk.storage.commit(sale.changes)

    with desk.on_day(2) as sale:
        sale.briefing.add_product("GTK 500: the largest of the series")
        sale.briefing.set_pricing("26,768 USD at list price")
        sale.briefing.note_no_competition()
        sale.briefing.set_pitch("What takes a night takes an hour")
        try_to_advance(sale)
    with desk.on_day(7) as sale:
        sale.meetings.record("first meeting", summary="They wait for drawings, and worry about the downtime")
        need = sale.needs.record("drawings within the hour")
        try_to_advance(sale)
    with desk.on_day(14) as sale:
        sale.presentation.show(need, how="A drawing of theirs, made in 40 minutes", evidence=["the trial run"])
        try_to_advance(sale)
    with desk.on_day(15) as sale:
        objection = sale.objections.raise_("The change takes us offline for days", kind="risk", raised_by="C-1")
        try_to_advance(sale)  # refused: the objection is open
        sale.objections.answer(objection, "We run both side by side for a week", evidence=["the change plan"])
        sale.objections.resolve(objection)
        try_to_advance(sale)
    with desk.on_day(21) as sale:
        sale.committee.add("C-1", BuyingRole.DECISION_MAKER, may_sign=True)
        sale.terms.propose(
            price=Money("26768", "USD"),
            payment=PaymentTerms.parse("2/10 net 30"),
            deliveries=[Delivery(what="GTK 500", on=date(2018, 2, 12))],
            valid_until=date(2018, 2, 28),
        )
        try_to_advance(sale)  # refused: nobody accepted or signed
        sale.terms.accept()
        sale.terms.sign("C-1")
        try_to_advance(sale)

    deal = desk.storage.get(Deal, DEAL)
    events = [recorded.event for recorded in desk.storage.history(Deal, DEAL)]
    moves = [event for event in events if isinstance(event, StageChanged)]
    labels = [desk.process.stage(key).label for key in (moves[0].source, *(move.target for move in moves))]
    print(f"  The way it took: {' > '.join(labels)}")
    print(f"  It is {deal.outcome} at {deal.amount}, after {len(events)} events; what is left to do:")
    for task in deal.tasks:
        due = f"{task.due_at:%Y-%m-%d}" if task.due_at else "any day"
        print(f"    - {task.title}, {due}")
    return deal


if __name__ == "__main__":
    walk_by_hand()
