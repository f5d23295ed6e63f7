"""The lead's own life: captured, worked, nurtured, qualified, converted or disqualified, recycled."""

from __future__ import annotations

import pickle
from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leads.worked_leads import LATER, LEADS, NOW, a_deal, a_lead, answered, captured, qualified

from salesflow.errors import (
    EngineOwned,
    InvalidValue,
    MoveNotAllowed,
    MoveRefused,
    NotNow,
    OutOfOrder,
    PolicyRefused,
    ProcessDefinitionError,
    ProcessMismatch,
    SalesflowError,
    UnknownName,
    WrongType,
)
from salesflow.event import Event, fold
from salesflow.leads.frameworks import BANT, NeedAndMeans
from salesflow.leads.lead_process import STANDARD_DISQUALIFICATION_REASONS, LeadProcess
from salesflow.leads.lead_stage import LeadStage
from salesflow.leads.lead_stages import Working
from salesflow.outcome import Outcome
from salesflow.people.lead import Conversion, Lead
from salesflow.people.lead_moves import LeadStageChanged
from salesflow.process.migration import Migration
from salesflow.process.move import Move
from salesflow.process.reasons import LossReason
from salesflow.process.requirement import exit_requirement
from salesflow.process.stage import Stage
from salesflow.storage.memory import MemoryStorage
from salesflow.values.contact_details import EmailAddress, PhoneNumber

BECAME = Conversion(contact_id="C-1", deal_id="D-1")


def work_on(lead, by="dan", at=LATER, process=LEADS):
    return process.work_on(lead, by=by, at=at)


# From the capture to the conversion -----------------------------------------------------------------------------------


def test_a_lead_is_captured_as_new():
    lead = captured(source="fair").lead
    assert (lead.stage, lead.outcome, lead.process, lead.process_version) == ("new", Outcome.OPEN, "lead", 1)
    assert (lead.opened_at, lead.entered_at, lead.version, lead.source) == (NOW, NOW, 1, "fair")


def test_a_lead_is_worked_qualified_and_converted():
    work = qualified()
    assert work.stage.key == "qualified"
    work.convert(BECAME)
    lead = work.lead
    assert (lead.stage, lead.outcome, lead.closed_at, lead.closed_from) == ("converted", Outcome.WON, NOW, "qualified")
    assert lead.conversion == BECAME
    assert not lead.is_open


def test_a_lead_without_an_owner_is_not_worked():
    work = captured(owner=None)
    with pytest.raises(MoveRefused, match="somebody is responsible for the lead") as refused:
        work.start()
    assert [unmet.requirement for unmet in refused.value.unmet] == ["has_an_owner"]
    assert (work.lead.stage, len(work.events)) == ("new", 1)


def test_a_lead_without_need_and_means_is_not_qualified_and_every_gap_is_named():
    work = captured()
    work.start()
    with pytest.raises(MoveRefused) as refused:
        work.qualify()
    (unmet,) = refused.value.unmet
    assert unmet.missing == ("What do they need or want that we can meet?", "Can they afford it?")
    assert "lead L-1 cannot qualify from working to qualified yet" in str(refused.value)


def test_whoever_cannot_afford_it_is_not_qualified():
    work = answered(captured())
    work.start()
    work.qualifying.answer(NeedAndMeans.can_afford, False)
    assert [unmet.missing for unmet in work.blockers()] == [("Can they afford it? (the answer does not suffice)",)]


def test_a_lead_is_nurtured_with_a_reason_and_worked_again():
    work = captured()
    work.nurture(reason="they buy next year")
    assert work.stage.key == "nurturing"
    work.start()
    assert work.stage.key == "working"


def test_a_disqualified_lead_has_a_reason_that_the_process_owns():
    work = captured()
    work.disqualify(reason="no_budget", note="Public body")
    lead = work.lead
    assert (lead.outcome, lead.disqualification.reason, lead.disqualification.note) == (
        Outcome.LOST, "no_budget", "Public body",
    )  # fmt: skip


