"""The deal: a confirmed possibility of a sale, worked through the process.

A deal is a frozen value: what is known about it, and the records that were kept on the way. It decides nothing. What
may be done with it, the process says; that it is done, an event says; a ``Sale`` is where both meet.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.deal.briefing import Briefing
from salesflow.deal.closing_terms import ClosingTerms
from salesflow.deal.committee import CommitteeMember
from salesflow.deal.follow_up import FollowUp
from salesflow.deal.line_items import LineItem
from salesflow.deal.meetings import Meeting
from salesflow.deal.needs import Need
from salesflow.deal.objections import Objection
from salesflow.deal.presentation import PresentedNeed
from salesflow.deal.qualification import Qualification
from salesflow.deal.signals import ClosingSignal
from salesflow.deal.tasks import Task
from salesflow.errors import UnknownName, WrongType
from salesflow.values.decimals import is_optional_probability
from salesflow.values.moments import is_optional_day
from salesflow.values.money import Money
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_line, is_optional_line
from salesflow.worked import STAGE_FIELDS, Worked

__all__ = ["ENGINE_FIELDS", "Deal", "ForecastCategory", "Hold", "Loss"]


class ForecastCategory(StrEnum):
    """What the seller says of an open deal's chance, apart from its stage."""

    PIPELINE = "pipeline"
    BEST_CASE = "best case"
    MOST_LIKELY = "most likely"
    COMMIT = "commit"
    OMITTED = "omitted"


@attrs.frozen(kw_only=True)
class Loss:
    """Why a deal was lost.

    Attributes:
        reason: the key of one of the reasons that the process owns; ``None`` where a deal was adopted without one.
        note: what else there is to say.
        competitor: who won it instead, where known.
    """

    reason: str | None
    note: str = attrs.field(default="", metadata=personal())
    competitor: str | None = None


@attrs.frozen(kw_only=True)
class Hold:
    """A deal that waits.

    Attributes:
        since: when it was put on hold.
        reason: why.
        until: the day on which it should be looked at again.
    """

    since: datetime
    reason: str = attrs.field(metadata=personal(ERASED))
    until: date | None = None


def _forecast_category(value: ForecastCategory | str | None) -> ForecastCategory | None:
    if value is None:
        return None
    try:
        return ForecastCategory(value)
    except ValueError:
        raise UnknownName("forecast category", value, ForecastCategory) from None


def _is_amount(_instance: object, attribute: attrs.Attribute[Money | None], value: object) -> None:
    if value is not None and not isinstance(value, Money):
        raise WrongType(
            "an amount is Money, or None where it is not known",
            field=attribute.name,
            value=value,
            way_out="give Money('48000', 'EUR')",
        )


@attrs.frozen(kw_only=True)
class Deal(Worked):
    """A confirmed possibility of a sale.

    Attributes:
        name: what the deal is called, a line.
        organization_id: who would buy, by id.
        contact_id: the person we talk to, by id.
        lead_id: the lead that it came from, by id.
        owner: who is responsible for it.
        team: the team that works it.
        source: where it came from ("fair", "referral").
        amount: its money value; ``None`` is not known, which is not zero.
        expected_close: the day on which it is expected to close.
        forecast_category: what the seller says of its chance.
        probability: the chance set by hand, a fraction; it counts before every other where it is set, 0 included.
        predicted_probability: the chance that a model gave it, a fraction; kept apart from the one set by hand.
        process, process_version: the process that it runs under.
        stage: the key of the stage that it is in.
        outcome: open, won or lost.
        opened_at: when it was opened, or adopted.
        entered_at: when it entered its stage.
        closed_at: when it was won or lost.
        closed_from: the stage that it was won or lost from, where a reopened deal returns to.
        win_reason: why it was won, where it was said.
        loss: why it was lost.
        hold: why it waits.
        answers: what was answered to the questions of a qualification framework.
        qualification, needs, briefing, meetings, presentation, objections, signals, terms, committee, line_items,
        follow_up, tasks: the records kept on the way; each has a desk in the sale.
    """

    name: str = attrs.field(validator=is_line(personal=True), metadata=personal(ERASED))
    organization_id: str | None = attrs.field(default=None, validator=is_optional_line())
    contact_id: str | None = attrs.field(default=None, validator=is_optional_line())
    lead_id: str | None = attrs.field(default=None, validator=is_optional_line())
    owner: str | None = attrs.field(default=None, validator=is_optional_line())
    team: str | None = attrs.field(default=None, validator=is_optional_line())
    source: str | None = attrs.field(default=None, validator=is_optional_line())
    amount: Money | None = attrs.field(default=None, validator=_is_amount)
    expected_close: date | None = attrs.field(default=None, validator=is_optional_day())
    forecast_category: ForecastCategory | None = attrs.field(default=None, converter=_forecast_category)
    probability: Decimal | None = attrs.field(default=None, validator=is_optional_probability())
    predicted_probability: Decimal | None = attrs.field(default=None, validator=is_optional_probability())

    win_reason: str | None = None
    loss: Loss | None = None
    hold: Hold | None = None

    qualification: Qualification | None = None
    needs: tuple[Need, ...] = ()
    briefing: Briefing | None = None
    meetings: tuple[Meeting, ...] = ()
    presentation: tuple[PresentedNeed, ...] = ()
    objections: tuple[Objection, ...] = ()
    signals: tuple[ClosingSignal, ...] = ()
    terms: tuple[ClosingTerms, ...] = ()
    committee: tuple[CommitteeMember, ...] = ()
    line_items: tuple[LineItem, ...] = ()
    follow_up: FollowUp | None = None
    tasks: tuple[Task, ...] = ()

    @property
    def is_on_hold(self) -> bool:
        """Whether it waits."""
        return self.hold is not None

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        """The objections that still have to be settled."""
        return tuple(objection for objection in self.objections if objection.is_open)

    @property
    def current_terms(self) -> ClosingTerms | None:
        """The latest revision of the closing terms."""
        return self.terms[-1] if self.terms else None

    def age(self, at: datetime) -> timedelta | None:
        """How long it has been in its stage at this moment, or ``None`` for a draft."""
        return None if self.entered_at is None else at - self.entered_at


RECORD_FIELDS = frozenset(
    {
        "answers",
        "qualification",
        "needs",
        "briefing",
        "meetings",
        "presentation",
        "objections",
        "signals",
        "terms",
        "committee",
        "line_items",
        "follow_up",
        "tasks",
    }
)
"""The records that have a desk."""

ENGINE_FIELDS = STAGE_FIELDS | {"id", "version", "changed_at", "win_reason", "loss", "hold"}
"""The fields that only the engine writes."""
