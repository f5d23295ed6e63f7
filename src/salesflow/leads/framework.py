"""Qualification frameworks: the questions that tell a lead with potential from one without.

A framework is a class whose attributes are its criteria, each a question with the kind of its answer. Answers are kept
on the lead, or the deal, with who gave them, when, and on what evidence; a framework only reads them. So several can be
asked of the same lead, and one can be changed without losing an answer.

A framework stands as a requirement in two ways: in a stage, by its gaps, or on a move, as ``BANT.requirement()``::

    class Working(LeadStage):
        @exit_requirement("the lead is qualified by BANT")
        def is_qualified(self, lead: Lead) -> Iterator[str]:
            yield from BANT.missing(lead)

Make your own by subclassing; ``without`` removes an inherited criterion::

    class Ours(BANT, without=("authority",)):
        security = Criterion("Have they told us what their security team will ask?", kind=bool)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

import attrs

from salesflow.answer import Answer
from salesflow.errors import InvalidValue, ProcessDefinitionError, UnknownName, WrongType
from salesflow.process.requirement import Requirement
from salesflow.values.money import Money
from salesflow.values.text import line
from salesflow.worked import Worked

__all__ = [
    "PLACES",
    "AnyCriterion",
    "Criterion",
    "Framework",
    "Gap",
    "GapReason",
]

V = TypeVar("V", bool, str, Money, Decimal, date)

PLACES: Mapping[type, str] = {bool: "yes", str: "text", Money: "amount", Decimal: "number", date: "on"}
"""In which field of an ``Answer`` a value of a type is kept."""


class GapReason(StrEnum):
    """Why a criterion is not fulfilled."""

    UNANSWERED = "unanswered"
    NOT_FULFILLED = "not fulfilled"


@attrs.frozen(kw_only=True)
class Gap:
    """A criterion that is not fulfilled.

    Attributes:
        criterion: its key within the framework.
        question: what is asked.
        hint: what to do about it.
        reason: whether nobody answered it yet, or the answer does not suffice.
    """

    criterion: str
    question: str
    hint: str
    reason: GapReason


def _suffices(value: object) -> bool:
    """A yes, or any answer that is not a no, and an amount or a number above 0; our own choice."""
    if isinstance(value, Money):
        return value.amount > 0
    if isinstance(value, Decimal):
        return value > 0
    return value is not False


class Criterion(Generic[V]):
    """A question of a framework.

    Args:
        question: what is asked, in words that a seller would use.
        kind: what an answer is: ``str``, ``bool``, ``Money``, ``Decimal`` or ``date``.
        hint: what to do to find out.
        fulfilled_by: whether an answer suffices; where it is not given, a no, an amount of 0 and a number of 0 do not,
            and every other answer does.

    Example:
        ``budget = Criterion("What can they spend?", kind=Money, hint="Ask what was set aside for it.")``
    """

    def __init__(
        self,
        question: str,
        *,
        kind: type[V],
        hint: str = "",
        fulfilled_by: Callable[[V], bool] | None = None,
    ) -> None:
        self.question: str = line(question, field="question", limit=500)
        if kind not in PLACES:
            raise WrongType(
                "an answer is yes or no, a text, an amount, a number or a day",
                field="kind",
                value=kind,
                way_out="give bool, str, Money, Decimal or date",
            )
        self.kind: type[V] = kind
        self.hint = hint
        self._fulfilled_by: Callable[[V], bool] | None = fulfilled_by
        self._framework = ""
        self._key = ""

    def __set_name__(self, owner: type, name: str) -> None:
        if not self._key:
            self._key = name
            self._framework = _key_of(owner.__name__)

    def __repr__(self) -> str:
        return f"<Criterion {self.key}>"

    @property
    def name(self) -> str:
        """What it is called in its framework."""
        return self._key

    @property
    def key(self) -> str:
        """What answers to it are kept under: ``bant.budget``, also where another framework inherits it."""
        return f"{self._framework}.{self._key}"

    def answer(self, entity: Worked, /) -> Answer | None:
        """The latest answer to it, or ``None`` where nobody answered it."""
        return next((one for one in entity.answers if one.question == self.key), None)

    def gap(self, entity: Worked, /) -> Gap | None:
        """Why it is not fulfilled, or ``None`` where it is."""
        found = self.answer(entity)
        value = None if found is None else getattr(found, PLACES[self.kind])
        if value is not None and self.is_fulfilled_by(value):
            return None
        reason = GapReason.UNANSWERED if value is None else GapReason.NOT_FULFILLED
        return Gap(criterion=self._key, question=self.question, hint=self.hint, reason=reason)

    def is_fulfilled_by(self, value: V, /) -> bool:
        """Whether an answer suffices."""
        return _suffices(value) if self._fulfilled_by is None else self._fulfilled_by(value)

    def checked(self, value: V, /) -> V:
        """The value, where it is an answer to this question.

        Raises:
            WrongType: it is of another kind.
            InvalidValue: a text is empty or too long, a number is not finite.
        """
        if type(value) is not self.kind and not (self.kind is Money and isinstance(value, Money)):
            raise WrongType(
                f"an answer to {self.key} is of type {self.kind.__name__}",
                field="value",
                way_out=f"give a {self.kind.__name__}, not {type(value).__name__}",
            )
        if isinstance(value, str):
            line(value, field="value", limit=1000, personal=True)
        if isinstance(value, Decimal) and not value.is_finite():
            raise InvalidValue("a number is finite", field="value", value=value)
        return value


AnyCriterion = Criterion[bool] | Criterion[str] | Criterion[Money] | Criterion[Decimal] | Criterion[date]
"""A criterion, whatever its answers are."""


class Framework:
    """A set of criteria. Subclass it and name them; there are no instances.

    Class attributes:
        title: what it is called on a screen.

    Class keywords:
        without: names of inherited criteria that it shall not have.

    Raises:
        ProcessDefinitionError: when the class is defined: a name in ``without`` is no inherited criterion, or the
            framework has none.
    """

    title: ClassVar[str] = ""
    _criteria: ClassVar[Mapping[str, AnyCriterion]] = {}

    def __init_subclass__(cls, *, without: tuple[str, ...] = (), **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        inherited = {name: one for base in reversed(cls.__mro__[1:]) for name, one in _declared(base).items()}
        faults = [
            f"without names {name!r}, which is no inherited criterion (there is {', '.join(inherited) or 'none'})"
            for name in without
            if name not in inherited
        ]
        dropped = {name for base in cls.__mro__[1:] for name in getattr(base, "_dropped", ())} | set(without)
        own = _declared(cls)
        cls._dropped = frozenset(dropped - set(own))
        cls._criteria = {
            name: one for name, one in {**inherited, **own}.items() if name not in cls._dropped or name in own
        }
        if not cls._criteria:
            faults.append("a framework asks something; name a Criterion in its body")
        if faults:
            raise ProcessDefinitionError(cls.__name__, faults)

    _dropped: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def criteria(cls) -> tuple[AnyCriterion, ...]:
        """Its criteria, in order."""
        return tuple(cls._criteria.values())

    @classmethod
    def criterion(cls, name: str) -> AnyCriterion:
        """The criterion of this name.

        Raises:
            UnknownName: there is none.
        """
        if name not in cls._criteria:
            raise UnknownName("criterion", name, cls._criteria, where=cls.__name__)
        return cls._criteria[name]

    @classmethod
    def gaps(cls, entity: Worked, /) -> tuple[Gap, ...]:
        """The criteria that are not fulfilled, in order."""
        found = (one.gap(entity) for one in cls._criteria.values())
        return tuple(gap for gap in found if gap is not None)

    @classmethod
    def missing(cls, entity: Worked, /) -> Iterator[str]:
        """What is missing, a text each, for a requirement that yields it."""
        for gap in cls.gaps(entity):
            yield (
                gap.question if gap.reason is GapReason.UNANSWERED else f"{gap.question} (the answer does not suffice)"
            )

    @classmethod
    def is_fulfilled(cls, entity: Worked, /) -> bool:
        """Whether every criterion is fulfilled."""
        return not cls.gaps(entity)

    @classmethod
    def requirement(cls, text: str = "") -> Requirement[Worked]:
        """The whole framework as a requirement, for the moves that ask for it: ``Move(requires=(BANT.requirement(),))``.

        Args:
            text: what must hold, in words that a seller understands.
        """
        return Requirement(
            name=f"{_key_of(cls.__name__)}_is_fulfilled",
            text=text or f"{cls.title or cls.__name__} is answered",
            test=cls.missing,
            hint="Ask what is missing, and record the answers.",
        )


def _declared(cls: type) -> dict[str, AnyCriterion]:
    return {name: one for name, one in vars(cls).items() if isinstance(one, Criterion)}


def _key_of(name: str) -> str:
    """The key of a framework: ``MEDDPICC`` gives ``meddpicc``, ``NeedAndMeans`` ``need_and_means``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
