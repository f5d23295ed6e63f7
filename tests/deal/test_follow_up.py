"""What comes after the closing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from salesflow.deal.cadence import Cadence, Frequency
from salesflow.deal.follow_up import DeliveryCheck, FollowUp, FollowUpDesk, LoyaltyNote, Opening
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome
from salesflow.values.moments import Period

WEEKLY = Cadence(frequency=Frequency.WEEKLY, anchor=date(2027, 1, 4))


@pytest.fixture
def desk(at_desk):
    return at_desk(FollowUpDesk, outcome=Outcome.WON)[0]


class TestTheDelivery:
    def test_a_check_says_whether_the_goods_arrived_and_work(self, desk, now):
        check = desk.check_delivery(arrived=True, works=True, note="all fine")
        assert check == DeliveryCheck(id=1, arrived=True, works=True, note="all fine", at=now, by="noa")
        assert desk.current.is_delivered

    def test_a_check_needs_no_words(self, desk):
        assert desk.check_delivery(arrived=True).note == ""

    @pytest.mark.parametrize(("arrived", "works"), [(False, None), (False, False), (True, None), (True, False)])
    def test_anything_else_is_not_fine(self, desk, arrived, works):
        desk.check_delivery(arrived=arrived, works=works)
        assert not desk.current.is_delivered

    def test_the_last_check_counts(self, desk):
        desk.check_delivery(arrived=True, works=False)
        assert desk.check_delivery(arrived=True, works=True).id == 2
        assert desk.current.is_delivered

    def test_what_was_never_checked_is_not_known_to_be_delivered(self):
        assert not FollowUp().is_delivered

    def test_what_has_not_arrived_cannot_work(self, desk):
        with pytest.raises(InvalidValue, match="cannot work"):
            desk.check_delivery(arrived=False, works=True)

    @pytest.mark.parametrize("answers", [{"arrived": "no"}, {"arrived": True, "works": "no"}])
    def test_a_text_is_no_answer(self, desk, answers):
        with pytest.raises(WrongType, match="bool"):
            desk.check_delivery(**answers)


class TestTheMeetings:
    def test_meetings_are_due_as_agreed(self, desk):
        assert desk.agree_cadence(WEEKLY) == desk.current.cadence
        due = desk.meetings_due(Period.month(2027, 1, UTC))
        assert [on.day for on in due] == [4, 11, 18, 25]

    def test_the_days_are_those_of_the_zone_of_the_window(self, desk):
        desk.agree_cadence(WEEKLY)
        jerusalem = ZoneInfo("Asia/Jerusalem")
        window = Period(datetime(2027, 1, 4, tzinfo=jerusalem), datetime(2027, 1, 4, 22, tzinfo=UTC))
        assert desk.meetings_due(window) == (date(2027, 1, 4),)

    def test_a_window_that_ends_at_midnight_does_not_reach_into_the_day_and_one_that_ends_after_it_does(self, desk):
        desk.agree_cadence(WEEKLY)
        sunday, monday = datetime(2027, 1, 3, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)
        assert desk.meetings_due(Period(sunday, monday)) == ()
        assert desk.meetings_due(Period(sunday, monday + timedelta(microseconds=1))) == (monday.date(),)

    def test_the_days_of_a_window_are_those_where_it_starts(self, desk):
        desk.agree_cadence(WEEKLY)
        auckland = ZoneInfo("Pacific/Auckland")
        window = Period(datetime(2027, 1, 3, tzinfo=auckland), datetime(2027, 1, 4, 12, tzinfo=auckland))
        assert desk.meetings_due(window) == (date(2027, 1, 4),)

    def test_without_an_agreement_none_is_due(self, desk):
        assert desk.meetings_due(Period.month(2027, 1, UTC)) == ()

    def test_none_is_due_in_no_time(self, desk, now):
        desk.agree_cadence(WEEKLY)
        assert desk.meetings_due(Period(now, now)) == ()

    def test_the_regular_meetings_can_come_to_an_end(self, desk):
        desk.agree_cadence(WEEKLY)
        note = desk.note_loyalty("they bring us to their fair")
        desk.end_cadence(note="the customer prefers to call")
        assert desk.current == FollowUp(loyalty=(note,)), "what else is known stays"

    def test_an_end_needs_no_words(self, desk):
        desk.agree_cadence(WEEKLY)
        desk.end_cadence()
        assert desk._sale.events[-1].note == ""

    def test_what_was_not_agreed_cannot_end(self, desk):
        with pytest.raises(NotNow, match="none are agreed"):
            desk.end_cadence()

    def test_a_cadence_is_a_cadence(self, desk):
        with pytest.raises(WrongType, match="Cadence"):
            desk.agree_cadence("every week")


class TestWhatTheCustomerSays:
    def test_feedback_keeps_who_said_what_and_how_content_they_are(self, desk, now):
        said = desk.record_feedback("quick and friendly", satisfaction=5, recommendation=0, said_by="C-1")
        assert (said.id, said.text, said.at, said.said_by) == (1, "quick and friendly", now, "C-1")
        assert (said.satisfaction, said.recommendation) == (5, 0)

    def test_what_was_not_asked_is_not_known(self, desk):
        said = desk.record_feedback("fine")
        assert (said.satisfaction, said.recommendation) == (None, None)

    @pytest.mark.parametrize(
        "score", [{"satisfaction": 0}, {"satisfaction": 6}, {"recommendation": 11}, {"recommendation": -1}]
    )
    def test_a_score_lies_on_its_scale(self, desk, score):
        with pytest.raises(InvalidValue, match="must be from"):
            desk.record_feedback("fine", **score)

    @pytest.mark.parametrize(
        "score", [{"satisfaction": 1}, {"satisfaction": 5}, {"recommendation": 0}, {"recommendation": 10}]
    )
    def test_the_ends_of_a_scale_are_scores(self, desk, score):
        said = desk.record_feedback("fine", **score)
        assert {name: getattr(said, name) for name in score} == score

    def test_a_score_is_a_whole_number(self, desk):
        with pytest.raises(WrongType, match="whole number"):
            desk.record_feedback("fine", satisfaction=4.5)

    def test_a_note_on_loyalty_keeps_who_noted_it(self, desk, now):
        note = desk.note_loyalty("they bring us to their fair")
        assert note == LoyaltyNote(id=1, text="they bring us to their fair", by="noa", at=now)
        assert desk.current.loyalty == (note,)

    def test_what_is_said_later_does_not_replace_what_was_said(self, desk):
        assert [desk.record_feedback(text).id for text in ("slow", "better")] == [1, 2]
        assert [said.text for said in desk.current.feedback] == ["slow", "better"]
        assert [desk.note_loyalty(text).id for text in ("fair", "newsletter")] == [1, 2]
        assert [note.text for note in desk.current.loyalty] == ["fair", "newsletter"]


class TestWhatComesNext:
    def test_an_opening_keeps_what_was_noticed_and_when(self, desk, now):
        opening = desk.note_opening("a second office in spring")
        assert opening == Opening(id=1, text="a second office in spring", noticed_at=now)

    def test_an_opening_is_tied_to_the_deal_that_comes_of_it(self, desk):
        first = desk.note_opening("a second office in spring")
        second = desk.note_opening("they ask for training")
        linked = desk.link_opening(first, deal_id="D-2")
        assert (linked.id, linked.deal_id, linked.is_open) == (1, "D-2", False)
        assert desk.current.open_openings == (second,)

    def test_an_opening_leads_to_one_deal(self, desk):
        desk.note_opening("a second office")
        desk.link_opening(1, deal_id="D-2")
        with pytest.raises(NotNow, match="deal D-2 was opened from it"):
            desk.link_opening(1, deal_id="D-3")

    def test_it_leads_to_another_deal(self, desk):
        desk.note_opening("a second office")
        with pytest.raises(InvalidValue, match="another deal"):
            desk.link_opening(1, deal_id="D-1")

    def test_an_unknown_opening_is_named(self, desk):
        with pytest.raises(UnknownName, match="no opening '7'"):
            desk.link_opening(7, deal_id="D-2")


@pytest.mark.parametrize("outcome", [Outcome.OPEN, Outcome.LOST])
@pytest.mark.parametrize(
    "work",
    [
        lambda desk: desk.check_delivery(arrived=True),
        lambda desk: desk.agree_cadence(WEEKLY),
        lambda desk: desk.end_cadence(),
        lambda desk: desk.record_feedback("fine"),
        lambda desk: desk.note_opening("more"),
        lambda desk: desk.link_opening(1, deal_id="D-2"),
        lambda desk: desk.note_loyalty("fair"),
    ],
)
def test_follow_up_begins_when_the_deal_is_won(at_desk, outcome, work):
    desk, sale = at_desk(FollowUpDesk, outcome=outcome)
    with pytest.raises(NotNow, match=f"the deal is {outcome}; follow-up begins when the deal is won"):
        work(desk)
    assert sale.events == []