@pytest.mark.parametrize(("reason", "error"), [("nobudget", UnknownName), ("", InvalidValue), (None, WrongType)])
def test_a_reason_that_the_process_does_not_own_is_refused(reason, error):
    work = captured()
    with pytest.raises(error):
        work.disqualify(reason=reason)
    assert work.lead.is_open


def test_a_reason_that_says_nothing_needs_a_note():
    work = captured()
    with pytest.raises(InvalidValue, match="note"):
        work.disqualify(reason="other")
    work.disqualify(reason="other", note="Sold their business")


def test_a_disqualified_lead_is_recycled_and_the_history_keeps_why_it_was_closed():
    work = captured()
    work.disqualify(reason="no_budget")
    work.recycle(reason="they called again")
    assert (work.lead.stage, work.lead.outcome, work.lead.closed_at, work.lead.disqualification) == (
        "recycled", Outcome.OPEN, None, None,
    )  # fmt: skip
    assert [type(event).__name__ for event in work.events] == ["LeadCaptured", "LeadDisqualified", "LeadReopened"]
    work.start()
    assert work.stage.key == "working"


def test_a_converted_lead_stays_converted():
    work = qualified()
    work.convert(BECAME)
    with pytest.raises(NotNow, match="it was converted, to contact C-1, deal D-1; work on what it became"):
        work.convert(Conversion(contact_id="C-2"))
    for move in (lambda: work.disqualify(reason="spam"), lambda: work.recycle(reason="x"), work.start, work.qualify):
        with pytest.raises(MoveNotAllowed):
            move()
    assert work.lead.conversion == BECAME


@pytest.mark.parametrize("stage", ["new", "working", "nurturing", "disqualified"])
def test_only_a_qualified_lead_is_converted(stage):
    work = work_on(a_lead(stage=stage))
    with pytest.raises(MoveNotAllowed, match=f"cannot convert from {stage}"):
        work.convert(BECAME)
    assert work.events == ()


def test_a_lead_is_not_moved_to_converted_without_saying_what_it_became():
    with pytest.raises(EngineOwned, match="use convert"):
        qualified().move("convert")


def test_a_misspelt_move_is_told():
    with pytest.raises(UnknownName, match="did you mean 'qualify'"):
        captured().move("qualfy")


# Plain fields ---------------------------------------------------------------------------------------------------------


def test_what_becomes_known_is_an_update():
    work = captured()
    work.update(phone=PhoneNumber("+1 202 555 0123"), probability=Decimal(0))
    assert (work.lead.phone.digits, work.lead.probability) == ("12025550123", Decimal(0))
    count = len(work.events)
    work.update(probability=Decimal(0))
    assert len(work.events) == count


@pytest.mark.parametrize(
    "field", ["stage", "outcome", "answers", "conversion", "disqualification", "merged_into", "version"]
)
def test_what_the_engine_owns_is_not_updated(field):
    work = captured()
    with pytest.raises(EngineOwned, match=field):
        work.update(**{field: None})
    assert len(work.events) == 1


def test_a_misspelt_field_is_told():
    with pytest.raises(UnknownName, match="did you mean 'source'"):
        captured().update(sourse="fair")
    with pytest.raises(UnknownName, match="did you mean 'source'"):
        captured(sourse="fair")


@pytest.mark.parametrize("given", [{"name": None}, {"name": ""}, {"name": " \u200b"}, {"name": "Noa\x00"}, {"id": ""}])
def test_a_lead_that_breaks_a_rule_is_not_captured_and_no_message_repeats_it(given):
    with pytest.raises(InvalidValue) as refused:
        captured(**given)
    assert "Noa" not in str(refused.value)


def test_a_payload_with_a_stage_in_it_is_refused():
    with pytest.raises(EngineOwned, match="stage, version"):
        LEADS.capture(id="L-1", name="Noa", stage="qualified", version=7, by="dan", at=NOW)


