"""Conversion: what is planned, what the host changes, what is missing, and the set of changes."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leads.worked_leads import (
    DEALS,
    LATER,
    NOW,
    a_contact,
    a_deal,
    a_lead,
    an_organization,
    answered,
    captured,
    qualified,
)

from salesflow.changes import Change, ChangeSet
from salesflow.deal.deal import Deal
from salesflow.errors import (
    DuplicateKey,
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
from salesflow.leads.conversion import plan_conversion
from salesflow.leads.conversion_fields import Carried
from salesflow.leads.conversion_mapping import STANDARD_MAPPING, ConversionMapping
from salesflow.leads.conversion_parts import ConversionIds
from salesflow.leads.duplicates import find_duplicates
from salesflow.leads.frameworks import BANT, NeedAndMeans
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.matching_rules import MatchingRules
from salesflow.leads.merging import preview_merge
from salesflow.leads.qualifying import AnswersCarriedOver, QualifyingDesk
from salesflow.people.contact import Contact, ContactAdded, ContactUpdated
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.process.migration import Migration
from salesflow.process.requirement import entry_requirement
from salesflow.standard import Prospecting, StandardProcess
from salesflow.storage.memory import MemoryStorage
from salesflow.storage.records import Records
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.money import Money

EMAIL = EmailAddress("noa@acme.example")
PHONE = PhoneNumber("+1 202 555 0123")
HAIFA = PostalAddress(street="Port 1", city="Haifa")
IDS = ConversionIds(contact="C-9", organization="O-9", deal="D-9")
KNOWN = {"name": "Noa Levi", "email": EMAIL, "organization_name": "Acme Ltd"}


def planned(lead=None, **given):
    """The plan for a qualified lead of whom name, e-mail address and organization are known."""
    return plan_conversion(qualified(**KNOWN).lead if lead is None else lead, **{"process": DEALS, "ids": IDS, **given})


def applied(plan, at=LATER):
    """Each record after the conversion, by kind."""
    return {change.kind.root(): change.after for change in plan.apply(by="gil", at=at).changes}


def carried(plan, part):
    return {one.target: one.result for one in plan.carried if one.part == part}


# What is planned ------------------------------------------------------------------------------------------------------


def test_a_lead_becomes_a_contact_an_organization_and_a_deal():
    after = applied(planned(qualified(**KNOWN, phone=PHONE, job_title="buyer", source="fair", team="south").lead))
    contact, organization, deal, lead = (after[kind] for kind in (Contact, Organization, Deal, Lead))
    assert (contact.id, contact.name, contact.email, contact.phone, contact.job_title) == (
        "C-9", "Noa Levi", EMAIL, PHONE, "buyer",
    )  # fmt: skip
    assert (organization.id, organization.name, organization.source) == ("O-9", "Acme Ltd", "fair")
    assert contact.organization_id == "O-9"
    assert (deal.id, deal.name, deal.owner, deal.team, deal.source) == ("D-9", "Acme Ltd", "dan", "south", "fair")
    assert (deal.contact_id, deal.organization_id, deal.lead_id) == ("C-9", "O-9", "L-1")
    assert deal.stage == "prospecting"
    assert (lead.stage, lead.conversion.contact_id, lead.conversion.organization_id, lead.conversion.deal_id) == (
        "converted", "C-9", "O-9", "D-9",
    )  # fmt: skip


def test_what_was_found_out_goes_on_with_the_deal():
    work = captured(**KNOWN, interest="Ten desks")
    work.start()
    answered(work)
    work.qualifying.answer(BANT.budget, Money("5000", "EUR"))
    work.qualify()
    deal = applied(planned(work.lead))[Deal]
    assert deal.answers == work.lead.answers
    assert deal.answers[0].evidence == ("call of 1 November",)
    assert (deal.qualification.need, deal.qualification.can_afford) == ("one place for all orders", True)
    assert (deal.qualification.budget, deal.qualification.notes) == (Money("5000", "EUR"), "Ten desks")
    assert deal.qualification.evidence == ("lead L-1",)


def test_a_no_is_carried_over_as_a_no():
    work = captured(**KNOWN)
    work.start()
    work.qualifying.answer(NeedAndMeans.can_afford, False)
    plan = planned(work.lead)
    assert carried(plan, "qualification")["can_afford"] is Carried.TAKEN
    assert next(one.value for one in plan.carried if one.target == "can_afford") is False


def test_a_lead_with_only_a_name_becomes_a_contact_with_a_deal():
    after = applied(planned(qualified().lead))
    assert (after[Contact].name, after[Deal].name, after[Deal].organization_id) == ("Noa Levi", "Noa Levi", None)
    assert Organization not in after


def test_a_lead_with_only_an_organization_becomes_an_organization_with_a_deal():
    after = applied(planned(qualified(name=None, organization_name="Acme").lead))
    assert (after[Organization].name, after[Deal].contact_id) == ("Acme", None)
    assert Contact not in after


def test_nothing_of_a_lead_is_lost_what_goes_nowhere_stays_on_it():
    plan = planned(qualified(**KNOWN, tags=["fair"], probability=Decimal("0.5")).lead)
    assert plan.stays == ("tags", "probability")
    assert applied(plan)[Lead].tags == ("fair",)


# Who is reused --------------------------------------------------------------------------------------------------------


def test_a_contact_that_is_likely_the_same_person_is_reused_and_the_plan_says_why():
    plan = planned(contacts=[a_contact("C-1", email=EMAIL), a_contact("C-2", name="Gil Cohen")])
    assert plan.contact.record.id == plan.contact_id == "C-1"
    assert "the same e-mail address" in plan.contact.because
    assert plan.contact.score > Decimal("0.9")
    after = applied(plan)
    assert (after[Contact].id, after[Deal].contact_id) == ("C-1", "C-1")


def test_an_organization_that_is_likely_the_same_is_reused():
    plan = planned(organizations=[an_organization("O-1", name="ACME Ltd."), an_organization("O-2", name="Globex")])
    assert plan.organization.record.id == "O-1"
    assert applied(plan)[Contact].organization_id == "O-1"


def test_a_contact_who_has_nothing_but_the_name_in_common_is_named_and_not_reused():
    plan = planned(qualified(name="Noa Levi").lead, contacts=[a_contact("C-1")])
    assert plan.contact.is_made
    assert plan.remarks == ("contact C-1 has the same name; choose it with reuse(...) if it is the same",)


def test_who_shares_a_mailbox_under_another_name_is_named_and_not_reused():
    lead = qualified(name="Gil Levi", email=EMAIL).lead
    plan = planned(lead, contacts=[a_contact("C-1", email=EMAIL)])
    assert plan.contact.is_made
    assert plan.remarks == ("contact C-1 is like it under another name; choose it with reuse(...) if it is the same",)


def test_a_branch_with_the_same_website_is_named_and_not_reused():
    lead = qualified(name=None, organization_name="United Oil, Singapore", website="https://uos.example").lead
    branch = an_organization("O-1", name="United Gas, UK", website="https://uos.example")
    plan = planned(lead, organizations=[branch])
    assert plan.organization.is_made
    assert "organization O-1 is like it under another name" in plan.remarks[0]


def test_the_only_organization_of_a_name_is_reused_unless_its_domain_is_another():
    lead = qualified(name=None, organization_name="Acme", email=EMAIL).lead
    plan = planned(lead, organizations=[an_organization("O-1", name="ACME Inc.")])
    assert (plan.organization_id, plan.organization.because) == ("O-1", "the only one of this name")
    elsewhere = an_organization("O-1", name="Acme", website="https://acme.invalid")
    assert planned(lead, organizations=[elsewhere]).organization.is_made


def test_of_two_organizations_of_a_name_none_is_reused_and_both_are_named():
    lead = qualified(organization_name="Acme").lead
    plan = planned(lead, organizations=[an_organization("O-1"), an_organization("O-2")])
    assert plan.organization.is_made
    assert [remark.split(";")[0] for remark in plan.remarks] == [
        "organization O-1 has the same name",
        "organization O-2 has the same name",
    ]


def test_an_organization_of_the_same_domain_is_reused():
    lead = qualified(organization_name="Northwind Traders", email=EmailAddress("noa@northwind.example")).lead
    known = [
        an_organization("O-1", name="Northwind Traders Inc.", website="https://www.northwind.example"),
        an_organization("O-2", name="Globex Trading"),
    ]
    plan = planned(lead, organizations=known)
    assert (plan.organization_id, plan.organization.because) == ("O-1", "the same company domain; the same name")


def test_a_name_in_letters_of_another_alphabet_is_no_namesake():
    lead = qualified(name=None, organization_name="Аcme").lead  # the first letter is Cyrillic
    assert planned(lead, organizations=[an_organization("O-1")]).organization.is_made


def test_what_was_found_before_is_taken_as_it_was_found():
    lead = qualified(**KNOWN).lead
    found = find_duplicates(lead, among=[a_contact("C-1", email=EMAIL)])
    assert planned(lead, contacts=found).contact.record.id == "C-1"


def test_nobody_is_reused_who_only_looks_alike():
    lead = qualified(name="Nоа Levi", organization_name=None).lead  # two letters are Cyrillic
    plan = planned(lead, contacts=[a_contact("C-1")])
    assert plan.contact.is_made
    assert [hit.other.id for hit in plan.contact.look_alikes] == ["C-1"]
    assert any("C-1 only looks alike" in remark for remark in plan.remarks)


def test_a_name_that_only_looks_alike_is_not_taken_even_with_the_same_mailbox():
    lead = qualified(name="Nоa Levi", email=EMAIL).lead  # one letter is Cyrillic
    plan = planned(lead, contacts=[a_contact("C-1", email=EMAIL)])
    assert plan.contact.is_made
    assert [hit.other.id for hit in plan.contact.look_alikes] == ["C-1"]


def test_nobody_is_reused_who_was_merged_away():
    pair = [a_contact("C-1", email=EMAIL), a_contact("C-2", email=EMAIL, job_title="buyer")]
    merged = {change.id: change.after for change in preview_merge(pair).apply(by="dan", at=NOW).changes}
    assert planned(contacts=merged.values()).contact.record.id == "C-2"
    assert planned(contacts=[merged["C-1"]]).contact.is_made


def test_a_mailbox_of_hundreds_makes_nobody_the_same():
    crowd = [a_contact(f"C-{number}", name=f"Person {number}", email=EMAIL) for number in range(300)]
    plan = planned(qualified(name="Zelda Quint", email=EMAIL).lead, contacts=crowd)
    assert plan.contact.is_made


def test_a_list_that_is_noise_decides_nothing():
    crowd = [a_contact(f"C-{number}", email=EMAIL) for number in range(30)]
    plan = planned(contacts=crowd)
    assert plan.contact.is_made
    assert "30 are like it" in plan.contact.because


def test_who_is_as_likely_is_named():
    plan = planned(contacts=[a_contact("C-1", email=EMAIL), a_contact("C-2", email=EMAIL)])
    assert plan.contact.record.id == "C-1"
    assert "contact C-2 is as likely; perhaps they should be merged" in plan.remarks


def test_a_lead_that_names_no_organization_goes_to_the_one_where_the_contact_works():
    contact, organization = a_contact("C-1", email=EMAIL, organization_id="O-1"), an_organization("O-1", name="Globex")
    lead = qualified(name="Noa Levi", email=EMAIL).lead
    plan = planned(lead, contacts=[contact], organizations=[organization])
    assert (plan.organization_id, plan.organization.because) == ("O-1", "the contact that is reused works there")
    by_id_alone = planned(lead, contacts=[contact])
    assert by_id_alone.organization_id == "O-1"
    after = applied(by_id_alone)
    assert after[Deal].organization_id == "O-1"
    assert Organization not in after


def test_of_several_likely_organizations_it_is_the_one_where_the_contact_works():
    both = [an_organization("O-1", name="Acme Ltd"), an_organization("O-2", name="Acme Ltd")]
    contact = a_contact("C-1", email=EMAIL, organization_id="O-2")
    assert planned(contacts=[contact], organizations=both).organization_id == "O-2"


def test_a_contact_who_works_elsewhere_stays_there_and_the_plan_says_so():
    plan = planned(contacts=[a_contact("C-1", email=EMAIL, organization_id="O-7")])
    assert "contact C-1 stays with organization O-7" in plan.remarks
    after = applied(plan)
    assert (after[Contact].organization_id, after[Deal].organization_id) == ("O-7", "O-9")


def test_who_asked_not_to_be_contacted_is_remarked():
    plan = planned(contacts=[a_contact("C-1", email=EMAIL, do_not_contact=True)])
    assert "contact C-1 asked not to be contacted" in plan.remarks


# What is filled -------------------------------------------------------------------------------------------------------


def test_of_a_record_that_is_reused_only_empty_fields_are_filled():
    contact = a_contact("C-1", email=EMAIL, job_title="head of buying", notes="", address=PostalAddress())
    lead = qualified(**KNOWN, phone=PHONE, job_title="buyer", notes="Met at the fair", address=HAIFA).lead
    plan = planned(lead, contacts=[contact])
    after = applied(plan)[Contact]
    assert (after.job_title, after.phone, after.notes, after.address) == (
        "head of buying", PHONE, "Met at the fair", HAIFA,
    )  # fmt: skip
    assert carried(plan, "contact")["job_title"] is Carried.KEPT


def test_an_explicit_zero_of_a_record_is_not_empty():
    @attrs.frozen(kw_only=True)
    class Sized(Lead):
        size: int | None = None

    mapping = ConversionMapping(
        lead_type=Sized, organization=dict(STANDARD_MAPPING.organization) | {"employees": "size"}
    )
    process = LeadProcess[Sized]()
    work = answered(process.capture(Sized(id="L-1", organization_name="Acme", owner="dan", size=40), by="dan", at=NOW))
    work.start()
    work.qualify()
    organization = an_organization("O-1", employees=0)
    plan = plan_conversion(
        work.lead, process=DEALS, ids=IDS, organizations=[organization], mapping=mapping, lead_process=process
    )
    assert carried(plan, "organization")["employees"] is Carried.KEPT
    assert plan.making_organization().apply(by="dan", at=NOW).changes[1].after.employees == 40


def test_an_address_is_filled_whole_or_not_at_all():
    contact = a_contact("C-1", email=EMAIL, address=PostalAddress(country="IL"))
    after = applied(planned(qualified(**KNOWN, address=HAIFA).lead, contacts=[contact]))
    assert Contact in after  # the owner was filled
    assert after[Contact].address == PostalAddress(country="IL")


def test_what_differs_only_in_form_is_no_change():
    contact = a_contact("C-1", email=EmailAddress("NOA@acme.example"), phone=PhoneNumber("(202) 555-0123"), owner="dan")
    lead = qualified(name="Noa Levi", email=EMAIL, phone=PHONE).lead
    plan = planned(lead, contacts=[contact], rules=MatchingRules(calling_code="1"))
    assert set(carried(plan, "contact").values()) == {Carried.SAME}
    assert Contact not in applied(plan)


# What the host changes ------------------------------------------------------------------------------------------------


def test_the_host_chooses_the_contact_and_the_organization():
    plan = planned().reuse(a_contact("C-5", name="Somebody")).reuse(an_organization("O-5"), because="the seller knows")
    assert (plan.contact_id, plan.organization_id, plan.organization.because) == ("C-5", "O-5", "the seller knows")
    assert applied(plan)[Contact].organization_id == "O-5"


def test_the_host_has_new_ones_made():
    plan = planned(contacts=[a_contact("C-1", email=EMAIL)], organizations=[an_organization("O-1")])
    plan = plan.making_contact().making_organization()
    assert (plan.contact_id, plan.organization_id) == ("C-9", "O-9")


def test_the_host_leaves_out_the_deal_and_what_would_go_into_it_stays():
    plan = planned(qualified(**KNOWN, interest="Ten desks").lead).without_deal()
    after = applied(plan)
    assert Deal not in after
    assert after[Lead].conversion.deal_id is None
    assert "interest" in plan.stays


def test_the_host_leaves_out_the_organization_or_the_contact():
    assert Organization not in applied(planned().without_organization())
    assert Contact not in applied(planned().without_contact())


def test_the_host_says_how_the_deal_is_opened():
    plan = planned().with_deal(name="Ten desks", amount=Money("5000", "EUR"), owner="noa")
    deal = applied(plan)[Deal]
    assert (deal.name, deal.amount, deal.owner) == ("Ten desks", Money("5000", "EUR"), "noa")
    assert carried(plan, "deal")["owner"] is Carried.KEPT


def test_a_deal_of_your_own_class_is_opened_from_a_draft():
    @attrs.frozen(kw_only=True)
    class SeatsDeal(Deal):
        seats: int

    process = StandardProcess[SeatsDeal]()
    plan = planned(process=process)
    assert [str(one) for one in plan.missing] == [
        "deal: seats: a SeatsDeal must have seats, and the lead says nothing that goes there; update the lead"
    ]
    ready = plan.with_deal(SeatsDeal(id="D-3", name="Seats", seats=3))
    deal = next(change.after for change in ready.apply(by="dan", at=NOW).changes if change.id == "D-3")
    assert (deal.seats, deal.owner, deal.contact_id, deal.lead_id) == (3, "dan", "C-9", "L-1")


def test_a_lead_goes_into_a_deal_that_exists_and_keeps_its_owner_and_team():
    deal = a_deal("D-1", owner="noa", source="referral")
    plan = planned(qualified(**KNOWN, team="south", source="fair").lead).reuse(deal)
    after = applied(plan)
    assert (after[Deal].id, after[Deal].owner, after[Deal].team, after[Deal].source) == ("D-1", "noa", None, "referral")
    assert (after[Deal].contact_id, after[Deal].lead_id) == ("C-9", "L-1")
    assert after[Deal].qualification.need == "one place for all orders"
    assert after[Lead].conversion.deal_id == "D-1"


def test_a_deal_that_exists_keeps_its_contact_and_organization():
    deal = a_deal("D-1", contact_id="C-5", organization_id="O-5", lead_id="L-5")
    after = applied(planned().reuse(deal))[Deal]
    assert (after.contact_id, after.organization_id, after.lead_id) == ("C-5", "O-5", "L-5")


def test_answers_that_are_carried_over_do_not_take_the_place_of_those_that_are_there():
    work = captured("L-2")
    work.qualifying.answer(NeedAndMeans.need, "fewer returns")
    others = answered(captured("L-1")).lead.answers
    event = AnswersCarriedOver(at=LATER, by="dan", lead_id="L-1", answers=others)
    values = {answer.question: answer.value for answer in event.apply(work.lead).answers}
    assert values == {"need_and_means.need": "fewer returns", "need_and_means.can_afford": True}


def test_what_a_deal_that_exists_is_qualified_by_stays():
    sale = DEALS.open(id="D-1", name="Desks", by="dan", at=NOW)
    sale.qualification.record(need="fewer returns")
    qualification = applied(planned().reuse(sale.deal))[Deal].qualification
    assert (qualification.need, qualification.can_afford) == ("fewer returns", True)


def test_what_was_answered_on_a_deal_that_exists_stays_and_the_rest_comes_along():
    sale = DEALS.open(id="D-1", name="Desks", by="dan", at=NOW)
    desk = sale.desk(QualifyingDesk)
    desk.answer(NeedAndMeans.need, "fewer returns")
    deal = applied(planned().reuse(sale.deal))[Deal]
    assert {answer.question: answer.value for answer in deal.answers} == {
        "need_and_means.need": "fewer returns",
        "need_and_means.can_afford": True,
    }
    desk.answer(NeedAndMeans.can_afford, True)
    sale.qualification.record(need="fewer returns", can_afford=True)
    changed = next(one for one in planned().reuse(sale.deal).apply(by="dan", at=LATER).changes if one.kind is Deal)
    assert [type(event).__name__ for event in changed.events] == ["DealUpdated"]


def test_a_closed_deal_a_draft_and_a_merged_record_are_not_reused():
    sale = DEALS.open(id="D-1", name="Desks", by="dan", at=NOW)
    sale.lose(reason="price")
    with pytest.raises(NotNow, match="it is lost"):
        planned().reuse(sale.deal)
    with pytest.raises(NotNow, match="it is a draft"):
        planned().reuse(Contact(id="C-1", name="Noa"))
    pair = preview_merge([a_contact("C-1"), a_contact("C-2")]).apply(by="dan", at=NOW)
    with pytest.raises(NotNow, match="it was merged into C-1"):
        planned().reuse(pair.changes[1].after)


@pytest.mark.parametrize("what", ["C-1", None, a_lead("L-2")])
def test_only_contacts_organizations_and_deals_are_reused(what):
    with pytest.raises(WrongType, match="reused"):
        planned().reuse(what)


def test_a_plan_is_a_value():
    lead = qualified(**KNOWN).lead
    plan = planned(lead)
    changed = plan.without_deal()
    assert plan.deal is not None
    assert attrs.evolve(changed, deal=plan.deal) == plan
    assert pickle.loads(pickle.dumps(plan.carried)) == plan.carried


# What is missing ------------------------------------------------------------------------------------------------------


def test_a_lead_that_is_not_qualified_says_what_is_missing():
    work = captured(**KNOWN)
    work.start()
    plan = planned(work.lead)
    assert not plan.is_ready
    first, second = plan.missing
    assert (first.part, first.text) == ("lead", "it is in working, and converted from qualified")
    assert "What do they need or want that we can meet?" in second.text
    with pytest.raises(NotNow, match="it is in working, and converted from qualified") as refused:
        plan.apply(by="dan", at=LATER)
    assert "Can they afford it?" in str(refused.value)


def test_everything_that_is_missing_is_said_at_once():
    lead = captured(name=None, email=EMAIL, organization_name="Acme").lead
    parts = [one.part for one in planned(lead, ids=ConversionIds()).missing]
    assert parts == ["lead", "contact", "contact", "organization", "deal"]


def test_a_lead_without_a_name_needs_one_or_no_contact():
    plan = planned(qualified(name=None, email=EMAIL, organization_name="Acme").lead)
    assert [str(one) for one in plan.missing] == [
        "contact: name: a Contact must have name, and the lead says nothing that goes there; update the lead"
    ]
    assert plan.without_contact().is_ready


def test_ids_are_needed_only_for_what_is_made():
    plan = planned(contacts=[a_contact("C-1", email=EMAIL)], organizations=[an_organization("O-1", name="Acme Ltd")])
    assert attrs.evolve(plan, ids=ConversionIds(deal="D-1")).is_ready
    assert attrs.evolve(plan, ids=ConversionIds()).without_deal().is_ready


def test_a_lead_that_would_become_nothing_is_told():
    plan = planned(qualified().lead).without_contact()
    assert [one.text for one in plan.missing] == ["it would become neither a contact nor an organization"]


def test_what_the_process_of_the_deal_asks_first_is_missing_too():
    class Owned(Prospecting):
        @entry_requirement("it has an amount")
        def has_an_amount(self, deal: Deal) -> bool:
            return deal.amount is not None

    class Careful(StandardProcess[Deal]):
        key = "careful"
        prospecting = Owned()

    plan = planned(process=Careful())
    assert [one.part for one in plan.missing] == ["deal"]
    assert "it has an amount" in plan.missing[0].text
    assert plan.with_deal(amount=Money("5", "EUR")).is_ready


def test_a_value_that_its_field_would_refuse_is_missing_rather_than_half_converted():
    mapping = ConversionMapping(contact=dict(STANDARD_MAPPING.contact) | {"job_title": "interest"})
    plan = planned(qualified(**KNOWN, interest="two\nlines").lead, mapping=mapping)
    assert [one.part for one in plan.missing] == ["contact"]
    assert "two" not in plan.missing[0].text


# What is refused ------------------------------------------------------------------------------------------------------


def test_a_lead_is_converted_once_and_the_refusal_says_what_it_became():
    lead = applied(planned())[Lead]
    with pytest.raises(NotNow, match="it was converted, to contact C-9, organization O-9, deal D-9"):
        planned(lead)


def test_a_closed_lead_is_not_converted():
    with pytest.raises(NotNow, match="it is closed, in disqualified; recycle it first"):
        planned(a_lead(stage="disqualified"))


def test_a_lead_that_was_merged_away_is_not_converted():
    merged = preview_merge([qualified("L-1").lead, qualified("L-2").lead]).apply(by="dan", at=NOW)
    with pytest.raises(NotNow, match="it was merged into L-1"):
        planned(merged.changes[1].after)


def test_a_draft_is_not_converted():
    with pytest.raises(NotNow, match="draft"):
        planned(Lead(id="L-1", name="Noa"))


def test_only_leads_of_the_process_are_converted():
    with pytest.raises(WrongType, match="works on Lead"):
        planned(a_contact())

    class Other(LeadProcess):
        key = "other"

    with pytest.raises(ProcessMismatch, match="give lead_process"):
        planned(captured(process=Other()).lead)


def test_a_conversion_does_not_happen_before_what_happened_last():
    with pytest.raises(OutOfOrder, match="lead L-1"):
        planned().apply(by="dan", at=NOW - timedelta(seconds=1))
    changed = ContactUpdated(at=LATER, by="dan", changes=(("owner", None), ("job_title", "x"))).apply(
        a_contact("C-1", email=EMAIL, owner="x")
    )
    with pytest.raises(OutOfOrder, match="contact C-1"):
        planned(contacts=[changed]).apply(by="dan", at=NOW)


@pytest.mark.parametrize("event", ["LeadConverted", "DealOpened", "AnswersCarriedOver"])
def test_both_policies_are_asked(event):
    class Never:
        def refusal(self, recorded, entity):
            return "not you" if type(recorded).__name__ == event else None

    plan = planned(process=StandardProcess(policy=Never()), lead_process=LeadProcess(policy=Never()))
    with pytest.raises(PolicyRefused, match="not you"):
        plan.apply(by="dan", at=LATER)


# It lands whole, or not at all ------------------------------------------------------------------------------------------


def test_what_changed_in_the_meantime_keeps_all_of_it_out():
    storage = MemoryStorage()
    work = qualified(**KNOWN)
    contact = Contact(id="C-1", name="Noa Levi", email=EMAIL)
    added = Change(None, (ContactAdded(at=NOW, by="dan", contact=contact),))
    storage.commit(work.changes | ChangeSet((added,)))
    plan = planned(storage.get(Lead, "L-1"), contacts=[storage.get(Contact, "C-1")])
    changed = ContactUpdated(at=NOW, by="dan", changes=(("phone", PHONE),))
    storage.commit(ChangeSet((Change(storage.get(Contact, "C-1"), (changed,)),)))
    with pytest.raises(StaleVersion):
        storage.commit(plan.apply(by="dan", at=LATER))
    assert storage.get(Lead, "L-1").stage == "qualified"


def test_an_id_that_is_taken_keeps_all_of_it_out():
    storage = MemoryStorage()
    work = qualified(**KNOWN)
    storage.commit(work.changes | DEALS.open(id="D-9", name="Other", by="dan", at=NOW).changes)
    with pytest.raises(DuplicateKey):
        storage.commit(planned(storage.get(Lead, "L-1")).apply(by="dan", at=LATER))
    assert storage.get(Lead, "L-1").conversion is None


def test_two_who_convert_at_once_convert_once():
    storage = MemoryStorage()
    storage.commit(qualified(**KNOWN).changes)
    lead = storage.get(Lead, "L-1")
    other = ConversionIds(contact="C-8", organization="O-8", deal="D-8")
    first, second = planned(lead).apply(by="a", at=LATER), planned(lead, ids=other).apply(by="b", at=LATER)
    storage.commit(first)
    with pytest.raises(StaleVersion):
        storage.commit(second)


def test_a_conversion_is_stored_and_read_back():
    records = Records()
    changes = planned(contacts=[a_contact("C-1", email=EMAIL)]).apply(by="dan", at=LATER)
    assert records.load(records.dump(changes)) == changes


def test_a_lead_of_an_earlier_version_of_its_process_migrates_on_the_way():
    class Next(LeadProcess):
        key = "lead"
        version = 2
        migrations = (Migration(process="lead", version=1),)

    lead = qualified(**KNOWN).lead
    changes = planned(lead, lead_process=Next()).apply(by="dan", at=LATER)
    assert [type(event).__name__ for event in changes.changes[0].events] == ["LeadProcessMigrated", "LeadConverted"]


# The mapping ----------------------------------------------------------------------------------------------------------


def test_a_mapping_leads_fields_of_your_own_where_you_say():
    @attrs.frozen(kw_only=True)
    class FairLead(Lead):
        badge: str | None = None

    @attrs.frozen(kw_only=True)
    class FairContact(Contact):
        badge: str | None = None

    process = LeadProcess[FairLead]()
    mapping = ConversionMapping(
        lead_type=FairLead, contact_type=FairContact, contact=dict(STANDARD_MAPPING.contact) | {"badge": "badge"}
    )
    work = answered(process.capture(FairLead(id="L-1", name="Noa", owner="dan", badge="A-7"), by="dan", at=NOW))
    work.start()
    work.qualify()
    plan = plan_conversion(work.lead, process=DEALS, ids=IDS, mapping=mapping, lead_process=process)
    contact = applied(plan)[Contact]
    assert (type(contact), contact.badge) == (FairContact, "A-7")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"contact": {"naem": "name"}}, "did you mean 'name'"),
        ({"contact": {"name": "naem"}}, "did you mean 'name'"),
        ({"organization": {"nam": "name"}}, "Organization"),
        ({"deal": {"teem": "team"}}, "did you mean 'team'"),
        ({"qualification": {"ned": "interest"}}, "did you mean 'need'"),
    ],
)
def test_a_field_that_does_not_exist_is_told_when_the_mapping_is_declared(given, said):
    with pytest.raises(UnknownName, match=said):
        ConversionMapping(**given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"contact": {"email": "name"}}, "contact.email takes EmailAddress, and name is str"),
        ({"contact": {"name": "tags"}}, r"contact.name takes str, and tags is tuple\[str, ...\]"),
        ({"contact": {"phone": "email"}}, "contact.phone takes PhoneNumber, and email is EmailAddress"),
        (
            {"organization": {"employees": "probability"}},
            "organization.employees takes int, and probability is Decimal",
        ),
        ({"organization": {"employees": "outcome"}}, "organization.employees takes int"),
        ({"qualification": {"budget": NeedAndMeans.need}}, "qualification.budget takes Money"),
        ({"qualification": {"need": (NeedAndMeans.need, BANT.budget)}}, "bant.budget is Money"),
        ({"qualification": {"need": 7}}, "not from int"),
        ({"contact": {"version": "process_version"}}, "contact.version is set by the conversion itself"),
        ({"contact": {"organization_id": "name"}}, "contact.organization_id is set by the conversion itself"),
        ({"deal": {"stage": "stage"}}, "deal.stage is set by the conversion itself"),
    ],
)
def test_a_value_that_does_not_fit_is_told_when_the_mapping_is_declared(given, said):
    with pytest.raises(WrongType, match=said):
        ConversionMapping(**given)


def test_a_yes_is_no_number_and_a_moment_no_day():
    @attrs.frozen(kw_only=True)
    class Odd(Lead):
        is_big: bool = False

    @attrs.frozen(kw_only=True)
    class Dated(Contact):
        met_on: date | None = None

    with pytest.raises(WrongType, match=r"organization\.employees takes int, and is_big is bool"):
        ConversionMapping(lead_type=Odd, organization={"employees": "is_big"})
    with pytest.raises(WrongType, match=r"contact\.met_on takes date, and opened_at is datetime"):
        ConversionMapping(contact_type=Dated, contact={"met_on": "opened_at"})


def test_every_fault_of_a_mapping_is_told_at_once():
    with pytest.raises(WrongType, match=r"contact\.email.*organization\.website"):
        ConversionMapping(contact={"email": "name"}, organization={"website": "email"})


def test_a_class_whose_types_cannot_be_known_is_told_when_the_mapping_is_declared():
    @attrs.frozen(kw_only=True)
    class Mystery(Lead):
        what: Nowhere | None = None  # noqa: F821

    with pytest.raises(WrongType, match="types of its fields must be known where the class is defined"):
        ConversionMapping(lead_type=Mystery)


def test_a_mapping_for_other_classes_is_refused():
    @attrs.frozen(kw_only=True)
    class FairLead(Lead):
        badge: str | None = None

    @attrs.frozen(kw_only=True)
    class SeatsDeal(Deal):
        seats: int = 0

    with pytest.raises(WrongType, match="declared for FairLead"):
        planned(mapping=ConversionMapping(lead_type=FairLead))
    with pytest.raises(WrongType, match="declared for SeatsDeal"):
        planned(mapping=ConversionMapping(deal_type=SeatsDeal))


@pytest.mark.parametrize("id", ["", " ", "x" * 201, 7])
def test_an_id_follows_the_rules_of_ids(id):
    with pytest.raises(InvalidValue, match="contact"):
        ConversionIds(contact=id)


# Laws -----------------------------------------------------------------------------------------------------------------

people = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from([EMAIL, EmailAddress("NOA@acme.example"), EmailAddress("n@other.example"), None]),
        "phone": st.sampled_from([PHONE, PhoneNumber("0012025550123"), None]),
        "address": st.sampled_from([None, PostalAddress(), HAIFA, PostalAddress(country="IL")]),
        "job_title": st.sampled_from([None, "buyer", "head"]),
        "language": st.sampled_from([None, "he", "en"]),
        "owner": st.sampled_from(["dan", "noa"]),
        "source": st.sampled_from([None, "fair"]),
        "notes": st.sampled_from(["", "one", "two"]),
    },
)


@settings(deadline=None)
@given(people, people, st.booleans())
def test_a_conversion_overwrites_nothing_and_loses_nothing(of_lead, of_contact, is_reused):
    lead = qualified(**{"organization_name": "Acme Ltd", "interest": "desks", **of_lead}).lead
    contact = a_contact("C-1", **of_contact)
    plan = planned(lead)
    if is_reused:
        plan = plan.reuse(contact)
    after = applied(plan)
    now = after.get(Contact, contact)
    before = contact if is_reused else Contact(id="C-9", name="Noa Levi")
    for field in attrs.fields(Contact):
        old, new = getattr(before, field.name), getattr(now, field.name)
        if is_reused and old not in (None, "", (), PostalAddress()) and field.name not in ("version", "changed_at"):
            assert new == old
    for one in plan.carried:
        if one.part == "contact" and one.result is Carried.TAKEN:
            assert getattr(now, one.target) == one.value
    known = {name for name in of_lead if of_lead[name] not in (None, "", PostalAddress())} | {"name", "interest"}
    assert known <= {one.source for one in plan.carried} | set(plan.stays)
    assert attrs.evolve(after[Lead], **{name: getattr(lead, name) for name in MOVED}) == lead


MOVED = ("version", "changed_at", "stage", "outcome", "entered_at", "closed_at", "closed_from", "conversion")


@settings(deadline=None)
@given(people, people)
def test_what_is_committed_is_the_fold_of_its_events(of_lead, of_contact):
    storage = MemoryStorage()
    contact = Contact(id="C-1", **{"name": "Noa Levi", **of_contact})
    added = Change(None, (ContactAdded(at=NOW, by="dan", contact=contact),))
    storage.commit(qualified(**{"organization_name": "Acme", **of_lead}).changes | ChangeSet((added,)))
    plan = planned(storage.get(Lead, "L-1"), contacts=[storage.get(Contact, "C-1")])
    changes = plan.apply(by="dan", at=LATER)
    storage.commit(changes)
    for change in changes.changes:
        events = [one.event for one in storage.history(change.kind, change.id)]
        assert fold(events) == storage.get(change.kind, change.id) == change.after
