"""The desk: where one concept of a deal is worked on.

What belongs to one concept is done at that concept's desk: ``sale.objections.raise_(...)``. A desk decides whether
something may be done, and records what was done as an event; the sale it stands in does the rest. Write your own by
subclassing ``Desk`` and reach it with ``sale.desk(MyDesk)``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from salesflow.errors import NotNow
from salesflow.outcome import Outcome

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.deal import Deal
    from salesflow.event import Event

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
    D_co = DefaultedTypeVar("D_co", bound=Deal, default=Deal, covariant=True)
else:
    D = TypeVar("D")
    D_co = TypeVar("D_co", covariant=True)

__all__ = ["Desk", "UnitOfWork"]


class UnitOfWork(Protocol[D_co]):
    """What a desk needs of the sale that it stands in."""

    @property
    def deal(self) -> D_co:
        """The deal as it is now."""
        ...

    @property
    def at(self) -> datetime:
        """The moment of the work."""
        ...

    @property
    def by(self) -> str:
        """Who works."""
        ...

    def record(self, event: Event[D_co], /) -> D_co:
        """Apply the event to the deal and keep it."""
        ...


class Desk(Generic[D]):
    """Works on one concept of one deal, within one sale.

    Attributes:
        works_while: the outcomes under which the desk records anything; an open deal only, unless a desk says more.
    """

    __slots__ = ("_sale",)

    works_while: ClassVar[frozenset[Outcome]] = frozenset({Outcome.OPEN})

    def __init__(self, sale: UnitOfWork[D], /) -> None:
        self._sale = sale

    @property
    def deal(self) -> D:
        """The deal as it is now."""
        return self._sale.deal

    def _check_open(self, doing: str) -> None:
        """Refuse to do this on a deal whose outcome the desk does not work under."""
        deal = self._sale.deal
        if deal.outcome not in self.works_while:
            raise NotNow(
                id=deal.id,
                tried=doing,
                because=f"the deal is {deal.outcome}",
                way_out="reopen it first",
            )

    def _record(self, event: Event[D], /) -> None:
        self._sale.record(event)
