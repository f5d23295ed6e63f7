"""Laws of finding duplicates: symmetric, whatever the order, and nobody is their own."""

from __future__ import annotations

from decimal import Decimal

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from salesflow.leads.duplicates import DuplicateIndex, find_duplicates
from salesflow.leads.matching.names import read_organization_name, read_person_name
from salesflow.leads.matching_keys import matching_keys
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people import Contact, Lead, Organization
from salesflow.values.contact_details import EmailAddress, PhoneNumber
from salesflow.values.text import matching_key

FUZZY = MatchingRules(is_fuzzy=True)

WORDS = "noa levi lewi levy noah n dan cohen kohen נועה לוי леви ноа nоa 田中 dr van müller"
words = st.sampled_from(WORDS.split())
names = st.lists(words, min_size=1, max_size=4).map(" ".join) | st.text("abcеoо0 .-'", min_size=1, max_size=12).filter(
    str.strip
)
companies = st.sampled_from(["Acme GmbH", "ACME", "Acme Holding", "Аcme", "Northwind", 'אקמה בע"מ', "Northwinds Ltd"])
mailboxes = st.sampled_from(
    ["noa@gmail.com", "NOA@GMAIL.com", "nao@gmail.com", "info@acme.example", "noa@acme.example"]
).map(EmailAddress)
phones = st.sampled_from(
    ["+1 202 555 0123", "(202) 555-0123", "555-0123", "+1 202 555 0123 x5", "+44 202 555 0123", "4321"]
).map(PhoneNumber)


def known(values):
    return st.none() | values


contacts = st.builds(
    Contact,
    id=st.just("?"),
    name=names,
    email=known(mailboxes),
    phone=known(phones),
    mobile=known(phones),
    organization_id=known(st.sampled_from(["O-1", "O-2"])),
)
leads = st.builds(
    Lead,
    id=st.just("?"),
    name=names,
    organization_name=known(companies),
    email=known(mailboxes),
    phone=known(phones),
    website=known(st.sampled_from(["acme.example", "https://www.acme.example/a", "northwind.example"])),
)
organizations = st.builds(
    Organization, id=st.just("?"), name=companies, email=known(mailboxes), website=known(st.just("acme.example"))
)


@st.composite
def crowds(draw):
    """Records of all kinds, each with an id of its own."""
    drawn = draw(st.lists(contacts | leads | organizations, max_size=8))
    return [attrs.evolve(one, id=f"R-{number}") for number, one in enumerate(drawn)]


def name_of(entity):
    return type(entity).__name__, entity.id


def pairs(index):
    return {
        frozenset([name_of(hit.entity), name_of(hit.other)]): (
            hit.score,
            hit.reasons,
            hit.same_as,
            hit.is_likely,
            hit.is_look_alike,
        )
        for hit in index.pairs()
    }


WRITTEN_APART = [
    Contact(id="R-0", name="0"),
    Contact(id="R-1", name="00", mobile=PhoneNumber("+1 202 555 0123")),
    Contact(id="R-2", name="0.0", mobile=PhoneNumber("+1 202 555 0123")),
]
"""Two that have the same name, written in two ways; one of these ways is shared with a third."""


@given(crowds())
@example(WRITTEN_APART)
@settings(max_examples=150, deadline=None)
def test_whoever_is_a_hit_has_the_other_as_a_hit_with_the_same_score_and_reasons(crowd):
    index = DuplicateIndex(crowd, rules=FUZZY)
    hits = {}
    for entity in crowd:
        answer = index.find(entity)
        hits.update(
            {
                (name_of(entity), name_of(hit.other)): (hit.score, hit.reasons, hit.same_as)
                for hit in (*answer.hits, *answer.look_alikes)
            }
        )
    assert {(one, other): hit for (other, one), hit in hits.items()} == hits


@given(crowds(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_in_which_records_come_makes_no_difference(crowd, random):
    shuffled = list(crowd)
    random.shuffle(shuffled)
    assert pairs(DuplicateIndex(shuffled, rules=FUZZY)) == pairs(DuplicateIndex(crowd, rules=FUZZY))


@given(crowds())
@settings(max_examples=150, deadline=None)
def test_all_pairs_of_an_index_are_what_each_record_finds(crowd):
    index = DuplicateIndex(crowd, rules=FUZZY)
    found = {
        frozenset([name_of(entity), name_of(hit.other)]): hit.score
        for entity in crowd
        for hit in (*index.find(entity).hits, *index.find(entity).look_alikes)
    }
    assert {pair: facts[0] for pair, facts in pairs(index).items()} == found


@given(crowds())
@settings(max_examples=100, deadline=None)
def test_nobody_is_their_own_duplicate_and_every_score_is_a_fraction(crowd):
    for entity in crowd:
        answer = find_duplicates(entity, [*crowd, entity], rules=FUZZY)
        for hit in (*answer.hits, *answer.look_alikes):
            assert name_of(hit.other) != name_of(entity)
            assert Decimal(0) < hit.score < Decimal(1)
            assert hit.is_likely is (hit.score >= FUZZY.least_score)
            assert not (hit.is_look_alike and hit.can_merge)


@given(crowds())
@settings(max_examples=100, deadline=None)
def test_hits_share_a_key_so_a_database_finds_them(crowd):
    for hit in DuplicateIndex(crowd, rules=FUZZY).pairs():
        assert not set(matching_keys(hit.entity)).isdisjoint(matching_keys(hit.other))


@given(crowds())
@settings(max_examples=100, deadline=None)
def test_an_index_that_lost_a_record_is_as_one_that_never_had_it(crowd):
    index = DuplicateIndex(crowd, rules=FUZZY)
    for entity in crowd[::2]:
        index.discard(entity)
    assert pairs(index) == pairs(DuplicateIndex(crowd[1::2], rules=FUZZY))


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read_as_a_name(text):
    for form in (read_person_name(text), read_organization_name(text, forms=FUZZY.legal_forms)):
        if form is not None:
            assert form.words
            assert form.key == " ".join(form.words)
            assert 1 <= len(form.sounds) <= 4


@given(st.text(min_size=1, max_size=40) | st.text("aB c", min_size=1, max_size=10))
@settings(max_examples=300, deadline=None)
def test_a_name_of_a_person_is_read_by_its_matching_key(text):
    form = read_person_name(text)
    assert form is None or form.plain == matching_key(text)
