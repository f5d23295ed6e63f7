"""How both sides get to what they agree to: proposed, approved, accepted, signed, or ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from deal.closing_terms.negotiation import BOARD, NOW, PRICE, SALES_LEAD, TODAY, TOMORROW, YESTERDAY, FakeSale, terms

from salesflow.deal.closing_terms import (
    AfterSalesService,
    Delivery,
    TermsAccepted,
    TermsDesk,
    TermsStatus,
    missing_approvals,
)
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.errors import InvalidValue, NotNow, UnknownName
from salesflow.outcome import Outcome
from salesflow.values.money import Money


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
            ({"discount": Decimal("1e-13")}, "discount"),
            ({"payment": "net 30"}, "payment"),
            ({"deliveries": ["desk"]}, "deliveries"),
            ({"deliveries": Delivery(what="desk", on=TODAY)}, "deliveries"),
            ({"services": ["repair"]}, "services"),
            ({"conditions": "letters"}, "conditions"),
            ({"conditions": ["two\r\nlines"]}, "conditions"),
            ({"conditions": ["one"] * 1001}, "conditions"),
            ({"conditions": ["x" * 1001]}, "conditions"),
            ({"valid_until": NOW}, "valid_until"),
            ({"starts_on": TOMORROW, "ends_on": TODAY}, "ends_on"),
        ],
    )
    def test_a_wrong_part_is_refused_by_its_name(self, desk, sale, parts, field):
        with pytest.raises(InvalidValue) as refusal:
            desk.propose(**{"price": PRICE, **parts})
        assert refusal.value.field == field
        assert sale.events == []

    @pytest.mark.parametrize("discount", ["0", "1", "0.000000000001"])
    def test_a_discount_may_be_nothing_everything_and_very_small(self, desk, discount):
        assert desk.propose(PRICE, discount=Decimal(discount)).discount == Decimal(discount)

    def test_an_agreement_may_last_for_a_day(self, desk):
        made = desk.propose(PRICE, starts_on=TOMORROW, ends_on=TOMORROW)
        assert (made.starts_on, made.ends_on) == (TOMORROW, TOMORROW)

    def test_conditions_may_be_many_and_long(self, desk):
        conditions = ("x" * 1000,) * 1000
        assert desk.propose(PRICE, conditions=conditions).conditions == conditions

    def test_a_proposal_of_neither_side_is_refused(self, desk):
        with pytest.raises(UnknownName, match="no side 'them'"):
            desk.propose(PRICE, side="them")


class TestApprovals:
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

    def test_an_approval_needs_no_words(self, guarded):
        desk = TermsDesk(guarded)
        desk.propose(PRICE)
        guarded.by = "dan"
        assert desk.approve("board").approvals[0].note == ""

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
        expired = desk.expire()
        assert (expired.status, expired.ended_at) == (TermsStatus.EXPIRED, sale.at)

    def test_terms_without_an_end_do_not_expire(self, desk):
        desk.propose(PRICE)
        with pytest.raises(NotNow, match="valid without an end; withdraw it"):
            desk.expire()

    def test_even_a_signed_agreement_can_be_withdrawn_while_the_deal_is_open(self, desk):
        desk.propose(PRICE)
        desk.accept()
        desk.sign("C-1")
        taken = desk.withdraw("the board said no")
        assert (taken.status, taken.reason, taken.ended_at) == (TermsStatus.WITHDRAWN, "the board said no", NOW)

    def test_what_has_ended_is_not_withdrawn(self, desk):
        desk.propose(PRICE)
        desk.reject("too dear")
        with pytest.raises(NotNow, match="revision 1 is rejected"):
            desk.withdraw("no")


@pytest.mark.parametrize(
    ("work", "tried"),
    [
        (lambda desk: desk.counter(conditions=["cash"]), "counter the terms"),
        (lambda desk: desk.approve("board"), "approve the terms"),
        (lambda desk: desk.accept(), "accept the terms"),
        (lambda desk: desk.sign("C-1"), "sign the terms"),
        (lambda desk: desk.reject("no"), "reject the terms"),
        (lambda desk: desk.expire(), "let the terms expire"),
        (lambda desk: desk.withdraw("no"), "withdraw the terms"),
    ],
)
def test_where_nothing_was_proposed_there_is_nothing_to_answer(desk, sale, work, tried):
    with pytest.raises(NotNow) as refused:
        work(desk)
    assert (refused.value.id, refused.value.tried) == ("D-1", tried)
    assert sale.events == []


def test_what_happens_to_the_last_revision_leaves_the_earlier_ones_alone(desk):
    for price in ("50000", "49000", "48000"):
        desk.propose(Money(price, "EUR"))
        desk.reject("too dear")
    assert desk.counter(discount=Decimal("0.1")) == desk.current
    desk.accept()
    assert [one.status.value for one in desk.revisions] == ["rejected", "rejected", "rejected", "accepted"]
    assert [one.price for one in desk.revisions[:3]] == [Money(price, "EUR") for price in ("50000", "49000", "48000")]
