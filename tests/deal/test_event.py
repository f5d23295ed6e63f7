"""What the events of a deal make of it when they are replayed, in order or not."""

from __future__ import annotations

import pytest
from deal.one_of_each import classes, one_of_each
from walks import NOW

from salesflow.deal.deal import Deal
from salesflow.deal.event import ProcessMigrated
from salesflow.errors import UnknownName
from salesflow.event import Creation, Event
from salesflow.outcome import Outcome

ABOUT = {
    "CommitteeMemberChanged": "committee member",
    "CommitteeMemberRemoved": "committee member",
    "CommitteeMemberReplaced": "committee member",
    "LineItemChanged": "line item",
    "LineItemRemoved": "line item",
    "MeetingCanceled": "meeting",
    "MeetingHeld": "meeting",
    "MeetingMissed": "meeting",
    "MeetingRescheduled": "meeting",
    "NeedDropped": "need",
    "NeedRevised": "need",
    "ObjectionAnswered": "objection",
    "ObjectionLeftStanding": "objection",
    "ObjectionReopened": "objection",
    "ObjectionResolved": "objection",
    "ObjectionWithdrawn": "objection",
    "OpeningLinked": "opening",
    "PrimaryContactSet": "committee member",
    "QualificationRetracted": "qualification",
    "ReactionNoted": "presented need",
    "TaskCanceled": "task",
    "TaskCompleted": "task",
    "TaskReassigned": "task",
    "TaskReopened": "task",
    "TaskRescheduled": "task",
    "TermsAccepted": "current revision of the terms",
    "TermsApproved": "current revision of the terms",
    "TermsCountered": "current revision of the terms",
    "TermsExpired": "current revision of the terms",
    "TermsRejected": "current revision of the terms",
    "TermsSigned": "current revision of the terms",
    "TermsWithdrawn": "current revision of the terms",
}
"""The events that are about a record, and the kind of record."""

UNTOUCHED = Deal(id="D-1", name="Order desk", version=1)
EVENTS = {kind.__name__: kind for kind in classes() if issubclass(kind, Event) and not issubclass(kind, Creation)}


@pytest.mark.parametrize("name", sorted(ABOUT))
def test_an_event_about_a_record_that_the_deal_does_not_have_does_not_apply(name: str) -> None:
    with pytest.raises(UnknownName) as refused:
        one_of_each()[EVENTS[name]].apply(UNTOUCHED)
    assert refused.value.kind == ABOUT[name]


@pytest.mark.parametrize("name", sorted(set(EVENTS) - set(ABOUT)))
def test_every_other_event_applies_and_leads_to_the_next_version(name: str) -> None:
    event = one_of_each()[EVENTS[name]]
    after = event.apply(UNTOUCHED)
    assert (after.id, after.version, after.changed_at) == ("D-1", 2, event.at)


def test_a_deal_that_was_migrated_means_what_its_new_stage_means() -> None:
    migrated = ProcessMigrated(
        at=NOW,
        by="noa",
        from_process="old",
        from_version=1,
        to_process="new",
        to_version=2,
        source="archive",
        target="lost",
        outcome=Outcome.LOST,
    ).apply(UNTOUCHED)
    assert (migrated.process, migrated.process_version) == ("new", 2)
    assert (migrated.stage, migrated.outcome) == ("lost", Outcome.LOST)
