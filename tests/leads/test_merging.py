"""Merging records that are one: the preview, what is refused, and the set of changes."""

from __future__ import annotations

import pickle
from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leads.worked_leads import DEALS, LATER, LEADS, NOW, a_contact, a_deal, a_lead, an_organization, captured

from salesflow.changes import Change, ChangeSet
from salesflow.deal.committee import BuyingRole
from salesflow.deal.deal import Deal
from salesflow.errors import (
    EngineOwned,
    InvalidValue,
    NotNow,
    OutOfOrder,
    PolicyRefused,
    ProcessMismatch,
    StaleVersion,
    UnknownName,
    WrongType,
)
from salesflow.event import fold
from salesflow.leads.confidence import Confidence
from salesflow.leads.frameworks import BANT
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.merge_fields import MergeRules, Why
from salesflow.leads.merging import preview_merge
from salesflow.leads.repointing import Pointer
from salesflow.people.contact import Contact, ContactAdded, ContactUpdated
from salesflow.people.lead import Lead
from salesflow.people.merging import ContactsMerged, MergedAway
from salesflow.people.organization import Organization
from salesflow.standard import StandardProcess
from salesflow.storage.memory import MemoryStorage, UniqueKey
from salesflow.storage.records import Records
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.money import Money

PHONE = PhoneNumber("+1 202 555 0123")
HAIFA = PostalAddress(street="Port 1", city="Haifa")


def applied(preview, at=LATER):
    """Each record after the merge, by id."""
    return {change.id: change.after for change in preview.apply(by="dan", at=at).changes}


# Who wins -------------------------------------------------------------------------------------------------------------


def test_the_first_known_value_wins_field_by_field():
    first = a_contact("C-1", email=EmailAddress("noa@acme.example"), job_title="buyer", language="he")
    second = a_contact("C-2", phone=PHONE, job_title="head of buying")
    preview = preview_merge([second, first])
    assert preview.survivor is first
    assert (preview.after.phone, preview.after.job_title) == (PHONE, "buyer")
    assert (preview.field("phone").ids, preview.field("phone").why) == (("C-2",), Why.ONLY_VALUE)
    assert (preview.field("job_title").ids, preview.field("job_title").why) == (("C-1",), Why.FIRST_VALUE)
    assert preview.field("mobile").why is Why.UNKNOWN


def test_what_is_lost_is_named_with_whose_it_is_and_why():
    first = a_contact("C-1", job_title="buyer", email=EmailAddress("noa@acme.example"))
    second = a_contact("C-2", job_title="head of buying")
    (lost,) = preview_merge([first, second]).lost
    assert (lost.field, lost.id, lost.value) == ("job_title", "C-2", "head of buying")
    assert "C-1 wins" in lost.because


def test_what_differs_only_in_form_is_not_lost():
    first = a_contact("C-1", phone=PHONE, email=EmailAddress("noa@acme.example"), language="he")
    second = a_contact(
        "C-2", name="NOA  Levi", phone=PhoneNumber("001 (202) 555-0123"), email=EmailAddress("Noa@ACME.example")
    )
    assert preview_merge([first, second]).lost == ()


def test_zero_is_a_value_and_nothing_is_not():
    first = an_organization("O-1", employees=0, industry="retail")
    second = an_organization("O-2", employees=40)
    assert preview_merge([first, second]).after.employees == 0


def test_an_address_is_taken_whole_from_the_fullest():
    first = a_contact("C-1", address=PostalAddress(street="Main 1"), job_title="buyer", language="he")
    second = a_contact("C-2", address=HAIFA)
    preview = preview_merge([first, second])
    assert preview.after.address == HAIFA
    assert preview.field("address").why is Why.FULLEST_ADDRESS
    assert [(lost.field, lost.id) for lost in preview.lost] == [("address", "C-1")]


def test_of_two_addresses_alike_full_that_of_the_more_trusted_record_is_taken():
    first = a_contact("C-1", address=PostalAddress(city="Haifa", country="IL"), language="he")
    second = a_contact("C-2", address=HAIFA)
    assert preview_merge([second, first]).after.address == first.address


