"""A short process without requirements, and random journals of it: deals that change, move, close and are reopened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from salesflow import MemoryStorage, Money, Outcome, SalesProcess, Stage

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


class Talking(Stage):
    title = "Talking"


class Agreeing(Stage):
    title = "Agreeing"


class Won(Stage):
    outcome = Outcome.WON


class Lost(Stage):
    outcome = Outcome.LOST


class ShortProcess(SalesProcess):
    key = "short"
    talking = Talking()
    agreeing = Agreeing()
    won = Won()
    lost = Lost()


PROCESS = ShortProcess()


class Book:
    """Deals in a storage, worked on day by day."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.deals = {}

    def open(self, deal_id: str, *, day: int = 0, by: str = "noa", **fields) -> None:
        """Open a deal some days after the first Monday."""
        fields.setdefault("owner", by)
        sale = PROCESS.open(id=deal_id, name="A deal", by=by, at=MONDAY + day * DAY, **fields)
        self._commit(sale)

    def work(self, deal_id: str, *, day: int):
        """Work on a deal; commit with :meth:`commit`."""
        return PROCESS.work_on(self.deals[deal_id], by="noa", at=MONDAY + day * DAY)

    def update(self, deal_id: str, *, day: int, **fields) -> None:
        sale = self.work(deal_id, day=day)
        sale.update(**fields)
        self._commit(sale)

    def win(self, deal_id: str, *, day: int) -> None:
        sale = self.work(deal_id, day=day)
        if sale.deal.stage == "talking":
            sale.advance()
        sale.win()
        self._commit(sale)

    def lose(self, deal_id: str, *, day: int) -> None:
        sale = self.work(deal_id, day=day)
        sale.lose(reason="price")
        self._commit(sale)

    def reopen(self, deal_id: str, *, day: int) -> None:
        sale = self.work(deal_id, day=day)
        sale.reopen(reason="they called")
        self._commit(sale)

    def _commit(self, sale) -> None:
        self.storage.commit(sale.changes)
        self.deals[sale.deal.id] = sale.deal


def at(day: int) -> datetime:
    """The moment some days after the first Monday."""
    return MONDAY + day * DAY


amounts = st.none() | st.builds(
    Money, st.decimals("0", "9999", places=2), st.just("EUR") | st.sampled_from(["EUR", "USD"])
)
days_expected = st.sampled_from([date(2026, 11, 10), date(2026, 12, 20), date(2026, 11, 25), None])
owners = st.sampled_from(["noa", "dan", "mia"])


@st.composite
def books(draw: st.DrawFn, *, most_days: int = 20) -> Book:
    """A book in which something happens on every day."""
    book = Book()
    for day in range(draw(st.integers(1, most_days))):
        happens = draw(st.sampled_from(["open", "amount", "date", "owner", "close"]))
        if happens == "open" or not book.deals:
            fields = {"amount": draw(amounts), "expected_close": draw(days_expected), "owner": draw(owners)}
            book.open(f"D-{len(book.deals) + 1}", day=day, **fields)
            continue
        deal_id = draw(st.sampled_from(sorted(book.deals)))
        if book.deals[deal_id].outcome is not Outcome.OPEN:
            book.reopen(deal_id, day=day)
        elif happens == "amount":
            book.update(deal_id, day=day, amount=draw(amounts))
        elif happens == "date":
            book.update(deal_id, day=day, expected_close=draw(days_expected))
        elif happens == "owner":
            book.update(deal_id, day=day, owner=draw(owners))
        else:
            book.win(deal_id, day=day) if draw(st.booleans()) else book.lose(deal_id, day=day)
    return book
