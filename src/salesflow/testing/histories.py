"""Given a history, when something is done, then these events are recorded: on the process as it really is.

::

    given(DealOpened(...), StageChanged(...), process=SaaSProcess()).when(
        lambda sale: sale.advance()
    ).then(StageChanged)

A history may also be a sale, or the work on a lead, that was brought somewhere: ``given(sale_at(SaaSProcess, "closing"))``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar, cast, overload

import attrs

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, Refused, WrongType
from salesflow.event import Event, fold
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.people.lead import Lead
from salesflow.process.definition import SalesProcess
from salesflow.sale import Sale
from salesflow.testing.assertions import Expected, assert_events
from salesflow.work import Work
from salesflow.worked import Worked

D = TypeVar("D", bound=Deal)
L = TypeVar("L", bound=Lead)
U = TypeVar("U", bound="Work[Worked]")

__all__ = ["Given", "Happened", "given"]

_LATER = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Happened(Generic[U]):
    """What an action led to.

    Attributes:
        work: the unit of work in which it was done.
        refusal: why it was refused, or ``None``.
    """

    work: U
    refusal: Refused | None

    @property
    def sale(self) -> U:
        """The same, as it is called where it is a deal that is worked."""
        return self.work

    def then(self, *expected: Expected) -> U:
        """It was not refused, and exactly these events were recorded.

        Args:
            *expected: classes of events, or events; of an event everything but its moment and actor is compared.

        Returns:
            The unit of work, to look further.
        """
        if self.refusal is not None:
            raise AssertionError(f"it was refused: {self.refusal}") from self.refusal
        assert_events(self.work, *expected)
        return self.work

    def then_refused(self, kind: type[Refused] = Refused, *, by: str | None = None) -> Refused:
        """It was refused.

        Args:
            kind: with which error.
            by: the name of a requirement that was not met.

        Returns:
            The refusal, to look further.
        """
        if self.refusal is None:
            names = ", ".join(type(event).__name__ for event in self.work.events) or "nothing"
            raise AssertionError(f"it was not refused; recorded: {names}")
        if not isinstance(self.refusal, kind):
            raise AssertionError(f"refused with {type(self.refusal).__name__}, not {kind.__name__}: {self.refusal}")
        unmet = [one.requirement for one in getattr(self.refusal, "unmet", ())]
        if by is not None and by not in unmet:
            raise AssertionError(f"refused, but not by {by!r}; unmet: {', '.join(unmet) or 'nothing'}")
        return self.refusal


class Given(Generic[U]):
    """A deal, or a lead, with a history, and the process that it runs under; made by :func:`given`."""

    def __init__(self, process: SalesProcess[Any] | LeadProcess[Any], entity: Worked) -> None:
        self._process = process
        self._entity: Any = entity

    def when(
        self, action: Callable[[U], object], /, *, by: str | None = None, at: datetime | None = None
    ) -> Happened[U]:
        """Do something with it.

        Args:
            action: what: ``lambda sale: sale.advance()``.
            by: who; the owner, or "somebody" where nobody owns it, where it is not given.
            at: when; an hour after the last event where it is not given.
        """
        last: datetime = self._entity.changed_at
        began = self._process.work_on(self._entity, by=by or self._entity.owner or "somebody", at=at or last + _LATER)
        work = cast("U", began)
        try:
            action(work)
        except Refused as refusal:
            return Happened(work=work, refusal=refusal)
        return Happened(work=work, refusal=None)


@overload
def given(sale: Sale[D], /) -> Given[Sale[D]]: ...
@overload
def given(work: LeadWork[L], /) -> Given[LeadWork[L]]: ...
@overload
def given(*history: Event[D], process: SalesProcess[D] | type[SalesProcess[D]]) -> Given[Sale[D]]: ...
@overload
def given(*history: Event[L], process: LeadProcess[L] | type[LeadProcess[L]]) -> Given[LeadWork[L]]: ...
def given(*history: object, process: object = None) -> Given[Any]:
    """A deal, or a lead, with a history.

    Args:
        *history: its events, the first of which makes it; or one unit of work that has it.
        process: the process that it runs under; that of the unit of work where one is given.

    Raises:
        InvalidValue: there is no history, or no process.
        WrongType: what is given as the process is none.
    """
    if len(history) == 1 and isinstance(history[0], Sale | LeadWork) and process is None:
        work: Sale[Any] | LeadWork[Any] = history[0]
        return Given(work.process, work._entity)
    if not history or process is None or not all(isinstance(one, Event) for one in history):
        raise InvalidValue(
            "a history has events, and a process that they happened in",
            field="history",
            way_out="give events and process=..., or a unit of work alone, such as sale_at(...) or lead_at(...)",
        )
    made: object = process() if isinstance(process, type) else process
    if not isinstance(made, SalesProcess | LeadProcess):
        raise WrongType("a process is given, or its class", field="process", value=type(made).__name__)
    return Given(made, fold(cast("tuple[Event[Any], ...]", history)))