def test_an_address_without_any_part_is_no_address():
    first = a_contact("C-1", address=PostalAddress(), job_title="buyer", language="he")
    assert preview_merge([first, a_contact("C-2", address=HAIFA)]).after.address == HAIFA


def test_lists_are_united_and_texts_joined():
    first = a_contact("C-1", likes=["short calls", "tea"], notes="Met at the fair.", language="he")
    second = a_contact("C-2", likes=["Tea", "figures"], notes="Called back.")
    after = preview_merge([first, second]).after
    assert after.likes == ("short calls", "tea", "figures")
    assert after.notes == "Met at the fair.\n\nCalled back."


def test_the_same_text_is_not_joined_twice():
    first = a_contact("C-1", notes="Met at the fair.", language="he")
    preview = preview_merge([first, a_contact("C-2", notes="Met at the fair.")])
    assert preview.after.notes == "Met at the fair."
    assert not preview.field("notes").is_changed


def test_what_a_text_cannot_hold_any_more_is_named_as_lost():
    first = a_contact("C-1", notes="a" * 6000, language="he", job_title="x")
    second, third = a_contact("C-2", notes="b" * 6000, language="he"), a_contact("C-3", notes="c" * 10)
    preview = preview_merge([first, second, third])
    assert preview.after.notes == "a" * 6000 + "\n\n" + "c" * 10
    assert [(lost.field, lost.id, lost.because) for lost in preview.lost] == [
        ("notes", "C-2", "the texts together would have more than 10,000 characters")
    ]


def test_whoever_asked_once_not_to_be_contacted_is_not():
    first = a_contact("C-1", language="he", job_title="buyer")
    preview = preview_merge([first, a_contact("C-2", do_not_contact=True)])
    assert preview.survivor is first
    assert preview.after.do_not_contact is True
    assert preview.field("do_not_contact").why is Why.ANY_YES
    assert preview.lost == ()


def test_owner_and_team_are_taken_together():
    first = a_lead("L-1", stage="qualified", owner="noa", team=None)
    second = a_lead("L-2", owner="dan", team="south")
    after = preview_merge([first, second]).after
    assert (after.owner, after.team) == ("noa", None)


def test_a_lead_that_nobody_owns_gets_owner_and_team_of_one_other():
    first = a_lead("L-1", owner=None, job_title="buyer", probability=Decimal("0.9"))
    second, third = a_lead("L-2", owner=None, team="south"), a_lead("L-3", owner="gil", team="north")
    after = preview_merge([first, second, third]).after
    assert (after.owner, after.team) == (None, "south")


def test_the_later_answer_to_a_question_counts():
    first = captured("L-1")
    first.qualifying.answer(BANT.authority, "the buyer")
    second = captured("L-2", at=LATER)
    second.qualifying.answer(BANT.authority, "the board", evidence=["mail"])
    second.qualifying.answer(BANT.budget, Money("5000", "EUR"))
    preview = preview_merge([first.lead, second.lead])
    assert preview.survivor.id == "L-1"
    assert [answer.value for answer in preview.after.answers] == ["the board", Money("5000", "EUR")]
    assert preview.after.answers[0].evidence == ("mail",)
    assert [(lost.field, lost.id) for lost in preview.lost] == [("answers", "L-1")]
    assert applied(preview)["L-1"].answers == preview.after.answers


def test_fields_of_your_own_are_merged_too():
    @attrs.frozen(kw_only=True)
    class Patient(Contact):
        insurance: str | None = None
        wards: tuple[str, ...] = ()
        history: str = ""

    first = a_contact("C-1", Patient, wards=("7",), history="One.", language="he", job_title="x")
    second = a_contact("C-2", Patient, insurance="A-1", wards=("9",), history="Two.")
    after = preview_merge([first, second], rules=MergeRules(joined=["notes", "history"])).after
    assert (after.insurance, after.wards, after.history) == ("A-1", ("7", "9"), "One.\n\nTwo.")


