"""A process, whatever it works on: ordered stages and the allowed moves, defined by subclassing.

What stands in the body of the class is collected, checked and put into a machine when the class is defined. An
instance adds what differs between hosts, the policy. ``SalesProcess`` is the process of deals, ``LeadProcess`` the one
of leads; what makes them differ stands there, and nothing of it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast, get_args

from salesflow.errors import MoveRefused, NotNow, ProcessDefinitionError, ProcessMismatch, UnknownName, WrongType
from salesflow.outcome import Outcome
from salesflow.process import _machine, checks
from salesflow.process.layout import Layout, lay_out, routes
from salesflow.process.migration import Migration
from salesflow.process.move import Move, Route
from salesflow.process.position import Position, declared_for
from salesflow.process.reasons import LossReason
from salesflow.process.requirement import Requirement, RequirementKind, Unmet
from salesflow.worked import Worked

if TYPE_CHECKING:
    from typing import Never

    from salesflow.event import Event
    from salesflow.process.conformance import Activities, CaseEvent, Conformance
    from salesflow.work import Work

__all__ = ["Process", "asked_of"]

E = TypeVar("E", bound=Worked)


class Process(Generic[E]):
    """The ordered stages and the allowed moves; derive from ``SalesProcess`` or ``LeadProcess``.

    Class attributes:
        key: what is worked under it keeps of it; made of the name of the class where it is not given. Give it: classes
            get renamed.
        version: raise it when what is under way could not go on as it is.
        title: what it is called on a screen.
        loss_reasons: the reasons for which something is lost.
        migrations: from which other processes and versions it takes over.

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
    loss_reasons: ClassVar[tuple[LossReason, ...]] = ()
    migrations: ClassVar[tuple[Migration, ...]] = ()

    _kind: ClassVar[str] = "entity"
    """What it works on, in one word, for messages."""
    _unit: ClassVar[str] = "unit of work"
    """What the unit of work on it is called, for messages."""
    _works_on: ClassVar[type[Worked]] = Worked
    """The class of what it works on, where a subclass is declared for no other."""
    _built_in: ClassVar[tuple[str, ...]] = ()
    """The moves that follow from the order of the stages."""
    _forward: ClassVar[tuple[str, ...]] = ()
    """The moves that lead on; the first of them that a stage has is the one that is explained."""
    _always: ClassVar[tuple[Requirement[Never], ...]] = ()
    """What is asked on every way out of an open stage, but for losing."""

    _layout: ClassVar[Layout] = Layout()
    _routes: ClassVar[tuple[Route[Never], ...]] = ()
    _ways: ClassVar[Mapping[tuple[str, str], tuple[Route[Never], ...]]] = {}
    _machine: ClassVar[_machine.SalesMachine]
    _reasons: ClassVar[Mapping[str, LossReason]] = {}

    def __init_subclass__(cls, *, without: tuple[str, ...] = (), **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        body = {name: value for name, value in vars(cls).items() if not name.startswith("__")}
        if not body.get("key"):
            cls.key = _key_of(cls.__name__)
        declared = declared_for(cls, Process)
        if declared is not None and issubclass(declared, Worked):
            cls._works_on = declared
        inherited = next((base._layout for base in cls.__mro__[1:] if issubclass(base, Process)), Layout())
        layout, faults = lay_out(inherited, body, without, cls._built_in)
        faults += cls._faults_of(layout, body)
        ways = () if faults else tuple(routes(layout, cls._built_in, cls._always))
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

    @classmethod
    def _faults_of(cls, layout: Layout, body: Mapping[str, object]) -> Iterator[str]:
        """What is wrong with the definition, apart from the ways that its moves take."""
        yield from checks.base_faults([base for base in cls.__bases__ if issubclass(base, Process)])
        named = [name for name, value in body.items() if isinstance(value, Position | Move)]
        kind_of_process = next(base for base in cls.__mro__ if Process in base.__bases__)
        yield from checks.key_faults(named, kind_of_process)
        if layout.stages:
            yield from checks.stage_faults(list(layout.stages.values()), cls._works_on, cls._kind, cls._unit)
        yield from checks.move_faults(layout.moves, layout.stages, cls._kind)
        yield from checks.reason_faults(cls.loss_reasons)
        yield from checks.attribute_faults(cls.key, cls.version, cls.title, cls.migrations, layout.stages)

    def __init__(self, *, policy: object = None) -> None:
        if not self._layout.stages:
            raise ProcessDefinitionError(type(self).__name__, ["it has no stages; define them in its body"])
        self._policy = policy

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key} {self.version}: {' > '.join(self._layout.stages)}>"

    # What it consists of ------------------------------------------------------------------------------------------

    @property
    def stages(self) -> tuple[Position[E], ...]:
        """Its stages, in order; those that are won and lost come last."""
        return tuple(cast("Mapping[str, Position[E]]", self._layout.stages).values())

    @property
    def routes(self) -> tuple[Route[E], ...]:
        """Every way that every move can take, with what must hold on it."""
        return cast("tuple[Route[E], ...]", self._routes)

    def stage(self, key: str) -> Position[E]:
        """The stage with this key.

        Raises:
            UnknownName: there is none.
        """
        stages = cast("Mapping[str, Position[E]]", self._layout.stages)
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

    def guide(self) -> str:
        """The playbook of the process as Markdown: for each stage its purpose, what must hold, what to do."""
        from salesflow.process.guide import guide

        return guide(self)

    def diagram(self) -> str:
        """The process drawn, as Mermaid text."""
        from salesflow.process.diagram import mermaid

        return mermaid(self)

    def picture(self) -> str:
        """The process drawn, as an SVG picture; :func:`~salesflow.process.diagram.dot` is for Graphviz."""
        from salesflow.process.picture import svg

        return svg(self)

    def replay(
        self, events: Iterable[CaseEvent], /, *, activities: Activities | Mapping[str, str] | None = None
    ) -> Conformance:
        """Hold the log of another system against the process: which cases fit, and where the others deviate.

        Args:
            events: case, activity and moment of each, those of one case in the order of time; read once.
            activities: which activity enters which stage; where it is not given, the activities are keys of stages.

        Raises:
            UnknownName: an activity is neither mapped nor ignored, or is mapped to a stage that there is not.
            InvalidValue: the events of a case are not in the order of time.

        Example::

            found = process.replay(rows, activities={"Qualified": "preparation", "Demo": "presentation"})
            found.fitting, found.cases, next(found.deviating())
        """
        from salesflow.process.conformance import replayed_log

        return replayed_log(self, events, activities=activities)

    # Where work begins --------------------------------------------------------------------------------------------

    @property
    def _entity_type(self) -> type[E]:
        """The class of what it works on."""
        made_of = getattr(self, "__orig_class__", None)
        own = get_args(made_of)[0] if made_of is not None else self._works_on
        return cast("type[E]", own)

    def _check_entry(self, entity: E, first: Position[E], *, tried: str) -> None:
        """Refuse to begin with what the first stage does not let in."""
        unmet = asked_of(entity, first, RequirementKind.ENTRY)
        if unmet:
            raise MoveRefused(
                kind=self._kind, id=entity.id, move=tried, source="nothing", target=first.key, unmet=unmet
            )

    def _check_workable(self, entity: E) -> None:
        """Refuse what is of another class, and drafts."""
        if not isinstance(entity, self._entity_type):
            raise WrongType(
                f"process {self.key} works on {self._entity_type.__name__}",
                field=self._kind,
                value=type(entity).__name__,
                way_out="read it from the storage with that class, or use the process that it was opened under",
            )
        if entity.version == 0:
            raise NotNow(
                kind=self._kind,
                id=entity.id,
                tried=f"work on the {self._kind}",
                because="it is a draft",
                way_out="record its first event first",
            )

    def _take_over(self, work: Work[E], entity: E) -> None:
        """Record the migration of what runs under another process or version; refuse it where none is declared."""
        if entity.process == self.key and entity.process_version == self.version:
            if entity.stage not in self._layout.stages:
                self.stage(entity.stage)  # says so
            return
        for migration in self.migrations:
            if (migration.process, migration.version) == (entity.process, entity.process_version):
                target = self.stage(migration.stages.get(entity.stage, entity.stage))
                if target.outcome is not entity.outcome:
                    break
                work._append(self._migrated(work, entity, target))
                return
        raise ProcessMismatch(
            kind=self._kind,
            id=entity.id,
            runs_under=f"{entity.process} {entity.process_version}",
            process=f"{self.key} {self.version}",
            way_out="use that process, or declare a Migration to a stage of the same outcome in the migrations of this one",
        )

    def _migrated(self, work: Work[E], entity: E, target: Position[E]) -> Event[E]:
        """The event that says that it came under this process."""
        raise NotImplementedError

    def _stage_of(self, stage: str | Position[Never]) -> Position[E]:
        """The stage of this process that is meant by a key or by a stage, of it or of a process that it extends."""
        if not isinstance(stage, str | Position):
            raise WrongType(
                "a stage is meant by itself or by its key",
                field="stage",
                value=stage,
                way_out=f"give one of {', '.join(self._layout.stages)}",
            )
        return self.stage(stage if isinstance(stage, str) else stage.key)

    def _lacking(self, entity: E, reached: Position[E]) -> tuple[str, ...]:
        """What the process would have asked of it on its way to a stage, as ``stage.requirement``."""
        lacking: list[Unmet] = []
        for stage in self.stages:
            if stage.outcome is Outcome.OPEN and reached.outcome is Outcome.LOST:
                continue
            lacking += (
                asked_of(entity, stage, RequirementKind.ENTRY)
                if stage.outcome in (Outcome.OPEN, reached.outcome)
                else ()
            )
            if stage is reached:
                break
            lacking += asked_of(entity, stage, RequirementKind.EXIT) if stage.is_open else ()
        return tuple(f"{unmet.stage}.{unmet.requirement}" for unmet in lacking)


def asked_of(entity: E, stage: Position[E], kind: RequirementKind) -> list[Unmet]:
    """What a stage asks that does not hold."""
    found = (requirement.unmet(entity) for requirement in stage.requirements(kind))
    return [unmet for unmet in found if unmet is not None]


def _key_of(name: str) -> str:
    """The key of a process class: ``SaaSProcess`` gives ``saas``."""
    words = re.sub(r"(?<=[a-zA-Z0-9])(?=[A-Z][a-z])", "_", name.removesuffix("Process") or name)
    return words.lower()
