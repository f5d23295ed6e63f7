"""The briefing: what the seller has ready before the first interaction.

Preparation collects four things: product descriptions, pricing, what the competition offers, and the opening
pitch. The briefing holds them, so that whoever takes over, or stands in, is prepared too.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import is_told
from salesflow.deal.desk import D, Desk
from salesflow.errors import InvalidValue, NotNow, UnknownName
from salesflow.event import Event
from salesflow.values.text import is_line, line, matching_key

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "Briefing",
    "BriefingDesk",
    "CompetitionChecked",
    "CompetitorAdded",
    "CompetitorNote",
    "CompetitorRemoved",
    "PitchPrepared",
    "PricingPrepared",
    "ProductAdded",
    "ProductRemoved",
]


@attrs.frozen(kw_only=True)
class CompetitorNote:
    """What one competitor offers.

    Attributes:
        name: who it is, a line.
        offer: what they offer, and at which price, as far as known; up to 10,000 characters.
    """

    name: str
    offer: str


@attrs.frozen(kw_only=True)
class Briefing:
    """What was collected before the first interaction.

    Attributes:
        products: descriptions of what we could sell them; up to 10,000 characters each.
        pricing: what it costs, in words; ``None`` is not prepared yet.
        competitors: what the competition offers.
        competition_checked: whether somebody looked; with no competitors it means that there are none.
        opening_pitch: how the conversation is to be opened; ``None`` is not prepared yet.
        prepared_at: when it was last worked on.
        prepared_by: who did.
    """

    products: tuple[str, ...] = ()
    pricing: str | None = None
    competitors: tuple[CompetitorNote, ...] = ()
    competition_checked: bool = False
    opening_pitch: str | None = None
    prepared_at: datetime
    prepared_by: str

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the four things are not ready, in words."""
        ready = {
            "product descriptions": bool(self.products),
            "pricing": self.pricing is not None,
            "what the competition offers": self.competition_checked,
            "opening pitch": self.opening_pitch is not None,
        }
        return tuple(thing for thing, is_ready in ready.items() if not is_ready)

    @property
    def is_complete(self) -> bool:
        """Whether all four things are ready."""
        return not self.missing


@attrs.frozen(kw_only=True)
class _BriefingChanged(Event["Deal"]):
    def _known(self, deal: Deal) -> Briefing:
        return deal.briefing or Briefing(prepared_at=self.at, prepared_by=self.by)

    def _change(self, deal: Deal, **changes: object) -> Deal:
        changed = attrs.evolve(
            self._known(deal),
            prepared_at=self.at,
            prepared_by=self.by,
            **changes,  # type: ignore[arg-type]  # the callers below name the fields
        )
        return deal.changed_by(self, briefing=changed)


@attrs.frozen(kw_only=True)
class ProductAdded(_BriefingChanged):
    """The description of a product or service was added to the briefing."""

    text: str = attrs.field(validator=is_told())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more product description in its briefing."""
        return self._change(deal, products=(*self._known(deal).products, self.text))


@attrs.frozen(kw_only=True)
class ProductRemoved(_BriefingChanged):
    """The description of a product or service was taken out of the briefing."""

    text: str = attrs.field(validator=is_told())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal without this product description in its briefing."""
        left = tuple(product for product in self._known(deal).products if product != self.text)
        return self._change(deal, products=left)


@attrs.frozen(kw_only=True)
class PricingPrepared(_BriefingChanged):
    """The pricing was put into the briefing."""

    text: str = attrs.field(validator=is_told())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this pricing in its briefing."""
        return self._change(deal, pricing=self.text)


@attrs.frozen(kw_only=True)
class CompetitorAdded(_BriefingChanged):
    """What a competitor offers was put into the briefing."""

    name: str = attrs.field(validator=is_line())
    offer: str = attrs.field(validator=is_told())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this competitor's offer in its briefing, in place of what was noted of it before."""
        note = CompetitorNote(name=self.name, offer=self.offer)
        others = _without(self._known(deal).competitors, self.name)
        return self._change(deal, competitors=(*others, note), competition_checked=True)


@attrs.frozen(kw_only=True)
class CompetitorRemoved(_BriefingChanged):
    """A competitor turned out to be none."""

    name: str = attrs.field(validator=is_line())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal without this competitor; the competition counts as not looked at when it was the last."""
        left = _without(self._known(deal).competitors, self.name)
        return self._change(deal, competitors=left, competition_checked=bool(left))


@attrs.frozen(kw_only=True)
class CompetitionChecked(_BriefingChanged):
    """Somebody looked what the competition offers, and found nobody."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with the competition looked at."""
        return self._change(deal, competition_checked=True)


