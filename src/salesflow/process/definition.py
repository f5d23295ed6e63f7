"""The process of deals: ordered stages and the allowed moves, defined by subclassing.

::

    class SaaSProcess(StandardProcess[SaaSDeal], without=("preparation",)):
        security_review = SecurityReview(after="presentation")    # inserted
        presentation = ProductTour()                              # replaced
        fast_track = Move(source="approach", target="closing", requires=(existing_customer,))

What stands in the body of the class is collected, checked and put into a machine when the class is defined. An
instance adds what differs between hosts, the policy, and is where work on a deal begins.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast, overload

import attrs

from salesflow.deal.deal import ENGINE_FIELDS, RECORD_FIELDS, Deal, Loss
from salesflow.deal.event import DealAdopted, DealOpened, ProcessMigrated
from salesflow.errors import InvalidValue
from salesflow.event import Event
from salesflow.outcome import Outcome
from salesflow.process import checks, drafts
from salesflow.process.engine import Process
from salesflow.process.layout import Layout
from salesflow.process.move import BUILT_IN_MOVES
from salesflow.process.position import Position
from salesflow.process.reasons import STANDARD_LOSS_REASONS, LossReason
from salesflow.process.requirement import Requirement
from salesflow.process.stage import Stage
from salesflow.values.moments import moment

if TYPE_CHECKING:
    from typing import Never, Unpack

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.closing_terms import ApprovalRule
    from salesflow.deal.fields import OpeningFields
    from salesflow.process.policy import Policy
    from salesflow.sale import Sale
    from salesflow.work import Work

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
else:
    D = TypeVar("D", bound=Deal)

__all__ = ["Probability", "SalesProcess"]


def _not_on_hold(deal: Deal) -> bool:
    return deal.hold is None


_NOT_ON_HOLD = Requirement(
    name="not_on_hold", text="the deal is not on hold", test=_not_on_hold, hint="Resume it first."
)


@attrs.frozen
class Probability:
    """The chance of winning a deal, and where the figure comes from.

    Attributes:
        value: a fraction, or ``None`` where nobody knows.
        source: "outcome", "by hand", "predicted", "stage" or "unknown".
    """

    value: Decimal | None
    source: str


class SalesProcess(Process[D]):
    """The ordered stages and the allowed moves of deals. Subclass it, or the ``StandardProcess``, and make an instance.

    Class attributes:
        key: what deals keep of it; made of the name of the class where it is not given. Give it: classes get renamed.
        version: raise it when deals under way could not go on as they are.
        title: what it is called on a screen.
        loss_reasons: the reasons for which deals are lost.
        approval_rules: when closing terms need somebody's approval.
        migrations: from which other processes and versions it takes deals over.

    Class keywords:
        without: keys of inherited stages and moves, and of built-in moves, that it shall not have.

    Args:
        policy: says who may record what; everybody may do everything where there is none.

    Raises:
        ProcessDefinitionError: when the class is defined, with every fault that was found.
    """

    loss_reasons: ClassVar[tuple[LossReason, ...]] = STANDARD_LOSS_REASONS
    approval_rules: ClassVar[tuple[ApprovalRule, ...]] = ()

    _kind = "deal"
    _unit = "sale"
    _works_on = Deal
    _built_in = BUILT_IN_MOVES
    _forward = ("advance", "win")
    _always = (_NOT_ON_HOLD,)

    @classmethod
    def _faults_of(cls, layout: Layout, body: Mapping[str, object]) -> Iterator[str]:  # pragma: no mutate block
        yield from super()._faults_of(layout, body)
        yield from checks.approval_faults(cls.approval_rules)

    def __init__(self, *, policy: Policy | None = None) -> None:
        super().__init__(policy=policy)

    # What it consists of ------------------------------------------------------------------------------------------

    @property
    def policy(self) -> Policy | None:
        """What says who may record what."""
        return cast("Policy | None", self._policy)

    @property
    def deal_type(self) -> type[D]:
        """The class of the deals that it works on."""
        return self._entity_type

    @property
    def stages(self) -> tuple[Stage[D], ...]:
        """Its stages, in order; those that are won and lost come last."""
        return cast("tuple[Stage[D], ...]", super().stages)

    def stage(self, key: str) -> Stage[D]:
        """The stage with this key.

        Raises:
            UnknownName: there is none.
        """
        return cast("Stage[D]", super().stage(key))

    def probability(self, deal: D) -> Probability:
        """The chance of winning a deal, and which figure it is.

        A closed deal has its outcome. For an open one the figure set by hand counts before the predicted one, and
        that before the one of its stage; an explicit 0 is a figure. The order is our own choice; override it.
        """
        if deal.outcome is not Outcome.OPEN:
            return Probability(Decimal(deal.outcome is Outcome.WON), "outcome")
        if deal.probability is not None:
            return Probability(deal.probability, "by hand")
        if deal.predicted_probability is not None:
            return Probability(deal.predicted_probability, "predicted")
        by_stage = self.stage(deal.stage).probability
        return Probability(by_stage, "unknown" if by_stage is None else "stage")

    # Where work on a deal begins ----------------------------------------------------------------------------------

    @overload
    def open(self, /, *, id: str, name: str, by: str, at: datetime, **fields: Unpack[OpeningFields]) -> Sale[D]: ...
    @overload
    def open(self, draft: D, /, *, by: str, at: datetime) -> Sale[D]: ...
    def open(self, draft: D | None = None, /, *, by: str, at: datetime, **fields: object) -> Sale[D]:
        """Open a deal at the first stage.

        Args:
            draft: the deal as it shall be opened, for fields of your own: ``SaaSDeal(id="D-1", name=..., seats=3)``.
            id: unique among deals; 1 to 200 characters. With ``name`` and other fields, instead of a draft.
            name: what the deal is called, a line.
            **fields: other plain fields of the deal.
            by: who opens it.
            at: when; aware.

        Returns:
            The unit of work that the deal was opened in.

        Raises:
            EngineOwned: a field that only the engine, or a desk, writes.
            UnknownName: there is no such field.
            InvalidValue: a value breaks the rule of its field.
            MoveRefused: an entry requirement of the first stage is not met.

        Example::

            sale = process.open(id="D-1", name="Order desk", amount=Money("48000", "EUR"), by="noa", at=now)
        """
        first = self.stages[0]
        deal = drafts.drafted(self.deal_type, draft, fields, owned=ENGINE_FIELDS | RECORD_FIELDS)
        deal = drafts.placed(deal, self, first, since=moment(at, field="at"))
        self._check_entry(deal, first, tried="open")
        sale = self._sale(by=by, at=at)
        sale._create(DealOpened(at=at, by=by, deal=deal), first)
        return sale

    @overload
    def adopt(
        self,
        /,
        *,
        stage: str | Stage[Never],
        origin: str,
        since: datetime,
        opened_at: datetime | None = None,
        by: str,
        at: datetime,
        reason: str | None = None,
        note: str = "",
        id: str,
        name: str,
        **fields: Unpack[OpeningFields],
    ) -> Sale[D]: ...
    @overload
    def adopt(
        self,
        draft: D,
        /,
        *,
        stage: str | Stage[Never],
        origin: str,
        since: datetime,
        opened_at: datetime | None = None,
        by: str,
        at: datetime,
        reason: str | None = None,
        note: str = "",
    ) -> Sale[D]: ...
    def adopt(
        self,
        draft: D | None = None,
        /,
        *,
        stage: str | Stage[Never],
        origin: str,
        since: datetime,
        opened_at: datetime | None = None,
        by: str,
        at: datetime,
        reason: str | None = None,
        note: str = "",
        **fields: object,
    ) -> Sale[D]:
        """Take over a deal that was worked elsewhere, in the stage that it has reached there.

        It does not pretend that the deal walked here: its first event says from where and since when, and what the
        process would have asked of it on the way.

        Args:
            draft: the deal, with the records that are known of it; or its plain fields as keywords.
            stage: the stage that it has reached, which may be a closed one.
            origin: where it comes from ("the old CRM"), a line.
            since: when it entered that stage there; aware, not after ``at``.
            opened_at: when it was opened there, where that is known; ``since`` otherwise.
            reason: why it was lost (the key of a loss reason) or won, where it is closed.
            note: what else there is to say.
            by: who takes it over.
            at: when it is taken over; aware.

        Raises:
            UnknownName: there is no such stage, reason or field.
            InvalidValue: a value breaks the rule of its field.
        """
        reached = self.stage(self._stage_of(stage).key)
        known = drafts.drafted(self.deal_type, draft, fields, owned=ENGINE_FIELDS)
        drafts.check_order(opened_at, since, moment(at, field="at"))
        if reached.outcome is Outcome.LOST and reason is not None:
            self.loss_reason(reason)
        if reached.outcome is Outcome.OPEN and reason is not None:
            raise InvalidValue(
                "a reason says why a deal was won or lost",
                field="reason",
                value=reason,
                way_out="leave it out for an open deal, or say it in the note",
            )
        deal = drafts.placed(
            known,
            self,
            reached,
            since=since,
            opened_at=opened_at,
            win_reason=reason if reached.outcome is Outcome.WON else None,
            loss=Loss(reason=reason, note=note) if reached.outcome is Outcome.LOST else None,
        )
        sale = self._sale(by=by, at=at)
        lacking = self._lacking(deal, reached)
        event = DealAdopted(at=at, by=by, deal=deal, origin=origin, since=since, lacking=lacking, note=note)
        sale._create(event, None)
        return sale

    def work_on(self, deal: D, /, *, by: str, at: datetime) -> Sale[D]:
        """Begin a unit of work on a deal: one actor, one moment.

        A deal of an earlier version, or of another process, is taken over if a migration is declared for it; that
        is the first event of the sale then.

        Args:
            deal: the deal as it is stored.
            by: who works.
            at: when; aware, and not before the last event of the deal.

        Raises:
            WrongType: the deal is not of the class that the process works on.
            ProcessMismatch: it runs under another process or version, and no migration is declared.
            OutOfOrder: ``at`` lies before its last event.
        """
        self._check_workable(deal)
        sale = self._sale(by=by, at=at, deal=deal)
        self._take_over(sale, deal)
        return sale

    def _sale(self, *, by: str, at: datetime, deal: D | None = None) -> Sale[D]:
        return _sale_type()(self, deal, by=by, at=at)  # type: ignore[arg-type, return-value]  # a cache has no type variables

    def _migrated(self, work: Work[D], entity: D, target: Position[D]) -> Event[D]:
        return ProcessMigrated(
            at=work.at,
            by=work.by,
            from_process=entity.process,
            from_version=entity.process_version,
            to_process=self.key,
            to_version=self.version,
            source=entity.stage,
            target=target.key,
            entered_at=entity.entered_at,
            outcome=target.outcome,
        )


@functools.cache
def _sale_type() -> type[Sale[Deal]]:
    """The class of sales; it stands to the right of this module and is imported when the first deal is worked on."""
    from salesflow.sale import Sale

    return Sale
