"""The desk of the follow-up: what may be recorded of a won deal, and which meetings are due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from salesflow.deal.cadence import Cadence
from salesflow.deal.children import as_it_is, find, next_id
from salesflow.deal.desk import D, Desk
from salesflow.deal.follow_up.events import (
    CadenceAgreed,
    CadenceEnded,
    DeliveryChecked,
    FeedbackRecorded,
    LoyaltyNoted,
    OpeningLinked,
    OpeningNoted,
)
from salesflow.deal.follow_up.record import DeliveryCheck, Feedback, FollowUp, LoyaltyNote, Opening, so_far
from salesflow.errors import InvalidValue, NotNow, WrongType
from salesflow.outcome import Outcome
from salesflow.values.moments import Period
from salesflow.values.text import identifier

__all__ = ["FollowUpDesk"]


class FollowUpDesk(Desk[D]):
    """Where a won deal is followed up: ``sale.follow_up``."""

    __slots__ = ()

    works_while: ClassVar[frozenset[Outcome]] = frozenset({Outcome.WON})

    @property
    def current(self) -> FollowUp:
        """What happened after the closing so far; empty where nothing did."""
        return so_far(self.deal)

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
