"""What happens after the closing, as events: each adds to what is kept of the follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from salesflow.deal.cadence import Cadence
from salesflow.deal.children import find, is_a, is_optional_a, is_told, replaced
from salesflow.deal.follow_up.record import DeliveryCheck, Feedback, LoyaltyNote, Opening, so_far
from salesflow.errors import InvalidValue, WrongType
from salesflow.event import Event
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_identifier, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "CadenceAgreed",
    "CadenceEnded",
    "DeliveryChecked",
    "FeedbackRecorded",
    "LoyaltyNoted",
    "OpeningLinked",
    "OpeningNoted",
]


@attrs.frozen
class _IsScore:
    """An attrs validator: a whole number on a scale, or ``None`` for not asked."""

    least: int
    most: int

    def __call__(self, _instance: object, attribute: attrs.Attribute[int | None], value: object) -> None:
        if value is None:
            return
        if type(value) is not int:
            raise WrongType("must be a whole number", field=attribute.name, value=value)
        if not self.least <= value <= self.most:
            raise InvalidValue(
                f"must be from {self.least} to {self.most}",
                field=attribute.name,
                value=value,
                way_out="leave it out if it was not asked",
            )


@attrs.frozen(kw_only=True)
class DeliveryChecked(Event["Deal"]):
    """Somebody asked after the delivery."""

    check_id: int
    arrived: bool = attrs.field(validator=is_a(bool))
    works: bool | None = attrs.field(default=None, validator=is_optional_a(bool))
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def __attrs_post_init__(self) -> None:
        if self.works and not self.arrived:
            raise InvalidValue(
                "what has not arrived cannot work",
                field="works",
                value=True,
                way_out="leave it out, or say that it arrived",
            )

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more check."""
        check = DeliveryCheck(
            id=self.check_id, arrived=self.arrived, works=self.works, note=self.note, at=self.at, by=self.by
        )
        before = so_far(deal)
        return deal.changed_by(self, follow_up=attrs.evolve(before, checks=(*before.checks, check)))


@attrs.frozen(kw_only=True)
class CadenceAgreed(Event["Deal"]):
    """We agreed how often to meet."""

    cadence: Cadence = attrs.field(validator=is_a(Cadence))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this cadence, in place of one that was agreed before."""
        return deal.changed_by(self, follow_up=attrs.evolve(so_far(deal), cadence=self.cadence))


@attrs.frozen(kw_only=True)
class CadenceEnded(Event["Deal"]):
    """The regular meetings came to an end."""

    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal without a cadence."""
        return deal.changed_by(self, follow_up=attrs.evolve(so_far(deal), cadence=None))


@attrs.frozen(kw_only=True)
class FeedbackRecorded(Event["Deal"]):
    """The customer said what they think of us."""

    feedback_id: int
    text: str = attrs.field(validator=is_told(), metadata=personal(ERASED))
    satisfaction: int | None = attrs.field(default=None, validator=_IsScore(1, 5))
    recommendation: int | None = attrs.field(default=None, validator=_IsScore(0, 10))
    said_by: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more feedback."""
        said = Feedback(
            id=self.feedback_id,
            text=self.text,
            satisfaction=self.satisfaction,
            recommendation=self.recommendation,
            said_by=self.said_by,
            at=self.at,
        )
        before = so_far(deal)
        return deal.changed_by(self, follow_up=attrs.evolve(before, feedback=(*before.feedback, said)))


@attrs.frozen(kw_only=True)
class OpeningNoted(Event["Deal"]):
    """Something was noticed that a next deal could come of."""

    opening_id: int
    text: str = attrs.field(validator=is_told(), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more opening."""
        before = so_far(deal)
        noted = Opening(id=self.opening_id, text=self.text, noticed_at=self.at)
        return deal.changed_by(self, follow_up=attrs.evolve(before, openings=(*before.openings, noted)))


@attrs.frozen(kw_only=True)
class OpeningLinked(Event["Deal"]):
    """A deal was opened from something that was noticed.

    Attributes:
        deal_id: the next deal.
    """

    opening_id: int
    deal_id: str = attrs.field(validator=is_identifier())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with the opening tied to the next deal."""
        before = so_far(deal)
        opening = find(before.openings, self.opening_id, kind="opening")
        linked = replaced(before.openings, attrs.evolve(opening, deal_id=self.deal_id))
        return deal.changed_by(self, follow_up=attrs.evolve(before, openings=linked))


@attrs.frozen(kw_only=True)
class LoyaltyNoted(Event["Deal"]):
    """Something was noted that keeps the customer with us, or might not."""

    note_id: int
    text: str = attrs.field(validator=is_told(), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more note."""
        before = so_far(deal)
        note = LoyaltyNote(id=self.note_id, text=self.text, at=self.at, by=self.by)
        return deal.changed_by(self, follow_up=attrs.evolve(before, loyalty=(*before.loyalty, note)))
