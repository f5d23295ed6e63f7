"""Leads: what may be known of them, and how it changes."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from salesflow.errors import EngineOwned, InvalidValue, UnknownName, WrongType
from salesflow.event import fold
from salesflow.people import LEAD_ENGINE_FIELDS, Lead, LeadCaptured, LeadUpdated
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def a_lead(**fields):
    return Lead(**{"id": "L-1", "name": "Noa Levi", **fields})


def updated(lead, *changes):
    return LeadUpdated(at=AT, by="dan", changes=changes).apply(lead)


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Noa"},
        {"organization_name": "Acme"},
        {"email": EmailAddress("noa@acme.example")},
        {"phone": PhoneNumber("+1 202 555 0123")},
        {"mobile": PhoneNumber("+1 202 555 0123")},
    ],
)
def test_one_thing_to_know_a_lead_by_is_enough(known):
    assert Lead(id="L-1", **known).is_open


def test_a_lead_with_nothing_to_know_it_by_is_refused():
    with pytest.raises(InvalidValue, match="give a name, organization_name, email"):
        Lead(id="L-1", source="fair")


def test_a_lead_may_hold_all_that_a_form_asks_for():
    lead = a_lead(
        job_title="buyer",
        address=PostalAddress(city="Haifa", country="IL"),
        website="https://acme.example",
        source="fair",
        owner="dan",
        team="north",
        language="pt-BR",
        tags=["hall 3", "retail"],
        interest="order desk",
        notes="line\nline",
    )
    assert lead.tags == ("hall 3", "retail")
    assert lead.language == "pt-BR"


@pytest.mark.parametrize("language", ["english!", "e", "en_US", "en-", "x" * 36])
def test_a_language_that_is_no_tag_is_refused(language):
    with pytest.raises(InvalidValue, match="language"):
        a_lead(language=language)


@pytest.mark.parametrize("website", ["acme.example", "HTTP://acme.example/shop", "https://acme.example:8080"])
def test_the_address_of_a_website_is_taken_as_it_is(website):
    assert a_lead(website=website).website == website


@pytest.mark.parametrize(
    "website", ["javascript:alert(1)", "data:text/html,x", "file:///etc", "acme example", "http:///x", "a:80"]
)
def test_what_should_not_be_behind_a_link_is_refused_and_not_repeated(website):
    with pytest.raises(InvalidValue, match="website") as refusal:
        a_lead(website=website)
    assert website not in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "noa@acme.example"),
        ("phone", "12345"),
        ("mobile", 12345),
        ("address", "Jaffa"),
        ("tags", "retail"),
        ("tags", 5),
        ("name", 5),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_and_not_repeated(field, value):
    with pytest.raises(WrongType, match=field) as refusal:
        a_lead(**{field: value})
    assert str(value) not in str(refusal.value)


@pytest.mark.parametrize("field", ["name", "organization_name", "job_title", "interest", "notes"])
def test_no_message_repeats_what_is_personal(field):
    with pytest.raises(InvalidValue) as refusal:
        a_lead(**{field: "Noa Levi\x00"})
    assert "Noa" not in str(refusal.value)
    assert refusal.value.value is None


def test_a_captured_lead_has_version_one_and_the_moment_of_its_capture():
    lead = fold([LeadCaptured(at=AT, by="dan", lead=a_lead())])
    assert lead == attrs.evolve(a_lead(), version=1, changed_at=AT)


def test_only_a_draft_is_captured():
    with pytest.raises(InvalidValue, match="version 3"):
        LeadCaptured(at=AT, by="dan", lead=a_lead(version=3))
    with pytest.raises(WrongType, match="must be of class Lead"):
        LeadCaptured(at=AT, by="dan", lead="Noa")


def test_an_update_changes_the_fields_that_it_names_and_raises_the_version():
    lead = updated(a_lead(version=4, phone=PhoneNumber("12345678")), ("owner", "noa"), ("phone", None), ("tags", ["x"]))
    assert (lead.owner, lead.phone, lead.tags, lead.version, lead.changed_at) == ("noa", None, ("x",), 5, AT)
    assert lead.name == "Noa Levi"


def test_a_lead_of_ones_own_class_stays_of_that_class():
    @attrs.frozen(kw_only=True)
    class FairLead(Lead):
        hall: int = 0

    lead = updated(FairLead(id="L-1", name="Noa"), ("hall", 3))
    assert type(lead) is FairLead
    assert lead.hall == 3


def test_an_update_that_takes_away_the_last_thing_to_know_a_lead_by_is_refused():
    with pytest.raises(InvalidValue, match="something to know it by"):
        updated(a_lead(), ("name", None))


def test_an_update_is_checked_like_a_new_lead():
    with pytest.raises(WrongType, match="email"):
        updated(a_lead(), ("email", "noa@acme.example"))


def test_a_field_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'source'"):
        updated(a_lead(), ("sourse", "fair"))


@pytest.mark.parametrize("field", sorted(LEAD_ENGINE_FIELDS))
def test_what_the_engine_owns_is_not_updated_by_hand(field):
    with pytest.raises(EngineOwned, match=field):
        LeadUpdated(at=AT, by="dan", changes=((field, "x"),))


@pytest.mark.parametrize("changes", [(), (("owner", "a"), ("owner", "b"))])
def test_an_update_changes_something_and_each_field_once(changes):
    with pytest.raises(InvalidValue, match="changes"):
        LeadUpdated(at=AT, by="dan", changes=changes)


@pytest.mark.parametrize("changes", [{"owner": "a"}, ("owner",), (("owner",),), ((1, 2),)])
def test_an_update_is_given_as_pairs(changes):
    with pytest.raises(WrongType, match="pairs"):
        LeadUpdated(at=AT, by="dan", changes=changes)
