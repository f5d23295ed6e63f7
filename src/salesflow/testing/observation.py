"""Watching a process at work, without changing what it does.

While :func:`observing` is on, every unit of work on one of the processes, or on a process derived from it, tells what it
did: which stage it began in, which moves were made, which were refused, and which questions were asked of it. The process,
its stages, its machine and the types of everything stay what they are: the unit of work is where all of it passes, and
its methods are wrapped for as long as the observation lasts.

What :func:`~salesflow.testing.walking.sale_at` does on its way counts as moves made and requirements met, never as a
refusal: a test has seen a requirement stand in the way only where it asked, or tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any, TypeVar

from salesflow.errors import MoveRefused, UnknownName, WrongType
from salesflow.leads.lead_process import LeadProcess
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.process.requirement import RequirementKind
from salesflow.testing.process_coverage import Counts, ProcessCoverage, Tally
from salesflow.work import Work, key_of_move
from salesflow.work.explaining import Explaining
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)
Method = Callable[..., Any]

__all__ = ["Observed", "observing"]


class Observed:
    """What was seen of some processes; made by :func:`observing`."""

    def __init__(self, processes: tuple[type[Process[Worked]], ...]) -> None:
        self._tallies = {process: Tally() for process in processes}

    @property
    def processes(self) -> tuple[type[Process[Worked]], ...]:
        """The observed processes."""
        return tuple(self._tallies)

    def coverage(self, process: type[Process[W]], /) -> ProcessCoverage:
        """What was exercised of one of the processes so far.

        Raises:
            UnknownName: it is not observed.
        """
        for one, tally in self._tallies.items():
            if one is process:
                return tally.coverage(one)
        raise UnknownName("observed process", process.__name__, [one.__name__ for one in self._tallies])

    def counts(self) -> tuple[Counts, ...]:
        """All that was counted of each process, in the order of the processes."""
        return tuple(tally.counts() for tally in self._tallies.values())

    def add(self, counts: Iterable[Counts]) -> None:
        """Count what was seen of the same processes elsewhere, in another process of the operating system say."""
        for tally, more in zip(self._tallies.values(), counts, strict=True):
            tally.add(more)

    def _of(self, process: object) -> Iterator[Tally]:
        """The tallies that count what happens under a process: its own, and those of the processes it derives from."""
        for one, tally in self._tallies.items():
            if isinstance(process, one):
                yield tally


@contextmanager
def observing(*processes: type[Process[W]]) -> Iterator[Observed]:
    """Count what happens under some processes, and under those that derive from them.

    Args:
        *processes: classes of processes, of deals or of leads.

    Raises:
        WrongType: one of them is no class of processes.

    Example::

        with observing(SaaSProcess) as observed:
            sale_at(SaaSProcess, "closing")
        assert observed.coverage(SaaSProcess).stages[0].is_covered
    """
    for process in processes:
        if not (isinstance(process, type) and issubclass(process, Process)):
            raise WrongType("what is observed is a class of processes", field="process", value=process)
    observed = Observed(processes)  # type: ignore[arg-type]  # kept for entities of any class
    with ExitStack() as wrapped:
        for owner, name, wrapper in _WRAPPED:
            before = vars(owner)[name]
            setattr(owner, name, wraps(before)(wrapper(observed, before)))
            wrapped.callback(setattr, owner, name, before)
        yield observed


def _begun(observed: Observed, begin: Method) -> Method:
    def __init__(work: Work[Worked], process: Process[Worked], entity: Worked | None, /, **how: Any) -> None:  # noqa: N807
        begin(work, process, entity, **how)
        if entity is not None:
            for tally in observed._of(process):
                tally.take_up(entity.stage)

    return __init__


def _created(observed: Observed, create: Method) -> Method:
    def _create(work: Work[Worked], event: Any, entered: Any) -> None:
        create(work, event, entered)
        for tally in observed._of(work._process):
            tally.enter(work._entity.stage)
            if entered is not None:
                tally.answer(entered.requirements(RequirementKind.ENTRY), ())

    return _create


def _fired(observed: Observed, fire: Method) -> Method:
    def _fire(work: Work[Worked], route: Any, **how: Any) -> object:
        try:
            entered = fire(work, route, **how)
        except MoveRefused as refused:
            for tally in observed._of(work._process):
                tally.refuse(route, refused.unmet)
            raise
        for tally in observed._of(work._process):
            tally.make(route)
        return entered

    return _fire


def _asked(observed: Observed, blockers: Method) -> Method:
    def asked(work: Work[Worked], move: Any = None, /, *, to: Any = None) -> object:
        unmet = blockers(work, move, to=to)
        route = work._next_route() if move is None else work._route(key_of_move(move), to)
        if route is not None:
            for tally in observed._of(work._process):
                tally.answer(route.requirements, unmet)
        return unmet

    return asked


def _looked_ahead(observed: Observed, next_moves: Method) -> Method:
    def looked_ahead(work: Work[Worked]) -> object:
        moves = next_moves(work)
        by_way = {(route.move, route.target): route for route in work._process.routes if route.source == _stage(work)}
        for move in moves:
            for tally in observed._of(work._process):
                tally.answer(by_way[move.move, move.target].requirements, move.unmet)
        return moves

    return looked_ahead


def _opened(observed: Observed, begin: Method) -> Method:
    def opened(process: Process[Worked], *draft: Any, **how: Any) -> object:
        try:
            return begin(process, *draft, **how)
        except MoveRefused as refused:
            for tally in observed._of(process):
                tally.answer(process.stages[0].requirements(RequirementKind.ENTRY), refused.unmet)
            raise

    return opened


def _stage(work: Work[Worked]) -> str:
    return work._entity.stage


_WRAPPED: tuple[tuple[type, str, Callable[[Observed, Method], Method]], ...] = (
    (Work, "__init__", _begun),
    (Work, "_create", _created),
    (Work, "_fire", _fired),
    (Explaining, "blockers", _asked),
    (Explaining, "next_moves", _looked_ahead),
    (SalesProcess, "open", _opened),
    (LeadProcess, "capture", _opened),
)
"""Where everything that a process does passes: what is wrapped while it is observed."""
