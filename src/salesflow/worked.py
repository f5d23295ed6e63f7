"""What is worked through the stages of a process: deals and leads.

Such an entity keeps where it stands, since when, and under which process; only moves change that. Beside it stand the
answers to the questions that qualify it, whatever framework asks them.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from salesflow.answer import Answer
from salesflow.entity import Entity
from salesflow.outcome import Outcome

__all__ = ["STAGE_FIELDS", "Worked"]


@attrs.frozen(kw_only=True)
class Worked(Entity):
    """An entity that is worked through the stages of a process.

    Attributes:
        process, process_version: the process that it runs under.
        stage: the key of the stage that it is in.
        outcome: open, won or lost.
        opened_at: when the work on it began.
        entered_at: when it entered its stage.
        closed_at: when it was won or lost.
        closed_from: the stage that it was won or lost from, where a reopened one returns to.
        answers: what was answered to the questions that qualify it, the latest answer to each.
    """

    process: str = ""
    process_version: int = 0
    stage: str = ""
    outcome: Outcome = Outcome.OPEN
    opened_at: datetime | None = None
    entered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_from: str | None = None
    answers: tuple[Answer, ...] = ()

    @classmethod
    def root(cls) -> type[Entity]:
        """The kind of entity that it is, whatever was derived from it: ``SaaSDeal.root()`` is ``Deal``."""
        return next(base for base in cls.__mro__ if base is Worked or Worked in base.__bases__)

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.outcome is Outcome.OPEN


STAGE_FIELDS = frozenset(
    {"process", "process_version", "stage", "outcome", "opened_at", "entered_at", "closed_at", "closed_from"}
)
"""The fields that only moves write."""
