"""What a unit of work answers when it is asked and not told: the moves that come next, and what would happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import Refused
from salesflow.event import Event
from salesflow.process.requirement import Unmet

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.deal import Deal

    E_co = DefaultedTypeVar("E_co", bound=Entity, default=Deal, covariant=True)
else:
    E_co = TypeVar("E_co", bound=Entity, covariant=True)

__all__ = ["DryRun", "NextMove"]


@attrs.frozen(kw_only=True)
class NextMove:
    """A move that the stage of a deal, or of a lead, has.

    Attributes:
        move: its key.
        title: what it is called on a screen.
        target: the stage that it leads to.
        unmet: what is missing for it; nothing where it can be made now.
        needs_reason: whether a reason must be given.
    """

    move: str
    title: str
    target: str
    unmet: tuple[Unmet, ...]
    needs_reason: bool

    @property
    def is_possible(self) -> bool:
        """Whether it can be made now."""
        return not self.unmet


@attrs.frozen(kw_only=True)
class DryRun(Generic[E_co]):
    """What would happen.

    Attributes:
        refusal: why it would be refused, or ``None``.
        events: what would be recorded, by the move and by the hooks of the stages.
        after: the deal, or the lead, as it would be.
    """

    refusal: Refused | None
    events: tuple[Event[E_co], ...]
    after: E_co
