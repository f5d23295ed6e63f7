"""Closing signals."""

from __future__ import annotations

import pytest

from salesflow.deal.signals import SignalKind, SignalsDesk
from salesflow.errors import InvalidValue, NotNow
from salesflow.outcome import Outcome


@pytest.fixture
def desk(at_desk):
    return at_desk(SignalsDesk)[0]


def test_a_signal_is_noticed_with_what_was_said_and_by_whom(desk, now):
    signal = desk.notice(SignalKind.ASKS_DELIVERY, quote="By March?", given_by="C-1")
    assert desk.deal.signals == (signal,)
    assert (signal.id, signal.kind, signal.quote) == (1, SignalKind.ASKS_DELIVERY, "By March?")
    assert (signal.given_by, signal.noticed_at, signal.noticed_by) == ("C-1", now, "noa")


def test_a_signal_may_be_silent_and_nobodys(desk):
    signal = desk.notice(SignalKind.OTHER)
    assert (signal.quote, signal.given_by) == ("", None)


def test_a_team_may_have_signals_of_its_own(desk):
    desk.notice(SignalKind.ASKS_PRICE)
    assert (desk.notice("sends the logo").id, desk.deal.signals[1].kind) == (2, "sends the logo")


@pytest.mark.parametrize("kind", ["", "two\nlines", "x" * 61])
def test_a_kind_of_signal_is_one_short_line(desk, kind):
    with pytest.raises(InvalidValue, match="kind"):
        desk.notice(kind)


@pytest.mark.parametrize("outcome", [Outcome.WON, Outcome.LOST])
def test_there_is_no_time_to_close_once_it_is_closed(at_desk, outcome):
    with pytest.raises(NotNow):
        at_desk(SignalsDesk, outcome=outcome)[0].notice(SignalKind.OTHER)
