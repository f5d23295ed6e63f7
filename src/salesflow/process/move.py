"""Moves: the named, allowed changes of stage.

Every process of deals has five moves that follow from the order of its stages: ``advance`` to the next stage, ``win``,
``lose``, ``go_back`` to an earlier stage, and ``reopen``. A ``Move`` in the body of a process is one more, or replaces
one of these under its name.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from copy import copy
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.outcome import Outcome
from salesflow.process.requirement import Requirement

if TYPE_CHECKING:
    from typing import Never

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.deal import Deal
    from salesflow.process.position import Position

    E_contra = DefaultedTypeVar("E_contra", bound=Entity, contravariant=True, default=Deal)
else:
    E_contra = TypeVar("E_contra", bound=Entity, contravariant=True)

__all__ = ["BUILT_IN_MOVES", "Move", "Route"]

BUILT_IN_MOVES = ("advance", "win", "lose", "go_back", "reopen")


class Move(Generic[E_contra]):
    """A named change of stage that a process allows.

    Args:
        source: the key of the stage that it leaves, or several.
        target: the key of the stage that it enters.
        requires: requirements of its own, besides those of leaving the source and entering the target.
        title: what it is called on a screen; the name in plain words where it is not given.
        needs_reason: whether a reason must be given.
        leaves_unfinished: whether it may be made although the exit requirements of the source do not hold.

    Example::

        fast_track = Move(source="approach", target="closing", requires=(existing_customer,))
    """

    def __init__(
        self,
        *,
        source: str | Position[Never] | Iterable[str | Position[Never]],
        target: str | Position[Never],
        requires: Iterable[Requirement[E_contra]] = (),
        title: str = "",
        needs_reason: bool = False,
        leaves_unfinished: bool = False,
    ) -> None:
        if isinstance(source, str) or not isinstance(source, Iterable):
            source = (source,)
        self._sources = tuple(source)
        self._target = target
        self._key = ""
        self.requires: tuple[Requirement[E_contra], ...] = tuple(requires)
        self.title = title
        self.needs_reason = needs_reason
        self.leaves_unfinished = leaves_unfinished

    def __set_name__(self, owner: type, name: str) -> None:
        if not self._key:
            self._key = name

    def __repr__(self) -> str:
        return f"<Move {self._key or '?'}: {', '.join(self.sources)} -> {self.target}>"

    @property
    def key(self) -> str:
        """The name under which it stands in its process."""
        return self._key

    @property
    def label(self) -> str:
        """What it is called on a screen."""
        return self.title or self._key.replace("_", " ").capitalize()

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the stages that it leaves."""
        return tuple(_key_of(source) for source in self._sources)

    @property
    def target(self) -> str:
        """The key of the stage that it enters."""
        return _key_of(self._target)

    def without_sources(self, gone: Container[str]) -> Self:
        """The same move without the stages that a process has no more, as long as one is left that it can leave."""
        left = tuple(source for source in self._sources if _key_of(source) not in gone)
        if not left or len(left) == len(self._sources):
            return self
        fewer = copy(self)
        fewer._sources = left
        return fewer


def _key_of(stage: object) -> str:
    """The key as bare text: ``transitions`` takes the member of an enumeration for another state than its text."""
    return str.__str__(stage) if isinstance(stage, str) else str(getattr(stage, "key", stage))


@attrs.frozen(kw_only=True, eq=False)
class Route(Generic[E_contra]):
    """One way that a move can take: from one stage to one other.

    Attributes:
        move: the key of the move.
        title: what the move is called on a screen.
        source: the key of the stage that it leaves.
        target: the key of the stage that it enters.
        outcome: what the entered stage means.
        requirements: all that must hold, in the order in which it is asked.
        needs_reason: whether a reason must be given.
    """

    move: str
    title: str
    source: str
    target: str
    outcome: Outcome = Outcome.OPEN
    requirements: tuple[Requirement[E_contra], ...] = ()
    needs_reason: bool = False