@attrs.frozen(kw_only=True)
class PitchPrepared(_BriefingChanged):
    """The opening pitch was put into the briefing."""

    text: str = attrs.field(validator=is_told())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this opening pitch in its briefing."""
        return self._change(deal, opening_pitch=self.text)


def _without(competitors: tuple[CompetitorNote, ...], name: str) -> tuple[CompetitorNote, ...]:
    """The competitors but the one of this name; names match by their :func:`matching_key`."""
    key = matching_key(name)
    return tuple(one for one in competitors if matching_key(one.name) != key)


class BriefingDesk(Desk[D]):
    """Where the first interaction is prepared: ``sale.briefing``."""

    __slots__ = ()

    @property
    def current(self) -> Briefing | None:
        """What is prepared so far, or ``None`` where nothing is."""
        return self.deal.briefing

    def add_product(self, text: str) -> Briefing:
        """Put the description of a product or service into the briefing.

        Args:
            text: the description; up to 10,000 characters.

        Raises:
            InvalidValue: it is blank, too long, or in the briefing already.
            NotNow: the deal is closed.

        Example:
            ``sale.briefing.add_product("Order desk: all shops in one inbox")``
        """
        self._check_open("prepare the briefing")
        if self.deal.briefing is not None and text in self.deal.briefing.products:
            raise InvalidValue(
                "a product is described once", field="product", value=text, way_out="give another description"
            )
        return self._prepared(ProductAdded(at=self._sale.at, by=self._sale.by, text=text))

    def remove_product(self, text: str) -> Briefing:
        """Take the description of a product or service out of the briefing.

        Args:
            text: the description, as it is in the briefing.

        Raises:
            UnknownName: the briefing has no such description.
            NotNow: the deal is closed.
        """
        self._check_open("prepare the briefing")
        products = () if self.deal.briefing is None else self.deal.briefing.products
        if text not in products:
            raise UnknownName("product", text, products, where="the briefing")
        return self._prepared(ProductRemoved(at=self._sale.at, by=self._sale.by, text=text))

    def set_pricing(self, text: str) -> Briefing:
        """Put the pricing into the briefing, in place of the one before.

        Args:
            text: what it costs, in words; up to 10,000 characters.

        Raises:
            InvalidValue: it is blank or too long.
            NotNow: the deal is closed.
        """
        self._check_open("prepare the briefing")
        return self._prepared(PricingPrepared(at=self._sale.at, by=self._sale.by, text=text))

    def add_competitor(self, name: str, *, offer: str) -> Briefing:
        """Put what a competitor offers into the briefing, in place of what was noted of it before.

        Args:
            name: who it is; up to 200 characters.
            offer: what they offer; up to 10,000 characters.

        Raises:
            InvalidValue: a text is blank or too long.
            NotNow: the deal is closed.
        """
        self._check_open("prepare the briefing")
        return self._prepared(CompetitorAdded(at=self._sale.at, by=self._sale.by, name=name, offer=offer))

    def remove_competitor(self, name: str) -> Briefing:
        """Take a competitor out of the briefing.

        After the last one, what the competition offers is open again, until ``note_no_competition`` answers
        it.

        Args:
            name: who it is; upper and lower case and accents make no difference.

        Raises:
            UnknownName: the briefing has no such competitor.
            NotNow: the deal is closed.
        """
        self._check_open("prepare the briefing")
        known = () if self.deal.briefing is None else self.deal.briefing.competitors
        if len(_without(known, line(name, field="name"))) == len(known):
            raise UnknownName("competitor", name, [one.name for one in known], where="the briefing")
        return self._prepared(CompetitorRemoved(at=self._sale.at, by=self._sale.by, name=name))

    def note_no_competition(self) -> Briefing:
        """Record that somebody looked what the competition offers, and found nobody.

        Raises:
            NotNow: there are competitors in the briefing, or the deal is closed.
        """
        self._check_open("prepare the briefing")
        if self.deal.briefing is not None and self.deal.briefing.competitors:
            raise NotNow(
                id=self.deal.id,
                tried="note that there is no competition",
                because="the briefing has competitors",
                way_out="remove them first with remove_competitor",
            )
        return self._prepared(CompetitionChecked(at=self._sale.at, by=self._sale.by))

    def set_pitch(self, text: str) -> Briefing:
        """Put the opening pitch into the briefing, in place of the one before.

        Args:
            text: how the conversation is to be opened; up to 10,000 characters.

        Raises:
            InvalidValue: it is blank or too long.
            NotNow: the deal is closed.
        """
        self._check_open("prepare the briefing")
        return self._prepared(PitchPrepared(at=self._sale.at, by=self._sale.by, text=text))

    def _prepared(self, event: _BriefingChanged) -> Briefing:
        self._record(event)
        briefing = self.deal.briefing
        assert briefing is not None  # every event of this desk makes one
        return briefing
