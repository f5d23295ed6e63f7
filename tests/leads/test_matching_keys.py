"""Matching keys: what a record is looked up by."""

from __future__ import annotations

import pytest

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.matching.key_kinds import KeyKind, kind_of
from salesflow.leads.matching_keys import MOST_KEYS, matching_keys
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people import Contact, Lead, Organization
from salesflow.values.contact_details import EmailAddress, PhoneNumber


def keys(entity, *kinds, **options):
    return {key for key in matching_keys(entity, **options) if not kinds or kind_of(key) in kinds}


def person(name, **fields):
    return Contact(id="C-1", name=name, **fields)


def meet(one, other, *kinds):
    return not keys(one, *kinds).isdisjoint(keys(other, *kinds))


def test_a_mailbox_is_a_key_in_its_matching_form():
    assert keys(Lead(id="L-1", email=EmailAddress("NOA@Gmail.com"))) == {"email noa@gmail.com"}


def test_a_company_domain_is_a_key_of_leads_and_organizations_and_not_of_contacts():
    email = EmailAddress("noa@acme.example")
    assert keys(Lead(id="L-1", email=email), KeyKind.DOMAIN) == {"domain acme.example"}
    assert keys(Organization(id="O-1", name="Acme", website="www.acme.example"), KeyKind.DOMAIN) == {
        "domain acme.example"
    }
    assert keys(person("Noa Levi", email=email), KeyKind.DOMAIN) == set()


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("acme.example", "acme.example"),
        ("https://user@WWW.Acme.Example:8080/a/b?c#d", "acme.example"),
        ("http://xn--bcher-kva.example", "bücher.example"),
        ("http://xn--a\u0661.example", "xn--a\u0661.example"),
        ("localhost", None),
        ("linkedin.com/in/noa", None),
    ],
)
def test_of_a_website_its_host_is_the_key(website, domain):
    found = keys(Organization(id="O-1", name="Acme", website=website), KeyKind.DOMAIN)
    assert found == ({f"domain {domain}"} if domain else set())


def test_phone_and_mobile_share_their_keys_and_short_numbers_have_none():
    lead = Lead(id="L-1", phone=PhoneNumber("+1 202 555 0123"), mobile=PhoneNumber("4321"))
    assert (
        keys(lead, KeyKind.PHONE)
        == keys(person("N", mobile=PhoneNumber("(202) 555-0123")), KeyKind.PHONE)
        == {"phone 5550123"}
    )


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Noa Levi", "Levi, Noa"),
        ("Noa Levi", "Noa Rachel Levi"),
        ("Noa Levi", "N. Levi"),
        ("Noa Levi", "Nao Levi"),
        ("Noa Levi", "Noa Leviy"),
        ("Jean-Paul Meyer", "Jeanpaul Meyer"),
        ("Meier Hans", "Hans Mayer"),
        ("Madonna", "Madona"),
        ("Zoonoodle", "Zoonodle"),
        ("נועה לוי", "Noa Levi"),
        ("חיים כהן", "Haim Cohen"),
        ("Мария Иванова", "Mariya Ivanova"),
        ("Nоa Levi", "Noa Levi"),
        ("田中 太郎", "田中太郎"),
        ("김 민준", "Kim Minjun"),
        ("محمد علي", "Muhammad Ali"),
    ],
)
def test_two_ways_to_write_a_name_meet(name, other):
    assert meet(person(name), person(other), KeyKind.NAME, KeyKind.SOUND, KeyKind.PART)


@pytest.mark.parametrize("name", ["Dan Cohen", "Moa Revi", "Cher", "🐵 🙈"])
def test_other_names_do_not_meet(name):
    assert not meet(person("Noa Levi"), person(name))


def test_colleagues_meet_by_one_word_of_their_names():
    assert meet(person("Noa Levi", organization_id="O-1"), person("N Lewi", organization_id="O-1"), KeyKind.COLLEAGUE)
    assert not meet(
        person("Noa Levi", organization_id="O-1"), person("N Lewi", organization_id="O-2"), KeyKind.COLLEAGUE
    )


def test_a_register_number_is_a_key_without_what_stands_between_its_signs():
    organization = Organization(id="O-1", name="Acme", tax_id="DE 123-456", registration_id="HRB 1")
    assert keys(organization, KeyKind.REGISTRATION) == {"registration de123456", "registration hrb1"}


def test_a_record_has_about_fifteen_keys_and_never_more_than_forty():
    usual = person(
        "Noa Levi", email=EmailAddress("noa@acme.example"), phone=PhoneNumber("+1 202 555 0123"), organization_id="O-1"
    )
    assert len(matching_keys(usual)) in range(8, 20)
    crowded = Lead(
        id="L-1",
        name="נועה חוה לוי יוחאי בן חוני " * 6,
        organization_name="חברת חוף ודקל ויוזמות " * 8,
        email=EmailAddress("noa@acme.example"),
        website="other.example",
        phone=PhoneNumber("+1 202 555 0123"),
        mobile=PhoneNumber("+1 202 555 0124"),
    )
    assert len(matching_keys(crowded)) <= MOST_KEYS


@pytest.mark.parametrize(
    "name",
    ["ヽ༼ຈل͜ຈ༽ﾉ", "␡", "１２３", "(╯°□°）╯︵ ┻━┻)", "<script>alert(1)</script>", "'; DROP TABLE--", "👩🏽", ".", "-"],
)
def test_hostile_names_have_keys_or_none_and_harm_nothing(name):
    for entity in (person(name), Organization(id="O-1", name=name), Lead(id="L-1", name=name, organization_name=name)):
        assert matching_keys(entity) == matching_keys(entity)
        assert all("\n" not in key and key == key.strip() for key in matching_keys(entity))


def test_deals_have_no_keys():
    with pytest.raises(WrongType, match="two sales"):
        matching_keys(Deal(id="D-1", name="Order desk", process="standard", process_version=1, stage="prospecting"))


def test_what_is_no_key_has_no_kind_and_is_not_repeated():
    with pytest.raises(InvalidValue, match="begins with its kind") as refused:
        kind_of("noa@acme.example")
    assert "noa" not in str(refused.value)


def test_the_country_of_the_host_completes_a_number():
    rules = MatchingRules(calling_code="49")
    assert keys(person("N", phone=PhoneNumber("0171 1234567")), KeyKind.PHONE, rules=rules) == {"phone 1234567"}
