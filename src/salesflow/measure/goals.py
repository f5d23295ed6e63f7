"""Goals: what a person, a team or a territory has set itself, and how that came about.

A goal that was only handed down is a number on a slide. So a goal is proposed, and it counts once the one who owns it has
committed to it. It may be revised, with a reason; what was committed to before keeps counting until the new target is
committed to as well. All of this is recorded, so that at the end of the year nobody has to remember who agreed to what.

A goal is an entity like a deal: a frozen value, folded from its events. It is worked on in ``salesflow.measure.goal_work``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue, NotNow, PolicyRefused, UnknownName, WrongType
from salesflow.event import Creation, Event
from salesflow.measure.target import Target
from salesflow.people.fields import first_version
from salesflow.values.moments import is_optional_moment
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import identifier, is_line, is_optional_line

__all__ = [
    "Goal",
    "GoalCommitted",
    "GoalLevel",
    "GoalProposed",
    "GoalReassigned",
    "GoalRevised",
    "GoalStatus",
    "GoalWithdrawn",
]


class GoalLevel(StrEnum):
    """Whose figures count towards a goal."""

    PERSON = "person"
    TEAM = "team"
    TERRITORY = "territory"


class GoalStatus(StrEnum):
    """How far the agreement on a goal has come."""

    PROPOSED = "proposed"
    COMMITTED = "committed"
    WITHDRAWN = "withdrawn"


def _level(value: GoalLevel | str) -> GoalLevel:
    try:
        return GoalLevel(value)
    except ValueError:
        raise UnknownName("level of a goal", value, GoalLevel) from None


def _is_target(_instance: object, attribute: attrs.Attribute[Target], value: object) -> None:
    if not isinstance(value, Target):
        raise WrongType("must be a Target", field=attribute.name, value=value, way_out="give Target(period=..., ...)")


def _is_optional_target(_instance: object, attribute: attrs.Attribute[Target | None], value: object) -> None:
    if value is not None:
        _is_target(_instance, attribute, value)  # type: ignore[arg-type]  # the name is all that it asks for


def _is_optional_id(_instance: object, attribute: attrs.Attribute[str | None], value: object) -> None:
    if value is not None:
        identifier(value, field=attribute.name)


def _its_person(goal: Goal) -> str | None:
    return goal.of if goal.level is GoalLevel.PERSON else None


@attrs.frozen(kw_only=True)
class Goal(Entity):
    """What somebody has set out to reach.

    Attributes:
        level: whether the figures of a person, a team or a territory count.
        of: which person, team or territory.
        owner: who commits to it; the person itself where it is not given. The goal of a team or territory names its owner.
        target: what was proposed last.
        committed: what its owner has committed to, which is what counts; ``None`` before.
        committed_at: when.
        status: how far the agreement has come; "proposed" again after a revision.
        part_of: the goal that this one is a part of, by id.

    Raises:
        InvalidValue: nobody owns it, or it is a part of itself.

    Example::

        Goal(id="G-1", level="person", of="noa", target=Target(period=year, amount=Money("250000", "EUR")))
    """

    level: GoalLevel = attrs.field(converter=_level)
    of: str = attrs.field(validator=is_line())
    owner: str | None = attrs.field(default=attrs.Factory(_its_person, takes_self=True), validator=is_optional_line())
    target: Target = attrs.field(validator=_is_target)
    committed: Target | None = attrs.field(default=None, validator=_is_optional_target)
    committed_at: datetime | None = attrs.field(default=None, validator=is_optional_moment())
    status: GoalStatus = GoalStatus.PROPOSED
    part_of: str | None = attrs.field(default=None, validator=_is_optional_id)

    def __attrs_post_init__(self) -> None:
        if self.owner is None:
            raise InvalidValue(
                f"the goal of a {self.level} is owned by somebody, who commits to it",
                field="owner",
                way_out="name the one who leads it",
            )
        if self.part_of == self.id:
            raise InvalidValue("a goal is no part of itself", field="part_of", value=self.id)

    @property
    def is_committed(self) -> bool:
        """Whether its owner has committed to the target as it stands."""
        return self.status is GoalStatus.COMMITTED


@attrs.frozen(kw_only=True)
class GoalProposed(Creation[Goal]):
    """A goal was proposed.

    Attributes:
        goal: the goal, at version 0.
    """

    goal: Goal

    def __attrs_post_init__(self) -> None:
        self.create()

    def create(self) -> Goal:
        """The goal at version 1."""
        goal = first_version(self.goal, self, field="goal", kind=Goal)
        if goal.status is not GoalStatus.PROPOSED or goal.committed is not None:
            raise InvalidValue(
                "a goal begins by being proposed",
                field="goal",
                value=goal.status,
                way_out="leave out status and committed; its owner commits to it",
            )
        return goal


@attrs.frozen(kw_only=True)
class GoalCommitted(Event[Goal]):
    """The owner of a goal committed to it."""

    def apply(self, goal: Goal, /) -> Goal:
        """The goal with its target committed to.

        Raises:
            PolicyRefused: somebody else than its owner did.
            NotNow: it is committed to already, or was withdrawn.
        """
        if self.by != goal.owner:
            raise PolicyRefused(
                kind="goal",
                id=goal.id,
                by=self.by,
                event=type(self).__name__,
                reason=f"only its owner {goal.owner} commits to it; reassign it first if that is somebody else now",
            )
        _check_open(goal, "commit to it")
        if goal.is_committed:
            raise _not_now(goal, "commit to it", because="it is committed to", way_out="revise it first")
        return goal.changed_by(self, committed=goal.target, committed_at=self.at, status=GoalStatus.COMMITTED)


@attrs.frozen(kw_only=True)
class _GoalChanged(Event[Goal]):
    reason: str = attrs.field(validator=is_line(1000, personal=True), metadata=personal(ERASED))


@attrs.frozen(kw_only=True)
class GoalRevised(_GoalChanged):
    """Another target was proposed for a goal.

    Attributes:
        target: the new target.
        reason: why.
    """

    target: Target = attrs.field(validator=_is_target)

    def apply(self, goal: Goal, /) -> Goal:
        """The goal with this target, which its owner has yet to commit to.

        Raises:
            NotNow: it was withdrawn, or nothing would change.
            InvalidValue: the new target counts something else.
        """
        _check_open(goal, "revise it")
        if (self.target.kind, self.target.activity) != (goal.target.kind, goal.target.activity):
            raise InvalidValue(
                "a goal keeps counting what it counts",
                field="target",
                value=f"{self.target.kind}, and goal {goal.id} counts {goal.target.kind}",
                way_out="withdraw it and propose another",
            )
        if self.target == goal.target:
            raise _not_now(goal, "revise it", because="that is its target", way_out="give another target")
        return goal.changed_by(self, target=self.target, status=GoalStatus.PROPOSED)


@attrs.frozen(kw_only=True)
class GoalReassigned(_GoalChanged):
    """Somebody else owns a goal now.

    Attributes:
        owner: who.
        reason: why.
    """

    owner: str = attrs.field(validator=is_line())

    def apply(self, goal: Goal, /) -> Goal:
        """The goal in other hands, which have yet to commit to it.

        Raises:
            NotNow: it was withdrawn.
        """
        _check_open(goal, "reassign it")
        return goal.changed_by(self, owner=self.owner, status=GoalStatus.PROPOSED)


@attrs.frozen(kw_only=True)
class GoalWithdrawn(_GoalChanged):
    """A goal was given up.

    Attributes:
        reason: why.
    """

    def apply(self, goal: Goal, /) -> Goal:
        """The goal, which does not count any more.

        Raises:
            NotNow: it was withdrawn before.
        """
        _check_open(goal, "withdraw it")
        return goal.changed_by(self, status=GoalStatus.WITHDRAWN)


def _check_open(goal: Goal, tried: str) -> None:
    if goal.status is GoalStatus.WITHDRAWN:
        raise _not_now(goal, tried, because="it was withdrawn", way_out="propose another goal")


def _not_now(goal: Goal, tried: str, *, because: str, way_out: str) -> NotNow:
    return NotNow(kind="goal", id=goal.id, tried=tried, because=because, way_out=way_out)
