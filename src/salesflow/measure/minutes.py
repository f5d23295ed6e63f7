"""The agenda and the minutes of a meeting as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from salesflow.measure.agenda import Agenda
from salesflow.measure.meeting import Concern, Decision, TeamMeeting
from salesflow.measure.rows import DealRow
from salesflow.process.guide import escaped
from salesflow.values.money import Money

__all__ = ["agenda_as_markdown", "minutes_as_markdown"]

Titles = Callable[[str | None], str]


def _plain(stage: str | None) -> str:
    return "no stage" if stage is None else stage.replace("_", " ")


def agenda_as_markdown(agenda: Agenda, /, *, title: str = "Weekly sales meeting", stage_title: Titles = _plain) -> str:
    """The agenda, a chapter for each of its lists that is not empty, its number of deals in the heading.

    Args:
        agenda: what there is to talk about.
        title: what stands on top.
        stage_title: what a stage is called; its key in plain words where it is not given.
    """
    return "\n".join(_agenda(agenda, title, stage_title)) + "\n"


def minutes_as_markdown(meeting: TeamMeeting, /) -> str:
    """What was promised, raised, proposed and decided in a meeting."""
    return "\n".join(_minutes(meeting)) + "\n"


def _agenda(agenda: Agenda, title: str, stage_title: Titles) -> Iterator[str]:
    today = agenda.at.date()
    yield f"# {escaped(title)}"
    yield ""
    yield f"{agenda.since.date().isoformat()} to {today.isoformat()}"
    yield from _chapter("Last week's promises", (_decision(one, today) for one in agenda.promises))
    yield from _chapter("Won", map(_deal, agenda.won))
    yield from _chapter("Lost", (f"{_deal(deal)}: {escaped(deal.loss_reason or 'no reason')}" for deal in agenda.lost))
    yield from _chapter("New", map(_deal, agenda.new))
    yield from _chapter(
        "Moved",
        (
            f"{_deal(one.deal)}: {escaped(stage_title(one.source))} → {escaped(stage_title(one.target))}"
            for one in agenda.moved
        ),
    )
    yield from _chapter(
        "Other amounts",
        (f"{_deal(one.deal)}: {_amount(one.before)} → {_amount(one.now)}" for one in agenda.amounts),
    )
    yield from _chapter(
        "Pushed", (f"{_deal(one.deal)}: by {one.days} days, from {one.before.isoformat()}" for one in agenda.pushed)
    )
    yield from _chapter(
        "Stuck",
        (
            f"{escaped(one.deal_id)}: in {escaped(stage_title(one.stage))}, over by {one.over.days} days"
            for one in agenda.stuck
        ),
    )
    yield from _chapter("Closing soon", map(_deal, agenda.closing_soon))
    yield from _chapter("Without a next step", map(_deal, agenda.without_next_step))
    yield from _chapter(
        "Open objections",
        (
            f"{_deal(one.deal)}: {escaped(one.objection.kind)}, {one.objection.status}{' (new)' if one.is_new else ''}"
            for one in agenda.objections
        ),
    )


def _minutes(meeting: TeamMeeting) -> Iterator[str]:
    yield f"# Meeting of {escaped(meeting.team)}, {meeting.held_on.isoformat()}"
    yield from _chapter("Last week's promises", (_decision(one, meeting.held_on) for one in meeting.promises))
    if meeting.concerns:
        yield from ("", f"## Concerns ({len(meeting.concerns)})")
        for concern in meeting.concerns:
            yield from _concern(concern)
    made = [one for one in meeting.decisions if one.made_in is None]
    yield from _chapter("Decisions", (_decision(one, meeting.held_on) for one in made))


def _concern(concern: Concern) -> Iterator[str]:
    yield from ("", f"### {escaped(concern.topic)}")
    times = "once" if concern.seen_before == 1 else f"{concern.seen_before} times"
    known = f"raised {times} before, first on {concern.first_seen_on}" if concern.is_recurring else "new"
    yield from ("", f"*{escaped(concern.raised_by)}; {known}*")
    if concern.text.strip():
        yield from ("", escaped(concern.text))
    if concern.solutions:
        yield ""
        yield from (f"- {escaped(one.text)} ({escaped(one.by)})" for one in concern.solutions)


def _chapter(heading: str, items: Iterable[str]) -> Iterator[str]:
    shown = list(items)
    if shown:
        yield from ("", f"## {heading} ({len(shown)})", "")
        yield from (f"- {item}" for item in shown)


def _deal(deal: DealRow) -> str:
    parts = [escaped(deal.name or deal.id), _amount(deal.amount)]
    if deal.expected_close is not None:
        parts.append(deal.expected_close.isoformat())
    parts.append(escaped(deal.owner or "nobody"))
    return ", ".join(parts)


def _amount(amount: Money | None) -> str:
    return "amount not known" if amount is None else str(amount)


def _decision(decision: Decision, today: date) -> str:
    state = "overdue" if decision.is_overdue(today) else decision.status
    carried = f", carried {decision.times_carried} times" if decision.times_carried > 1 else ""
    return f"{escaped(decision.text)} ({escaped(decision.owner)}, {decision.due_on.isoformat()}, {state}{carried})"