def test_a_rule_for_a_field_that_does_not_exist_is_told():
    with pytest.raises(UnknownName, match="did you mean 'notes'"):
        preview_merge([a_contact("C-1"), a_contact("C-2")], rules=MergeRules(joined=["note"]))


# What the host decides ------------------------------------------------------------------------------------------------


def test_the_host_chooses_who_stays():
    first, second = a_contact("C-1", language="he"), a_contact("C-2", job_title=None)
    preview = preview_merge([first, second], survivor="C-2")
    assert (preview.survivor, preview.because) == (second, Confidence.CHOSEN)
    assert preview_merge([first, second]).with_survivor(second) == preview
    assert preview.after.language == "he"


def test_the_host_chooses_whose_value_wins():
    first, second = a_contact("C-1", job_title="buyer", language="he"), a_contact("C-2", job_title="head of buying")
    preview = preview_merge([first, second]).taking("job_title", of="C-2")
    assert preview.after.job_title == "head of buying"
    assert preview.field("job_title").why is Why.CHOSEN
    assert [(lost.field, lost.id) for lost in preview.lost] == [("job_title", "C-1")]


@pytest.mark.parametrize(("field", "of", "said"), [("jobtitle", "C-1", "job_title"), ("job_title", "C-9", "C-1")])
def test_a_choice_of_what_is_not_there_is_told(field, of, said):
    with pytest.raises(UnknownName, match=said):
        preview_merge([a_contact("C-1"), a_contact("C-2")]).taking(field, of=of)


def test_a_survivor_who_is_not_among_them_is_told():
    with pytest.raises(UnknownName, match="C-9"):
        preview_merge([a_contact("C-1"), a_contact("C-2")], survivor="C-9")


# Leads that are closed ------------------------------------------------------------------------------------------------


def test_leads_that_were_disqualified_are_left_out_unless_the_host_says_otherwise():
    lost, *others = a_lead("L-1", stage="disqualified"), a_lead("L-2"), a_lead("L-3")
    preview = preview_merge([lost, *others])
    assert [one.id for one in (preview.survivor, *preview.merged)] == ["L-2", "L-3"]
    assert [(one.id, one.because) for one in preview.excluded] == [
        ("L-1", "was disqualified; it is merged with include_lost=True")
    ]
    assert preview_merge([lost, *others], include_lost=True).excluded == ()


def test_the_reason_of_a_disqualified_lead_goes_on_only_if_the_survivor_is_disqualified():
    lost, other = a_lead("L-1", stage="disqualified"), a_lead("L-2")
    preview = preview_merge([lost, other], include_lost=True)
    assert (preview.survivor.id, preview.after.disqualification) == ("L-2", None)
    assert [(one.field, one.id) for one in preview.lost] == [("disqualification", "L-1")]
    both = preview_merge([lost, other], include_lost=True, survivor=lost)
    assert both.after.disqualification == lost.disqualification


def test_a_survivor_adopted_without_a_reason_takes_the_reason_of_another():
    adopted = LEADS.adopt(
        id="L-1", name="Noa", stage="disqualified", origin="old CRM", since=NOW, by="dan", at=NOW
    ).lead
    adopted = attrs.evolve(adopted, disqualification=None)
    other = a_lead("L-2", stage="disqualified", at=LATER)
    preview = preview_merge([adopted, other], include_lost=True)
    assert preview.survivor is adopted
    assert preview.after.disqualification.reason == "no_budget"
    assert applied(preview, LATER)["L-1"].disqualification.reason == "no_budget"


def test_where_nothing_is_left_to_merge_the_error_says_who_was_left_out():
    with pytest.raises(NotNow, match="L-1 was disqualified"):
        preview_merge([a_lead("L-1", stage="disqualified"), a_lead("L-2")])


def test_stage_and_conversion_of_the_survivor_stay():
    first, second = a_lead("L-1", stage="working"), a_lead("L-2")
    after = applied(preview_merge([first, second]))["L-1"]
    assert (after.stage, after.entered_at, after.opened_at) == ("working", first.entered_at, first.opened_at)


# What is refused ------------------------------------------------------------------------------------------------------