def test_a_draft_that_pretends_to_be_qualified_is_refused():
    with pytest.raises(EngineOwned, match="stage"):
        LEADS.capture(Lead(id="L-1", name="Noa", stage="qualified"), by="dan", at=NOW)


# Explaining -----------------------------------------------------------------------------------------------------------


def test_the_process_says_what_to_do_next():
    work = captured()
    work.start()
    assert work.next_steps()[0].startswith("Ask, and record the answers with their evidence. (What do they need")
    assert {move.move for move in work.next_moves()} == {"nurture", "qualify", "disqualify", "recycle"}
    assert next(move for move in work.next_moves() if move.move == "disqualify").needs_reason


def test_the_guide_and_the_diagram_come_from_the_definition():
    guide, diagram = LEADS.guide(), LEADS.diagram()
    for stage in LEADS.stages:
        assert stage.label in guide
        assert stage.label in diagram
    assert "there is a need that we can meet, and the means to pay for it" in guide


def test_trying_changes_nothing():
    work = qualified()
    tried = work.dry_run(lambda trial: trial.convert(BECAME))
    assert (tried.after.stage, tried.refusal) == ("converted", None)
    assert (work.lead.stage, work.lead.conversion) == ("qualified", None)


# Extending ------------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class FairLead(Lead):
    hall: int = 0


class Called(LeadStage[FairLead]):
    """Somebody spoke to them."""

    @exit_requirement("we know where they stood")
    def hall_is_known(self, lead: FairLead) -> bool:
        return lead.hall > 0


class FairLeads(LeadProcess[FairLead], without=("nurturing", "nurture")):
    key = "fair_leads"
    loss_reasons = (*STANDARD_DISQUALIFICATION_REASONS, LossReason("collector", "Only came for the pens"))
    called = Called(after="new")
    call = Move[FairLead](source="new", target="called")
    start = Move[Lead](source=("new", "called", "recycled"), target="working")


FAIR = FairLeads()


def a_fair_lead(**fields):
    return FAIR.capture(FairLead(id="L-1", name="Noa", owner="dan", **fields), by="dan", at=NOW)


def test_stages_moves_reasons_and_fields_of_your_own():
    assert [stage.key for stage in FAIR.stages] == [
        "new", "called", "working", "recycled", "qualified", "converted", "disqualified",
    ]  # fmt: skip
    work = a_fair_lead()
    work.move(FairLeads.call)
    with pytest.raises(MoveRefused, match="we know where they stood"):
        work.start()
    work.update(attrs.evolve(work.lead, hall=3))
    work.start()
    work.disqualify(reason="collector")
    assert (work.lead.hall, work.lead.disqualification.reason) == (3, "collector")
    assert type(work.lead) is FairLead


def test_moves_do_not_lead_from_a_stage_that_was_left_out():
    assert {route.target for route in FAIR.routes} == {stage.key for stage in FAIR.stages} - {"new"}
    with pytest.raises(UnknownName, match="nurture"):
        a_fair_lead().nurture(reason="next year")


def test_an_inherited_requirement_is_left_out():
    class Anyone(Working, without=("has_an_owner",)):
        """Whoever has time works them."""

    class Pool(LeadProcess):
        key = "pool"
        working = Anyone()

    work = captured(process=Pool(), owner=None)
    work.start()
    assert work.stage.key == "working"


def test_a_hook_may_record_more_facts():
    class Greeted(Working):
        def on_enter(self, work):
            work.update(notes="Greeted")

    class Greeting(LeadProcess):
        key = "greeting"
        working = Greeted()

    work = captured(process=Greeting())
    work.start()
    assert (work.lead.notes, work.stage.key) == ("Greeted", "working")


