"""Presentation: showing how what we sell meets each need, one by one.

A presentation that lists features convinces nobody; one that answers the needs that were found out does. So
what is recorded here is not that a presentation took place, but which need was shown to be met, how, and what
the customer made of it. The same need may be shown more than once, in other ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import as_it_is, chosen, find, is_a, is_optional_a, is_told, listed, next_id, replaced
from salesflow.deal.desk import D, Desk
from salesflow.deal.needs import Need, current_needs
from salesflow.errors import NotNow
from salesflow.event import Event
from salesflow.values.text import are_lines

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "NeedShown",
    "PresentationDesk",
    "PresentedNeed",
    "Reaction",
    "ReactionNoted",
    "unshown_needs",
]


class Reaction(StrEnum):
    """What the customer made of what was shown."""

    CONVINCED = "convinced"
    NEUTRAL = "neutral"
    DOUBTFUL = "doubtful"


@attrs.frozen(kw_only=True)
class PresentedNeed:
    """One need, and how it was shown to be met.

    Attributes:
        id: its number within the deal, from 1.
        need_id: the number of the need.
        how: how what we sell meets it; up to 10,000 characters.
        evidence: what was shown for it: a demonstration, a reference, a figure; a line each.
        reaction: what the customer made of it; ``None`` is not known.
        shown_at: when it was shown.
        shown_by: who showed it.
    """

    id: int
    need_id: int
    how: str
    evidence: tuple[str, ...] = ()
    reaction: Reaction | None = None
    shown_at: datetime
    shown_by: str


def unshown_needs(needs: Iterable[Need], presentation: Iterable[PresentedNeed]) -> tuple[Need, ...]:
    """Those of the current needs that nothing was shown for yet.

    Example:
        ``unshown_needs(deal.needs, deal.presentation)``
    """
    shown = {presented.need_id for presented in presentation}
    return tuple(need for need in current_needs(needs) if need.id not in shown)


@attrs.frozen(kw_only=True)
class NeedShown(Event["Deal"]):
    """The customer was shown how a need is met."""

    presented_id: int
    need_id: int
    how: str = attrs.field(validator=is_told())
    evidence: tuple[str, ...] = attrs.field(default=(), validator=are_lines(limit=1000))
    reaction: Reaction | None = attrs.field(default=None, validator=is_optional_a(Reaction))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more need shown."""
        shown = PresentedNeed(
            id=self.presented_id,
            need_id=self.need_id,
            how=self.how,
            evidence=self.evidence,
            reaction=self.reaction,
            shown_at=self.at,
            shown_by=self.by,
        )
        return deal.changed_by(self, presentation=(*deal.presentation, shown))


@attrs.frozen(kw_only=True)
class ReactionNoted(Event["Deal"]):
    """It became clear what the customer made of what was shown."""

    presented_id: int
    reaction: Reaction = attrs.field(validator=is_a(Reaction))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this reaction noted."""
        presented = find(deal.presentation, self.presented_id, kind="presented need")
        changed = attrs.evolve(presented, reaction=self.reaction)
        return deal.changed_by(self, presentation=replaced(deal.presentation, changed))


class PresentationDesk(Desk[D]):
    """Where it is recorded how each need was shown to be met: ``sale.presentation``."""

    __slots__ = ()

    @property
    def unshown(self) -> tuple[Need, ...]:
        """The current needs that nothing was shown for yet."""
        return unshown_needs(self.deal.needs, self.deal.presentation)

    def show(
        self,
        need: Need | int,
        *,
        how: str,
        evidence: Iterable[str] = (),
        reaction: Reaction | str | None = None,
    ) -> PresentedNeed:
        """Record that the customer was shown how a need is met.

        Args:
            need: the need, or its number.
            how: how what we sell meets it; up to 10,000 characters.
            evidence: what was shown for it, a line each.
            reaction: ``convinced``, ``neutral`` or ``doubtful``; it may be noted later.

        Returns:
            The presented need, with its number.

        Raises:
            UnknownName: the deal has no such need, or there is no such reaction.
            NotNow: the need was dropped, or the deal is closed.

        Example:
            ``sale.presentation.show(need, how="one inbox for all shops", evidence=["live demo"])``
        """
        self._check_open("show how a need is met")
        found = find(self.deal.needs, need, kind="need")
        if not found.is_current:
            raise NotNow(
                id=self.deal.id,
                tried=f"show how need {found.id} is met",
                because="the need was dropped",
                way_out="show how a current need is met, or record it again as a new need",
            )
        self._record(
            NeedShown(
                at=self._sale.at,
                by=self._sale.by,
                presented_id=next_id(self.deal.presentation),
                need_id=found.id,
                how=how,
                evidence=listed(evidence, field="evidence"),
                reaction=None if reaction is None else chosen(Reaction, reaction, kind="reaction"),
            )
        )
        return self.deal.presentation[-1]

    def note_reaction(self, presented: PresentedNeed | int, reaction: Reaction | str) -> PresentedNeed:
        """Record what the customer made of what was shown; a later reaction replaces the one before.

        Args:
            presented: the presented need, or its own number (not that of the need).
            reaction: ``convinced``, ``neutral`` or ``doubtful``.

        Raises:
            UnknownName: nothing was presented under this number, or there is no such reaction.
            NotNow: the deal is closed.
        """
        self._check_open("note a reaction")
        found = find(self.deal.presentation, presented, kind="presented need")
        self._record(
            ReactionNoted(
                at=self._sale.at,
                by=self._sale.by,
                presented_id=found.id,
                reaction=chosen(Reaction, reaction, kind="reaction"),
            )
        )
        return as_it_is(self.deal.presentation, found)
