"""What merging and comparing need of a process, whatever class of deals or leads it works on.

``SalesProcess`` and ``LeadProcess`` are generic in the class that they work on. Here any of them will do.
"""

from __future__ import annotations

from datetime import datetime
from typing import Never, Protocol, cast

from salesflow.deal.deal import Deal
from salesflow.leads.lead_work import LeadWork
from salesflow.people.lead import Lead
from salesflow.process.engine import Process
from salesflow.process.position import Position
from salesflow.sale import Sale
from salesflow.worked import Worked

__all__ = ["AnyLeadProcess", "AnySalesProcess", "name_of"]


class AnySalesProcess(Protocol):
    """A process of deals, of whatever class."""

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


def name_of(process: AnySalesProcess | AnyLeadProcess) -> tuple[str, int]:
    """The key and the version of a process.

    They are attributes of its class, which subclasses set anew, and so no protocol can ask for them.
    """
    known = cast("Process[Worked]", process)
    return known.key, known.version