def test_a_record_is_not_merged_with_itself():
    contact = a_contact()
    with pytest.raises(InvalidValue, match="not merged with itself"):
        preview_merge([contact, contact])


@pytest.mark.parametrize("count", [0, 1, 6])
def test_two_to_five_are_merged_at_once(count):
    with pytest.raises(InvalidValue, match="two to 5"):
        preview_merge([a_contact(f"C-{number}") for number in range(count)])


def test_records_of_different_kinds_are_not_merged():
    with pytest.raises(WrongType, match="one class"):
        preview_merge([a_contact("X-1"), an_organization("X-2")])


def test_records_of_different_classes_are_not_merged():
    @attrs.frozen(kw_only=True)
    class Patient(Contact):
        ward: str = ""

    with pytest.raises(WrongType, match="one class"):
        preview_merge([a_contact("C-1"), a_contact("C-2", Patient)])


def test_deals_are_never_merged():
    with pytest.raises(WrongType, match="deals are never merged"):
        preview_merge([a_deal("D-1"), a_deal("D-2")])


@pytest.mark.parametrize("what", ["C-1", None, 7])
def test_only_records_are_merged(what):
    with pytest.raises(WrongType, match="leads, contacts or organizations"):
        preview_merge([what, what])


def test_a_draft_is_not_merged():
    with pytest.raises(NotNow, match="it is a draft"):
        preview_merge([Contact(id="C-1", name="Noa"), a_contact("C-2")])


def test_records_of_two_tenants_are_not_merged():
    first, second = a_contact("C-1"), a_contact("C-2")
    tenants = {"C-1": "north", "C-2": "south"}
    with pytest.raises(InvalidValue, match="one tenant"):
        preview_merge([first, second], tenant_of=lambda contact: tenants[contact.id])
    assert preview_merge([first, second], tenant_of=lambda contact: "north").survivor is first


def test_where_the_host_says_nothing_a_storage_of_one_tenant_refuses_the_record_of_another():
    storage = MemoryStorage()
    north, south = storage.for_tenant("north"), storage.for_tenant("south")
    for tenant, id in ((north, "C-1"), (south, "C-2")):
        tenant.commit(added(Contact(id=id, name="Noa Levi")))
    changes = preview_merge([north.get(Contact, "C-1"), south.get(Contact, "C-2")]).apply(by="dan", at=LATER)
    with pytest.raises(StaleVersion, match="C-2"):
        north.commit(changes)
    assert north.get(Contact, "C-1").version == 1


def test_what_was_merged_away_is_not_merged_again():
    after = applied(preview_merge([a_contact("C-1"), a_contact("C-2")]))
    with pytest.raises(NotNow, match="it was merged into C-1"):
        preview_merge([after["C-2"], a_contact("C-3")])


def test_a_lead_of_another_process_is_told():
    class Other(LeadProcess):
        key = "other"

    with pytest.raises(ProcessMismatch, match="other 1"):
        preview_merge([a_lead("L-1"), captured("L-2", process=Other()).lead])


def test_a_merge_does_not_happen_before_what_happened_last():
    preview = preview_merge([a_contact("C-1"), a_contact("C-2")])
    with pytest.raises(OutOfOrder):
        preview.apply(by="dan", at=NOW - timedelta(seconds=1))


def test_the_policy_of_the_leads_is_asked():
    class NoMerges:
        def refusal(self, event, lead):
            return "ask first" if isinstance(event, MergedAway) else None

    preview = preview_merge([a_lead("L-1"), a_lead("L-2")], lead_process=LeadProcess(policy=NoMerges()))
    with pytest.raises(PolicyRefused, match="ask first"):
        preview.apply(by="dan", at=LATER)


@pytest.mark.parametrize("record", [a_contact(), an_organization(), a_lead()])
def test_no_message_of_a_refusal_repeats_what_is_personal(record):
    with pytest.raises(InvalidValue) as refused:
        preview_merge([record, record])
    assert "Levi" not in str(refused.value)


# Parents --------------------------------------------------------------------------------------------------------------


