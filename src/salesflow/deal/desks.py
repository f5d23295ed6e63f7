"""The desks of a sale, under the names by which they are reached."""

from __future__ import annotations

from salesflow.deal.briefing import BriefingDesk
from salesflow.deal.closing_terms import TermsDesk, TermsWork
from salesflow.deal.committee import CommitteeDesk
from salesflow.deal.desk import D, UnitOfWork
from salesflow.deal.follow_up import FollowUpDesk
from salesflow.deal.line_items import LineItemsDesk
from salesflow.deal.meetings import MeetingsDesk
from salesflow.deal.needs import NeedsDesk
from salesflow.deal.objections import ObjectionsDesk
from salesflow.deal.presentation import PresentationDesk
from salesflow.deal.qualification import QualificationDesk
from salesflow.deal.signals import SignalsDesk
from salesflow.deal.tasks import TasksDesk

__all__ = ["Desks"]


class Desks:
    """Where the records of a deal are worked on, one desk for each concept."""

    __slots__ = ()

    @property
    def qualification(self: UnitOfWork[D]) -> QualificationDesk[D]:
        """The need, and whether the buyer can afford it."""
        return QualificationDesk(self)

    @property
    def needs(self: UnitOfWork[D]) -> NeedsDesk[D]:
        """What the customer needs and wants."""
        return NeedsDesk(self)

    @property
    def briefing(self: UnitOfWork[D]) -> BriefingDesk[D]:
        """What we prepared before the first meeting."""
        return BriefingDesk(self)

    @property
    def meetings(self: UnitOfWork[D]) -> MeetingsDesk[D]:
        """Meetings, planned and held."""
        return MeetingsDesk(self)

    @property
    def presentation(self: UnitOfWork[D]) -> PresentationDesk[D]:
        """How the product was shown to meet each need."""
        return PresentationDesk(self)

    @property
    def objections(self: UnitOfWork[D]) -> ObjectionsDesk[D]:
        """Reasons not to buy, and how they were answered."""
        return ObjectionsDesk(self)

    @property
    def signals(self: UnitOfWork[D]) -> SignalsDesk[D]:
        """Signs that it is time to close."""
        return SignalsDesk(self)

    @property
    def terms(self: TermsWork[D]) -> TermsDesk[D]:
        """What both sides agree to."""
        return TermsDesk(self)

    @property
    def committee(self: UnitOfWork[D]) -> CommitteeDesk[D]:
        """Who decides on the other side."""
        return CommitteeDesk(self)

    @property
    def line_items(self: UnitOfWork[D]) -> LineItemsDesk[D]:
        """What is sold, line by line."""
        return LineItemsDesk(self)

    @property
    def follow_up(self: UnitOfWork[D]) -> FollowUpDesk[D]:
        """What happens after the closing."""
        return FollowUpDesk(self)

    @property
    def tasks(self: UnitOfWork[D]) -> TasksDesk[D]:
        """What somebody has to do by when."""
        return TasksDesk(self)
