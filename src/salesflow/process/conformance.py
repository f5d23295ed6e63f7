"""Conformance: what really happened elsewhere, replayed against a process.

Other systems keep logs of (case, activity, moment): who was in which stage when. Replaying such a log tells, before anyone
adopts a process, which cases fit it, where the others first deviate, and which moves they skipped or repeated.

A case fits where every activity is a move that the process has from the stage before, the first enters the first stage,
and nothing is recorded in a stage of no return. Requirements are not asked: a log does not know what was known.

The log is read once, in one pass. What decides about a case is the order of its activities alone, and most cases go one of
few ways. So the ways are kept as a tree, each case as a place in it, and each way is judged once, at the end: a million
events cost little more than looking each of them up in a dict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.process.deviations import Deviation, DeviationKind, Judge
from salesflow.values.text import line
from salesflow.worked import Worked

if TYPE_CHECKING:
    from salesflow.process.engine import Process

__all__ = ["Activities", "CaseEvent", "Conformance", "Deviation", "DeviationKind", "Variant", "replayed_log"]

W = TypeVar("W", bound=Worked)

CaseEvent = tuple[str, str, datetime]
"""The case, what was done, and when: a row of a log."""

MAX_WAYS: Final = 1_000_000
"""How many places the tree of ways may have; our own choice. A log with more of them has no ways, only noise."""


_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


def _stages(given: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise WrongType("says the stage of each activity", field="stages", way_out='give {"Demo": "presentation"}')
    return dict(given)


def _ignored(given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise WrongType("must be several activities", field="ignored", way_out='put it into a list: ["Note added"]')
    return frozenset(given)


@attrs.frozen(kw_only=True)
class Activities:
    """Which activity of a log is which stage.

    Attributes:
        stages: the key of the stage that an activity enters, by the activity.
        ignored: activities that say nothing about stages ("mail sent").

    Raises:
        WrongType: the stages are no mapping, the ignored ones no list, or an activity is no text.
        InvalidValue: an activity is no line of text, or is in both.

    Example:
        ``Activities(stages={"Qualified": "preparation", "Demo": "presentation"}, ignored=["Note added"])``
    """

    stages: Mapping[str, str] = attrs.field(converter=_stages)
    ignored: frozenset[str] = attrs.field(default=frozenset(), converter=_ignored)

    def __attrs_post_init__(self) -> None:
        for activity in (*self.stages, *self.ignored):
            line(activity, field="activity")
        both = sorted(self.ignored & self.stages.keys())
        if both:
            raise InvalidValue(
                "an activity enters a stage or is ignored, not both",
                field="ignored",
                value=both[0],
                way_out="name it in one of them",
            )


@attrs.frozen(kw_only=True)
class Variant:
    """One way that cases go.

    Attributes:
        stages: the stages that are entered, in order.
        count: how many cases go it.
        deviations: where it leaves what the process allows, all of them, in order.
        ends: the stage in which it ends.
        is_closed: whether that one is won or lost.
    """

    stages: tuple[str, ...]
    count: int
    deviations: tuple[Deviation, ...] = ()
    ends: str
    is_closed: bool

    @property
    def fits(self) -> bool:
        """Whether it does not deviate."""
        return not self.deviations


_NOWHERE: Final[Mapping[str, _Way]] = {}


class _Way:
    """A place in the tree of ways: where each activity leads on to."""

    __slots__ = ("_on", "before", "get", "stage")

    def __init__(self, before: _Way | None, stage: str) -> None:
        self.before = before
        self.stage = stage
        self.get: Callable[[str], _Way | None] = _NOWHERE.get
        self._on: dict[str, _Way] | None = None

    def leads_to(self, activity: str, place: _Way) -> None:
        """Say where an activity leads; most places are the last of their way and have none."""
        if self._on is None:
            self._on = {}
            self.get = self._on.get
        self._on[activity] = place

    def stages(self) -> tuple[str, ...]:
        """The stages that were entered on the way to here."""
        found: list[str] = []
        place: _Way | None = self
        while place is not None and place.before is not None:
            found.append(place.stage)
            place = place.before
        return tuple(reversed(found))


@attrs.frozen(kw_only=True)
class Conformance:
    """What a log says about a process.

    Attributes:
        process: the key and version of the process ("standard 1").
        events: how many events were read.
        ignored: how many of them say nothing about stages.
        variants: the ways that cases go, the most frequent first.
    """

    process: str
    events: int
    ignored: int
    variants: tuple[Variant, ...]
    _places: Mapping[str, _Way] = attrs.field(repr=False, eq=False, alias="places")
    _numbers: Mapping[_Way, int] = attrs.field(repr=False, eq=False, alias="numbers")

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(variant.count for variant in self.variants)

    @property
    def fitting(self) -> int:
        """How many cases fit."""
        return sum(variant.count for variant in self.variants if variant.fits)

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many cases skipped a move, by the move, the most frequent first; a case counts once for a move."""
        return _counted(self.variants, lambda deviation: deviation.skipped)

    @property
    def repeated(self) -> Mapping[str, int]:
        """How many cases entered a stage that they were in, by the stage."""
        return _counted(
            self.variants,
            lambda deviation: (deviation.target,) if deviation.kind is DeviationKind.REPEATED else (),
        )

    def variant(self, case: str) -> Variant:
        """The way that a case goes.

        Raises:
            UnknownName: the log has no such case.
        """
        number = self._numbers.get(self._places[case]) if case in self._places else None
        if number is None:
            raise UnknownName("case", case, list(self._places)[:20], where="the log")
        return self.variants[number]

    def deviation(self, case: str) -> Deviation | None:
        """Where a case first deviates, or ``None`` where it fits."""
        return next(iter(self.variant(case).deviations), None)

    def deviating(self) -> Iterator[tuple[str, Deviation]]:
        """The cases that do not fit, each with where it first deviates, in the order in which they begin in the log."""
        for case, place in self._places.items():
            if place in self._numbers:
                for first in self.variants[self._numbers[place]].deviations[:1]:
                    yield case, first


