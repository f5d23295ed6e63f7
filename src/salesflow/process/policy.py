"""The policy: who may do what, decided by the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.deal import Deal
    from salesflow.entity import Entity
    from salesflow.event import Event

    E = DefaultedTypeVar("E", bound=Entity, default=Deal)
else:
    E = TypeVar("E")

__all__ = ["Policy"]


class Policy(Protocol[E]):
    """Says whether an actor may record an event. Asked for every event, in one place; an error in it refuses.

    Example::

        class OwnersOnly:
            def refusal(self, event: Event[Deal], deal: Deal) -> str | None:
                return None if deal.owner in (None, event.by) else f"only {deal.owner} works this deal"
    """

    def refusal(self, event: Event[E], entity: E, /) -> str | None:
        """Why ``event.by`` may not record this event on this deal, or lead, or ``None`` where it may.

        Args:
            event: what is about to be recorded.
            entity: the deal, or the lead, before it; for its first event, as it would be opened.
        """
        ...
