"""Duplicates: who is found, who is not, why, and what is said about the answer."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, MissingExtra, WrongType
from salesflow.leads.duplicates import DuplicateIndex, find_duplicates
from salesflow.leads.likeness import SameAs
from salesflow.leads.matching.evidence import Likeness
from salesflow.leads.matching.key_kinds import KeyKind
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people import Contact, Lead, Organization
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress


def with_details(kind, id, fields):
    read = {"email": EmailAddress, "phone": PhoneNumber, "mobile": PhoneNumber}
    return kind(id=id, **{name: read[name](text) if name in read else text for name, text in fields.items()})


def a_contact(id="C-1", /, **fields):
    return with_details(Contact, id, {"name": "Noa Levi", **fields})


def a_lead(id="L-1", /, **fields):
    return with_details(Lead, id, fields or {"name": "Noa Levi"})


def an_organization(id="O-1", /, **fields):
    return with_details(Organization, id, {"name": "Northwind Traders", **fields})


def found(entity, *others, **options):
    return [hit.other.id for hit in find_duplicates(entity, others, **options).hits]


def likenesses(entity, other, **options):
    (hit,) = find_duplicates(entity, [other], **options).hits
    return {reason.likeness for reason in hit.reasons}


# who is found


@pytest.mark.parametrize(
    "name",
    [
        "Levi, Noa",
        "NOA LEVI",
        "Ｎｏａ Ｌｅｖｉ",
        "  Noa  Lévi ",
        "Dr. Noa Levi",
        "Noa Rachel Levi",
        "noa-levi",
        "Noa\u200b Levi",
    ],
)
def test_a_name_is_the_same_however_it_is_written(name):
    assert found(a_contact(), a_contact("C-2", name=name)) == ["C-2"]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Иван Петров", "Ivan Petrov"),
        ("Γιώργος Παπάς", "Giorgos Papas"),
        ("サトウ ハナコ", "Hanako Sato"),
        ("Zoë Müller", "Zoe Muller"),
    ],
)
def test_a_name_is_the_same_in_another_alphabet_where_its_letters_say_so(name, other):
    phone = "+1 202 555 0123"
    assert found(a_contact(name=name, phone=phone), a_contact("C-2", name=other, phone=phone)) == ["C-2"]


def test_a_hebrew_name_meets_its_latin_form_by_sound():
    hebrew = a_contact("C-2", name="נועה לוי", email="noa@acme.example")
    assert Likeness.SOUNDS_ALIKE in likenesses(a_contact(email="noa@acme.example"), hebrew)


@pytest.mark.parametrize("name", ["Moa Levi", "Dan Levi", "Noa Cohen", "Levi", "Noa"])
def test_half_a_name_is_not_enough(name):
    assert found(a_contact(), a_contact("C-2", name=name)) == []


def test_a_single_name_counts_from_six_letters_on():
    assert found(a_lead(name="Madonna"), a_contact("C-2", name="madonna")) == ["C-2"]
    assert found(a_lead(name="Cher"), a_contact("C-2", name="cher")) == []


def test_namesakes_with_different_details_are_two_people():
    one = a_contact(email="noa@acme.example", phone="+1 202 555 0123", organization_id="O-1")
    other = a_contact("C-2", email="levi@northwind.example", phone="+1 303 555 0177", organization_id="O-2")
    assert found(one, other) == []


def test_one_mailbox_is_one_lead_with_a_free_mail_provider_too():
    assert found(a_lead(email="noa@gmail.com"), a_lead("L-2", email="NOA@Gmail.com")) == ["L-2"]


def test_a_company_domain_brings_leads_of_one_organization_together_and_a_free_mail_domain_does_not():
    at_work = find_duplicates(a_lead(email="noa@acme.example"), [a_lead("L-2", email="dan@acme.example")])
    assert [hit.same_as for hit in at_work.hits] == [SameAs.ORGANIZATION]
    assert not at_work.hits[0].can_merge
    assert found(a_lead(email="noa@gmail.com"), a_lead("L-2", email="dan@gmail.com")) == []


def test_the_host_adds_its_own_free_mail_providers():
    rules = MatchingRules(free_mail_domains=["Mail.Example"])
    pair = a_lead(email="noa@mail.example"), a_lead("L-2", email="dan@mail.example")
    assert found(*pair) == ["L-2"]
    assert found(*pair, rules=rules) == []


def test_colleagues_are_not_one_contact():
    one = a_contact(email="noa@acme.example", phone="+1 202 555 0123", organization_id="O-1")
    other = a_contact("C-2", name="Dan Cohen", email="dan@acme.example", phone="+1 202 555 0123", organization_id="O-1")
    assert found(one, other) == []


def test_an_info_mailbox_makes_nobody_one_person():
    one, other = a_contact(email="info@acme.example"), a_contact("C-2", name="Dan Cohen", email="info@acme.example")
    assert found(one, other) == []


def test_a_private_mailbox_says_more_than_a_name():
    one, other = a_contact(email="levi@gmail.com"), a_contact("C-2", name="Dan Cohen", email="levi@gmail.com")
    assert found(one, other) == ["C-2"]


# across kinds


def test_a_lead_is_compared_with_contacts_as_a_person_and_with_organizations_as_an_organization():
    lead = a_lead(name="Noa Levi", organization_name="Northwind Traders Ltd", email="noa@northwind.example")
    hits = find_duplicates(lead, [a_contact(email="noa@northwind.example"), an_organization()]).hits
    assert {(hit.other.id, hit.same_as) for hit in hits} == {("C-1", SameAs.PERSON), ("O-1", SameAs.ORGANIZATION)}
    assert not any(hit.can_merge for hit in hits)


def test_a_contact_and_an_organization_are_never_one():
    assert found(a_contact(name="Northwind Traders", email="a@b.example"), an_organization(email="a@b.example")) == []


def test_deals_are_never_compared():
    deal = Deal(id="D-1", name="Noa Levi", process="standard", process_version=1, stage="prospecting")
    for one, other in ((deal, a_contact()), (a_contact(), deal)):
        with pytest.raises(WrongType, match="leave deals out"):
            find_duplicates(one, [other])


def test_the_same_id_in_another_kind_is_another_record():
    assert found(a_lead("1", name="Noa Levi"), a_contact("1")) == ["1"]


# organizations


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Northwind GmbH", "Northwind"),
        ("Northwind Ltd.", "NORTHWIND, Inc."),
        ("Northwind GmbH & Co. KG", "Northwind AG"),
        ("נורת'ווינד בע\"מ", "נורת'ווינד בע״מ"),
        ("ООО «Ромашка»", "Romashka"),
        ("株式会社トヨタ", "トヨタ"),
        ("Northwind Sp. z o.o.", "Northwind S.A. de C.V."),
    ],
)
def test_the_legal_form_is_no_part_of_the_name(name, other):
    assert found(an_organization(name=name), an_organization("O-2", name=other)) == ["O-2"]


def test_a_legal_form_alone_is_a_name():
    assert found(an_organization(name="The Limited"), an_organization("O-2", name="GmbH")) == []


def test_the_host_adds_its_own_legal_forms():
    pair = an_organization(name="Northwind Mgmt"), an_organization("O-2", name="Northwind")
    assert found(*pair) == []
    assert found(*pair, rules=MatchingRules(legal_forms=["mgmt"])) == ["O-2"]


def test_a_website_and_an_email_address_of_one_domain_are_one_organization():
    one = an_organization(name="Acme", website="https://www.acme.example/about?x=1")
    assert found(one, an_organization("O-2", name="Acme Holding", email="hello@ACME.example")) == ["O-2"]


def test_a_page_on_a_shared_host_names_no_organization():
    one = an_organization(name="Acme", website="https://facebook.com/acme")
    assert found(one, an_organization("O-2", name="Beta", website="https://www.facebook.com/beta")) == []


def test_a_domain_does_not_match_by_its_end():
    assert found(a_lead(email="a@odoo.com"), a_lead("L-2", email="b@myodoo.com")) == []


def test_name_and_address_make_an_organization_and_a_different_tax_number_two():
    here = PostalAddress(street="1 Main St", city="Haifa")
    assert found(an_organization(name="Acme", address=here), an_organization("O-2", name="Acme", address=here)) == [
        "O-2"
    ]
    assert found(an_organization(tax_id="IL 51-1"), an_organization("O-2", tax_id="IL 51-2")) == []
    assert found(
        an_organization(name="Acme", tax_id="IL 51-1"), an_organization("O-2", name="Beta", tax_id="il511")
    ) == ["O-2"]


# nearly the same


@pytest.mark.parametrize(
    "name", ["Jonathon Smithson", "Jonathan Smihtson", "Smithsn Jonathan", "Jonathan Smithhson", "Konathan Smithson"]
)
def test_a_slip_in_a_name_is_found_with_the_extra_fuzzy_and_only_then(name):
    pair = a_contact(name="Jonathan Smithson"), a_contact("C-2", name=name)
    assert found(*pair, is_fuzzy=True) == ["C-2"]
    assert found(*pair) == []
    assert "not those that are nearly the same" in " ".join(find_duplicates(pair[0], [pair[1]]).remarks)


def test_initials_need_something_that_goes_with_them():
    one, other = a_contact(name="N. Levi"), a_contact("C-2")
    assert found(one, other) == []
    assert found(a_contact(name="N. Levi", organization_id="O-1"), a_contact("C-2", organization_id="O-1")) == ["C-2"]


def test_a_slip_in_an_address_goes_with_a_slip_in_a_name():
    one = a_contact(name="Jonathan Smithson", email="j.smithson@gmail.com")
    other = a_contact("C-2", name="Jonathan Smithsen", email="j.smithsen@gmail.com")
    assert Likeness.NEARLY_SAME_EMAIL in likenesses(one, other, is_fuzzy=True)


def test_without_rapidfuzz_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    with pytest.raises(MissingExtra, match=r"salesflow\[fuzzy\]"):
        find_duplicates(a_contact(), [], is_fuzzy=True)
    assert found(a_contact(), a_contact("C-2")) == ["C-2"]


# look-alikes


@pytest.mark.parametrize("name", ["Nоa Levi", "Nοa Levi", "Noa Lеvі"])
def test_letters_of_another_alphabet_are_flagged_and_never_merged(name):
    answer = find_duplicates(a_contact(), [a_contact("C-2", name=name)])
    assert answer.hits == ()
    assert [(hit.other.id, hit.is_look_alike, hit.can_merge) for hit in answer.look_alikes] == [("C-2", True, False)]
    assert "only look alike" in " ".join(answer.remarks)


def test_a_look_alike_with_the_same_address_is_a_hit_that_somebody_has_to_look_at():
    (hit,) = find_duplicates(
        a_contact(email="n@acme.example"), [a_contact("C-2", name="Nоa Levi", email="n@acme.example")]
    ).hits
    assert hit.is_look_alike
    assert not hit.can_merge
    assert DuplicateIndex([hit.entity, hit.other]).groups() == ()


@pytest.mark.parametrize("name", ["Сосо Роре", "Micros0ft"])
def test_a_whole_name_can_look_like_another(name):
    latin = {"Сосо Роре": "Coco Pope", "Micros0ft": "Microsoft"}[name]
    assert len(find_duplicates(an_organization(name=latin), [an_organization("O-2", name=name)]).look_alikes) == 1


def test_the_same_foreign_name_is_no_look_alike():
    (hit,) = find_duplicates(a_contact(name="Иван Петров"), [a_contact("C-2", name="Петров Иван")]).hits
    assert not hit.is_look_alike


# what is said about the answer


def test_a_hit_says_how_likely_it_is_and_why():
    (hit,) = find_duplicates(a_contact(phone="+1 202 555 0123"), [a_contact("C-2", mobile="001 202 555 0123")]).hits
    assert hit.score == Decimal("0.9922")
    assert [(reason.likeness, reason.points) for reason in hit.reasons] == [
        (Likeness.SAME_NAME, 6),
        (Likeness.SAME_PHONE, 6),
    ]
    assert str(hit.reasons[0]) == "the same name (+6)"


def test_what_many_have_is_worth_less():
    namesakes = [a_contact(f"C-{number}") for number in range(10)]
    assert found(a_contact("C-X"), *namesakes) == []
    assert found(a_contact("C-X"), *namesakes[:1]) == ["C-0"]


def test_more_than_twenty_hits_are_noise_and_none_is_cut_off():
    leads = [a_lead(f"L-{number}", email=f"a{number}@acme.example") for number in range(25)]
    answer = find_duplicates(a_lead("L-X", email="x@acme.example"), leads)
    assert len(answer.hits) == 25
    assert answer.is_noise
    assert "25 hits are noise" in " ".join(answer.remarks)


def test_an_address_that_hundreds_use_is_no_key_and_the_answer_says_so():
    crowd = [a_lead(f"L-{number}", email="form@gmail.com") for number in range(300)]
    answer = find_duplicates(a_lead("L-X", email="form@gmail.com"), crowd)
    assert answer.hits == ()
    assert [(common.kind, common.records) for common in answer.too_common] == [(KeyKind.EMAIL, 301)]
    assert "one email key is shared by 301 records" in answer.remarks[0]
    assert "form" not in " ".join(answer.remarks)


def test_an_address_that_hundreds_use_does_not_add_to_a_name():
    crowd = [a_lead(f"L-{number}", name=f"Visitor {number}", email="form@gmail.com") for number in range(300)]
    (hit,) = find_duplicates(
        a_lead("L-X", name="Noa Levi", email="form@gmail.com"), [*crowd, a_contact(email="form@gmail.com")]
    ).hits
    assert [reason.points for reason in hit.reasons if reason.likeness is Likeness.SAME_EMAIL] == [0]


def test_hits_come_in_the_order_of_their_scores():
    others = a_contact("C-2"), a_contact("C-3", phone="+1 202 555 0123"), a_lead("L-1", name="Noa Levi")
    assert found(a_contact(phone="+1 202 555 0123"), *others)[0] == "C-3"


# the index


def test_an_index_finds_every_pair_once_and_the_groups_that_could_be_merged():
    people = [
        a_contact(phone="+1 202 555 0123"),
        a_contact("C-2", name="Levi Noa", phone="+12025550123"),
        a_contact("C-3", name="Dan Cohen"),
    ]
    index = DuplicateIndex(people)
    assert [(hit.entity.id, hit.other.id) for hit in index.pairs()] == [("C-1", "C-2")]
    (group,) = index.groups()
    assert [member.id for member in group.members] == ["C-1", "C-2"]


def test_groups_connect_through_a_third_record():
    one = a_contact(name="Noa Levi", email="noa@gmail.com")
    both = a_contact("C-2", name="Noa Levi", email="noa@gmail.com", phone="+1 202 555 0123")
    other = a_contact("C-3", name="Levi N.", phone="+1 202 555 0123")
    (group,) = DuplicateIndex([one, other, both]).groups()
    assert len(group.members) == 3


def test_two_groups_become_one_when_somebody_connects_them():
    one, two = (
        a_contact(f"C-{number}", name="Noa Levi", email="noa@gmail.com", organization_id=f"O-{number}")
        for number in (1, 2)
    )
    three, four = (
        a_contact(f"C-{number}", name="Noa Lewi", phone="+1 202 555 0123", organization_id=f"O-{number}")
        for number in (3, 4)
    )
    both = a_contact("C-5", name="N. Levi", email="noa@gmail.com", phone="+1 202 555 0123")
    assert [len(group.members) for group in DuplicateIndex([one, two, three, four]).groups()] == [2, 2]
    index = DuplicateIndex([one, two, three, four, both], rules=MatchingRules(is_fuzzy=True))
    assert [len(group.members) for group in index.groups()] == [5]


def test_leads_of_one_organization_are_no_group():
    assert DuplicateIndex([a_lead(email="a@acme.example"), a_lead("L-2", email="b@acme.example")]).groups() == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_contact(email="levi@gmail.com"), a_contact("C-2", name="Dan Levi", email="levi@gmail.com")),
        (
            an_organization(name="Acme Oil, Haifa", website="acme.example"),
            an_organization("O-2", name="Acme Oil, Singapore", website="acme.example"),
        ),
    ],
)
def test_couples_and_subsidiaries_are_hits_that_cannot_be_merged(one, other):
    (hit,) = find_duplicates(one, [other]).hits
    assert not hit.can_merge
    assert DuplicateIndex([one, other]).groups() == ()


def test_a_record_that_is_added_again_takes_the_place_of_the_one_before():
    index = DuplicateIndex([a_contact(email="noa@gmail.com")])
    index.add(Contact(id="C-1", name="Dan Cohen", version=2))
    index.add(Contact(id="C-1", name="Old Name", version=1))
    assert len(index) == 1
    assert index.find(a_lead(email="noa@gmail.com")).hits == ()
    assert [hit.other.name for hit in index.find(a_lead(name="Dan Cohen")).hits] == ["Dan Cohen"]


def test_a_record_that_is_taken_out_is_not_found_any_more():
    index = DuplicateIndex([a_contact(), a_contact("C-2"), a_contact("C-3")])
    index.discard(a_contact("C-2"))
    index.discard(a_contact("C-9"))
    assert a_contact("C-2") not in index
    assert {hit.other.id for hit in index.find(a_contact()).hits} == {"C-3"}
    index.discard(a_contact("C-3"))
    assert [hit.other.id for hit in index.find(a_contact("C-4")).hits] == ["C-1"]


def test_the_index_says_which_keys_are_too_common():
    index = DuplicateIndex(
        [a_lead(f"L-{number}", email="form@gmail.com") for number in range(5)], rules=MatchingRules(most_shared=3)
    )
    assert [(common.kind, common.records) for common in index.too_common()] == [(KeyKind.EMAIL, 5)]
    assert list(index.pairs()) == []


# rules


@pytest.mark.parametrize(
    "fields",
    [
        {"least_score": Decimal(2)},
        {"least_score": 0.5},
        {"most_shared": 1},
        {"noise_above": 0},
        {"calling_code": "+49"},
        {"free_mail_domains": "gmail.com"},
        {"points": {"the same name": 3}},
        {"points": {Likeness.SAME_NAME: 0.5}},
    ],
)
def test_rules_that_mean_nothing_are_refused(fields):
    with pytest.raises(InvalidValue):
        MatchingRules(**fields)


def test_the_host_decides_what_a_likeness_is_worth():
    namesake = a_contact(email="a@b.example"), a_contact("C-2", email="c@d.example")
    assert found(*namesake) == []
    assert found(*namesake, rules=MatchingRules(points={Likeness.SAME_NAME: 12})) == ["C-2"]


def test_nothing_is_likely_enough_for_a_score_that_none_has():
    pair = a_contact(email="noa@gmail.com"), a_contact("C-2", email="noa@gmail.com")
    assert found(*pair, rules=MatchingRules(least_score=Decimal(1))) == []


# those who are gone


def test_what_was_merged_into_another_record_is_nobodys_duplicate():
    assert found(a_contact(), a_contact("C-2", merged_into="C-1")) == []


def test_people_who_were_forgotten_have_no_name_in_common():
    forgotten = [a_contact(f"C-{number}", name="erased") for number in range(2)]
    assert found(*forgotten) == []
    assert found(*[an_organization(f"O-{number}", name="erased") for number in range(2)]) == []