def test_an_organization_that_is_merged_with_its_parent_belongs_to_itself_no_more():
    child, parent = an_organization("O-1", parent_id="O-2", industry="retail"), an_organization("O-2", parent_id="O-9")
    preview = preview_merge([child, parent])
    assert preview.survivor is child
    assert preview.after.parent_id == "O-9"
    alone = preview_merge([child, an_organization("O-2")])
    assert alone.after.parent_id is None
    assert applied(alone)["O-1"].parent_id is None


def test_a_merge_after_which_an_organization_would_belong_to_itself_by_way_of_another_is_refused():
    grandchild = an_organization("O-1", parent_id="O-2", industry="retail")
    child, parent = an_organization("O-2", parent_id="O-3"), an_organization("O-3")
    with pytest.raises(InvalidValue, match="O-1 > O-2 > O-1"):
        preview_merge([grandchild, parent], pointing=[child])


def test_a_chain_of_parents_that_was_a_cycle_before_does_not_go_on_for_ever():
    first, second = an_organization("O-1", parent_id="O-8", industry="x"), an_organization("O-2")
    cycle = [an_organization("O-8", parent_id="O-9"), an_organization("O-9", parent_id="O-8")]
    assert preview_merge([first, second], pointing=cycle).after.parent_id == "O-8"


def test_children_of_one_that_goes_belong_to_the_one_that_stays():
    first, second = an_organization("O-1", industry="x"), an_organization("O-2")
    child = an_organization("O-3", parent_id="O-2")
    after = applied(preview_merge([first, second], pointing=[child]))
    assert after["O-3"].parent_id == "O-1"


# What points there ----------------------------------------------------------------------------------------------------


def test_the_preview_says_where_to_look_for_what_points_to_those_who_go():
    preview = preview_merge([an_organization("O-1"), an_organization("O-2"), an_organization("O-3")])
    assert [(one.kind, one.field, one.ids) for one in preview.pointers] == [
        (Deal, "organization_id", ("O-2", "O-3")),
        (Contact, "organization_id", ("O-2", "O-3")),
        (Organization, "parent_id", ("O-2", "O-3")),
    ]
    (of_leads,) = preview_merge([a_lead("L-1"), a_lead("L-2")]).pointers
    assert (of_leads.kind, of_leads.field) == (Deal, "lead_id")


def test_what_is_passed_and_points_there_is_re_pointed_in_the_same_set():
    deal, other = a_deal("D-1", contact_id="C-2"), a_deal("D-2", contact_id="C-9")
    preview = preview_merge([a_contact("C-1"), a_contact("C-2")], pointing=[deal, other], deal_processes=[DEALS])
    assert [(one.kind, one.id, one.field, one.before) for one in preview.repointed] == [
        ("Deal", "D-1", "contact_id", "C-2")
    ]
    after = applied(preview)
    assert after["D-1"].contact_id == "C-1"
    assert set(after) == {"C-1", "C-2", "D-1"}


def test_contacts_of_an_organization_that_goes_work_for_the_one_that_stays():
    preview = preview_merge(
        [an_organization("O-1"), an_organization("O-2")], pointing=[a_contact(organization_id="O-2")]
    )
    assert applied(preview)["C-1"].organization_id == "O-1"


def test_a_closed_deal_is_re_pointed_too():
    sale = DEALS.open(id="D-1", name="Desk", lead_id="L-2", by="dan", at=NOW)
    sale.lose(reason="price")
    preview = preview_merge([a_lead("L-1"), a_lead("L-2")], pointing=[sale.deal], deal_processes=[DEALS])
    assert applied(preview)["D-1"].lead_id == "L-1"


def committee(*members, primary=None):
    sale = DEALS.open(id="D-1", name="Desk", by="dan", at=NOW)
    for id, role, fields in members:
        sale.committee.add(id, role, **fields)
    return sale.deal