def test_a_hook_that_fails_leaves_everything_as_it_was():
    class Broken(Working):
        def on_enter(self, work):
            work.update(notes="Half done")
            raise RuntimeError("no")

    class Breaking(LeadProcess):
        key = "breaking"
        working = Broken()

    work = captured(process=Breaking())
    with pytest.raises(RuntimeError):
        work.start()
    assert (work.stage.key, work.lead.notes, len(work.events)) == ("new", "", 1)


def test_a_framework_stands_as_the_requirement_of_a_move():
    class Strict(LeadProcess):
        key = "strict"
        qualify = Move[Lead](source="working", target="qualified", requires=(BANT.requirement(),))

    work = captured(process=Strict())
    work.start()
    assert {unmet.requirement for unmet in work.blockers()} == {"is_qualified", "bant_is_fulfilled"}


def test_a_move_that_leads_to_a_stage_that_was_left_out_is_left_out_too_or_the_process_is_refused():
    with pytest.raises(ProcessDefinitionError) as refused:
        type("Wrong", (LeadProcess,), {}, without=("nurturing",))
    (fault,) = refused.value.faults
    assert fault.startswith("move 'nurture': no stage 'nurturing'")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"without": ("nurturin",)}, "nurturin"),
        ({"called": Called(after="nowhere")}, "nowhere"),
        ({"jump": Move(source="new", target="nowhere")}, "nowhere"),
        ({"convert": Move(source="nowhere", target="converted")}, "nowhere"),
        ({"presentation": Stage()}, "presentation"),
    ],
)
def test_a_process_that_could_not_work_is_refused_where_it_is_written(body, said):
    with pytest.raises(ProcessDefinitionError, match=said):
        type(
            "Wrong",
            (LeadProcess,),
            {key: value for key, value in body.items() if key != "without"},
            **({"without": body["without"]} if "without" in body else {}),
        )


# Policy, process, migration, adoption -----------------------------------------------------------------------------------


class OwnersOnly:
    def refusal(self, event, lead):
        return None if lead.owner in (None, event.by) else f"only {lead.owner} works this lead"


def test_the_policy_is_asked_for_every_event():
    process = LeadProcess(policy=OwnersOnly())
    lead = captured(process=process).lead
    stranger = work_on(lead, by="gil", process=process)
    for tried in (
        lambda: stranger.start(),
        lambda: stranger.update(owner="gil"),
        lambda: stranger.qualifying.answer(BANT.need, "x"),
        lambda: stranger.hand_over.submit(to="noa"),
        lambda: stranger.disqualify(reason="spam"),
    ):
        with pytest.raises(PolicyRefused, match="only dan works this lead") as refused:
            tried()
        assert (refused.value.kind, refused.value.id) == ("lead", lead.id)
    assert (stranger.events, stranger.lead) == ((), lead)


def test_a_policy_that_fails_refuses():
    class Broken:
        def refusal(self, event, lead):
            raise RuntimeError("down")

    with pytest.raises(PolicyRefused, match="the policy itself failed"):
        captured(process=LeadProcess(policy=Broken()))


def test_a_lead_of_another_process_is_refused_unless_a_migration_is_declared():
    lead = a_lead(stage="nurturing")
    with pytest.raises(WrongType, match="works on FairLead"):
        work_on(lead, process=FAIR)

    class Next(LeadProcess, without=("nurturing", "nurture")):
        key = "lead"
        version = 2

    with pytest.raises(ProcessMismatch, match="runs under process lead 1"):
        work_on(lead, process=Next())

    class Migrating(Next):
        key = "lead"
        version = 3
        migrations = (Migration(process="lead", version=1, stages={"nurturing": "recycled"}),)

    work = work_on(lead, process=Migrating())
    assert (work.lead.stage, work.lead.process_version, work.lead.entered_at) == ("recycled", 3, lead.entered_at)
    work.start()
    assert [type(event).__name__ for event in work.events] == ["LeadProcessMigrated", "LeadStageChanged"]