def replayed_log(
    process: Process[W], events: Iterable[CaseEvent], *, activities: Activities | Mapping[str, str] | None = None
) -> Conformance:
    """What a log of another system says about a process; ``process.replay`` is this.

    Args:
        process: what the log is held against.
        events: case, activity and moment of each, in the order of the log; those of one case in the order of time. Read
            once; nothing of an event is kept.
        activities: which activity is which stage; where it is not given, the activities are the keys of stages.

    Raises:
        UnknownName: an activity is neither mapped nor ignored, or is mapped to a stage that the process does not have.
        InvalidValue: the events of a case are not in the order of time; the message names the case.
        WrongType: an event is no row of three.
    """
    log = _Log(process, _checked(process, activities))
    log.read(events)
    return log.judged()


def _checked(process: Process[W], given: Activities | Mapping[str, str] | None) -> Activities:
    if given is None:
        given = {stage.key: stage.key for stage in process.stages}
    mapped = given if isinstance(given, Activities) else Activities(stages=given)
    for key in mapped.stages.values():
        process.stage(key)  # says so where there is none
    return mapped


class _Log(Generic[W]):
    """A log as far as it was read: every case at its place in the tree of ways, and the moment of its last event."""

    def __init__(self, process: Process[W], activities: Activities) -> None:
        self._process = process
        self._activities = activities
        self._judge = Judge(process)
        self._start = _Way(None, "")
        self._places: dict[str, _Way] = {}
        self._latest: dict[str, datetime] = {}
        self._grown = self._ignored = self._number = 0

    def read(self, events: Iterable[CaseEvent]) -> None:
        """Read all events; see ``replayed_log`` for what is refused."""
        try:
            self._read(events)
        except (ValueError, TypeError) as error:
            if isinstance(error, InvalidValue):
                raise
            raise WrongType(
                "an event of a log is a case, an activity and an aware moment",
                field=f"event {self._number}",
                way_out="give rows of three",
            ) from None

    def _read(self, events: Iterable[CaseEvent]) -> None:
        places, latest, start, grown = self._places, self._latest, self._start, self._leads_to
        place_of, moment_of = places.get, latest.get
        number = 0
        try:
            for number, (case, activity, at) in enumerate(events, 1):  # noqa: B007  # it is read afterwards
                if at < moment_of(case, _EARLIEST):
                    raise _out_of_order(case, at, latest[case])
                latest[case] = at
                here = place_of(case, start)
                places[case] = here.get(activity) or grown(here, activity)
        finally:
            self._number += number

    def _leads_to(self, here: _Way, activity: str) -> _Way:
        """Where an activity leads that nobody did here before."""
        stage = self._activities.stages.get(activity)
        if stage is None:
            self._check_ignored(activity)
            self._ignored += 1
            return here
        if self._grown == MAX_WAYS:
            raise InvalidValue(f"a log goes at most {MAX_WAYS:,} different ways", field="events", way_out="split it")
        self._grown += 1
        place = _Way(here, stage)
        here.leads_to(activity, place)
        return place

    def _check_ignored(self, activity: str) -> None:
        if activity not in self._activities.ignored:
            known = [*self._activities.stages, *sorted(self._activities.ignored)]
            raise UnknownName("activity", line(activity, field="activity"), known, where="the mapping of activities")

    def judged(self) -> Conformance:
        """The ways counted and judged; those that enter the same stages by other activities are one."""
        counts: Counter[tuple[str, ...]] = Counter()
        stages_of: dict[_Way, tuple[str, ...]] = {}
        for place, count in Counter(self._places.values()).items():
            if place is not self._start:
                stages = stages_of[place] = place.stages()
                counts[stages] += count
        ordered = sorted(counts, key=lambda stages: (-counts[stages], stages))
        number = {stages: nth for nth, stages in enumerate(ordered)}
        closed = {stage.key for stage in self._process.stages if not stage.is_open}
        return Conformance(
            process=f"{self._process.key} {self._process.version}",
            events=self._number,
            ignored=self._ignored,
            variants=tuple(
                Variant(
                    stages=stages,
                    count=counts[stages],
                    deviations=tuple(self._judge.deviations(stages)),
                    ends=stages[-1],
                    is_closed=stages[-1] in closed,
                )
                for stages in ordered
            ),
            places=self._places,
            numbers={place: number[stages] for place, stages in stages_of.items()},
        )


def _out_of_order(case: str, at: datetime, before: object) -> InvalidValue:
    return InvalidValue(
        "the events of a case come in the order of time",
        field=f"case {case!r}"[:80],
        value=f"{at.isoformat()} after {before}",
        way_out="sort the log by case and moment",
    )


def _counted(variants: Iterable[Variant], names: Callable[[Deviation], Iterable[str]]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for variant in variants:
        for name in {one for deviation in variant.deviations for one in names(deviation)}:
            found[name] += variant.count
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
