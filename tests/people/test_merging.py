"""The events of a merge: what they change, and what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from salesflow.deal.deal import Deal
from salesflow.errors import EngineOwned, InvalidValue, UnknownName, WrongType
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.merging import (
    ContactMergeUndone,
    ContactsMerged,
    LeadMergeUndone,
    LeadsMerged,
    MergedAway,
    MergedRecord,
    OrganizationsMerged,
)
from salesflow.people.organization import Organization

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
OTHER = (MergedRecord(id="X-2", version=2),)


def merged(kind=ContactsMerged, **fields):
    return kind(**{"at": AT, "by": "dan", "merged": OTHER, **fields})


def test_the_record_that_stays_takes_values_of_the_others():
    contact = merged(changes=(("job_title", "buyer"),)).apply(Contact(id="C-1", name="Noa"))
    assert (contact.job_title, contact.version, contact.changed_at) == ("buyer", 1, AT)


def test_a_merge_may_bring_nothing_new():
    before = Organization(id="O-1", name="Acme")
    assert attrs.evolve(merged(OrganizationsMerged).apply(before), version=0, changed_at=None) == before


def test_a_lead_keeps_its_answers_where_the_merge_brought_none():
    lead = Lead(id="L-1", name="Noa")
    assert merged(LeadsMerged).apply(lead).answers == lead.answers


def test_the_record_that_goes_says_where_and_comes_back():
    gone = MergedAway(at=AT, by="dan", into="C-1").apply(Contact(id="C-2", name="Noa"))
    assert gone.merged_into == "C-1"
    assert ContactMergeUndone(at=AT, by="dan").apply(gone).merged_into is None


def test_undoing_gives_back_what_was_there():
    lead = Lead(id="L-1", name="Noa", job_title="buyer")
    assert LeadMergeUndone(at=AT, by="dan", changes=(("job_title", None),)).apply(lead).job_title is None


@pytest.mark.parametrize("field", ["id", "version", "merged_into"])
@pytest.mark.parametrize("kind", [ContactsMerged, OrganizationsMerged, LeadsMerged])
def test_a_merge_takes_plain_fields_only(kind, field):
    with pytest.raises(EngineOwned, match=field):
        merged(kind, changes=((field, "X-9"),))


def test_a_merge_of_leads_moves_none():
    with pytest.raises(EngineOwned, match="stage"):
        merged(LeadsMerged, changes=(("stage", "converted"),))


def test_a_field_that_does_not_exist_and_a_value_that_breaks_its_rule_are_refused():
    with pytest.raises(UnknownName, match="did you mean 'job_title'"):
        merged(changes=(("jobtitle", "buyer"),)).apply(Contact(id="C-1", name="Noa"))
    with pytest.raises(WrongType, match="email"):
        merged(changes=(("email", "noa@acme.example"),)).apply(Contact(id="C-1", name="Noa"))
    with pytest.raises(WrongType, match="pairs"):
        merged(changes={"job_title": "buyer"})
    with pytest.raises(InvalidValue, match="once"):
        merged(changes=(("owner", "a"), ("owner", "b")))


def test_a_deal_is_not_merged_away():
    with pytest.raises(UnknownName, match="merged_into"):
        MergedAway(at=AT, by="dan", into="D-1").apply(Deal(id="D-2", name="Desk"))


@pytest.mark.parametrize("into", ["", " ", None, "x" * 201])
def test_where_it_went_is_an_id(into):
    with pytest.raises(InvalidValue, match="into"):
        MergedAway(at=AT, by="dan", into=into)