def test_a_member_of_a_committee_who_goes_is_replaced():
    deal = committee(("C-2", BuyingRole.CHAMPION, {"may_sign": True}))
    preview = preview_merge([a_contact("C-1"), a_contact("C-2")], pointing=[deal], deal_processes=[DEALS])
    (member,) = applied(preview)["D-1"].committee
    assert (member.contact_id, member.roles, member.may_sign, member.is_primary) == (
        "C-1", (BuyingRole.CHAMPION,), True, True,
    )  # fmt: skip


def test_two_members_of_a_committee_who_are_one_become_one():
    deal = committee(
        ("C-2", BuyingRole.CHAMPION, {"may_sign": True}),
        ("C-9", BuyingRole.USER, {}),
        ("C-1", BuyingRole.DECISION_MAKER, {"note": "busy"}),
    )
    preview = preview_merge([a_contact("C-1"), a_contact("C-2")], pointing=[deal], deal_processes=[DEALS])
    other, member = applied(preview)["D-1"].committee
    assert other.contact_id == "C-9"
    assert (member.contact_id, member.roles) == ("C-1", (BuyingRole.DECISION_MAKER, BuyingRole.CHAMPION))
    assert (member.may_sign, member.is_primary, member.note) == (True, True, "busy")


def test_a_deal_without_its_process_is_told():
    preview = preview_merge([a_contact("C-1"), a_contact("C-2")], pointing=[a_deal(contact_id="C-2")])
    with pytest.raises(UnknownName, match="no process 'standard' in deal_processes"):
        preview.apply(by="dan", at=LATER)


def test_fields_of_your_own_point_too():
    @attrs.frozen(kw_only=True)
    class Resold(Deal):
        reseller_id: str | None = None

    class Reselling(StandardProcess[Resold]):
        key = "reselling"

    deal = Reselling().open(Resold(id="D-1", name="Desk", reseller_id="O-2"), by="dan", at=NOW).deal
    preview = preview_merge(
        [an_organization("O-1"), an_organization("O-2")],
        pointing=[deal],
        own_pointers=[Pointer(Resold, "reseller_id")],
        deal_processes=[Reselling()],
    )
    assert applied(preview)["D-1"].reseller_id == "O-1"
    with pytest.raises(UnknownName, match="did you mean 'reseller_id'"):
        preview_merge([an_organization("O-1"), an_organization("O-2")], own_pointers=[Pointer(Resold, "resellerid")])


def test_a_pointer_of_leads_is_left_to_the_host():
    @attrs.frozen(kw_only=True)
    class Recommended(Lead):
        recommended_by: str | None = None

    process = LeadProcess[Recommended]()
    lead = process.capture(Recommended(id="L-1", name="Noa", recommended_by="C-2"), by="dan", at=NOW).lead
    preview = preview_merge(
        [a_contact("C-1"), a_contact("C-2")], pointing=[lead], own_pointers=[Pointer(Recommended, "recommended_by")]
    )
    assert [one.id for one in preview.repointed] == ["L-1"]
    with pytest.raises(WrongType, match="commit both with"):
        preview.apply(by="dan", at=LATER)


def test_what_was_merged_away_itself_is_not_re_pointed():
    pair = [a_contact("C-1", organization_id="O-2"), a_contact("C-2", organization_id="O-2")]
    gone = applied(preview_merge(pair), NOW)["C-2"]
    preview = preview_merge([an_organization("O-1"), an_organization("O-2")], pointing=[gone])
    assert preview.repointed == ()


@pytest.mark.parametrize("what", ["D-1", None])
def test_only_entities_point(what):
    with pytest.raises(WrongType, match="pointing"):
        preview_merge([a_contact("C-1"), a_contact("C-2")], pointing=[what])


# What it becomes ------------------------------------------------------------------------------------------------------


def added(*contacts):
    return ChangeSet(Change(None, (ContactAdded(at=NOW, by="dan", contact=one),)) for one in contacts)


def test_the_record_that_goes_stays_stored_and_says_where_it_went():
    storage = MemoryStorage()
    storage.commit(added(Contact(id="C-1", name="Noa Levi"), Contact(id="C-2", name="Noa Levi", phone=PHONE)))
    first, second = storage.get(Contact, "C-1"), storage.get(Contact, "C-2")
    storage.commit(preview_merge([first, second], survivor=first).apply(by="gil", at=LATER))
    gone = storage.get(Contact, "C-2")
    assert (gone.merged_into, gone.phone) == ("C-1", PHONE)
    assert storage.get(Contact, "C-1").phone == PHONE


