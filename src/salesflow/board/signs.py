"""The signs on a card: a mark and a word each, so that no color has to be told apart."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.board.card import Card, TaskState
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.palette import Tone

__all__ = ["STATES", "Sign", "signs_of", "state_label"]


@attrs.frozen
class Sign:
    """One thing that a card points out.

    Attributes:
        mark: a character that is drawn before it and not read out.
        text: what it says.
        tone: its color.
    """

    mark: str
    text: str
    tone: Tone


STATES: dict[TaskState, tuple[str, Label, Tone | None]] = {
    TaskState.OVERDUE: ("!", Label.OVERDUE, Tone.BAD),
    TaskState.DUE: ("○", Label.DUE, Tone.ACCENT),
    TaskState.DONE: ("✓", Label.DONE, Tone.GOOD),
    TaskState.NONE: ("–", Label.NO_TASK, None),
}
"""How each state of tasks is drawn: its mark, its label and its tone; the track of a bar where there is none."""


def state_label(state: TaskState, language: Language) -> str:
    """The words for a state of tasks."""
    return language.label(STATES[state][1])


def signs_of(card: Card, language: Language) -> tuple[Sign, ...]:
    """What a card points out, the most pressing first."""
    return tuple(_signs(card, language))


def _signs(card: Card, language: Language) -> Iterator[Sign]:
    tasks = card.tasks

    def counted(label: Label, count: int) -> str:
        return language.label(label, count=language.number(count))

    if tasks.overdue:
        yield Sign("!", counted(Label.OVERDUE_TASKS, tasks.overdue), Tone.BAD)
    if card.rotting_for is not None:
        days = card.rotting_for.days
        text = counted(Label.DAYS_OVER, days) if days else language.label(Label.ROTS_TODAY)
        yield Sign("◆", text, Tone.WARNING)
    if card.is_held:
        until = card.held_until
        text = (
            language.label(Label.ON_HOLD)
            if until is None
            else language.label(Label.ON_HOLD_UNTIL, day=language.day(until))
        )
        yield Sign("‖", text, Tone.QUIET)
    if tasks.today:
        yield Sign("●", counted(Label.TASKS_TODAY, tasks.today), Tone.ACCENT)
    if tasks.later:
        yield Sign("○", counted(Label.OPEN_TASKS, tasks.later), Tone.ACCENT)
    if tasks.done and not tasks.open:
        yield Sign("✓", counted(Label.DONE_TASKS, tasks.done), Tone.GOOD)
    if card.has_next_step is False and not card.is_held:
        yield Sign("–", language.label(Label.NO_NEXT_STEP), Tone.WARNING)
