"""Rolling goals up: the goal of a team is the sum of the goals of its people, a region the sum of its teams, and so on.

Goals say which goal they are a part of. What was reached is added up from the goals at the bottom, every credit once, even
where one person is in two teams of a region. What would count for a goal and is in none of its parts is shown beside it,
because a sum that leaves something out should say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.attainment import Standing, standing
from salesflow.measure.credit import Credit, converted
from salesflow.measure.goals import Goal, GoalLevel, GoalStatus
from salesflow.measure.rates import Rates
from salesflow.measure.target import Figure, Target
from salesflow.values.decimals import EXACT

_MOST_LEVELS = 100

__all__ = ["RolledUp", "credited_to", "roll_up"]


@attrs.frozen(kw_only=True)
class RolledUp:
    """A goal, where it stands, and its parts.

    Attributes:
        goal: the goal.
        standing: where it stands with the target that counts; ``None`` where none does yet.
        undefined: why there is no standing.
        of_parts: what the targets of its parts come to, in its unit; ``None`` where it has no parts. It may be more than
            its own target (what was handed out with a margin) or less (what nobody has taken on).
        beside: what would count for it but for none of its parts, the deals of somebody without a goal, say; ``None``
            where it has no parts, or no target.
        parts: its parts, in the order of their ids.
    """

    goal: Goal
    standing: Standing | None
    undefined: str | None = None
    of_parts: Figure | None = None
    beside: Figure | None = None
    parts: tuple[RolledUp, ...] = ()

    def __iter__(self) -> Iterator[RolledUp]:
        """This one, and then all of its parts and theirs, from top to bottom."""
        yield self
        for part in self.parts:
            yield from part


def credited_to(goal: Goal, credit: Credit) -> bool:
    """Whether a credit is of the person, team or territory whose goal it is."""
    return (goal.level, goal.of) in _whose(credit)


def roll_up(
    goals: Iterable[Goal],
    credits: Iterable[Credit],
    *,
    rates: Iterable[Rates] = (),
    until: datetime | None = None,
    with_proposed: bool = False,
) -> tuple[RolledUp, ...]:
    """Add up what was reached, from the bottom to the top.

    Args:
        goals: of all levels. Withdrawn ones are passed over, and the parts of these stand for themselves.
        credits: what there is to count, for everybody; see ``salesflow.measure.credit``.
        rates: into each currency that goals are in, where amounts are in others.
        until: only what happened before this moment.
        with_proposed: whether a target counts that was proposed and not committed to yet.

    Returns:
        The goals that are part of no other, in the order of their ids, each with its parts.

    Raises:
        UnknownName: a goal is part of one that is not given.
        InvalidValue: two goals have one id, goals are parts of each other in a circle or over more than 100 levels, a part
            counts something else or reaches beyond the period of its whole, or a rate is missing.

    Example:
        ``for each in roll_up(goals, deal_credits(rows)): print(each.goal.of, each.standing)``
    """
    known = _by_id(goals)
    _check_levels(known)
    given = tuple(credits)
    counting = _Counting(
        credits=given,
        places=_places(given),
        rates={one.into: one for one in rates},
        until=until,
        targets={name: _target(goal, with_proposed=with_proposed) for name, goal in known.items()},
        parts=_parts(known),
    )
    roots = [goal for goal in known.values() if goal.part_of not in known]
    return tuple(counting.rolled_up(goal)[0] for goal in roots)


@attrs.frozen(kw_only=True)
class _Counting:
    credits: tuple[Credit, ...]
    places: Mapping[tuple[GoalLevel, str | None], frozenset[int]]
    rates: Mapping[str, Rates]
    until: datetime | None
    targets: Mapping[str, Target | None]
    parts: Mapping[str, list[Goal]]

    def rolled_up(self, goal: Goal) -> tuple[RolledUp, frozenset[int]]:
        """A goal with its parts, and which credits are theirs, by place."""
        own = self.places.get((goal.level, goal.of), frozenset())
        below = [self.rolled_up(part) for part in self.parts.get(goal.id, ())]
        theirs = frozenset[int]().union(*(places for _, places in below)) if below else own
        target = self.targets[goal.id]
        if target is None:
            return _without_target(goal, tuple(part for part, _ in below)), theirs
        for part, _ in below:
            _check_part(goal, target, part.goal, self.targets[part.goal.id])
        rolled = RolledUp(
            goal=goal,
            standing=self._standing(target, theirs),
            of_parts=self._sum(target, [part for part, _ in below]) if below else None,
            beside=self._standing(target, own - theirs).achieved if below else None,
            parts=tuple(part for part, _ in below),
        )
        return rolled, theirs

    def _standing(self, target: Target, places: frozenset[int]) -> Standing:
        rates = self.rates.get(target.currency or "")
        return standing(target, [self.credits[place] for place in sorted(places)], rates=rates, until=self.until)

    def _sum(self, target: Target, parts: list[RolledUp]) -> Figure:
        total = Decimal(0)
        for part in parts:
            given = self.targets[part.goal.id]
            if given is not None:
                total = EXACT.add(total, self._in_unit_of(target, given))
        return target.figure(total)

    def _in_unit_of(self, target: Target, part: Target) -> Decimal:
        if target.currency is None or part.amount is None:
            return part.number
        rates = self.rates.get(target.currency)
        return converted(part.amount, target.currency, on=part.first_day, rates=rates).amount


def _without_target(goal: Goal, parts: tuple[RolledUp, ...]) -> RolledUp:
    return RolledUp(goal=goal, standing=None, undefined="its owner has not committed to it", parts=parts)


def _target(goal: Goal, *, with_proposed: bool) -> Target | None:
    return goal.target if with_proposed and not goal.is_committed else goal.committed


def _by_id(goals: Iterable[Goal]) -> dict[str, Goal]:
    """The goals that were not withdrawn, by id and in its order."""
    given: dict[str, Goal] = {}
    for goal in goals:
        if goal.id in given:
            raise InvalidValue("a goal is given once", field="goals", value=goal.id, way_out="leave one of them out")
        given[goal.id] = goal
    for goal in given.values():
        if goal.part_of is not None and goal.part_of not in given:
            raise UnknownName("goal", goal.part_of, given, where=f"the goals, and {goal.id} is a part of it")
    return {name: given[name] for name in sorted(given) if given[name].status is not GoalStatus.WITHDRAWN}


def _parts(goals: Mapping[str, Goal]) -> dict[str, list[Goal]]:
    parts: dict[str, list[Goal]] = {}
    for goal in goals.values():
        if goal.part_of in goals:
            parts.setdefault(goal.part_of or "", []).append(goal)
    return parts


def _check_levels(goals: Mapping[str, Goal]) -> None:
    """Refuse goals that are, over however many steps, parts of themselves, and more levels than anybody has."""
    levels: dict[str, int] = {}
    for goal in goals.values():
        path: dict[str, None] = {}
        one: Goal | None = goal
        while one is not None and one.id not in levels:
            if one.id in path:
                raise InvalidValue(
                    "no goal is a part of itself",
                    field="part_of",
                    value=" > ".join((*path, one.id)),
                    way_out="make one of them part of none",
                )
            path[one.id] = None
            one = goals.get(one.part_of or "")
        level = 0 if one is None else levels[one.id]
        for name in reversed(path):
            level += 1
            levels[name] = level
        if level > _MOST_LEVELS:
            raise InvalidValue(f"goals have at most {_MOST_LEVELS} levels", field="part_of", value=goal.id)


def _places(credits: tuple[Credit, ...]) -> dict[tuple[GoalLevel, str | None], frozenset[int]]:
    """Which credits are whose, by their places."""
    found: dict[tuple[GoalLevel, str | None], list[int]] = {}
    for place, credit in enumerate(credits):
        for level, of in _whose(credit):
            found.setdefault((level, of), []).append(place)
    return {whose: frozenset(places) for whose, places in found.items()}


def _whose(credit: Credit) -> tuple[tuple[GoalLevel, str | None], ...]:
    return (
        (GoalLevel.PERSON, credit.to),
        (GoalLevel.TEAM, credit.team),
        (GoalLevel.TERRITORY, credit.territory),
    )


def _check_part(goal: Goal, target: Target, part: Goal, given: Target | None) -> None:
    if given is None:
        return
    if (given.kind, given.activity) != (target.kind, target.activity):
        raise InvalidValue(
            "a part counts what its whole counts",
            field=f"target of goal {part.id}",
            value=f"{given.kind}, and {goal.id} counts {target.kind}",
            way_out="make it no part, or change its target",
        )
    if given.period.intersection(target.period) != given.period:
        raise InvalidValue(
            "a part lies within the period of its whole",
            field=f"target of goal {part.id}",
            value=given.period.start.isoformat(),
            way_out=f"give a period within that of goal {goal.id}",
        )
