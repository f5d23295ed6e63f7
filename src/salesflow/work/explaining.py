"""What can be asked before anything is done: the moves that a stage has, and what is missing for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from salesflow.errors import MoveNotAllowed, UnknownName, WrongType
from salesflow.outcome import Outcome
from salesflow.process.answers import NextMove
from salesflow.process.move import BUILT_IN_MOVES, Move, Route
from salesflow.process.position import Position
from salesflow.process.requirement import Unmet
from salesflow.worked import Worked

if TYPE_CHECKING:
    from typing import Never

    from salesflow.process.engine import Process

E_co = TypeVar("E_co", bound=Worked, covariant=True)

__all__ = ["Explaining", "key_of_move"]


class Explaining(Generic[E_co]):
    """What an entity can do next under its process; nothing is tried, and nothing changes by asking."""

    __slots__ = ()

    _process: Process[E_co]
    _entity: E_co

    @property
    def stage(self) -> Position[E_co]:
        """The stage that it is in."""
        return self._process.stage(self._entity.stage)

    def blockers(
        self, move: Move[E_co] | str | None = None, /, *, to: Position[Never] | str | None = None
    ) -> tuple[Unmet, ...]:
        """What is missing before it can move; nothing is tried.

        Args:
            move: which move; the one that leads on where it is not given.
            to: the stage that it leads to, where it has several.

        Returns:
            Every requirement that does not hold. Nothing where the move can be made, or where nothing leads on.

        Raises:
            MoveNotAllowed: this stage has no such move.
        """
        if move is None:
            route = self._next_route()
            return () if route is None else self._unmet(route)
        return self._unmet(self._route(key_of_move(move), to))

    def next_moves(self) -> tuple[NextMove, ...]:
        """Every move that the stage has, with what is missing for it."""
        return tuple(
            NextMove(
                move=route.move,
                title=route.title,
                target=route.target,
                unmet=self._unmet(route),
                needs_reason=route.needs_reason or route.outcome is Outcome.LOST,
            )
            for route in self._process.routes
            if route.source == self._entity.stage
        )

    def next_steps(self) -> tuple[str, ...]:
        """What to do next, a sentence each: what is missing first, then what the stage advises."""
        missing = [
            f"{unmet.hint} ({', '.join(unmet.missing)})" if unmet.hint and unmet.missing else unmet.hint or str(unmet)
            for unmet in self.blockers()
        ]
        return (*missing, *self.stage.guidance)

    # The ways that lead on ----------------------------------------------------------------------------------------

    def _routes(self, move: str) -> tuple[Route[E_co], ...]:
        """The ways that a move can take from the present stage."""
        return self._process._ways.get((move, self._entity.stage), ())  # type: ignore[return-value]  # kept for entities of any class

    def _route(self, move: str, to: Position[Never] | str | None) -> Route[E_co]:
        """The way that a move takes from the present stage.

        Raises:
            MoveNotAllowed: there is none, or several and none was chosen.
        """
        ways = self._routes(move)
        target = None if to is None else self._process._stage_of(to).key
        if target is None and len(ways) == 1:
            return ways[0]
        if target is None and ways:
            target = self._default_target(move, ways)
        for route in ways:
            if route.target == target:
                return route
        moves = self._process._machine.events
        if move not in moves and move not in BUILT_IN_MOVES:
            raise UnknownName("move", move, moves, where=f"process {self._process.key}")
        raise MoveNotAllowed(
            kind=self._process._kind,
            id=self._entity.id,
            move=move,
            source=self._entity.stage,
            target=target,
            allowed=[
                f"{route.move} -> {route.target}"
                for route in self._process.routes
                if route.source == self._entity.stage
            ],
        )

    def _default_target(self, move: str, ways: tuple[Route[E_co], ...]) -> str | None:
        """Where a move with several targets leads when none is chosen: back by one stage, or where it was closed."""
        if move == "go_back":
            return ways[0].target
        if move == "reopen":
            targets = [route.target for route in ways]
            closed_from = self._entity.closed_from
            return closed_from if closed_from in targets else targets[-1]
        return None

    def _next_route(self) -> Route[E_co] | None:
        for move in self._process._forward:
            ways = self._routes(move)
            if ways:
                return ways[0]
        return None

    def _unmet(self, route: Route[E_co]) -> tuple[Unmet, ...]:
        found = [requirement.unmet(self._entity) for requirement in route.requirements]
        return tuple(unmet for unmet in found if unmet is not None)


def key_of_move(move: Move[Never] | str) -> str:
    """The key of a move that is meant by itself or by its key."""
    if isinstance(move, str):
        return move
    if not isinstance(move, Move):
        raise WrongType("a move is meant by itself or by its key", field="move", value=move)
    return move.key
