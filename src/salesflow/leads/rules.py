"""A score by rules: each rule that holds for a lead gives it points, and the score says which did.

A rule states what it looks at: criteria on fields, or a pure function of the lead. What it finds is either a fact, which
holds or does not, or signals, each with its moment: a page that was visited, a mail that was answered. Interest cools,
so the points of a signal may halve every so many days. Rules may share a group, and a group, like the whole, may be
capped, so that forty visits to one page do not make a buyer.

What is not known gives no points and is said to be unknown; it does not count as "no". Which rules, weights, half-lives
and caps are right, only the team's own outcomes can tell (see ``calibration``); there are no defaults here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import reduce
from typing import Generic

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.leads.features import L, L_contra
from salesflow.storage.query import Criterion
from salesflow.values.decimals import HALF_UP, exact_decimal, half_up
from salesflow.values.moments import elapsed, moment
from salesflow.values.text import is_line, is_optional_line

__all__ = ["Finding", "GroupPoints", "RuleAnswer", "RuleScore", "RuleScoring", "ScoringRule"]

RuleAnswer = bool | datetime | Iterable[datetime] | None
"""What a rule finds: a fact that holds or not, ``None`` where it is not known, or the moments of signals."""

_PLACES = Decimal("0.0001")
_HALF = Decimal("0.5")
_UNKNOWN = "not known"
_DECAY = Context(prec=40, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
_NOW = timedelta(0)
_MICROSECOND = timedelta(microseconds=1)
_DAY = Decimal(timedelta(days=1) // _MICROSECOND)


def _points(value: Decimal | int | str) -> Decimal:
    return exact_decimal(value, field="weight")


def _days(value: Decimal | int | str | None) -> Decimal | None:
    if value is None:
        return None
    days = exact_decimal(value, field="half_life")
    if days <= 0:
        raise InvalidValue(
            "a half-life is longer than nothing",
            field="half_life",
            value=days,
            way_out="give days, or leave it out where nothing fades",
        )
    return days


def _total(points: Iterable[Decimal]) -> Decimal:
    return reduce(HALF_UP.add, points, Decimal(0))


def _criteria(where: Iterable[Criterion]) -> tuple[Criterion, ...]:
    return (where,) if isinstance(where, Criterion) else tuple(where)


@attrs.frozen(kw_only=True)
class Finding:
    """What one rule gave a lead.

    Attributes:
        rule: the name of the rule.
        group: the group that it belongs to.
        points: what it gave, before any cap; rounded half up to four places.
        because: why, in a phrase ("holds", "not known", "signals: 2, the last one 3 days ago").
    """

    rule: str
    group: str | None
    points: Decimal
    because: str


@attrs.frozen
class ScoringRule(Generic[L_contra]):
    """One reason to think more, or less, of a lead.

    For a rule of your own kind, subclass it and override ``answer``.

    Attributes:
        name: what it says of a lead that it holds for ("answered a mail"); unique among the rules of a scoring.
        weight: the points that it gives, below zero for what speaks against; exact.
        where: criteria that all must hold, made by ``eq``, ``one_of``, ``between``, ``is_null`` and ``not_null``.
        read: or a pure function of the lead, which returns whether it holds, or the moments of signals.
        group: the group whose cap it shares.
        half_life: the days after which a signal is worth half; without it, nothing fades.

    Raises:
        WrongType: the weight or the half-life is a ``float`` or no number.
        InvalidValue: one of them is not finite, the half-life is not above zero, or there are both criteria and a
            function, or neither.

    Example:
        ``ScoringRule("answered a mail", 10, read=lambda lead: lead.answered_at, half_life=14)``
    """

    name: str = attrs.field(validator=is_line())
    weight: Decimal = attrs.field(converter=_points)
    where: tuple[Criterion, ...] = attrs.field(default=(), converter=_criteria, kw_only=True)
    read: Callable[[L_contra], RuleAnswer] | None = attrs.field(default=None, kw_only=True)
    group: str | None = attrs.field(default=None, kw_only=True, validator=is_optional_line())
    half_life: Decimal | None = attrs.field(default=None, converter=_days, kw_only=True)

    def __attrs_post_init__(self) -> None:
        overrides = type(self).answer is not ScoringRule.answer
        if bool(self.where) + (self.read is not None) + overrides != 1:
            raise InvalidValue(
                "a rule looks at a lead in one way",
                field=self.name,
                way_out="give where, or read, or override answer",
            )
        if self.where and self.half_life is not None:
            raise InvalidValue(
                "only signals with a moment fade",
                field=self.name,
                way_out="give read, a function that returns the moments, or leave out half_life",
            )

    def answer(self, lead: L_contra, /) -> RuleAnswer:
        """What the rule finds in a lead; pure.

        Raises:
            UnknownName: a criterion is on a field that the lead does not have.
            WrongType: there are criteria, and the lead is no entity.
        """
        if self.read is not None:
            return self.read(lead)
        if not isinstance(lead, Entity):
            raise WrongType(
                "criteria look at entities", field=self.name, way_out=f"give read for a {type(lead).__name__}"
            )
        known = [field.name for field in attrs.fields(type(lead))]
        for criterion in self.where:
            if criterion.field not in known:
                raise UnknownName("field", criterion.field, known, where=type(lead).__name__)
        return all(criterion.holds(lead) for criterion in self.where)

    def find(self, lead: L_contra, /, *, at: datetime) -> Finding:
        """What the rule gives a lead at a moment, and why. Signals after that moment are not counted yet.

        Raises:
            WrongType: the answer is neither a fact nor moments, or a rule that fades was answered by a bare fact.
            InvalidValue: a moment has no time zone.
        """
        answer = self.answer(lead)
        if answer is None:
            return self._finding(Decimal(0), _UNKNOWN)
        if answer is False:
            return self._finding(Decimal(0), "does not hold")
        if answer is True and self.half_life is None:
            return self._finding(self.weight, "holds")
        moments = [answer] if isinstance(answer, datetime) else answer
        if isinstance(moments, bool | str | bytes) or not isinstance(moments, Iterable):
            raise WrongType(
                "a rule that fades finds moments" if answer is True else "a rule finds yes, no, nothing or moments",
                field=self.name,
                way_out=f"return datetimes, not {type(answer).__name__}",
            )
        return self._signals([elapsed(moment(one, field=self.name), at) for one in moments])

    def _signals(self, ages: list[timedelta]) -> Finding:
        past = sorted(age for age in ages if age >= _NOW)
        because = f"signals: {len(past)}, the last one {past[0].days} days ago" if past else "no signals"
        if len(past) < len(ages):
            because += f"; {len(ages) - len(past)} are later and not counted yet"
        return self._finding(_total(map(self._faded, past)), because)

    def _faded(self, age: timedelta) -> Decimal:
        if self.half_life is None:
            return self.weight
        halvings = _DECAY.divide(Decimal(age // _MICROSECOND), _DAY * self.half_life)
        return HALF_UP.multiply(self.weight, _DECAY.power(_HALF, halvings))

    def _finding(self, points: Decimal, because: str) -> Finding:
        return Finding(rule=self.name, group=self.group, points=half_up(points, _PLACES), because=because)


@attrs.frozen(kw_only=True)
class GroupPoints:
    """What the rules of one group gave together.

    Attributes:
        group: the name of the group.
        points: the sum of its findings.
        counted: what of it counts: the sum, or the cap of the group where the sum is higher.
    """

    group: str
    points: Decimal
    counted: Decimal


@attrs.frozen(kw_only=True)
class RuleScore:
    """The points of a lead, rule by rule.

    Attributes:
        points: the points that count, after all caps.
        findings: what each rule gave, in the order of the rules.
        groups: what each group gave, in the order in which rules name them.
        uncapped: what the rules would give if nothing were capped.
        fraction: the points by the cap of the whole, between 0 and 1; ``None`` where the whole has no cap to divide by.
    """

    points: Decimal
    findings: tuple[Finding, ...]
    groups: tuple[GroupPoints, ...]
    uncapped: Decimal
    fraction: Decimal | None

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that gave or took points, the strongest first; of equals the rule that stands first."""
        return tuple(sorted((one for one in self.findings if one.points), key=lambda one: -abs(one.points)))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The rules that could not be answered: what to find out next."""
        return tuple(one.rule for one in self.findings if one.because == _UNKNOWN)


def _rules(rules: Iterable[ScoringRule[L]]) -> tuple[ScoringRule[L], ...]:
    return tuple(rules)


def _caps(caps: Mapping[str, Decimal | int | str]) -> Mapping[str, Decimal]:
    return {group: _cap(cap, field=f"the cap of {group}") for group, cap in caps.items()}


def _whole_cap(cap: Decimal | int | str | None) -> Decimal | None:
    return None if cap is None else _cap(cap, field="cap")


def _cap(cap: Decimal | int | str, *, field: str) -> Decimal:
    number = exact_decimal(cap, field=field)
    if number < 0:
        raise InvalidValue("a cap is zero or more", field=field, value=number, way_out="leave out what gives nothing")
    return number


@attrs.frozen
class RuleScoring(Generic[L]):
    """A set of rules, with what their groups and the whole are capped at.

    Attributes:
        rules: the rules.
        caps: the most points that count, by group.
        cap: the most points that count in all. There is no lowest: what speaks against a lead may outweigh the rest.

    Raises:
        InvalidValue: two rules have one name, or a cap is negative or not finite.
        UnknownName: a cap is of a group that no rule belongs to.
        WrongType: something that is no ``ScoringRule`` is among the rules, or a cap is a ``float`` or no number.

    Example:
        >>> from datetime import UTC
        >>> from salesflow.people.lead import Lead
        >>> from salesflow.storage.query import eq
        >>> scoring = RuleScoring([ScoringRule("recommended", 30, where=[eq("source", "referral")])], cap=100)
        >>> score = scoring.score(Lead(id="L-1", name="Noa", source="referral"), at=datetime(2026, 11, 2, tzinfo=UTC))
        >>> score.points, score.findings[0].because
        (Decimal('30.0000'), 'holds')
    """

    rules: tuple[ScoringRule[L], ...] = attrs.field(converter=_rules)
    caps: Mapping[str, Decimal] = attrs.field(factory=dict, converter=_caps, kw_only=True)
    cap: Decimal | None = attrs.field(default=None, converter=_whole_cap, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for rule in self.rules:
            if not isinstance(rule, ScoringRule):
                raise WrongType("is made of ScoringRule", field="rules", value=rule, way_out="give ScoringRule(...)")
        names = [rule.name for rule in self.rules]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise InvalidValue("a rule has a name of its own", field="rules", value=twice[0], way_out="rename one")
        for group in self.caps:
            if group not in self._groups:
                raise UnknownName("group", group, self._groups, where="the rules")

    @property
    def _groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.group for rule in self.rules if rule.group is not None))

    def score(self, lead: L, /, *, at: datetime) -> RuleScore:
        """The points of a lead at a moment, rule by rule.

        Args:
            lead: whatever the rules look at.
            at: the moment that signals are aged to; later ones are not counted yet.

        Raises:
            WrongType: the moment is no datetime, or a rule finds something that is no answer.
            InvalidValue: a moment has no time zone.
            UnknownName: a criterion is on a field that the lead does not have.
        """
        moment(at, field="at")
        findings = tuple(rule.find(lead, at=at) for rule in self.rules)
        groups = tuple(self._group(group, findings) for group in self._groups)
        alone = _total(one.points for one in findings if one.group is None)
        counted = HALF_UP.add(alone, _total(group.counted for group in groups))
        points = counted if self.cap is None else min(counted, self.cap)
        return RuleScore(
            points=points,
            findings=findings,
            groups=groups,
            uncapped=_total(one.points for one in findings),
            fraction=half_up(HALF_UP.divide(max(points, Decimal(0)), self.cap), _PLACES) if self.cap else None,
        )

    def _group(self, group: str, findings: tuple[Finding, ...]) -> GroupPoints:
        points = _total(one.points for one in findings if one.group == group)
        cap = self.caps.get(group)
        return GroupPoints(group=group, points=points, counted=points if cap is None else min(points, cap))
