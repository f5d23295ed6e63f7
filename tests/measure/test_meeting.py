"""The weekly meeting: concerns new and recurring, solutions by anyone, decisions that are carried until they are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from salesflow import InvalidValue, MemoryStorage, NotNow, OutOfOrder, PolicyRefused, UnknownName, fold
from salesflow.event import Event
from salesflow.measure.meeting import Concern, DecisionStatus, TeamMeeting
from salesflow.measure.meeting_work import MeetingWork
from salesflow.measure.minutes import minutes_as_markdown
from salesflow.storage.records import Records

MONDAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = timedelta(days=7)


def a_meeting(week: int = 0, previous: TeamMeeting | None = None, **given: object) -> MeetingWork:
    return MeetingWork.begin(
        id=f"M-{week + 1}", team="north", held_on=MONDAY + week * WEEK, previous=previous, by="dan",
        at=AT + week * WEEK, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_concern_that_nobody_raised_before_is_new() -> None:
    concern = a_meeting().raise_concern("Deliveries are late", text="Three customers asked.")
    assert (concern.is_recurring, concern.seen_before, concern.first_seen_on) == (False, 0, None)
    assert (concern.id, concern.raised_by) == (1, "dan")


def test_a_concern_that_comes_back_is_recognized_whatever_its_case_and_punctuation() -> None:
    first = a_meeting()
    first.raise_concern("Deliveries are late")
    second = a_meeting(1, first.meeting)
    concern = second.raise_concern("DELIVERIES are late!")
    assert (concern.is_recurring, concern.seen_before, concern.first_seen_on) == (True, 1, MONDAY)


def test_a_concern_is_recognized_over_meetings_in_which_nobody_raised_it() -> None:
    first = a_meeting()
    first.raise_concern("Prices")
    second = a_meeting(1, first.meeting)
    third = a_meeting(2, second.meeting)
    third.raise_concern("prices")
    fourth = a_meeting(3, third.meeting)
    concern = fourth.raise_concern("Prices")
    assert (concern.seen_before, concern.first_seen_on) == (2, MONDAY)


def test_a_concern_is_raised_once_in_a_meeting() -> None:
    work = a_meeting()
    work.raise_concern("Prices")
    with pytest.raises(InvalidValue, match="contribute a solution"):
        work.raise_concern("prices.")
    assert len(work.events) == 2


def test_anyone_contributes_a_solution() -> None:
    work = a_meeting()
    work.raise_concern("Prices")
    storage = MemoryStorage()
    storage.commit(work.changes)
    other = MeetingWork(storage.get(TeamMeeting, "M-1"), by="noa", at=AT)
    other.contribute(1, "Show what it saves first.")
    other.contribute(other.meeting.concern(1), "Offer it in parts.")
    assert [(one.id, one.by) for one in other.meeting.concern(1).solutions] == [(1, "noa"), (2, "noa")]


def test_a_solution_is_for_a_concern_that_there_is() -> None:
    with pytest.raises(UnknownName, match="concern"):
        a_meeting().contribute(1, "Try harder.")


def test_a_decision_has_an_owner_and_a_day_to_come() -> None:
    work = a_meeting()
    concern = work.raise_concern("Deliveries are late")
    decision = work.decide("Call the carrier", owner="noa", due_on=MONDAY + timedelta(days=4), concern=concern)
    assert (decision.owner, decision.concern_id, decision.status) == ("noa", 1, DecisionStatus.OPEN)
    with pytest.raises(InvalidValue, match="a day to come"):
        work.decide("Call the carrier", owner="noa", due_on=MONDAY - timedelta(days=1))
    with pytest.raises(UnknownName):
        work.decide("Call the carrier", owner="noa", due_on=MONDAY, concern=7)


def test_an_open_decision_is_carried_until_it_is_kept() -> None:
    first = a_meeting()
    first.decide("Call the carrier", owner="noa", due_on=MONDAY)
    first.decide("Write the offer", owner="dan", due_on=MONDAY)
    first.keep(2, note="sent")
    second = a_meeting(1, first.meeting)
    (promise,) = second.meeting.promises
    assert (promise.text, promise.made_in, promise.made_on, promise.times_carried) == (
        "Call the carrier", "M-1", MONDAY, 1,
    )  # fmt: skip
    assert promise.is_overdue(second.meeting.held_on)
    third = a_meeting(2, second.meeting)
    assert third.meeting.promises[0].times_carried == 2
    assert third.meeting.promises[0].made_in == "M-1"
    third.keep(1)
    assert a_meeting(3, third.meeting).meeting.promises == ()


def test_a_decision_that_is_dropped_is_not_carried() -> None:
    first = a_meeting()
    decision = first.decide("Call the carrier", owner="noa", due_on=MONDAY)
    first.drop(decision, note="they called us")
    assert a_meeting(1, first.meeting).meeting.decisions == ()


def test_a_decision_is_settled_once() -> None:
    work = a_meeting()
    work.decide("Call the carrier", owner="noa", due_on=MONDAY)
    work.keep(1)
    with pytest.raises(NotNow, match="it is kept"):
        work.drop(1, note="no")
    with pytest.raises(UnknownName):
        work.keep(2)


def test_nothing_is_added_to_a_meeting_that_is_over() -> None:
    work = a_meeting()
    work.raise_concern("Prices")
    work.close()
    for late in (
        lambda: work.raise_concern("More"),
        lambda: work.contribute(1, "More"),
        lambda: work.decide("More", owner="noa", due_on=MONDAY),
        work.close,
    ):
        with pytest.raises(NotNow, match="it is over"):
            late()
    assert len(work.events) == 3


def test_the_meeting_before_is_an_earlier_one_of_the_same_team() -> None:
    first = a_meeting(1).meeting
    with pytest.raises(InvalidValue, match="same team"):
        a_meeting(0, first)
    with pytest.raises(InvalidValue, match="same team"):
        MeetingWork.begin(id="M-9", team="south", held_on=MONDAY + 3 * WEEK, previous=first, by="dan", at=AT)


def test_work_goes_on_in_order_of_time() -> None:
    meeting = a_meeting().meeting
    with pytest.raises(OutOfOrder, match="meeting M-1"):
        MeetingWork(meeting, by="noa", at=AT - WEEK)
    with pytest.raises(InvalidValue, match="begin with"):
        MeetingWork(TeamMeeting(id="M-1", team="north", held_on=MONDAY), by="noa", at=AT)


def test_a_policy_is_asked_and_a_refusal_changes_nothing() -> None:
    class OnlyNoa:
        def refusal(self, event: Event[TeamMeeting], meeting: TeamMeeting) -> str | None:
            return None if event.by == "noa" else "only noa"

    with pytest.raises(PolicyRefused, match="only noa"):
        a_meeting(policy=OnlyNoa())
    meeting = a_meeting().meeting
    work = MeetingWork(meeting, by="dan", at=AT, policy=OnlyNoa())
    with pytest.raises(PolicyRefused):
        work.raise_concern("Prices")
    assert (work.meeting, work.events) == (meeting, ())


def test_a_meeting_is_the_fold_of_its_events_and_can_be_stored() -> None:
    work = a_meeting()
    work.contribute(work.raise_concern("Prices", deal_id="D-1"), "Show what it saves.")
    work.decide("Prepare it", owner="noa", due_on=MONDAY, concern=1)
    work.keep(1)
    work.close()
    assert fold(work.events) == work.meeting
    records = Records()
    assert records.load(records.dump(work.changes)) == work.changes


def test_the_minutes_say_what_was_raised_proposed_and_decided() -> None:
    first = a_meeting()
    first.raise_concern("Deliveries are late")
    first.decide("Call the carrier", owner="noa", due_on=MONDAY)
    second = a_meeting(1, first.meeting)
    second.contribute(second.raise_concern("Deliveries are late", text="Three *more* asked."), "Tell them first.")
    second.decide("Write to all", owner="dan", due_on=MONDAY + WEEK)
    assert minutes_as_markdown(second.meeting) == (
        "# Meeting of north, 2026-11-09\n"
        "\n## Last week's promises (1)\n\n- Call the carrier (noa, 2026-11-02, overdue)\n"
        "\n## Concerns (1)\n\n### Deliveries are late\n"
        "\n*dan; raised once before, first on 2026-11-02*\n"
        "\nThree \\*more\\* asked.\n\n- Tell them first. (dan)\n"
        "\n## Decisions (1)\n\n- Write to all (dan, 2026-11-09, open)\n"
    )


def test_a_topic_is_recognized_by_its_key_alone() -> None:
    concern = Concern(id=1, topic="Pricé  lists", raised_by="noa", raised_at=AT)
    assert concern.key == "price lists"
