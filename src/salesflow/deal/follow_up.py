"""Follow-up: what comes after the closing.

A sale does not end with the signature. Somebody calls after the delivery to make sure that the goods arrived and work.
Regular meetings build loyalty; what the customer likes and dislikes is written down. The aim is not to sell now but to
build the ground for future sales, so what could become one is noted too, and tied to the deal that is opened from it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import attrs

from salesflow.deal.cadence import Cadence
from salesflow.deal.children import as_it_is, find, is_a, is_optional_a, is_told, next_id, replaced
from salesflow.deal.desk import D, Desk
from salesflow.errors import InvalidValue, NotNow, WrongType
from salesflow.event import Event
from salesflow.outcome import Outcome
from salesflow.values.moments import Period
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import identifier, is_identifier, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "CadenceAgreed",
    "CadenceEnded",
    "DeliveryCheck",
    "DeliveryChecked",
    "Feedback",
    "FeedbackRecorded",
    "FollowUp",
    "FollowUpDesk",
    "LoyaltyNote",
    "LoyaltyNoted",
    "Opening",
    "OpeningLinked",
    "OpeningNoted",
]


@attrs.frozen(kw_only=True)
class DeliveryCheck:
    """What was found when somebody asked after the delivery.

    Attributes:
        id: its number within the deal, from 1.
        arrived: whether the goods arrived.
        works: whether they work; ``None`` is not known yet.
        note: what else was said.
        at: when it was asked.
        by: who asked.
    """

    id: int
    arrived: bool
    works: bool | None = None
    note: str = attrs.field(default="", metadata=personal())
    at: datetime
    by: str

    @property
    def is_fine(self) -> bool:
        """Whether the goods arrived and work."""
        return self.arrived and self.works is True


@attrs.frozen(kw_only=True)
class Feedback:
    """What the customer said of us.

    Attributes:
        id: its number within the deal, from 1.
        text: what was said; up to 10,000 characters.
        satisfaction: 1 (not at all) to 5 (very), where asked.
        recommendation: how likely they would recommend us, 0 to 10, where asked (the question behind the net promoter
            score).
        said_by: who said it, by the id of the contact, where known.
        at: when.
    """

    id: int
    text: str = attrs.field(metadata=personal(ERASED))
    satisfaction: int | None = None
    recommendation: int | None = None
    said_by: str | None = attrs.field(default=None, metadata=personal())
    at: datetime


@attrs.frozen(kw_only=True)
class Opening:
    """Something that a next deal could come of.

    Attributes:
        id: its number within the deal, from 1.
        text: what was noticed; up to 10,000 characters.
        noticed_at: when.
        deal_id: the deal that was opened from it.
    """

    id: int
    text: str = attrs.field(metadata=personal(ERASED))
    noticed_at: datetime
    deal_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether no deal was opened from it yet."""
        return self.deal_id is None


@attrs.frozen(kw_only=True)
class LoyaltyNote:
    """Something that keeps the customer with us, or might not.

    Attributes:
        id: its number within the deal, from 1.
        text: what; up to 10,000 characters.
        at: when it was noted.
        by: who noted it.
    """

    id: int
    text: str = attrs.field(metadata=personal(ERASED))
    at: datetime
    by: str


@attrs.frozen(kw_only=True)
class FollowUp:
    """What happened after the closing.

    Attributes:
        checks: what was found after the delivery, in order.
        cadence: how often we meet.
        feedback: what the customer said of us.
        openings: what a next deal could come of.
        loyalty: what keeps the customer with us.
    """

    checks: tuple[DeliveryCheck, ...] = ()
    cadence: Cadence | None = None
    feedback: tuple[Feedback, ...] = ()
    openings: tuple[Opening, ...] = ()
    loyalty: tuple[LoyaltyNote, ...] = ()

    @property
    def is_delivered(self) -> bool:
        """Whether the last check found that the goods arrived and work."""
        return bool(self.checks) and self.checks[-1].is_fine

    @property
    def open_openings(self) -> tuple[Opening, ...]:
        """Those from which no deal was opened yet."""
        return tuple(opening for opening in self.openings if opening.is_open)


_NONE_YET = FollowUp()


