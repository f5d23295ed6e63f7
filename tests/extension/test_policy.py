"""A policy of your own: who may do what, decided by the host."""

from __future__ import annotations

import pytest
from walks import NOW, a_sale, qualify

from salesflow import Deal, DealUpdated, Event, Policy, PolicyRefused, StageChanged
from salesflow.standard import StandardProcess


class OwnersOnly:
    """Only the owner of a deal works it."""

    def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
        return None if deal.owner in (None, event.by) else f"only {deal.owner} works this deal"


class AuditedOwnersOnly(OwnersOnly):
    """Keeps what it was asked about, and lets nobody change an amount."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
        self.asked.append(type(event).__name__)
        if isinstance(event, DealUpdated) and "amount" in dict(event.changes):
            return "amounts are fixed"
        return super().refusal(event, deal)


def test_any_class_with_the_method_is_a_policy() -> None:
    policy: Policy = OwnersOnly()
    assert StandardProcess(policy=policy).policy is policy


def test_the_owner_works_and_others_do_not() -> None:
    process = StandardProcess(policy=OwnersOnly())
    sale = a_sale(process, owner="noa")
    qualify(sale)
    sale.advance()
    other = process.work_on(sale.deal, by="dan", at=NOW)
    with pytest.raises(PolicyRefused, match="only noa works this deal") as refused:
        other.lose(reason="price")
    assert (refused.value.by, refused.value.event) == ("dan", "DealLost")
    assert (other.deal, other.events) == (sale.deal, ())


def test_a_deal_is_not_even_opened_against_the_policy() -> None:
    with pytest.raises(PolicyRefused):
        a_sale(StandardProcess(policy=OwnersOnly()), owner="dan")


def test_the_policy_is_asked_for_every_event_once() -> None:
    policy = AuditedOwnersOnly()
    sale = a_sale(StandardProcess(policy=policy))
    qualify(sale)
    sale.advance()
    sale.update(name="Order desk, at last")
    sale.hold(reason="their summer break")
    sale.resume()
    assert policy.asked == [type(event).__name__ for event in sale.events]


def test_a_policy_may_look_at_what_changes() -> None:
    sale = a_sale(StandardProcess(policy=AuditedOwnersOnly()))
    with pytest.raises(PolicyRefused, match="amounts are fixed"):
        sale.update(amount=None)
    sale.update(name="Order desk, at last")
    assert sale.deal.amount is not None


def test_two_hosts_share_a_process_and_differ_in_the_policy() -> None:
    strict, free = StandardProcess(policy=OwnersOnly()), StandardProcess()
    deal = a_sale(free, owner="dan").deal
    with pytest.raises(PolicyRefused):
        strict.work_on(deal, by="noa", at=NOW).update(name="Mine now")
    assert free.work_on(deal, by="noa", at=NOW).update(name="Mine now").name == "Mine now"


def test_a_policy_that_fails_refuses() -> None:
    class Broken:
        def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
            if isinstance(event, StageChanged):
                raise LookupError("the directory is down")
            return None

    sale = a_sale(StandardProcess(policy=Broken()))
    qualify(sale)
    with pytest.raises(PolicyRefused, match="the policy itself failed") as refused:
        sale.advance()
    assert isinstance(refused.value.__cause__, LookupError)
    assert sale.deal.stage == "prospecting"
