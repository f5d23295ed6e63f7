"""What is not done once a deal is closed, or before it is won: refused with what was tried, and nothing is changed."""

from __future__ import annotations

import pytest
from deal.test_wrong_arguments import RIGHT, call, full_sale
from walks import a_sale

from salesflow import Outcome, Sale
from salesflow.deal.tasks import TasksDesk
from salesflow.errors import NotNow

TRIED = {
    "briefing.add_competitor": "prepare the briefing",
    "briefing.add_product": "prepare the briefing",
    "briefing.note_no_competition": "prepare the briefing",
    "briefing.remove_competitor": "prepare the briefing",
    "briefing.remove_product": "prepare the briefing",
    "briefing.set_pitch": "prepare the briefing",
    "briefing.set_pricing": "prepare the briefing",
    "committee.add": "add a committee member",
    "committee.change": "change a committee member",
    "committee.remove": "remove a committee member",
    "committee.set_primary": "set the primary contact",
    "follow_up.agree_cadence": "agree how often to meet",
    "follow_up.check_delivery": "check the delivery",
    "follow_up.end_cadence": "end the regular meetings",
    "follow_up.link_opening": "link an opening",
    "follow_up.note_loyalty": "note on loyalty",
    "follow_up.note_opening": "note an opening",
    "follow_up.record_feedback": "record feedback",
    "line_items.add": "add a line item",
    "line_items.change": "change a line item",
    "line_items.remove": "remove a line item",
    "meetings.cancel": "cancel a meeting",
    "meetings.hold": "hold a meeting",
    "meetings.miss": "miss a meeting",
    "meetings.plan": "plan a meeting",
    "meetings.record": "record a meeting",
    "meetings.reschedule": "reschedule a meeting",
    "needs.drop": "drop a need",
    "needs.record": "record a need",
    "needs.revise": "revise a need",
    "objections.answer": "answer an objection",
    "objections.leave_standing": "leave standing an objection",
    "objections.raise_": "raise an objection",
    "objections.reopen": "reopen an objection",
    "objections.resolve": "resolve an objection",
    "objections.withdraw": "withdraw an objection",
    "presentation.note_reaction": "note a reaction",
    "presentation.show": "show how a need is met",
    "qualification.record": "record a qualification",
    "qualification.retract": "retract a qualification",
    "signals.notice": "notice a closing signal",
    "terms.accept": "accept the terms",
    "terms.approve": "approve the terms",
    "terms.counter": "counter the terms",
    "terms.expire": "let the terms expire",
    "terms.propose": "propose terms",
    "terms.reject": "reject the terms",
    "terms.sign": "sign the terms",
    "terms.withdraw": "withdraw the terms",
}
"""What each method of a desk is refused as, on a deal that it does not work on."""

AT_ANY_TIME = {"follow_up.meetings_due"}
"""What is only asked, and changes nothing."""


def sale_at_the_wrong_time(method: str) -> Sale:
    """An open deal for what comes after the closing, and a lost one for what comes before it."""
    if method.startswith("follow_up."):
        return a_sale()
    sale = full_sale(method)
    sale.lose(reason="price")
    return sale


def test_every_method_that_records_something_is_looked_at() -> None:
    of_tasks = {method for method in RIGHT if method.startswith("tasks.")}
    assert set(RIGHT) - set(TRIED) == of_tasks | AT_ANY_TIME


@pytest.mark.parametrize("method", sorted(TRIED))
def test_what_comes_too_early_or_too_late_is_refused_and_nothing_is_changed(method: str) -> None:
    sale = sale_at_the_wrong_time(method)
    before = sale.deal, sale.events
    with pytest.raises(NotNow) as refused:
        call(sale, method, RIGHT.get(method, {}))
    assert (refused.value.id, refused.value.tried) == ("D-1", TRIED[method])
    assert (sale.deal, sale.events) == before


class TasksOfOpenDeals(TasksDesk):
    """A desk of one's own, where nobody works on what is closed."""

    works_while = frozenset({Outcome.OPEN})


@pytest.mark.parametrize(
    ("method", "tried"),
    [
        ("add", "add a task"),
        ("cancel", "cancel a task"),
        ("complete", "complete a task"),
        ("reassign", "reassign a task"),
        ("reopen", "reopen a task"),
        ("reschedule", "reschedule a task"),
    ],
)
def test_tasks_are_worked_on_at_any_time_unless_a_desk_says_otherwise(method: str, tried: str) -> None:
    sale = full_sale(f"tasks.{method}")
    sale.lose(reason="price")
    call(sale, f"tasks.{method}", RIGHT[f"tasks.{method}"])

    sale = full_sale(f"tasks.{method}")
    desk = sale.desk(TasksOfOpenDeals)
    sale.lose(reason="price")
    given = list(RIGHT[f"tasks.{method}"].items())
    with pytest.raises(NotNow) as refused:
        getattr(desk, method)(given[0][1], **dict(given[1:]))
    assert (refused.value.id, refused.value.tried) == ("D-1", tried)