def test_the_events_say_what_came_from_whom():
    first, second = a_contact("C-1", language="he", job_title="x"), a_contact("C-2", phone=PHONE)
    deal = a_deal(contact_id="C-2")
    changes = preview_merge([first, second], pointing=[deal], deal_processes=[DEALS]).apply(by="gil", at=LATER)
    merged, away = changes.events[:2]
    assert isinstance(merged, ContactsMerged)
    assert [(one.id, one.version) for one in merged.merged] == [("C-2", 2)]
    assert [(one.field, one.ids) for one in merged.taken] == [("phone", ("C-2",))]
    assert [(one.kind, one.id) for one in merged.repointed] == [("Deal", "D-1")]
    assert (away, merged.by) == (MergedAway(at=LATER, by="gil", into="C-1"), "gil")


def test_nothing_is_done_any_more_with_what_was_merged_away():
    after = applied(preview_merge([a_contact("C-1"), a_contact("C-2")]))
    with pytest.raises(NotNow, match="contact C-2: cannot update it: it was merged into C-1; work on that one"):
        ContactUpdated(at=LATER, by="dan", changes=(("owner", "noa"),)).apply(after["C-2"])
    leads = applied(preview_merge([a_lead("L-1"), a_lead("L-2")]))
    with pytest.raises(NotNow, match="it was merged into L-1"):
        LEADS.work_on(leads["L-2"], by="dan", at=LATER)
    assert leads["L-1"].is_open
    assert not leads["L-2"].is_open


def test_where_it_went_is_not_written_by_an_update():
    with pytest.raises(EngineOwned, match="merged_into: changed by the engine alone"):
        ContactUpdated(at=NOW, by="dan", changes=(("merged_into", "C-9"),))


def test_a_unique_key_that_leaves_out_what_was_merged_away_lets_the_survivor_have_it():
    def email(contact):
        return None if contact.merged_into or contact.email is None else contact.email.matching_key

    storage = MemoryStorage(unique=[UniqueKey(Contact, "email", email)])
    storage.commit(
        added(Contact(id="C-1", name="Noa"), Contact(id="C-2", name="Noa", email=EmailAddress("n@acme.example")))
    )
    pair = [storage.get(Contact, id) for id in ("C-1", "C-2")]
    storage.commit(preview_merge(pair, survivor="C-1").apply(by="dan", at=LATER))
    assert storage.get(Contact, "C-1").email == EmailAddress("n@acme.example")


def test_a_preview_and_its_changes_can_be_pickled():
    preview = preview_merge([a_contact("C-1"), a_contact("C-2", phone=PHONE)])
    changes = preview.apply(by="dan", at=LATER)
    assert pickle.loads(pickle.dumps(changes)) == changes
    assert pickle.loads(pickle.dumps(preview)).after == preview.after


def test_a_preview_shows_no_values_that_only_the_reader_of_the_record_should_see():
    preview = preview_merge([a_contact("C-1", notes="Likes tea"), a_contact("C-2", notes="Hates tea")])
    assert "Hates" not in repr(preview.fields)
    assert "Hates" not in repr(preview.lost)


def test_merged_records_are_stored_as_records_and_read_back():
    records = Records()
    for records_of in ([a_lead("L-1"), a_lead("L-2", phone=PHONE)], [an_organization("O-1"), an_organization("O-2")]):
        changes = preview_merge(records_of).apply(by="dan", at=LATER)
        assert records.load(records.dump(changes)) == changes


