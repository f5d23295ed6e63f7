"""A process: ordered stages and the allowed moves, defined by subclassing.

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
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast, get_args, overload

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.event import DealAdopted, DealOpened, ProcessMigrated
from salesflow.deal.outcome import Outcome
from salesflow.errors import (
    InvalidValue,
    MoveRefused,
    NotNow,
    ProcessDefinitionError,
    ProcessMismatch,
    UnknownName,
    WrongType,
)
from salesflow.process import _machine, checks, drafts
from salesflow.process.layout import Layout, lay_out, routes
from salesflow.process.migration import Migration
from salesflow.process.move import Move, Route
from salesflow.process.reasons import STANDARD_LOSS_REASONS, LossReason
from salesflow.process.requirement import RequirementKind, Unmet
from salesflow.process.stage import Stage, declared_for
from salesflow.values.moments import moment

if TYPE_CHECKING:
    from typing import Never, Unpack

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.closing_terms import ApprovalRule
    from salesflow.deal.fields import OpeningFields
    from salesflow.process.policy import Policy
    from salesflow.sale import Sale

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
else:
    D = TypeVar("D", bound=Deal)

__all__ = ["Probability", "SalesProcess"]


@attrs.frozen
class Probability:
    """The chance of winning a deal, and where the figure comes from.

    Attributes:
        value: a fraction, or ``None`` where nobody knows.
        source: "outcome", "by hand", "predicted", "stage" or "unknown".
    """

    value: Decimal | None
    source: str


class SalesProcess(Generic[D]):
    """The ordered stages and the allowed moves. Subclass it, or the ``StandardProcess``, and make an instance.

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

    key: ClassVar[str] = ""
    version: ClassVar[int] = 1
    title: ClassVar[str] = ""
    loss_reasons: ClassVar[tuple[LossReason, ...]] = STANDARD_LOSS_REASONS
    approval_rules: ClassVar[tuple[ApprovalRule, ...]] = ()
    migrations: ClassVar[tuple[Migration, ...]] = ()

    _layout: ClassVar[Layout] = Layout()
    _routes: ClassVar[tuple[Route[Never], ...]] = ()
    _ways: ClassVar[Mapping[tuple[str, str], tuple[Route[Never], ...]]] = {}
    _machine: ClassVar[_machine.SalesMachine]
    _reasons: ClassVar[Mapping[str, LossReason]] = {}
    _deal_type: ClassVar[type[Deal]] = Deal

    def __init_subclass__(cls, *, without: tuple[str, ...] = (), **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        body = {name: value for name, value in vars(cls).items() if not name.startswith("__")}
        if not body.get("key"):
            cls.key = _key_of(cls.__name__)
        cls._deal_type = declared_for(cls, SalesProcess) or Deal
        inherited = next((base._layout for base in cls.__mro__[1:] if issubclass(base, SalesProcess)), Layout())
        layout, faults = lay_out(inherited, body, without)
        faults += checks.base_faults([base for base in cls.__bases__ if issubclass(base, SalesProcess)])
        named = [name for name, value in body.items() if isinstance(value, Stage | Move)]
        faults += checks.key_faults(named, lambda name: hasattr(SalesProcess, name))
        faults += checks.stage_faults(list(layout.stages.values()), cls._deal_type) if layout.stages or faults else ()
        faults += checks.move_faults(layout.moves, layout.stages)
        faults += checks.reason_faults(cls.loss_reasons)
        faults += checks.attribute_faults(
            cls.key, cls.version, cls.title, cls.approval_rules, cls.migrations, layout.stages
        )
        ways = () if faults else tuple(routes(layout))
        if not faults:
            faults += checks.route_faults(list(layout.stages.values()), ways)
        if faults:
            raise ProcessDefinitionError(cls.__name__, faults)
        cls._layout = layout
        cls._routes = ways
        cls._ways = {
            way: tuple(route for route in ways if (route.move, route.source) == way)
            for way in {(route.move, route.source): None for route in ways}
        }
        cls._reasons = MappingProxyType({reason.key: reason for reason in cls.loss_reasons})
        if layout.stages:
            cls._machine = _machine.build(cls.key, list(layout.stages.values()), ways)

    def __init__(self, *, policy: Policy | None = None) -> None:
        if not self._layout.stages:
            raise ProcessDefinitionError(type(self).__name__, ["it has no stages; define them in its body"])
        self.policy = policy

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key} {self.version}: {' > '.join(self._layout.stages)}>"

    # What it consists of ------------------------------------------------------------------------------------------

    @property
    def deal_type(self) -> type[D]:
        """The class of the deals that it works on."""
        made_of = getattr(self, "__orig_class__", None)
        own = get_args(made_of)[0] if made_of is not None else self._deal_type
        return cast("type[D]", own)

    @property
    def stages(self) -> tuple[Stage[D], ...]:
        """Its stages, in order; those that are won and lost come last."""
        return tuple(cast("Mapping[str, Stage[D]]", self._layout.stages).values())

    @property
    def routes(self) -> tuple[Route[D], ...]:
        """Every way that every move can take, with what must hold on it."""
        return cast("tuple[Route[D], ...]", self._routes)

    def stage(self, key: str) -> Stage[D]:
        """The stage with this key.

        Raises:
            UnknownName: there is none.
        """
        stages = cast("Mapping[str, Stage[D]]", self._layout.stages)
        if key not in stages:
            raise UnknownName("stage", key, stages, where=f"process {self.key}")
        return stages[key]

    def loss_reason(self, key: str) -> LossReason:
        """The loss reason with this key.

        Raises:
            UnknownName: there is none.
        """
        if key not in self._reasons:
            raise UnknownName("loss reason", key, self._reasons, where=f"process {self.key}")
        return self._reasons[key]

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

    def guide(self) -> str:
        """The playbook of the process as Markdown: for each stage its purpose, what must hold, what to do."""
        from salesflow.process.guide import guide

        return guide(self)

    def diagram(self) -> str:
        """The process drawn, as Mermaid text."""
        from salesflow.process.diagram import mermaid

        return mermaid(self)

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
        deal = drafts.drafted(self.deal_type, draft, fields, records_allowed=False)
        deal = drafts.placed(deal, self, first, at=moment(at, field="at"))
        unmet = _unmet(first, RequirementKind.ENTRY, deal)
        if unmet:
            raise MoveRefused(deal_id=deal.id, move="open", source="nothing", target=first.key, unmet=unmet)
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
        reached = self._stage_of(stage)
        known = drafts.drafted(self.deal_type, draft, fields, records_allowed=True)
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
        deal = drafts.placed(known, self, reached, at=at, since=since, opened_at=opened_at, reason=reason, note=note)
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
        if not isinstance(deal, self.deal_type):
            raise WrongType(
                f"process {self.key} works on {self.deal_type.__name__}",
                field="deal",
                value=type(deal).__name__,
                way_out="read it from the storage with that class, or use the process that it was opened under",
            )
        if deal.version == 0:
            raise NotNow(
                deal_id=deal.id,
                tried="work on the deal",
                because="it is a draft",
                way_out="open or adopt it first",
            )
        sale = self._sale(by=by, at=at, deal=deal)
        if deal.process != self.key or deal.process_version != self.version:
            self._migrate(sale, deal)
        elif deal.stage not in self._layout.stages:
            self.stage(deal.stage)  # says so
        return sale

    def _sale(self, *, by: str, at: datetime, deal: D | None = None) -> Sale[D]:
        return _sale_type()(self, deal, by=by, at=at)  # type: ignore[arg-type, return-value]  # a cache has no type variables

    def _migrate(self, sale: Sale[D], deal: D) -> None:
        for migration in self.migrations:
            if (migration.process, migration.version) == (deal.process, deal.process_version):
                target = self.stage(migration.stages.get(deal.stage, deal.stage))
                if target.outcome is not deal.outcome:
                    break
                event = ProcessMigrated(
                    at=sale.at,
                    by=sale.by,
                    from_process=deal.process,
                    from_version=deal.process_version,
                    to_process=self.key,
                    to_version=self.version,
                    source=deal.stage,
                    target=target.key,
                    entered_at=deal.entered_at,
                    outcome=target.outcome,
                )
                sale._append(event)
                return
        raise ProcessMismatch(
            deal_id=deal.id,
            runs_under=f"{deal.process} {deal.process_version}",
            process=f"{self.key} {self.version}",
            way_out="use that process, or declare a Migration to a stage of the same outcome in the migrations of this one",
        )

    def _stage_of(self, stage: str | Stage[Never]) -> Stage[D]:
        """The stage of this process that is meant by a key or by a stage, of it or of a process that it extends."""
        if not isinstance(stage, str | Stage):
            raise WrongType(
                "a stage is meant by itself or by its key",
                field="stage",
                value=stage,
                way_out=f"give one of {', '.join(self._layout.stages)}",
            )
        return self.stage(stage if isinstance(stage, str) else stage.key)

    def _lacking(self, deal: D, reached: Stage[D]) -> tuple[str, ...]:
        """What the process would have asked of a deal on its way to a stage, as ``stage.requirement``."""
        lacking: list[Unmet] = []
        for stage in self.stages:
            if stage.outcome is Outcome.OPEN and reached.outcome is Outcome.LOST:
                continue
            lacking += (
                _unmet(stage, RequirementKind.ENTRY, deal) if stage.outcome in (Outcome.OPEN, reached.outcome) else ()
            )
            if stage is reached:
                break
            lacking += _unmet(stage, RequirementKind.EXIT, deal) if stage.is_open else ()
        return tuple(f"{unmet.stage}.{unmet.requirement}" for unmet in lacking)


@functools.cache
def _sale_type() -> type[Sale[Deal]]:
    """The class of sales; it stands to the right of this module and is imported when the first deal is worked on."""
    from salesflow.sale import Sale

    return Sale


def _unmet(stage: Stage[D], kind: RequirementKind, deal: D) -> list[Unmet]:
    found = (requirement.unmet(deal) for requirement in stage.requirements(kind))
    return [unmet for unmet in found if unmet is not None]


def _key_of(name: str) -> str:
    """The key of a process class: ``SaaSProcess`` gives ``saas``."""
    words = re.sub(r"(?<=[a-zA-Z0-9])(?=[A-Z][a-z])", "_", name.removesuffix("Process") or name)
    return words.lower()
