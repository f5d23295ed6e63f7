"""What was answered to a question that qualifies a lead or a deal, by whom, when, and on what evidence.

Which questions there are, and when an answer is good enough, a framework says (``salesflow.leads.qualifying``). What is
kept is the answer alone, under the key of its question, so that the framework may change and the answers stay.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import attrs

from salesflow.values.moments import is_moment
from salesflow.values.money import Money
from salesflow.values.personal import personal
from salesflow.values.text import are_lines, is_line

__all__ = ["Answer", "AnswerValue"]

AnswerValue = bool | str | Money | Decimal | date
"""What an answer can be: yes or no, a text, an amount of money, a number, a day."""


@attrs.frozen(kw_only=True)
class Answer:
    """An answer to one question.

    Attributes:
        question: the key of the question, ``framework.criterion`` ("bant.budget").
        yes, text, amount, number, on: the answer itself, in the one of them that fits its kind.
        evidence: what it rests on, a line each.
        at: when it was recorded.
        by: who recorded it.
    """

    question: str = attrs.field(validator=is_line())
    yes: bool | None = None
    text: str | None = attrs.field(default=None, metadata=personal())
    amount: Money | None = None
    number: Decimal | None = None
    on: date | None = None
    evidence: tuple[str, ...] = attrs.field(
        default=(), validator=are_lines(limit=1000, personal=True), metadata=personal()
    )
    at: datetime = attrs.field(validator=is_moment())
    by: str = attrs.field(validator=is_line())

    @property
    def value(self) -> AnswerValue | None:
        """The answer, of whatever kind it is."""
        for value in (self.yes, self.text, self.amount, self.number, self.on):
            if value is not None:
                return value
        return None
