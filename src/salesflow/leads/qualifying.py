"""Qualifying: the questions of a framework are answered, on a lead or on a deal.

An answer has who gave it, when, and the evidence. A later answer takes the place of an earlier one, and the history keeps
both.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

import attrs

from salesflow.answer import Answer
from salesflow.errors import InvalidValue, UnknownName
from salesflow.event import Event
from salesflow.leads.framework import PLACES, Criterion, Framework, Gap
from salesflow.values.money import Money
from salesflow.values.text import is_identifier, is_line, lines
from salesflow.work import Work
from salesflow.worked import Worked

__all__ = ["AnswerGiven", "AnswerRetracted", "AnswersCarriedOver", "QualifyingDesk"]

V = TypeVar("V", bool, str, Money, Decimal, date)
W = TypeVar("W", bound=Worked)


@attrs.frozen(kw_only=True)
class AnswerGiven(Event[Worked]):
    """A question that qualifies a lead, or a deal, was answered; a later answer takes the place of an earlier one.

    Attributes:
        answer: the answer, of the moment and the actor of the event.
    """

    answer: Answer

    def __attrs_post_init__(self) -> None:
        if self.answer.at != self.at or self.answer.by != self.by:
            raise InvalidValue("an answer is of the moment and the actor of its event", field="answer")

    def apply(self, entity: Worked, /) -> Worked:
        """The entity with this answer."""
        others = [one for one in entity.answers if one.question != self.answer.question]
        return entity.changed_by(self, answers=(*others, self.answer))


@attrs.frozen(kw_only=True)
class AnswerRetracted(Event[Worked]):
    """An answer turned out to be wrong; the question is open again.

    Attributes:
        question: the key of the question.
    """

    question: str = attrs.field(validator=is_line())

    def apply(self, entity: Worked, /) -> Worked:
        """The entity without the answer."""
        return entity.changed_by(self, answers=tuple(one for one in entity.answers if one.question != self.question))


@attrs.frozen(kw_only=True)
class AnswersCarriedOver(Event[Worked]):
    """What was answered on a lead goes on with the deal that it became; who answered, when, and on what evidence stays.

    Attributes:
        lead_id: the lead.
        answers: what was answered there.
    """

    lead_id: str = attrs.field(validator=is_identifier())
    answers: tuple[Answer, ...]

    def apply(self, entity: Worked, /) -> Worked:
        """The entity with these answers; to a question that was answered on it already, its own stays."""
        own = {one.question for one in entity.answers}
        return entity.changed_by(
            self, answers=(*entity.answers, *(one for one in self.answers if one.question not in own))
        )


class QualifyingDesk(Generic[W]):
    """Where the questions of a framework are answered: ``work.qualifying``, and ``sale.desk(QualifyingDesk)``."""

    __slots__ = ("_work",)

    def __init__(self, work: Work[W], /) -> None:
        self._work = work

    def answer(self, criterion: Criterion[V], value: V, /, *, evidence: Iterable[str] = ()) -> Answer:
        """Record an answer; it takes the place of an earlier one.

        Args:
            criterion: which question: ``BANT.budget``.
            value: the answer, of the kind that the question asks for. A no is an answer.
            evidence: what it rests on, a line each.

        Raises:
            WrongType: the answer is of another kind.
            InvalidValue: a value breaks its rule.
            NotNow: what is worked on is closed.

        Example:
            ``work.qualifying.answer(BANT.budget, Money("50000", "EUR"), evidence=["call of 3 November"])``
        """
        self._work._check_open("answer a question")
        given: dict[str, object] = {PLACES[criterion.kind]: criterion.checked(value)}
        answer = Answer(
            question=criterion.key,
            evidence=lines(evidence, field="evidence", limit=1000),
            at=self._work.at,
            by=self._work.by,
            **given,  # type: ignore[arg-type]  # the kind of the value is the kind of its place
        )
        self._work.record(AnswerGiven(at=self._work.at, by=self._work.by, answer=answer))
        return answer

    def retract(self, criterion: Criterion[V], /) -> None:
        """Record that an answer was wrong; the question is open again.

        Raises:
            UnknownName: there is no answer to it.
            NotNow: what is worked on is closed.
        """
        self._work._check_open("retract an answer")
        entity = self._work._entity
        if criterion.answer(entity) is None:
            raise UnknownName("answer", criterion.key, [one.question for one in entity.answers])
        self._work.record(AnswerRetracted(at=self._work.at, by=self._work.by, question=criterion.key))

    def gaps(self, framework: type[Framework], /) -> tuple[Gap, ...]:
        """What a framework still asks."""
        return framework.gaps(self._work._entity)
