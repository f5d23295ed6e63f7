"""The process of leads, on the same engine as that of deals: extended by subclassing, explained and drawn the same way.

::

    class OurLeads(LeadProcess, without=("nurturing", "nurture")):
        called = Called(after="working")
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Never, TypeVar, cast, overload

import attrs

from salesflow.errors import InvalidValue
from salesflow.event import Event
from salesflow.leads.lead_stage import LeadStage
from salesflow.leads.lead_stages import Converted, Disqualified, New, Nurturing, Qualified, Recycled, Working
from salesflow.outcome import Outcome
from salesflow.people.fields import PEOPLE_ENGINE_FIELDS, check_not_merged
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Disqualification, Lead, LeadCaptured
from salesflow.people.lead_moves import LeadAdopted, LeadProcessMigrated
from salesflow.process import drafts
from salesflow.process.engine import Process
from salesflow.process.move import Move
from salesflow.process.position import Position
from salesflow.process.reasons import LossReason
from salesflow.values.moments import moment
from salesflow.worked import STAGE_FIELDS

if TYPE_CHECKING:
    from typing import Unpack

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.leads.lead_fields import LeadFields
    from salesflow.leads.lead_work import LeadWork
    from salesflow.process.policy import Policy
    from salesflow.work import Work

    L = DefaultedTypeVar("L", bound=Lead, default=Lead)
else:
    L = TypeVar("L", bound=Lead)

__all__ = ["STANDARD_DISQUALIFICATION_REASONS", "LeadProcess"]

STANDARD_DISQUALIFICATION_REASONS = (
    LossReason("no_need", "No need that we can meet"),
    LossReason("no_budget", "No budget"),
    LossReason("no_authority", "Cannot decide, and does not lead to who can"),
    LossReason("unreachable", "Cannot be reached"),
    LossReason("not_a_fit", "Not the kind of customer that we serve"),
    LossReason("duplicate", "Known already"),
    LossReason("spam", "Not a person, or not meant"),
    LossReason("other", "Other", needs_note=True),
)
"""The reasons for which leads are disqualified where a process names no others; our own choice."""


class LeadProcess(Process[L]):
    """The stages of a lead's life and the allowed moves. Subclass it to change them.

    A lead is new, then worked, perhaps nurtured, until it is qualified and converted, or disqualified with a reason.
    Whatever came back is recycled.

    Class attributes:
        key: what leads keep of it; made of the name of the class where it is not given.
        version: raise it when leads under way could not go on as they are.
        title: what it is called on a screen.
        loss_reasons: the reasons for which leads are disqualified.
        migrations: from which other processes and versions it takes leads over.

    Class keywords:
        without: keys of inherited stages and moves that it shall not have.

    Args:
        policy: says who may record what; everybody may do everything where there is none.

    Raises:
        ProcessDefinitionError: when the class is defined, with every fault that was found.

    Example::

        work = LeadProcess().capture(id="L-1", name="Noa Levi", source="fair", owner="dan", by="dan", at=now)
        work.start()
        work.qualifying.answer(NeedAndMeans.need, "one place for all orders")
        storage.commit(work.changes)
    """

    key = "lead"
    title = "Leads"
    loss_reasons: ClassVar[tuple[LossReason, ...]] = STANDARD_DISQUALIFICATION_REASONS

    _kind = "lead"
    _unit = "lead work"
    _works_on = Lead
    _forward = ("start", "qualify", "convert")

    new: ClassVar[LeadStage[Never]] = New()
    working: ClassVar[LeadStage[Never]] = Working()
    nurturing: ClassVar[LeadStage[Never]] = Nurturing()
    recycled: ClassVar[LeadStage[Never]] = Recycled()
    qualified: ClassVar[LeadStage[Never]] = Qualified()
    converted: ClassVar[LeadStage[Never]] = Converted()
    disqualified: ClassVar[LeadStage[Never]] = Disqualified()

    start: ClassVar[Move[Lead]] = Move(source=("new", "nurturing", "recycled"), target="working", title="Start working")
    nurture: ClassVar[Move[Lead]] = Move(
        source=("new", "working", "recycled", "qualified"),
        target="nurturing",
        title="Nurture",
        needs_reason=True,
        leaves_unfinished=True,
    )
    qualify: ClassVar[Move[Lead]] = Move(source=("working", "nurturing"), target="qualified", title="Qualify")
    convert: ClassVar[Move[Lead]] = Move(source="qualified", target="converted", title="Convert")
    disqualify: ClassVar[Move[Lead]] = Move(
        source=("new", "working", "nurturing", "recycled", "qualified"),
        target="disqualified",
        title="Disqualify",
        leaves_unfinished=True,
    )
    recycle: ClassVar[Move[Lead]] = Move(
        source=("working", "nurturing", "qualified", "disqualified"),
        target="recycled",
        title="Recycle",
        needs_reason=True,
        leaves_unfinished=True,
    )

    def __init__(self, *, policy: Policy[Lead] | None = None) -> None:
        super().__init__(policy=policy)

    @property
    def policy(self) -> Policy[Lead] | None:
        """What says who may record what."""
        return cast("Policy[Lead] | None", self._policy)

    @property
    def lead_type(self) -> type[L]:
        """The class of the leads that it works on."""
        return self._entity_type

    @property
    def stages(self) -> tuple[LeadStage[L], ...]:
        """Its stages, in order; those that are converted and disqualified come last."""
        return cast("tuple[LeadStage[L], ...]", super().stages)

    def stage(self, key: str) -> LeadStage[L]:
        """The stage with this key.

        Raises:
            UnknownName: there is none.
        """
        return cast("LeadStage[L]", super().stage(key))

    # Where work on a lead begins ----------------------------------------------------------------------------------

    @overload
    def capture(self, /, *, id: str, by: str, at: datetime, **fields: Unpack[LeadFields]) -> LeadWork[L]: ...
    @overload
    def capture(self, draft: L, /, *, by: str, at: datetime) -> LeadWork[L]: ...
    def capture(self, draft: L | None = None, /, *, by: str, at: datetime, **fields: object) -> LeadWork[L]:
        """Take up a new lead at the first stage.

        Args:
            draft: the lead as it is known, for fields of your own; or its plain fields as keywords.
            id: unique among leads; 1 to 200 characters.
            **fields: what is known of them; a name, organization, e-mail address or phone number at least.
            by: who takes them up.
            at: when; aware.

        Raises:
            EngineOwned: a field that only the engine, or a desk, writes.
            UnknownName: there is no such field.
            InvalidValue: a value breaks the rule of its field, or there is nothing to know them by.
            MoveRefused: an entry requirement of the first stage is not met.

        Example::

            work = process.capture(id="L-1", name="Noa Levi", source="fair", by="dan", at=now)
        """
        first = self.stages[0]
        lead = drafts.drafted(self.lead_type, draft, fields, owned=LEAD_ENGINE_FIELDS)
        lead = drafts.placed(lead, self, first, since=moment(at, field="at"))
        self._check_entry(lead, first, tried="capture")
        work = self._lead_work(by=by, at=at)
        work._create(LeadCaptured(at=at, by=by, lead=lead), first)
        return work

    @overload
    def adopt(
        self,
        /,
        *,
        stage: str | LeadStage[Never],
        origin: str,
        since: datetime,
        by: str,
        at: datetime,
        reason: str | None = None,
        note: str = "",
        id: str,
        **fields: Unpack[LeadFields],
    ) -> LeadWork[L]: ...
    @overload
    def adopt(
        self,
        draft: L,
        /,
        *,
        stage: str | LeadStage[Never],
        origin: str,
        since: datetime,
        by: str,
        at: datetime,
        reason: str | None = None,
        note: str = "",
    ) -> LeadWork[L]: ...
    def adopt(
        self,
        draft: L | None = None,
        /,
        *,
        stage: str | LeadStage[Never],
        origin: str,
        since: datetime,
        by: str,
        at: datetime,
        reason: str | None = None,
        note: str = "",
        **fields: object,
    ) -> LeadWork[L]:
        """Take over a lead that was worked elsewhere, in the stage that it has reached there.

        Args:
            draft: the lead, with what was answered and what became of it; or its plain fields as keywords.
            stage: the stage that it has reached, which may be a closed one.
            origin: where it comes from ("the old CRM"), a line.
            since: when it entered that stage there; aware, not after ``at``.
            reason: why it was disqualified, where it was.
            note: what else there is to say of that.
            by: who takes it over.
            at: when it is taken over; aware.

        Raises:
            UnknownName: there is no such stage, reason or field.
            InvalidValue: a value breaks the rule of its field.
        """
        reached = self.stage(self._stage_of(stage).key)
        known = drafts.drafted(
            self.lead_type, draft, fields, owned=PEOPLE_ENGINE_FIELDS | STAGE_FIELDS | {"disqualification"}
        )
        drafts.check_order(None, since, moment(at, field="at"), kind="lead")
        if reached.outcome is Outcome.LOST:
            if reason is not None:
                self.loss_reason(reason)
            known = attrs.evolve(known, disqualification=Disqualification(reason=reason, note=note))
        elif reason is not None or note:
            raise InvalidValue(
                "a reason says why a lead was disqualified",
                field="reason",
                way_out="leave it out for a lead that was not",
            )
        lead = drafts.placed(known, self, reached, since=since)
        work = self._lead_work(by=by, at=at)
        lacking = self._lacking(lead, reached)
        work._create(LeadAdopted(at=at, by=by, lead=lead, origin=origin, since=since, lacking=lacking), None)
        return work

    def work_on(self, lead: L, /, *, by: str, at: datetime) -> LeadWork[L]:
        """Begin a unit of work on a lead: one actor, one moment.

        Args:
            lead: the lead as it is stored.
            by: who works.
            at: when; aware, and not before the last event of the lead.

        Raises:
            WrongType: the lead is not of the class that the process works on.
            ProcessMismatch: it runs under another process or version, and no migration is declared.
            OutOfOrder: ``at`` lies before its last event.
            NotNow: it was merged into another lead; the error says into which.
        """
        self._check_workable(lead)
        check_not_merged(lead, tried="work on it")
        work = self._lead_work(by=by, at=at, lead=lead)
        self._take_over(work, lead)
        return work

    def _lead_work(self, *, by: str, at: datetime, lead: L | None = None) -> LeadWork[L]:
        from salesflow.leads.lead_work import LeadWork

        return LeadWork(self, lead, by=by, at=at)

    def _migrated(self, work: Work[L], entity: L, target: Position[L]) -> Event[L]:
        return LeadProcessMigrated(
            at=work.at,
            by=work.by,
            from_process=entity.process,
            from_version=entity.process_version,
            to_process=self.key,
            to_version=self.version,
            source=entity.stage,
            target=target.key,
            outcome=target.outcome,
        )
