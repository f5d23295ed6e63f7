"""What the events of a deal make of it when they are replayed, in order or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from deal.one_of_each import classes, one_of_each
from walks import NOW

from salesflow.deal.closing_terms import ClosingTerms, TermsStatus
from salesflow.deal.deal import Deal, Hold, Loss
from salesflow.deal.event import DealAdopted, DealLost, DealReopened, DealWon, ProcessMigrated, StageChanged
from salesflow.errors import UnknownName
from salesflow.event import Creation, Event
from salesflow.outcome import Outcome
from salesflow.values.money import Money

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


LATER = NOW + timedelta(days=3)
CLOSED = Deal(
    id="D-1",
    name="Order desk",
    version=7,
    stage="lost",
    entered_at=NOW,
    outcome=Outcome.LOST,
    closed_at=NOW,
    closed_from="closing",
    win_reason="price",
    loss=Loss(reason="price"),
    hold=Hold(since=NOW, reason="budget"),
    terms=tuple(
        ClosingTerms(id=number, price=Money("100", "EUR"), recorded_by="noa", proposed_at=NOW, status=status)
        for number, status in ((1, TermsStatus.REJECTED), (2, TermsStatus.COUNTERED), (3, TermsStatus.SIGNED))
    ),
)
"""A deal at which everything stands that a closing may leave, more than can come together."""


def moved(kind: type[StageChanged], **facts: Any) -> Deal:
    facts = {"at": LATER, "by": "dan", "move": "any", "source": "approach", "target": "there", **facts}
    return kind(**facts).apply(CLOSED)


def test_a_won_deal_is_closed_and_waits_for_nothing() -> None:
    assert moved(DealWon, outcome=Outcome.WON, reason="trust") == attrs.evolve(
        CLOSED,
        version=8,
        changed_at=LATER,
        stage="there",
        entered_at=LATER,
        outcome=Outcome.WON,
        closed_at=LATER,
        closed_from="approach",
        win_reason="trust",
        loss=None,
        hold=None,
    )


def test_a_lost_deal_is_closed_with_the_loss_and_waits_for_nothing() -> None:
    assert moved(
        DealLost, outcome=Outcome.LOST, reason="timing", note="next year", competitor="Northwind"
    ) == attrs.evolve(
        CLOSED,
        version=8,
        changed_at=LATER,
        stage="there",
        entered_at=LATER,
        closed_at=LATER,
        closed_from="approach",
        win_reason=None,
        loss=Loss(reason="timing", note="next year", competitor="Northwind"),
        hold=None,
    )


def test_a_reopened_deal_keeps_its_terms_and_the_agreement_is_taken_back() -> None:
    *earlier, signed = CLOSED.terms
    assert moved(DealReopened, outcome=Outcome.OPEN, reason="again") == attrs.evolve(
        CLOSED,
        version=8,
        changed_at=LATER,
        stage="there",
        entered_at=LATER,
        outcome=Outcome.OPEN,
        closed_at=None,
        closed_from=None,
        win_reason=None,
        loss=None,
        terms=(*earlier, signed.taken_back(LATER)),
    )


def test_a_move_changes_where_a_deal_is_and_nothing_else() -> None:
    assert moved(StageChanged, outcome=Outcome.OPEN) == attrs.evolve(
        CLOSED, version=8, changed_at=LATER, stage="there", entered_at=LATER, outcome=Outcome.OPEN
    )


def test_an_adopted_deal_is_as_it_was_brought() -> None:
    made = DealAdopted(at=NOW, by="noa", deal=UNTOUCHED, origin="the old CRM", since=NOW).create()
    assert made == attrs.evolve(UNTOUCHED, version=2, changed_at=NOW)


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
