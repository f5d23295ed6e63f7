"""A process checked as a whole: walked by every way, its requirements and hooks held to what they promise.

What can be seen in a definition is refused where it stands. What can only be seen at work is found here: a stage that no
deal ever leaves, a move that is never possible, a requirement that nothing satisfies or that never stands in the way, one
that reads a clock, a hook that leaves something behind when the move is refused. Put one line into your tests::

    def test_our_process_is_sound():
        check_process(SaaSProcess, satisfy={"passed_review": pass_review}).raise_for_problems()
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeVar, overload

import attrs

from salesflow._copying import evolved
from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, MoveRefused, PolicyRefused, WrongType
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.people.lead import Lead
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.process.move import Route
from salesflow.process.requirement import RequirementKind
from salesflow.sale import Sale
from salesflow.testing.auditing import Answer, Auditor, Findings, answer_of, name_of
from salesflow.testing.builders import NOW, SOMEBODY, a_deal, a_lead
from salesflow.testing.exploring import Exploration
from salesflow.testing.guessing import are_told_apart, at_other_times, variants
from salesflow.testing.hook_checks import adopted, check_opening, opened
from salesflow.testing.migration_checks import check_migrations
from salesflow.testing.problems import ProblemKind, ProcessReport
from salesflow.testing.process_coverage import ProcessCoverage, asked_by
from salesflow.testing.satisfying import (
    STANDARD_LEAD_SATISFIERS,
    STANDARD_SATISFIERS,
    checked_satisfiers,
    requirements_of,
    what_satisfies,
)
from salesflow.worked import Worked

D = TypeVar("D", bound=Deal)
L = TypeVar("L", bound=Lead)
Doing = Callable[[Any], object]

__all__ = ["BOUND", "check_process"]

BOUND = 30
"""How many moves a way may have where nothing else is said, or twice as many as there are stages where these are more; our
own choice. The standard process needs nine."""

_RETREATS = ("lose", "go_back")
_RETURNS = ("go_back", "reopen")
_VARIED = 5
"""Of how many deals in each stage, those of which most is known, every single thing is made unknown in turn."""


@overload
def check_process(
    process: SalesProcess[D] | type[SalesProcess[D]],
    /,
    *,
    satisfy: Mapping[str, Callable[[Sale[D]], object]] | None = None,
    disturb: Iterable[Callable[[Sale[D]], object]] = (),
    deals: Iterable[D] = (),
    by: str = SOMEBODY,
    bound: int | None = None,
) -> ProcessReport: ...
@overload
def check_process(
    process: LeadProcess[L] | type[LeadProcess[L]],
    /,
    *,
    satisfy: Mapping[str, Callable[[LeadWork[L]], object]] | None = None,
    disturb: Iterable[Callable[[LeadWork[L]], object]] = (),
    leads: Iterable[L] = (),
    by: str = SOMEBODY,
    bound: int | None = None,
) -> ProcessReport: ...
def check_process(
    process: Process[Any] | type[Process[Any]],
    /,
    *,
    satisfy: Mapping[str, Doing] | None = None,
    disturb: Iterable[Doing] = (),
    deals: Iterable[Worked] = (),
    leads: Iterable[Worked] = (),
    by: str = SOMEBODY,
    bound: int | None = None,
) -> ProcessReport:
    """Walk a process by every way, and say what is wrong with it.

    Args:
        process: the process, or its class; of deals or of leads.
        satisfy: what does what a requirement of yours asks for, by the name of the requirement. What asks for a plain
            field of yours need not be named: its value is found by trying.
        disturb: what else may happen in a stage and stand in the way of a move: a function of a sale. Holds and
            objections are known.
        deals: drafts to begin with, beside the builder's deal and one of which only the name is known.
        leads: the same for a process of leads.
        by: who works; a colleague takes turns.
        bound: how many moves a way may have, 30 where it is not given, or twice as many as there are stages; two deals
            in one stage of which the same requirements hold count as one, so that most processes are walked completely
            long before it.

    Returns:
        What is wrong, and what was exercised.

    Raises:
        WrongType: it is no process.
        InvalidValue: a name in ``satisfy`` is no requirement of the process, or the bound is below one.

    Example::

        report = check_process(SaaSProcess, satisfy={"passed_review": lambda sale: sale.desk(SecurityDesk).pass_(seats=4)})
        print(report)
        report.raise_for_problems()
    """
    made = process if isinstance(process, Process) or not callable(process) else process()
    if not isinstance(made, SalesProcess | LeadProcess):
        raise WrongType("what is checked is a process, or its class", field="process", value=type(made).__name__)
    if bound is not None and bound < 1:
        raise InvalidValue("a way has at least one move", field="bound", value=bound)
    most = bound or max(BOUND, 2 * len(made.stages))
    return _Check(made, satisfy or {}, tuple(disturb), [*deals, *leads], by, most).report()


class _Check:
    """One check of one process."""

    def __init__(
        self,
        process: SalesProcess[Any] | LeadProcess[Any],
        satisfy: Mapping[str, Doing],
        disturb: Sequence[Doing],
        drafts: Sequence[Worked],
        by: str,
        bound: int,
    ) -> None:
        self._process = process
        self._by = by
        self._given = f"{process._kind}s"
        self._bound = bound
        self._findings = Findings()
        self._all = {name_of(one): one for one in requirements_of(process)}
        self._asked = {name_of(one): one for one in asked_by(type(process))}
        known = STANDARD_SATISFIERS if isinstance(process, SalesProcess) else STANDARD_LEAD_SATISFIERS
        self._drafts = _all_drafts(process, drafts)
        self._walk: Exploration[Any] = Exploration(
            process,
            self._asked.values(),
            satisfy={**known, **checked_satisfiers(satisfy, process)},
            disturb=(*(_DISTURBANCES if isinstance(process, SalesProcess) else ()), *disturb),
            by=by,
            bound=bound,
            findings=self._findings,
        )

    def report(self) -> ProcessReport:
        for draft in self._drafts:
            self._begin(draft)
        self._walk.walk()
        if self._walk.break_what_always_held(self._held_always()):
            self._walk.walk()
        self._ask_fresh_ones()
        self._note_moves()
        self._note_requirements()
        check_migrations(self._process, self._findings)
        if self._walk.is_thorough:  # what was not seen within the bound is not known, and no problem
            self._note_stages()
            self._note_what_says_nothing()
        places = self._walk.places
        return ProcessReport(
            process=type(self._process).__name__,
            problems=self._findings.in_order(),
            coverage=self._coverage(),
            places=len(places),
            longest=max((len(place.way) for place in places), default=0),
            bound=self._bound,
            is_complete=self._walk.is_complete,
        )

    def _coverage(self) -> ProcessCoverage:
        return self._walk.tally.coverage(type(self._process))

    def _begin(self, draft: Worked) -> None:
        """Open a deal, or capture a lead; where that is refused, what refuses it has stood in the way."""
        first = self._process.stages[0]
        entry = first.requirements(RequirementKind.ENTRY)
        placed = adopted(self._process, draft, first, by=self._by, at=NOW)
        if any(answer_of(one, placed).is_broken for one in entry):
            return  # it is told where fresh ones are asked
        if first.has_hook("on_enter") and not check_opening(
            self._process, draft, by=self._by, at=NOW, findings=self._findings
        ):
            return
        try:
            work = opened(self._process, draft, by=self._by, at=NOW)
        except MoveRefused as refused:
            self._walk.tally.answer(entry, refused.unmet)
        except PolicyRefused:
            return  # nothing can be opened by this actor, and the report says so
        else:
            self._walk.tally.answer(entry, ())
            self._walk.begin(work)

    def _held_always(self) -> list[str]:
        return [one.name for one in self._coverage().requirements if one.met and not one.unmet]

    def _ask_fresh_ones(self) -> None:
        """Ask every requirement of deals that nothing is known of: they may be adopted into any stage."""
        auditor = Auditor(self._asked.values(), self._findings)
        for draft in self._drafts:
            for stage in self._process.stages:
                if stage.is_open:
                    placed = adopted(self._process, draft, stage, by=self._by, at=NOW)
                    auditor.audit(placed, (f"adopted into {stage.key}",))

    # What the walk shows ------------------------------------------------------------------------------------------

    def _note_stages(self) -> None:
        reached = {place.entity.stage for place in self._walk.places}
        led_to = {route.target for route in self._walk.made if route.move not in _RETURNS}
        left = {(route.source, route.move in _RETREATS) for route in self._walk.made}
        for stage in self._process.stages:
            key = stage.key
            leads_on = any(one.source == key and one.move not in _RETREATS for one in self._process.routes)
            if key not in led_to and (key not in reached or stage is not self._process.stages[0]):
                what = "it is only reached by going back or reopening" if key in reached else "no way leads into it"
                self._note_stage(ProblemKind.STAGE_CANNOT_BE_REACHED, key, what if reached else "nothing can be opened")
            if key not in reached:
                continue
            if stage.is_open and (key, False) not in left and (leads_on or (key, True) not in left):
                what = "it can only be lost, or go back" if (key, True) in left else "no move out of it can be made"
                self._note_stage(ProblemKind.STAGE_CANNOT_BE_LEFT, key, what)

    def _note_stage(self, kind: ProblemKind, key: str, what: str) -> None:
        self._findings.add(kind, key, what, way_out="see the moves, requirements and hooks below")

    def _note_moves(self) -> None:
        reached = {place.entity.stage for place in self._walk.places}
        for route in self._process.routes:
            hindrance = self._walk.stuck.get(route)
            if route.source in reached and route not in self._walk.made and hindrance is not None:
                where = f"{route.move} from {route.source} to {route.target}"
                what = f"in the way stands {', '.join(hindrance.by)}"
                self._findings.add(ProblemKind.MOVE_CANNOT_BE_MADE, where, what, way_out=hindrance.way_out)
                self._note_contradiction(route, where)

    def _note_contradiction(self, route: Route[Any], where: str) -> None:
        """Requirements of a move that were each met, and never together."""
        apart = contradicting([name_of(one) for one in route.requirements], self._walk.met_together.get(route, ()))
        if apart:
            self._findings.add(
                ProblemKind.REQUIREMENTS_CONTRADICT,
                where,
                f"each of {', '.join(apart)} was met, and never all together",
                way_out=f"drop or change one of them, or give {self._given}=[...] of which all hold",
            )

    def _note_requirements(self) -> None:
        for name in self._all.keys() - self._asked.keys():
            what = "no move asks for it"
            self._findings.add(ProblemKind.REQUIREMENT_IS_DEAD, name, what, way_out="remove it, or add the move")
        for one in self._coverage().requirements:
            if one.unmet and not one.met and not self._is_broken(one.name):
                self._findings.add(
                    ProblemKind.REQUIREMENT_CANNOT_BE_MET,
                    one.name,
                    "nothing that was tried satisfies it",
                    way_out=f"give {what_satisfies([one.requirement], self._process)}, "
                    f"or {self._given}=[...] of which it holds",
                )

    def _note_what_says_nothing(self) -> None:
        """Requirements that never stand in the way, and those that never do without another one."""
        samples = self._samples()
        for one in self._coverage().requirements:
            is_far = self._findings.has(ProblemKind.STAGE_CANNOT_BE_REACHED, one.stage)  # then not much was seen of it
            if one.met and not one.unmet and not is_far and all(answers[one.name].is_met for answers in samples):
                self._findings.add(
                    ProblemKind.REQUIREMENT_IS_DEAD,
                    one.name,
                    "it holds whatever is known of the deal",
                    way_out="remove it, or give disturb=[...] with what breaks it",
                )
        self._note_shadows(samples)

    def _is_broken(self, name: str) -> bool:
        kinds = (ProblemKind.REQUIREMENT_CRASHES, ProblemKind.REQUIREMENT_ANSWERS_WRONGLY)
        return any(self._findings.has(kind, name) for kind in kinds)

    def _samples(self) -> list[Mapping[str, Answer]]:
        """What all requirements say of everything that was seen, and of the same with one thing about it unknown."""
        known = [place.answers for place in self._walk.places]
        by_stage: dict[str, list[Worked]] = {}
        for place in sorted(self._walk.places, key=lambda place: sum(not one.is_met for one in place.answers.values())):
            by_stage.setdefault(place.entity.stage, []).append(place.entity)
        best = [entity for seen in by_stage.values() for entity in seen[:_VARIED]]
        more = (other for entity in best for other in (*variants(entity), *at_other_times(entity)))
        return known + [{name: answer_of(one, entity) for name, one in self._asked.items()} for entity in more]

    def _note_shadows(self, samples: Sequence[Mapping[str, Answer]]) -> None:
        """Of two that are asked on one way and never answered differently, the second says nothing new."""
        together = {
            pair
            for route in self._process.routes
            for pair in combinations(dict.fromkeys(name_of(one) for one in route.requirements), 2)
        }
        for first, second in sorted(together):
            verdicts = {(answers[first].is_met, answers[second].is_met) for answers in samples}
            is_doubtful = any(self._findings.has(ProblemKind.REQUIREMENT_IS_NOT_PURE, one) for one in (first, second))
            if verdicts != {(True, True), (False, False)} or is_doubtful or self._is_broken(first):
                continue
            asked = self._asked[first], self._asked[second]
            if not any(are_told_apart(*asked, place.entity) for place in self._walk.places[:_VARIED]):
                self._findings.add(
                    ProblemKind.REQUIREMENT_IS_SHADOWED,
                    second,
                    f"it stands in the way exactly where {first} does",
                    way_out=f"keep one of them, or give {self._given}=[...] of which only one holds",
                )


def contradicting(names: Sequence[str], met: Collection[frozenset[str]]) -> tuple[str, ...]:
    """Which of several requirements of one move were each met, and never together: two if possible, else all.

    Args:
        names: the requirements.
        met: which of them were met, each time that the move was tried.
    """
    if not all(any(name in one for one in met) for name in names):
        return ()
    for apart in (*combinations(names, 2), tuple(names)):
        if len(apart) > 1 and not any(one.issuperset(apart) for one in met):
            return apart
    return ()


def _all_drafts(process: SalesProcess[Any] | LeadProcess[Any], drafts: Sequence[Worked]) -> list[Worked]:
    """The drafts of the user, or the builder's; and beside them one of which nothing is known that need not be."""
    if not drafts:
        drafts = [a_deal(process.deal_type) if isinstance(process, SalesProcess) else a_lead(process.lead_type)]
    return [*drafts, _bare(drafts[0])]


def _bare(draft: Worked) -> Worked:
    fields = {
        field.name: field.default
        for field in attrs.fields(type(draft))
        if field.init and field.name not in ("id", "name") and _is_value(field.default)
    }
    try:
        return evolved(draft, fields)
    except Exception:  # a rule of a class of yours that says: not without
        return draft


def _is_value(default: object) -> bool:
    return default is not attrs.NOTHING and type(default).__name__ != "Factory"


def _hold(sale: Sale[Deal]) -> None:
    sale.hold(reason="budget freeze")


def _object(sale: Sale[Deal]) -> None:
    sale.objections.raise_("It costs too much")


_DISTURBANCES: tuple[Doing, ...] = (_hold, _object)
"""What may happen to a deal in any stage."""
