"""The agenda of the weekly meeting is derived from two moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from walks import sale_in

from salesflow import InvalidValue, MemoryStorage, Money, Outcome
from salesflow.deal.objections import ObjectionStatus
from salesflow.measure.agenda import Agenda, weekly_agenda
from salesflow.measure.meeting_work import MeetingWork
from salesflow.measure.minutes import agenda_as_markdown
from salesflow.measure.replay import replayed
from salesflow.measure.rows import DealRow, ObjectionRow
from salesflow.standard import StandardProcess

MONDAY = datetime(2026, 11, 9, 9, tzinfo=UTC)
LAST = MONDAY - timedelta(days=7)
DEAL = DealRow(
    id="D-1",
    name="Order desk",
    owner="noa",
    amount=Money("48000", "EUR"),
    stage="approach",
    process="standard",
    opened_at=LAST - timedelta(days=30),
    entered_at=LAST - timedelta(days=1),
    expected_close=date(2026, 12, 24),
    has_next_step=True,
)


def week(before: DealRow | None, now: DealRow, **given: object) -> Agenda:
    return weekly_agenda([before] if before else [], [now], since=LAST, at=MONDAY, **given)  # type: ignore[arg-type]


def changed(**fields: object) -> Agenda:
    return week(DEAL, attrs.evolve(DEAL, **fields))  # type: ignore[arg-type]


def test_a_week_in_which_nothing_happened_has_an_empty_agenda() -> None:
    found = changed()
    assert not any(
        (found.new, found.won, found.lost, found.moved, found.amounts, found.stuck, found.pushed, found.closing_soon,
         found.without_next_step, found.objections, found.promises)
    )  # fmt: skip


def test_a_deal_that_was_opened_since_is_new() -> None:
    assert week(None, DEAL).new == (DEAL,)
    assert week(None, DEAL).moved == ()


def test_a_deal_in_another_stage_has_moved_forward_or_back() -> None:
    (move,) = changed(stage="presentation").moved
    assert (move.source, move.target) == ("approach", "presentation")
    assert len(changed(stage="prospecting").moved) == 1


@pytest.mark.parametrize("outcome", [Outcome.WON, Outcome.LOST])
def test_a_deal_that_was_closed_since_is_won_or_lost_and_no_longer_moved(outcome: Outcome) -> None:
    found = changed(outcome=outcome, stage="closed", closed_at=MONDAY, loss_reason="price")
    assert [len(found.won), len(found.lost)] == [outcome is Outcome.WON, outcome is Outcome.LOST]
    assert (found.moved, found.without_next_step) == ((), ())


def test_a_deal_that_was_opened_and_won_within_the_week_is_new_and_won() -> None:
    won = attrs.evolve(DEAL, outcome=Outcome.WON, closed_at=MONDAY)
    assert (week(None, won).new, week(None, won).won) == ((won,), (won,))


def test_a_deal_that_was_won_before_is_not_won_again() -> None:
    won = attrs.evolve(DEAL, outcome=Outcome.WON, closed_at=LAST)
    assert week(won, won).won == ()


def test_a_close_that_is_expected_later_was_pushed_and_one_that_is_expected_earlier_was_not() -> None:
    (pushed,) = changed(expected_close=date(2027, 1, 7)).pushed
    assert (pushed.before, pushed.days) == (date(2026, 12, 24), 14)
    assert changed(expected_close=date(2026, 12, 1)).pushed == ()
    assert changed(expected_close=None).pushed == ()


@pytest.mark.parametrize(("day", "soon"), [(23, True), (24, False), (8, True)])
def test_what_closes_within_two_weeks_or_should_have_closed_is_closing_soon(day: int, soon: bool) -> None:
    assert bool(changed(expected_close=date(2026, 11, day)).closing_soon) is soon


def test_how_far_ahead_is_soon_can_be_said() -> None:
    row = attrs.evolve(DEAL, expected_close=date(2026, 11, 20))
    assert week(DEAL, row, closing_within=timedelta(days=10)).closing_soon == ()


def test_a_deal_without_a_next_step_is_named_and_one_of_which_nobody_knows_is_counted() -> None:
    assert len(changed(has_next_step=False).without_next_step) == 1
    unknown = changed(has_next_step=None)
    assert (unknown.without_next_step, unknown.unknown_next_step) == ((), 1)


def test_another_amount_is_named_and_an_amount_that_is_not_known_any_more_too() -> None:
    (more,) = changed(amount=Money("50000", "EUR")).amounts
    assert (more.before, more.now) == (Money("48000", "EUR"), Money("50000", "EUR"))
    assert changed(amount=None).amounts[0].now is None


def test_open_objections_are_named_and_new_ones_marked() -> None:
    old = ObjectionRow(deal_id="D-1", id=1, kind="price", raised_at=LAST - timedelta(days=1))
    new = ObjectionRow(deal_id="D-1", id=2, kind="timing", raised_at=MONDAY, status=ObjectionStatus.ANSWERED)
    over = ObjectionRow(
        deal_id="D-1", id=3, kind="need", raised_at=LAST, status=ObjectionStatus.RESOLVED, settled_at=LAST
    )
    found = changed(objections=(old, new, over)).objections
    assert [(one.objection.id, one.is_new) for one in found] == [(1, False), (2, True)]


def test_a_deal_that_stayed_too_long_is_stuck() -> None:
    row = attrs.evolve(DEAL, entered_at=DEAL.opened_at)
    (stuck,) = week(row, row, processes=StandardProcess()).stuck
    assert stuck.deal_id == "D-1"
    assert week(row, row).stuck == (), "without a process nobody knows how long is too long"


def test_last_weeks_promises_are_on_it() -> None:
    last = MeetingWork.begin(id="M-1", team="north", held_on=LAST.date(), by="dan", at=LAST)
    last.decide("Call the carrier", owner="noa", due_on=LAST.date())
    last.decide("Write the offer", owner="noa", due_on=LAST.date())
    last.keep(2)
    found = week(DEAL, DEAL, last_meeting=last.meeting)
    assert [one.text for one in found.promises] == ["Call the carrier"]


def test_deals_stand_in_the_order_of_their_expected_close() -> None:
    rows = [
        attrs.evolve(DEAL, id="D-3", expected_close=None),
        attrs.evolve(DEAL, id="D-2", expected_close=date(2026, 12, 1)),
        attrs.evolve(DEAL, id="D-1", expected_close=date(2026, 12, 1)),
    ]
    found = weekly_agenda([], rows, since=LAST, at=MONDAY)
    assert [deal.id for deal in found.new] == ["D-1", "D-2", "D-3"]


def test_a_meeting_is_after_the_last_one_and_a_deal_comes_once() -> None:
    with pytest.raises(InvalidValue, match="after the last one"):
        weekly_agenda([], [], since=MONDAY, at=MONDAY)
    with pytest.raises(InvalidValue, match="comes once"):
        weekly_agenda([], [DEAL, DEAL], since=LAST, at=MONDAY)
    with pytest.raises(InvalidValue):
        weekly_agenda([], [], since=LAST.replace(tzinfo=None), at=MONDAY)


def test_it_is_derived_from_a_journal_at_two_moments() -> None:
    storage = MemoryStorage()
    sale = sale_in("approach")
    storage.commit(sale.changes)
    opened, moved = sale.deal.opened_at, sale.deal.entered_at
    assert opened is not None
    assert moved is not None
    found = weekly_agenda(
        replayed(storage.journal(), as_of=opened - timedelta(days=1)),
        replayed(storage.journal(), as_of=moved),
        since=opened - timedelta(days=1),
        at=moved + timedelta(days=1),
    )
    assert [deal.id for deal in found.new] == ["D-1"]


def test_the_agenda_as_markdown_has_a_chapter_for_what_there_is() -> None:
    found = changed(stage="presentation", name="[x](http://evil)", expected_close=date(2027, 1, 7))
    text = agenda_as_markdown(found, title="North")
    assert text.startswith("# North\n\n2026-11-02 to 2026-11-09\n")
    assert "## Moved (1)\n\n- " in text
    assert "approach → presentation" in text
    assert "by 14 days, from 2026-12-24" in text
    assert "## Won" not in text
    assert "[x](http" not in text, "a name is never more than a name"