def test_a_lead_that_was_worked_elsewhere_is_adopted_where_it_stands():
    work = LEADS.adopt(
        id="L-1", name="Noa", stage="qualified", origin="old CRM", since=NOW - timedelta(days=9), by="dan", at=NOW
    )
    (event,) = work.events
    assert (event.origin, event.lacking) == ("old CRM", ("working.has_an_owner", "qualified.is_qualified"))
    assert work.lead.entered_at == NOW - timedelta(days=9)
    work.convert(BECAME)


def test_a_closed_lead_is_adopted_with_its_reason():
    adopt = {"id": "L-1", "name": "Noa", "origin": "old CRM", "since": NOW, "by": "dan", "at": NOW}
    lead = LEADS.adopt(**adopt, stage="disqualified", reason="spam", note="bot").lead
    assert (lead.outcome, lead.disqualification.reason, lead.closed_at) == (Outcome.LOST, "spam", NOW)
    with pytest.raises(UnknownName, match="spam"):
        LEADS.adopt(**adopt, stage="disqualified", reason="spamm")
    with pytest.raises(InvalidValue, match="why a lead was disqualified"):
        LEADS.adopt(**adopt, stage="working", reason="spam")
    with pytest.raises(InvalidValue, match="before it is taken over"):
        LEADS.adopt(**adopt | {"since": LATER}, stage="working")


def test_work_does_not_happen_before_what_happened_last():
    with pytest.raises(OutOfOrder, match="lead L-1"):
        work_on(captured(at=LATER).lead, at=NOW)


@pytest.mark.parametrize("what", [a_deal(), "L-1", None])
def test_only_leads_are_worked_on(what):
    with pytest.raises(WrongType, match="works on Lead"):
        work_on(what)


def test_an_event_from_outside_does_not_get_around_the_moves():
    @attrs.frozen(kw_only=True)
    class Sneaked(Event[Lead]):
        def apply(self, lead: Lead, /) -> Lead:
            return lead.changed_by(self, stage="converted", outcome=Outcome.WON)

    work = captured()
    with pytest.raises(EngineOwned, match="stage") as refused:
        work.record(Sneaked(at=NOW, by="dan"))
    assert refused.value.kind == "lead"
    with pytest.raises(EngineOwned):
        work.record(LeadStageChanged(at=NOW, by="dan", move="x", source="new", target="qualified"))
    assert len(work.events) == 1


def test_work_on_a_lead_is_stored_and_read_back():
    storage = MemoryStorage()
    work = qualified(email=EmailAddress("noa@acme.example"))
    storage.commit(work.changes)
    assert storage.get(Lead, "L-1") == work.lead
    assert fold([one.event for one in storage.history(Lead, "L-1")]) == work.lead
    assert pickle.loads(pickle.dumps(work.changes)) == work.changes


# Laws -----------------------------------------------------------------------------------------------------------------

STEPS = {
    "start": lambda work: work.start(),
    "nurture": lambda work: work.nurture(reason="later"),
    "qualify": lambda work: work.qualify(),
    "answer": answered,
    "disqualify": lambda work: work.disqualify(reason="no_need"),
    "recycle": lambda work: work.recycle(reason="again"),
    "convert": lambda work: work.convert(BECAME),
    "own": lambda work: work.update(owner="noa"),
    "disown": lambda work: work.update(owner=None),
}


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=25))
def test_whatever_is_tried_a_lead_is_the_fold_of_its_events_and_a_refusal_changes_nothing(steps):
    work = captured()
    for step in steps:
        before, count = work.lead, len(work.events)
        try:
            STEPS[step](work)
        except SalesflowError:
            assert (work.lead, len(work.events)) == (before, count)
        lead = work.lead
        assert fold(work.events) == lead
        assert lead.outcome is LEADS.stage(lead.stage).outcome
        assert (lead.closed_at is None) is lead.is_open
        assert (lead.conversion is not None) is (lead.outcome is Outcome.WON)
        assert (lead.disqualification is not None) is (lead.outcome is Outcome.LOST)
