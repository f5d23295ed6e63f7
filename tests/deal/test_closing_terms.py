"""What both sides agree to, and how they get there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from salesflow.deal.closing_terms import (
    AfterSalesService,
    ApprovalRule,
    ClosingTerms,
    Delivery,
    TermsAccepted,
    TermsApproved,
    TermsDesk,
    TermsRejected,
    TermsSide,
    TermsStatus,
    missing_approvals,
)
from salesflow.deal.committee import BuyingRole, CommitteeMember
from salesflow.deal.deal import Deal
from salesflow.deal.event import DealReopened
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.event import Event
from salesflow.outcome import Outcome
from salesflow.values.money import Money

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PRICE = Money("48000", "EUR")
SALES_LEAD = ApprovalRule(key="sales_lead", title="the sales lead", discount_over=Decimal("0.1"))
BOARD = ApprovalRule(key="board", title="the board", amount_over=Money("40000", "EUR"))


class FakeSale:
    """The unit of work that the desk stands in: a deal, a moment, an actor, and the rules of the process."""

    def __init__(self, *rules: ApprovalRule, **fields: object) -> None:
        self.deal = Deal(**{"id": "D-1", "name": "Order desk", **fields})
        self.at = NOW
        self.by = "noa"
        self.approval_rules = rules
        self.events: list[Event] = []

    def record(self, event: Event, /) -> Deal:
        self.deal = event.apply(self.deal)
        self.events.append(event)
        return self.deal


SIGNERS = (
    CommitteeMember(contact_id="C-1", roles=(BuyingRole.DECISION_MAKER,), may_sign=True),
    CommitteeMember(contact_id="C-2", roles=(BuyingRole.DECISION_MAKER,)),
)


@pytest.fixture
def sale() -> FakeSale:
    return FakeSale(committee=SIGNERS)


@pytest.fixture
def desk(sale: FakeSale) -> TermsDesk:
    return TermsDesk(sale)


@pytest.fixture
def guarded() -> FakeSale:
    """A sale under a process that asks for approvals."""
    return FakeSale(SALES_LEAD, BOARD, committee=SIGNERS)


def terms(**parts: object) -> ClosingTerms:
    return ClosingTerms(**{"price": PRICE, "recorded_by": "noa", "proposed_at": NOW, **parts})


class TestProposing:
    def test_a_proposal_holds_everything_that_is_agreed(self, desk, sale):
        delivery = Delivery(what="Order desk", on=date(2026, 12, 1))
        service = AfterSalesService(text="on-site repair", until=date(2027, 12, 1))
        made = desk.propose(
            PRICE,
            discount=Decimal("0.05"),
            payment=PaymentTerms.net(30),
            deliveries=[delivery],
            services=[service],
            valid_until=TODAY,
            starts_on=date(2026, 12, 1),
            ends_on=date(2027, 11, 30),
            conditions=["the old desk is taken back"],
        )
        assert made == terms(
            discount=Decimal("0.05"),
            payment=PaymentTerms.net(30),
            deliveries=(delivery,),
            services=(service,),
            valid_until=TODAY,
            starts_on=date(2026, 12, 1),
            ends_on=date(2027, 11, 30),
            conditions=("the old desk is taken back",),
        )
        assert (made.revision, made.is_open, made.is_accepted) == (1, True, False)
        assert desk.current == made == sale.deal.current_terms

    def test_the_net_price_is_rounded_half_up_once(self):
        assert terms(price=Money("33.35", "EUR"), discount=Decimal("0.1")).net_price == Money("30.02", "EUR")

    def test_a_proposal_does_not_touch_the_amount_of_the_deal(self, desk, sale):
        desk.propose(PRICE)
        assert sale.deal.amount is None

    def test_a_second_proposal_while_one_is_open_is_a_counter(self, desk):
        desk.propose(PRICE)
        with pytest.raises(NotNow, match="revision 1 is proposed; counter it"):
            desk.propose(PRICE)

    def test_what_is_agreed_is_not_proposed_over(self, desk):
        desk.propose(PRICE)
        desk.accept()
        with pytest.raises(NotNow, match="withdraw it first"):
            desk.propose(PRICE)

    def test_after_a_rejection_there_may_be_another_proposal(self, desk):
        desk.propose(PRICE)
        desk.reject("too dear")
        assert desk.propose(Money("40000", "EUR")).revision == 2
        assert [one.status for one in desk.revisions] == [TermsStatus.REJECTED, TermsStatus.PROPOSED]

    def test_terms_that_ran_out_yesterday_are_not_proposed(self, desk):
        with pytest.raises(InvalidValue, match="valid_until"):
            desk.propose(PRICE, valid_until=YESTERDAY)

    @pytest.mark.parametrize("outcome", [Outcome.WON, Outcome.LOST])
    def test_a_closed_deal_has_nothing_to_negotiate(self, outcome):
        desk = TermsDesk(FakeSale(outcome=outcome))
        with pytest.raises(NotNow, match="reopen it first"):
            desk.propose(PRICE)

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ({"price": "48000"}, "price"),
            ({"price": Money("-1", "EUR")}, "price"),
            ({"discount": 0.05}, "discount"),
            ({"discount": Decimal("1.01")}, "discount"),
            ({"discount": Decimal("NaN")}, "discount"),
            ({"discount": Decimal("-0.1")}, "discount"),
            ({"payment": "net 30"}, "payment"),
            ({"deliveries": ["desk"]}, "deliveries"),
            ({"deliveries": Delivery(what="desk", on=TODAY)}, "deliveries"),
            ({"services": ["repair"]}, "services"),
            ({"conditions": "letters"}, "conditions"),
            ({"conditions": ["two\r\nlines"]}, "conditions"),
            ({"conditions": ["one"] * 1001}, "conditions"),
            ({"valid_until": NOW}, "valid_until"),
            ({"starts_on": TOMORROW, "ends_on": TODAY}, "ends_on"),
        ],
    )
    def test_a_wrong_part_is_refused_by_its_name(self, desk, sale, parts, field):
        with pytest.raises(InvalidValue) as refusal:
            desk.propose(**{"price": PRICE, **parts})
        assert refusal.value.field == field
        assert sale.events == []

    def test_a_proposal_of_neither_side_is_refused(self, desk):
        with pytest.raises(UnknownName, match="no side 'them'"):
            desk.propose(PRICE, side="them")


class TestCountering:
    def test_a_counter_changes_what_is_given_and_keeps_the_former_revision(self, desk):
        desk.propose(PRICE, payment=PaymentTerms.net(30), conditions=["cash"])
        countered = desk.counter(discount=Decimal("0.05"), conditions=[])
        former, current = desk.revisions
        assert former.status is TermsStatus.COUNTERED
        assert former.ended_at == NOW
        assert current == countered
        assert (current.revision, current.side) == (2, TermsSide.CUSTOMER)
        assert (current.payment, current.discount) == (PaymentTerms.net(30), Decimal("0.05"))
        assert current.conditions == ()

    def test_a_validity_can_be_lifted(self, desk):
        desk.propose(PRICE, valid_until=TODAY)
        assert desk.counter(side="us", valid_until=None).valid_until is None

    def test_a_counter_that_changes_nothing_is_refused(self, desk):
        desk.propose(PRICE)
        with pytest.raises(InvalidValue, match="accept them if nothing is"):
            desk.counter()

    def test_what_was_rejected_may_be_countered_and_stays_rejected(self, desk):
        desk.propose(PRICE)
        desk.reject("too dear")
        desk.counter(side=TermsSide.US, discount=Decimal("0.05"))
        assert desk.revisions[0].status is TermsStatus.REJECTED

    def test_what_is_agreed_is_not_countered(self, desk):
        desk.propose(PRICE)
        desk.accept()
        with pytest.raises(NotNow, match="they are accepted; withdraw them first"):
            desk.counter(discount=Decimal("0.05"))

    def test_there_must_be_terms_to_counter(self, desk):
        with pytest.raises(NotNow, match="propose terms first"):
            desk.counter(discount=Decimal("0.05"))

    def test_a_counter_to_terms_that_ran_out_needs_a_new_validity(self, desk, sale):
        desk.propose(PRICE, valid_until=TODAY)
        sale.at += timedelta(days=1)
        with pytest.raises(InvalidValue, match="valid_until"):
            desk.counter(discount=Decimal("0.05"))


class TestApprovals:
    def test_a_discount_at_the_limit_needs_none_and_above_it_does(self):
        assert not SALES_LEAD.asks_for(terms(discount=Decimal("0.1")))
        assert SALES_LEAD.asks_for(terms(discount=Decimal("0.11")))

    def test_it_is_the_net_price_that_is_over_the_limit(self):
        assert BOARD.asks_for(terms())
        assert not BOARD.asks_for(terms(price=Money("44000", "EUR"), discount=Decimal("0.1")))

    def test_an_amount_in_another_currency_asks_because_it_cannot_be_compared(self):
        assert BOARD.asks_for(terms(price=Money("1", "USD")))

    @pytest.mark.parametrize("limit", [0.1, Decimal("1"), Decimal("-0.1"), Decimal("NaN"), None])
    def test_a_rule_has_a_limit(self, limit):
        with pytest.raises(InvalidValue, match=r"limit|exactly"):
            ApprovalRule(key="k", title="t", discount_over=limit)

    def test_missing_approvals_are_those_asked_for_and_not_given(self, guarded):
        desk = TermsDesk(guarded)
        assert desk.missing_approvals == ()
        desk.propose(PRICE, discount=Decimal("0.15"))
        assert desk.current.approvals_needed == ("sales_lead", "board")
        guarded.by = "dan"
        desk.approve("board", note="go on")
        assert desk.missing_approvals == ("sales_lead",) == desk.current.missing_approvals
        assert missing_approvals(desk.current, guarded.approval_rules) == (SALES_LEAD,)
        (given,) = desk.current.approvals
        assert (given.key, given.by, given.at, given.note) == ("board", "dan", NOW, "go on")

    def test_terms_are_accepted_with_every_approval_only(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE, discount=Decimal("0.15"))
        with pytest.raises(NotNow, match="lacks the approval 'sales_lead' and 'board'"):
            desk.accept()
        guarded.by = "dan"
        desk.approve("sales_lead")
        desk.approve("board")
        assert desk.accept().is_accepted

    def test_a_limit_that_came_later_counts_too(self, sale, desk):
        desk.propose(PRICE)
        sale.approval_rules = (BOARD,)
        with pytest.raises(NotNow, match="'board'"):
            desk.accept()

    def test_an_approval_that_was_asked_for_stays_needed_when_the_rule_goes(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE)
        guarded.approval_rules = ()
        assert desk.missing_approvals == ("board",)
        guarded.by = "dan"
        desk.approve("board")
        assert desk.missing_approvals == ()

    def test_nobody_approves_what_they_recorded(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE)
        with pytest.raises(NotNow, match="four eyes, and noa recorded revision 1; let somebody else"):
            desk.approve("board")

    def test_an_approval_is_given_once_and_where_it_is_asked_for(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE)
        guarded.by = "dan"
        desk.approve("board")
        with pytest.raises(NotNow, match="'board' of revision 1 was given"):
            desk.approve("board")
        with pytest.raises(NotNow, match="'sales_lead' of revision 1 is not asked for"):
            desk.approve("sales_lead")

    def test_a_misspelt_approval_names_the_nearest(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE)
        with pytest.raises(UnknownName, match="did you mean 'board'"):
            desk.approve("bord")

    def test_another_revision_asks_again(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE)
        guarded.by = "dan"
        desk.approve("board")
        desk.counter(conditions=["cash"])
        assert desk.missing_approvals == ("board",)


class TestAccepting:
    def test_the_net_price_becomes_the_amount_of_the_deal_and_the_event_says_so(self, desk, sale):
        desk.propose(PRICE, discount=Decimal("0.05"))
        accepted = desk.accept()
        assert (accepted.status, accepted.accepted_at) == (TermsStatus.ACCEPTED, NOW)
        assert sale.deal.amount == Money("45600", "EUR")
        assert sale.events[-1] == TermsAccepted(at=NOW, by="noa", revision=1, amount=Money("45600", "EUR"))

    def test_the_last_day_of_the_validity_still_counts(self, desk):
        desk.propose(PRICE, valid_until=TODAY)
        assert desk.accept().is_accepted

    def test_the_day_is_that_of_the_moment_in_its_own_time_zone(self, desk, sale):
        desk.propose(PRICE, valid_until=TODAY)
        sale.at = datetime(2026, 11, 3, 1, tzinfo=ZoneInfo("Asia/Jerusalem"))  # still the 2nd in UTC
        with pytest.raises(NotNow, match="valid until 2026-11-02"):
            desk.accept()

    def test_after_that_day_it_is_too_late(self, desk, sale):
        desk.propose(PRICE, valid_until=TODAY)
        sale.at += timedelta(days=1)
        with pytest.raises(NotNow, match="counter it with a later valid_until"):
            desk.accept()

    @pytest.mark.parametrize("ended", ["reject", "withdraw"])
    def test_what_has_ended_is_not_accepted(self, desk, ended):
        desk.propose(PRICE)
        getattr(desk, ended)("no")
        with pytest.raises(NotNow, match="counter it or propose other terms"):
            desk.accept()

    def test_nothing_is_accepted_twice(self, desk):
        desk.propose(PRICE)
        desk.accept()
        with pytest.raises(NotNow, match="revision 1 is accepted; withdraw it first"):
            desk.accept()


class TestSigning:
    def test_a_contact_with_the_authority_signs_what_was_accepted(self, desk):
        desk.propose(PRICE)
        desk.accept()
        signed = desk.sign("C-1")
        assert (signed.status, signed.signed_by, signed.signed_at) == (TermsStatus.SIGNED, "C-1", NOW)
        assert signed.is_signed
        assert signed.is_accepted

    @pytest.mark.parametrize("contact", ["C-2", "C-9"])
    def test_nobody_else_does_and_the_error_says_who_may(self, desk, contact):
        desk.propose(PRICE)
        desk.accept()
        with pytest.raises(NotNow, match="let 'C-1' sign"):
            desk.sign(contact)

    def test_without_anybody_who_may_sign_the_error_says_what_to_do(self):
        desk = TermsDesk(FakeSale())
        desk.propose(PRICE)
        desk.accept()
        with pytest.raises(NotNow, match="may_sign=True"):
            desk.sign("C-1")

    def test_terms_are_accepted_before_they_are_signed(self, desk):
        desk.propose(PRICE)
        with pytest.raises(NotNow, match="revision 1 is proposed; accept it first"):
            desk.sign("C-1")

    def test_what_was_withdrawn_is_not_signed(self, desk):
        desk.propose(PRICE)
        desk.accept()
        desk.withdraw("the budget is gone")
        with pytest.raises(NotNow, match="counter or propose other terms"):
            desk.sign("C-1")

    def test_what_was_accepted_in_time_may_be_signed_later(self, desk, sale):
        desk.propose(PRICE, valid_until=TODAY)
        desk.accept()
        sale.at += timedelta(days=9)
        assert desk.sign("C-1").is_signed

    def test_terms_that_lack_an_approval_are_not_signed_and_valid(self):
        assert not terms(status=TermsStatus.SIGNED, approvals_needed=("board",)).is_signed


class TestEnding:
    def test_a_rejection_keeps_its_reason(self, desk):
        desk.propose(PRICE)
        rejected = desk.reject("too dear")
        assert (rejected.status, rejected.reason, rejected.ended_at) == (TermsStatus.REJECTED, "too dear", NOW)

    def test_terms_expire_the_day_after_their_last(self, desk, sale):
        desk.propose(PRICE, valid_until=TODAY)
        with pytest.raises(NotNow, match="until 2026-11-02, that day included"):
            desk.expire()
        sale.at += timedelta(days=1)
        assert desk.expire().status is TermsStatus.EXPIRED

    def test_terms_without_an_end_do_not_expire(self, desk):
        desk.propose(PRICE)
        with pytest.raises(NotNow, match="valid without an end; withdraw it"):
            desk.expire()

    def test_even_a_signed_agreement_can_be_withdrawn_while_the_deal_is_open(self, desk):
        desk.propose(PRICE)
        desk.accept()
        desk.sign("C-1")
        assert desk.withdraw("the board said no").status is TermsStatus.WITHDRAWN

    def test_what_has_ended_is_not_withdrawn(self, desk):
        desk.propose(PRICE)
        desk.reject("too dear")
        with pytest.raises(NotNow, match="revision 1 is rejected"):
            desk.withdraw("no")

    def test_a_reopened_deal_has_no_agreement(self):
        later = NOW + timedelta(days=1)
        taken = terms(status=TermsStatus.SIGNED, accepted_at=NOW, signed_at=NOW).taken_back(later)
        assert (taken.status, taken.ended_at, taken.is_accepted) == (TermsStatus.WITHDRAWN, later, False)

    def test_a_reopening_takes_back_the_last_revision_and_keeps_the_earlier_ones(self):
        first, last = terms(status=TermsStatus.REJECTED, ended_at=NOW), terms()
        deal = Deal(id="D-1", name="Order desk", terms=(first, last), stage="closing")
        reopened = DealReopened(
            at=NOW, by="noa", source="lost", target="closing", outcome=Outcome.OPEN, move="reopen", reason="again"
        ).apply(deal)
        assert reopened.terms == (first, last.taken_back(NOW))

    def test_terms_that_bind_nobody_are_left_as_they_are_by_a_reopening(self):
        open_terms = terms()
        assert open_terms.taken_back(NOW) is open_terms

    @pytest.mark.parametrize("revisions", [(), (terms(),)])
    def test_an_event_about_another_revision_does_not_apply(self, revisions):
        deal = Deal(id="D-1", name="Order desk", terms=revisions)
        with pytest.raises(UnknownName, match="current revision"):
            TermsRejected(at=NOW, by="noa", revision=2, reason="too dear").apply(deal)

    def test_a_line_break_does_not_come_in_with_a_reason_or_a_note(self):
        with pytest.raises(InvalidValue, match="one line"):
            TermsRejected(at=NOW, by="noa", revision=1, reason="no\r\nATTENDEE:x")
        with pytest.raises(InvalidValue, match="note"):
            TermsApproved(at=NOW, by="noa", revision=1, key="board", note="no\r\nATTENDEE:x")

    def test_a_day_is_asked_for_as_a_day(self):
        with pytest.raises(WrongType):
            terms().is_valid_on(NOW)
        with pytest.raises(WrongType):
            terms().agreement_on(NOW)


def test_what_is_left_as_it_is_shows_as_that():
    from salesflow.deal.closing_terms import UNCHANGED

    assert repr(UNCHANGED) == "UNCHANGED"
