"""The host's policy is asked for every event, and an error in it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from walks import NOW, a_sale, qualify, walk

from salesflow import (
    Deal,
    DealAdopted,
    DealOpened,
    Event,
    Policy,
    PolicyRefused,
    SalesProcess,
    StageChanged,
)
from salesflow.standard import StandardProcess


class Asked:
    """A policy that allows everything and remembers what it was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int, str]] = []

    def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
        self.seen.append((type(event).__name__, deal.version, event.by))
        return None


class Refusing:
    """A policy that refuses events of one kind."""

    def __init__(self, kind: type[Event[Deal]], answer: Any = "not yours") -> None:
        self.kind = kind
        self.answer = answer

    def refusal(self, event: Event[Deal], deal: Deal, /) -> Any:
        if not isinstance(event, self.kind):
            return None
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_policy_is_whatever_has_its_one_method() -> None:
    policy: Policy = Asked()
    assert list(vars(Policy).keys() & {"refusal"}) == ["refusal"]
    assert StandardProcess(policy=policy).policy is policy


def test_every_event_is_asked_for_once() -> None:
    policy = Asked()
    sale = walk(a_sale(StandardProcess(policy=policy)), to="follow_up")
    sale.update(owner="ben")
    sale.reopen(reason="they changed their mind")
    sale.hold(reason="summer")
    sale.resume()
    assert [name for name, _, _ in policy.seen] == [type(event).__name__ for event in sale.events]
    assert {by for _, _, by in policy.seen} == {"noa"}
    assert [version for _, version, _ in policy.seen[1:]] == list(range(1, len(sale.events)))


def test_a_migration_is_asked_for_too() -> None:
    from salesflow import Migration, ProcessMigrated

    class Second(StandardProcess[Deal]):
        key = "second"
        migrations = (Migration(process="standard", version=1),)

    deal = a_sale().deal
    with pytest.raises(PolicyRefused):
        Second(policy=Refusing(ProcessMigrated)).work_on(deal, by="noa", at=NOW)
    policy = Asked()
    Second(policy=policy).work_on(deal, by="noa", at=NOW)
    assert [name for name, _, _ in policy.seen] == ["ProcessMigrated"]


def test_a_refusal_says_who_what_and_why_and_nothing_has_changed() -> None:
    sale = a_sale(StandardProcess(policy=Refusing(StageChanged, "only ben moves deals")))
    qualify(sale)
    deal, events = sale.deal, sale.events
    with pytest.raises(PolicyRefused) as refused:
        sale.advance()
    assert (refused.value.by, refused.value.event, refused.value.reason, refused.value.deal_id) == (
        "noa",
        "StageChanged",
        "only ben moves deals",
        "D-1",
    )
    assert sale.deal is deal
    assert sale.events == events


def test_opening_and_adopting_may_be_refused() -> None:
    process = StandardProcess(policy=Refusing(DealOpened))
    with pytest.raises(PolicyRefused):
        a_sale(process)
    with pytest.raises(PolicyRefused):
        StandardProcess(policy=Refusing(DealAdopted)).adopt(
            id="D-1", name="x", stage="approach", origin="the old CRM", since=NOW, by="noa", at=NOW
        )


def test_an_error_in_the_policy_refuses_and_is_kept_as_the_cause() -> None:
    cause = RuntimeError("the directory is down")
    sale = a_sale(StandardProcess(policy=Refusing(StageChanged, cause)))
    qualify(sale)
    with pytest.raises(PolicyRefused, match="the policy itself failed") as refused:
        sale.advance()
    assert refused.value.__cause__ is cause
    assert sale.deal.stage == "prospecting"


@pytest.mark.parametrize("answer", [False, True, 0, 1, b"no", ["no"]])
def test_an_answer_that_is_neither_none_nor_text_refuses(answer: object) -> None:
    sale = a_sale(StandardProcess(policy=Refusing(StageChanged, answer)))
    qualify(sale)
    with pytest.raises(PolicyRefused, match="the policy gave neither None nor a reason"):
        sale.advance()


def test_an_empty_reason_refuses_too() -> None:
    sale = a_sale(StandardProcess(policy=Refusing(StageChanged, "")))
    qualify(sale)
    with pytest.raises(PolicyRefused):
        sale.advance()


def test_a_refusal_inside_a_hook_takes_the_whole_move_back() -> None:
    from salesflow.deal.tasks import TaskAdded

    sale = a_sale(StandardProcess(policy=Refusing(TaskAdded)))
    walk(sale, to="closing")
    from walks import agree

    agree(sale)
    deal = sale.deal
    with pytest.raises(PolicyRefused):
        sale.win()  # the hook of follow-up wants to add a task
    assert sale.deal is deal
    assert sale.events[-1].at == NOW


def test_without_a_policy_everybody_may_do_everything() -> None:
    process: SalesProcess[Deal] = StandardProcess()
    assert process.policy is None
    assert walk(a_sale(process), to="approach").deal.stage == "approach"
