"""A desk to try: a deal, a moment, an actor, and nothing else of a sale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from salesflow.deal.deal import Deal
from salesflow.deal.desk import Desk
from salesflow.event import Event

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DESK = TypeVar("DESK", bound=Desk)


class FakeSale:
    """The unit of work that a desk stands in, as small as it can be."""

    def __init__(self, deal: Deal, *, at: datetime = NOW, by: str = "noa") -> None:
        self.deal = deal
        self.at = at
        self.by = by
        self.events: list[Event] = []

    def record(self, event: Event, /) -> Deal:
        changed = event.apply(self.deal)
        assert isinstance(changed, Deal)
        assert type(changed) is type(self.deal)
        assert changed.version == self.deal.version + 1
        assert changed.changed_at == event.at
        assert (event.at, event.by) == (self.at, self.by)
        self.deal = changed
        self.events.append(event)
        return changed

    def later(self, **passed: float) -> None:
        """Let time pass, given as for ``timedelta``."""
        self.at += timedelta(**passed)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def a_deal() -> Callable[..., Deal]:
    """Builds a deal that is some way through the process."""

    def build(**fields: object) -> Deal:
        known: dict[str, object] = {
            "id": "D-1",
            "name": "Order desk",
            "owner": "noa",
            "stage": "approach",
            "version": 1,
        }
        return Deal(**{**known, **fields})

    return build


@pytest.fixture
def at_desk(a_deal: Callable[..., Deal]) -> Callable[..., tuple[DESK, FakeSale]]:
    """Puts a deal on a desk: ``desk, sale = at_desk(NeedsDesk, outcome=Outcome.WON)``."""

    def put(kind: type[DESK], **fields: object) -> tuple[DESK, FakeSale]:
        sale = FakeSale(a_deal(**fields))
        return kind(sale), sale

    return put
