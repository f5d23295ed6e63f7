"""Given a history, when something is done, then these events are recorded: on the process as it really is.

::

    given(DealOpened(...), StageChanged(...), process=SaaSProcess()).when(
        lambda sale: sale.advance()
    ).then(StageChanged)

A history may also be a sale that was brought somewhere: ``given(sale_at(SaaSProcess, "closing"))``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast

import attrs

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, Refused
from salesflow.event import Event, fold
from salesflow.process.definition import SalesProcess
from salesflow.sale import Sale
from salesflow.testing.assertions import Expected, assert_events

D = TypeVar("D", bound=Deal)

__all__ = ["Given", "Happened", "given"]

_LATER = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Happened(Generic[D]):
    """What an action led to.

    Attributes:
        sale: the unit of work in which it was done.
        refusal: why it was refused, or ``None``.
    """

    sale: Sale[D]
    refusal: Refused | None

    def then(self, *expected: Expected) -> Sale[D]:
        """It was not refused, and exactly these events were recorded.

        Args:
            *expected: classes of events, or events; of an event everything but its moment and actor is compared.

        Returns:
            The sale, to look further.
        """
        if self.refusal is not None:
            raise AssertionError(f"it was refused: {self.refusal}") from self.refusal
        assert_events(self.sale, *expected)
        return self.sale

    def then_refused(self, kind: type[Refused] = Refused, *, by: str | None = None) -> Refused:
        """It was refused, and nothing has changed.

        Args:
            kind: with which error.
            by: the name of a requirement that was not met.

        Returns:
            The refusal, to look further.
        """
        if self.refusal is None:
            names = ", ".join(type(event).__name__ for event in self.sale.events) or "nothing"
            raise AssertionError(f"it was not refused; recorded: {names}")
        if not isinstance(self.refusal, kind):
            raise AssertionError(f"refused with {type(self.refusal).__name__}, not {kind.__name__}: {self.refusal}")
        unmet = [one.requirement for one in getattr(self.refusal, "unmet", ())]
        if by is not None and by not in unmet:
            raise AssertionError(f"refused, but not by {by!r}; unmet: {', '.join(unmet) or 'nothing'}")
        return self.refusal


class Given(Generic[D]):
    """A deal with a history, and the process that it runs under; made by :func:`given`."""

    def __init__(self, process: SalesProcess[D], deal: D) -> None:
        self._process = process
        self._deal = deal

    def when(
        self, action: Callable[[Sale[D]], object], /, *, by: str | None = None, at: datetime | None = None
    ) -> Happened[D]:
        """Do something with the deal.

        Args:
            action: what: ``lambda sale: sale.advance()``.
            by: who; the actor of the last event where it is not given.
            at: when; an hour after the last event where it is not given.
        """
        last = cast("datetime", self._deal.changed_at)
        sale = self._process.work_on(self._deal, by=by or self._deal.owner or "somebody", at=at or last + _LATER)
        try:
            action(sale)
        except Refused as refusal:
            return Happened(sale=sale, refusal=refusal)
        return Happened(sale=sale, refusal=None)


def given(*history: Event[D] | Sale[D], process: SalesProcess[D] | type[SalesProcess[D]] | None = None) -> Given[D]:
    """A deal with a history.

    Args:
        *history: the events of the deal, the first of which opens or adopts it; or one sale that has it.
        process: the process that it runs under; that of the sale where one is given.

    Raises:
        InvalidValue: there is no history, or no process.
    """
    if len(history) == 1 and isinstance(history[0], Sale):
        sale = history[0]
        return Given(sale.process, sale.deal)
    if not history or process is None:
        raise InvalidValue(
            "a history has events, and a process that they happened in",
            field="history",
            way_out="give events and process=..., or a sale such as sale_at(...)",
        )
    made = process if isinstance(process, SalesProcess) else process()
    return Given(made, fold(cast("tuple[Event[D], ...]", history)))
