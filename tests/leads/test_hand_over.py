"""Handing over: from the one who found the lead to the one who sells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from leads.worked_leads import LATER, LEADS, NOW, a_lead, qualified

from salesflow.errors import EngineOwned, InvalidValue, NotNow, PolicyRefused
from salesflow.event import fold
from salesflow.leads.lead_process import LeadProcess
from salesflow.people.hand_over import HandOverStatus
from salesflow.storage.erasure import without_personal_data
from salesflow.storage.memory import MemoryStorage


def work_on(lead, by, at=LATER):
    return LEADS.work_on(lead, by=by, at=at)


def submitted(lead=None, **given):
    work = work_on(a_lead(stage="qualified") if lead is None else lead, "dan", NOW)
    work.hand_over.submit(**{"to": "noa", **given})
    return work.lead


def test_who_found_a_lead_hands_it_over_and_keeps_it_until_it_is_accepted():
    lead = submitted(note="They decide this month.")
    assert lead.owner == "dan"
    assert (lead.hand_over.status, lead.hand_over.to, lead.hand_over.submitted_by) == ("submitted", "noa", "dan")
    assert lead.hand_over.submitted_at == NOW
    assert lead.hand_over.is_waiting


def test_with_the_acceptance_the_lead_changes_its_owner():
    work = work_on(submitted(), "noa")
    work.hand_over.accept()
    assert work.lead.owner == "noa"
    assert (work.lead.hand_over.settled_by, work.lead.hand_over.settled_at) == ("noa", LATER)
    assert work.lead.hand_over.status is HandOverStatus.ACCEPTED


def test_with_the_acceptance_the_lead_goes_to_the_team_that_was_named():
    lead = submitted(a_lead(stage="qualified", team="inbound"), team="enterprise")
    work = work_on(lead, "noa")
    work.hand_over.accept()
    assert (lead.team, work.lead.team) == ("inbound", "enterprise")


def test_without_a_team_named_the_lead_keeps_its_team():
    work = work_on(submitted(a_lead(stage="qualified", team="inbound")), "noa")
    work.hand_over.accept()
    assert work.lead.team == "inbound"


def test_a_rejection_has_a_reason_and_leaves_the_lead_with_its_owner():
    work = work_on(submitted(), "noa")
    work.hand_over.reject(reason="No budget before spring")
    assert work.lead.owner == "dan"
    assert (work.lead.hand_over.status, work.lead.hand_over.reason) == ("rejected", "No budget before spring")
    assert work.stage.key == "qualified"


@pytest.mark.parametrize("by", ["dan", "gil"])
@pytest.mark.parametrize("answer", [lambda desk: desk.accept(), lambda desk: desk.reject(reason="no")])
def test_only_the_receiver_answers(by, answer):
    work = work_on(submitted(), by)
    with pytest.raises(PolicyRefused, match="handed over to noa"):
        answer(work.hand_over)
    assert work.events == ()
    assert work.lead.hand_over.is_waiting


def test_after_a_rejection_it_is_handed_over_again_and_both_stay_on_the_lead():
    work = work_on(submitted(), "noa")
    work.hand_over.reject(reason="not my region")
    second = work_on(work.lead, "dan")
    second.hand_over.submit(to="gil")
    third = work_on(second.lead, "gil")
    third.hand_over.accept()
    assert [(one.id, one.to, str(one.status)) for one in third.lead.hand_overs] == [
        (1, "noa", "rejected"),
        (2, "gil", "accepted"),
    ]
    assert third.lead.owner == "gil"


def test_while_one_waits_for_its_answer_there_is_no_second():
    work = work_on(submitted(), "dan")
    with pytest.raises(NotNow, match="handed over to noa, who has not answered"):
        work.hand_over.submit(to="gil")
    assert work.events == ()


def test_a_lead_is_not_handed_over_to_its_owner():
    work = qualified()
    with pytest.raises(InvalidValue, match="somebody else"):
        work.hand_over.submit(to="dan")


@pytest.mark.parametrize("to", ["", " ", "noa\nlevi", None])
def test_a_receiver_is_a_line(to):
    work = qualified()
    with pytest.raises(InvalidValue, match="to"):
        work.hand_over.submit(to=to)
    assert work.lead.hand_overs == ()


@pytest.mark.parametrize("answer", [lambda desk: desk.accept(), lambda desk: desk.reject(reason="no")])
def test_what_was_not_handed_over_is_not_answered(answer):
    with pytest.raises(NotNow, match="it was not handed over"):
        answer(work_on(a_lead(stage="qualified"), "noa").hand_over)


def test_an_answer_is_given_once():
    work = work_on(submitted(), "noa")
    work.hand_over.accept()
    with pytest.raises(NotNow, match="the hand-over was accepted"):
        work.hand_over.reject(reason="changed my mind")


def test_what_was_accepted_comes_back_recycled_with_its_former_owner_and_team():
    lead = submitted(a_lead(stage="qualified", team="inbound"), team="enterprise")
    work = work_on(lead, "noa")
    work.hand_over.accept()
    back = work_on(work.lead, "noa", LATER + timedelta(days=7))
    back.hand_over.recycle(reason="The project was stopped")
    assert (back.lead.owner, back.lead.team, back.stage.key) == ("dan", "inbound", "recycled")
    assert (back.lead.hand_over.status, back.lead.hand_over.reason) == ("recycled", "The project was stopped")


@pytest.mark.parametrize("by", ["dan", "noa"])
def test_what_nobody_answered_is_taken_back_by_either_side(by):
    work = work_on(submitted(), by)
    work.hand_over.recycle(reason="noa is away")
    assert (work.lead.hand_over.status, work.lead.owner, work.stage.key) == ("recycled", "dan", "recycled")


def test_who_gave_a_lead_away_does_not_take_it_back_once_it_was_accepted():
    work = work_on(submitted(), "noa")
    work.hand_over.accept()
    with pytest.raises(PolicyRefused):
        work_on(work.lead, "dan").hand_over.recycle(reason="mine")


def test_a_lead_that_cannot_be_recycled_from_its_stage_stays_in_it():
    lead = submitted(a_lead())
    work = work_on(lead, "noa")
    work.hand_over.recycle(reason="Read the notes first")
    assert (work.lead.hand_over.status, work.stage.key) == ("recycled", "new")


@pytest.mark.parametrize("status", ["rejected", "recycled", "none"])
def test_only_what_waits_or_was_accepted_is_recycled(status):
    work = work_on(a_lead(stage="qualified") if status == "none" else submitted(), "noa")
    if status == "rejected":
        work.hand_over.reject(reason="no")
    if status == "recycled":
        work.hand_over.recycle(reason="no")
    count = len(work.events)
    with pytest.raises(NotNow, match="no hand-over waits or was accepted"):
        work.hand_over.recycle(reason="again")
    assert len(work.events) == count


@pytest.mark.parametrize(
    "tried",
    [
        lambda desk: desk.submit(to="noa"),
        lambda desk: desk.accept(),
        lambda desk: desk.reject(reason="no"),
        lambda desk: desk.recycle(reason="no"),
    ],
)
def test_a_closed_lead_is_not_handed_over(tried):
    work = work_on(a_lead(stage="disqualified"), "noa")
    with pytest.raises(NotNow, match="lost"):
        tried(work.hand_over)


def test_when_the_move_is_refused_the_hand_over_is_not_settled_either():
    class NobodyRecycles:
        def refusal(self, event, lead):
            return "ask first" if type(event).__name__ == "HandOverRecycled" else None

    process = LeadProcess(policy=NobodyRecycles())
    work = process.work_on(submitted(), by="noa", at=LATER)
    with pytest.raises(PolicyRefused, match="ask first"):
        work.hand_over.recycle(reason="no")
    assert (work.events, work.stage.key, work.lead.hand_over.is_waiting) == ((), "qualified", True)


def test_hand_overs_are_not_changed_by_an_update():
    with pytest.raises(EngineOwned, match="hand_overs: changed by the engine alone"):
        qualified().update(hand_overs=())


def test_a_handed_over_lead_is_the_fold_of_what_is_stored():
    storage = MemoryStorage()
    work = qualified()
    work.hand_over.submit(to="noa", note="Call before noon")
    storage.commit(work.changes)
    again = work_on(storage.get(type(work.lead), "L-1"), "noa")
    again.hand_over.accept()
    storage.commit(again.changes)
    history = storage.history(type(work.lead), "L-1")
    assert fold([one.event for one in history]) == again.lead


def test_what_was_said_about_a_person_in_a_hand_over_is_erased():
    storage = MemoryStorage()
    work = qualified()
    work.hand_over.submit(to="noa", note="Likes to be called before noon")
    storage.commit(work.changes)
    clean = [without_personal_data(one).event for one in storage.history(type(work.lead), "L-1")]
    assert fold(clean).hand_over.note == ""
    assert fold(clean).hand_over.to == "noa"
