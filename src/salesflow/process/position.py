"""What a stage is, whatever is worked in it: a name, what it is for, and what must hold.

A stage is a class, so that it can be subclassed, and an instance of it stands in a process under a name, its key. The
docstring of the class says what the stage is for; methods marked as requirements say what must hold. ``Stage`` is a
position of deals, and adds hooks that are called with a sale; ``LeadStage`` is one of leads.
"""

from __future__ import annotations

import inspect
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, get_args, get_origin

from salesflow.entity import Entity
from salesflow.outcome import Outcome
from salesflow.process.requirement import MARK, Mark, Requirement, RequirementKind

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    E_contra = DefaultedTypeVar("E_contra", bound=Entity, contravariant=True, default=Entity)
else:
    E_contra = TypeVar("E_contra", bound=Entity, contravariant=True)

__all__ = ["Position", "declared_for"]


class Position(Generic[E_contra]):
    """A position in a process; derive from ``Stage`` for one of deals.

    Class attributes:
        title: what it is called on a screen; the key in plain words where it is not given.
        outcome: what being in it means; open where nothing else is said.
        probability: the chance of winning from here, a fraction, or ``None`` where it is not known.
        rots_after: how long something may stay in it before it counts as stuck, or ``None``.
        guidance: what to do in this stage, a sentence each.

    Args:
        after: the key of the stage that this one follows, where it is inserted into an inherited process.
        before: the key of the stage that this one precedes.

    Class keywords:
        without: names of inherited requirements that this stage does not have.
    """

    title: ClassVar[str] = ""
    outcome: ClassVar[Outcome] = Outcome.OPEN
    probability: ClassVar[Decimal | None] = None
    rots_after: ClassVar[timedelta | None] = None
    guidance: ClassVar[tuple[str, ...]] = ()

    _dropped: ClassVar[frozenset[str]] = frozenset()
    _faults: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, without: tuple[str, ...] = (), **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        inherited = {name: None for base in cls.__mro__[1:] for name in vars(base) if _mark_of(base, name)}
        unknown = [name for name in without if name not in inherited or name in vars(cls)]
        faults = tuple(
            f"stage {cls.__name__}: without names {name!r}, which is no inherited requirement"
            f" (it has {', '.join(inherited) or 'none'})"
            for name in unknown
        )
        cls._faults = cls._faults + faults
        marked_again = {name for name in vars(cls) if _mark_of(cls, name)}
        cls._dropped = (cls._dropped | frozenset(without)) - marked_again

    def __init__(self, *, after: str | None = None, before: str | None = None) -> None:
        self._key = ""
        self._after = after
        self._before = before

    def __set_name__(self, owner: type, name: str) -> None:
        if not self._key:
            self._key = name

    def __repr__(self) -> str:
        return f"<Stage {self._key or type(self).__name__}>"

    @property
    def key(self) -> str:
        """The name under which it stands in its process; what is in it keeps this one."""
        return self._key

    @property
    def label(self) -> str:
        """What it is called on a screen."""
        return self.title or self._key.replace("_", " ").capitalize()

    @property
    def purpose(self) -> str:
        """What the stage is for: the docstring of its class, or of the nearest base that has one."""
        for cls in type(self).__mro__:
            if cls is Position:
                break
            if cls.__doc__ and Position not in cls.__bases__:
                return inspect.cleandoc(cls.__doc__)
        return ""

    @property
    def is_open(self) -> bool:
        """Whether what is in it is neither won nor lost."""
        return self.outcome is Outcome.OPEN

    def requirements(self, kind: RequirementKind | None = None) -> tuple[Requirement[E_contra], ...]:
        """What must hold before entering or leaving it, in the order of the definitions.

        Args:
            kind: only those asked before entering, or only those asked before leaving.
        """
        found = []
        for name, mark in self._marks().items():
            if kind is None or mark.kind is kind:
                found.append(
                    Requirement[E_contra](
                        name=name,
                        text=mark.text,
                        test=getattr(self, name),
                        hint=mark.hint,
                        kind=mark.kind,
                        stage=self._key,
                    )
                )
        return tuple(found)

    @classmethod
    def _marks(cls) -> dict[str, Mark]:
        """The requirement marks by name; an override keeps the mark of what it overrides."""
        marks: dict[str, Mark] = {}
        for base in reversed(cls.__mro__):
            for name in vars(base):
                mark = _mark_of(base, name)
                if mark is not None:
                    marks[name] = mark
        return {name: mark for name, mark in marks.items() if name not in cls._dropped}

    @classmethod
    def has_hook(cls, name: str) -> bool:
        """Whether it has a hook of its own under this name (``on_enter`` or ``on_exit``)."""
        silent = next(base for base in cls.__mro__ if Position in base.__bases__)
        return getattr(cls, name) is not getattr(silent, name)


def _mark_of(cls: type, name: str) -> Mark | None:
    found = vars(cls).get(name)
    mark = getattr(found, MARK, None) or getattr(getattr(found, "__func__", None), MARK, None)
    return mark if isinstance(mark, Mark) else None


def declared_for(cls: type[object], generic: type[object]) -> type[Entity] | None:
    """The class of entities that a class of stages, or of processes, is declared for, by itself or by a base of it.

    Args:
        cls: ``class SecurityReview(Stage[SaaSDeal])`` is declared for ``SaaSDeal``.
        generic: what it derives from: ``Position`` or ``Process``.
    """
    for one in cls.__mro__:
        for base in vars(one).get("__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, generic):
                for argument in get_args(base):
                    if isinstance(argument, type) and issubclass(argument, Entity):
                        return argument
    return None
