"""What happens to the terms, as events."""

from __future__ import annotations

import pytest
from deal.closing_terms.negotiation import NOW, terms

from salesflow.deal.closing_terms import TermsApproved, TermsRejected, TermsStatus
from salesflow.deal.deal import Deal
from salesflow.deal.event import DealReopened
from salesflow.errors import InvalidValue, UnknownName
from salesflow.outcome import Outcome


def test_a_reopening_takes_back_the_last_revision_and_keeps_the_earlier_ones():
    first, last = terms(status=TermsStatus.REJECTED, ended_at=NOW), terms()
    deal = Deal(id="D-1", name="Order desk", terms=(first, last), stage="closing")
    reopened = DealReopened(
        at=NOW, by="noa", source="lost", target="closing", outcome=Outcome.OPEN, move="reopen", reason="again"
    ).apply(deal)
    assert reopened.terms == (first, last.taken_back(NOW))


@pytest.mark.parametrize("revisions", [(), (terms(),)])
def test_an_event_about_another_revision_does_not_apply(revisions):
    deal = Deal(id="D-1", name="Order desk", terms=revisions)
    with pytest.raises(UnknownName, match="current revision"):
        TermsRejected(at=NOW, by="noa", revision=2, reason="too dear").apply(deal)


def test_a_line_break_does_not_come_in_with_a_reason_or_a_note():
    with pytest.raises(InvalidValue, match="one line"):
        TermsRejected(at=NOW, by="noa", revision=1, reason="no\r\nATTENDEE:x")
    with pytest.raises(InvalidValue, match="note"):
        TermsApproved(at=NOW, by="noa", revision=1, key="board", note="no\r\nATTENDEE:x")
