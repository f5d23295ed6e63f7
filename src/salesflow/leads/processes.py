"""What merging and comparing need of a process, whatever class of deals or leads it works on.

``SalesProcess`` and ``LeadProcess`` are generic in the class that they work on. Here any of them will do.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Never, Protocol

from salesflow.deal.deal import Deal
from salesflow.leads.lead_work import LeadWork
from salesflow.people.lead import Lead
from salesflow.process.position import Position
from salesflow.sale import Sale

__all__ = ["AnyLeadProcess", "AnySalesProcess"]


class AnySalesProcess(Protocol):
    """A process of deals, of whatever class."""

    key: ClassVar[str]
    version: ClassVar[int]

    @property
    def stages(self) -> tuple[Position[Never], ...]:
        """Its stages, in order."""
        ...

    def stage(self, key: str) -> Position[Never]:
        """The stage with this key."""
        ...

    def work_on(self, deal: Never, /, *, by: str, at: datetime) -> Sale[Deal]:
        """Begin a unit of work on a deal."""
        ...


class AnyLeadProcess(Protocol):
    """A process of leads, of whatever class."""

    key: ClassVar[str]
    version: ClassVar[int]

    @property
    def stages(self) -> tuple[Position[Never], ...]:
        """Its stages, in order."""
        ...

    def stage(self, key: str) -> Position[Never]:
        """The stage with this key."""
        ...

    def work_on(self, lead: Never, /, *, by: str, at: datetime) -> LeadWork[Lead]:
        """Begin a unit of work on a lead."""
        ...
