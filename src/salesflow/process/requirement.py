"""Requirements: what must hold before a deal, or a lead, may move.

A requirement is a pure question to it. It returns ``True`` or ``False``, or yields what is missing, a text each.
Anything else is a mistake of whoever wrote it, and raises. All requirements of a move are asked, and all that do not
hold are reported: a seller should not find out one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from salesflow.entity import Entity

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.deal import Deal

    E_contra = DefaultedTypeVar("E_contra", bound=Entity, contravariant=True, default=Deal)
else:
    E_contra = TypeVar("E_contra", bound=Entity, contravariant=True)

E = TypeVar("E", bound=Entity)
Method = TypeVar("Method", bound=Callable[..., "bool | Iterator[str]"])

__all__ = ["Requirement", "RequirementKind", "Unmet", "entry_requirement", "exit_requirement", "requirement"]

MARK = "__salesflow_requirement__"
MOST_MISSING = 10_000
"""How much a requirement may say that is missing; our own choice. What says more would as a rule never end."""


class RequirementKind(StrEnum):
    """When a requirement is asked."""

    EXIT = "exit"
    ENTRY = "entry"
    MOVE = "move"


@attrs.frozen(kw_only=True)
class Unmet:
    """A requirement that does not hold.

    Attributes:
        requirement: its name.
        text: what should hold, in words.
        stage: the stage that asks for it, or the move.
        kind: whether it stands before leaving, before entering, or on the move itself.
        missing: what exactly is missing, where the requirement says so.
        hint: what to do about it, where the requirement says so.
    """

    requirement: str
    text: str
    stage: str
    kind: RequirementKind
    missing: tuple[str, ...] = ()
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(self.missing)})" if self.missing else self.text


@attrs.frozen(kw_only=True)
class Requirement(Generic[E_contra]):
    """Something that must hold before a move.

    Attributes:
        name: what it is called in code; unique within its stage.
        text: what must hold, in words that a seller understands.
        hint: what to do when it does not hold.
        kind: when it is asked.
        stage: the stage (or the move) that asks for it; set when a process is defined.
        test: the question itself.
    """

    name: str
    text: str
    test: Callable[[E_contra], bool | Iterator[str]]
    hint: str = ""
    kind: RequirementKind = RequirementKind.MOVE
    stage: str = ""

    def unmet(self, entity: E_contra, /) -> Unmet | None:
        """What is missing, or ``None`` where it holds.

        Raises:
            TypeError: the question gave neither a bool nor texts.
        """
        return self.judge(self.test(entity))

    def judge(self, verdict: object) -> Unmet | None:
        """Turn the answer to the question into what is missing, strictly."""
        if verdict is True:
            return None
        if verdict is False:
            return self._unmet(())
        if isinstance(verdict, Iterator):
            missing = tuple(islice(verdict, MOST_MISSING + 1))
            if len(missing) > MOST_MISSING:
                raise TypeError(
                    f"requirement {self.stage}.{self.name} must come to an end; it yields more than {MOST_MISSING} texts"
                )
            for text in missing:
                if not isinstance(text, str):
                    raise TypeError(f"requirement {self.stage}.{self.name} must yield text, not {type(text).__name__}")
            return self._unmet(missing) if missing else None
        raise TypeError(
            f"requirement {self.stage}.{self.name} must return a bool or yield what is missing, "
            f"not {type(verdict).__name__}"
        )

    def _unmet(self, missing: tuple[str, ...]) -> Unmet:
        return Unmet(
            requirement=self.name,
            text=self.text,
            stage=self.stage,
            kind=self.kind,
            missing=missing,
            hint=self.hint,
        )


@attrs.frozen
class Mark:
    """What a decorator leaves on a method of a stage."""

    kind: RequirementKind
    text: str
    hint: str


def _marked(kind: RequirementKind, text: str, hint: str) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        setattr(method, MARK, Mark(kind, text, hint))
        return method

    return mark


def entry_requirement(text: str, *, hint: str = "") -> Callable[[Method], Method]:
    """Mark a method of a stage as a requirement for entering it.

    Args:
        text: what must hold, in words that a seller understands.
        hint: what to do when it does not hold.

    Example::

        class Closing(Stage):
            @entry_requirement("every objection is settled", hint="Answer what is open.")
            def objections_are_settled(self, deal: Deal) -> bool:
                return not deal.open_objections
    """
    return _marked(RequirementKind.ENTRY, text, hint)


def exit_requirement(text: str, *, hint: str = "") -> Callable[[Method], Method]:
    """Mark a method of a stage as a requirement for leaving it forward.

    It is asked when a deal advances, is won, or makes a move of your own; not when it is lost or goes back.

    Args:
        text: what must hold, in words that a seller understands.
        hint: what to do when it does not hold.
    """
    return _marked(RequirementKind.EXIT, text, hint)


def requirement(text: str, *, hint: str = "") -> Callable[[Callable[[E], bool | Iterator[str]]], Requirement[E]]:
    """Make a requirement of a function, for the moves that ask for it.

    Args:
        text: what must hold, in words that a seller understands.
        hint: what to do when it does not hold.

    Example::

        @requirement("the customer has bought before")
        def existing_customer(deal: Deal) -> bool:
            return deal.source == "existing customer"

        fast_track = Move(source="approach", target="closing", requires=(existing_customer,))
    """

    def make(test: Callable[[E], bool | Iterator[str]]) -> Requirement[E]:
        return Requirement(name=getattr(test, "__name__", "requirement"), text=text, test=test, hint=hint)

    return make
