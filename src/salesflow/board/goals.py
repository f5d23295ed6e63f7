"""Goals on the board: how far everybody has come, and how far they should be by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import attrs

from salesflow.board.chart import Chart, ChartLine, ChartView, Note, Scale
from salesflow.board.figures import left_out_notes, undefined_notes
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.palette import Tone
from salesflow.measure.attainment import Standing
from salesflow.measure.result import Result
from salesflow.measure.target import Figure
from salesflow.values.moments import moment
from salesflow.values.money import Money
from salesflow.values.working_days import WorkingDays

__all__ = ["GoalLine", "GoalsView", "goals_view"]


@attrs.frozen(kw_only=True)
class GoalLine:
    """One goal to be shown.

    Attributes:
        name: whose it is.
        standing: where they stand.
        expected: what the target comes to, pro rata, by now.
        pace: what was reached by that.
    """

    name: str
    standing: Standing
    expected: Figure
    pace: Result[Decimal]


@attrs.frozen(kw_only=True)
class GoalsView(ChartView):
    """Goals to be shown.

    Attributes:
        at: the moment.
        goals: the goals, in order.
    """

    at: datetime
    goals: tuple[GoalLine, ...]

    def title(self, language: Language) -> str:
        """What it is called."""
        return language.label(Label.GOALS)

    @property
    def shown_at(self) -> datetime:
        """The moment that it shows, in the time zone of the first goal."""
        return self.at.astimezone(self.goals[0].standing.target.period.start.tzinfo) if self.goals else self.at

    def chart(self, language: Language) -> Chart:
        """A line for each goal; the bar is the attainment, and the mark what is expected by now."""
        labels = (Label.WHO, Label.ATTAINMENT, Label.ACHIEVED, Label.TARGET, Label.PACE, Label.STILL_NEEDED)
        reached = [float(goal.standing.attainment.value or 0) for goal in self.goals]
        scale = Scale.over(1.0, *reached)
        return Chart(
            title=self.title(language),
            columns=tuple(language.label(label) for label in labels),
            lines=tuple(_line(goal, scale, language) for goal in self.goals),
            below=language.label(Label.EXPECTED_BY_NOW) if self.goals else "",
            notes=tuple(self._notes(language)),
        )

    def _notes(self, language: Language) -> Iterator[Note]:
        for goal in self.goals:
            yield from undefined_notes([(goal.name, goal.standing.attainment), (goal.name, goal.pace)], language)
            yield from left_out_notes(goal.standing.left_out, language, of=goal.name)


def _line(goal: GoalLine, scale: Scale, language: Language) -> ChartLine:
    standing = goal.standing
    attainment = standing.attainment.value
    is_met = standing.is_met
    return ChartLine(
        label=goal.name,
        cells=(
            _percent(standing.attainment, language),
            _figure(standing.achieved, standing, language),
            _figure(standing.target.figure(standing.target.number), standing, language),
            _percent(goal.pace, language),
            f"✓ {language.label(Label.MET)}" if is_met else _figure(standing.still_needed, standing, language),
        ),
        parts=()
        if attainment is None
        else ((*scale.span(0, float(attainment)), Tone.GOOD if is_met else Tone.ACCENT),),
        mark=None if attainment is None else scale.place(_share(goal.expected, standing)),
    )


def _share(expected: Figure, standing: Standing) -> float:
    number = expected.amount if isinstance(expected, Money) else expected
    return float(number / standing.target.number)


def _percent(result: Result[Decimal], language: Language) -> str:
    return language.label(Label.UNDEFINED) if result.value is None else language.percent(result.value, places=1)


def _figure(figure: Figure, standing: Standing, language: Language) -> str:
    if isinstance(figure, Money):
        return language.money(figure)
    return f"{language.number(figure)} {language.own(standing.target.unit)}"


def goals_view(
    standings: Mapping[str, Standing],
    *,
    at: datetime,
    working: WorkingDays | None = None,
) -> GoalsView:
    """Show goals.

    Args:
        standings: where everybody stands, by name, in the order in which they are shown.
        at: the moment that the pace goes by; aware.
        working: counts working days instead of days for the pace.

    Raises:
        InvalidValue: the moment has no time zone.

    Example:
        ``goals_view({"noa": standing(target, credits_of_noa)}, at=now).text()``
    """
    moment(at, field="at")
    return GoalsView(
        at=at,
        goals=tuple(
            GoalLine(
                name=name,
                standing=one,
                expected=one.expected(at, working=working),
                pace=one.pace(at, working=working),
            )
            for name, one in standings.items()
        ),
    )
