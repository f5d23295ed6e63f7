"""The policy: who may do what, decided by the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal
    from salesflow.event import Event

__all__ = ["Policy"]


class Policy(Protocol):
    """Says whether an actor may record an event. Asked for every event, in one place; an error in it refuses.

    Example::

        class OwnersOnly:
            def refusal(self, event: Event[Deal], deal: Deal) -> str | None:
                return None if deal.owner in (None, event.by) else f"only {deal.owner} works this deal"
    """

    def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
        """Why ``event.by`` may not record this event on this deal, or ``None`` where it may.

        Args:
            event: what is about to be recorded.
            deal: the deal before it; for the first event of a deal, the deal as it would be opened.
        """
        ...
