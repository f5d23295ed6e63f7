"""The events of handing over, as a lead keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from salesflow.errors import InvalidValue
from salesflow.people.hand_over import (
    HandOverAccepted,
    HandOverRecycled,
    HandOverRejected,
    HandOverStatus,
    HandOverSubmitted,
)
from salesflow.people.lead import Lead

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 9, tzinfo=UTC)
LEAD = Lead(id="L-1", name="Noa", owner="dan", team="inbound")


def submitted(**fields):
    return HandOverSubmitted(**{"at": AT, "by": "dan", "to": "gil", **fields}).apply(LEAD)


def test_a_hand_over_keeps_who_and_when_and_what_was_before():
    one = submitted(note="Call first").hand_over
    assert (one.id, one.to, one.submitted_by, one.submitted_at, one.note) == (1, "gil", "dan", AT, "Call first")
    assert (one.owner_before, one.team_before, one.status) == ("dan", "inbound", HandOverStatus.SUBMITTED)


def test_every_hand_over_is_numbered_and_kept():
    first = HandOverRejected(at=LATER, by="gil", reason="no").apply(submitted())
    second = HandOverSubmitted(at=LATER, by="dan", to="noa").apply(first)
    assert [(one.id, str(one.status)) for one in second.hand_overs] == [(1, "rejected"), (2, "submitted")]


def test_an_acceptance_changes_owner_and_team_and_a_return_gives_both_back():
    taken = HandOverAccepted(at=LATER, by="gil").apply(submitted(team="south"))
    assert (taken.owner, taken.team) == ("gil", "south")
    back = HandOverRecycled(at=LATER, by="gil", reason="later").apply(taken)
    assert (back.owner, back.team, back.hand_over.reason) == ("dan", "inbound", "later")


def test_a_return_of_what_was_not_accepted_changes_no_owner():
    assert HandOverRecycled(at=LATER, by="dan", reason="later").apply(submitted()).owner == "dan"


@pytest.mark.parametrize("event", [HandOverAccepted(at=AT, by="gil"), HandOverRejected(at=AT, by="gil", reason="no")])
def test_what_was_not_handed_over_is_not_settled(event):
    with pytest.raises(InvalidValue, match="only what was handed over is settled"):
        event.apply(LEAD)


@pytest.mark.parametrize("reason", ["", " ", "x" * 1001, "Levi\u202e"])
@pytest.mark.parametrize("kind", [HandOverRejected, HandOverRecycled])
def test_a_reason_is_a_line_and_no_message_repeats_it(kind, reason):
    with pytest.raises(InvalidValue) as refused:
        kind(at=AT, by="gil", reason=reason)
    assert "Levi" not in str(refused.value)