def _so_far(deal: Deal) -> FollowUp:
    return _NONE_YET if deal.follow_up is None else deal.follow_up


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
        so_far = _so_far(deal)
        return deal.changed_by(self, follow_up=attrs.evolve(so_far, checks=(*so_far.checks, check)))


@attrs.frozen(kw_only=True)
class CadenceAgreed(Event["Deal"]):
    """We agreed how often to meet."""

    cadence: Cadence = attrs.field(validator=is_a(Cadence))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this cadence, in place of one that was agreed before."""
        return deal.changed_by(self, follow_up=attrs.evolve(_so_far(deal), cadence=self.cadence))


@attrs.frozen(kw_only=True)
class CadenceEnded(Event["Deal"]):
    """The regular meetings came to an end."""

    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal without a cadence."""
        return deal.changed_by(self, follow_up=attrs.evolve(_so_far(deal), cadence=None))


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
        so_far = _so_far(deal)
        return deal.changed_by(self, follow_up=attrs.evolve(so_far, feedback=(*so_far.feedback, said)))


@attrs.frozen(kw_only=True)
class OpeningNoted(Event["Deal"]):
    """Something was noticed that a next deal could come of."""

    opening_id: int
    text: str = attrs.field(validator=is_told(), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more opening."""
        so_far = _so_far(deal)
        noted = Opening(id=self.opening_id, text=self.text, noticed_at=self.at)
        return deal.changed_by(self, follow_up=attrs.evolve(so_far, openings=(*so_far.openings, noted)))


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
        so_far = _so_far(deal)
        opening = find(so_far.openings, self.opening_id, kind="opening")
        linked = replaced(so_far.openings, attrs.evolve(opening, deal_id=self.deal_id))
        return deal.changed_by(self, follow_up=attrs.evolve(so_far, openings=linked))


@attrs.frozen(kw_only=True)
class LoyaltyNoted(Event["Deal"]):
    """Something was noted that keeps the customer with us, or might not."""

    note_id: int
    text: str = attrs.field(validator=is_told(), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more note."""
        so_far = _so_far(deal)
        note = LoyaltyNote(id=self.note_id, text=self.text, at=self.at, by=self.by)
        return deal.changed_by(self, follow_up=attrs.evolve(so_far, loyalty=(*so_far.loyalty, note)))


class FollowUpDesk(Desk[D]):
    """Where a won deal is followed up: ``sale.follow_up``."""

    __slots__ = ()

    works_while: ClassVar[frozenset[Outcome]] = frozenset({Outcome.WON})

    @property
    def current(self) -> FollowUp:
        """What happened after the closing so far; empty where nothing did."""
        return _so_far(self.deal)

    def check_delivery(self, *, arrived: bool, works: bool | None = None, note: str = "") -> DeliveryCheck:
        """Record what was found when somebody asked after the delivery.

        Args:
            arrived: whether the goods arrived.
            works: whether they work; ``None`` is not known yet.
            note: what else was said; up to 10,000 characters.

        Returns:
            The check, with its number.

        Raises:
            NotNow: the deal is not won.
            InvalidValue: they work but did not arrive.

        Example:
            ``sale.follow_up.check_delivery(arrived=True, works=True)``
        """
        self._check_won("check the delivery")
        self._record(
            DeliveryChecked(
                at=self._sale.at,
                by=self._sale.by,
                check_id=next_id(self.current.checks),
                arrived=arrived,
                works=works,
                note=note,
            )
        )
        return self.current.checks[-1]

    def agree_cadence(self, cadence: Cadence) -> Cadence:
        """Record how often we meet from now on, in place of what was agreed before.

        Raises:
            NotNow: the deal is not won.
            WrongType: it is no ``Cadence``.
        """
        self._check_won("agree how often to meet")
        self._record(CadenceAgreed(at=self._sale.at, by=self._sale.by, cadence=cadence))
        return cadence

    def end_cadence(self, *, note: str = "") -> None:
        """Record that the regular meetings came to an end.

        Raises:
            NotNow: none were agreed, or the deal is not won.
        """
        self._check_won("end the regular meetings")
        if self.current.cadence is None:
            raise NotNow(
                id=self.deal.id,
                tried="end the regular meetings",
                because="none are agreed",
                way_out="agree on a cadence first",
            )
        self._record(CadenceEnded(at=self._sale.at, by=self._sale.by, note=note))

    def record_feedback(
        self,
        text: str,
        *,
        satisfaction: int | None = None,
        recommendation: int | None = None,
        said_by: str | None = None,
    ) -> Feedback:
        """Record what the customer said of us.

        Args:
            text: what was said; up to 10,000 characters.
            satisfaction: 1 (not at all) to 5 (very), where asked.
            recommendation: 0 to 10, where asked.
            said_by: the id of the contact who said it.

        Returns:
            The feedback, with its number.

        Raises:
            NotNow: the deal is not won.
            InvalidValue: the text says nothing, or a number is off its scale.
        """
        self._check_won("record feedback")
        self._record(
            FeedbackRecorded(
                at=self._sale.at,
                by=self._sale.by,
                feedback_id=next_id(self.current.feedback),
                text=text,
                satisfaction=satisfaction,
                recommendation=recommendation,
                said_by=said_by,
            )
        )
        return self.current.feedback[-1]

    def note_opening(self, text: str) -> Opening:
        """Note something that a next deal could come of.

        Args:
            text: what was noticed; up to 10,000 characters.

        Returns:
            The opening, with its number.

        Raises:
            NotNow: the deal is not won.
        """
        self._check_won("note an opening")
        self._record(
            OpeningNoted(at=self._sale.at, by=self._sale.by, opening_id=next_id(self.current.openings), text=text)
        )
        return self.current.openings[-1]

    def link_opening(self, opening: Opening | int, *, deal_id: str) -> Opening:
        """Tie an opening to the deal that was opened from it.

        Args:
            opening: the opening, or its number.
            deal_id: the next deal.

        Raises:
            NotNow: it is tied to a deal already, or this deal is not won.
            UnknownName: the deal has no such opening.
            InvalidValue: the next deal is this deal.
        """
        self._check_won("link an opening")
        found = find(self.current.openings, opening, kind="opening")
        if identifier(deal_id, field="deal_id") == self.deal.id:
            raise InvalidValue("the next deal is another deal", field="deal_id", value=deal_id)
        if not found.is_open:
            raise NotNow(
                id=self.deal.id,
                tried=f"link opening {found.id}",
                because=f"deal {found.deal_id} was opened from it",
                way_out="note another opening",
            )
        self._record(OpeningLinked(at=self._sale.at, by=self._sale.by, opening_id=found.id, deal_id=deal_id))
        return as_it_is(self.current.openings, found)

    def note_loyalty(self, text: str) -> LoyaltyNote:
        """Note something that keeps the customer with us, or might not.

        Raises:
            NotNow: the deal is not won.
        """
        self._check_won("note on loyalty")
        self._record(LoyaltyNoted(at=self._sale.at, by=self._sale.by, note_id=next_id(self.current.loyalty), text=text))
        return self.current.loyalty[-1]

    def meetings_due(self, window: Period) -> tuple[date, ...]:
        """The days in a window on which a regular meeting is due; none where no cadence is agreed.

        Args:
            window: days are taken as they are in the time zone of its start; at most 36,600 of them.

        Raises:
            WrongType: it is no period.
            InvalidValue: the window is too large.

        Example:
            ``sale.follow_up.meetings_due(Period.month(2027, 1, UTC))``
        """
        if not isinstance(window, Period):
            raise WrongType(
                "must be a period", field="window", value=window, way_out="give a Period, a month for example"
            )
        cadence = self.current.cadence
        if cadence is None or window.is_empty:
            return ()
        last = (window.end.astimezone(window.start.tzinfo) - timedelta(microseconds=1)).date()
        return cadence.days(window.start.date(), last)

    def _check_won(self, doing: str) -> None:
        """Refuse what comes after the closing on a deal that is not won."""
        deal = self.deal
        if deal.outcome not in self.works_while:
            raise NotNow(
                id=deal.id,
                tried=doing,
                because=f"the deal is {deal.outcome}",
                way_out="follow-up begins when the deal is won",
            )
