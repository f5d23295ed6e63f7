"""Stages of leads: what ``Stage`` is for deals."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from salesflow.people.lead import Lead
from salesflow.process.position import Position

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.leads.lead_work import LeadWork

    L_contra = DefaultedTypeVar("L_contra", bound=Lead, contravariant=True, default=Lead)
else:
    L_contra = TypeVar("L_contra", bound=Lead, contravariant=True)

__all__ = ["LeadStage"]


class LeadStage(Position[L_contra]):
    """A position of leads in a process.

    Class attributes:
        title: what it is called on a screen; the key in plain words where it is not given.
        outcome: what being in it means: open, won (converted) or lost (disqualified).
        probability: the chance that a lead becomes a customer from here, a fraction, or ``None`` where it is not known.
        rots_after: how long a lead may stay before it counts as stuck, or ``None``.
        guidance: what to do in this stage, a sentence each.

    Args:
        after: the key of the stage that this one follows, where it is inserted into an inherited process.
        before: the key of the stage that this one precedes.

    Class keywords:
        without: names of inherited requirements that this stage does not have.

    Example::

        class Called(LeadStage):
            \"\"\"Somebody spoke to them.\"\"\"

            @exit_requirement("they may be called again")
            def may_be_called(self, lead: Lead) -> bool:
                return lead.phone is not None
    """

    def on_enter(self, work: LeadWork[L_contra], /) -> None:
        """Called inside the move, after the lead entered this stage; may record more facts. Does nothing."""

    def on_exit(self, work: LeadWork[L_contra], /) -> None:
        """Called inside the move, before the lead leaves this stage; may record more facts. Does nothing."""