def test_whoever_is_forgotten_is_forgotten_in_what_a_merge_brought_too():
    storage = MemoryStorage()
    storage.commit(added(Contact(id="C-1", name="Noa"), Contact(id="C-2", name="Noa", phone=PHONE, notes="Likes tea")))
    pair = [storage.get(Contact, "C-1"), storage.get(Contact, "C-2")]
    storage.commit(preview_merge(pair, survivor="C-1").apply(by="dan", at=LATER))
    for id in ("C-1", "C-2"):
        storage.erase(Contact, id, by="dan", at=LATER)
        written = repr([Records().dump(one) for one in storage.history(Contact, id)])
        assert "555" not in written
        assert "tea" not in written
    assert storage.get(Contact, "C-2").merged_into == "C-1"


# Laws -----------------------------------------------------------------------------------------------------------------

texts = st.sampled_from(["", "one", "two", "one\ntwo"])
fields = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from([EmailAddress("noa@acme.example"), EmailAddress("NOA@acme.example"), None]),
        "phone": st.sampled_from([PHONE, PhoneNumber("03 555 0199"), None]),
        "address": st.sampled_from([None, PostalAddress(), HAIFA, PostalAddress(street="Main 1")]),
        "job_title": st.sampled_from(["buyer", "Buyer", "head", None]),
        "likes": st.lists(st.sampled_from(["tea", "Tea", "figures"]), max_size=3),
        "notes": texts,
        "do_not_contact": st.booleans(),
        "owner": st.sampled_from([None, "dan", "noa"]),
    },
)
several = st.lists(fields, min_size=2, max_size=5)


@settings(deadline=None)
@given(several)
def test_the_changes_do_what_the_preview_says(given_fields):
    contacts = [a_contact(f"C-{number}", **one) for number, one in enumerate(given_fields)]
    preview = preview_merge(contacts)
    after = applied(preview)
    survivor = after.pop(preview.survivor.id)
    assert attrs.evolve(survivor, version=1, changed_at=NOW) == preview.after
    assert {one.merged_into for one in after.values()} == {preview.survivor.id}


@settings(deadline=None)
@given(several)
def test_every_known_value_is_on_the_survivor_or_named_as_lost(given_fields):
    contacts = [a_contact(f"C-{number}", **one) for number, one in enumerate(given_fields)]
    preview = preview_merge(contacts)
    lost = {(one.field, one.id) for one in preview.lost}
    for contact in contacts:
        for name in ("email", "phone", "address", "job_title", "owner"):
            value = getattr(contact, name)
            known = value is not None and value != PostalAddress()
            kept = getattr(preview.after, name)
            alike = str(value).casefold() == str(kept).casefold()
            assert not known or alike or (name, contact.id) in lost
        assert {like.casefold() for like in contact.likes} <= {like.casefold() for like in preview.after.likes}
        assert contact.notes in preview.after.notes
        assert preview.after.do_not_contact or not contact.do_not_contact


@settings(deadline=None)
@given(several, st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_given_makes_no_difference(given_fields, random):
    contacts = [a_contact(f"C-{number}", **one) for number, one in enumerate(given_fields)]
    shuffled = list(contacts)
    random.shuffle(shuffled)
    assert preview_merge(shuffled) == preview_merge(contacts)


@settings(deadline=None)
@given(several)
def test_a_merged_record_is_the_fold_of_its_events(given_fields):
    storage = MemoryStorage()
    drafts = [Contact(id=f"C-{number}", name="Noa Levi", **one) for number, one in enumerate(given_fields)]
    storage.commit(added(*drafts))
    preview = preview_merge([storage.get(Contact, one.id) for one in drafts])
    storage.commit(preview.apply(by="dan", at=LATER))
    for draft in drafts:
        events = [one.event for one in storage.history(Contact, draft.id)]
        assert fold(events) == storage.get(Contact, draft.id)


def test_where_two_values_do_not_go_together_the_host_chooses_another():
    first = a_lead("L-1", owner="noa@acme.example", job_title="x", stage="working")
    second = a_lead("L-2", email=EmailAddress("noa@acme.example"))
    preview = preview_merge([first, second])
    with pytest.raises(InvalidValue, match="nobody is responsible for themselves"):
        preview.apply(by="dan", at=LATER)
    assert applied(preview.taking("email", of="L-1"))["L-1"].email is None
