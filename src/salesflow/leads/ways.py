"""Ways of assigning: in turn, by weight, to whom has the least to do, and by territory.

Each decides ties by turn: whoever has waited longest for a lead comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Generic

import attrs

from salesflow.leads.assignment import A_contra, Assignable, AssignmentWay, Candidate, Choice

__all__ = ["ByTerritory", "LeastLoaded", "RoundRobin", "Weighted"]


@attrs.frozen
class RoundRobin:
    """In turn: whoever has waited longest. Six leads over four sellers go to 1, 2, 3, 4, 1, 2."""

    def choose(self, _lead: Assignable, candidates: Sequence[Candidate], /) -> Choice:
        """The candidate whose turn it is."""
        chosen = min(candidates, key=lambda one: one.turn)
        return Choice(chosen.seller.id, "it is their turn")


@attrs.frozen
class Weighted:
    """By weight: whoever is furthest behind their share.

    The next lead goes where (leads given in thirty days and in this plan + 1) / weight is the least (the method of
    D'Hondt), so that shares follow the weights also where plans are made for one lead at a time. A seller of weight 0
    gets none. That the last thirty days count is our own choice: somebody new catches up, as far as quotas let them.
    """

    def choose(self, _lead: Assignable, candidates: Sequence[Candidate], /) -> Choice:
        """The candidate furthest behind their share."""
        weighing = [one for one in candidates if one.seller.weight]
        if not weighing:
            return Choice(None, "every seller who may be given it has a weight of 0")
        chosen = min(weighing, key=lambda one: (_next_share(one), one.turn))
        return Choice(chosen.seller.id, f"they are furthest behind their share, of weight {chosen.seller.weight}")


def _next_share(one: Candidate) -> Fraction:
    return Fraction(one.seller.given.last_30_days + one.given_now + 1) / Fraction(one.seller.weight)


@attrs.frozen
class LeastLoaded:
    """To whoever is working on the fewest leads, those of this plan included."""

    def choose(self, _lead: Assignable, candidates: Sequence[Candidate], /) -> Choice:
        """The candidate with the fewest leads."""
        chosen = min(candidates, key=lambda one: (one.seller.open_leads + one.given_now, one.turn))
        return Choice(chosen.seller.id, f"they work on the fewest leads, {chosen.seller.open_leads + chosen.given_now}")


@attrs.frozen
class ByTerritory(Generic[A_contra]):
    """To those who work the territory of the lead, and among them by another way.

    Attributes:
        territory: which territory a lead belongs to, ``None`` where that is not known; a pure function.
        then: how it goes on among those who work it.

    Example:
        ``ByTerritory(lambda lead: lead.address and lead.address.country, then=LeastLoaded())``
    """

    territory: Callable[[A_contra], str | None]
    then: AssignmentWay[A_contra] = attrs.field(factory=RoundRobin, kw_only=True)

    def choose(self, lead: A_contra, candidates: Sequence[Candidate], /) -> Choice:
        """One of those who work the territory."""
        territory = self.territory(lead)
        if territory is None:
            return Choice(None, "its territory is not known")
        local = [one for one in candidates if territory in one.seller.territories]
        if not local:
            return Choice(None, "no seller who may be given it works its territory")
        chosen = self.then.choose(lead, local)
        if chosen.seller_id is None:
            return chosen
        return attrs.evolve(chosen, because=f"they work its territory, and {chosen.because}")
